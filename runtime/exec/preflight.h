/* preflight.h: what of the machine an experiment needs, looked at before anything is started: variables of the
 * environment, programs, Python functions. What it starts for that is its caller's to close, or a run's to take
 * over. */
#ifndef RUNTIME_EXEC_PREFLIGHT_H
#define RUNTIME_EXEC_PREFLIGHT_H

#include <stddef.h>

#include "runtime/record/log.h"
#include "runtime/plan/plan.h"
#include "runtime/exec/provider.h"

/* What the checks started (a helper interpreter, and the loop it needs). All zero at first, save the first four. */
struct preflight {
    const char *python;                  /* the interpreter to use; NULL: the one users expect */
    const struct driver_search *drivers; /* as in call_world */
    const struct value *settings;        /* the same */
    /* Configuration given instead, whose variables need not be set; NULL: all need, as for the reference. */
    const struct value *vars;
    struct loop *loop;
    void *states[PLAN_PROVIDER_COUNT]; /* as in call_world */
};

/* Logs everything that is missing, in the reference's words, rollbacks and tolerances included, and says how
 * much it was. `providers` ends with NULL. */
size_t preflight_check(const struct rt_plan *plan, const struct rt_provider *const *providers,
    struct log *log, struct preflight *started);

/* Begins a request to the helper of controls before there is a run; the loop is open. */
void *preflight_hook(struct preflight *started, const struct rt_provider *provider, struct log *log,
    const struct value *request, bool background, provider_hook_fn *done, void *context);

enum preflight_answer { PREFLIGHT_ANSWERED, PREFLIGHT_FAILED, PREFLIGHT_NOBODY };

/* Has the helper of controls do something before there is a run, and waits: the answer is copied to the arena. If it
 * died or could not be started, `message` says why; PREFLIGHT_NOBODY: no provider has a helper. */
enum preflight_answer preflight_ask(struct preflight *started,
    const struct rt_provider *const *providers, struct log *log, struct arena *arena,
    const struct value *request, struct value *reply, struct str *message);

/* Ends what was started, unless a run has taken it over. */
void preflight_close(
    struct preflight *started, const struct rt_provider *const *providers, struct log *log);

#endif
