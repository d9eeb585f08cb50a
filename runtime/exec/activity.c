#include "runtime/exec/task.h"

#include <math.h>

#include "runtime/base/mem.h"
#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"
#include "runtime/exec/fed.h"

static const struct plan_activity *row_of(const struct task *task)
{
    return &task->run->plan->activity_rows[task->activity];
}

static const struct value *field(const struct task *task, uint32_t index)
{
    return index == PLAN_NONE ? NULL : &task->run->values[index];
}

static void complete(struct task *task)
{
    task->stage = TASK_DONE;
    task->is_done = true;
    task->done(task->context, task);
}

/* What a control made of the record is what the engine judges. */
static void take_record(struct task *task, const struct value *reply)
{
    const struct value *status = value_get(reply, STR("status")),
                       *output = value_get(reply, STR("output")),
                       *handle = value_get(reply, STR("handle"));
    if (!status || !output)
        return;
    bool failed = status->kind == VALUE_STRING && str_is(status->as.text, "failed");
    bool succeeded = status->kind == VALUE_STRING && str_is(status->as.text, "succeeded");
    task->call.failure.kind = failed ? FAILURE_ACTIVITY : FAILURE_NONE;
    task->record->status = succeeded ? RECORD_SUCCEEDED : RECORD_FAILED;
    task->call.output = value_copy(&task->arena, output);
    task->call.object = handle ? (int64_t)value_to_double(handle) : 0;
}

static void interrupt_by(struct task *task, const struct control_hook *hook)
{
    task->interrupted = true;
    task->interruption = hook->message;
}

/* Where the activity stands now, where controls moved it. */
static void take_place(struct task *task, const struct value *reply)
{
    const struct plan_experiment *e = task->run->experiment;
    const struct value *at = value_get(reply, STR("at"));
    double place = at ? value_to_double(at) : -1;
    uint32_t role = task->run->plan->activity_rows[task->written].role;
    uint32_t first = role == PLAN_METHOD  ? e->method
                     : role == PLAN_PROBE ? e->probes
                                          : e->rollbacks;
    if (place < 0)
        return;
    task->written = first + (uint32_t)place;
}

static void controls_after(struct control_hook *hook)
{
    struct task *task = hook->context;
    if (hook->reply) {
        take_record(task, hook->reply);
        take_place(task, hook->reply);
    }
    if (hook->interrupted)
        interrupt_by(task, hook);
    else if (!hook->reply && task->run->stopping && task->failure.kind == FAILURE_NONE)
        task->failure.kind = FAILURE_CANCELLED; /* the signal came while they were called */
    complete(task);
}

static void finish(struct task *task)
{
    loop_timer_cancel(task->run->world.loop, &task->timer);
    if (task->hooked && task->run->controls.on) {
        task->stage = TASK_HOOK;
        task->hooked = false;
        task->cancelled = false; /* the reference's controls are called on any way out */
        control_after_task(task, controls_after);
    } else {
        complete(task);
    }
}

static void raise_in(struct task *task, const char *class_name, struct str message)
{
    task->failure = (struct failure){
        .kind = FAILURE_EXCEPTION, .class_name = str_from(class_name), .message = message};
    finish(task);
}

static void interrupt(struct task *task)
{
    task->failure = (struct failure){.kind = FAILURE_CANCELLED};
    finish(task);
}

bool task_raised(struct task *task, struct failure *failure)
{
    if (task->failure.kind == FAILURE_EXCEPTION)
        *failure = task->failure;
    else if (task->call.failure.kind == FAILURE_EXCEPTION)
        *failure = task->call.failure;
    else
        return false;
    failure->message = fed_hide(&task->arena, task->call.fed, failure->message);
    return true;
}

static enum run_dry dry_named(struct str name)
{
    static const struct {
        struct str name;
        enum run_dry dry;
    } modes[] = {{STR_INIT("probes"), RUN_DRY_PROBES}, {STR_INIT("actions"), RUN_DRY_ACTIONS},
        {STR_INIT("activities"), RUN_DRY_ACTIVITIES}, {STR_INIT("pause"), RUN_DRY_PAUSE}};
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (str_equal(name, modes[i].name))
            return modes[i].dry;
    return RUN_DRY_NONE;
}

/* The reference compares an activity's own `dry`, a string, with an enumeration: any such member
 * turns dry modes off for the activity. Ours means what it says. */
static enum run_dry dry_of(const struct task *task)
{
    const struct value *own = field(task, row_of(task)->dry);
    if (task->hooked_dry)
        return task->dry;
    if (!own)
        return task->run->options->dry;
    if (task->run->options->compat || own->kind != VALUE_STRING)
        return RUN_DRY_NONE;
    return dry_named(own->as.text);
}

static bool is_dry(const struct task *task)
{
    uint32_t kind = row_of(task)->kind;
    return task->dry == RUN_DRY_ACTIVITIES ||
           (task->dry == RUN_DRY_ACTIONS && kind == PLAN_KIND_ACTION) ||
           (task->dry == RUN_DRY_PROBES && kind == PLAN_KIND_PROBE);
}

/* What the disk must know of before it starts. */
static bool is_action(const struct task *task)
{
    return !task->is_dry &&
           (row_of(task)->kind != PLAN_KIND_PROBE ||
               task->run->plan->activity_rows[task->written].role == PLAN_ROLLBACK);
}

/* The value of a pause, NULL if it is none; what time.sleep() would not take raises. */
static const struct value *pause_of(const struct task *task, struct str key)
{
    const struct value *pause = value_get(&task->pauses, key);
    return pause && value_truthy(pause) ? pause : NULL;
}

/* Sleeps as time.sleep(), then goes on with `next`; false if that raised. */
static bool sleep_then(struct task *task, const struct value *pause, loop_timer_fn *next)
{
    if (task->dry == RUN_DRY_PAUSE || task->is_dry) {
        next(task);
        return true;
    }
    if (pause->kind > VALUE_REAL) {
        raise_in(task, "TypeError", STR("the pause cannot be interpreted as a number of seconds"));
        return false;
    }
    double seconds = pause->kind == VALUE_BOOL ? pause->as.truth : value_to_double(pause);
    if (seconds < 0 || isnan(seconds)) {
        raise_in(task, "ValueError",
            isnan(seconds) ? STR("Invalid value NaN (not a number)")
                           : STR("sleep length must be non-negative"));
        return false;
    }
    if (seconds * 1e9 >= (double)INT64_MAX) {
        raise_in(task, "OverflowError", STR("timestamp too large to convert to C _PyTime_t"));
        return false;
    }
    int64_t span = (int64_t)(seconds * 1e9);
    task->start = loop_now();
    task->pause_end = loop_deadline(span);
    loop_timer_set(task->run->world.loop, &task->timer, task->pause_end, next, task);
    return true;
}

static void after_pause(void *context)
{
    finish(context);
}

static void pause_after(struct task *task)
{
    task->stage = TASK_PAUSE_AFTER;
    const struct value *pause = task->run->stopping ? NULL : pause_of(task, STR("after"));
    if (!pause) {
        finish(task);
        return;
    }
    log_info(task->run->log, "Pausing after activity for %.*ss...",
        STR_ARG(pytext_str(&task->arena, pause)));
    sleep_then(task, pause, after_pause);
}

/* An output as the log shows it: long texts cut short, the journal has them whole. */
static struct value shorten(
    struct arena *arena, const struct redactor *redactor, const struct value *value)
{
    enum { SHOWN = 16 << 10 };
    struct value copy = *value;
    if (value->kind == VALUE_STRING && value->as.text.len > SHOWN) {
        size_t size = SHOWN;
        while (size > SHOWN - 4 && ((unsigned char)value->as.text.ptr[size] & 0xC0) == 0x80)
            size--;
        struct buf kept = {0};
        redact_cut(redactor, &kept, (struct str){value->as.text.ptr, size});
        buf_printf(&kept, "... and %zu bytes more", value->as.text.len - size);
        copy = value_string(arena_str(arena, buf_str(&kept)));
        buf_free(&kept);
    } else if (value->kind == VALUE_OBJECT) {
        struct member *members = ARENA_ARRAY(arena, struct member, value->as.object.count);
        for (size_t i = 0; i < value->as.object.count; i++) {
            members[i].key = value->as.object.members[i].key;
            members[i].value = shorten(arena, redactor, &value->as.object.members[i].value);
        }
        copy.as.object.members = members;
    }
    return copy;
}

static void say_result(struct task *task)
{
    struct call *call = &task->call;
    const struct redactor *before = log_hide(task->run->log, call->fed);
    if (call->failure.kind == FAILURE_ACTIVITY) {
        log_error(task->run->log, "  => failed: %.*s", STR_ARG(call->failure.message));
    } else if (call->failure.kind == FAILURE_NONE && call->output.kind != VALUE_NULL) {
        struct value shown = shorten(&task->arena, task->run->log->redactor, &call->output);
        struct str text = pytext_str(&task->arena, &shown);
        log_debug(task->run->log, "  => succeeded with '%.*s'", STR_ARG(text));
    } else if (call->failure.kind == FAILURE_NONE) {
        log_debug(task->run->log, "  => succeeded without any result value");
    }
    log_hide(task->run->log, before);
}

static void told_end(struct control_hook *hook)
{
    struct task *task = hook->context;
    if (hook->reply) {
        take_record(task, hook->reply);
        take_place(task, hook->reply);
    }
    pause_after(task);
}

/* SIGUSR2 raises an exception of the reference's in its threads: a Python function in the background fails with it. */
static void exit_fails(const struct task *task, struct call *call)
{
    const struct run *run = task->run;
    if (call->failure.kind == FAILURE_CANCELLED && run->no_rollbacks && !run->in_rollbacks &&
        row_of(task)->provider == PLAN_PYTHON &&
        run->plan->activity_rows[task->written].flags & PLAN_ACTIVITY_BACKGROUND)
        call->failure = (struct failure){.kind = FAILURE_ACTIVITY,
            .class_name = STR("chaoslib.exceptions.ActivityFailed"),
            .message = STR("chaoslib.exceptions.ExperimentExitedException")};
}

static void called(void *context, struct call *call)
{
    struct task *task = context;
    exit_fails(task, call);
    journal_end(task->run, task->record, call);
    say_result(task);
    task->stage = TASK_HOOK;
    /* An exception leaves through the pause, which the reference makes in its `finally`. */
    if (!control_tell_task(task, "activity_completed", told_end))
        pause_after(task);
}

static void spawned(void *context, struct call *call)
{
    struct task *task = context;
    journal_spawn(task->run, task->record, call->pid);
}

static void start_call(struct task *task)
{
    struct run *run = task->run;
    task->stage = TASK_CALL;
    task->start = loop_now();
    if (is_action(task))
        ahead_begin(run);
    task->call = (struct call){.world = &run->world,
        .activity = row_of(task),
        .lane = task->lane,
        .ends_lane = !task->hooked,
        .arena = &task->arena,
        .aside = row_of(task)->flags & PLAN_ACTIVITY_BACKGROUND ||
                 (run->checks_aside && row_of(task)->role == PLAN_PROBE),
        .done = called,
        .spawned = spawned,
        .context = task};
    if (task->is_dry) {
        struct str name = plan_text(run->plan, row_of(task)->name);
        log_debug(run->log, "Activity %.*s is in dry mode", STR_ARG(name));
        task->call.finished = true;
        called(task, &task->call);
        return;
    }
    call_start(&task->call);
}

static void become_ready(void *context)
{
    struct task *task = context;
    struct run *run = task->run;
    const struct plan_activity *row = row_of(task);
    task->stage = TASK_READY;
    const struct value *name = value_get(field(task, row->document), STR("name"));
    const struct value *type = value_get(field(task, row->document), STR("type"));
    if (type->kind != VALUE_STRING) {
        raise_in(task, "AttributeError", STR("the type of an activity has no attribute 'title'"));
        return;
    }
    struct str title = type->as.text;
    char first = title.len ? title.ptr[0] : '\0';
    if (first >= 'a' && first <= 'z')
        first = (char)(first - 'a' + 'A');
    static const struct value none = {.kind = VALUE_NULL};
    log_info(run->log, "%c%.*s: %.*s%s", first, (int)(title.len ? title.len - 1 : 0), title.ptr + 1,
        STR_ARG(pytext_str(&task->arena, name ? name : &none)),
        row->flags & PLAN_ACTIVITY_BACKGROUND ? " [in background]" : "");
    task->record = journal_start(run, task->activity, task->written);
    if (task->list)
        *ARENA_PUSH(&run->arena, task->list->items, task->list->count, task->list->room) =
            task->record;
    uint32_t role = run->plan->activity_rows[task->written].role;
    if (is_action(task)) {
        run->sync_due |= !ahead_knows(run, task->written);
        if (role != PLAN_ROLLBACK) {
            run->outcome->actions_started++;
            task->record->acted = role == PLAN_METHOD;
        }
    }
    pump_queue(task, role == PLAN_PROBE);
}

/* What the reference does before the record exists; exceptions here leave no record. */
static void prepare(struct task *task)
{
    struct run *run = task->run;
    const struct plan_activity *row = row_of(task);
    if (run->values[row->document].kind != VALUE_OBJECT) {
        raise_in(task, "AttributeError", STR("an activity must be a mapping"));
        return;
    }
    task->dry = dry_of(task);
    const struct value *pauses = field(task, row->pauses);
    if (pauses)
        task->pauses = scope_substitute(&run->scope, &task->arena, pauses);
    if (scope_has_tripped(&run->scope)) {
        raise_in(task, "TypeError", STR("a secret stands in the place of a group of secrets"));
        return;
    }
    if (pauses && task->pauses.kind != VALUE_OBJECT) {
        raise_in(task, "AttributeError", STR("`pauses` must be a mapping"));
        return;
    }
    if (!value_get(field(task, row->document), STR("type"))) {
        raise_in(task, "KeyError", STR("'type'"));
        return;
    }
    task->is_dry = is_dry(task);
    const struct value *pause = pause_of(task, STR("before"));
    if (!pause) {
        become_ready(task);
        return;
    }
    log_info(run->log, "Pausing before next activity for %.*ss...",
        STR_ARG(pytext_str(&task->arena, pause)));
    sleep_then(task, pause, become_ready);
}

static bool find_target(struct task *task)
{
    const struct plan_activity *written = &task->run->plan->activity_rows[task->written];
    if (written->target != PLAN_NONE) {
        task->activity = written->target;
        return true;
    }
    const struct value *ref = value_get(field(task, written->document), STR("ref"));
    raise_in(task, "chaoslib.exceptions.ActivityFailed",
        arena_printf(&task->arena, "could not find referenced activity '%.*s'",
            STR_ARG(pytext_str(&task->arena, ref))));
    return false;
}

/* A mode of chaoslib.types.Dry that a control gave the activity. */
static void take_dry(struct task *task, const struct value *reply)
{
    const struct value *dry = value_get(reply, STR("dry"));
    if (!dry || dry->kind != VALUE_STRING)
        return;
    task->hooked_dry = true;
    task->dry = dry_named(dry->as.text);
}

static void controls_before(struct control_hook *hook)
{
    struct task *task = hook->context;
    task->stage = TASK_PAUSE_BEFORE;
    if (hook->reply) {
        take_place(task, hook->reply);
        take_dry(task, hook->reply);
    }
    if (hook->interrupted) {
        interrupt_by(task, hook);
        finish(task);
    } else if (task->run->stopping) {
        interrupt(task);
    } else if (find_target(task)) {
        prepare(task);
    }
}

uint32_t task_new_lane(struct run *run)
{
    return LANE_FIRST + run->lanes++;
}

struct task *task_start(struct run *run, uint32_t row, struct record_list *list, uint32_t lane,
    task_done_fn *done, void *context)
{
    struct task *task = mem_alloc(sizeof *task);
    *task = (struct task){.run = run,
        .written = row,
        .activity = row,
        .list = list,
        .lane = lane,
        .done = done,
        .context = context,
        .start = loop_now(),
        .arena = run->spare,
        .after = run->tasks};
    arena_init(&run->spare);
    if (run->tasks)
        run->tasks->before = task;
    run->tasks = task;
    if (run->stopping) {
        interrupt(task);
    } else if (find_target(task)) {
        if (run->controls.on) {
            task->hooked = true;
            task->stage = TASK_HOOK;
            control_before_task(task, controls_before);
        } else {
            prepare(task);
        }
    }
    return task;
}

/* Handlers may have changed the activity, which is about to be called. */
static void told_start(struct control_hook *hook)
{
    struct task *task = hook->context;
    if (hook->reply)
        take_place(task, hook->reply);
    if (task->run->stopping)
        task_drop(task);
    else if (find_target(task))
        start_call(task);
}

void task_begin(struct task *task)
{
    task->stage = TASK_HOOK;
    if (!control_tell_task(task, "start_activity", told_start))
        start_call(task);
}

void task_cancel(struct task *task)
{
    switch (task->stage) {
    case TASK_PAUSE_BEFORE:
    case TASK_PAUSE_AFTER:
        if (task->stage == TASK_PAUSE_AFTER)
            finish(task);
        else
            interrupt(task);
        break;
    case TASK_CALL:
        call_cancel(&task->call);
        break;
    case TASK_HOOK:
        control_cancel(&task->hook);
        break;
    case TASK_READY: /* the pump sees that the run stops */
    case TASK_DONE:
        break;
    }
}

void task_free(struct task *task)
{
    struct run *run = task->run;
    if (task->before)
        task->before->after = task->after;
    else
        run->tasks = task->after;
    if (task->after)
        task->after->before = task->before;
    arena_free(&run->spare);
    arena_reset(&task->arena);
    run->spare = task->arena;
    mem_free(task);
}

void task_drop(struct task *task)
{
    struct call cancelled = {.output = value_null(), .failure.kind = FAILURE_CANCELLED};
    journal_end(task->run, task->record, &cancelled);
    if (task->record->acted)
        task->run->outcome->actions_started--;
    task->record->acted = false;
    interrupt(task);
}
