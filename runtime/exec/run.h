/* run.h: carries out a plan: gate, method, hypothesis after it, rollbacks, journal. The one entry
 * of the interpreter and of built runners. Everything a run makes is freed when run_play returns.
 */
#ifndef RUNTIME_EXEC_RUN_H
#define RUNTIME_EXEC_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/value.h"
#include "runtime/record/log.h"
#include "runtime/plan/plan.h"
#include "runtime/exec/preflight.h"
#include "runtime/exec/provider.h"

/* The chaostoolkit-lib whose behaviour this is. */
#define RUN_LIBRARY_VERSION "1.44.0"

enum run_dry { RUN_DRY_NONE, RUN_DRY_PROBES, RUN_DRY_ACTIONS, RUN_DRY_ACTIVITIES, RUN_DRY_PAUSE };

enum run_hypothesis {
    RUN_HYPOTHESIS_DEFAULT, /* before and after the method */
    RUN_HYPOTHESIS_BEFORE,
    RUN_HYPOTHESIS_AFTER,
    RUN_HYPOTHESIS_DURING,
    RUN_HYPOTHESIS_CONTINUOUS, /* before, during and after */
    RUN_HYPOTHESIS_SKIP
};

enum run_rollbacks {
    RUN_ROLLBACKS_DEFAULT, /* unless the experiment failed or was interrupted */
    RUN_ROLLBACKS_ALWAYS,
    RUN_ROLLBACKS_NEVER,
    RUN_ROLLBACKS_DEVIATED,
    RUN_ROLLBACKS_UNKNOWN /* of a name the reference does not know: never played */
};

enum { RUN_FOREVER = -1 };

struct call_world;
struct run_options;
struct run_outcome;

/* Called when all is over and the journal written, before what the run had started is ended. */
typedef void run_ended_fn(void *context, struct call_world *world,
    const struct run_options *options, const struct run_outcome *outcome);

struct run_options {
    struct log *log;
    struct preflight *started; /* what preflight_check started, to be taken over; may be NULL */
    const struct rt_provider *const *providers; /* ends with NULL */
    const struct rt_regexps *regexps;           /* NULL: no tolerance has a regular expression */
    const char *cacerts;   /* PEM of the authorities to trust, or NULL for the system's */
    scope_vault_fn *vault; /* NULL: secrets of Vault are refused */
    const char *journal_path;
    enum run_dry dry;
    bool has_hypothesis,
        has_rollbacks; /* given on the command line: over what the experiment says */
    enum run_hypothesis hypothesis;
    enum run_rollbacks rollbacks;
    double frequency;         /* seconds from the end of one continuous check to the next */
    bool fail_fast;           /* the first deviation during the method ends it */
    double fail_fast_percent; /* how many checks in a hundred must have deviated for that */
    const struct value *vars, *secret_vars; /* objects that override, or NULL */
    const struct value *settings;           /* what controls see of the user's settings, or NULL */
    const struct value *controls;           /* global ones: an array; NULL: there are none */
    double timeout, rollback_timeout;       /* seconds, or RUN_FOREVER */
    size_t output_limit;                    /* bytes kept of an output; 0: the default */
    bool compat;                            /* exactly as the reference, its defects included */
    bool no_redaction;                      /* secrets stay readable */
    const char *python; /* interpreter for Python activities; NULL: the one users expect */
    const char
        *recover; /* the command that undoes what a run left, without its argument; NULL: none */
    const struct driver_search *drivers; /* who may take Python's place; NULL: nobody */
    run_ended_fn *ended;                 /* NULL: nobody wants to know */
    void *ended_context;
};

enum run_status { RUN_UNSET, RUN_COMPLETED, RUN_FAILED, RUN_ABORTED, RUN_INTERRUPTED };

/* What the exit code and the last lines are made of. */
struct run_outcome {
    enum run_status status;
    bool deviated;
    bool gate_checked, gate_met;
    bool crashed; /* the reference would have ended with a traceback and no journal */
    bool left;    /* it would have ended with `exit_code`: a control called sys.exit at the end */
    int exit_code;
    int signal; /* that interrupted it, or 0 */
    size_t method_done, method_count;
    size_t actions_started;
    size_t rollbacks_played, rollbacks_failed, rollbacks_skipped, rollback_count;
    bool journal_written;
    bool left_undone; /* an action that a declared rollback would undo */
};

/* Carries the plan out. False if it could not even start (configuration, secrets), which was
 * logged. */
bool run_play(
    const struct rt_plan *plan, const struct run_options *options, struct run_outcome *outcome);

/* The process's exit code: 0 or 1 as the reference's, or the finer ones of --exit-codes=detailed.
 */
int run_exit_code(const struct run_outcome *outcome, bool detailed);

/* A strategy by its name on the command line or in an experiment; false if there is none of that
 * name. */
bool run_hypothesis_of(struct str name, enum run_hypothesis *strategy);
bool run_rollbacks_of(struct str name, enum run_rollbacks *strategy);

/* The name of a strategy that is known. */
struct str run_hypothesis_name(enum run_hypothesis strategy);
struct str run_rollbacks_name(enum run_rollbacks strategy);

#endif
