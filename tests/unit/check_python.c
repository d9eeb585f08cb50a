/* The helper interpreter with a real Python: values, exceptions, cancellation, death. */
#include "runtime/helper/python.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/json.h"
#include "runtime/base/json_write.h"

#define MS 1000000LL

static struct loop *loop;
static struct python *python;
static struct arena arena;
static struct value reply;
static enum helper_end end;
static const char *message;
static bool state_lost;
static size_t done_count, wanted;
static struct buf logged;
static int signal_seen;

static void say(void *context, int level, struct str logger, struct str text)
{
    (void)context;
    buf_printf(&logged, "%d %.*s: %.*s\n", level, STR_ARG(logger), STR_ARG(text));
}

static void take_signal(void *context, int number)
{
    (void)context;
    signal_seen = number;
}

static void setup(void)
{
    setenv("PYTHONPATH", TESTS_DIR "/run/modules", 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    loop = loop_open();
    arena_init(&arena);
    struct python_options options = {
        .interpreter = python_find(&arena, NULL), .say = say, .signalled = take_signal};
    python = python_open(loop, &options);
    wanted = 1;
}

static void teardown(void)
{
    python_close(python);
    loop_close(loop);
    arena_free(&arena);
    buf_free(&logged);
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

static void collect(void *context, const struct helper_result *result)
{
    (void)context;
    end = result->end;
    reply = result->reply ? value_copy(&arena, result->reply) : value_null();
    message = arena_str(&arena, result->message).ptr;
    state_lost = result->state_lost;
    if (++done_count >= wanted)
        loop_stop(loop);
}

static struct helper_call *start(const char *func, const char *arguments, enum python_place place)
{
    struct value request;
    struct str text = arena_printf(&arena,
        "{\"op\": \"call\", \"name\": \"test\", \"module\": \"helper_functions\", \"func\": "
        "\"%s\", "
        "\"arguments\": %s, \"configuration\": {\"c\": 1}, \"secrets\": {\"g\": {\"s\": \"t\"}, "
        "\"h\": {\"u\": 2}}, \"groups\": [\"g\", \"h\", \"none\"]}",
        func, arguments);
    ck_assert(json_parse(&arena, text, NULL, &request, NULL));
    return python_start(python, &request, place, collect, NULL);
}

static void call(const char *func, const char *arguments, enum python_place place)
{
    wanted = done_count + 1;
    start(func, arguments, place);
    loop_run(loop);
}

/* The reply as JSON text. */
static const char *replied(const char *member)
{
    ck_assert_int_eq(end, HELPER_REPLIED);
    const struct value *value = value_get(&reply, str_from(member));
    if (!value)
        return NULL;
    struct buf out = {0};
    struct json_writer writer = jw_start(&out, (struct json_style){.spaced = true});
    jw_value(&writer, value);
    return buf_finish(&out, &arena).ptr;
}

START_TEST(starts_with_the_first_call)
{
    ck_assert(!python_is_started(python));
    call("add", "{\"a\": 2, \"b\": 3}", PYTHON_MAIN);
    ck_assert(python_is_started(python));
    ck_assert_str_eq(replied("value"), "5");
    ck_assert_ptr_null(replied("handle"));
}
END_TEST

START_TEST(module_state_is_shared_by_all_places)
{
    call("count", "{}", PYTHON_MAIN);
    call("count", "{}", PYTHON_THREAD);
    call("count", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "3");
    call("on_main", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "true");
    call("on_main", "{}", PYTHON_THREAD);
    ck_assert_str_eq(replied("value"), "false");
}
END_TEST

START_TEST(configuration_and_secrets_as_chaoslib_gives_them)
{
    call("context", "{}", PYTHON_MAIN);
    ck_assert_str_eq(
        replied("value"), "{\"configuration\": {\"c\": 1}, \"secrets\": {\"s\": \"t\", \"u\": 2}}");
    call("mutate", "{}", PYTHON_MAIN); /* a copy of its own */
    call("context", "{}", PYTHON_MAIN);
    ck_assert_str_eq(
        replied("value"), "{\"configuration\": {\"c\": 1}, \"secrets\": {\"s\": \"t\", \"u\": 2}}");
}
END_TEST

START_TEST(values_as_the_reference_journals_them)
{
    call("values", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"),
        "{\"date\": \"2024-02-03\", \"time\": \"2024-02-03T04:05:06\", \"decimal\": \"1.10\", "
        "\"uuid\": \"00000000-0000-0000-0000-000000000005\", \"tuple\": [1, 2], \"set\": \"{1}\", "
        "\"odd\": \"<odd>\", \"7\": \"key\", \"big\": 12345678901234567890123, \"nan\": NaN, "
        "\"bytes\": \"b'x'\", \"error\": \"ValueError('bad')\"}");
    ck_assert_ptr_nonnull(replied("handle"));
}
END_TEST

START_TEST(an_object_comes_back_as_itself)
{
    call("odd", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "\"<odd>\"");
    const char *arguments =
        arena_printf(&arena, "{\"value\": {\"$chaosc\": %s}}", replied("handle")).ptr;
    call("is_odd", arguments, PYTHON_THREAD);
    ck_assert_str_eq(replied("value"), "true");
}
END_TEST

START_TEST(exceptions_of_functions_and_of_their_lookup)
{
    call("fail", "{\"message\": \"no luck\"}", PYTHON_MAIN);
    ck_assert_str_eq(replied("failed"), "\"ValueError: no luck\"");
    call("add", "{}", PYTHON_MAIN); /* chaoslib calls it inside its try */
    ck_assert_str_eq(
        replied("failed"), "\"TypeError: add() missing 1 required positional argument: 'a'\"");
    call("no_such_function", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("raised"), "\"AttributeError\"");
    call("leave", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("exit"), "3");
    call("add", "{\"a\": 1}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "2");
}
END_TEST

START_TEST(prints_and_records_are_logged)
{
    call("speak", "{}", PYTHON_MAIN);
    for (int i = 0;
         i < 20 && !(strstr(logged.data, "printed") && strstr(logged.data, "complained")); i++)
        loop_turn(loop, 50 * MS);
    ck_assert_ptr_nonnull(strstr(logged.data, "20 stdout: printed\n"));
    ck_assert_ptr_nonnull(strstr(logged.data, "20 stderr: complained\n"));
    ck_assert_ptr_nonnull(strstr(logged.data, "30 chaostoolkit: logged 5\n"));
}
END_TEST

START_TEST(cancellation_raises_in_the_call)
{
    static const struct {
        const char *func;
        enum python_place place;
    } rows[] = {{"wait", PYTHON_MAIN}, {"spin", PYTHON_MAIN}, {"spin", PYTHON_THREAD}};
    call("count", "{}", PYTHON_MAIN);
    for (int i = 0; i < 3; i++) {
        int64_t before = loop_now();
        wanted = done_count + 1;
        struct helper_call *waiting = start(rows[i].func, "{\"seconds\": 30}", rows[i].place);
        loop_turn(loop, 100 * MS);
        usleep(100000);
        helper_cancel(waiting);
        helper_cancel(waiting);
        loop_run(loop);
        ck_assert_int_eq(end, HELPER_CANCELLED);
        ck_assert_int_lt(loop_now() - before, 1900 * MS);
    }
    call("count", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "2"); /* the same helper */
}
END_TEST

START_TEST(cancelled_before_its_turn)
{
    wanted = done_count + 2;
    start("wait", "{\"seconds\": 0.3}", PYTHON_MAIN);
    helper_cancel(start("count", "{}", PYTHON_MAIN));
    loop_run(loop);
    call("count", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "1"); /* the cancelled one was not carried out */
}
END_TEST

START_TEST(who_ignores_it_is_left)
{
    call("count", "{}", PYTHON_MAIN);
    int64_t before = loop_now();
    wanted = done_count + 1;
    helper_cancel(start("ignore", "{\"seconds\": 5}", PYTHON_THREAD));
    loop_run(loop);
    /* a thread that has not begun is dropped; else it is left running */
    ck_assert(end == HELPER_STILL_RUNNING || end == HELPER_CANCELLED);
    wanted = done_count + 1;
    struct helper_call *call_ = start("ignore", "{\"seconds\": 60}", PYTHON_MAIN);
    loop_turn(loop, 200 * MS);
    usleep(200000);
    helper_cancel(call_);
    loop_run(loop);
    ck_assert_int_eq(end, HELPER_STILL_RUNNING);
    ck_assert_int_lt(loop_now() - before, 8000 * MS);
    call("count", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "1"); /* another helper */
    ck_assert(state_lost);
    call("count", "{}", PYTHON_MAIN);
    ck_assert(!state_lost);
}
END_TEST

START_TEST(death_has_last_words)
{
    wanted = 2;
    start("wait", "{\"seconds\": 30}", PYTHON_THREAD);
    start("die", "{}", PYTHON_MAIN);
    loop_run(loop);
    ck_assert_int_eq(end, HELPER_DIED);
    ck_assert_str_eq(
        message, "the Python helper exited with status 7; its last words: these are my last words");
    call("crash", "{}", PYTHON_MAIN);
    ck_assert_int_eq(end, HELPER_DIED);
    ck_assert_ptr_nonnull(strstr(message, "ended by signal 11"));
    call("add", "{\"a\": 1}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "2");
}
END_TEST

START_TEST(signals_of_extensions_are_passed_on)
{
    wanted = 1;
    struct helper_call *stopping = start("stop", "{}", PYTHON_MAIN);
    while (!signal_seen)
        loop_turn(loop, LOOP_NEVER);
    ck_assert_int_eq(signal_seen, SIGUSR1);
    helper_cancel(stopping);
    loop_run(loop);
    ck_assert_int_eq(end, HELPER_CANCELLED);
}
END_TEST

START_TEST(large_values_both_ways)
{
    call("large", "{\"size\": 5000000}", PYTHON_MAIN);
    ck_assert_uint_eq(value_get(&reply, STR("value"))->as.text.len, 5000000);
    struct buf text = {0};
    buf_add_text(&text, "{\"a\": \"");
    buf_add_repeat(&text, 'y', 3000000);
    buf_add_text(&text, "\", \"b\": \"z\"}");
    call("add", text.data, PYTHON_MAIN);
    buf_free(&text);
    ck_assert_uint_eq(value_get(&reply, STR("value"))->as.text.len, 3000001);
}
END_TEST

START_TEST(helper_has_few_descriptors)
{
    call("descriptors", "{}", PYTHON_MAIN);
    ck_assert_str_eq(replied("value"), "[0, 1, 2, 3, 4]"); /* and that of the listing */
}
END_TEST

START_TEST(no_interpreter)
{
    struct python_options options = {
        .interpreter = _i ? "/nonexistent/python" : NULL, .say = say, .signalled = take_signal};
    python_close(python);
    python = python_open(loop, &options);
    call("count", "{}", PYTHON_MAIN);
    ck_assert_int_eq(end, HELPER_NOT_STARTED);
    ck_assert_str_eq(message, _i ? "No such file or directory" : "no Python interpreter was found");
}
END_TEST

static void shell(const char *command)
{
    ck_assert_int_eq(system(command), 0);
}

START_TEST(finds_the_interpreter_users_expect)
{
    char folder[] = "/tmp/chaosc-python-XXXXXX";
    ck_assert_ptr_nonnull(mkdtemp(folder));
    const char *bin = arena_printf(&arena, "%s/bin", folder).ptr;
    const char *real = python_find(&arena, "python3");
    ck_assert_ptr_nonnull(real);
    shell(arena_printf(&arena, "mkdir %s && ln -s %s %s/python", bin, real, bin).ptr);
    setenv("VIRTUAL_ENV", folder, 1);
    ck_assert_str_eq(python_find(&arena, NULL), arena_printf(&arena, "%s/python", bin).ptr);
    unsetenv("VIRTUAL_ENV");
    shell(arena_printf(&arena,
        "cd %s && ln -s %s mine && echo '#!%s/mine' >chaos && chmod +x chaos", bin, real, bin)
              .ptr);
    setenv("PATH", arena_printf(&arena, "%s:%s", bin, getenv("PATH")).ptr, 1);
    ck_assert_str_eq(python_find(&arena, NULL), arena_printf(&arena, "%s/mine", bin).ptr);
    shell(arena_printf(&arena, "rm -r %s", folder).ptr);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("python");
    TCase *tests = tcase_create("python");
    tcase_set_timeout(tests, 40);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, starts_with_the_first_call);
    tcase_add_test(tests, module_state_is_shared_by_all_places);
    tcase_add_test(tests, configuration_and_secrets_as_chaoslib_gives_them);
    tcase_add_test(tests, values_as_the_reference_journals_them);
    tcase_add_test(tests, an_object_comes_back_as_itself);
    tcase_add_test(tests, exceptions_of_functions_and_of_their_lookup);
    tcase_add_test(tests, prints_and_records_are_logged);
    tcase_add_test(tests, cancellation_raises_in_the_call);
    tcase_add_test(tests, cancelled_before_its_turn);
    tcase_add_test(tests, who_ignores_it_is_left);
    tcase_add_test(tests, death_has_last_words);
    tcase_add_test(tests, signals_of_extensions_are_passed_on);
    tcase_add_test(tests, large_values_both_ways);
    tcase_add_test(tests, helper_has_few_descriptors);
    tcase_add_loop_test(tests, no_interpreter, 0, 2);
    tcase_add_test(tests, finds_the_interpreter_users_expect);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
