/* engine.h: the state of a run, shared by the files that carry it out; nobody else includes this.
 * The run owns everything here; its arena ends with run_free. */
#ifndef RUNTIME_EXEC_ENGINE_H
#define RUNTIME_EXEC_ENGINE_H

#include "runtime/exec/check.h"
#include "runtime/exec/control.h"
#include "runtime/record/events.h"
#include "runtime/exec/journal.h"
#include "runtime/exec/provider.h"
#include "runtime/exec/run.h"
#include "runtime/exec/task.h"

/* Tasks in the order they became ready; those before `first` have begun. */
struct ready {
    struct task **items;
    size_t first, count, room;
};

struct run {
    struct arena arena;
    const struct rt_plan *plan;
    const struct plan_experiment *experiment;
    const struct value *values;
    const struct run_options *options;
    struct run_outcome *outcome;
    struct log *log;
    struct call_world world;
    struct scope scope;
    struct redactor redactor;
    struct events events;
    bool record_lost;   /* they could not be written, which was said */
    struct buf text;    /* of what is being written: an event, a part of the journal */
    struct arena spare; /* of a task that has gone, for the next one */
    struct overlay *overlays;
    size_t overlay_count, overlay_room;

    enum run_hypothesis hypothesis;
    enum run_rollbacks rollbacks;
    enum run_status status;
    bool deviated;
    int64_t started_wall, started;

    uint32_t next_id;
    struct record_list method_records, rollback_records;
    struct check *before, *after;
    struct check *running; /* of the continuous ones, the one under way */
    struct check_list during;

    struct task *tasks;                      /* all that live, the newest first */
    struct ready ready_checks, ready_others; /* to be called once their start is on the disk */
    bool sync_due;    /* one of the others is an action, and its start is not announced */
    uint32_t awaited; /* the row that the next one of its block waits for, or PLAN_NONE */
    uint32_t announced, announced_count; /* rows whose start is on the disk before it happens */
    int64_t turned;                      /* monotonic, ns: the loop had its last turn */
    int64_t last_check, next_check; /* the same: of the continuous ones; 0 while none is to come */
    uint32_t lanes;                 /* that were given to activities in the background */
    bool stopping;                  /* activities are being ended; new ones are not started */
    bool in_rollbacks;
    bool over;         /* what is still called are hooks of controls */
    bool limited;      /* the run has a time limit */
    bool recovers;     /* a run that was killed: which rollbacks are due depends on what it did */
    bool no_rollbacks; /* by signal */
    int rollback_signals;
    const char *stop_reason; /* "SIGTERM", "timeout" ... */
    struct loop_timer limit, tick, settling;
    struct controls controls;
    bool checks_aside;    /* the steady state is being checked beside the method */
    struct call *dynamic; /* the call of a dynamic configuration key under way, or NULL */
};

/* ---- run.c ---- */

/* Makes the state of a run of the plan; nothing is opened or started yet. */
void run_init(struct run *run, const struct rt_plan *plan, const struct run_options *options,
    struct run_outcome *outcome);

/* Once secrets are loaded: from now on no sink shows them. */
void run_hide_secrets(struct run *run);

/* Says how it ended, writes the journal, closes what is open. */
void run_finish(struct run *run);

/* Frees what run_init made and the run allocated. */
void run_free(struct run *run);

/* Says an exception that ends the experiment, as the reference prints a traceback's last line. */
void run_crash(struct run *run, const struct failure *failure);

/* ---- pump.c ---- */

/* One round: begins calls that are ready, for a bounded time, else waits for the loop's next event. */
void run_pump(struct run *run);

/* For whoever starts many things one after the other: gives the loop its turn if that is due. */
void run_yield(struct run *run);

/* The task is ready. Checks of the steady state begin before all others: they are to come in time. */
void pump_queue(struct task *task, bool is_check);

/* ---- ahead.c ---- */

/* Before an action starts: makes what happened so far safe, and with it the word that those behind it may start. */
void ahead_sync(struct run *run);

/* True if the disk knows that the row may start. */
bool ahead_knows(const struct run *run, uint32_t row);

/* An action has begun. */
void ahead_begin(struct run *run);

/* ---- rollback.c ---- */

/* Plays one rollback, and waits for it unless it is a background one. */
void rollbacks_play_one(struct run *run, uint32_t row);

/* Plays the rollbacks if the strategy says so. */
void rollbacks_play(struct run *run);

/* ---- strategy.c ---- */

/* Chooses the strategies: the experiment's over the settings', the command line's over both. False, logged, where the
 * reference ends with a traceback: a `runtime` that is no mapping, a strategy of the hypothesis that it does not know. */
bool strategies_choose(struct run *run);

/* ---- compat.c ---- */

/* False where the reference dies with a traceback before it plays anything: a block that is null, say. */
bool compat_loads(const struct run *run);

/* ---- dynamic.c ---- */

/* Calls the probes that configuration keys come from, in order. */
void dynamic_load(struct run *run);

/* ---- stop.c ---- */

/* Takes over the signals of docs/signals.md, and the time limits. */
void stop_open(struct run *run);
void stop_close(struct run *run);

/* The limit of the run does not hold for rollbacks: they have their own. */
void stop_for_rollbacks(struct run *run);

/* Everything has been played: only hooks are to come, which signals and a limit of the run end. */
void stop_for_hooks(struct run *run);

/* Ends all activities; the status becomes `interrupted`. */
void stop_now(struct run *run, const char *reason);

/* ---- progress.c ---- */

/* Shows on a terminal what runs and for how long. */
void progress_open(struct run *run);
void progress_close(struct run *run);

/* ---- summary.c ---- */

/* The last lines: gate, method, deviation, rollbacks, what is left undone. */
void summary_log(struct run *run);

#endif
