/* preflight.h: what of the machine an experiment needs, looked at before anything is started: variables of the
 * environment, programs. Owns nothing. */
#ifndef RUNTIME_EXEC_PREFLIGHT_H
#define RUNTIME_EXEC_PREFLIGHT_H

#include <stddef.h>

#include "runtime/exec/log.h"
#include "runtime/plan/plan.h"
#include "runtime/exec/provider.h"

/* Logs everything that is missing, in the reference's words, rollbacks and tolerances included, and says how
 * much it was. `providers` ends with NULL. */
size_t preflight_check(
    const struct rt_plan *plan, const struct rt_provider *const *providers, struct log *log);

#endif
