#include "runtime/exec/engine.h"

static void called(void *context, struct call *call)
{
    (void)call;
    *(bool *)context = true;
}

static struct str trimmed(struct str text)
{
    while (text.len && strchr(" \t\n\r\f\v", text.ptr[0]))
        text = str_slice(text.ptr + 1, text.ptr + text.len);
    while (text.len && strchr(" \t\n\r\f\v", text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* What of a provider's output becomes the configuration; false if the reference leaves the key out.
 */
static bool take_output(struct run *run, const struct call *call, struct value *value)
{
    *value = call->output;
    switch ((enum plan_provider)call->activity->provider) {
    case PLAN_PROCESS: {
        const struct value *status = value_get(&call->output, STR("status"));
        const struct value *out = value_get(&call->output, STR("stdout"));
        const struct value *errors = value_get(&call->output, STR("stderr"));
        struct value zero = value_int(&run->arena, 0);
        if (!status || !out || !errors || !value_equal(status, &zero)) {
            log_debug(run->log, "Failed to load configuration dynamically from probe '%.*s': %.*s",
                STR_ARG(plan_text(run->plan, call->activity->name)),
                STR_ARG(errors ? errors->as.text : STR("")));
            return false;
        }
        *value = value_string(trimmed(out->as.text));
        return true;
    }
    case PLAN_HTTP: {
        const struct value *body = value_get(&call->output, STR("body"));
        *value = body ? *body : value_null();
        return true;
    }
    case PLAN_PYTHON:
        return true;
    case PLAN_PROVIDER_OTHER:
    case PLAN_PROVIDER_NONE:
    case PLAN_PROVIDER_COUNT:
        break;
    }
    return false;
}

/* Calls one probe; what it finds becomes the key's value. */
static bool load_one(struct run *run, const struct plan_variable *row)
{
    struct arena arena;
    arena_init(&arena);
    bool done = false;
    struct call call = {.world = &run->world,
        .activity = &run->plan->activity_rows[row->probe],
        .arena = &arena,
        .done = called,
        .context = &done};
    run->dynamic = &call;
    call_start(&call);
    while (!done)
        run_pump(run);
    run->dynamic = NULL;
    struct value value;
    bool loaded = call.failure.kind == FAILURE_NONE && take_output(run, &call, &value);
    struct str name = plan_text(run->plan, row->name);
    if (loaded && call.object)
        scope_configure_object(&run->scope, name,
            call.text.len ? value_string(arena_str(&run->arena, call.text))
                          : value_copy(&run->arena, &value),
            call.object);
    else if (loaded)
        scope_configure(&run->scope, name, value_copy(&run->arena, &value));
    else if (call.failure.kind != FAILURE_NONE)
        log_debug(run->log, "Failed to load configuration '%.*s': %.*s",
            STR_ARG(plan_text(run->plan, call.activity->name)), STR_ARG(call.failure.message));
    arena_free(&arena);
    return loaded;
}

/* chaoslib stores the secrets in the probe's definition, which its journal then shows. */
static void show_secrets(struct run *run, const struct plan_variable *row)
{
    const struct plan_activity *probe = &run->plan->activity_rows[row->probe];
    if (run->options->compat)
        journal_overlay(run, probe->settings, "secrets", run->scope.secrets);
}

/* A probe sees the configuration that stands above it, no more. */
void dynamic_load(struct run *run)
{
    const struct plan_experiment *e = run->experiment;
    const struct value loaded = scope_configuration(&run->scope);
    bool failed = false;
    log_debug(run->log, "Loading dynamic configuration...");
    scope_forget(&run->scope);
    for (uint32_t i = 0; i < e->configuration_count; i++) {
        const struct plan_variable *row = &run->plan->variable_rows[e->configuration + i];
        struct str name = plan_text(run->plan, row->name);
        const struct value *value = value_get(&loaded, name);
        if (value) {
            scope_configure(&run->scope, name, *value);
        } else if (row->source == PLAN_DYNAMIC && !run->stopping) {
            show_secrets(run, row);
            failed |= !load_one(run, row);
        }
    }
    if (failed)
        log_warning(run->log, "Some of the dynamic configuration failed to be loaded."
                              "Please review the log file for understanding what happened.");
}
