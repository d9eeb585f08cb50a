#include "runtime/exec/engine.h"

enum { TICK = 200 * 1000 * 1000 };

static struct str name_of(const struct task *task)
{
    struct str name =
        plan_text(task->run->plan, task->run->plan->activity_rows[task->activity].name);
    return name.len ? name : STR("an activity");
}

static void describe(struct buf *out, const struct task *task, int64_t now)
{
    struct str name = name_of(task);
    switch (task->stage) {
    case TASK_PAUSE_BEFORE:
    case TASK_PAUSE_AFTER:
        buf_printf(out, "pause %s %.*s: %.0fs left",
            task->stage == TASK_PAUSE_BEFORE ? "before" : "after", STR_ARG(name),
            (double)(task->pause_end - now) / 1e9 + 0.5);
        break;
    case TASK_READY:
    case TASK_CALL:
        buf_printf(out, "%.*s: %.0fs", STR_ARG(name), (double)(now - task->start) / 1e9);
        break;
    case TASK_HOOK:
        buf_printf(out, "controls of %.*s", STR_ARG(name));
        break;
    case TASK_DONE:
        break;
    }
}

/* The newest task in words, the others as a number. */
static void show(void *context)
{
    struct run *run = context;
    struct buf text = {0};
    size_t others = 0;
    int64_t now = loop_now();
    const struct task *shown = NULL;
    for (const struct task *task = run->tasks; task; task = task->after) {
        if (task->is_done)
            continue;
        if (!shown)
            shown = task;
        else
            others++;
    }
    if (shown) {
        buf_add_text(&text, "... ");
        describe(&text, shown, now);
        if (others)
            buf_printf(&text, " (and %zu more)", others);
    }
    log_status(run->log, buf_str(&text));
    buf_free(&text);
    loop_timer_set(run->world.loop, &run->tick, loop_deadline(TICK), show, run);
}

void progress_open(struct run *run)
{
    if (run->log->options.terminal && !run->log->options.json)
        loop_timer_set(run->world.loop, &run->tick, loop_deadline(TICK), show, run);
}

void progress_close(struct run *run)
{
    loop_timer_cancel(run->world.loop, &run->tick);
    log_status(run->log, STR(""));
}
