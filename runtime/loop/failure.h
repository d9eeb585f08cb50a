/* failure.h: how an activity fails, in the reference's terms: the exception class and its message.
 * The texts live in the arena given to whoever reports the failure. */
#ifndef RUNTIME_LOOP_FAILURE_H
#define RUNTIME_LOOP_FAILURE_H

#include "runtime/base/str.h"

enum failure_kind {
    FAILURE_NONE,
    FAILURE_ACTIVITY,  /* chaoslib raises ActivityFailed: the activity's status is "failed" */
    FAILURE_EXCEPTION, /* another exception leaves the provider: the reference's run ends with a
                          traceback */
    FAILURE_CANCELLED, /* we ended it: a signal, an interruption, the end of the run */
};

struct failure {
    enum failure_kind kind;
    struct str
        class_name; /* "chaoslib.exceptions.ActivityFailed", "requests.exceptions.InvalidURL" ... */
    struct str message; /* str() of the exception */
    bool timed_out;     /* a deadline was the reason */
};

#endif
