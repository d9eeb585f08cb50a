#include "runtime/loop/spawn.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x1000
#endif
#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE 2
#endif
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

enum { CHILD_STACK = 32 << 10 };

/* What the child reads, and the one thing it writes, in the memory it shares with us until it
 * executes. */
struct child {
    const struct spawn *spawn;
    char *const *environment;
    pid_t parent;
    bool shares_table; /* of descriptors, with us */
    volatile int error;
    volatile bool stuck; /* it may not have a table of its own: some sandboxes forbid unshare */
};

/* Where close_range (5.9) is missing: the descriptors that are open, by the kernel's own list. */
static void close_listed(int from)
{
    struct entry {
        uint64_t inode;
        int64_t offset;
        unsigned short length;
        unsigned char type;
        char name[];
    };
    int list = open("/proc/self/fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (list < 0)
        return; /* ours are all close-on-exec; what was inherited stays */
    char bytes[2048] __attribute__((aligned(8)));
    long got;
    while ((got = syscall(SYS_getdents64, list, bytes, sizeof bytes)) > 0) {
        for (long at = 0; at < got;) {
            const struct entry *entry = (const void *)(bytes + at);
            int fd = 0;
            for (const char *p = entry->name; *p >= '0' && *p <= '9'; p++)
                fd = fd * 10 + (*p - '0');
            if (fd >= from && fd != list)
                fcntl(fd, F_SETFD, FD_CLOEXEC);
            at += entry->length;
        }
    }
    close(list);
}

/* A descriptor that reads as empty: /dev/null, or where a root has none a pipe that nobody writes to. */
static int open_nothing(int flags)
{
    int ends[2], fd = open("/dev/null", flags | O_CLOEXEC);
    if (fd >= 0 || pipe2(ends, O_CLOEXEC) != 0)
        return fd;
    close(ends[1]);
    return ends[0];
}

/* The table of descriptors is still ours: takes a copy of its low end, where everything for the child stands. */
static int leave_table(int highest)
{
    unsigned first = (unsigned)highest + 1;
    if (syscall(SYS_close_range, first, UINT_MAX, CLOSE_RANGE_UNSHARE) == 0)
        return 0;
    if (unshare(CLONE_FILES) != 0) /* before 5.9: all of it */
        return errno;
    close_listed(highest + 1);
    return 0;
}

/* Puts the wanted descriptors in their places and closes all others. */
static int place_descriptors(struct child *child)
{
    const struct spawn *spawn = child->spawn;
    int highest = spawn->slots->highest;
    if (child->shares_table && leave_table(highest) != 0) {
        child->stuck = true;
        return EPERM;
    }
    if (!child->shares_table)
        close_listed(highest + 1);
    int fds[SPAWN_FDS], kept = 3;
    for (int i = 0; i < SPAWN_FDS; i++)
        fds[i] = spawn->fds[i] < 0 ? -1 : spawn->slots->fds[i];
    int flags = fcntl(0, F_GETFD); /* close-on-exec: one of our own, there was no standard input */
    if (fds[0] < 0 && (flags < 0 || flags & FD_CLOEXEC || isatty(0))) {
        fds[0] = open_nothing(O_RDONLY);
        if (fds[0] < 0)
            return errno;
    }
    for (int i = 0; i < SPAWN_FDS; i++) { /* out of the way of what is placed before it */
        if (fds[i] >= 0 && fds[i] < SPAWN_FDS && fds[i] != i)
            fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, SPAWN_FDS);
    }
    for (int i = 0; i < SPAWN_FDS; i++) {
        if (fds[i] < 0)
            continue;
        if (i >= kept)
            kept = i + 1;
        if (fds[i] == i ? fcntl(i, F_SETFD, 0) < 0 : dup2(fds[i], i) < 0)
            return errno;
    }
    for (int fd = kept; fd <= highest + SPAWN_FDS; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC); /* what was inherited low */
    return 0;
}

/* Runs in the child, on our memory, while we are suspended: it may only make system calls. */
__attribute__((no_sanitize("address", "undefined"))) static int run_child(void *context)
{
    struct child *child = context;
    const struct spawn *spawn = child->spawn;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != child->parent)
        _exit(127); /* we died before the line above */
    child->error = place_descriptors(child);
    if (!child->error && spawn->directory && chdir(spawn->directory) != 0)
        child->error = errno;
    if (!child->error) {
        if (spawn->descriptors)
            setrlimit(RLIMIT_NOFILE, spawn->descriptors);
        /* Ignored signals would stay ignored; these are the ones that we, or Python, ignore. */
        signal(SIGPIPE, SIG_DFL);
        signal(SIGXFSZ, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execve(spawn->path, spawn->argv, child->environment);
        child->error = errno;
    }
    _exit(127);
}

/* Takes a slot back from what a child got. */
static void park(const struct spawn_slots *slots, int slot)
{
    /* Slot 0 is never lent to a child of ours (none gets another standard input), so it is the spare /dev/null. */
    dup3(slots->fds[0], slots->fds[slot], O_CLOEXEC);
}

int spawn_slots_open(struct spawn_slots *slots)
{
    *slots = (struct spawn_slots){.fds = {-1, -1, -1, -1}};
    int null = open_nothing(O_RDWR);
    if (null < 0)
        return errno;
    for (int i = 0; i < SPAWN_FDS; i++) {
        slots->fds[i] = fcntl(null, F_DUPFD_CLOEXEC, 3);
        if (slots->fds[i] > slots->highest)
            slots->highest = slots->fds[i];
    }
    int error = slots->fds[SPAWN_FDS - 1] < 0 ? errno : 0;
    close(null);
    return error;
}

void spawn_slots_close(struct spawn_slots *slots)
{
    for (int i = 0; i < SPAWN_FDS; i++)
        if (slots->fds[i] >= 0)
            close(slots->fds[i]);
}

/* Returns once the child executes, or why it does not; that child is gone then. */
static int clone_child(struct child *child, pid_t *pid, int *pidfd)
{
    char stack[CHILD_STACK] __attribute__((aligned(16)));
    int flags =
        CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD | (child->shares_table ? CLONE_FILES : 0);
    *pidfd = -1;
    *pid = clone(run_child, stack + sizeof stack, flags, child, pidfd);
    if (*pid < 0 && errno == EINVAL) /* not every sandbox knows CLONE_PIDFD */
        *pid = clone(run_child, stack + sizeof stack, flags & ~CLONE_PIDFD, child);
    if (*pid < 0 && errno == EINVAL && child->shares_table) {
        /* qemu's user mode knows a fork and no more: an exec that fails is then seen as exit code 127. */
        child->shares_table = false;
        *pid = clone(run_child, stack + sizeof stack, CLONE_VM | CLONE_VFORK | SIGCHLD, child);
    }
    int error = *pid < 0 ? errno : child->error;
    if (error && *pid > 0) {
        while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
            ;
        if (*pidfd >= 0)
            close(*pidfd);
        *pidfd = -1;
    }
    if (error)
        *pid = 0;
    return error;
}

int spawn_start(const struct spawn *spawn, pid_t *pid, int *pidfd)
{
    struct child child = {
        .spawn = spawn,
        .environment = spawn->environment ? spawn->environment : environ,
        .parent = getpid(),
        .shares_table = true,
    };
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* no handler of ours may run in the child */
    assert(spawn->fds[0] < 0);
    for (int i = 0; i < SPAWN_FDS; i++)
        if (spawn->fds[i] >= 0)
            dup3(spawn->fds[i], spawn->slots->fds[i], O_CLOEXEC);
    int error = clone_child(&child, pid, pidfd);
    if (child.stuck) {
        child = (struct child){spawn, child.environment, child.parent, false, 0, false};
        error = clone_child(&child, pid, pidfd);
    }
    for (int i = 0; i < SPAWN_FDS; i++)
        if (spawn->fds[i] >= 0)
            park(spawn->slots, i);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}
