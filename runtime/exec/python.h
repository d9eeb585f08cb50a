/* python.h: the helper interpreter of a run: one Python process, started by the first call that needs it, spoken
 * to in length-prefixed JSON over a socket (runtime/exec/python_worker.py is the other end).
 * The helper owns its calls' handles; each is gone once its `done` has returned. */
#ifndef RUNTIME_EXEC_PYTHON_H
#define RUNTIME_EXEC_PYTHON_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/exec/loop.h"

struct python;
struct python_call;

struct python_options {
    const char *interpreter; /* what to run; python_find knows one */
    const struct value
        *experiment; /* for chaoslib's caches, should an extension use them; or NULL */
    /* A log record of the helper; `level` is Python's (10 debug ... 50 critical). What extensions print comes
     * with the logger "stdout" or "stderr", a line each. */
    void (*say)(void *context, int level, struct str logger, struct str message);
    /* An extension asked for the end of the run (chaoslib.exit): as if we had got the signal. */
    void (*signalled)(void *context, int signal);
    void *context;
};

enum python_place {
    PYTHON_MAIN,   /* on the helper's main thread, after what is queued there */
    PYTHON_THREAD, /* at once, in a thread of its own */
};

enum python_end {
    PYTHON_REPLIED,       /* `reply` is the helper's answer, which may be an exception */
    PYTHON_CANCELLED,     /* python_cancel; the call was ended, or did not begin */
    PYTHON_STILL_RUNNING, /* python_cancel; it ignores that and is left alone */
    PYTHON_DIED,          /* the helper ended; `message` has its last words */
    PYTHON_NOT_STARTED,   /* there is no such interpreter, or it does not start */
};

struct python_result {
    enum python_end end;
    const struct value *reply; /* of PYTHON_REPLIED: an object; see python_worker.py */
    struct str message;        /* of the last two: a sentence */
    bool state_lost;           /* a helper had to be killed before or because of this call */
};

/* The result and its texts are valid during the call only. */
typedef void python_done_fn(void *context, const struct python_result *result);

/* Makes a helper that is not started yet; the options and the experiment are copied, the interpreter's name is not. */
struct python *python_open(struct loop *loop, const struct python_options *options);

/* Ends the helper: it may clean up for two seconds. No call may be under way. */
void python_close(struct python *python);

/* Sends a request (an object whose members python_worker.py describes); `done` is called exactly once, later,
 * from the loop. */
struct python_call *python_start(struct python *python, const struct value *request,
    enum python_place place, python_done_fn *done, void *context);

/* Raises in the call; `done` follows within two seconds. A call that ignores it while it holds the main thread
 * costs the helper its life: the next call starts another. */
void python_cancel(struct python_call *call);

/* True once there is a helper. */
bool python_is_started(const struct python *python);

/* The interpreter as users expect it: `given` if not NULL, the active virtual environment's, the one that the
 * `chaos` on PATH names in its first line, or python3. A path in the arena, or NULL if there is none. */
const char *python_find(struct arena *arena, const char *given);

#endif
