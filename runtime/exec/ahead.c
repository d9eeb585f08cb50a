#include "runtime/exec/engine.h"

static const struct plan_activity *meant_by(const struct run *run, uint32_t row)
{
    uint32_t target = run->plan->activity_rows[row].target;
    return target == PLAN_NONE ? NULL : &run->plan->activity_rows[target];
}

/* The row that starts as soon as the awaited one has ended, or PLAN_NONE. Where something stands between them, or
 * may keep it from starting, there is none: what a record names is to have started, as far as can be known. */
static uint32_t find_next(const struct run *run)
{
    uint32_t before = run->awaited, row = before + 1;
    if (before == PLAN_NONE || row >= run->plan->activity_count || run->controls.on ||
        run->stopping || run->options->dry != RUN_DRY_NONE)
        return PLAN_NONE;
    uint32_t role = run->plan->activity_rows[row].role;
    const struct plan_activity *last = meant_by(run, before), *next = meant_by(run, row);
    bool at_once = role == run->plan->activity_rows[before].role && last && next &&
                   last->pauses == PLAN_NONE && next->pauses == PLAN_NONE && next->dry == PLAN_NONE;
    return at_once && (next->kind == PLAN_KIND_ACTION || role == PLAN_ROLLBACK) ? row : PLAN_NONE;
}

void ahead_sync(struct run *run)
{
    if (!run->action_runs)
        return;
    run->action_runs = false;
    uint32_t row = find_next(run);
    bool written = row != PLAN_NONE && journal_announce(run, row);
    events_sync(&run->events);
    run->announced = written && !run->events.error ? row : PLAN_NONE;
}

bool ahead_knows(struct run *run, uint32_t row)
{
    bool known = run->announced == row;
    run->announced = PLAN_NONE;
    return known;
}
