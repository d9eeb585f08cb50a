/* provider.h: how an activity's call is carried out: one small table a provider, chosen by whoever
 * links them. A call sits in its owner's memory and must stay there until `done`; its output lives
 * in the owner's arena. */
#ifndef RUNTIME_EXEC_PROVIDER_H
#define RUNTIME_EXEC_PROVIDER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/loop/failure.h"
#include "runtime/record/log.h"
#include "runtime/loop/loop.h"
#include "runtime/plan/plan.h"
#include "runtime/exec/scope.h"

struct call;
struct driver_search;
struct call_world;

/* The answer to a request of controls; NULL if there is none: `lost` then says that the helper, which kept what the
 * controls know, is gone, and `message` why. Valid during the call only. */
typedef void provider_hook_fn(
    void *context, const struct value *reply, bool lost, struct str message);

/* What the experiment's text needs before anything is started: true, or false with what is missing.
 */
typedef bool provider_ready_fn(struct call_world *world, const struct plan_activity *activity,
    struct arena *arena, struct str *missing);

struct rt_provider {
    enum plan_provider id;
    const char *name;
    /* Begins; call_finish must follow, at once or later. */
    void (*start)(struct call *call);
    /* Ends a call under way as soon as can be; call_finish follows from the loop, not from within.
     */
    void (*cancel)(struct call *call);
    provider_ready_fn *ready; /* NULL: nothing to look at */
    /* Looks at all its activities of the plan with what that takes (world->loop, outside of its
     * turns), logs what is wrong in the reference's words, and says how much; NULL: nothing to do.
     */
    size_t (*validate)(struct call_world *world);
    /* Calls hooks of controls (control.h); `done` comes once, later, from the loop. The handle is gone then. NULL:
     * this provider cannot. */
    void *(*hook)(struct call_world *world, const struct value *request, bool background,
        provider_hook_fn *done, void *context);
    /* Ends that as soon as can be; `done` follows. */
    void (*cancel_hook)(void *handle);
    /* Frees what `start` kept in world->states[id]; NULL: nothing. No call is under way. */
    void (*close)(struct call_world *world);
};

/* What all calls of a run share. */
struct call_world {
    struct loop *loop;
    struct log *log;
    const struct rt_plan *plan;   /* NULL, for hooks alone, while there is no experiment yet */
    const struct value *values;   /* plan_values of the plan */
    const struct value *document; /* the experiment as Python is told of it; NULL as `plan` */
    const struct scope *scope;
    const struct rt_provider *const *providers; /* ends with NULL */
    void *states[PLAN_PROVIDER_COUNT];          /* each provider's own */
    size_t output_limit;                        /* bytes kept of an output; 0: the default */
    const char *cacerts;                        /* PEM that runners have built in, or NULL */
    bool compat;
    const char *python;                  /* the interpreter to use; NULL: the one users expect */
    const struct driver_search *drivers; /* who may take Python's place; NULL: nobody */
    const struct value *settings;        /* the user's, for Python; an object, or NULL */
};

typedef void call_done_fn(void *context, struct call *call);

/* Threads of Python's helper: what the reference does in one thread is done in one. */
enum {
    LANE_MAIN,
    LANE_CHECKS, /* of the steady state, beside the method */
    LANE_FIRST,  /* this and what follows: an activity in the background each */
};

struct call {
    struct call_world *world;
    const struct plan_activity *activity; /* never a reference */
    const struct value *judged; /* of a tolerance probe: the output that goes in as `value` */
    int64_t judged_object;      /* `object` of the call that returned it */
    uint32_t lane;              /* the helper's thread that it takes */
    bool ends_lane;             /* nothing else will take that */
    struct arena *arena;        /* for everything the call makes */
    call_done_fn *done;
    bool
        aside; /* the reference calls it in a thread: a function that leaves Python ends that alone */
    call_done_fn *spawned; /* may be NULL: a process was started, its id is in `pid` */
    void *context;

    const struct redactor *fed; /* hides the secrets in what it returns and says, too; NULL: none */

    /* The result. */
    struct value output; /* null unless there is one */
    struct failure failure;
    bool truncated; /* the output was longer than the limit */
    int64_t
        object; /* the helper's handle of what it returned, where JSON cannot carry that; else 0 */
    struct str text;  /* str() of that, where it is no list or mapping */
    struct str bytes; /* what it says as UTF-8, where it is bytes: what a JSONPath is applied to */
    bool state_lost;  /* a Python helper had to be killed: the state of its modules is lost */

    /* The engine's while it runs. */
    const struct rt_provider *provider;
    struct loop_timer timer; /* the activity's own deadline */
    void *handle;            /* the provider's */
    pid_t pid;               /* of a process, 0 if there is none */
    bool timed_out, finished;
};

/* Starts a call whose fields down to `context` are set; `done` may come before this returns. */
void call_start(struct call *call);

/* Ends it: `done` comes later with FAILURE_CANCELLED, unless the call is finished by then. */
void call_cancel(struct call *call);

/* For providers: the call is over, its output and failure are set. */
void call_finish(struct call *call);

/* The value of a VALUE field, or NULL where it is absent. */
const struct value *call_field(const struct call *call, uint32_t field);

/* The value of `arguments` as the provider gets it: substituted as the reference does, a judged
 * output added. NULL where it is absent. */
const struct value *call_arguments(struct call *call);

/* The names of the groups of secrets that the function asks for: a probe of the configuration is given all. NULL
 * where it asks for none. */
const struct value *call_groups(struct call *call);

/* The same before templates are expanded. */
const struct value *call_raw_arguments(struct call *call);

/* True if what was substituted for the call is what the reference raises an exception for; it is set then. */
bool call_has_tripped(struct call *call);

/* Sets a failure of chaoslib's ActivityFailed, or of another exception. */
void call_fail(struct call *call, struct str message);
void call_raise(struct call *call, const char *class_name, struct str message);

extern const struct rt_provider provider_process;
extern const struct rt_provider provider_http;
extern const struct rt_provider provider_python;

#endif
