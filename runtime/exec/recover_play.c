#include <errno.h>
#include <string.h>

#include "runtime/exec/engine.h"
#include "runtime/exec/recover.h"
#include "runtime/exec/undone.h"

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

/* True if a rollback names what it undoes and none of that was started. */
static bool undoes_nothing(const struct run *run, const struct recovery *recovery, uint32_t row)
{
    const struct value *names = undone_names(run, row);
    if (!names)
        return false;
    for (size_t i = 0; i < recovery->count; i++)
        if (is_action(run, recovery->items[i].row) &&
            undone_is_named(names, recovery->items[i].name))
            return false;
    return true;
}

/* Whether a rollback is to be played, and says why not. */
static bool is_due(
    const struct run *run, const struct recovery *recovery, uint32_t row, bool skip_unknown)
{
    const struct recovered *before = last_of(recovery, row);
    struct str name = plan_text(run->plan, run->plan->activity_rows[row].name);
    if (before && str_is(before->status, "succeeded")) {
        log_info(run->log, "Rollback '%.*s' had ended: it is not played again", STR_ARG(name));
        return false;
    }
    if (before && before->ended) {
        log_warning(run->log, "Rollback '%.*s' had failed: it is played again", STR_ARG(name));
        return true;
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

/* The check that a probe belongs to. A continuous one begins with the first probe. */
static struct check *check_of(struct run *run, const struct recovered *item)
{
    struct check **place = str_is(item->phase, "gate")    ? &run->before
                           : str_is(item->phase, "after") ? &run->after
                                                          : NULL;
    if (!place && !str_is(item->phase, "method"))
        return NULL;
    if (!place && run->during.count && item->row != run->experiment->probes)
        return run->during.items[run->during.count - 1];
    if (place && *place)
        return *place;
    struct check *check = ARENA_NEW(&run->arena, struct check);
    check->met = -1;
    if (place)
        *place = check;
    else
        *ARENA_PUSH(&run->arena, run->during.items, run->during.count, run->during.room) = check;
    return check;
}

static struct record_list *list_of(struct run *run, const struct recovered *item)
{
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
    struct check *check = check_of(run, item);
    if (!check)
        return NULL;
    if (item->met == 0)
        check->met = 0;
    return &check->probes;
}

static bool is_of_phase(enum plan_role role, struct str phase)
{
    if (str_is(phase, "method"))
        return role == PLAN_METHOD || role == PLAN_PROBE;
    return role ==
           (str_is(phase, "rollbacks") || str_is(phase, "recovery") ? PLAN_ROLLBACK : PLAN_PROBE);
}

/* Finds activities that were started before controls changed the experiment; of two of one name the first that no
 * other has. One that is not there any more is none. */
static void find_rows(const struct rt_plan *plan, struct recovery *recovery)
{
    for (size_t i = 0; i < recovery->count; i++)
        if (recovery->items[i].by_name)
            recovery->items[i].row = PLAN_NONE;
    for (size_t i = 0; i < recovery->count; i++) {
        struct recovered *item = &recovery->items[i];
        if (!item->by_name)
            continue;
        for (uint32_t row = 1; row < plan->activity_count && item->row == PLAN_NONE; row++) {
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

static enum record_status status_of(const struct recovered *item)
{
    if (!item->ended)
        return RECORD_INTERRUPTED;
    return str_is(item->status, "succeeded") ? RECORD_SUCCEEDED : RECORD_FAILED;
}

/* All of its probes were met. */
static void complete_check(const struct run *run, struct check *check)
{
    if (!check || check->probes.count != run->experiment->probe_count)
        return;
    for (size_t i = 0; i < check->probes.count; i++)
        if (check->probes.items[i]->verdict != RECORD_MET)
            return;
    check->met = 1;
}

/* The records of the killed run, so that its journal can be completed. */
static void take_records(struct run *run, const struct recovery *recovery)
{
    for (size_t i = 0; i < recovery->count; i++) {
        const struct recovered *item = &recovery->items[i];
        bool known = item->row != PLAN_NONE && item->row < run->plan->activity_count;
        struct record_list *list = known ? list_of(run, item) : NULL;
        if (!list)
            continue;
        struct record *record = ARENA_NEW(&run->arena, struct record);
        uint32_t target = run->plan->activity_rows[item->row].target;
        *record = (struct record){.id = item->id,
            .activity = target == PLAN_NONE ? item->row : target,
            .written = item->row,
            .acted = is_action(run, item->row),
            .status = status_of(item),
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
    complete_check(run, run->before);
    complete_check(run, run->after);
    for (size_t i = 0; i < run->during.count; i++)
        complete_check(run, run->during.items[i]);
}

/* The configuration as the run had it; what secrets hid in its record is loaded anew. */
static bool load_configuration(struct run *run, const struct recovery *recovery)
{
    struct failure failure;
    const struct value *recorded = &recovery->configuration;
    bool loaded = config_load(&run->scope, run->plan, run->values, run->options->vars, &failure);
    for (size_t i = 0; i < recorded->as.object.count; i++) {
        const struct member *member = &recorded->as.object.members[i];
        struct value now = scope_configuration(&run->scope);
        if (!redact_is_marked(&member->value)) {
            scope_configure(&run->scope, member->key, member->value);
        } else if (!loaded || !value_get(&now, member->key)) {
            log_error(run->log,
                "the value of configuration key '%.*s' was hidden in the record%s%.*s",
                STR_ARG(member->key), loaded ? "" : ": ",
                STR_ARG(loaded ? STR("") : failure.message));
            return false;
        }
    }
    return true;
}

static bool open_recovery(struct run *run, struct recovery *recovery)
{
    struct failure failure;
    if (!load_configuration(run, recovery))
        return false;
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
    run->status = recovery->finished ? recovery->status : RUN_INTERRUPTED;
    run->deviated = recovery->deviated;
    run->stop_reason = recovery->finished ? recovery->stop_reason : "a kill";
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
    stop_for_rollbacks(run);
    for (uint32_t i = 0; i < e->rollback_count; i++) {
        if (!is_due(run, recovery, e->rollbacks + i, skip_unknown))
            continue;
        if (run->stopping)
            run->outcome->rollbacks_skipped++;
        else
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
