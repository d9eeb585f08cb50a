/* engine.h: the state of a run, shared by the files that carry it out; nobody else includes this.
 * The run owns everything here; a task lives from task_start until its `done` has returned. */
#ifndef RUNTIME_EXEC_ENGINE_H
#define RUNTIME_EXEC_ENGINE_H

#include "runtime/exec/events.h"
#include "runtime/exec/provider.h"
#include "runtime/exec/run.h"

/* ---- records: what the journal says about each activity that was carried out ---- */

enum record_status {
    RECORD_RUNNING,
    RECORD_SUCCEEDED,
    RECORD_FAILED,
    RECORD_RAISED,     /* by an exception that the reference does not catch */
    RECORD_INTERRUPTED /* by a signal or the end of the run's time */
};

enum record_verdict { RECORD_NOT_JUDGED, RECORD_MET, RECORD_NOT_MET };

struct record {
    uint32_t id, activity; /* the row that was carried out */
    enum record_status status;
    enum record_verdict verdict;
    int64_t start, began;      /* wall and monotonic clock, ns */
    int64_t span;              /* from start to end, ns */
    struct events_place place; /* of {"output": ..., "start": ...}, the text of the record */
    char *text;                /* heap: the same where the events could not take it, else NULL */
};

struct record_list {
    struct record **items;
    size_t count, room;
};

/* ---- checks of the hypothesis ---- */

struct task;
struct run;
struct check;

typedef void check_done_fn(struct check *check);

struct check {
    struct run *run;
    bool done;
    int met; /* -1 while unknown */
    struct record_list probes;
    bool raised; /* an exception that the reference does not catch ended it */
    struct failure failure;
    check_done_fn *finished; /* may be NULL */
    void *context;

    uint32_t next; /* the probe to run, from 0 */
    bool waiting, stepping;
    struct call judge;        /* of a tolerance that is a probe */
    struct task *judged_task; /* whose output it judges */
};

struct check_list {
    struct check **items;
    size_t count, room;
};

/* ---- changes to the document that the journal shows ---- */

struct overlay {
    uint32_t row;   /* of the value that is changed */
    struct str key; /* the member that is set; of an empty key the value itself is replaced */
    struct value value;
};

/* ---- the run ---- */

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

    struct task *tasks;  /* all that live, the newest first */
    struct task **ready; /* to be called once their start is on the disk */
    size_t ready_count, ready_room;
    bool sync_due; /* one of them is an action */
    bool stopping; /* activities are being ended; new ones are not started */
    bool in_rollbacks;
    bool no_rollbacks; /* by signal */
    int rollback_signals;
    const char *stop_reason; /* "SIGTERM", "timeout" ... */
    struct loop_timer limit, tick;
    struct call *dynamic; /* the call of a dynamic configuration key under way, or NULL */
};

/* ---- run.c ---- */

void run_init(struct run *run, const struct rt_plan *plan, const struct run_options *options,
    struct run_outcome *outcome);

/* Once secrets are loaded: from now on no sink shows them. */
void run_hide_secrets(struct run *run);

/* Says how it ended, writes the journal, closes what is open. */
void run_finish(struct run *run);
void run_free(struct run *run);

/* ---- activity.c ---- */

typedef void task_done_fn(void *context, struct task *task);

enum task_stage { TASK_PAUSE_BEFORE, TASK_READY, TASK_CALL, TASK_PAUSE_AFTER, TASK_DONE };

struct task {
    struct run *run;
    struct arena arena; /* the call's; gone with the task */
    enum task_stage stage;
    uint32_t written, activity; /* rows: where it stands, and what it means */
    struct record *record;      /* NULL until it starts */
    struct record_list *list;   /* where the record goes; NULL: its owner keeps it */
    struct call call;
    struct value pauses;
    enum run_dry dry;
    bool is_dry, is_done, cancelled;
    struct failure failure; /* an exception outside the call: a bad pause, a missing reference */
    int64_t start;          /* monotonic, ns: of the stage, for the status line */
    int64_t pause_end;
    struct loop_timer timer;
    task_done_fn *done;
    void *context;
    struct task *before, *after;
};

/* Starts an activity (a row of the plan, which may be a reference). `done` comes once, perhaps
 * before this returns; the task is gone afterwards unless the owner sets it NULL by task_free
 * later: see task_free. */
struct task *task_start(
    struct run *run, uint32_t row, struct record_list *list, task_done_fn *done, void *context);

/* Ends the task as soon as can be; `done` follows. */
void task_cancel(struct task *task);

/* Frees a task whose `done` has come. */
void task_free(struct task *task);

/* True if an exception that the reference does not catch ended the task. */
bool task_raised(const struct task *task, struct failure *failure);

/* Syncs the events if an action is among those that are ready, then starts their calls. */
void task_flush(struct run *run);

/* Says an exception that ends the experiment, as the reference prints a traceback's last line. */
void run_crash(struct run *run, const struct failure *failure);

/* One round of the loop, ready tasks first. */
void run_pump(struct run *run);

/* ---- hypothesis.c ---- */

/* Checks the steady state once; run_pump until `done`. NULL if there is no hypothesis. */
struct check *check_start(struct run *run, check_done_fn *finished, void *context);

/* The name of the probe that decided a check. */
struct str check_last_name(const struct check *check);

/* Ends a check's call of a tolerance that is a probe, if one is under way. */
void check_cancel(struct check *check);

/* ---- continuous.c ---- */

struct continuous;

/* Checks the steady state again and again until continuous_stop, or until it ends the run by
 * itself. */
struct continuous *continuous_start(struct run *run);

/* No further check begins; run_pump until continuous_is_over. */
void continuous_stop(struct continuous *continuous);
bool continuous_is_over(const struct continuous *continuous);

/* ---- rollback.c ---- */

/* Plays one rollback, and waits for it unless it is a background one. */
void rollbacks_play_one(struct run *run, uint32_t row);

/* Plays the rollbacks if the strategy says so. */
void rollbacks_play(struct run *run);

/* ---- compat.c ---- */

/* False where the reference dies with a traceback before it plays anything: a block that is null, say. */
bool compat_loads(const struct run *run);

/* ---- dynamic.c ---- */

/* Calls the probes that configuration keys come from, in order. */
void dynamic_load(struct run *run);

/* ---- journal.c ---- */

void journal_begin(struct run *run);
struct record *journal_start(struct run *run, uint32_t row, uint32_t written);
void journal_end(struct run *run, struct record *record, const struct call *call);
void journal_judge(struct run *run, struct record *record, bool met);

/* The call has started a process: what a recovery needs to find it. */
void journal_spawn(struct run *run, const struct record *record, pid_t pid);

/* Adds an event of one string: phases, signals. */
void journal_note(struct run *run, const char *event, const char *what);

/* Changes what the journal shows of a value of the document. */
void journal_overlay(struct run *run, uint32_t row, const char *key, struct value value);

/* Writes the journal, syncs it, renames it into place. False with errno set. */
bool journal_write(struct run *run);

/* ---- stop.c ---- */

/* Takes over the signals of docs/signals.md, and the time limits. */
void stop_open(struct run *run);
void stop_close(struct run *run);

/* The limit of the run does not hold for rollbacks: they have their own. */
void stop_for_rollbacks(struct run *run);

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
