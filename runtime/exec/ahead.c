/* What the disk knows before it happens. An action may start once the disk knows of it; where actions follow each
 * other at once, it is told of several at a time, so that only the first waits for it. */
#include "runtime/exec/engine.h"

enum { MOST_AHEAD = 8 };

/* What runs for longer than this was not meant to be quick: nothing else is about to start. */
#define QUICK 20000000LL

static const struct plan_activity *meant_by(const struct run *run, uint32_t row)
{
    uint32_t target = run->plan->activity_rows[row].target;
    return target == PLAN_NONE ? NULL : &run->plan->activity_rows[target];
}

/* True if nothing stands between the row and the one before it, or may keep it from starting. */
static bool follows_at_once(const struct run *run, uint32_t row)
{
    if (row >= run->plan->activity_count ||
        run->plan->activity_rows[row].role != run->plan->activity_rows[row - 1].role)
        return false;
    const struct plan_activity *last = meant_by(run, row - 1), *next = meant_by(run, row);
    return last && next && last->pauses == PLAN_NONE && next->pauses == PLAN_NONE &&
           next->dry == PLAN_NONE &&
           (next->kind == PLAN_KIND_ACTION || run->plan->activity_rows[row].role == PLAN_ROLLBACK);
}

static uint32_t count_followers(const struct run *run)
{
    uint32_t count = 0;
    if (run->awaited == PLAN_NONE || run->controls.on || run->stopping ||
        run->options->dry != RUN_DRY_NONE)
        return 0;
    while (count < MOST_AHEAD && follows_at_once(run, run->awaited + 1 + count))
        count++;
    return count;
}

void ahead_sync(struct run *run)
{
    uint32_t count = count_followers(run);
    bool told = count && journal_announce(run, run->awaited + 1, count);
    events_sync(&run->events);
    run->announced = run->awaited + 1;
    run->announced_count = told && !run->events.error ? count : 0;
}

bool ahead_knows(const struct run *run, uint32_t row)
{
    return row - run->announced < run->announced_count;
}

/* An action takes its time: what happened so far becomes safe, and nothing is about to start any more. */
static void settle(void *context)
{
    struct run *run = context;
    if (run->announced_count && journal_announce(run, 0, 0))
        run->announced_count = 0;
    events_sync(&run->events);
}

void ahead_begin(struct run *run)
{
    loop_timer_set(run->world.loop, &run->settling, loop_deadline(QUICK), settle, run);
}
