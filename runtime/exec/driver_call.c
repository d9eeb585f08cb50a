#include "runtime/exec/driver_call.h"

/* What one group after the other holds, the later over the earlier, as chaoslib merges them. */
static struct value merge_groups(
    struct arena *arena, const struct value *secrets, const struct value *groups)
{
    struct member *members = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; groups && groups->kind == VALUE_ARRAY && i < groups->as.array.count; i++) {
        const struct value *name = &groups->as.array.items[i];
        const struct value *group =
            name->kind == VALUE_STRING ? value_get(secrets, name->as.text) : NULL;
        for (size_t m = 0; group && group->kind == VALUE_OBJECT && m < group->as.object.count; m++)
            *ARENA_PUSH(arena, members, count, room) = group->as.object.members[m];
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

struct value driver_request(struct call *call, const struct value *module, const struct value *func)
{
    const struct call_world *world = call->world;
    const struct value *arguments = call_arguments(call);
    const struct value *groups = call_groups(call);
    const struct member rows[] = {
        {STR("op"), value_string(STR("call"))},
        {STR("name"), value_string(plan_text(world->plan, call->activity->name))},
        {STR("module"), *module},
        {STR("func"), *func},
        {STR("arguments"), arguments ? *arguments : (struct value){.kind = VALUE_OBJECT}},
        {STR("configuration"), scope_configuration(world->scope)},
        {STR("secrets"), merge_groups(call->arena, &world->scope->secrets, groups)},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    struct member *members = ARENA_ARRAY(call->arena, struct member, COUNT);
    memcpy(members, rows, sizeof rows);
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, COUNT}};
}

static void take_reply(struct call *call, const struct driver *driver, const struct value *reply)
{
    const struct value *value = value_get(reply, STR("value"));
    const struct value *failed = value_get(reply, STR("failed"));
    if (failed && failed->kind == VALUE_STRING)
        call_fail(call, arena_str(call->arena, failed->as.text));
    else if (value && !failed)
        call->output = value_copy(call->arena, value);
    else
        call_fail(call, arena_printf(call->arena,
                            "driver `%.*s` replied with neither a `value` nor a text `failed`",
                            STR_ARG(driver->name)));
}

void driver_take_result(
    struct call *call, const struct driver *driver, const struct helper_result *result)
{
    switch (result->end) {
    case HELPER_REPLIED:
        take_reply(call, driver, result->reply);
        break;
    case HELPER_STILL_RUNNING:
        log_warning(call->world->log,
            "driver `%.*s` ignored that it was told to end a call: it was killed",
            STR_ARG(driver->name));
        call->failure.kind = FAILURE_CANCELLED;
        break;
    case HELPER_CANCELLED:
        call->failure.kind = FAILURE_CANCELLED;
        break;
    case HELPER_DIED:
        call_fail(call, arena_str(call->arena, result->message));
        break;
    case HELPER_NOT_STARTED:
        call_fail(call, arena_printf(call->arena, "driver `%.*s` (%s) does not start: %.*s",
                            STR_ARG(driver->name), driver->path, STR_ARG(result->message)));
        break;
    }
}

/* ---- before the run ---- */

static const struct value *field(const struct call_world *world, uint32_t index)
{
    return index == PLAN_NONE ? NULL : &world->values[index];
}

struct driver *driver_of(
    const struct call_world *world, struct drivers *drivers, const struct plan_activity *row)
{
    const struct value *module = field(world, row->module);
    if (row->provider != PLAN_PYTHON || row->flags & PLAN_ACTIVITY_REF || !module ||
        module->kind != VALUE_STRING)
        return NULL;
    return drivers_find(drivers, module->as.text);
}

/* What a driver says against one activity; true if it says nothing. */
static bool is_taken(struct call_world *world, struct driver *driver,
    const struct plan_activity *row, struct arena *arena, struct str *problem)
{
    const struct value *func = field(world, row->func);
    struct driver_asked use = {
        .kind = row->kind == PLAN_KIND_ACTION ? "action" : "probe",
        .name = plan_text(world->plan, row->name),
        .module = field(world, row->module)->as.text,
        .func = func && func->kind == VALUE_STRING ? func->as.text : STR(""),
        .arguments = field(world, row->arguments),
        .judges = row->role == PLAN_TOLERANCE,
    };
    return driver_takes(driver, &use, arena, problem);
}

size_t driver_validate(struct call_world *world, struct drivers *drivers)
{
    const struct rt_plan *plan = world->plan;
    struct driver *silent = NULL; /* said once */
    struct arena arena;
    size_t wrong = 0;
    arena_init(&arena);
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        struct driver *driver = driver_of(world, drivers, row);
        struct str problem;
        if (!driver || driver == silent)
            continue;
        if (!driver_describe(driver, &problem))
            silent = driver;
        else if (is_taken(world, driver, row, &arena, &problem))
            continue;
        log_error(world->log, "%.*s", STR_ARG(problem));
        wrong++;
    }
    arena_free(&arena);
    return wrong;
}
