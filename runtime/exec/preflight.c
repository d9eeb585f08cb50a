#include "runtime/exec/preflight.h"

#include <stdlib.h>

#include "runtime/exec/control.h"

static bool is_set(const struct rt_plan *plan, const struct plan_variable *row)
{
    return row->source != PLAN_ENVIRONMENT || getenv(plan_text(plan, row->key).ptr);
}

static size_t check_configuration(
    const struct rt_plan *plan, const struct value *vars, struct log *log)
{
    const struct plan_experiment *e = plan_experiment(plan);
    size_t missing = 0;
    for (uint32_t i = e->configuration; i < e->configuration + e->configuration_count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        bool given = vars && value_get(vars, plan_text(plan, row->name));
        if (is_set(plan, row) || row->preset != PLAN_NONE || given)
            continue;
        log_error(log,
            "Configuration makes reference to an environment key that does not exist: %s",
            plan_text(plan, row->key).ptr);
        missing++;
    }
    return missing;
}

static size_t check_secrets(
    const struct rt_plan *plan, uint32_t first, uint32_t count, struct log *log)
{
    size_t missing = 0;
    for (uint32_t i = first; i < first + count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        if (row->source == PLAN_GROUP)
            missing += check_secrets(plan, row->members, row->member_count, log);
        if (is_set(plan, row))
            continue;
        log_error(log, "Secrets make reference to an environment key that does not exist: %s",
            plan_text(plan, row->key).ptr);
        missing++;
    }
    return missing;
}

static const struct rt_provider *provider_of(
    const struct rt_provider *const *providers, const struct plan_activity *row)
{
    for (; *providers; providers++)
        if ((uint32_t)(*providers)->id == row->provider)
            return *providers;
    return NULL;
}

static size_t check_activities(
    const struct rt_plan *plan, const struct rt_provider *const *providers, struct log *log)
{
    size_t missing = 0;
    struct arena arena;
    arena_init(&arena);
    struct call_world world = {.log = log, .plan = plan, .values = plan_values(&arena, plan)};
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        const struct rt_provider *provider = provider_of(providers, row);
        struct str what;
        /* The reference finds out about dynamic configuration when it calls it. */
        if (row->flags & PLAN_ACTIVITY_REF || row->role == PLAN_CONFIGURATION || !provider ||
            !provider->ready || provider->ready(&world, row, &arena, &what))
            continue;
        log_error(log, "%.*s", STR_ARG(what));
        missing++;
    }
    arena_free(&arena);
    return missing;
}

static bool is_used(const struct rt_plan *plan, const struct rt_provider *provider)
{
    for (uint32_t i = 0; i < plan->activity_count; i++)
        if (plan->activity_rows[i].provider == (uint32_t)provider->id)
            return true;
    return provider->hook && control_is_used(plan);
}

/* What takes a loop to look at. */
static size_t check_with_providers(const struct rt_plan *plan,
    const struct rt_provider *const *providers, struct log *log, struct preflight *started)
{
    size_t missing = 0;
    struct arena arena;
    arena_init(&arena);
    struct call_world world = {.log = log, .plan = plan, .values = plan_values(&arena, plan)};
    world.document = &world.values[plan_experiment(plan)->document];
    memcpy(world.states, started->states, sizeof world.states);
    for (; *providers; providers++) {
        if (!(*providers)->validate || !is_used(plan, *providers))
            continue;
        if (!started->loop)
            started->loop = loop_open();
        world.loop = started->loop;
        world.python = started->python;
        world.drivers = started->drivers;
        world.settings = started->settings;
        if (!world.loop)
            break; /* the run will say why */
        missing += (*providers)->validate(&world);
    }
    memcpy(started->states, world.states, sizeof world.states);
    arena_free(&arena);
    return missing;
}

size_t preflight_check(const struct rt_plan *plan, const struct rt_provider *const *providers,
    struct log *log, struct preflight *started)
{
    const struct plan_experiment *e = plan_experiment(plan);
    return check_configuration(plan, started->vars, log) +
           check_secrets(plan, e->secrets, e->secret_count, log) +
           check_activities(plan, providers, log) +
           check_with_providers(plan, providers, log, started);
}

/* ---- before there is an experiment ---- */

struct asking {
    struct arena *arena;
    struct value *reply;
    struct str *message;
    bool done, answered;
};

static void answered(void *context, const struct value *reply, bool lost, struct str message)
{
    struct asking *asking = context;
    asking->done = true;
    asking->answered = reply && !lost;
    if (asking->answered)
        *asking->reply = value_copy(asking->arena, reply);
    else
        *asking->message = arena_str(asking->arena, message);
}

void *preflight_hook(struct preflight *started, const struct rt_provider *provider, struct log *log,
    const struct value *request, bool background, provider_hook_fn *done, void *context)
{
    struct call_world world = {.log = log,
        .loop = started->loop,
        .python = started->python,
        .drivers = started->drivers,
        .settings = started->settings};
    memcpy(world.states, started->states, sizeof world.states);
    void *handle = provider->hook(&world, request, background, done, context);
    memcpy(started->states, world.states, sizeof world.states);
    return handle;
}

enum preflight_answer preflight_ask(struct preflight *started,
    const struct rt_provider *const *providers, struct log *log, struct arena *arena,
    const struct value *request, struct value *reply, struct str *message)
{
    struct asking asking = {.arena = arena, .reply = reply, .message = message};
    while (*providers && !(*providers)->hook)
        providers++;
    if (!started->loop)
        started->loop = loop_open();
    if (!*providers || !started->loop)
        return PREFLIGHT_NOBODY;
    preflight_hook(started, *providers, log, request, false, answered, &asking);
    while (!asking.done)
        loop_turn(started->loop, LOOP_NEVER);
    return asking.answered ? PREFLIGHT_ANSWERED : PREFLIGHT_FAILED;
}

void preflight_close(
    struct preflight *started, const struct rt_provider *const *providers, struct log *log)
{
    if (!started->loop)
        return;
    struct call_world world = {.log = log, .loop = started->loop};
    memcpy(world.states, started->states, sizeof world.states);
    for (; *providers; providers++)
        if ((*providers)->close)
            (*providers)->close(&world);
    loop_close(started->loop);
    *started = (struct preflight){0};
}
