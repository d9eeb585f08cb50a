/* control.h: the hooks of controls, called in the helper interpreter (runtime/helper/python_controls.py, which keeps
 * the live experiment, configuration, secrets and records), and what they change, taken over into the run.
 * A hook sits in its owner's memory and must stay there until `done`. */
#ifndef RUNTIME_EXEC_CONTROL_H
#define RUNTIME_EXEC_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/value.h"
#include "runtime/loop/failure.h"
#include "runtime/plan/plan.h"

struct check;
struct control_hook;
struct rt_provider;
struct run;
struct task;

typedef void control_done_fn(struct control_hook *hook);

struct control_hook {
    struct run *run;
    void *handle; /* the provider's while it is under way, else NULL */
    control_done_fn *done;
    void *context;

    /* The result, with `done`. */
    const struct value *reply; /* NULL if there is none; valid during `done` */
    bool interrupted;          /* a hook raised InterruptExecution, or something else got out */
    struct str message;        /* of that; lives as long as the run */
};

/* The run's part. */
struct controls {
    bool on;                        /* there are controls, and a helper that knows them */
    bool listened;                  /* extensions listen to the run's events */
    bool interrupted;               /* InterruptExecution has left what the run waited for */
    const struct rt_plan *original; /* before hooks changed anything */
    uint32_t numbers;               /* of tasks and checks, for the helper */
    struct control_hook *waiting;   /* that the run waits for, or NULL */
    struct value journal;           /* as hooks left it; null where there is none */
};

/* True if the plan has controls that are called. */
bool control_is_used(const struct rt_plan *plan);

/* Configures the controls, once configuration, secrets and title are known. False if they cannot be used, which was
 * logged: nothing must be carried out then. */
bool control_open(struct run *run);

/* Calls hooks of a whole block and waits: "before_experiment", "before_block" ... `level` is that of a block, or
 * NULL; afterwards `begun` says whether its activities were played, `whole` that no exception ended them. False if
 * hooks, or a signal while they ran, interrupted the experiment: its status says so then, as does the log. */
bool control_block(struct run *run, const char *hook, const char *level, bool begun, bool whole);

/* Tells handlers, and waits, if something has interrupted the experiment before its rollbacks. */
void control_left(struct run *run);

/* The hooks after the experiment, which may change the journal, and the clean-up. */
void control_close(struct run *run);

/* Around an activity; `done` follows later. */
void control_before_task(struct task *task, control_done_fn *done);
void control_after_task(struct task *task, control_done_fn *done);

/* Tells handlers "start_activity" or "activity_completed"; `done` follows later. False if nobody listens. */
bool control_tell_task(struct task *task, const char *event, control_done_fn *done);

/* Around a check of the hypothesis; `done` follows later. */
void control_before_check(struct check *check, control_done_fn *done);
void control_after_check(struct check *check, control_done_fn *done);

/* Tells handlers that there are no further continuous checks, and which exception ended them, if one did; `done`
 * follows later. False if nobody listens. */
bool control_tell_continuous(struct run *run, struct control_hook *hook,
    const struct failure *failure, control_done_fn *done, void *context);

/* Ends a hook under way; `done` follows. */
void control_cancel(struct control_hook *hook);

/* InterruptExecution has left what the run waited for. */
void control_interrupt(struct run *run, struct str message);

#endif
