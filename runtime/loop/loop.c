#include "runtime/loop/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/mem.h"
#include "runtime/loop/spawn.h"

enum { BATCH = 128 }; /* events fetched at once */

#define SECOND 1000000000LL

/* A child its owner gave up, to be reaped should it end after all. */
struct left_child {
    struct loop_child child;
    struct left_child *next;
};

struct loop {
    int epoll, clock; /* `clock` is the timerfd */
    bool stopped, turning;
    struct epoll_event
        batch[BATCH]; /* what was fetched; cancelled watches are nulled from `next` on */
    int fetched, next;

    struct loop_timer **heap; /* from 1: heap[i] fires no later than heap[2i] and heap[2i + 1] */
    size_t timers, room;
    uint64_t order;
    int64_t armed; /* what `clock` is set to, LOOP_NEVER if it is not */
    struct loop_watch clock_watch;

    int signals; /* the signalfd, -1 while nobody asks */
    struct loop_watch signal_watch;
    loop_signal_fn *arrived;
    void *context;
    sigset_t asked, mask_before;

    struct loop_child *unwatched; /* children without a pidfd: looked at on every SIGCHLD */
    struct left_child *left;
    struct rlimit limit_before;
    struct spawn_slots slots;
    struct sigaction sigpipe_before, sigchld_before;
};

static bool child_ended(const struct loop_child *child, int *status);
static void child_unwatch(struct loop *loop, struct loop_child *child);

static void handle_clock(void *context, int events)
{
    (void)context; /* the turn looks at the heap anyway, and arming the timerfd again clears it */
    (void)events;
}

struct loop *loop_open(void)
{
    struct loop *loop = mem_alloc(sizeof *loop);
    *loop = (struct loop){.armed = LOOP_NEVER, .signals = -1};
    int error = spawn_slots_open(&loop->slots); /* first: they are to be low */
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    loop->clock = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    if (!error && (loop->epoll < 0 || loop->clock < 0))
        error = errno;
    if (!error)
        error =
            loop_watch_set(loop, &loop->clock_watch, loop->clock, LOOP_READ, handle_clock, loop);
    if (error) {
        if (loop->epoll >= 0)
            close(loop->epoll);
        if (loop->clock >= 0)
            close(loop->clock);
        spawn_slots_close(&loop->slots);
        mem_free(loop);
        errno = error;
        return NULL;
    }
    sigemptyset(&loop->asked);
    pthread_sigmask(SIG_BLOCK, NULL, &loop->mask_before);
    sigaction(SIGPIPE, &(struct sigaction){.sa_handler = SIG_IGN}, &loop->sigpipe_before);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL}, &loop->sigchld_before);
    getrlimit(RLIMIT_NOFILE, &loop->limit_before);
    struct rlimit raised = loop->limit_before;
    raised.rlim_cur = raised.rlim_max;
    setrlimit(RLIMIT_NOFILE, &raised);
    return loop;
}

void loop_close(struct loop *loop)
{
    assert(!loop->turning && loop->timers == 0);
    while (loop->left) { /* what has not ended yet will be init's to reap */
        struct left_child *left = loop->left;
        loop->left = left->next;
        if (!loop_child_reap(loop, &left->child)) {
            child_unwatch(loop, &left->child);
            if (left->child.watch.fd >= 0)
                close(left->child.watch.fd);
        }
        mem_free(left);
    }
    assert(!loop->unwatched);
    loop_signals(loop, NULL, NULL, NULL);
    close(loop->clock);
    close(loop->epoll);
    spawn_slots_close(&loop->slots);
    setrlimit(RLIMIT_NOFILE, &loop->limit_before);
    sigaction(SIGPIPE, &loop->sigpipe_before, NULL);
    sigaction(SIGCHLD, &loop->sigchld_before, NULL);
    mem_free(loop->heap);
    mem_free(loop);
}

const struct rlimit *loop_descriptor_limit(const struct loop *loop)
{
    return &loop->limit_before;
}

const struct spawn_slots *loop_spawn_slots(const struct loop *loop)
{
    return &loop->slots;
}

/* ---- clocks and timers ---- */

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * SECOND + now.tv_nsec;
}

int64_t loop_now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t loop_wall(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t loop_deadline(int64_t span)
{
    if (span < 0)
        return LOOP_NEVER;
    int64_t now = loop_now();
    return span > INT64_MAX - now ? INT64_MAX : now + span;
}

static bool fires_before(const struct loop_timer *a, const struct loop_timer *b)
{
    return a->deadline != b->deadline ? a->deadline < b->deadline : a->order < b->order;
}

static void heap_put(struct loop *loop, size_t place, struct loop_timer *timer)
{
    loop->heap[place] = timer;
    timer->place = place;
}

/* Moves the timer at `place` up or down to where the heap's order wants it. */
static void heap_settle(struct loop *loop, size_t place)
{
    struct loop_timer *timer = loop->heap[place];
    while (place > 1 && fires_before(timer, loop->heap[place / 2])) {
        heap_put(loop, place, loop->heap[place / 2]);
        place /= 2;
    }
    for (;;) {
        size_t below = place * 2;
        if (below > loop->timers)
            break;
        if (below < loop->timers && fires_before(loop->heap[below + 1], loop->heap[below]))
            below++;
        if (!fires_before(loop->heap[below], timer))
            break;
        heap_put(loop, place, loop->heap[below]);
        place = below;
    }
    heap_put(loop, place, timer);
}

void loop_timer_set(struct loop *loop, struct loop_timer *timer, int64_t deadline,
    loop_timer_fn *fire, void *context)
{
    if (deadline < 0) {
        loop_timer_cancel(loop, timer);
        return;
    }
    timer->deadline = deadline;
    timer->order = loop->order++;
    timer->fire = fire;
    timer->context = context;
    if (!timer->place) {
        if (loop->timers + 2 > loop->room) {
            loop->room = loop->room ? loop->room * 2 : 64;
            loop->heap = mem_realloc(loop->heap, loop->room * sizeof(struct loop_timer *));
        }
        heap_put(loop, ++loop->timers, timer);
    }
    heap_settle(loop, timer->place);
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    size_t place = timer->place;
    if (!place)
        return;
    timer->place = 0;
    struct loop_timer *last = loop->heap[loop->timers--];
    if (last != timer) {
        heap_put(loop, place, last);
        heap_settle(loop, place);
    }
}

/* Fires what is due, but not what those callbacks set anew: that waits for the next turn. */
static bool fire_timers(struct loop *loop)
{
    if (!loop->timers)
        return false;
    int64_t now = loop_now();
    uint64_t first_new = loop->order;
    bool any = false;
    while (loop->timers && loop->heap[1]->deadline <= now && loop->heap[1]->order < first_new) {
        struct loop_timer *timer = loop->heap[1];
        loop_timer_cancel(loop, timer);
        timer->fire(timer->context);
        any = true;
    }
    return any;
}

static void arm_clock(struct loop *loop, int64_t deadline)
{
    if (deadline == loop->armed)
        return;
    struct itimerspec when = {0};
    if (deadline >= 0) {
        /* A timerfd set to zero is off, and a deadline long past is as good as one just past. */
        int64_t at = deadline > 0 ? deadline : 1;
        when.it_value = (struct timespec){(time_t)(at / SECOND), (long)(at % SECOND)};
    }
    timerfd_settime(loop->clock, TFD_TIMER_ABSTIME, &when, NULL);
    loop->armed = deadline;
}

/* ---- descriptors ---- */

int loop_watch_set(struct loop *loop, struct loop_watch *watch, int fd, int events,
    loop_watch_fn *ready, void *context)
{
    struct epoll_event event = {.data.ptr = watch};
    if (events & LOOP_READ)
        event.events |= EPOLLIN | EPOLLRDHUP;
    if (events & LOOP_WRITE)
        event.events |= EPOLLOUT;
    int operation = watch->ready ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    assert(!watch->ready || watch->fd == fd);
    if (!(watch->ready && watch->events == events) &&
        epoll_ctl(loop->epoll, operation, fd, &event) != 0)
        return errno;
    *watch = (struct loop_watch){fd, events, ready, context};
    return 0;
}

void loop_watch_cancel(struct loop *loop, struct loop_watch *watch)
{
    if (!watch->ready)
        return;
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->ready = NULL;
    for (int i = loop->next; i < loop->fetched; i++)
        if (loop->batch[i].data.ptr == watch)
            loop->batch[i].data.ptr = NULL;
}

/* An error or hang-up wakes whoever waits for anything: the read or write that follows tells him
 * more. */
static int ready_events(uint32_t events, int asked)
{
    if (events & (EPOLLERR | EPOLLHUP))
        return asked;
    int ready = 0;
    if (events & (EPOLLIN | EPOLLRDHUP))
        ready |= LOOP_READ;
    if (events & EPOLLOUT)
        ready |= LOOP_WRITE;
    return ready & asked;
}

/* ---- turns ---- */

bool loop_turn(struct loop *loop, int64_t span)
{
    assert(!loop->turning);
    loop->turning = true;
    int64_t deadline = loop_deadline(span);
    if (loop->timers && (deadline < 0 || loop->heap[1]->deadline < deadline))
        deadline = loop->heap[1]->deadline;
    bool due = deadline >= 0 && deadline <= loop_now();
    if (!due)
        arm_clock(loop, deadline);
    int count = epoll_wait(loop->epoll, loop->batch, BATCH, due ? 0 : -1);
    bool any = false;
    loop->fetched = count > 0 ? count : 0;
    for (loop->next = 0; loop->next < loop->fetched;) {
        const struct epoll_event *event = &loop->batch[loop->next++];
        struct loop_watch *watch = event->data.ptr;
        if (!watch)
            continue;
        if (watch == &loop->clock_watch) {
            arm_clock(loop, LOOP_NEVER);
            continue;
        }
        int ready = ready_events(event->events, watch->events);
        if (ready) {
            watch->ready(watch->context, ready);
            any = true;
            fire_timers(loop); /* many events may take long together */
        }
    }
    loop->fetched = loop->next = 0;
    any |= fire_timers(loop);
    loop->turning = false;
    return any;
}

void loop_run(struct loop *loop)
{
    loop->stopped = false;
    while (!loop->stopped)
        loop_turn(loop, LOOP_NEVER);
}

void loop_stop(struct loop *loop)
{
    loop->stopped = true;
}

/* ---- signals ---- */

/* For children without a pidfd. Starts over after each that has ended, for `exited` may change the
 * list. */
static void look_at_children(struct loop *loop)
{
    int status;
    for (struct loop_child *child = loop->unwatched; child;) {
        if (child_ended(child, &status)) {
            child_unwatch(loop, child);
            child->exited(child->context, status);
            child = loop->unwatched;
        } else {
            child = child->after;
        }
    }
}

static void handle_signals(void *context, int events)
{
    (void)events;
    struct loop *loop = context;
    struct signalfd_siginfo info;
    while (loop->signals >= 0 && read(loop->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        int number = (int)info.ssi_signo;
        if (number == SIGCHLD) {
            look_at_children(loop);
            if (!sigismember(&loop->asked, SIGCHLD))
                continue;
        }
        if (loop->arrived)
            loop->arrived(loop->context, number, info.ssi_code > 0 ? 0 : (pid_t)info.ssi_pid);
    }
}

/* Makes the signalfd report what was asked for, and SIGCHLD while a child has no pidfd. */
static void update_signals(struct loop *loop)
{
    sigset_t set = loop->asked;
    if (loop->unwatched)
        sigaddset(&set, SIGCHLD);
    if (sigisemptyset(&set)) {
        if (loop->signals >= 0) {
            loop_watch_cancel(loop, &loop->signal_watch);
            close(loop->signals);
            loop->signals = -1;
        }
        pthread_sigmask(SIG_SETMASK, &loop->mask_before, NULL);
        return;
    }
    sigset_t mask;
    sigorset(&mask, &set, &loop->mask_before);
    pthread_sigmask(SIG_SETMASK, &mask, NULL);
    loop->signals = signalfd(loop->signals, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (loop->signals >= 0)
        loop_watch_set(loop, &loop->signal_watch, loop->signals, LOOP_READ, handle_signals, loop);
}

void loop_signals(struct loop *loop, const sigset_t *set, loop_signal_fn *arrived, void *context)
{
    if (set)
        loop->asked = *set;
    else
        sigemptyset(&loop->asked);
    loop->arrived = arrived;
    loop->context = context;
    update_signals(loop);
}

/* ---- children ---- */

/* Reads how the child ended, leaving it to be reaped. */
static bool child_ended(const struct loop_child *child, int *status)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        *status = -SIGKILL; /* reaped behind our back: cannot happen unless SIGCHLD is ignored */
    else if (info.si_pid != child->pid)
        return false;
    else
        *status = info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
    return true;
}

/* Stops watching for its end; the child itself is kept. */
static void child_unwatch(struct loop *loop, struct loop_child *child)
{
    if (child->watch.fd >= 0) {
        loop_watch_cancel(loop, &child->watch);
        return;
    }
    if (!child->watch.ready)
        return;
    child->watch.ready = NULL;
    if (child->before)
        child->before->after = child->after;
    else
        loop->unwatched = child->after;
    if (child->after)
        child->after->before = child->before;
    child->before = child->after = NULL;
    if (!loop->unwatched)
        update_signals(loop);
}

static void handle_child(void *context, int events)
{
    (void)events;
    struct loop_child *child = context;
    int status;
    if (!child_ended(child, &status))
        return;
    child_unwatch(child->loop, child);
    child->exited(child->context, status);
}

void loop_child_set(struct loop *loop, struct loop_child *child, pid_t pid, int pidfd,
    loop_child_fn *exited, void *context)
{
    *child = (struct loop_child){.pid = pid, .loop = loop, .exited = exited, .context = context};
#ifdef SYS_pidfd_open
    if (pidfd < 0)
        pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
    if (pidfd >= 0 &&
        loop_watch_set(loop, &child->watch, pidfd, LOOP_READ, handle_child, child) == 0)
        return;
    if (pidfd >= 0)
        close(pidfd);
    child->watch = (struct loop_watch){.fd = -1, .ready = handle_child};
    child->after = loop->unwatched;
    if (loop->unwatched)
        loop->unwatched->before = child;
    bool first = !loop->unwatched;
    loop->unwatched = child;
    if (first)
        update_signals(loop);
    raise(SIGCHLD); /* it may have ended before SIGCHLD was blocked */
}

bool loop_child_reap(struct loop *loop, struct loop_child *child)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG) == 0 && info.si_pid != child->pid)
        return false;
    child_unwatch(loop, child);
    if (child->watch.fd >= 0)
        close(child->watch.fd);
    child->watch.fd = -1;
    return true;
}

static void reap_left(void *context, int status)
{
    (void)status;
    struct left_child *left = context;
    struct loop *loop = left->child.loop;
    loop_child_reap(loop, &left->child);
    struct left_child **link = &loop->left;
    while (*link != left)
        link = &(*link)->next;
    *link = left->next;
    mem_free(left);
}

void loop_child_leave(struct loop *loop, struct loop_child *child)
{
    child_unwatch(loop, child);
    struct left_child *left = mem_alloc(sizeof *left);
    left->next = loop->left;
    loop->left = left;
    loop_child_set(loop, &left->child, child->pid, child->watch.fd, reap_left, left);
    child->watch.fd = -1;
}
