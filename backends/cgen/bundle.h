/* bundle.h: a prebuilt runner with a plan behind it: a program made without a compiler.
 * The result is appended to the caller's buffer. */
#ifndef BACKENDS_CGEN_BUNDLE_H
#define BACKENDS_CGEN_BUNDLE_H

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

/* Adds the stub, the plan and the trailer that tells the stub where its plan is (runtime/plan/attached.h). */
void bundle_write(struct buf *out, struct str stub, const struct rt_plan *plan);

#endif
