#include "runtime/exec/run.h"

#include <errno.h>
#include <string.h>

#include "runtime/base/mem.h"
#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"
#include "runtime/exec/fed.h"
#include "runtime/exec/undone.h"

static const struct {
    struct str name; /* on the command line and in experiments */
    struct str said; /* in the log */
} hypotheses[] = {
    [RUN_HYPOTHESIS_DEFAULT] = {STR_INIT("default"), STR_INIT("default")},
    [RUN_HYPOTHESIS_BEFORE] = {STR_INIT("before-method-only"), STR_INIT("before-method-only")},
    [RUN_HYPOTHESIS_AFTER] = {STR_INIT("after-method-only"), STR_INIT("after-method-only")},
    [RUN_HYPOTHESIS_DURING] = {STR_INIT("during-method-only"), STR_INIT("during-method-only")},
    [RUN_HYPOTHESIS_CONTINUOUS] = {STR_INIT("continuously"), STR_INIT("continuous")},
    [RUN_HYPOTHESIS_SKIP] = {STR_INIT("skip"), STR_INIT("skip")},
};

static const struct str rollback_names[] = {
    [RUN_ROLLBACKS_DEFAULT] = STR_INIT("default"),
    [RUN_ROLLBACKS_ALWAYS] = STR_INIT("always"),
    [RUN_ROLLBACKS_NEVER] = STR_INIT("never"),
    [RUN_ROLLBACKS_DEVIATED] = STR_INIT("deviated"),
};

bool run_hypothesis_of(struct str name, enum run_hypothesis *strategy)
{
    /* The reference still takes its own misspelling. */
    if (str_is(name, "continously"))
        name = STR("continuously");
    for (size_t i = 0; i < sizeof hypotheses / sizeof *hypotheses; i++)
        if (str_equal(hypotheses[i].name, name)) {
            *strategy = (enum run_hypothesis)i;
            return true;
        }
    return false;
}

struct str run_hypothesis_name(enum run_hypothesis strategy)
{
    return hypotheses[strategy].name;
}

struct str run_rollbacks_name(enum run_rollbacks strategy)
{
    return rollback_names[strategy];
}

bool run_rollbacks_of(struct str name, enum run_rollbacks *strategy)
{
    for (size_t i = 0; i < sizeof rollback_names / sizeof *rollback_names; i++)
        if (str_equal(rollback_names[i], name)) {
            *strategy = (enum run_rollbacks)i;
            return true;
        }
    return false;
}

void run_crash(struct run *run, const struct failure *failure)
{
    run->outcome->crashed = true;
    log_critical(run->log,
        "Experiment ran into an un expected fatal error, aborting now.\n%.*s: %.*s",
        STR_ARG(failure->class_name), STR_ARG(failure->message));
}

/* ---- the steady state ---- */

static bool checks_hypothesis(const struct run *run)
{
    return run->hypothesis != RUN_HYPOTHESIS_SKIP && run->experiment->hypothesis != PLAN_NONE &&
           run->experiment->probe_count > 0;
}

static bool checks_before(const struct run *run)
{
    return run->hypothesis == RUN_HYPOTHESIS_BEFORE || run->hypothesis == RUN_HYPOTHESIS_DEFAULT ||
           run->hypothesis == RUN_HYPOTHESIS_CONTINUOUS;
}

static bool checks_after(const struct run *run)
{
    return run->hypothesis == RUN_HYPOTHESIS_AFTER || run->hypothesis == RUN_HYPOTHESIS_DEFAULT ||
           run->hypothesis == RUN_HYPOTHESIS_CONTINUOUS;
}

static bool checks_during(const struct run *run)
{
    return run->hypothesis == RUN_HYPOTHESIS_DURING || run->hypothesis == RUN_HYPOTHESIS_CONTINUOUS;
}

/* `place` is where the run keeps the check, so that a signal finds it while it runs. */
static void check_now(struct run *run, struct check **place, const char *moment)
{
    *place = check_start(run, moment, 1, NULL, NULL);
    while (*place && !(*place)->done)
        run_pump(run);
}

/* A check that was not met: failed if a probe failed, else merely not in the tolerance. */
static void not_met(struct run *run, const struct check *check)
{
    run->status = RUN_COMPLETED;
    for (size_t i = 0; i < check->probes.count; i++)
        if (check->probes.items[i]->status != RECORD_SUCCEEDED)
            run->status = RUN_FAILED;
    log_critical(run->log,
        "Steady state probe '%.*s' is not in the given tolerance so failing this experiment",
        STR_ARG(check_last_name(check)));
}

static void check_raised(struct run *run, const struct check *check)
{
    run->status = RUN_ABORTED;
    run_crash(run, &check->failure);
}

/* True if the method may begin. */
static bool pass_gate(struct run *run)
{
    log_debug(run->log, "Running steady-state hypothesis before the method");
    journal_note(run, "phase", "gate");
    check_now(run, &run->before, "before");
    if (run->before->interrupted) {
        control_interrupt(run, run->before->interruption);
        return false;
    }
    run->outcome->gate_checked = run->before->met >= 0;
    run->outcome->gate_met = run->before->met == 1;
    if (run->before->raised)
        check_raised(run, run->before);
    else if (run->before->met == 0)
        not_met(run, run->before);
    return run->before->met == 1;
}

static void check_deviation(struct run *run)
{
    log_debug(run->log, "Running steady-state hypothesis after the method");
    journal_note(run, "phase", "after");
    check_now(run, &run->after, "after");
    if (run->after->interrupted) {
        control_interrupt(run, run->after->interruption);
    } else if (run->after->raised) {
        check_raised(run, run->after);
    } else if (run->after->met == 0) {
        run->deviated = true;
        not_met(run, run->after);
    }
}

/* ---- the method ---- */

static bool has_ended(const struct run *run)
{
    return run->status == RUN_ABORTED || run->status == RUN_FAILED ||
           run->status == RUN_INTERRUPTED;
}

struct foreground {
    bool done, raised;
};

/* A foreground activity: an exception in it ends the method. */
static void foreground_done(void *context, struct task *task)
{
    struct foreground *waiting = context;
    struct failure failure;
    waiting->done = true;
    if (task->interrupted) {
        waiting->raised = true;
        control_interrupt(task->run, task->interruption);
    } else if (task_raised(task, &failure)) {
        waiting->raised = true;
        task->run->status = RUN_ABORTED;
        log_critical(task->run->log,
            "Experiment ran into an un expected fatal error, aborting now.\n%.*s: %.*s",
            STR_ARG(failure.class_name), STR_ARG(failure.message));
    } else if (task->record && task->record->status <= RECORD_FAILED) {
        task->run->outcome->method_done++;
    }
    task_free(task);
}

/* In the background an exception is lost in the reference; here it is at least said. */
static void background_done(void *context, struct task *task)
{
    (void)context;
    struct failure failure;
    if (task->interrupted)
        log_error(
            task->run->log, "  => interrupted by a control: %.*s", STR_ARG(task->interruption));
    else if (task_raised(task, &failure))
        log_error(task->run->log, "  => failed: %.*s", STR_ARG(failure.message));
    else if (task->record && task->record->status <= RECORD_FAILED)
        task->run->outcome->method_done++;
    task_free(task);
}

static bool play_foreground(struct run *run, uint32_t row)
{
    struct foreground waiting = {0};
    run->awaited = row;
    task_start(run, row, &run->method_records, LANE_MAIN, foreground_done, &waiting);
    while (!waiting.done)
        run_pump(run);
    run->awaited = PLAN_NONE;
    return !waiting.raised;
}

/* True unless an exception ended it. */
static bool play_method(struct run *run)
{
    bool whole = true;
    if (!run->experiment->method_count)
        log_info(run->log, "No declared activities, let's move on.");
    /* Controls may add to it. */
    for (uint32_t i = 0; i < run->experiment->method_count && whole; i++) {
        uint32_t row = run->experiment->method + i;
        if (run->plan->activity_rows[row].flags & PLAN_ACTIVITY_BACKGROUND) {
            log_debug(run->log, "activity will run in the background");
            task_start(run, row, &run->method_records, task_new_lane(run), background_done, NULL);
            run_yield(run);
        } else {
            whole = play_foreground(run, row);
        }
        if (has_ended(run))
            break;
    }
    return whole;
}

static bool is_method_task(const struct run *run, const struct task *task)
{
    return run->plan->activity_rows[task->written].role == PLAN_METHOD;
}

static void wait_for_background(struct run *run)
{
    log_debug(run->log, "Waiting for background activities to complete");
    for (;;) {
        bool any = false;
        for (const struct task *task = run->tasks; task && !any; task = task->after)
            any = is_method_task(run, task);
        if (!any)
            return;
        run_pump(run);
    }
}

/* The method and what of it runs in the background, between the controls of that level. */
static bool play_method_block(struct run *run)
{
    log_info(run->log, "Playing your experiment's method now...");
    bool begun = control_block(run, "before_block", "method", true, true);
    bool whole = begun && play_method(run);
    wait_for_background(run);
    return control_block(run, "after_block", "method", begun, whole) && whole;
}

static void play_checks_and_method(struct run *run)
{
    bool checked = checks_hypothesis(run);
    if (!control_open(run) || !control_block(run, "before_experiment", NULL, true, true) ||
        run->stopping)
        return;
    if (checked && checks_before(run) && !pass_gate(run))
        return;
    if (run->stopping)
        return;
    struct continuous *continuous = NULL;
    journal_note(run, "phase", "method");
    if (checked && checks_during(run))
        continuous = continuous_start(run);
    bool whole = play_method_block(run);
    if (continuous) {
        continuous_stop(continuous);
        while (!continuous_is_over(continuous))
            run_pump(run);
    }
    if (run->status == RUN_INTERRUPTED || run->status == RUN_ABORTED)
        return;
    if (checked && whole && checks_after(run))
        check_deviation(run);
}

static void play_experiment(struct run *run)
{
    play_checks_and_method(run);
    control_left(run);
}

/* ---- start and end ---- */

/* Inline secrets stand in the document itself: the journal shows the mark in their place. */
static void hide_inline_secrets(struct run *run, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct plan_variable *row = &run->plan->variable_rows[i];
        if (row->source == PLAN_GROUP)
            hide_inline_secrets(run, row->members, row->member_count);
        else if (row->source == PLAN_INLINE)
            journal_overlay(run, row->document, "", value_string(STR(REDACT_MARK)));
    }
}

/* What opens Vault is a secret too, though it stands in the configuration. */
static void hide_vault_access(struct run *run)
{
    struct value configuration = scope_configuration(&run->scope);
    for (size_t i = 0; i < configuration.as.object.count; i++)
        if (scope_opens_vault(configuration.as.object.members[i].key))
            redact_add(&run->redactor, &configuration.as.object.members[i].value);
}

void run_hide_secrets(struct run *run)
{
    if (run->options->no_redaction || run->options->compat)
        return;
    redact_add(&run->redactor, &run->scope.secrets);
    hide_vault_access(run);
    hide_inline_secrets(run, run->experiment->secrets, run->experiment->secret_count);
    run->log->redactor = &run->redactor;
    run->log->told = fed_all(&run->arena, &run->scope, &run->redactor);
}

static bool load_variables(struct run *run)
{
    struct failure failure;
    const struct run_options *o = run->options;
    log_debug(run->log, "Loading configuration...");
    bool loaded = config_load(&run->scope, run->plan, run->values, o->vars, &failure);
    if (loaded) {
        log_debug(run->log, "Loading secrets...");
        loaded = secret_load(&run->scope, run->plan, run->values, o->secret_vars, &failure);
    }
    if (!loaded) {
        log_error(run->log, "%.*s", STR_ARG(failure.message));
        return false;
    }
    log_debug(run->log, "Done loading secrets");
    run_hide_secrets(run);
    return true;
}

static const char *const dry_names[] = {
    [RUN_DRY_NONE] = NULL,
    [RUN_DRY_PROBES] = "probes",
    [RUN_DRY_ACTIONS] = "actions",
    [RUN_DRY_ACTIVITIES] = "activities",
    [RUN_DRY_PAUSE] = "pause",
};

/* The title with its variables, and the dry mode: the reference writes both into the experiment. */
static void complete_document(struct run *run)
{
    const struct value *title = value_get(&run->values[PLAN_DOCUMENT], STR("title"));
    struct value text = title ? scope_substitute(&run->scope, &run->arena, title) : value_null();
    const char *dry = dry_names[run->options->dry];
    (void)scope_has_tripped(&run->scope); /* a title keeps what it cannot look up */
    const struct redactor *fed =
        title ? fed_text(&run->arena, &run->scope, run->log->redactor, title) : NULL;
    journal_overlay(run, PLAN_DOCUMENT, "title", text);
    run->overlays[run->overlay_count - 1].fed = fed;
    const struct redactor *before = log_hide(run->log, fed);
    journal_overlay(run, PLAN_DOCUMENT, "dry", dry ? value_string(str_from(dry)) : value_null());
    log_info(run->log, "Running experiment: %.*s", STR_ARG(pytext_str(&run->arena, &text)));
    log_hide(run->log, before);
    if (dry)
        log_warning(run->log, "Running experiment with dry %s", dry);
}

static bool options_started(const struct run *run)
{
    return run->options->started && run->options->started->loop;
}

/* What the checks before the run have started serves it too. */
static void take_over(struct run *run, struct preflight *started)
{
    run->world.loop = started->loop;
    memcpy(run->world.states, started->states, sizeof run->world.states);
    *started = (struct preflight){0};
}

static void say_left(void *context, const char *path)
{
    struct run *run = context;
    log_warning(run->log,
        "A run before this one did not end, or left something undone: its record is kept as %s",
        path);
    if (run->options->recover)
        log_warning(run->log, "To undo it: %s %s", run->options->recover, path);
}

static void open_events(struct run *run)
{
    struct buf kept = {0};
    run->record_lost = events_open(&run->events, run->options->journal_path, &kept) != 0;
    if (run->record_lost)
        log_warning(run->log, "%s.events cannot be written (%s): a crash would leave no record",
            run->options->journal_path, strerror(run->events.error));
    if (kept.len)
        say_left(run, kept.data);
    events_each_left(run->options->journal_path, say_left, run);
    buf_free(&kept);
}

/* False if nothing can be run; that was logged. */
static bool open_run(struct run *run)
{
    if (run->options->compat && !compat_loads(run)) {
        log_error(run->log,
            "the reference cannot load this experiment: one of its blocks has a wrong type");
        return false;
    }
    if (!strategies_choose(run) || !load_variables(run))
        return false;
    if (options_started(run))
        take_over(run, run->options->started);
    else
        run->world.loop = loop_open();
    if (!run->world.loop) {
        log_critical(run->log, "the event loop cannot be made: %s", strerror(errno));
        return false;
    }
    open_events(run);
    run->started_wall = loop_wall();
    run->started = loop_now();
    stop_open(run);
    progress_open(run);
    dynamic_load(run);
    complete_document(run);
    journal_begin(run);
    static const struct str unknown = STR_INIT("unknown");
    log_info(run->log, "Steady-state strategy: %.*s", STR_ARG(hypotheses[run->hypothesis].said));
    log_info(run->log, "Rollbacks strategy: %.*s",
        STR_ARG(
            run->rollbacks == RUN_ROLLBACKS_UNKNOWN ? unknown : rollback_names[run->rollbacks]));
    if (run->hypothesis == RUN_HYPOTHESIS_SKIP)
        log_info(run->log, "Skipping Steady-State Hypothesis as requested");
    else if (!checks_hypothesis(run))
        log_info(run->log, "No steady state hypothesis defined. That's ok, just exploring.");
    return true;
}

static void write_journal(struct run *run)
{
    run->outcome->journal_written = journal_write(run);
    if (run->outcome->journal_written)
        return;
    log_error(run->log, "the journal %s cannot be written: %s", run->options->journal_path,
        strerror(errno));
    if (run->events.fd >= 0)
        log_error(run->log, "what happened is recorded in %s", run->events.path);
}

static void say_end(struct run *run)
{
    static const char *const names[] = {[RUN_UNSET] = "completed",
        [RUN_COMPLETED] = "completed",
        [RUN_FAILED] = "failed",
        [RUN_ABORTED] = "aborted",
        [RUN_INTERRUPTED] = "interrupted"};
    if (run->status == RUN_UNSET)
        run->status = RUN_COMPLETED;
    run->outcome->status = run->status;
    run->outcome->deviated = run->deviated;
    log_info(run->log, "Experiment ended with status: %s",
        run->deviated ? "deviated" : names[run->status]);
    if (run->deviated)
        log_info(run->log, "The steady-state has deviated, a weakness may have been discovered");
    run->outcome->left_undone = undone_any(run);
    if (run->outcome->left_undone)
        journal_finish(run);
    summary_log(run);
}

static void close_run(struct run *run)
{
    progress_close(run);
    stop_close(run);
    loop_timer_cancel(run->world.loop, &run->settling);
    if (run->options->ended)
        run->options->ended(run->options->ended_context, &run->world, run->options, run->outcome);
    for (const struct rt_provider *const *p = run->options->providers; *p; p++)
        if ((*p)->close)
            (*p)->close(&run->world);
    loop_close(run->world.loop);
    events_close(&run->events,
        run->options->compat || (run->outcome->journal_written && !run->outcome->left_undone));
}

static void free_record_texts(struct record_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        mem_free(list->items[i]->text);
}

void run_free(struct run *run)
{
    free_record_texts(&run->method_records);
    free_record_texts(&run->rollback_records);
    if (run->before)
        free_record_texts(&run->before->probes);
    if (run->after)
        free_record_texts(&run->after->probes);
    for (size_t i = 0; i < run->during.count; i++)
        free_record_texts(&run->during.items[i]->probes);
    run->log->redactor = run->log->told = NULL;
    buf_free(&run->text);
    arena_free(&run->spare);
    arena_free(&run->arena);
}

void run_init(struct run *run, const struct rt_plan *plan, const struct run_options *options,
    struct run_outcome *outcome)
{
    *run = (struct run){.plan = plan,
        .experiment = plan_experiment(plan),
        .options = options,
        .outcome = outcome,
        .log = options->log,
        .events = {.fd = -1},
        .awaited = PLAN_NONE};
    arena_init(&run->arena);
    run->values = plan_values(&run->arena, plan);
    scope_init(&run->scope, &run->arena);
    run->scope.plan = plan;
    run->scope.vault = options->vault;
    redact_init(&run->redactor, &run->arena);
    run->world = (struct call_world){.log = options->log,
        .plan = plan,
        .values = run->values,
        .document = &run->values[run->experiment->document],
        .scope = &run->scope,
        .providers = options->providers,
        .output_limit = options->output_limit,
        .python = options->python,
        .drivers = options->drivers,
        .settings = options->settings,
        .cacerts = options->cacerts,
        .compat = options->compat};
    *outcome = (struct run_outcome){.method_count = run->experiment->method_count};
}

void run_finish(struct run *run)
{
    say_end(run);
    stop_for_hooks(run);
    control_close(run);
    if (!run->options->compat || !run->outcome->crashed)
        write_journal(run);
    close_run(run);
}

bool run_play(
    const struct rt_plan *plan, const struct run_options *options, struct run_outcome *outcome)
{
    struct run run;
    run_init(&run, plan, options, outcome);
    bool opened = open_run(&run);
    if (opened) {
        play_experiment(&run);
        if (!options->compat || !outcome->crashed)
            rollbacks_play(&run);
        run_finish(&run);
    }
    run_free(&run);
    return opened;
}
