#include "runtime/exec/engine.h"
#include "runtime/plan/plan_build.h"

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
                STR_ARG(plan_text(call->world->plan, call->activity->name)),
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

/* Calls one probe, in a world with its plan; what it finds becomes the key's value. */
static bool load_one(struct run *run, struct call_world *world, const struct plan_variable *row)
{
    struct arena arena;
    arena_init(&arena);
    bool done = false;
    struct call call = {.world = world,
        .activity = &world->plan->activity_rows[row->probe],
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
    struct str name = arena_str(&run->arena, plan_text(world->plan, row->name));
    if (loaded && call.object)
        scope_configure_object(&run->scope, name,
            call.text.len ? value_string(arena_str(&run->arena, call.text))
                          : value_copy(&run->arena, &value),
            scope_handle(&run->arena, call.object));
    else if (loaded)
        scope_configure(&run->scope, name, value_copy(&run->arena, &value));
    else if (call.failure.kind != FAILURE_NONE)
        log_debug(run->log, "Failed to load configuration '%.*s': %.*s",
            STR_ARG(plan_text(world->plan, call.activity->name)), STR_ARG(call.failure.message));
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

/* The probe that a variable file or --var puts in a key's place; NULL if it puts none there. */
static const struct value *given_probe(const struct run *run, struct str name)
{
    const struct value *given = run->options->vars ? value_get(run->options->vars, name) : NULL;
    const struct value *type = given ? value_get(given, STR("type")) : NULL;
    return type && type->kind == VALUE_STRING && str_is(type->as.text, "probe") ? given : NULL;
}

/* Such a probe has a plan of its own: the experiment stays what it was. */
static bool load_given(struct run *run, struct str name, const struct value *probe)
{
    struct member *member = ARENA_NEW(&run->arena, struct member);
    *member = (struct member){name, *probe};
    struct member block = {STR("configuration"), {.kind = VALUE_OBJECT, .as.object = {member, 1}}};
    struct value document = {.kind = VALUE_OBJECT, .as.object = {&block, 1}};
    struct plan_input input = {.document = &document, .refusal = STR("")};
    struct rt_plan *plan = ARENA_NEW(&run->arena, struct rt_plan);
    plan_build(&run->arena, &input, plan);
    struct call_world world = run->world;
    world.plan = plan;
    world.values = plan_values(&run->arena, plan);
    bool loaded = load_one(run, &world, &plan->variable_rows[plan_experiment(plan)->configuration]);
    memcpy(run->world.states, world.states, sizeof world.states);
    return loaded;
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
        const struct value *value = value_get(&loaded, name), *probe = given_probe(run, name);
        if (probe) {
            if (!run->stopping)
                failed |= !load_given(run, name, probe);
        } else if (value) {
            scope_configure(&run->scope, name, *value);
        } else if (row->source == PLAN_DYNAMIC && !run->stopping) {
            show_secrets(run, row);
            failed |= !load_one(run, &run->world, row);
        }
    }
    if (failed)
        log_warning(run->log, "Some of the dynamic configuration failed to be loaded."
                              "Please review the log file for understanding what happened.");
}
