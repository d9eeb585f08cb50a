/* spawn.h: starts a child process as fast as vfork does, in the state a shell would start it in.
 * Nothing is owned: descriptors passed in stay the caller's. */
#ifndef RUNTIME_LOOP_SPAWN_H
#define RUNTIME_LOOP_SPAWN_H

#include <sys/resource.h>
#include <sys/types.h>

enum { SPAWN_FDS = 4 };

/* Low descriptors kept free for what a child gets. A child whose descriptors all stand low copies a short table
 * of them, however many we have open: with a thousand activities under way that is what a start costs. */
struct spawn_slots {
    int fds[SPAWN_FDS]; /* open on /dev/null between starts */
    int highest;
};

/* Takes the lowest descriptors there are. Returns 0 or errno. */
int spawn_slots_open(struct spawn_slots *slots);

void spawn_slots_close(struct spawn_slots *slots);

struct spawn {
    const char *path;         /* executable, not searched for */
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL: ours */
    const char *directory;    /* NULL: ours */
    int fds[SPAWN_FDS]; /* what become 0, 1, 2 and 3; -1: inherited (always for 0) or closed (3) */
    const struct rlimit *descriptors; /* RLIMIT_NOFILE to give it; NULL: ours */
    const struct spawn_slots *slots;
};

/* Starts it in a process group of its own, with default signal dispositions, no signal blocked,
 * no descriptor but those named, and SIGKILL when we die. Standard input is
 * /dev/null where ours is a terminal. Returns 0 with `*pid` and `*pidfd` (-1 where the kernel has
 * none), or errno of what failed: an exec that fails is seen here. */
int spawn_start(const struct spawn *spawn, pid_t *pid, int *pidfd);

#endif
