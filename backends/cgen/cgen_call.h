/* cgen_call.h: says in a comment what an activity or a control will call, for whoever reviews a
 * runner before it runs. */
#ifndef BACKENDS_CGEN_CGEN_CALL_H
#define BACKENDS_CGEN_CGEN_CALL_H

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

/* Appends the comment that stands above activity `index` in its table; lines are indented by four.
 */
void cgen_add_call(
    struct buf *out, const struct rt_plan *plan, const struct value *values, uint32_t index);

/* The same of control `index`: what Python it is. */
void cgen_add_control(
    struct buf *out, const struct rt_plan *plan, const struct value *values, uint32_t index);

#endif
