#include <signal.h>
#include <string.h>

#include "runtime/exec/engine.h"

/* Hooks of controls that are called when the time is over have so many seconds. */
enum { HOOK_GRACE = 5 };

static const char *signal_name(int number)
{
    switch (number) {
    case SIGINT:
        return "SIGINT";
    case SIGTERM:
        return "SIGTERM";
    case SIGHUP:
        return "SIGHUP";
    case SIGUSR1:
        return "SIGUSR1";
    case SIGUSR2:
        return "SIGUSR2";
    default:
        return "signal";
    }
}

/* The reference waits for background activities unless the signal was SIGUSR2. */
static bool is_left_to_end(const struct run *run, const struct task *task)
{
    return run->options->compat && !run->no_rollbacks && !run->in_rollbacks &&
           run->plan->activity_rows[task->written].flags & PLAN_ACTIVITY_BACKGROUND;
}

static void cancel_all(struct run *run)
{
    check_cancel(run->before);
    check_cancel(run->after);
    check_cancel(run->running);
    if (run->controls.waiting)
        control_cancel(run->controls.waiting);
    if (run->dynamic)
        call_cancel(run->dynamic);
    /* Cancelling one may end and free others: start over after each. */
    for (struct task *task = run->tasks; task;) {
        if (task->cancelled || is_left_to_end(run, task)) {
            task = task->after;
            continue;
        }
        task->cancelled = true;
        task_cancel(task);
        task = run->tasks;
    }
}

void stop_now(struct run *run, const char *reason)
{
    if (!run->stop_reason)
        run->stop_reason = reason;
    run->status = RUN_INTERRUPTED;
    run->stopping = true;
    cancel_all(run);
}

/* What the reference says to each of its signals; SIGHUP, which it does not handle, as SIGTERM. */
static void say_signal(struct run *run, int number)
{
    switch (number) {
    case SIGINT:
        log_warning(run->log, "Received a termination signal (Ctrl-C)...");
        break;
    case SIGUSR1:
        log_warning(run->log, "Received the exit signal: 20");
        break;
    case SIGUSR2:
        log_warning(run->log, "Received the exit signal: 30");
        log_warning(run->log, "Ignoring rollbacks as per signal");
        break;
    default:
        log_warning(run->log, "Caught %s signal, interrupting experiment now", signal_name(number));
        log_critical(run->log, "%s signal received", signal_name(number));
        break;
    }
}

/* The first signal during rollbacks is noted, the second ends them. */
static void stop_rollbacks(struct run *run, int number)
{
    if (++run->rollback_signals == 1 && !run->options->compat) {
        log_warning(run->log,
            "Received %s while rollbacks are played: they go on, a second signal stops them",
            signal_name(number));
        return;
    }
    log_warning(run->log,
        "Received an exit signal (%s). Terminating now without running the remaining rollbacks.",
        signal_name(number));
    stop_now(run, signal_name(number));
}

static void arrived(void *context, int number, pid_t sender)
{
    (void)sender;
    struct run *run = context;
    journal_note(run, "signal", signal_name(number));
    if (run->over) {
        log_warning(run->log, "Received %s: the run is over, hooks of controls are being ended",
            signal_name(number));
        cancel_all(run);
        return;
    }
    if (run->in_rollbacks) {
        stop_rollbacks(run, number);
        return;
    }
    if (number == SIGUSR2)
        run->no_rollbacks = true;
    if (run->stopping) {
        log_warning(run->log, "Received %s: activities are being ended already%s",
            signal_name(number), number == SIGUSR2 ? "; rollbacks will not be played" : "");
        cancel_all(run);
        return;
    }
    run->outcome->signal = number;
    say_signal(run, number);
    stop_now(run, signal_name(number));
}

static void arm(struct run *run, double seconds);

static void time_is_up(void *context)
{
    struct run *run = context;
    if (run->over || (run->stopping && !run->in_rollbacks)) {
        log_critical(run->log,
            "The time for the experiment is over, ending hooks of controls that still run");
        cancel_all(run);
        arm(run, HOOK_GRACE);
    } else if (run->in_rollbacks) {
        log_critical(run->log, "The time for rollbacks is over, ending those that still run");
        run->rollback_signals = 2;
        stop_now(run, "the time limit of rollbacks");
    } else if (!run->stopping) {
        log_critical(run->log, "The time for the experiment is over, interrupting it now");
        stop_now(run, "the time limit");
        arm(run, HOOK_GRACE);
    }
}

static void arm(struct run *run, double seconds)
{
    if (seconds >= 0 && seconds < 9e9)
        loop_timer_set(
            run->world.loop, &run->limit, loop_deadline((int64_t)(seconds * 1e9)), time_is_up, run);
    else
        loop_timer_cancel(run->world.loop, &run->limit);
}

static const int heard[] = {SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGHUP};

/* The reference does not handle SIGHUP, which stands last. */
static size_t count_heard(const struct run *run)
{
    return sizeof heard / sizeof *heard - (run->options->compat ? 1 : 0);
}

void stop_open(struct run *run)
{
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count_heard(run); i++)
        sigaddset(&set, heard[i]);
    loop_signals(run->world.loop, &set, arrived, run);
    double seconds = run->options->timeout;
    if (seconds < 0 && !run->options->compat && run->experiment->timeout != PLAN_NONE) {
        const struct value *limit = &run->values[run->experiment->timeout];
        if (limit->kind == VALUE_INT || limit->kind == VALUE_REAL)
            seconds = value_to_double(limit);
    }
    run->limited = seconds >= 0;
    arm(run, seconds);
}

void stop_for_rollbacks(struct run *run)
{
    arm(run, run->options->rollback_timeout);
}

void stop_for_hooks(struct run *run)
{
    run->in_rollbacks = false;
    run->over = true;
    arm(run, run->limited ? HOOK_GRACE : RUN_FOREVER);
}

void stop_close(struct run *run)
{
    loop_timer_cancel(run->world.loop, &run->limit);
    /* The run is over and its exit code is known: what comes now comes too late to change that. */
    for (size_t i = 0; i < count_heard(run); i++)
        signal(heard[i], SIG_IGN);
    loop_signals(run->world.loop, NULL, NULL, NULL);
}
