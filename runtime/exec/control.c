#include "runtime/exec/control.h"

#include <signal.h>
#include <string.h>

#include "runtime/exec/engine.h"
#include "runtime/plan/plan_append.h"
#include "runtime/plan/plan_build.h"

/* ---- which experiments have controls ---- */

static bool is_python(const struct rt_plan *plan, const struct plan_value *document)
{
    struct arena arena;
    arena_init(&arena);
    const struct value *values = plan_values(&arena, plan);
    const struct value *control = &values[document - plan->value_rows];
    const struct value *provider = value_get(control, STR("provider"));
    const struct value *type = provider ? value_get(provider, STR("type")) : NULL;
    bool is = type && type->kind == VALUE_STRING && str_is(type->as.text, "python");
    arena_free(&arena);
    return is;
}

bool control_is_used(const struct rt_plan *plan)
{
    for (uint32_t i = 0; i < plan->control_count; i++)
        if (is_python(plan, &plan->value_rows[plan->control_rows[i].document]))
            return true;
    return false;
}

static const struct rt_provider *helper_of(const struct run *run)
{
    for (const struct rt_provider *const *p = run->options->providers; *p; p++)
        if ((*p)->hook)
            return *p;
    return NULL;
}

/* ---- requests ---- */

enum { MOST_MEMBERS = 16 };

struct request {
    struct arena *arena;
    struct member members[MOST_MEMBERS];
    size_t count;
};

static void put(struct request *request, const char *key, struct value value)
{
    request->members[request->count++] = (struct member){str_from(key), value};
}

static void put_int(struct request *request, const char *key, long long number)
{
    put(request, key, value_int(request->arena, number));
}

static struct request make_request(const struct run *run, struct arena *arena, const char *hook)
{
    struct request request = {.arena = arena, .count = 0};
    const char *status = journal_status(run->status);
    put(&request, "op", value_string(STR("control")));
    put(&request, "hook", value_string(str_from(hook)));
    put(&request, "status",
        run->status == RUN_UNSET ? value_null() : value_string(str_from(status)));
    put(&request, "deviated", value_bool(run->deviated));
    return request;
}

/* ---- what hooks changed ---- */

static void take_configuration(struct run *run, const struct value *configuration)
{
    struct value copy = value_copy(&run->arena, configuration);
    run->scope.configuration_count = run->scope.object_count = 0; /* the helper has the objects */
    for (size_t i = 0; i < copy.as.object.count; i++)
        scope_configure(
            &run->scope, copy.as.object.members[i].key, copy.as.object.members[i].value);
    journal_change(run, NULL, 0);
}

static void take_secrets(struct run *run, const struct value *secrets)
{
    run->scope.secrets = value_copy(&run->arena, secrets);
    run_hide_secrets(run);
}

/* Lowers the experiment again; what is under way keeps its rows. */
static void take_experiment(struct run *run, const struct value *document)
{
    struct value copy = value_copy(&run->arena, document);
    struct plan_input input = {
        .document = &copy, .file = plan_text(run->plan, run->experiment->file), .refusal = STR("")};
    struct rt_plan added;
    struct rt_plan *plan = ARENA_NEW(&run->arena, struct rt_plan);
    plan_build(&run->arena, &input, &added);
    plan_append(&run->arena, run->plan, &added, plan);
    run->plan = run->scope.plan = plan;
    run->experiment = plan_experiment(plan);
    run->values = plan_values(&run->arena, plan);
    run->world.plan = run->plan;
    run->world.values = run->values;
    run->outcome->method_count = run->experiment->method_count;
    journal_change(run, &copy, added.activity_count);
}

/* Handlers may write into the journal while the experiment runs. */
static void take_state(struct run *run, const struct value *state)
{
    const struct value *status = value_get(state, STR("status")),
                       *deviated = value_get(state, STR("deviated"));
    run->deviated = deviated && value_truthy(deviated);
    if (status && status->kind == VALUE_STRING)
        journal_status_of(status->as.text, &run->status);
}

static void take_changes(struct run *run, const struct value *reply)
{
    const struct value *configuration = value_get(reply, STR("configuration")),
                       *secrets = value_get(reply, STR("secrets")),
                       *document = value_get(reply, STR("experiment")),
                       *state = value_get(reply, STR("state"));
    run->controls.listened |= value_get(reply, STR("handlers")) != NULL;
    run->scope.has_objects |= value_get(reply, STR("objects")) != NULL;
    if (state)
        take_state(run, state);
    if (configuration && configuration->kind == VALUE_OBJECT)
        take_configuration(run, configuration);
    if (secrets && secrets->kind == VALUE_OBJECT)
        take_secrets(run, secrets);
    if (document)
        take_experiment(run, document);
}

/* An exception that the reference's handling of controls lets out, a defect of a control's definition say. */
static void take_end(struct control_hook *hook, const struct value *reply)
{
    struct run *run = hook->run;
    const struct value *why = value_get(reply, STR("interrupted")),
                       *raised = value_get(reply, STR("raised")),
                       *message = value_get(reply, STR("message"));
    if (why && why->kind == VALUE_STRING) {
        hook->interrupted = true;
        hook->message = arena_str(&run->arena, why->as.text);
    } else if (raised && raised->kind == VALUE_STRING) {
        hook->interrupted = true;
        hook->message = arena_printf(&run->arena, "a control cannot be called: %.*s: %.*s",
            STR_ARG(raised->as.text), STR_ARG(message ? message->as.text : STR("")));
    }
}

static void replied(void *context, const struct value *reply, bool lost, struct str message)
{
    struct control_hook *hook = context;
    struct run *run = hook->run;
    hook->handle = NULL;
    hook->reply = reply;
    if (lost && run->controls.on) {
        log_error(run->log, "controls are not called any more: %.*s", STR_ARG(message));
        run->controls.on = false;
    }
    if (reply) {
        take_changes(run, reply);
        take_end(hook, reply);
    }
    hook->done(hook);
}

static void start(struct control_hook *hook, struct run *run, struct request *request,
    uint32_t lane, control_done_fn *done, void *context)
{
    put_int(request, "lane", lane);
    struct value value = {.kind = VALUE_OBJECT, .as.object = {request->members, request->count}};
    *hook = (struct control_hook){.run = run, .done = done, .context = context};
    hook->handle = helper_of(run)->hook(&run->world, &value, lane != LANE_MAIN, replied, hook);
}

void control_cancel(struct control_hook *hook)
{
    if (hook->handle)
        helper_of(hook->run)->cancel_hook(hook->handle);
}

/* ---- hooks that the run waits for ---- */

struct waiting {
    struct control_hook hook;
    struct value journal;
    bool done, replied, left;
    int code; /* of `left` */
};

static void waited(struct control_hook *hook)
{
    struct waiting *waiting = hook->context;
    const struct value *value = hook->reply ? value_get(hook->reply, STR("value")) : NULL;
    const struct value *left = hook->reply ? value_get(hook->reply, STR("left")) : NULL;
    waiting->done = true;
    waiting->replied = hook->reply != NULL;
    waiting->left = left != NULL;
    waiting->code = left ? (int)value_to_double(left) : 0;
    waiting->journal = value ? value_copy(&hook->run->arena, value) : value_null();
}

static void call_now(struct run *run, struct request *request, struct waiting *waiting)
{
    *waiting = (struct waiting){.done = false};
    run->controls.waiting = &waiting->hook;
    start(&waiting->hook, run, request, LANE_MAIN, waited, waiting);
    while (!waiting->done)
        run_pump(run);
    run->controls.waiting = NULL;
}

void control_interrupt(struct run *run, struct str message)
{
    run->status = RUN_INTERRUPTED;
    run->controls.interrupted = true;
    log_critical(run->log, "%.*s", STR_ARG(message));
}

/* The event of an experiment that was interrupted before its rollbacks, or NULL. */
static const char *how_left(const struct run *run)
{
    int number = run->outcome->signal;
    if (!run->stopping)
        return run->controls.interrupted ? "interrupted" : NULL;
    return number == SIGINT || number == SIGUSR1 || number == SIGUSR2 ? "signal_exit"
                                                                      : "interrupted";
}

void control_left(struct run *run)
{
    const char *how = how_left(run);
    if (!how || !run->controls.on || !run->controls.listened)
        return;
    struct waiting waiting;
    struct request request = make_request(run, &run->arena, "left");
    put(&request, "how", value_string(str_from(how)));
    call_now(run, &request, &waiting);
}

static struct value numbers_of(struct run *run, const struct record_list *list)
{
    struct value *items = ARENA_ARRAY(&run->arena, struct value, list->count + 1);
    for (size_t i = 0; i < list->count; i++)
        items[i] = value_int(&run->arena, list->items[i]->id);
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, list->count}};
}

bool control_block(struct run *run, const char *hook, const char *level, bool begun, bool whole)
{
    if (!run->controls.on)
        return true;
    struct waiting waiting;
    struct request request = make_request(run, &run->arena, hook);
    const char *left = how_left(run);
    const char *end = left && strcmp(left, "signal_exit") == 0 ? "left"
                      : whole && !left                         ? "whole"
                                                               : "raised";
    if (level) {
        bool method = strcmp(level, "method") == 0;
        put(&request, "level", value_string(str_from(level)));
        put(&request, "records",
            numbers_of(run, method ? &run->method_records : &run->rollback_records));
    }
    put(&request, "begun", value_bool(begun));
    put(&request, "end", value_string(str_from(end)));
    call_now(run, &request, &waiting);
    if (waiting.hook.interrupted)
        control_interrupt(run, waiting.hook.message);
    return !waiting.hook.interrupted && (waiting.replied || !run->stopping);
}

/* Those of the command line, which reach the settings that controls see; of the others the helper knows. */
static struct value given_strategies(struct run *run)
{
    const struct run_options *o = run->options;
    struct member *members = ARENA_ARRAY(&run->arena, struct member, 2);
    members[0] = (struct member){STR("hypothesis"),
        o->has_hypothesis ? value_string(run_hypothesis_name(o->hypothesis)) : value_null()};
    members[1] = (struct member){STR("rollbacks"),
        o->has_rollbacks ? value_string(run_rollbacks_name(o->rollbacks)) : value_null()};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, 2}};
}

/* [frequency, fail fast, ratio of deviations for that], as chaoslib.types.Schedule. */
static struct value schedule_of(struct run *run)
{
    const struct run_options *o = run->options;
    struct value *items = ARENA_ARRAY(&run->arena, struct value, 3);
    items[0] = value_real(&run->arena, o->frequency);
    items[1] = value_bool(o->fail_fast);
    items[2] = value_real(&run->arena, o->fail_fast_percent);
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, 3}};
}

bool control_open(struct run *run)
{
    static const struct value empty = {.kind = VALUE_ARRAY};
    const struct run_options *o = run->options;
    if (!control_is_used(run->plan) && !(o->controls && o->controls->as.array.count))
        return true;
    if (!helper_of(run)) {
        control_interrupt(
            run, STR("the experiment has controls, and this program was made without Python"));
        run->no_rollbacks = true;
        return false;
    }
    run->controls.on = true;
    run->controls.original = run->plan;
    struct waiting waiting;
    struct request request = make_request(run, &run->arena, "start");
    put(&request, "configuration", scope_for_python(&run->scope, &run->arena));
    put(&request, "secrets", run->scope.secrets);
    put(&request, "everywhere", o->controls ? *o->controls : empty);
    put(&request, "strategies", given_strategies(run));
    put(&request, "schedule", schedule_of(run));
    put(&request, "compat", value_bool(o->compat));
    put(&request, "journal", journal_head(run, false));
    for (size_t i = 0; i < run->overlay_count; i++)
        if (run->overlays[i].row == PLAN_DOCUMENT && run->overlays[i].key.len)
            put(&request, run->overlays[i].key.ptr, run->overlays[i].value);
    call_now(run, &request, &waiting);
    if (waiting.hook.interrupted)
        control_interrupt(run, waiting.hook.message);
    run->controls.on &= !waiting.hook.interrupted;
    if (!run->controls.on) { /* what they would guard is not carried out without them */
        run->status = RUN_INTERRUPTED;
        run->no_rollbacks = true;
    }
    return run->controls.on;
}

/* What the journal says in the end decides the exit code. */
static void take_status(struct run *run)
{
    const struct value *status = value_get(&run->controls.journal, STR("status")),
                       *deviated = value_get(&run->controls.journal, STR("deviated"));
    if (run->controls.journal.kind != VALUE_OBJECT)
        return;
    run->outcome->deviated = deviated && value_truthy(deviated);
    run->outcome->status = RUN_FAILED; /* whatever is not `completed` is no success */
    if (status && status->kind == VALUE_STRING)
        journal_status_of(status->as.text, &run->outcome->status);
}

/* A control left Python by SystemExit: the reference's program ends with that code and without a journal. */
static void take_leave(struct run *run, const struct waiting *waiting)
{
    if (!waiting->left)
        return;
    run->outcome->crashed |= run->options->compat;
    run->outcome->left |= run->options->compat;
    run->outcome->exit_code = waiting->code;
    log_error(run->log, "a control ended Python, with %d, after the experiment", waiting->code);
}

/* A check that the reference's journal has not is null. */
static struct value check_number(struct run *run, const struct check *check)
{
    if (!check || (run->options->compat && (check->interrupted || check->met < 0)))
        return value_null();
    return value_int(&run->arena, check->number);
}

/* The clean-up, and what is told at the very end, may still change the journal. */
static void clean_up(struct run *run)
{
    struct waiting waiting;
    struct request request = make_request(run, &run->arena, "cleanup");
    call_now(run, &request, &waiting);
    if (waiting.journal.kind == VALUE_OBJECT)
        run->controls.journal = waiting.journal;
    take_leave(run, &waiting);
    if (!waiting.hook.interrupted)
        return;
    /* The reference ends with a traceback here. */
    run->outcome->crashed |= run->options->compat;
    log_error(run->log, "%.*s", STR_ARG(waiting.hook.message));
}

void control_close(struct run *run)
{
    if (!run->controls.on)
        return;
    struct waiting waiting;
    struct value journal = journal_head(run, true);
    struct request request = make_request(run, &run->arena, "after_experiment");
    struct value *during = ARENA_ARRAY(&run->arena, struct value, run->during.count + 1);
    for (size_t i = 0; i < run->during.count; i++)
        during[i] = check_number(run, run->during.items[i]);
    put(&request, "journal", journal);
    put(&request, "before", check_number(run, run->before));
    put(&request, "after", check_number(run, run->after));
    put(&request, "during",
        (struct value){.kind = VALUE_ARRAY, .as.array = {during, run->during.count}});
    if (!run->options->compat || !run->outcome->crashed) {
        call_now(run, &request, &waiting);
        run->controls.journal = waiting.journal;
        take_leave(run, &waiting);
    }
    if (run->controls.on)
        clean_up(run);
    take_status(run);
}

/* ---- activities ---- */

static const struct plan_activity *written_row(const struct task *task)
{
    return &task->run->plan->activity_rows[task->written];
}

void control_before_task(struct task *task, control_done_fn *done)
{
    struct run *run = task->run;
    const struct plan_experiment *e = run->experiment;
    uint32_t role = written_row(task)->role;
    uint32_t first = role == PLAN_METHOD  ? e->method
                     : role == PLAN_PROBE ? e->probes
                                          : e->rollbacks;
    struct request request = make_request(run, &task->arena, "before_activity");
    task->number = ++run->controls.numbers;
    put_int(&request, "task", task->number);
    put_int(&request, "index", task->written - first);
    put(&request, "role",
        value_string(role == PLAN_METHOD  ? STR("method")
                     : role == PLAN_PROBE ? STR("probes")
                                          : STR("rollbacks")));
    start(&task->hook, run, &request, task->lane, done, task);
}

static void put_record(struct request *request, struct task *task)
{
    put_int(request, "number", task->record->id);
    put(request, "record", journal_record(task->run, &task->arena, task->record, &task->call));
}

void control_after_task(struct task *task, control_done_fn *done)
{
    struct run *run = task->run;
    struct request request = make_request(run, &task->arena, "after_activity");
    bool ended =
        task->failure.kind == FAILURE_NONE && task->record && task->record->status <= RECORD_FAILED;
    put_int(&request, "task", task->number);
    put(&request, "ended", value_bool(ended));
    put(&request, "ends_lane", value_bool(task->lane >= LANE_FIRST));
    if (task->record)
        put_record(&request, task);
    start(&task->hook, run, &request, task->lane, done, task);
}

bool control_tell_task(struct task *task, const char *event, control_done_fn *done)
{
    struct run *run = task->run;
    if (!run->controls.on || !run->controls.listened || !task->hooked)
        return false;
    struct request request = make_request(run, &task->arena, event);
    put_int(&request, "task", task->number);
    put_record(&request, task);
    start(&task->hook, run, &request, task->lane, done, task);
    return true;
}

/* ---- checks of the hypothesis ---- */

static void put_moment(struct request *request, const struct check *check)
{
    put(request, "moment", value_string(str_from(check->moment)));
    put_int(request, "iteration", (long long)check->iteration);
}

void control_before_check(struct check *check, control_done_fn *done)
{
    struct run *run = check->run;
    struct request request = make_request(run, &run->arena, "before_hypothesis");
    check->number = ++run->controls.numbers;
    put_moment(&request, check);
    start(&check->hook, run, &request, check->lane, done, check);
}

/* [record, verdict or null] */
static struct value probe_verdict(struct run *run, const struct record *record)
{
    struct value *pair = ARENA_ARRAY(&run->arena, struct value, 2);
    pair[0] = value_int(&run->arena, record->id);
    pair[1] = record->verdict == RECORD_NOT_JUDGED ? value_null()
                                                   : value_bool(record->verdict == RECORD_MET);
    return (struct value){.kind = VALUE_ARRAY, .as.array = {pair, 2}};
}

void control_after_check(struct check *check, control_done_fn *done)
{
    struct run *run = check->run;
    struct request request = make_request(run, &run->arena, "after_hypothesis");
    struct value *probes = ARENA_ARRAY(&run->arena, struct value, check->probes.count + 1);
    size_t count = 0;
    /* What an exception ended is not in the reference's state. */
    for (size_t i = 0; i < check->probes.count; i++)
        if (check->probes.items[i]->verdict != RECORD_NOT_JUDGED)
            probes[count++] = probe_verdict(run, check->probes.items[i]);
    put_int(&request, "check", check->number);
    put_moment(&request, check);
    put(&request, "begun", value_bool(check->begun));
    put(&request, "met", check->met < 0 ? value_null() : value_bool(check->met));
    put(&request, "probes", (struct value){.kind = VALUE_ARRAY, .as.array = {probes, count}});
    start(&check->hook, run, &request, check->lane, done, check);
}

bool control_tell_continuous(struct run *run, struct control_hook *hook,
    const struct failure *failure, control_done_fn *done, void *context)
{
    if (!run->controls.on || !run->controls.listened)
        return false;
    struct request request = make_request(run, &run->arena, "continuous_completed");
    bool raised = failure->kind != FAILURE_NONE;
    put(&request, "raised", raised ? value_string(failure->class_name) : value_null());
    put(&request, "ends_lane", value_bool(true));
    put(&request, "message", raised ? value_string(failure->message) : value_null());
    start(hook, run, &request, LANE_CHECKS, done, context);
    return true;
}
