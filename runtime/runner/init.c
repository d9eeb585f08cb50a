#include "runtime/runner/init.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Reaps all that has ended; true once the worker has, with its exit code. */
static bool reap(pid_t worker, int *code)
{
    bool ended = false;
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (pid != worker)
            continue;
        *code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        ended = true;
    }
    return ended;
}

static int serve(pid_t worker, const sigset_t *all)
{
    int code = 1;
    for (;;) {
        siginfo_t info;
        if (sigwaitinfo(all, &info) < 0)
            continue;
        if (info.si_signo != SIGCHLD)
            kill(worker, info.si_signo);
        else if (reap(worker, &code))
            return code;
    }
}

int init_run(int (*work)(void *context), void *context)
{
    sigset_t all, before;
    if (getpid() != 1)
        return work(context);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t worker = fork();
    if (worker > 0)
        return serve(worker, &all);
    sigprocmask(SIG_SETMASK, &before, NULL);
    int code = work(context);
    if (worker < 0)
        return code; /* no second process to be had: better to run than not */
    _exit(code);
}
