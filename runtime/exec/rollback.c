#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"

/* Says why, and whether, the rollbacks are played. */
static bool should_play(struct run *run)
{
    switch (run->rollbacks) {
    case RUN_ROLLBACKS_ALWAYS:
        log_warning(run->log, "Rollbacks were explicitly requested to be played");
        return true;
    case RUN_ROLLBACKS_NEVER:
        log_warning(run->log, "Rollbacks were explicitly requested to not be played");
        return false;
    case RUN_ROLLBACKS_DEVIATED:
        if (run->deviated) {
            log_warning(run->log, "Rollbacks will be played only because the experiment deviated");
            return true;
        }
        log_warning(run->log, "Rollbacks were explicitely requested to be played only if the "
                              "experiment deviated. Since this is not the case, we will not play "
                              "them.");
        return false;
    case RUN_ROLLBACKS_DEFAULT:
        return run->status != RUN_FAILED && run->status != RUN_INTERRUPTED;
    case RUN_ROLLBACKS_UNKNOWN:
        break;
    }
    return false;
}

struct rollback {
    bool background, done;
};

/* A rollback has ended, in whatever way. */
static void played(void *context, struct task *task)
{
    struct rollback *rollback = context;
    struct run *run = task->run;
    struct failure failure;
    rollback->done = true;
    if (task->interrupted) {
        run->outcome->rollbacks_failed++;
        if (!rollback->background) {
            control_interrupt(run, task->interruption);
            run->stopping = true; /* the remaining ones are not played, as in the reference */
        }
    } else if (task_raised(task, &failure)) {
        run->outcome->rollbacks_failed++;
        if (!rollback->background) {
            run->status = RUN_ABORTED;
            run_crash(run, &failure);
        } else if (!run->options->compat) {
            log_error(run->log, "  => failed: %.*s", STR_ARG(failure.message));
        }
    } else if (task->call.failure.kind == FAILURE_ACTIVITY) {
        run->outcome->rollbacks_failed++;
    } else if (task->failure.kind == FAILURE_CANCELLED ||
               task->call.failure.kind == FAILURE_CANCELLED) {
        run->outcome->rollbacks_failed++;
    }
    run->outcome->rollbacks_played++;
    task_free(task);
}

static struct str written_name(struct run *run, uint32_t row)
{
    static const struct value none = {.kind = VALUE_NULL};
    const struct value *name =
        value_get(&run->values[run->plan->activity_rows[row].document], STR("name"));
    return pytext_str(&run->arena, name ? name : &none);
}

void rollbacks_play_one(struct run *run, uint32_t row)
{
    struct rollback *rollback = ARENA_NEW(&run->arena, struct rollback);
    rollback->background = run->plan->activity_rows[row].flags & PLAN_ACTIVITY_BACKGROUND;
    log_info(run->log, "Rollback: %.*s", STR_ARG(written_name(run, row)));
    if (rollback->background)
        log_debug(run->log, "rollback activity will run in the background");
    run->awaited = rollback->background || run->recovers ? PLAN_NONE : row;
    task_start(run, row, &run->rollback_records,
        rollback->background ? task_new_lane(run) : LANE_MAIN, played, rollback);
    while (!rollback->background && !rollback->done)
        run_pump(run);
    run->awaited = PLAN_NONE;
}

static void play_all(struct run *run)
{
    log_info(run->log, "Let's rollback...");
    bool begun = control_block(run, "before_block", "rollback", true, true);
    if (begun && !run->experiment->rollback_count)
        log_info(run->log, "No declared rollbacks, let's move on.");
    /* Controls may add to them. */
    for (uint32_t i = 0; begun && i < run->experiment->rollback_count && !run->stopping; i++) {
        rollbacks_play_one(run, run->experiment->rollbacks + i);
        if (run->options->compat && run->outcome->crashed)
            break;
    }
    while (run->tasks)
        run_pump(run);
    control_block(run, "after_block", "rollback", begun, true);
    run->outcome->rollback_count = run->experiment->rollback_count;
    run->outcome->rollbacks_skipped =
        run->outcome->rollback_count > run->outcome->rollbacks_played
            ? run->outcome->rollback_count - run->outcome->rollbacks_played
            : 0;
}

void rollbacks_play(struct run *run)
{
    run->outcome->rollback_count = run->experiment->rollback_count;
    run->outcome->rollbacks_skipped = run->experiment->rollback_count;
    if (run->no_rollbacks || !should_play(run))
        return;
    run->stopping = false;
    run->in_rollbacks = true;
    stop_for_rollbacks(run);
    journal_note(run, "phase", "rollbacks");
    play_all(run);
    if (run->rollback_signals > 1)
        run->status = RUN_INTERRUPTED;
}
