/* process.h: the process provider's engine: starts a command, collects what it writes, enforces its
 * deadline. A handle is the engine's; it is gone once `done` has returned. */
#ifndef RUNTIME_LOOP_PROCESS_H
#define RUNTIME_LOOP_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/value.h"
#include "runtime/loop/failure.h"
#include "runtime/loop/loop.h"

enum { PROCESS_OUTPUT_LIMIT = 64 << 20 };

struct process;

struct process_request {
    const char *path;         /* what to execute, as process_which found it */
    char *const *argv;        /* NULL-terminated; argv[0] included */
    char *const *environment; /* NULL: ours */
    const char *directory;    /* NULL: ours */
    int64_t timeout;          /* ns from the start, or LOOP_NEVER */
    bool spare_group;    /* kill the process alone, not its group: what Python's subprocess does */
    size_t output_limit; /* bytes kept of each stream; 0 means PROCESS_OUTPUT_LIMIT */
};

enum process_end {
    PROCESS_EXITED,      /* it exited (or died of a signal) and its pipes are at end of file */
    PROCESS_TIMED_OUT,   /* its deadline passed; its process group was killed */
    PROCESS_CANCELLED,   /* process_cancel; its process group was killed */
    PROCESS_NOT_STARTED, /* `error` says why */
};

struct process_stream {
    struct buf *bytes; /* what was kept; not necessarily UTF-8 */
    uint64_t total;    /* how many bytes there were */
    bool truncated;
};

struct process_result {
    enum process_end end;
    int status;       /* exit code, or the negated signal number; of PROCESS_EXITED only */
    int error;        /* errno of PROCESS_NOT_STARTED */
    const char *path; /* the request's */
    struct process_stream output, errors;
};

/* The result and its texts are valid during the call only: copy, or use process_output. */
typedef void process_done_fn(void *context, const struct process_result *result);

/* Starts the command; `done` is called exactly once, later, from the loop, failures to start
 * included. The request's strings are not needed after the call, except `path`, which the result
 * points to. */
struct process *process_start(
    struct loop *loop, const struct process_request *request, process_done_fn *done, void *context);

/* Kills the process group; `done` follows from the loop with PROCESS_CANCELLED. */
void process_cancel(struct process *process);

/* Its process id, which is its process group's id too; 0 if it was not started. */
pid_t process_pid(const struct process *process);

/* When it started, in clock ticks since boot (field 22 of /proc/PID/stat): with the pid it names
 * one process for ever. 0 if unknown. */
uint64_t process_birth(pid_t pid);

/* What tells one start of the machine from another; empty where the system does not say. */
struct process_boot {
    char text[37];
};

struct process_boot process_boot(void);

/* ---- what the experiment says, as chaoslib/provider/process.py reads it ---- */

struct process_provider {
    struct str path;
    const struct value *arguments; /* after substitution; NULL if absent */
    const struct value *timeout;   /* NULL if absent */
};

/* Python's shutil.which: the executable a name stands for, absolute or relative as PATH says, or
 * NULL. */
const char *process_which(struct arena *arena, struct str path);

/* Fills `request` (strings in the arena): `~` expanded, the path looked up, a string of arguments
 * run by /bin/sh, a mapping flattened, None and "" dropped, everything else by Python's str().
 * False with `failure` where subprocess.run would raise before it starts anything. */
bool process_prepare(struct arena *arena, const struct process_provider *provider,
    struct process_request *request, struct failure *failure);

/* What the reference would journal as `output`: {"status", "stdout", "stderr"}, with bytes that are
 * not UTF-8 as U+FFFD. The streams are moved into the arena: in the result they are empty
 * afterwards. False with `failure` unless the process exited by itself. */
bool process_output(struct arena *arena, const struct process_result *result, struct value *output,
    struct failure *failure);

#endif
