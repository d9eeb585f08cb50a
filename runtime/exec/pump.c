/* How a run is carried forward: calls begin in slices of time, so that a thousand of them keep neither signals
 * nor the next check waiting. */
#include "runtime/exec/engine.h"

/* Starting a process takes some tenths of a millisecond; on a busy machine, where the child must get a processor
 * before we go on, some milliseconds. */
#define SLICE 500000LL
#define LONGEST_START 5000000LL

void pump_queue(struct task *task, bool is_check)
{
    struct run *run = task->run;
    struct ready *ready = is_check ? &run->ready_checks : &run->ready_others;
    *ARENA_PUSH(&run->arena, ready->items, ready->count, ready->room) = task;
}

static bool has_ready(const struct ready *ready)
{
    return ready->first < ready->count;
}

static void begin_next(struct run *run, struct ready *ready)
{
    struct task *task = ready->items[ready->first++];
    if (!has_ready(ready))
        ready->first = ready->count = 0;
    if (run->stopping)
        task_drop(task);
    else
        task_begin(task);
}

static void begin_checks(struct run *run)
{
    while (has_ready(&run->ready_checks))
        begin_next(run, &run->ready_checks);
}

static void turn(struct run *run, int64_t span)
{
    loop_turn(run->world.loop, span);
    run->turned = loop_now();
}

/* How long to wait for the next check before anything else is started: ns, 0 unless it is very near. */
static int64_t wait_for_check(const struct run *run)
{
    int64_t left = run->next_check - loop_now(), pause = run->next_check - run->last_check;
    if (!run->next_check || left < 0)
        return 0;
    return left < LONGEST_START && left < pause / 4 ? left : 0;
}

void run_pump(struct run *run)
{
    if (!has_ready(&run->ready_checks) && !has_ready(&run->ready_others)) {
        turn(run, LOOP_NEVER);
        return;
    }
    int64_t end = loop_now() + SLICE;
    begin_checks(run);
    if (has_ready(&run->ready_others) && run->sync_due) {
        ahead_sync(run);
        run->sync_due = false;
    }
    /* Whatever becomes ready from here on and needs a sync has it before the next round. */
    size_t left = run->ready_others.count - run->ready_others.first;
    for (; left && loop_now() < end && !wait_for_check(run); left--)
        begin_next(run, &run->ready_others);
    if (has_ready(&run->ready_others))
        turn(run, wait_for_check(run));
}

void run_yield(struct run *run)
{
    if (loop_now() - run->turned < SLICE)
        return;
    begin_checks(run);
    turn(run, 0);
}
