/* The process engine with real children: outputs, deadlines, cancellation, what a child inherits. */
#include "runtime/loop/process.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MS 1000000LL

static struct loop *loop;
static struct arena arena;
static size_t done_count, wanted;
static struct process_result last;
static struct str last_output, last_errors;
static struct value last_value;
static struct failure last_failure;
static bool last_ok;

static void setup(void)
{
    loop = loop_open();
    arena_init(&arena);
    done_count = 0;
}

static void teardown(void)
{
    loop_close(loop);
    arena_free(&arena);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1); /* no child is left, not even a zombie */
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *list = opendir("/proc/self/fd");
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

static void collect(void *context, const struct process_result *result)
{
    (void)context;
    last = *result;
    last_output = arena_str(&arena, buf_str(result->output.bytes));
    last_errors = arena_str(&arena, buf_str(result->errors.bytes));
    last_ok = process_output(&arena, result, &last_value, &last_failure);
    if (++done_count >= wanted)
        loop_stop(loop);
}

static struct process *start_shell(const char *script, int64_t timeout)
{
    char *argv[] = {"/bin/sh", "-c", (char *)(uintptr_t)script, NULL};
    struct process_request request = {.path = "/bin/sh", .argv = argv, .timeout = timeout};
    return process_start(loop, &request, collect, NULL);
}

static void run_shell(const char *script, int64_t timeout)
{
    wanted = done_count + 1;
    start_shell(script, timeout);
    loop_run(loop);
}

static const char *text_of(struct str s)
{
    return arena_str(&arena, s).ptr;
}

static const char *member_text(const char *key)
{
    return text_of(value_get(&last_value, str_from(key))->as.text);
}

START_TEST(outputs_and_status)
{
    run_shell("printf out; printf err >&2; exit 3", LOOP_NEVER);
    ck_assert_int_eq(last.end, PROCESS_EXITED);
    ck_assert_int_eq(last.status, 3);
    ck_assert_str_eq(text_of(last_output), "out");
    ck_assert_str_eq(text_of(last_errors), "err");
    ck_assert(last_ok);
    ck_assert_str_eq(member_text("stdout"), "out");
    ck_assert_str_eq(member_text("stderr"), "err");
    ck_assert_str_eq(member_text("status"), "3");
    run_shell("kill -TERM $$", LOOP_NEVER);
    ck_assert_int_eq(last.status, -SIGTERM);
    ck_assert_str_eq(member_text("status"), "-15");
}
END_TEST

START_TEST(invalid_utf8_is_replaced)
{
    run_shell("printf 'a\\377b\\342\\202c'", LOOP_NEVER);
    ck_assert(last_ok);
    ck_assert_str_eq(member_text("stdout"), "a\xEF\xBF\xBD"
                                            "b\xEF\xBF\xBD"
                                            "c");
}
END_TEST

/* True once the process is gone, or dead and waiting for init; gives it two seconds. */
static bool is_gone(pid_t pid)
{
    for (int i = 0; i < 200; i++) {
        char path[64], state = 'Z';
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        FILE *file = fopen(path, "r");
        if (file) {
            ck_assert_int_eq(fscanf(file, "%*d %*s %c", &state), 1);
            fclose(file);
        }
        if (state == 'Z')
            return true;
        usleep(10000);
    }
    return false;
}

START_TEST(deadline_kills_the_group)
{
    int64_t before = loop_now();
    run_shell("sleep 30 & echo $!; wait", 150 * MS);
    int64_t took = loop_now() - before;
    ck_assert_int_eq(last.end, PROCESS_TIMED_OUT);
    ck_assert(!last_ok && last_failure.timed_out && last_failure.kind == FAILURE_ACTIVITY);
    ck_assert_str_eq(text_of(last_failure.message), "process activity took too long to complete");
    ck_assert_int_ge(took, 150 * MS);
    ck_assert_int_lt(took, 2500 * MS);
    pid_t orphan = atoi(text_of(last_output));
    ck_assert_int_gt(orphan, 1);
    ck_assert(is_gone(orphan));
}
END_TEST

START_TEST(deadline_may_spare_the_group)
{
    char *argv[] = {"/bin/sh", "-c", "sleep 30 >/dev/null 2>&1 & echo $!; wait", NULL};
    struct process_request request = {
        .path = argv[0], .argv = argv, .timeout = 150 * MS, .spare_group = true};
    wanted = 1;
    process_start(loop, &request, collect, NULL);
    loop_run(loop);
    ck_assert_int_eq(last.end, PROCESS_TIMED_OUT);
    pid_t orphan = atoi(text_of(last_output));
    ck_assert_int_gt(orphan, 1);
    ck_assert_int_eq(kill(orphan, 0), 0);
    kill(orphan, SIGKILL);
}
END_TEST

START_TEST(open_pipe_after_exit_waits_for_deadline)
{
    run_shell("sleep 30 & echo $!", 200 * MS);
    ck_assert_int_eq(last.end, PROCESS_TIMED_OUT);
    ck_assert(is_gone(atoi(text_of(last_output))));
    run_shell("sleep 30 >/dev/null 2>&1 & echo $!", 5000 * MS);
    ck_assert_int_eq(last.end, PROCESS_EXITED); /* what it left running stays */
    pid_t service = atoi(text_of(last_output));
    ck_assert_int_eq(kill(service, 0), 0);
    kill(service, SIGKILL);
}
END_TEST

START_TEST(cancel_ends_it_soon)
{
    wanted = 1;
    struct process *process = start_shell("trap '' TERM INT; sleep 30", LOOP_NEVER);
    pid_t pid = process_pid(process);
    ck_assert_uint_gt(process_birth(pid), 0);
    process_cancel(process);
    process_cancel(process);
    loop_run(loop);
    ck_assert_int_eq(last.end, PROCESS_CANCELLED);
    ck_assert_int_eq(last_failure.kind, FAILURE_CANCELLED);
    ck_assert_int_eq(kill(pid, 0), -1);
    ck_assert_uint_eq(process_birth(pid), 0);
}
END_TEST

START_TEST(failure_to_start_is_reported_later)
{
    char *argv[] = {"/nonexistent/x", NULL};
    struct process_request request = {.path = argv[0], .argv = argv, .timeout = LOOP_NEVER};
    wanted = 1;
    struct process *process = process_start(loop, &request, collect, NULL);
    ck_assert_uint_eq(done_count, 0);
    ck_assert_int_eq(process_pid(process), 0);
    loop_run(loop);
    ck_assert_int_eq(last.end, PROCESS_NOT_STARTED);
    ck_assert_int_eq(last.error, ENOENT);
    ck_assert_int_eq(last_failure.kind, FAILURE_EXCEPTION);
    ck_assert_str_eq(text_of(last_failure.class_name), "FileNotFoundError");
    ck_assert_str_eq(
        text_of(last_failure.message), "[Errno 2] No such file or directory: '/nonexistent/x'");
}
END_TEST

START_TEST(children_start_clean)
{
    int spare = open("/dev/null", O_RDONLY); /* not close-on-exec, and must not get through */
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    run_shell("echo $(ls /proc/self/fd | wc -l); grep -E 'SigBlk|SigIgn' /proc/self/status;"
              "ulimit -n; cut -d' ' -f5 /proc/$$/stat; echo $$",
        LOOP_NEVER);
    close(spare);
    char blocked[32], ignored[32];
    int fds, group, pid;
    unsigned long limit;
    ck_assert_int_eq(sscanf(text_of(last_output), "%d SigBlk: %31s SigIgn: %31s %lu %d %d", &fds,
                         blocked, ignored, &limit, &group, &pid),
        6);
    ck_assert_int_eq(fds, 4); /* 0 to 2 and the listing's own */
    ck_assert_str_eq(blocked, "0000000000000000");
    ck_assert_uint_eq(strtoul(ignored, NULL, 16) & 1ul << (SIGPIPE - 1), 0);
    ck_assert_uint_eq(limit, loop_descriptor_limit(loop)->rlim_cur);
    ck_assert_int_eq(group, pid);
}
END_TEST

START_TEST(terminal_is_not_standard_input)
{
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (terminal < 0) {
        fputs("SKIPPED: there are no pseudo terminals here\n", stderr);
        return;
    }
    ck_assert(grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int user = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC), before = dup(0);
    dup2(user, 0);
    run_shell("readlink /proc/$$/fd/0", LOOP_NEVER);
    ck_assert_str_eq(text_of(last_output), "/dev/null\n");
    close(0);
    run_shell("readlink /proc/$$/fd/0", LOOP_NEVER); /* none at all */
    ck_assert_str_eq(text_of(last_output), "/dev/null\n");
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], "given\n", 6), 6);
    dup2(ends[0], 0);
    run_shell("read line; echo got $line", LOOP_NEVER); /* what is no terminal is passed on */
    ck_assert_str_eq(text_of(last_output), "got given\n");
    dup2(before, 0);
}
END_TEST

START_TEST(excess_output_is_read_and_dropped)
{
    char *argv[] = {"/bin/sh", "-c", "head -c 30000000 /dev/zero; echo end >&2", NULL};
    struct process_request request = {
        .path = argv[0], .argv = argv, .timeout = 20000 * MS, .output_limit = 1000};
    wanted = 1;
    process_start(loop, &request, collect, NULL);
    loop_run(loop);
    ck_assert_int_eq(last.end, PROCESS_EXITED);
    ck_assert_uint_eq(last_output.len, 1000);
    ck_assert(last.output.truncated && !last.errors.truncated);
    ck_assert_uint_eq(last.output.total, 30000000);
    ck_assert_str_eq(text_of(last_errors), "end\n");
}
END_TEST

START_TEST(many_at_once_leave_no_descriptor)
{
    enum { COUNT = 200 };
    int before = count_descriptors();
    wanted = COUNT;
    for (int i = 0; i < COUNT; i++)
        start_shell(i % 2 ? "sleep 0.2; echo done" : "sleep 30", i % 2 ? LOOP_NEVER : 300 * MS);
    loop_run(loop);
    ck_assert_uint_eq(done_count, COUNT);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(works_without_descriptors_in_low_places)
{
    pid_t pid = fork(); /* a process started with 0 to 2 closed gets pipes in their places */
    if (pid == 0) {
        close(0);
        close(1);
        close(2);
        loop = loop_open();
        run_shell("echo out; echo err >&2", LOOP_NEVER);
        _exit(str_is(last_output, "out\n") && str_is(last_errors, "err\n") ? 0 : 1);
    }
    int status;
    waitpid(pid, &status, 0);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* Makes the kernel seem older, or a sandbox stricter: no pidfds, no close_range, no unshare. */
static void forbid_new_calls(void)
{
#define REFUSE(number, error)                                                                      \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),                                             \
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error)
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        REFUSE(SYS_close_range, ENOSYS),
        REFUSE(SYS_pidfd_open, ENOSYS),
        REFUSE(SYS_unshare, EPERM),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_PIDFD, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof *filter, filter};
    ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(works_on_old_kernels_and_in_sandboxes)
{
    enum { COUNT = 20 };
    int spare = fcntl(open("/dev/null", O_RDONLY), F_DUPFD, 100); /* not close-on-exec */
    ck_assert_int_ge(spare, 100);
    forbid_new_calls();
    run_shell("ls /proc/self/fd | wc -l", LOOP_NEVER);
    ck_assert_str_eq(text_of(last_output), "4\n");
    wanted = done_count + COUNT;
    for (int i = 0; i < COUNT; i++)
        start_shell(i % 2 ? "echo done" : "sleep 30", i % 2 ? LOOP_NEVER : 200 * MS);
    loop_run(loop);
    ck_assert_uint_eq(done_count, COUNT + 1);
    char *argv[] = {"/nonexistent/x", NULL};
    struct process_request request = {.path = argv[0], .argv = argv, .timeout = LOOP_NEVER};
    wanted = done_count + 1;
    process_start(loop, &request, collect, NULL);
    loop_run(loop);
    ck_assert_int_eq(last.error, ENOENT);
}
END_TEST

/* ---- what the experiment says ---- */

static struct value text(const char *s)
{
    return value_string(str_from(s));
}

static struct process_request prepare(const char *path, const struct value *arguments, bool *ok)
{
    struct process_provider provider = {.path = str_from(path), .arguments = arguments};
    struct process_request request;
    *ok = process_prepare(&arena, &provider, &request, &last_failure);
    return request;
}

START_TEST(arguments_become_argv)
{
    bool ok;
    struct value items[] = {text("-x"), text(""), value_null(), value_int(&arena, 5),
        value_bool(true), {.kind = VALUE_REAL, .as.text = STR_INIT("0.50")}};
    struct value list = {.kind = VALUE_ARRAY, .as.array = {items, 6}};
    struct process_request request = prepare("sh", &list, &ok);
    ck_assert(ok);
    ck_assert(str_ends(str_from(request.path), STR("/sh")));
    ck_assert_str_eq(request.argv[0], request.path);
    ck_assert_str_eq(request.argv[1], "-x");
    ck_assert_str_eq(request.argv[2], "5");
    ck_assert_str_eq(request.argv[3], "True");
    ck_assert_str_eq(request.argv[4], "0.5");
    ck_assert_ptr_null(request.argv[5]);
    struct member members[] = {
        {STR("--name"), text("v")}, {STR("--flag"), text("")}, {STR("--list"), list}};
    struct value object = {.kind = VALUE_OBJECT, .as.object = {members, 3}};
    request = prepare("sh", &object, &ok);
    ck_assert_str_eq(request.argv[1], "--name");
    ck_assert_str_eq(request.argv[2], "v");
    ck_assert_str_eq(request.argv[3], "--flag");
    ck_assert_str_eq(request.argv[4], "--list");
    ck_assert_str_eq(request.argv[5], "['-x', '', None, 5, True, 0.5]");
    ck_assert_ptr_null(request.argv[6]);
}
END_TEST

START_TEST(string_of_arguments_goes_through_the_shell)
{
    bool ok;
    struct value arguments = text("-c 'echo $0' | tr a-z A-Z");
    struct process_request request = prepare("/bin/sh", &arguments, &ok);
    ck_assert(ok);
    ck_assert_str_eq(request.path, "/bin/sh");
    ck_assert_str_eq(request.argv[1], "-c");
    ck_assert_str_eq(request.argv[2], "/bin/sh -c 'echo $0' | tr a-z A-Z");
    request = prepare("no-such-program", &arguments, &ok);
    ck_assert(ok);
    ck_assert_str_eq(request.argv[2], "None -c 'echo $0' | tr a-z A-Z");
    prepare("no-such-program", NULL, &ok);
    ck_assert(!ok);
    ck_assert_str_eq(text_of(last_failure.class_name), "TypeError");
}
END_TEST

START_TEST(which_and_home)
{
    bool ok;
    char folder[] = "/tmp/chaosc-which-XXXXXX", path[64];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/tool", folder);
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644));
    setenv("HOME", folder, 1);
    prepare("~/tool", NULL, &ok);
    ck_assert(!ok); /* not executable */
    chmod(path, 0755);
    struct process_request request = prepare("~/tool", NULL, &ok);
    ck_assert(ok);
    ck_assert_str_eq(request.path, path);
    ck_assert_ptr_null(process_which(&arena, STR("tool")));
    setenv("PATH", folder, 1);
    ck_assert_str_eq(process_which(&arena, STR("tool")), path);
    ck_assert_ptr_null(process_which(&arena, STR("")));
    setenv("PATH", "", 1);
    ck_assert_ptr_null(process_which(&arena, STR("tool")));
    ck_assert_ptr_null(process_which(&arena, str_from(folder))); /* a folder is no program */
    unlink(path);
    rmdir(folder);
}
END_TEST

START_TEST(timeouts_are_numbers)
{
    struct process_request request;
    struct value seconds = {.kind = VALUE_REAL, .as.text = STR_INIT("0.25")};
    struct process_provider provider = {.path = STR("sh"), .timeout = &seconds};
    ck_assert(process_prepare(&arena, &provider, &request, &last_failure));
    ck_assert_int_eq(request.timeout, 250 * MS);
    seconds = value_int(&arena, -4);
    ck_assert(process_prepare(&arena, &provider, &request, &last_failure));
    ck_assert_int_eq(request.timeout, 0);
    seconds = value_null();
    ck_assert(process_prepare(&arena, &provider, &request, &last_failure));
    ck_assert_int_eq(request.timeout, LOOP_NEVER);
    seconds = text("5");
    ck_assert(!process_prepare(&arena, &provider, &request, &last_failure));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("process");
    TCase *engine = tcase_create("engine");
    tcase_set_timeout(engine, 40);
    tcase_add_checked_fixture(engine, setup, teardown);
    tcase_add_test(engine, outputs_and_status);
    tcase_add_test(engine, invalid_utf8_is_replaced);
    tcase_add_test(engine, deadline_kills_the_group);
    tcase_add_test(engine, deadline_may_spare_the_group);
    tcase_add_test(engine, open_pipe_after_exit_waits_for_deadline);
    tcase_add_test(engine, cancel_ends_it_soon);
    tcase_add_test(engine, failure_to_start_is_reported_later);
    tcase_add_test(engine, children_start_clean);
    tcase_add_test(engine, terminal_is_not_standard_input);
    tcase_add_test(engine, excess_output_is_read_and_dropped);
    tcase_add_test(engine, many_at_once_leave_no_descriptor);
    tcase_add_test(engine, works_without_descriptors_in_low_places);
    tcase_add_test(engine, works_on_old_kernels_and_in_sandboxes);
    suite_add_tcase(suite, engine);
    TCase *provider = tcase_create("provider");
    tcase_add_checked_fixture(provider, setup, teardown);
    tcase_add_test(provider, arguments_become_argv);
    tcase_add_test(provider, string_of_arguments_goes_through_the_shell);
    tcase_add_test(provider, which_and_home);
    tcase_add_test(provider, timeouts_are_numbers);
    suite_add_tcase(suite, provider);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
