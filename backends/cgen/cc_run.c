/* Runs a compiler, and ends it where we are to end. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "backends/cgen/cc.h"

extern char **environ;

sigset_t cc_ending_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGHUP);
    return set;
}

/* True if one of them is held back. */
static bool is_to_end(void)
{
    sigset_t pending;
    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGINT) || sigismember(&pending, SIGTERM) ||
               sigismember(&pending, SIGHUP));
}

/* Starts the command in a process group of its own, with its output in the pipe: 0 or errno. */
static int start(const char *const *words, int output, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setsigmask(&attributes, &none);
    /* POSIX gives the words of a command no const, though it changes none of them. */
    char *const *argv = (char *const *)(uintptr_t)words;
    int failure = posix_spawn(pid, words[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failure;
}

enum { OUTPUT_LIMIT = 64 * 1024, LOOK_EVERY = 50 /* ms */ };

/* Reads until the compiler has closed its output; it is ended where we are to end. */
static void read_all(int fd, pid_t pid, struct buf *output)
{
    char chunk[4096];
    struct pollfd watched = {.fd = fd, .events = POLLIN};
    for (bool ended = false;;) {
        int ready = poll(&watched, 1, LOOK_EVERY);
        if (!ended && is_to_end()) {
            ended = true;
            kill(-pid, SIGTERM);
        }
        if (ready == 0 || (ready < 0 && errno == EINTR))
            continue;
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return;
        if (output->len < OUTPUT_LIMIT)
            buf_add(output, chunk, (size_t)n);
    }
}

int cc_run(const char *const *words, struct buf *output)
{
    int pipe_ends[2], status;
    pid_t pid;
    if (pipe2(pipe_ends, O_CLOEXEC) != 0)
        return -1;
    int failure = start(words, pipe_ends[1], &pid);
    close(pipe_ends[1]);
    if (failure == 0)
        read_all(pipe_ends[0], pid, output);
    close(pipe_ends[0]);
    if (failure != 0) {
        errno = failure;
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
