/* Configuration and secrets: sources, precedence, conversions, and what templates see. */
#include <check.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/base/pytext.h"
#include "runtime/exec/scope.h"
#include "runtime/plan/plan_build.h"

static struct arena arena;
static struct scope scope;
static struct failure failure;

static void set_up(void)
{
    arena_init(&arena);
    scope_init(&scope, &arena);
    failure = (struct failure){0};
}

static void tear_down(void)
{
    arena_free(&arena);
}

static struct value parse(const char *text)
{
    struct value value;
    ck_assert(json_parse(&arena, arena_str(&arena, str_from(text)), NULL, &value, NULL));
    return value;
}

static bool load(const char *experiment, const char *vars, const char *secret_vars)
{
    struct value *document = ARENA_NEW(&arena, struct value);
    *document = parse(experiment);
    struct rt_plan plan;
    plan_build(&arena, &(struct plan_input){.document = document, .file = STR("e")}, &plan);
    const struct value *values = plan_values(&arena, &plan);
    struct value given = parse(vars), hidden = parse(secret_vars);
    return config_load(&scope, &plan, values, &given, &failure) &&
           secret_load(&scope, &plan, values, &hidden, &failure);
}

static void expect(const char *name, const char *repr)
{
    const struct value *value = scope_lookup(&scope, str_from(name));
    ck_assert_msg(value, "%s is not there", name);
    struct buf text = {0};
    pytext_add_repr(&text, value);
    ck_assert_str_eq(text.data, repr);
    buf_free(&text);
}

START_TEST(configuration_comes_before_secrets)
{
    ck_assert(load("{\"configuration\":{\"a\":\"c\"},\"secrets\":{\"g\":{\"a\":\"s\",\"b\":\"t\"},"
                   "\"flat\":\"x\",\"h\":{\"b\":\"u\"}}}",
        "{}", "{}"));
    expect("a", "'c'");
    expect("b", "'t'");
    ck_assert_ptr_null(scope_lookup(&scope, STR("flat")));
    ck_assert(!scope_is_empty(&scope));
}
END_TEST

START_TEST(the_environment_is_converted)
{
    setenv("CHECK_N", " 0_42 ", 1);
    setenv("CHECK_F", "2", 1);
    setenv("CHECK_B", "No", 1);
    setenv("CHECK_J", "[1, null]", 1);
    unsetenv("CHECK_NONE");
    ck_assert(load("{\"configuration\":{"
                   "\"n\":{\"type\":\"env\",\"key\":\"CHECK_N\",\"env_var_type\":\"int\"},"
                   "\"f\":{\"type\":\"env\",\"key\":\"CHECK_F\",\"env_var_type\":\"float\"},"
                   "\"b\":{\"type\":\"env\",\"key\":\"CHECK_B\",\"env_var_type\":\"bool\"},"
                   "\"j\":{\"type\":\"env\",\"key\":\"CHECK_J\",\"env_var_type\":\"json\"},"
                   "\"d\":{\"type\":\"env\",\"key\":\"CHECK_NONE\",\"default\":7}}}",
        "{}", "{}"));
    expect("n", "42");
    expect("f", "2.0");
    expect("b", "False");
    expect("j", "[1, None]");
    expect("d", "7");
}
END_TEST

START_TEST(a_missing_variable_is_named)
{
    unsetenv("CHECK_NONE");
    ck_assert(
        !load("{\"configuration\":{\"a\":{\"type\":\"env\",\"key\":\"CHECK_NONE\"}}}", "{}", "{}"));
    ck_assert(str_is(failure.message,
        "Configuration makes reference to an environment key that does not exist: CHECK_NONE"));
    ck_assert(!load(
        "{\"secrets\":{\"g\":{\"a\":{\"type\":\"env\",\"key\":\"CHECK_NONE\"}}}}", "{}", "{}"));
    ck_assert(str_contains(failure.message, STR("CHECK_NONE")));
}
END_TEST

START_TEST(given_values_override_declared_ones_only)
{
    ck_assert(load("{\"configuration\":{\"a\":1,\"e\":{\"type\":\"env\",\"key\":\"CHECK_NONE\"}},"
                   "\"secrets\":{\"g\":{\"s\":\"x\"}}}",
        "{\"a\":\"new\",\"e\":5,\"other\":1}", "{\"g\":{\"s\":\"y\"}}"));
    expect("a", "'new'");
    expect("e", "5");
    expect("s", "'y'");
    ck_assert_ptr_null(scope_lookup(&scope, STR("other")));
}
END_TEST

START_TEST(what_does_not_convert_raises)
{
    static const char *const bad[][2] = {
        {"int", "1.5"}, {"int", ""}, {"float", "x"}, {"json", "{"}, {"wild", "1"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct value from = value_string(str_from(bad[i][1])), to;
        failure = (struct failure){0};
        ck_assert(!scope_convert(&arena, str_from(bad[i][0]), &from, &to, &failure));
        ck_assert_int_eq(failure.kind, FAILURE_EXCEPTION);
        ck_assert(failure.message.len);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scope");
    TCase *tests = tcase_create("scope");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, configuration_comes_before_secrets);
    tcase_add_test(tests, the_environment_is_converted);
    tcase_add_test(tests, a_missing_variable_is_named);
    tcase_add_test(tests, given_values_override_declared_ones_only);
    tcase_add_test(tests, what_does_not_convert_raises);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
