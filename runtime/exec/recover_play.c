#include <errno.h>
#include <string.h>

#include "runtime/exec/engine.h"
#include "runtime/exec/recover.h"

static bool is_action(const struct run *run, uint32_t row)
{
    if (row >= run->plan->activity_count)
        return false;
    const struct plan_activity *written = &run->plan->activity_rows[row];
    return written->role == PLAN_METHOD && written->target != PLAN_NONE &&
           run->plan->activity_rows[written->target].kind == PLAN_KIND_ACTION;
}

static const struct recovered *last_of(const struct recovery *recovery, uint32_t row)
{
    const struct recovered *last = NULL;
    for (size_t i = 0; i < recovery->count; i++)
        if (recovery->items[i].row == row)
            last = &recovery->items[i];
    return last;
}

/* True if an action of that name was started. */
static bool was_started(
    const struct run *run, const struct recovery *recovery, const struct value *name)
{
    for (size_t i = 0; i < recovery->count; i++)
        if (is_action(run, recovery->items[i].row) && name->kind == VALUE_STRING &&
            str_equal(recovery->items[i].name, name->as.text))
            return true;
    return false;
}

/* A rollback may name what it undoes: x-chaosc.undoes, a name or a list. If none of it was started, the rollback
 * is not due. */
static bool undoes_nothing(const struct run *run, const struct recovery *recovery, uint32_t row)
{
    const struct value *document = &run->values[run->plan->activity_rows[row].document];
    const struct value *ours = value_get(document, STR("x-chaosc"));
    const struct value *undoes = ours ? value_get(ours, STR("undoes")) : NULL;
    if (!undoes)
        return false;
    if (undoes->kind != VALUE_ARRAY)
        return !was_started(run, recovery, undoes);
    for (size_t i = 0; i < undoes->as.array.count; i++)
        if (was_started(run, recovery, &undoes->as.array.items[i]))
            return false;
    return true;
}

/* Whether a rollback is to be played, and says why not. */
static bool is_due(
    const struct run *run, const struct recovery *recovery, uint32_t row, bool skip_unknown)
{
    const struct recovered *before = last_of(recovery, row);
    struct str name = plan_text(run->plan, run->plan->activity_rows[row].name);
    if (before && before->ended) {
        log_info(run->log, "Rollback '%.*s' had ended: it is not played again", STR_ARG(name));
        return false;
    }
    if (before && skip_unknown) {
        log_warning(run->log, "Rollback '%.*s' %s started; how far it came is unknown: left out",
            STR_ARG(name), before->announced ? "may have" : "had");
        return false;
    }
    if (before)
        log_warning(run->log,
            "Rollback '%.*s' %s started; how far it came is unknown: it is played again",
            STR_ARG(name), before->announced ? "may have" : "had");
    if (undoes_nothing(run, recovery, row)) {
        log_info(run->log, "Rollback '%.*s' undoes only what was never started: left out",
            STR_ARG(name));
        return false;
    }
    return true;
}

static struct record_list *list_of(struct run *run, const struct recovered *item)
{
    static const struct str gate = STR_INIT("gate"), after = STR_INIT("after");
    switch ((enum plan_role)run->plan->activity_rows[item->row].role) {
    case PLAN_METHOD:
        return &run->method_records;
    case PLAN_ROLLBACK:
        return &run->rollback_records;
    case PLAN_PROBE:
        break;
    case PLAN_CONFIGURATION:
    case PLAN_TOLERANCE:
    case PLAN_ROLE_COUNT:
        return NULL;
    }
    struct check **check = str_equal(item->phase, gate)    ? &run->before
                           : str_equal(item->phase, after) ? &run->after
                                                           : NULL;
    if (!check)
        return NULL;
    if (!*check) {
        *check = ARENA_NEW(&run->arena, struct check);
        (*check)->met = -1;
    }
    if (item->met == 0)
        (*check)->met = 0;
    return &(*check)->probes;
}

static bool is_of_phase(enum plan_role role, struct str phase)
{
    if (str_is(phase, "method"))
        return role == PLAN_METHOD || role == PLAN_PROBE;
    return role ==
           (str_is(phase, "rollbacks") || str_is(phase, "recovery") ? PLAN_ROLLBACK : PLAN_PROBE);
}

/* Finds activities that were started before controls changed the experiment; of two of one name the first that no
 * other has. One that is not there any more is out of every table. */
static void find_rows(const struct rt_plan *plan, struct recovery *recovery)
{
    for (size_t i = 0; i < recovery->count; i++)
        if (recovery->items[i].by_name)
            recovery->items[i].row = PLAN_NONE;
    for (size_t i = 0; i < recovery->count; i++) {
        struct recovered *item = &recovery->items[i];
        if (!item->by_name)
            continue;
        for (uint32_t row = 0; row < plan->activity_count && item->row == PLAN_NONE; row++) {
            const struct plan_activity *written = &plan->activity_rows[row];
            uint32_t named = written->target == PLAN_NONE ? row : written->target;
            bool probe = written->role == PLAN_PROBE;
            if (is_of_phase((enum plan_role)written->role, item->phase) &&
                str_equal(plan_text(plan, plan->activity_rows[named].name), item->name) &&
                (probe || !last_of(recovery, row)))
                item->row = row;
        }
    }
}

/* The records of the killed run, so that its journal can be completed. */
static void take_records(struct run *run, const struct recovery *recovery)
{
    for (size_t i = 0; i < recovery->count; i++) {
        const struct recovered *item = &recovery->items[i];
        struct record_list *list =
            item->row < run->plan->activity_count ? list_of(run, item) : NULL;
        if (!list)
            continue;
        struct record *record = ARENA_NEW(&run->arena, struct record);
        uint32_t target = run->plan->activity_rows[item->row].target;
        *record = (struct record){.id = item->id,
            .activity = target == PLAN_NONE ? item->row : target,
            .status = RECORD_INTERRUPTED,
            .start = item->start,
            .verdict = item->met < 0 ? RECORD_NOT_JUDGED
                       : item->met   ? RECORD_MET
                                     : RECORD_NOT_MET,
            .place = item->place};
        *ARENA_PUSH(&run->arena, list->items, list->count, list->room) = record;
        if (item->id >= run->next_id)
            run->next_id = item->id + 1;
        if (is_action(run, item->row))
            run->outcome->actions_started++;
        if (run->plan->activity_rows[item->row].role == PLAN_METHOD && item->ended)
            run->outcome->method_done++;
    }
    /* All probes held and the method began: the gate was met. */
    if (run->before && run->before->met < 0 && run->method_records.count)
        run->before->met = 1;
}

static bool open_recovery(struct run *run, struct recovery *recovery)
{
    struct failure failure;
    const struct value *configuration = &recovery->configuration;
    for (size_t i = 0; i < configuration->as.object.count; i++)
        scope_configure(&run->scope, configuration->as.object.members[i].key,
            configuration->as.object.members[i].value);
    if (!secret_load(&run->scope, run->plan, run->values, run->options->secret_vars, &failure)) {
        log_error(run->log, "%.*s", STR_ARG(failure.message));
        return false;
    }
    run_hide_secrets(run);
    run->world.loop = loop_open();
    if (!run->world.loop) {
        log_critical(run->log, "the event loop cannot be made: %s", strerror(errno));
        return false;
    }
    run->events = recovery->events;
    recovery->events = (struct events){.fd = -1};
    run->started_wall = recovery->started;
    run->started = loop_now() - (loop_wall() - recovery->started);
    run->status = RUN_INTERRUPTED;
    run->stop_reason = "a kill";
    return true;
}

/* Says what had happened, then plays what is due. */
static void play(struct run *run, struct recovery *recovery, bool skip_unknown)
{
    const struct plan_experiment *e = run->experiment;
    journal_note(run, "phase", "recovery");
    if (!run->outcome->actions_started) {
        log_info(run->log, "No action had been started: there is nothing to undo");
        return;
    }
    log_info(run->log, "Let's rollback...");
    run->outcome->rollback_count = e->rollback_count;
    run->in_rollbacks = run->recovers = true;
    for (uint32_t i = 0; i < e->rollback_count && !run->stopping; i++) {
        if (!is_due(run, recovery, e->rollbacks + i, skip_unknown))
            continue;
        rollbacks_play_one(run, e->rollbacks + i);
    }
    while (run->tasks)
        run_pump(run);
}

bool recovery_play(struct recovery *recovery, const struct rt_plan *plan,
    const struct run_options *options, bool skip_unknown, struct run_outcome *outcome)
{
    struct run run;
    run_init(&run, plan, options, outcome);
    bool opened = open_recovery(&run, recovery);
    if (opened) {
        stop_open(&run);
        progress_open(&run);
        find_rows(run.plan, recovery);
        take_records(&run, recovery);
        play(&run, recovery, skip_unknown);
        run_finish(&run);
    }
    run_free(&run);
    return opened;
}
