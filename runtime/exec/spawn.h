/* spawn.h: starts a child process as fast as vfork does, in the state a shell would start it in.
 * Nothing is owned: descriptors passed in stay the caller's. */
#ifndef RUNTIME_EXEC_SPAWN_H
#define RUNTIME_EXEC_SPAWN_H

#include <sys/resource.h>
#include <sys/types.h>

enum { SPAWN_FDS = 4 };

struct spawn {
    const char *path;         /* executable, not searched for */
    char *const *argv;        /* NULL-terminated */
    char *const *environment; /* NULL: ours */
    const char *directory;    /* NULL: ours */
    int fds[SPAWN_FDS];       /* what become 0, 1, 2 and 3; -1: inherited (0 to 2) or closed (3) */
    const struct rlimit *descriptors; /* RLIMIT_NOFILE to give it; NULL: ours */
};

/* Starts it in a process group of its own, with default signal dispositions, no signal blocked,
 * no descriptor but those named, and SIGKILL when we die. Standard input is
 * /dev/null where ours is a terminal. Returns 0 with `*pid` and `*pidfd` (-1 where the kernel has
 * none), or errno of what failed: an exec that fails is seen here. */
int spawn_start(const struct spawn *spawn, pid_t *pid, int *pidfd);

#endif
