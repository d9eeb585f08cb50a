/* Judgements recorded from chaoslib (tests/oracle/record_tolerance.py) replayed; reading, errors, limits. */
#include <check.h>
#include <stdio.h>

#include "runtime/base/pytext.h"
#include "runtime/expr/regexp.h"
#include "runtime/expr/tolerance.h"
#include "tests/unit/oracle.h"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

static const struct value *look_up(void *context, struct str name)
{
    return value_get(context, name);
}

static bool agrees(const struct verdict *verdict, const struct value *expected, bool own_words)
{
    const struct value *name = value_get(expected, STR("class"));
    if (!name)
        return verdict->kind == (value_truthy(expected) ? VERDICT_MET : VERDICT_NOT_MET);
    if (verdict->kind != VERDICT_RAISES || !str_equal(name->as.text, str_from(verdict->exception)))
        return false;
    struct str message = value_get(expected, STR("message"))->as.text;
    /* What ANTLR says of a path is not imitated beyond the line. */
    if (own_words && str_starts(message, STR("line 1:")))
        return str_starts(verdict->message, STR("line 1:"));
    return str_equal(verdict->message, message);
}

/* True if a tolerance judges a value as recorded, else says how it differs. */
static bool replays(const struct value *tolerance_value, const struct value *value,
    const struct value *expected, const struct tolerance_options *options)
{
    struct tolerance tolerance;
    struct tolerance_error error;
    tolerance_read(&arena, tolerance_value, &tolerance, &rt_regexps, &error);
    struct verdict verdict = tolerance_judge(&arena, &tolerance, value, options);
    bool same = agrees(&verdict, expected, tolerance.kind == TOLERANCE_JSONPATH);
    if (!same)
        printf("%.*s of %.*s: %d %s %.*s, expected %.*s\n",
            STR_ARG(pytext_str(&arena, tolerance_value)), STR_ARG(pytext_str(&arena, value)),
            verdict.kind, verdict.exception ? verdict.exception : "", STR_ARG(verdict.message),
            STR_ARG(pytext_str(&arena, expected)));
    return same;
}

START_TEST(recorded_judgements)
{
    struct value oracle = oracle_read(&arena, TESTS_DIR "/oracle/tolerance.json");
    struct value configuration = *value_get(&oracle, STR("configuration"));
    struct tolerance_options options = {.regexps = &rt_regexps,
        .dialect = JSONPATH_JSONPATH2,
        .templates = {.lookup = look_up, .context = &configuration}};
    const struct value *entries = value_get(&oracle, STR("entries"));
    size_t wrong = 0, total = 0;
    for (size_t i = 0; i < entries->as.array.count; i++) {
        const struct value *entry = &entries->as.array.items[i];
        const struct value *judged = value_get(entry, STR("judged"));
        for (size_t j = 0; j < judged->as.array.count; j++) {
            const struct value *pair = judged->as.array.items[j].as.array.items;
            total++;
            wrong += !replays(value_get(entry, STR("tolerance")), &pair[0], &pair[1], &options);
        }
    }
    printf("tolerances: %zu recorded judgements, %zu differ\n", total, wrong);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_ge(total, 2000);
}
END_TEST

static struct value parse_value(const char *text)
{
    struct value value;
    ck_assert_msg(json_parse(&arena, str_from(text), NULL, &value, NULL), "%s", text);
    return value;
}

START_TEST(errors_name_member_and_place)
{
    static const struct {
        const char *tolerance, *member;
        unsigned from, to;
        const char *message;
    } cases[] = {
        {"{\"type\":\"regex\",\"pattern\":\"a(\"}", "pattern", 1, 2,
            "missing ), unterminated subpattern"},
        {"{\"type\":\"regex\"}", "pattern", 0, 0, "a regex tolerance needs a pattern, a string"},
        {"{\"type\":\"regex\",\"pattern\":\"(?<=a*)b\"}", "pattern", 0, 8,
            "look-behind requires fixed-width pattern"},
        {"{\"type\":\"jsonpath\",\"path\":\"$.a[b]\"}", "path", 4, 5,
            "a name in brackets must be quoted: ['b']"},
        {"{\"type\":\"jsonpath\",\"path\":3}", "path", 0, 0,
            "a jsonpath tolerance needs a path, a string"},
        {"{\"type\":\"range\",\"range\":[1]}", "range", 0, 0,
            "a range tolerance needs a range of two numbers"},
        {"{\"type\":\"range\",\"range\":[1,\"2\"]}", "range", 0, 0,
            "the upper bound of a range must be a number"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct value value = parse_value(cases[i].tolerance);
        struct tolerance tolerance;
        struct tolerance_error error;
        ck_assert(!tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error));
        ck_assert_msg(str_equal(error.message, str_from(cases[i].message)), "%s: %.*s",
            cases[i].tolerance, STR_ARG(error.message));
        ck_assert(str_equal(error.member, str_from(cases[i].member)));
        ck_assert_uint_eq(error.from, cases[i].from);
        ck_assert_uint_eq(error.to, cases[i].to);
    }
}
END_TEST

START_TEST(expressions_are_compiled_once)
{
    struct tolerance tolerance;
    struct tolerance_error error;
    struct value value = parse_value("{\"type\":\"regex\",\"pattern\":\"^a+$\"}");
    ck_assert(
        tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error) && tolerance.compiled);
    value = parse_value("{\"type\":\"regex\",\"pattern\":\"${a}\"}");
    ck_assert(
        tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error) && !tolerance.compiled);
    value = parse_value("{\"type\":\"jsonpath\",\"path\":\"$.a\"}");
    ck_assert(
        tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error) && tolerance.compiled);
    ck_assert_int_eq(tolerance.path.dialect, JSONPATH_JSONPATH2);
    value = parse_value("{\"type\":\"jsonpath\",\"path\":\"$['a']\"}");
    ck_assert(
        tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error) && tolerance.compiled);
    ck_assert_int_eq(tolerance.path.dialect, JSONPATH_RFC9535);
}
END_TEST

/* A path that only RFC 9535 reads works, and raises as the reference does where that is asked for. */
START_TEST(paths_of_rfc9535)
{
    struct value value =
        parse_value("{\"type\":\"jsonpath\",\"path\":\"$[?@.a == 'x']\",\"count\":1}");
    struct value found = parse_value("[{\"a\":\"x\"},{\"a\":\"y\"}]");
    struct tolerance tolerance;
    struct tolerance_error error;
    struct tolerance_options options = {.dialect = JSONPATH_AUTO, .regexps = &rt_regexps};
    ck_assert(tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error));
    ck_assert_int_eq(tolerance_judge(&arena, &tolerance, &found, &options).kind, VERDICT_MET);
    options.dialect = JSONPATH_JSONPATH2;
    struct verdict verdict = tolerance_judge(&arena, &tolerance, &found, &options);
    ck_assert_int_eq(verdict.kind, VERDICT_RAISES);
    ck_assert_str_eq(verdict.exception, "ValueError");
}
END_TEST

START_TEST(limits_end_a_judgement)
{
    struct value value = parse_value("{\"type\":\"regex\",\"pattern\":\"^(a|a|a?)+$\"}");
    struct value text = parse_value("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\"");
    struct tolerance tolerance;
    struct tolerance_error error;
    struct tolerance_options options = {.step_limit = 10, .regexps = &rt_regexps};
    ck_assert(tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error));
    struct verdict verdict = tolerance_judge(&arena, &tolerance, &text, &options);
    ck_assert_int_eq(verdict.kind, VERDICT_LIMIT);
    ck_assert_uint_gt(verdict.message.len, 0);

    value = parse_value("{\"type\":\"jsonpath\",\"path\":\"$..*\"}");
    text = parse_value("[1,2,3,4,5,6,7,8,9,10]");
    ck_assert(tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error));
    ck_assert_int_eq(tolerance_judge(&arena, &tolerance, &text, &options).kind, VERDICT_LIMIT);
}
END_TEST

START_TEST(long_integers_are_read)
{
    struct value value = parse_value("{\"type\":\"jsonpath\",\"path\":\"$[0]\"}");
    char text[5003];
    memset(text, '7', sizeof text);
    text[0] = '[';
    text[sizeof text - 2] = ']';
    struct value found = value_string((struct str){text, sizeof text - 1});
    struct tolerance tolerance;
    struct tolerance_error error;
    struct tolerance_options options = {0};
    ck_assert(tolerance_read(&arena, &value, &tolerance, NULL, &error));
    ck_assert_int_eq(tolerance_judge(&arena, &tolerance, &found, &options).kind, VERDICT_MET);
}
END_TEST

START_TEST(reasons)
{
    struct value value = parse_value("{\"type\":\"jsonpath\",\"path\":\"$.a\",\"expect\":2}");
    struct value found = parse_value("{\"a\":\"x\"}");
    struct tolerance tolerance;
    struct tolerance_error error;
    struct tolerance_options options = {.regexps = &rt_regexps};
    ck_assert(tolerance_read(&arena, &value, &tolerance, &rt_regexps, &error));
    struct verdict verdict = tolerance_judge(&arena, &tolerance, &found, &options);
    ck_assert(str_is(verdict.message, "jsonpath found '['x']' but expected '2'"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tolerance");
    TCase *tests = tcase_create("tolerance");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, recorded_judgements);
    tcase_add_test(tests, errors_name_member_and_place);
    tcase_add_test(tests, expressions_are_compiled_once);
    tcase_add_test(tests, paths_of_rfc9535);
    tcase_add_test(tests, limits_end_a_judgement);
    tcase_add_test(tests, long_integers_are_read);
    tcase_add_test(tests, reasons);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
