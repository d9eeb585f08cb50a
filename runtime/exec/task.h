/* task.h: an activity being carried out: pause, call, pause, each without blocking the others.
 * A task is on the heap from task_start until task_free; what its call makes dies with it. */
#ifndef RUNTIME_EXEC_TASK_H
#define RUNTIME_EXEC_TASK_H

#include "runtime/exec/control.h"
#include "runtime/exec/journal.h"
#include "runtime/exec/provider.h"
#include "runtime/exec/run.h"

struct task;

typedef void task_done_fn(void *context, struct task *task);

enum task_stage {
    TASK_PAUSE_BEFORE,
    TASK_READY,
    TASK_CALL,
    TASK_PAUSE_AFTER,
    TASK_HOOK, /* controls before it, or after it */
    TASK_DONE
};

struct task {
    struct run *run;
    struct arena arena; /* the call's; gone with the task */
    enum task_stage stage;
    uint32_t written, activity; /* rows: where it stands, and what it means */
    struct record *record;      /* NULL until it starts */
    uint32_t lane;              /* which thread of Python's helper is its own */
    struct record_list *list;   /* where the record goes; NULL: its owner keeps it */
    struct call call;
    struct value pauses;
    enum run_dry dry;
    bool is_dry, is_done, cancelled;
    struct failure failure; /* an exception outside the call: a bad pause, a missing reference */
    int64_t start;          /* monotonic, ns: of the stage, for the status line */
    int64_t pause_end;
    struct loop_timer timer;
    struct control_hook hook;
    uint32_t number;         /* for the controls' helper */
    bool hooked, hooked_dry; /* its controls were called before it; they chose `dry` */
    bool interrupted;        /* by a control: `interruption` is the reason */
    struct str interruption;
    task_done_fn *done;
    void *context;
    struct task *before, *after;
};

/* Starts an activity (a row of the plan, which may be a reference). `done` comes once, perhaps
 * before this returns; whoever it tells frees the task. */
struct task *task_start(struct run *run, uint32_t row, struct record_list *list, uint32_t lane,
    task_done_fn *done, void *context);

/* A lane for an activity in the background. */
uint32_t task_new_lane(struct run *run);

/* Ends the task as soon as can be; `done` follows. */
void task_cancel(struct task *task);

/* Frees a task whose `done` has come. */
void task_free(struct task *task);

/* True if an exception that the reference does not catch ended the task; its message is as a log may show it. */
bool task_raised(struct task *task, struct failure *failure);

/* Begins the call of a task that is ready: its start is on record. */
void task_begin(struct task *task);

/* Ends a task that is ready and whose call will not begin. */
void task_drop(struct task *task);

#endif
