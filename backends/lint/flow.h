/* flow.h: what runs when: for each way a run can end, which blocks are played, and how long they take.
 * Computed from the IR by the rules of docs/signals.md and the reference's strategies; borrows the IR. */
#ifndef BACKENDS_LINT_FLOW_H
#define BACKENDS_LINT_FLOW_H

#include <stdbool.h>

#include "ir/ir.h"

enum flow_outcome {
    FLOW_COMPLETED,
    FLOW_GATE_NOT_MET,  /* a tolerance is not met before the method */
    FLOW_GATE_FAILED,   /* a probe fails before the method */
    FLOW_DEVIATED,      /* a tolerance is not met after or during the method */
    FLOW_PROBE_FAILED,  /* a probe of the hypothesis fails after or during the method */
    FLOW_ACTION_FAILED, /* an activity of the method fails */
    FLOW_ABORTED,       /* an activity of the method raises what the engine does not expect */
    FLOW_SIGINT,
    FLOW_SIGTERM, /* and SIGHUP */
    FLOW_SIGUSR1,
    FLOW_SIGUSR2,
    FLOW_DEADLINE,
    FLOW_OUTCOME_COUNT
};

/* Whether a block is played. */
enum flow_played { FLOW_NO, FLOW_YES, FLOW_CUT /* from where it is reached, its rest is not */ };

struct flow_row {
    const char *name;
    bool possible; /* false: the hypothesis and its strategy leave no way to it */
    enum flow_played method, after, rollbacks;
};

/* How long a block takes, in seconds. */
struct flow_duration {
    double shortest, longest;
    const struct ir_activity *unbounded; /* the first activity that nothing bounds, or NULL */
    const struct ir_activity *longest_background; /* what is waited for at the end, or NULL */
    bool varies; /* a pause or timeout is a variable of unknown value: it counts nothing */
};

/* The row of an outcome. */
struct flow_row flow_row(const struct ir_experiment *experiment, enum flow_outcome outcome);

struct flow_duration flow_duration(
    const struct ir_experiment *experiment, const struct ir_activities *activities);

#endif
