/* loop.h: the event loop of a run: epoll over descriptors and pidfds, timers in a heap, signals as
 * events. Watches, timers and children sit inside their owner's structs; the loop points to them
 * while they are armed. */
#ifndef RUNTIME_LOOP_LOOP_H
#define RUNTIME_LOOP_LOOP_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

struct loop;
struct spawn_slots;
struct loop_watch;
struct loop_timer;
struct loop_child;

enum { LOOP_NEVER = -1 }; /* a time span or deadline that does not end */
enum { LOOP_READ = 1, LOOP_WRITE = 2 };

/* `events` is what the descriptor is ready for; an error or hang-up counts as ready for what was
 * asked. */
typedef void loop_watch_fn(void *context, int events);
typedef void loop_timer_fn(void *context);
/* `status` is as Python's returncode: the exit code, or the negated number of the signal that ended
 * it. */
typedef void loop_child_fn(void *context, int status);
/* `sender` is the process that sent the signal, 0 for the kernel (a key on the terminal). */
typedef void loop_signal_fn(void *context, int signal, pid_t sender);

/* All three are zero when idle; the fields are the loop's, to be read by nobody else. */
struct loop_watch {
    int fd, events;
    loop_watch_fn *ready;
    void *context;
};

struct loop_timer {
    int64_t deadline;
    uint64_t order; /* of equal deadlines the one set first fires first */
    size_t place;   /* in the heap, from 1; 0 when not set */
    loop_timer_fn *fire;
    void *context;
};

struct loop_child {
    pid_t pid;
    struct loop_watch watch; /* of the pidfd; fd is -1 where the kernel gives none */
    struct loop_child *before, *after;
    struct loop *loop;
    loop_child_fn *exited;
    void *context;
};

/* Makes the loop of this thread, or returns NULL with errno set. From here on SIGPIPE is ignored
 * and the limit of open descriptors is the hard one; loop_close puts both back, and children never
 * see either. */
struct loop *loop_open(void);

/* Frees the loop. Nothing may be armed any more; children given to loop_child_leave may still run.
 */
void loop_close(struct loop *loop);

/* Waits for events and handles them until loop_stop; not re-entrant. Callbacks may arm and disarm
 * anything. */
void loop_run(struct loop *loop);

/* Makes loop_run return once the callback that calls this has returned. */
void loop_stop(struct loop *loop);

/* One round of loop_run: waits for at least one event, at most `span` ns (LOOP_NEVER for ever),
 * handles all that are ready, and says whether there was any. */
bool loop_turn(struct loop *loop, int64_t span);

/* The limit of open descriptors as it was before loop_open, which children get back. */
const struct rlimit *loop_descriptor_limit(const struct loop *loop);

/* What spawn_start wants of the process it runs in. */
const struct spawn_slots *loop_spawn_slots(const struct loop *loop);

/* Nanoseconds of the monotonic clock, the clock of all deadlines; it stands still while the machine
 * sleeps. */
int64_t loop_now(void);

/* Nanoseconds since 1970 of the wall clock, for timestamps only. */
int64_t loop_wall(void);

/* loop_now() + span, or LOOP_NEVER if span is LOOP_NEVER; saturates. */
int64_t loop_deadline(int64_t span);

/* Calls `fire` once when `deadline` (of loop_now) has passed, never from within this call. A timer
 * that is set is moved; LOOP_NEVER cancels it. O(log n), no allocation beyond the heap's growth, no
 * system call. */
void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t deadline,
    loop_timer_fn *fire, void *context);

/* After this the timer does not fire; one that is not set is left alone. */
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

/* Calls `ready` whenever `fd` is ready for any of `events`; called again for the same watch it
 * changes them. Returns 0, or errno (EPERM for a regular file, which is always ready). The caller
 * keeps `fd` open meanwhile. */
int loop_watch_set(struct loop *loop, struct loop_watch *watch, int fd, int events,
    loop_watch_fn *ready, void *context);

/* After this `ready` is not called again, not even for an event that was already fetched. Before
 * close(fd). */
void loop_watch_cancel(struct loop *loop, struct loop_watch *watch);

/* Calls `exited` once when the child has ended. The child is not reaped, so its pid and process
 * group stay ours to signal until loop_child_reap. `pidfd` is -1 if there is none yet; the loop
 * owns it now. */
void loop_child_set(struct loop *loop, struct loop_child *child, pid_t pid, int pidfd,
    loop_child_fn *exited, void *context);

/* Reaps a child that has ended, closes its pidfd, forgets it. True, or false if it still runs. */
bool loop_child_reap(struct loop *loop, struct loop_child *child);

/* Forgets a child that would not end (unkillable); the loop reaps it should it end later. */
void loop_child_leave(struct loop *loop, struct loop_child *child);

/* Blocks the signals of `set` in this thread and reports each to `arrived` from now on; replaces
 * what was set before, NULL ends it. Children start with nothing blocked. */
void loop_signals(struct loop *loop, const sigset_t *set, loop_signal_fn *arrived, void *context);

#endif
