/* describe.h: what a plan is and needs, without doing anything: for people (--help) and machines (--describe).
 * Text is appended to the caller's buffer; no value of a secret is ever part of it. */
#ifndef RUNTIME_RUNNER_DESCRIBE_H
#define RUNTIME_RUNNER_DESCRIBE_H

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

/* One JSON object: title, hash, inputs, systems, drivers, activities (docs/building.md). */
void describe_json(struct buf *out, const struct rt_plan *plan);

/* Some lines for the top of a runner's help. */
void describe_text(struct buf *out, const struct rt_plan *plan);

/* Calls `each` for every configuration key or secret that only an environment variable can give a value, in order:
 * its name, and the variable that must be set. */
typedef void describe_fn(void *context, struct str name, struct str variable);
void describe_required(const struct rt_plan *plan, describe_fn *each, void *context);

#endif
