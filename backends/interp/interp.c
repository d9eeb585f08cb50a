#include "backends/interp/interp.h"

#include "runtime/exec/preflight.h"
#include "runtime/exec/vault.h"
#include "runtime/expr/regexp.h"

static const struct rt_provider *const providers[] = {
    &provider_process, &provider_http, &provider_python, NULL};

static bool has_provider(enum plan_provider id)
{
    for (const struct rt_provider *const *p = providers; *p; p++)
        if ((*p)->id == id)
            return true;
    return id == PLAN_PROVIDER_OTHER || id == PLAN_PROVIDER_NONE;
}

static void refuse_activity(
    const struct rt_plan *plan, struct log *log, const struct plan_activity *row, const char *what)
{
    struct str file = plan_text(plan, plan_experiment(plan)->file);
    struct str name = plan_text(plan, row->name);
    if (row->line)
        log_error(log, "%.*s:%u:%u: activity '%.*s' %s, which this version does not support yet",
            STR_ARG(file), row->line, row->column, STR_ARG(name), what);
    else
        log_error(log, "%.*s: activity '%.*s' %s, which this version does not support yet",
            STR_ARG(file), STR_ARG(name), what);
}

bool interp_supports(const struct rt_plan *plan, struct log *log)
{
    bool all = true;
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        if (!has_provider((enum plan_provider)row->provider)) {
            refuse_activity(plan, log, row, "calls Python");
            all = false;
        }
    }
    return all;
}

size_t interp_preflight(const struct rt_plan *plan, struct log *log, struct preflight *started)
{
    return preflight_check(plan, providers, log, started);
}

enum preflight_answer interp_ask(struct preflight *started, struct log *log, struct arena *arena,
    const struct value *request, struct value *reply, struct str *message)
{
    return preflight_ask(started, providers, log, arena, request, reply, message);
}

void *interp_hook(struct preflight *started, struct call_world *world, struct log *log,
    const struct value *request, bool background, provider_hook_fn *done, void *context)
{
    if (world)
        return provider_python.hook(world, request, background, done, context);
    return preflight_hook(started, &provider_python, log, request, background, done, context);
}

void interp_cancel_hook(void *handle)
{
    provider_python.cancel_hook(handle);
}

void interp_close(struct preflight *started, struct log *log)
{
    preflight_close(started, providers, log);
}

bool interp_run(
    const struct rt_plan *plan, struct run_options *options, struct run_outcome *outcome)
{
    options->providers = providers;
    options->vault = vault_fetch;
    options->regexps = &rt_regexps;
    return run_play(plan, options, outcome);
}

bool interp_recover(struct recovery *recovery, const struct rt_plan *plan,
    struct run_options *options, bool skip_unknown, struct run_outcome *outcome)
{
    options->providers = providers;
    options->vault = vault_fetch;
    options->regexps = &rt_regexps;
    return recovery_play(recovery, plan, options, skip_unknown, outcome);
}
