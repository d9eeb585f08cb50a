/* check.h: checking the steady state: once, or again and again while the method is played.
 * Checks live in the run's arena; each is a task of the loop that calls `finished` when it is done. */
#ifndef RUNTIME_EXEC_CHECK_H
#define RUNTIME_EXEC_CHECK_H

#include "runtime/exec/control.h"
#include "runtime/exec/journal.h"
#include "runtime/exec/provider.h"

struct check;
struct run;
struct task;

typedef void check_done_fn(struct check *check);

struct check {
    struct run *run;
    const char *moment; /* and `iteration`: as given to check_start */
    size_t iteration;
    uint32_t lane;
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

    struct control_hook hook;
    uint32_t number; /* for the controls' helper */
    bool hooked, begun,
        ending;       /* controls before it were called, let it begin; those after it are */
    bool interrupted; /* by a control: `interruption` is the reason */
    struct str interruption;
};

struct check_list {
    struct check **items;
    size_t count, room;
};

/* Checks the steady state once; run_pump until `done`. NULL if there is no hypothesis. `moment` is "before",
 * "during" or "after" the method, `iteration` counts from 1. */
struct check *check_start(
    struct run *run, const char *moment, size_t iteration, check_done_fn *finished, void *context);

/* The name of the probe that decided a check. */
struct str check_last_name(const struct check *check);

/* Ends a check's call of a tolerance that is a probe, if one is under way. */
void check_cancel(struct check *check);

struct continuous;

/* Checks the steady state again and again until continuous_stop, or until it ends the run by
 * itself. */
struct continuous *continuous_start(struct run *run);

/* No further check begins; run_pump until continuous_is_over. */
void continuous_stop(struct continuous *continuous);
bool continuous_is_over(const struct continuous *continuous);

#endif
