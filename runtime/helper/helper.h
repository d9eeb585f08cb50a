/* helper.h: a helper process: a program that serves calls beside a run, spoken to in frames of length-prefixed JSON
 * over a socket, its descriptor 3 (docs/driver-protocol.md). It starts with the first call that needs it.
 * The helper owns its calls' handles; each is gone once its `done` has returned. */
#ifndef RUNTIME_HELPER_HELPER_H
#define RUNTIME_HELPER_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/value.h"
#include "runtime/loop/loop.h"

struct helper;
struct helper_call;

/* All that is pointed to must outlive the helper. */
struct helper_options {
    const char *title;           /* what sentences call it: "the Python helper" */
    const char *path;            /* what to execute, or NULL: there is none */
    const char *missing;         /* the sentence for that */
    char *const *argv;           /* NULL-terminated, argv[0] included */
    const struct str *greetings; /* frames that each process gets before any request */
    size_t greeting_count;
    /* A log record of the helper; `level` is Python's (10 debug ... 50 critical). What it prints comes with the
     * logger "stdout" or "stderr", a line each. */
    void (*say)(void *context, int level, struct str logger, struct str message);
    /* It asks for the end of the run: as if we had got the signal. */
    void (*signalled)(void *context, int signal);
    void *context;
};

enum helper_end {
    HELPER_REPLIED,       /* `reply` is the helper's answer, which may be an exception */
    HELPER_CANCELLED,     /* helper_cancel; the call was ended, or did not begin */
    HELPER_STILL_RUNNING, /* helper_cancel; it ignored that */
    HELPER_DIED,          /* the helper ended; `message` has its last words */
    HELPER_NOT_STARTED,   /* there is no such program, or it does not start */
};

struct helper_result {
    enum helper_end end;
    const struct value *reply; /* of HELPER_REPLIED: an object */
    struct str message;        /* of the last two: a sentence */
    bool state_lost;           /* a process had to be given up before or because of this call */
};

/* The result and its texts are valid during the call only. */
typedef void helper_done_fn(void *context, const struct helper_result *result);

/* Makes a helper that is not started yet. */
struct helper *helper_open(struct loop *loop, const struct helper_options *options);

/* Ends the helper: it may clean up for two seconds. No call may be under way. */
void helper_close(struct helper *helper);

/* Sends a request, an object that gets an `id`; `done` is called exactly once, later, from the loop. While a
 * `blocking` call runs others have to wait: one that ignores its cancellation costs the process its life. */
struct helper_call *helper_start(struct helper *helper, const struct value *request, bool blocking,
    helper_done_fn *done, void *context);

/* Tells the call to end; `done` follows within two seconds. After a process was killed the next call starts
 * another. */
void helper_cancel(struct helper_call *call);

/* True once there is a process. */
bool helper_is_started(const struct helper *helper);

#endif
