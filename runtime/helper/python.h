/* python.h: the helper interpreter of a run: a helper process (helper.h) that is one Python for all calls
 * (runtime/helper/python_worker.py is the other end). */
#ifndef RUNTIME_HELPER_PYTHON_H
#define RUNTIME_HELPER_PYTHON_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/helper/helper.h"

struct python;

struct python_options {
    const char *interpreter;      /* what to run; python_find knows one */
    const struct value *settings; /* the user's, for extensions that ask chaoslib; or NULL */
    /* As in helper_options. */
    void (*say)(void *context, int level, struct str logger, struct str message);
    void (*signalled)(void *context, int signal);
    void *context;
};

enum python_place {
    PYTHON_MAIN,   /* on the helper's main thread, after what is queued there */
    PYTHON_THREAD, /* at once, in a thread of its own */
};

/* Makes a helper that is not started yet; the options are copied, the interpreter's name is not. */
struct python *python_open(struct loop *loop, const struct python_options *options);

/* The experiment, for controls and for chaoslib's caches; the helper learns of it with the next call. It is copied. */
void python_tell(struct python *python, const struct value *experiment);

/* As helper_close. */
void python_close(struct python *python);

/* Sends a request, whose members python_worker.py describes; as helper_start. A call that ignores its cancellation
 * on the main thread costs the helper its life; elsewhere it is left alone. */
struct helper_call *python_start(struct python *python, const struct value *request,
    enum python_place place, helper_done_fn *done, void *context);

/* True once there is a process. */
bool python_is_started(const struct python *python);

/* The interpreter as users expect it: `given` if not NULL, the active virtual environment's, the one that the
 * `chaos` on PATH names in its first line, or python3. A path in the arena, or NULL if there is none. */
const char *python_find(struct arena *arena, const char *given);

#endif
