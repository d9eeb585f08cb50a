/* plan_build.h: makes a plan of an experiment document, as the reference reads such a document.
 * The plan's tables live in the arena; the document is not needed afterwards. */
#ifndef RUNTIME_PLAN_PLAN_BUILD_H
#define RUNTIME_PLAN_PLAN_BUILD_H

#include "runtime/plan/plan.h"

/* Says where in the source an activity stands, counted from 1; leaves 0, 0 if it is not known.
 * `item` is the activity inside the document given to plan_build. */
typedef void plan_place_fn(
    void *context, const struct value *item, uint32_t *line, uint32_t *column);

struct plan_input {
    const struct value *document; /* anything; what is no experiment gives an empty plan */
    struct str file;
    plan_place_fn *place; /* may be NULL */
    void *context;
};

/* Lowers the document. Nothing is refused: what is malformed stays in the document and is met at
 * run time. */
void plan_build(struct arena *arena, const struct plan_input *input, struct rt_plan *plan);

#endif
