#include "runtime/base/pytext.h"
#include "runtime/exec/fed.h"
#include "runtime/exec/provider.h"

const struct value *call_field(const struct call *call, uint32_t field)
{
    return field == PLAN_NONE ? NULL : &call->world->values[field];
}

void call_fail(struct call *call, struct str message)
{
    call->failure = (struct failure){.kind = FAILURE_ACTIVITY,
        .class_name = STR("chaoslib.exceptions.ActivityFailed"),
        .message = message};
}

void call_raise(struct call *call, const char *class_name, struct str message)
{
    call->failure = (struct failure){
        .kind = FAILURE_EXCEPTION, .class_name = str_from(class_name), .message = message};
}

/* tolerance["provider"]["arguments"]["value"] = value */
static const struct value *with_judged(struct call *call, const struct value *arguments)
{
    struct value *copy = ARENA_NEW(call->arena, struct value);
    size_t count = arguments && arguments->kind == VALUE_OBJECT ? arguments->as.object.count : 0;
    struct member *members = ARENA_ARRAY(call->arena, struct member, count + 1);
    size_t at = count;
    for (size_t i = 0; i < count; i++) {
        members[i] = arguments->as.object.members[i];
        if (str_is(members[i].key, "value"))
            at = i;
    }
    members[at] = (struct member){STR("value"), *call->judged};
    *copy = (struct value){.kind = VALUE_OBJECT, .as.object = {members, count + (at == count)}};
    return copy;
}

const struct value *call_raw_arguments(struct call *call)
{
    const struct value *arguments = call_field(call, call->activity->arguments);
    return call->judged ? with_judged(call, arguments) : arguments;
}

const struct value *call_arguments(struct call *call)
{
    const struct value *arguments = call_raw_arguments(call);
    if (!arguments || !value_truthy(arguments) || scope_is_empty(call->world->scope))
        return arguments;
    struct value *copy = ARENA_NEW(call->arena, struct value);
    *copy = scope_substitute(call->world->scope, call->arena, arguments);
    return copy;
}

bool call_has_tripped(struct call *call)
{
    if (!scope_has_tripped(call->world->scope))
        return false;
    call_raise(call, "TypeError", STR("a secret stands in the place of a group of secrets"));
    return true;
}

const struct value *call_groups(struct call *call)
{
    const struct value *secrets = &call->world->scope->secrets;
    if (call->activity->role != PLAN_CONFIGURATION)
        return call_field(call, call->activity->secrets);
    size_t count = secrets->as.object.count;
    struct value *names = ARENA_ARRAY(call->arena, struct value, count);
    for (size_t i = 0; i < count; i++)
        names[i] = value_string(secrets->as.object.members[i].key);
    struct value *groups = ARENA_NEW(call->arena, struct value);
    *groups = (struct value){.kind = VALUE_ARRAY, .as.array = {names, count}};
    return groups;
}

static void deadline_passed(void *context)
{
    struct call *call = context;
    call->timed_out = true;
    call->provider->cancel(call);
}

/* The activity's own `timeout`, which the Open API has and the reference does not look at. */
static void arm_deadline(struct call *call)
{
    const struct value *timeout = call_field(call, call->activity->timeout);
    if (call->world->compat || !timeout ||
        (timeout->kind != VALUE_INT && timeout->kind != VALUE_REAL))
        return;
    double seconds = value_to_double(timeout);
    if (seconds >= 0 && seconds < 9e9)
        loop_timer_set(call->world->loop, &call->timer, loop_deadline((int64_t)(seconds * 1e9)),
            deadline_passed, call);
}

/* Looks at what the reference looks at before it calls anything. */
static bool find_provider(struct call *call)
{
    enum plan_provider id = (enum plan_provider)call->activity->provider;
    if (call->activity->settings == PLAN_NONE || id == PLAN_PROVIDER_NONE) {
        call_raise(call, "KeyError",
            call->activity->settings == PLAN_NONE ? STR("'provider'") : STR("'type'"));
        return false;
    }
    if (id == PLAN_PROVIDER_OTHER)
        return false;
    for (const struct rt_provider *const *p = call->world->providers; *p; p++)
        if ((*p)->id == id)
            call->provider = *p;
    if (!call->provider)
        call_raise(call, "ImportError", STR("this runner was made without that provider"));
    return call->provider != NULL;
}

void call_start(struct call *call)
{
    call->output = value_null();
    call->failure = (struct failure){0};
    call->fed = fed_call(call);
    if (!find_provider(call)) {
        call_finish(call);
        return;
    }
    arm_deadline(call);
    call->provider->start(call);
}

void call_cancel(struct call *call)
{
    if (!call->finished && call->provider)
        call->provider->cancel(call);
}

static bool status_expected(const struct value *expected, const struct value *status)
{
    if (expected->kind != VALUE_ARRAY)
        return value_equal(expected, status);
    for (size_t i = 0; i < expected->as.array.count; i++)
        if (value_equal(&expected->as.array.items[i], status))
            return true;
    return false;
}

/* The Open API lets an HTTP call name the statuses it expects; the reference does not look at them.
 */
static void check_expected_status(struct call *call)
{
    const struct value *expected = call_field(call, call->activity->expected_status);
    const struct value *status = value_get(&call->output, STR("status"));
    if (call->world->compat || !expected || expected->kind == VALUE_NULL || !status ||
        call->failure.kind != FAILURE_NONE || status_expected(expected, status))
        return;
    call_fail(call,
        arena_printf(call->arena, "expected status %.*s but got %.*s",
            STR_ARG(pytext_str(call->arena, expected)), STR_ARG(pytext_str(call->arena, status))));
}

void call_finish(struct call *call)
{
    call->finished = true;
    loop_timer_cancel(call->world->loop, &call->timer);
    if (call->timed_out && call->failure.kind == FAILURE_CANCELLED) {
        call_fail(call, STR("activity took too long to complete"));
        call->failure.timed_out = true;
    }
    check_expected_status(call);
    if (call->failure.kind != FAILURE_NONE)
        call->output = value_null();
    call->done(call->context, call);
}
