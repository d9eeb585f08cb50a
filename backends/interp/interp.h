/* interp.h: the interpreter: a plan is carried out in this process, with every provider chaosc has.
 * Owns nothing; the plan must outlive the call. */
#ifndef BACKENDS_INTERP_INTERP_H
#define BACKENDS_INTERP_INTERP_H

#include "runtime/exec/recover.h"
#include "runtime/exec/run.h"

/* Logs each thing that the experiment asks for and this version cannot do yet; true if there is none. */
bool interp_supports(const struct rt_plan *plan, struct log *log);

/* Logs what of the machine is missing (preflight.h), and says how much it was. */
size_t interp_preflight(const struct rt_plan *plan, struct log *log, struct preflight *started);

/* Has the helper of controls do something before there is an experiment (preflight_ask). */
enum preflight_answer interp_ask(struct preflight *started, struct log *log, struct arena *arena,
    const struct value *request, struct value *reply, struct str *message);

/* Begins such a request: `world` is a run's, or NULL for what `started` has; `background`: beside other calls. `done`
 * comes once, from the loop; the handle is gone then. */
void *interp_hook(struct preflight *started, struct call_world *world, struct log *log,
    const struct value *request, bool background, provider_hook_fn *done, void *context);
void interp_cancel_hook(void *handle);

/* Ends what that has started and no run has taken over. */
void interp_close(struct preflight *started, struct log *log);

/* Runs the plan; `options->providers` is set here. False if it could not start, which was logged. */
bool interp_run(
    const struct rt_plan *plan, struct run_options *options, struct run_outcome *outcome);

/* Undoes what a killed run had done (recover.h), with the same providers. */
bool interp_recover(struct recovery *recovery, const struct rt_plan *plan,
    struct run_options *options, bool skip_unknown, struct run_outcome *outcome);

#endif
