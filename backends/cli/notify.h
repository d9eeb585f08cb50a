/* notify.h: tells the channels of the user's settings what becomes of a run or a validation: over HTTP, or by a
 * function of Python. Each goes out beside what else happens; none can delay or fail that.
 * Payloads are copied; the notifier is closed before what it was started with. */
#ifndef BACKENDS_CLI_NOTIFY_H
#define BACKENDS_CLI_NOTIFY_H

#include "frontend/doc.h"
#include "runtime/base/value.h"
#include "runtime/record/log.h"
#include "runtime/exec/preflight.h"
#include "runtime/exec/run.h"

struct http_client;
struct notice;

struct notifier {
    struct arena arena;
    struct log *log;
    const struct value *channels; /* an array, or NULL: nobody is told */
    struct preflight *started;    /* where loop and helper are until a run takes them over */
    struct call_world *world;     /* that run's at its end, else NULL */
    bool compat;                  /* as the reference: wait for each */
    bool shows_secrets;
    struct http_client *client;
    struct notice *pending;
};

/* What was wrong, as chaoslib has it: one of chaoslib.exceptions, with its message. */
struct notify_error {
    const char *raised;
    struct str message;
};

/* Looks up the channels in the settings. */
void notify_open(struct notifier *notifier, const struct value *settings, struct preflight *started,
    bool compat, bool shows_secrets, struct log *log);

/* Tells those who want to know of `event`, such as "run-started" of the phase "run". `error` may be
 * NULL. */
void notify_send(struct notifier *notifier, const char *phase, const char *event,
    const struct value *payload, const struct notify_error *error);

/* A run_ended_fn whose context is a notifier: the events of a run's end, with its journal. */
void notify_run_ended(void *context, struct call_world *world, const struct run_options *options,
    const struct run_outcome *outcome);

/* Gives what is still under way a short time and ends it then. */
void notify_close(struct notifier *notifier);

/* notify_send with an experiment, less the values that its secrets have in the file itself. */
void notify_of_experiment(struct notifier *notifier, const char *phase, const char *event,
    const struct doc *experiment, const struct notify_error *error);

#endif
