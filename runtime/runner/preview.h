/* preview.h: every call that a run would make, in order, with its arguments filled in and without making any.
 * Reads the environment and nothing else; values of secrets are never read. Text goes to the caller's buffer. */
#ifndef RUNTIME_RUNNER_PREVIEW_H
#define RUNTIME_RUNNER_PREVIEW_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

struct preview_options {
    const struct value *vars;         /* an object of configuration values that override, or NULL */
    struct str hypothesis, rollbacks; /* strategies that override, or empty */
    bool json;
};

/* Appends the preview, as text for people or as one JSON object (docs/building.md). What only a run can know stands as
 * "<...>" and says so. */
void preview_write(
    struct buf *out, const struct rt_plan *plan, const struct preview_options *options);

#endif
