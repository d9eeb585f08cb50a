#include "runtime/exec/check.h"

#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"
#include "runtime/exec/fed.h"
#include "runtime/expr/tolerance.h"

static void step(struct check *check);

static struct str name_of(struct run *run, uint32_t row)
{
    static const struct value none = {.kind = VALUE_NULL};
    const struct value *document = &run->values[run->plan->activity_rows[row].document];
    const struct value *name = value_get(document, STR("name"));
    return pytext_str(&run->arena, name ? name : &none);
}

static void complete(struct check *check)
{
    check->ending = false;
    check->done = true;
    if (check->finished)
        check->finished(check);
}

static void interrupt_by(struct check *check, struct str why)
{
    check->interrupted = true;
    check->interruption = why;
}

/* Controls may have changed the verdict. */
static void controls_after(struct control_hook *hook)
{
    struct check *check = hook->context;
    const struct value *met = hook->reply ? value_get(hook->reply, STR("met")) : NULL;
    if (met && (check->met >= 0 || met->kind != VALUE_NULL))
        check->met = value_truthy(met);
    if (hook->interrupted)
        interrupt_by(check, hook->message);
    if (!hook->reply && check->run->stopping)
        check->met = -1;
    complete(check);
}

static void finish(struct check *check, int met)
{
    check->met = met;
    if (check->hooked && check->run->controls.on) {
        check->hooked = false;
        check->ending = true;
        control_after_check(check, controls_after);
    } else {
        complete(check);
    }
}

/* The verdict on the latest probe; one that is not met ends the check. */
static void judge(struct check *check, bool met)
{
    struct record *record = check->probes.items[check->probes.count - 1];
    journal_judge(check->run, record, met);
    if (!met)
        finish(check, 0);
}

static void crash(struct check *check, const struct failure *failure)
{
    check->raised = true;
    check->failure = *failure;
    check->failure.class_name = arena_str(&check->run->arena, failure->class_name);
    check->failure.message = arena_str(&check->run->arena, failure->message);
    finish(check, -1);
}

/* Any output that is true in Python's sense meets a tolerance that is a probe; a failed one does
 * not. */
static void probe_judged(void *context, struct call *call)
{
    struct check *check = context;
    struct task *task = check->judged_task;
    check->judged_task = NULL;
    if (call->failure.kind == FAILURE_EXCEPTION) {
        struct failure shown = call->failure;
        shown.message = fed_hide(call->arena, call->fed, shown.message);
        crash(check, &shown);
    } else if (call->failure.kind == FAILURE_CANCELLED) {
        finish(check, -1);
    } else {
        judge(check, call->failure.kind == FAILURE_NONE && value_truthy(&call->output));
    }
    task_free(task);
    check->waiting = false;
    if (!check->stepping)
        step(check);
}

/* tolerance["provider"]["arguments"]["value"] = value: the reference changes the experiment itself,
 * which its journal then shows, and needs `arguments` to be a mapping. */
static bool can_take_value(struct check *check, const struct plan_activity *probe)
{
    struct run *run = check->run;
    const struct value *arguments =
        probe->arguments == PLAN_NONE ? NULL : &run->values[probe->arguments];
    if (arguments && arguments->kind == VALUE_OBJECT)
        return true;
    struct failure failure = {.kind = FAILURE_EXCEPTION,
        .class_name = arguments ? STR("TypeError") : STR("KeyError"),
        .message = arguments ? STR("list indices must be integers or slices, not str")
                             : STR("'arguments'")};
    if (!run->options->compat && !arguments)
        return true;
    crash(check, &failure);
    return false;
}

static void start_judge(struct check *check, const struct plan_tolerance *row, struct task *task)
{
    struct run *run = check->run;
    const struct plan_activity *probe = &run->plan->activity_rows[row->probe];
    if (!can_take_value(check, probe)) {
        task_free(task);
        return;
    }
    if (run->options->compat)
        journal_overlay(
            run, probe->arguments, "value", value_copy(&run->arena, &task->call.output));
    check->judged_task = task;
    check->waiting = true;
    check->judge = (struct call){.world = &run->world,
        .activity = probe,
        .judged = &task->call.output,
        .judged_object = task->call.object,
        .lane = check->lane,
        .arena = &task->arena,
        .done = probe_judged,
        .context = check};
    call_start(&check->judge);
}

static struct verdict judge_value(
    struct check *check, const struct plan_tolerance *row, struct task *task)
{
    struct run *run = check->run;
    static const struct value none = {.kind = VALUE_NULL};
    const struct value *value = row ? &run->values[row->document] : &none;
    struct tolerance tolerance;
    struct tolerance_error error;
    if (row && row->word_count)
        tolerance = (struct tolerance){.kind = TOLERANCE_JSONPATH,
            .value = value,
            .compiled = true,
            .path = {(enum jsonpath_dialect)row->dialect, plan_words(run->plan, row->words),
                row->word_count, plan_text(run->plan, row->constants)}};
    else
        tolerance_read(&task->arena, value, &tolerance, run->options->regexps, &error);
    struct tolerance_options options = {
        .dialect = run->options->compat ? JSONPATH_JSONPATH2 : JSONPATH_AUTO,
        .templates = scope_templates(&run->scope),
        .regexps = run->options->regexps};
    const struct value decoded = value_string(task->call.bytes);
    bool as_text = tolerance.kind == TOLERANCE_JSONPATH && decoded.as.text.len;
    struct verdict verdict = tolerance_judge(
        &task->arena, &tolerance, as_text ? &decoded : &task->call.output, &options);
    if (scope_has_tripped(&run->scope))
        verdict = (struct verdict){.kind = VERDICT_RAISES,
            .exception = "TypeError",
            .message = STR("a secret stands in the place of a group of secrets")};
    if (verdict.kind == VERDICT_LIMIT)
        log_warning(run->log, "%.*s", STR_ARG(verdict.message));
    else if (verdict.kind == VERDICT_NOT_MET && verdict.message.len)
        log_debug(run->log, "%.*s", STR_ARG(verdict.message));
    return verdict;
}

/* The probe succeeded: its output against the tolerance that stands where the probe stands. */
static void judge_output(struct check *check, struct task *task)
{
    struct run *run = check->run;
    const struct plan_activity *written = &run->plan->activity_rows[task->written];
    const struct plan_tolerance *row =
        written->tolerance == PLAN_NONE ? NULL : &run->plan->tolerance_rows[written->tolerance];
    if (run->options->dry == RUN_DRY_PROBES || run->options->dry == RUN_DRY_ACTIVITIES) {
        judge(check, true);
        task_free(task);
        return;
    }
    if (row)
        log_debug(run->log, "allowed tolerance is %.*s",
            STR_ARG(pytext_str(&task->arena, &run->values[row->document])));
    if (row && row->probe != PLAN_NONE) {
        start_judge(check, row, task);
        return;
    }
    const struct redactor *before = log_hide(run->log, task->call.fed);
    struct verdict verdict = judge_value(check, row, task);
    log_hide(run->log, before);
    if (verdict.kind == VERDICT_RAISES) {
        struct failure failure = {.kind = FAILURE_EXCEPTION,
            .class_name = str_from(verdict.exception),
            .message = fed_hide(&task->arena, task->call.fed, verdict.message)};
        crash(check, &failure);
    } else {
        judge(check, verdict.kind == VERDICT_MET);
    }
    task_free(task);
}

static void probe_done(void *context, struct task *task)
{
    struct check *check = context;
    struct failure failure;
    check->waiting = false;
    if (task->record)
        *ARENA_PUSH(&check->run->arena, check->probes.items, check->probes.count,
            check->probes.room) = task->record;
    if (task->interrupted) {
        interrupt_by(check, task->interruption);
        finish(check, -1);
        task_free(task);
    } else if (task_raised(task, &failure)) {
        crash(check, &failure);
        task_free(task);
    } else if (task->failure.kind == FAILURE_CANCELLED ||
               task->call.failure.kind == FAILURE_CANCELLED) {
        finish(check, -1);
        task_free(task);
    } else if (task->call.failure.kind == FAILURE_ACTIVITY) {
        log_warning(check->run->log, "Probe terminated unexpectedly, so its tolerance could not "
                                     "be validated");
        judge(check, false);
        task_free(task);
    } else {
        judge_output(check, task);
    }
    if (!check->stepping)
        step(check);
}

/* Probes one after the other; calls that end at once are not nested into each other. */
static void step(struct check *check)
{
    check->stepping = true;
    while (!check->waiting && !check->done && !check->ending) {
        const struct plan_experiment *e = check->run->experiment;
        if (check->next == e->probe_count) {
            log_info(check->run->log, "Steady state hypothesis is met!");
            finish(check, 1);
            break;
        }
        check->waiting = true;
        task_start(check->run, e->probes + check->next++, NULL, check->lane, probe_done, check);
    }
    check->stepping = false;
}

static void controls_before(struct control_hook *hook)
{
    struct check *check = hook->context;
    check->waiting = false;
    if (hook->interrupted) {
        interrupt_by(check, hook->message);
        finish(check, -1);
    } else {
        check->begun = hook->reply != NULL;
        step(check);
    }
}

struct check *check_start(
    struct run *run, const char *moment, size_t iteration, check_done_fn *finished, void *context)
{
    if (run->experiment->hypothesis == PLAN_NONE) {
        log_debug(run->log, "No hypothesis declared.");
        return NULL;
    }
    struct check *check = ARENA_NEW(&run->arena, struct check);
    *check = (struct check){.run = run,
        .moment = moment,
        .iteration = iteration,
        .lane = finished ? LANE_CHECKS : LANE_MAIN,
        .met = -1,
        .finished = finished,
        .context = context};
    static const struct value none = {.kind = VALUE_NULL};
    const struct value *title = value_get(&run->values[run->experiment->hypothesis], STR("title"));
    log_info(run->log, "Steady state hypothesis: %.*s",
        STR_ARG(pytext_str(&run->arena, title ? title : &none)));
    if (run->controls.on) {
        check->hooked = check->waiting = true;
        control_before_check(check, controls_before);
    } else {
        step(check);
    }
    return check;
}

/* For messages: the name of the probe that decided. */
struct str check_last_name(const struct check *check)
{
    if (!check->probes.count)
        return STR("");
    return name_of(check->run, check->probes.items[check->probes.count - 1]->activity);
}

void check_cancel(struct check *check)
{
    if (check && check->judged_task)
        call_cancel(&check->judge);
    if (check)
        control_cancel(&check->hook);
}
