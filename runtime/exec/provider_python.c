#include <signal.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/base/pytext.h"
#include "runtime/exec/control.h"
#include "runtime/exec/driver_call.h"
#include "runtime/exec/provider.h"
#include "runtime/helper/python.h"

/* What the provider keeps for a run. */
struct python_state {
    struct python *helper;
    struct drivers *drivers; /* which take calls of their modules */
    struct arena arena;
    struct log *log;
    bool told;      /* the helper knows the experiment */
    size_t on_main; /* calls on the helper's main thread */
};

/* Kept while a call runs. */
struct python_begun {
    struct helper_call *engine; /* NULL once it has replied */
    bool on_main;
    const struct driver *driver; /* NULL: Python */
};

enum { EXIT_WITHOUT_ROLLBACKS = 30 }; /* chaoslib.exit */

#define EXIT_GRACE 50000000LL

static void say(void *context, int level, struct str logger, struct str message)
{
    struct python_state *state = context;
    (void)logger;
    const struct redactor *before = log_hide(state->log, state->log->told);
    log_write(state->log, log_level_from(level), "python", 0, "%.*s", STR_ARG(message));
    log_hide(state->log, before);
}

/* chaoslib.exit sends the signal to its own process, which used to be the run's. */
static void signalled(void *context, int number)
{
    (void)context;
    kill(getpid(), number);
}

static struct member text_member(const char *key, struct str text)
{
    return (struct member){str_from(key), value_string(text)};
}

static struct python_state *make_state(struct call_world *world)
{
    struct python_state *state;
    struct arena arena;
    arena_init(&arena);
    state = ARENA_NEW(&arena, struct python_state);
    state->arena = arena;
    struct python_options options = {
        .interpreter = python_find(&state->arena, world->python),
        .settings = world->settings,
        .say = say,
        .signalled = signalled,
        .context = state,
    };
    state->log = world->log;
    state->helper = python_open(world->loop, &options);
    state->drivers = drivers_open(world->loop, world->drivers, world->log);
    world->states[PLAN_PYTHON] = state;
    return state;
}

static struct python_state *get_state(struct call_world *world)
{
    struct python_state *state = world->states[PLAN_PYTHON];
    if (!state)
        state = make_state(world);
    if (!state->told && world->document)
        python_tell(state->helper, world->document);
    state->told |= world->document != NULL;
    return state;
}

/* The arguments as they are, the judged output as the object itself where the helper has it. */
static struct value read_arguments(struct call *call)
{
    /* Templates that may stand for objects are expanded where those are. */
    const struct value *arguments =
        call->world->scope->has_objects ? call_raw_arguments(call) : call_arguments(call);
    struct value copy = {.kind = VALUE_OBJECT, .as.object = {NULL, 0}};
    if (!arguments)
        return copy;
    if (!call->judged_object || arguments->kind != VALUE_OBJECT)
        return *arguments;
    size_t count = arguments->as.object.count;
    struct member *members = ARENA_ARRAY(call->arena, struct member, count);
    for (size_t i = 0; i < count; i++) {
        members[i] = arguments->as.object.members[i];
        if (str_is(members[i].key, "value"))
            members[i].value = scope_handle(call->arena, call->judged_object);
    }
    copy.as.object.members = members;
    copy.as.object.count = count;
    return copy;
}

static struct value make_request(
    struct call *call, const struct value *module, const struct value *func)
{
    enum { MOST = 11 };
    const struct scope *scope = call->world->scope;
    const struct value *groups = call_groups(call);
    struct member *members = ARENA_ARRAY(call->arena, struct member, MOST);
    size_t count = 0;
    members[count++] = text_member("op", STR("call"));
    members[count++] = text_member("name", plan_text(call->world->plan, call->activity->name));
    members[count++] = (struct member){STR("lane"), value_int(call->arena, call->lane)};
    members[count++] = (struct member){STR("ends_lane"), value_bool(call->ends_lane)};
    members[count++] = (struct member){STR("module"), *module};
    members[count++] = (struct member){STR("func"), *func};
    members[count++] = (struct member){STR("arguments"), read_arguments(call)};
    members[count++] = (struct member){STR("configuration"), scope_for_python(scope, call->arena)};
    if (scope->has_objects)
        members[count++] = (struct member){STR("substitute"), value_bool(true)};
    members[count++] = (struct member){STR("secrets"), scope->secrets};
    if (groups)
        members[count++] = (struct member){STR("groups"), *groups};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

static void finish_left(void *context)
{
    struct call *call = context;
    call->handle = NULL;
    call->failure.kind = FAILURE_CANCELLED;
    call_finish(call);
}

static void leave_run(const struct value *code)
{
    kill(getpid(), value_to_double(code) == EXIT_WITHOUT_ROLLBACKS ? SIGUSR2 : SIGUSR1);
}

/* A function that calls sys.exit ends the run, as a signal does. The call is over once that has arrived. */
static void leave(struct call *call, const struct value *code)
{
    struct python_begun *begun = call->handle;
    begun->engine = NULL;
    leave_run(code);
    loop_timer_set(call->world->loop, &call->timer, loop_deadline(EXIT_GRACE), finish_left, call);
}

static void take_reply(struct call *call, const struct value *reply)
{
    const struct value *value = value_get(reply, STR("value")),
                       *handle = value_get(reply, STR("handle")),
                       *text = value_get(reply, STR("text")),
                       *bytes = value_get(reply, STR("bytes"));
    const struct value *failed = value_get(reply, STR("failed")),
                       *raised = value_get(reply, STR("raised"));
    const struct value *message = value_get(reply, STR("message"));
    if (value)
        call->output = value_copy(call->arena, value);
    if (handle)
        call->object = (int64_t)value_to_double(handle);
    if (text)
        call->text = arena_str(call->arena, text->as.text);
    if (bytes)
        call->bytes = arena_str(call->arena, bytes->as.text);
    if (failed)
        call_fail(call, arena_str(call->arena, failed->as.text));
    if (raised)
        call_raise(call, arena_str(call->arena, raised->as.text).ptr,
            message ? arena_str(call->arena, message->as.text) : STR(""));
}

static void driver_ended(void *context, const struct helper_result *result)
{
    struct call *call = context;
    struct python_begun *begun = call->handle;
    call->handle = NULL;
    driver_take_result(call, begun->driver, result);
    call_finish(call);
}

static void python_ended(void *context, const struct helper_result *result)
{
    struct call *call = context;
    struct python_begun *begun = call->handle;
    struct python_state *state = call->world->states[PLAN_PYTHON];
    const struct value *left = result->reply ? value_get(result->reply, STR("exit")) : NULL;
    state->on_main -= begun->on_main;
    call->state_lost = result->state_lost;
    if (left && !call->aside) {
        leave(call, left);
        return;
    }
    call->handle = NULL;
    if (left) {
        call_raise(call, "SystemExit", pytext_str(call->arena, left));
        call_finish(call);
        return;
    }
    switch (result->end) {
    case HELPER_REPLIED:
        take_reply(call, result->reply);
        break;
    case HELPER_CANCELLED:
        call->failure.kind = FAILURE_CANCELLED;
        break;
    case HELPER_STILL_RUNNING:
        call->failure.kind = FAILURE_CANCELLED;
        if (call->timed_out) {
            call_fail(
                call, STR("activity took too long to complete, and is still running: it ignores "
                          "that it was told to end"));
            call->failure.timed_out = true;
        }
        break;
    case HELPER_DIED:
        call_fail(call, arena_str(call->arena, result->message));
        break;
    case HELPER_NOT_STARTED:
        call_fail(call, arena_printf(call->arena, "the python provider needs an interpreter: %.*s",
                            STR_ARG(result->message)));
        break;
    }
    call_finish(call);
}

static void python_begin(struct call *call)
{
    const struct value *module = call_field(call, call->activity->module);
    const struct value *func = call_field(call, call->activity->func);
    if (!module || !func || module->kind != VALUE_STRING || func->kind != VALUE_STRING) {
        call_raise(call, !module || !func ? "KeyError" : "TypeError",
            !module ? STR("'module'")
            : !func ? STR("'func'")
                    : STR("the name of a module or function is no string"));
        call_finish(call);
        return;
    }
    const struct value *arguments = call_raw_arguments(call);
    if (arguments && arguments->kind != VALUE_OBJECT && arguments->kind != VALUE_ARRAY) {
        call_raise(call, "AttributeError", STR("the arguments have no attribute 'copy'"));
        call_finish(call);
        return;
    }
    struct python_state *state = get_state(call->world);
    struct driver *driver = drivers_find(state->drivers, module->as.text);
    struct value asked =
        driver ? driver_request(call, module, func) : make_request(call, module, func);
    if (call_has_tripped(call)) {
        call_finish(call);
        return;
    }
    struct python_begun *begun = ARENA_NEW(call->arena, struct python_begun);
    call->handle = begun;
    if (driver) {
        begun->driver = driver;
        begun->engine = helper_start(driver->helper, &asked, true, driver_ended, call);
        return;
    }
    /* The engine carries out one foreground call at a time, save checks beside the method, which the
     * reference has in a thread too. */
    begun->on_main = call->lane == LANE_MAIN && !state->on_main;
    state->on_main += begun->on_main;
    begun->engine = python_start(
        state->helper, &asked, begun->on_main ? PYTHON_MAIN : PYTHON_THREAD, python_ended, call);
}

static void python_end_now(struct call *call)
{
    struct python_begun *begun = call->handle;
    if (begun && begun->engine)
        helper_cancel(begun->engine);
    else if (begun)
        loop_timer_set(call->world->loop, &call->timer, 0, finish_left, call);
}

/* ---- controls ---- */

struct python_hook {
    struct python_state *state;
    struct loop *loop;
    struct helper_call *engine; /* NULL once it has replied */
    bool on_main;
    struct loop_timer timer;
    provider_hook_fn *done;
    void *context;
};

static void hook_left(void *context)
{
    struct python_hook *hook = context;
    hook->done(hook->context, NULL, false, STR(""));
    mem_free(hook);
}

static void hook_ended(void *context, const struct helper_result *result)
{
    struct python_hook *hook = context;
    const struct value *left = result->reply ? value_get(result->reply, STR("exit")) : NULL;
    const struct value *cancelled =
        result->reply ? value_get(result->reply, STR("cancelled")) : NULL;
    bool lost = result->state_lost || result->end > HELPER_STILL_RUNNING ||
                (result->end == HELPER_STILL_RUNNING && hook->on_main);
    hook->state->on_main -= hook->on_main;
    hook->engine = NULL;
    if (left) { /* over once the signal has arrived, as in `leave` */
        leave_run(left);
        loop_timer_set(hook->loop, &hook->timer, loop_deadline(EXIT_GRACE), hook_left, hook);
        return;
    }
    hook->done(hook->context, cancelled || lost ? NULL : result->reply, lost,
        result->message.len ? result->message : STR("the Python helper had to be started again"));
    mem_free(hook);
}

static void *python_hook(struct call_world *world, const struct value *request, bool background,
    provider_hook_fn *done, void *context)
{
    struct python_hook *hook = mem_alloc(sizeof *hook);
    struct python_state *state = get_state(world);
    *hook = (struct python_hook){.state = state,
        .loop = world->loop,
        .on_main = !background && !state->on_main,
        .done = done,
        .context = context};
    state->on_main += hook->on_main;
    hook->engine = python_start(
        state->helper, request, hook->on_main ? PYTHON_MAIN : PYTHON_THREAD, hook_ended, hook);
    return hook;
}

static void python_cancel_hook(void *handle)
{
    struct python_hook *hook = handle;
    if (hook->engine)
        helper_cancel(hook->engine);
}

static void python_shut(struct call_world *world)
{
    struct python_state *state = world->states[PLAN_PYTHON];
    if (!state)
        return;
    world->states[PLAN_PYTHON] = NULL;
    python_close(state->helper);
    drivers_close(state->drivers);
    struct arena arena = state->arena; /* it holds the state itself */
    arena_free(&arena);
}

/* ---- before the run ---- */

/* One activity as the worker's validation wants it. */
static struct value describe(
    struct call_world *world, struct arena *arena, const struct plan_activity *row)
{
    static const struct value none = {.kind = VALUE_NULL};
    static const struct value empty = {.kind = VALUE_OBJECT};
    const struct value *values = world->values;
    struct member *members = ARENA_ARRAY(arena, struct member, 5);
    members[0] = text_member("name", plan_text(world->plan, row->name));
    members[1] = text_member("type", row->kind == PLAN_KIND_ACTION ? STR("action") : STR("probe"));
    members[2] =
        (struct member){STR("module"), row->module == PLAN_NONE ? none : values[row->module]};
    members[3] = (struct member){STR("func"), row->func == PLAN_NONE ? none : values[row->func]};
    members[4] = (struct member){
        STR("arguments"), row->arguments == PLAN_NONE ? empty : values[row->arguments]};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, 5}};
}

struct validation {
    struct log *log;
    size_t wrong;
    bool done;
};

static void take_errors(void *context, const struct helper_result *result)
{
    struct validation *validation = context;
    const struct value *errors = result->reply ? value_get(result->reply, STR("value")) : NULL;
    validation->done = true;
    if (!errors || errors->kind != VALUE_ARRAY) {
        const struct value *message =
            result->reply ? value_get(result->reply, STR("message")) : NULL;
        struct str why = message ? message->as.text : result->message;
        log_error(validation->log, "the functions of Python activities cannot be looked at: %.*s",
            STR_ARG(why));
        validation->wrong++;
        return;
    }
    for (size_t i = 0; i < errors->as.array.count; i++, validation->wrong++)
        log_error(validation->log, "%.*s", STR_ARG(errors->as.array.items[i].as.text));
}

/* The modules of controls that drivers would take the calls of: they serve activities alone. */
static struct value drivers_of_controls(const struct call_world *world, struct python_state *state)
{
    const struct rt_plan *plan = world->plan;
    struct value *items = ARENA_ARRAY(&state->arena, struct value, plan->control_count + 1);
    size_t count = 0;
    for (uint32_t i = 0; i < plan->control_count; i++) {
        const struct value *provider =
            value_get(&world->values[plan->control_rows[i].document], STR("provider"));
        const struct value *module = provider ? value_get(provider, STR("module")) : NULL;
        if (module && module->kind == VALUE_STRING && drivers_find(state->drivers, module->as.text))
            items[count++] = *module;
    }
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, count}};
}

/* Asks drivers for their functions. Imports every other module and binds every function's arguments, as the reference does before it runs anything. */
static size_t python_validate(struct call_world *world)
{
    const struct rt_plan *plan = world->plan;
    struct python_state *state = get_state(world);
    struct validation validation = {.log = world->log};
    struct value *items = ARENA_ARRAY(&state->arena, struct value, plan->activity_count);
    size_t count = 0;
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        /* The reference finds out about dynamic configuration when it calls it. */
        if (row->provider == PLAN_PYTHON && !(row->flags & PLAN_ACTIVITY_REF) &&
            row->role != PLAN_CONFIGURATION && !driver_of(world, state->drivers, row))
            items[count++] = describe(world, &state->arena, row);
    }
    size_t wrong = driver_validate(world, state->drivers);
    if (!count && !control_is_used(plan))
        return wrong;
    struct member members[] = {text_member("op", STR("validate")),
        {STR("activities"), {.kind = VALUE_ARRAY, .as.array = {items, count}}},
        {STR("controls"), value_bool(control_is_used(plan))},
        {STR("drivers"), drivers_of_controls(world, state)}};
    struct value request = {.kind = VALUE_OBJECT, .as.object = {members, 4}};
    python_start(state->helper, &request, PYTHON_MAIN, take_errors, &validation);
    while (!validation.done)
        loop_turn(world->loop, LOOP_NEVER);
    return wrong + validation.wrong;
}

const struct rt_provider provider_python = {.id = PLAN_PYTHON,
    .name = "python",
    .start = python_begin,
    .cancel = python_end_now,
    .validate = python_validate,
    .hook = python_hook,
    .cancel_hook = python_cancel_hook,
    .close = python_shut};
