/* plan_build.h: makes a plan of an experiment document, as the reference reads such a document.
 * The plan's tables live in the arena; the document is not needed afterwards. */
#ifndef RUNTIME_PLAN_PLAN_BUILD_H
#define RUNTIME_PLAN_PLAN_BUILD_H

#include "runtime/plan/plan.h"

/* Says where in the source an activity stands, counted from 1, by its place in the hypothesis, the method or the
 * rollbacks; one that is a tolerance by that of its probe, one that configuration comes from by that of its key. Leaves
 * 0, 0 if it is not known. */
typedef void plan_place_fn(
    void *context, enum plan_role role, uint32_t index, uint32_t *line, uint32_t *column);

struct plan_input {
    const struct value *document; /* anything; what is no experiment gives an empty plan */
    struct str file;
    struct str
        refusal; /* why the reference's validation refuses the document; empty if it does not */
    uint32_t refusal_line, refusal_column; /* where, from 1 */
    plan_place_fn *place;                  /* may be NULL */
    void *context;
};

/* Lowers the document. Nothing is refused: what is malformed stays in the document and is met at
 * run time. */
void plan_build(struct arena *arena, const struct plan_input *input, struct rt_plan *plan);

#endif
