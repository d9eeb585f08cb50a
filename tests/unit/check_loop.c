/* The loop with real descriptors, timers, signals and children. */
#include "runtime/loop/loop.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000000LL

static struct loop *loop;
static char trace[64]; /* what happened, a letter each */
static size_t traced;

static void note(char letter)
{
    ck_assert_uint_lt(traced, sizeof trace - 1);
    trace[traced++] = letter;
    trace[traced] = '\0';
}

static void setup(void)
{
    loop = loop_open();
    ck_assert_ptr_nonnull(loop);
    traced = 0;
    trace[0] = '\0';
}

static void teardown(void)
{
    loop_close(loop);
}

static void fire_letter(void *context)
{
    const char *letter = context;
    note(*letter);
    if (*letter == 'Z')
        loop_stop(loop);
}

START_TEST(timers_fire_in_order)
{
    struct loop_timer a = {0}, b = {0}, c = {0}, d = {0}, z = {0};
    int64_t now = loop_now();
    loop_timer_set(loop, &z, now + 9 * MS, fire_letter, "Z");
    loop_timer_set(loop, &c, now + 3 * MS, fire_letter, "c");
    loop_timer_set(loop, &a, now + 1 * MS, fire_letter, "a");
    loop_timer_set(loop, &b, now + 1 * MS, fire_letter, "b"); /* equal deadlines keep their order */
    loop_timer_set(loop, &d, now + 2 * MS, fire_letter, "d");
    loop_timer_cancel(loop, &d);
    loop_timer_cancel(loop, &d);
    loop_run(loop);
    ck_assert_str_eq(trace, "abcZ");
    ck_assert_int_ge(loop_now(), now + 9 * MS);
}
END_TEST

static struct loop_timer again;

static void fire_again(void *context)
{
    note('x');
    if (traced < 3)
        loop_timer_set(loop, &again, 0, fire_again, context);
}

START_TEST(timer_set_by_timer_waits_for_next_turn)
{
    loop_timer_set(loop, &again, 0, fire_again, NULL);
    ck_assert(loop_turn(loop, 0));
    ck_assert_str_eq(trace, "x");
    ck_assert(loop_turn(loop, 0));
    ck_assert_str_eq(trace, "xx");
    ck_assert(loop_turn(loop, LOOP_NEVER));
    ck_assert(!loop_turn(loop, 0));
    ck_assert_str_eq(trace, "xxx");
}
END_TEST

enum { MANY = 5000 };
static int64_t last_fired;
static size_t fired;

static void fire_sorted(void *context)
{
    const struct loop_timer *timer = context;
    ck_assert_int_ge(timer->deadline, last_fired);
    last_fired = timer->deadline;
    fired++;
}

START_TEST(thousands_of_timers_stay_sorted)
{
    static struct loop_timer timers[MANY];
    int64_t now = loop_now();
    unsigned seed = 7;
    for (size_t i = 0; i < MANY; i++) {
        seed = seed * 1103515245u + 12345u;
        loop_timer_set(loop, &timers[i], now + MS + seed % 1000, fire_sorted, &timers[i]);
    }
    for (size_t i = 0; i < MANY; i += 3)
        loop_timer_cancel(loop, &timers[i]);
    for (size_t i = 1; i < MANY; i += 3) /* moved */
        loop_timer_set(
            loop, &timers[i], now + MS + (int64_t)(i * 7919 % 1000), fire_sorted, &timers[i]);
    while (loop_turn(loop, 50 * MS))
        ;
    ck_assert_uint_eq(fired, MANY - (MANY + 2) / 3);
}
END_TEST

START_TEST(turn_ends_after_its_span)
{
    int64_t now = loop_now();
    ck_assert(!loop_turn(loop, 20 * MS));
    ck_assert_int_ge(loop_now() - now, 20 * MS);
}
END_TEST

struct pipe_end {
    struct loop_watch watch;
    int ends[2];
    struct pipe_end *other;
};

static void read_one(void *context, int events)
{
    struct pipe_end *end = context;
    char byte;
    ck_assert_int_eq(events, LOOP_READ);
    if (read(end->ends[0], &byte, 1) == 1) {
        note(byte);
        if (end->other) /* its event may be in the same batch and must not arrive */
            loop_watch_cancel(loop, &end->other->watch);
    } else {
        note('0');
        loop_watch_cancel(loop, &end->watch);
    }
}

START_TEST(watch_reads_until_end_of_file)
{
    struct pipe_end end = {0};
    ck_assert_int_eq(pipe2(end.ends, O_CLOEXEC), 0);
    ck_assert_int_eq(loop_watch_set(loop, &end.watch, end.ends[0], LOOP_READ, read_one, &end), 0);
    ck_assert(!loop_turn(loop, 0));
    ck_assert_int_eq(write(end.ends[1], "ab", 2), 2);
    loop_turn(loop, LOOP_NEVER);
    loop_turn(loop, LOOP_NEVER);
    close(end.ends[1]);
    loop_turn(loop, LOOP_NEVER);
    ck_assert(!loop_turn(loop, 0));
    ck_assert_str_eq(trace, "ab0");
    close(end.ends[0]);
}
END_TEST

START_TEST(cancelled_watch_of_same_batch_stays_silent)
{
    struct pipe_end a = {0}, b = {.other = &a};
    a.other = &b;
    ck_assert_int_eq(pipe2(a.ends, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(b.ends, O_CLOEXEC), 0);
    loop_watch_set(loop, &a.watch, a.ends[0], LOOP_READ, read_one, &a);
    loop_watch_set(loop, &b.watch, b.ends[0], LOOP_READ, read_one, &b);
    ck_assert_int_eq(write(a.ends[1], "x", 1), 1);
    ck_assert_int_eq(write(b.ends[1], "x", 1), 1);
    loop_turn(loop, LOOP_NEVER);
    ck_assert(!loop_turn(loop, 0) || traced > 1);
    ck_assert_str_eq(trace, "x");
    loop_watch_cancel(loop, &a.watch);
    loop_watch_cancel(loop, &b.watch);
    for (int i = 0; i < 2; i++) {
        close(a.ends[i]);
        close(b.ends[i]);
    }
}
END_TEST

START_TEST(regular_file_is_refused)
{
    struct loop_watch watch = {0};
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    ck_assert_int_eq(loop_watch_set(loop, &watch, fd, LOOP_READ, read_one, NULL), EPERM);
    close(fd);
}
END_TEST

static void signal_letter(void *context, int signal, pid_t sender)
{
    (void)context;
    ck_assert_int_eq(sender, getpid());
    note(signal == SIGTERM ? 'T' : signal == SIGUSR1 ? 'U' : '?');
}

START_TEST(signals_arrive_with_sender)
{
    sigset_t set, before, after;
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGUSR1);
    loop_signals(loop, &set, signal_letter, NULL);
    kill(getpid(), SIGTERM);
    kill(getpid(), SIGUSR1);
    loop_turn(loop, LOOP_NEVER);
    ck_assert_uint_eq(traced, 2);
    ck_assert(strchr(trace, 'T') && strchr(trace, 'U'));
    loop_signals(loop, NULL, NULL, NULL);
    pthread_sigmask(SIG_SETMASK, NULL, &after);
    ck_assert_int_eq(sigismember(&before, SIGTERM), sigismember(&after, SIGTERM));
}
END_TEST

static int ended_status;

static void child_ended(void *context, int status)
{
    (void)context;
    ended_status = status;
    note('c');
    loop_stop(loop);
}

static pid_t fork_child(int code, int signal)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (signal)
            raise(signal);
        _exit(code);
    }
    return pid;
}

START_TEST(child_ends_and_is_reaped_on_request)
{
    struct loop_child child;
    pid_t pid = fork_child(_i == 0 ? 7 : 0, _i == 0 ? 0 : SIGKILL);
    loop_child_set(loop, &child, pid, -1, child_ended, NULL);
    loop_run(loop);
    ck_assert_int_eq(ended_status, _i == 0 ? 7 : -SIGKILL);
    ck_assert_int_eq(kill(pid, 0), 0); /* still ours */
    ck_assert(loop_child_reap(loop, &child));
    ck_assert_int_eq(kill(pid, 0), -1);
    ck_assert(!loop_turn(loop, 0));
    ck_assert_str_eq(trace, "c");
}
END_TEST

START_TEST(left_child_is_reaped_by_the_loop)
{
    struct loop_child child;
    int gate[2];
    ck_assert_int_eq(pipe(gate), 0);
    pid_t pid = fork();
    if (pid == 0) {
        char byte;
        close(gate[1]);
        _exit(read(gate[0], &byte, 1) == 0 ? 0 : 1);
    }
    close(gate[0]);
    loop_child_set(loop, &child, pid, -1, child_ended, NULL);
    ck_assert(!loop_child_reap(loop, &child));
    loop_child_leave(loop, &child);
    close(gate[1]);
    while (kill(pid, 0) == 0)
        loop_turn(loop, 50 * MS);
    ck_assert_str_eq(trace, "");
}
END_TEST

static int count_descriptors(void)
{
    int count = 0;
    for (int fd = 0; fd < 256; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

START_TEST(open_and_close_leave_the_process_as_it_was)
{
    struct rlimit before, inside, after;
    struct sigaction pipe_action;
    loop_close(loop);
    int open_before = count_descriptors();
    getrlimit(RLIMIT_NOFILE, &before);
    loop = loop_open();
    getrlimit(RLIMIT_NOFILE, &inside);
    ck_assert_uint_eq(inside.rlim_cur, before.rlim_max);
    ck_assert_uint_eq(loop_descriptor_limit(loop)->rlim_cur, before.rlim_cur);
    sigaction(SIGPIPE, NULL, &pipe_action);
    ck_assert(pipe_action.sa_handler == SIG_IGN);
    loop_close(loop);
    getrlimit(RLIMIT_NOFILE, &after);
    ck_assert_uint_eq(after.rlim_cur, before.rlim_cur);
    ck_assert_int_eq(count_descriptors(), open_before);
    loop = loop_open();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loop");
    TCase *tests = tcase_create("loop");
    tcase_set_timeout(tests, 20);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, timers_fire_in_order);
    tcase_add_test(tests, timer_set_by_timer_waits_for_next_turn);
    tcase_add_test(tests, thousands_of_timers_stay_sorted);
    tcase_add_test(tests, turn_ends_after_its_span);
    tcase_add_test(tests, watch_reads_until_end_of_file);
    tcase_add_test(tests, cancelled_watch_of_same_batch_stays_silent);
    tcase_add_test(tests, regular_file_is_refused);
    tcase_add_test(tests, signals_arrive_with_sender);
    tcase_add_loop_test(tests, child_ends_and_is_reaped_on_request, 0, 2);
    tcase_add_test(tests, left_child_is_reaped_by_the_loop);
    tcase_add_test(tests, open_and_close_leave_the_process_as_it_was);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
