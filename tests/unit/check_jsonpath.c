/* RFC 9535's compliance suite, recordings of jsonpath2 (tests/oracle/record_jsonpath2.py), errors
 * and limits. */
#include <check.h>
#include <stdio.h>

#include "runtime/base/pytext.h"
#include "runtime/expr/jsonpath.h"
#include "runtime/expr/regexp.h"
#include "tests/unit/oracle.h"

static const char suite_path[] = TESTS_DIR "/../../shared/suites/jsonpath/cts.json";

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

static struct value parse_value(const char *text)
{
    struct value value;
    ck_assert_msg(json_parse(&arena, str_from(text), NULL, &value, NULL), "%s", text);
    return value;
}

/* The values of the nodes as one array. */
static struct value to_array(struct jsonpath_nodes nodes)
{
    struct value *items = ARENA_ARRAY(&arena, struct value, nodes.count);
    for (size_t i = 0; i < nodes.count; i++)
        items[i] = *nodes.items[i];
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, nodes.count}};
}

static bool is_one_of(const struct value *results, const struct value *found)
{
    for (size_t i = 0; i < results->as.array.count; i++)
        if (value_equal(&results->as.array.items[i], found))
            return true;
    return false;
}

/* Runs one test of the compliance suite; true if it agrees. */
static bool complies(const struct value *test)
{
    struct jsonpath program;
    struct jsonpath_error error;
    struct str path = value_get(test, STR("selector"))->as.text;
    bool read = jsonpath_compile(&arena, path, JSONPATH_RFC9535, &program, &error);
    if (value_get(test, STR("invalid_selector")))
        return !read;
    if (!read)
        return false;
    struct jsonpath_nodes nodes =
        jsonpath_eval(&arena, &program, value_get(test, STR("document")), 0, &rt_regexps);
    struct value found = to_array(nodes);
    const struct value *result = value_get(test, STR("result"));
    if (nodes.status != JSONPATH_DONE)
        return false;
    return result ? value_equal(&found, result)
                  : is_one_of(value_get(test, STR("results")), &found);
}

START_TEST(compliance_suite)
{
    if (!oracle_exists(suite_path)) {
        printf("SKIPPED: no %s\n", suite_path);
        return;
    }
    struct value suite = oracle_read(&arena, suite_path);
    const struct value *tests = value_get(&suite, STR("tests"));
    size_t agreed = 0, count = tests->as.array.count;
    for (size_t i = 0; i < count; i++) {
        const struct value *test = &tests->as.array.items[i];
        if (complies(test))
            agreed++;
        else
            printf("%.*s: %.*s\n", STR_ARG(value_get(test, STR("name"))->as.text),
                STR_ARG(value_get(test, STR("selector"))->as.text));
    }
    printf("compliance suite of RFC 9535: %zu of %zu\n", agreed, count);
    ck_assert_uint_eq(agreed, count);
}
END_TEST

/* Compares one path over one document with what was recorded; says how it differs. */
static bool replays(struct str path, const struct value *document, const struct value *expected)
{
    struct jsonpath program;
    struct jsonpath_error error;
    bool read = jsonpath_compile(&arena, path, JSONPATH_AUTO, &program, &error);
    if (!read || program.dialect != JSONPATH_JSONPATH2) {
        printf("%.*s is not read as jsonpath2\n", STR_ARG(path));
        return false;
    }
    struct jsonpath_nodes nodes = jsonpath_eval(&arena, &program, document, 0, &rt_regexps);
    struct value found = to_array(nodes);
    bool same = expected->kind == VALUE_STRING /* the exception's name */
                    ? nodes.status == JSONPATH_RAISES
                    : nodes.status == JSONPATH_DONE && value_equal(&found, expected);
    if (!same)
        printf("%.*s over %.*s: %.*s, expected %.*s\n", STR_ARG(path),
            STR_ARG(pytext_str(&arena, document)), STR_ARG(pytext_str(&arena, &found)),
            STR_ARG(pytext_str(&arena, expected)));
    return same;
}

START_TEST(recorded_triples)
{
    struct value oracle = oracle_read(&arena, TESTS_DIR "/oracle/jsonpath2.json");
    const struct value *documents = value_get(&oracle, STR("documents"));
    const struct value *paths = value_get(&oracle, STR("paths"));
    size_t triples = 0, wrong = 0;
    for (size_t i = 0; i < paths->as.array.count; i++) {
        const struct value *entry = &paths->as.array.items[i];
        struct str path = value_get(entry, STR("path"))->as.text;
        const struct value *results = value_get(entry, STR("results"));
        for (size_t j = 0; j < results->as.object.count; j++) {
            const struct member *result = &results->as.object.members[j];
            triples++;
            wrong += !replays(path, value_get(documents, result->key), &result->value);
        }
    }
    printf("jsonpath2: %zu recorded triples, %zu differ\n", triples, wrong);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_ge(triples, 300);
}
END_TEST

START_TEST(recorded_refusals)
{
    struct value oracle = oracle_read(&arena, TESTS_DIR "/oracle/jsonpath2.json");
    const struct value *refused = value_get(&oracle, STR("refused"));
    size_t wrong = 0;
    for (size_t i = 0; i < refused->as.array.count; i++) {
        struct str path = refused->as.array.items[i].as.text;
        struct jsonpath program;
        struct jsonpath_error error;
        if (jsonpath_compile(&arena, path, JSONPATH_JSONPATH2, &program, &error)) {
            printf("%.*s is refused by jsonpath2\n", STR_ARG(path));
            wrong++;
        } else {
            ck_assert_uint_le(error.from, error.to);
            ck_assert_uint_le(error.to, path.len + 1);
            ck_assert_uint_gt(error.message.len, 0);
        }
    }
    printf("jsonpath2: %zu recorded refusals, %zu differ\n", refused->as.array.count, wrong);
    ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(errors_point_at_what_is_wrong)
{
    static const struct {
        const char *path;
        unsigned from, to;
        const char *message;
    } cases[] = {
        {"$.data[?metric.name=='x']", 8, 14,
            "a filter names what it tests from @ on: write @.metric"},
        {"$[?(@.a='x')]", 7, 8, "a comparison is written with two equals signs: =="},
        {"$[name]", 2, 6, "a name in brackets must be quoted: ['name']"},
        {" $.a-b", 4, 5, "a dot, a bracket or the end of the path is expected here"},
        {"$['a", 2, 3, "this string is never closed, or has an escape that is none"},
        {"$.", 2, 2, "a name or * is expected here, but the path ends"},
        {"a.b", 0, 1, "a path, which starts with $, is expected here"},
        {"$[?@.* == 1]", 3, 6, "this path can give several nodes, which cannot be compared"},
        {"$[?size(@.a) > 1]", 3, 7,
            "there is no function size (there are length, count, match, search, value)"},
        {"$[?length(@.*) > 1]", 10, 13,
            "length() takes one value here, and this path can give several"},
        {"$['a\\x']", 4, 6, "JSONPath does not know this escape"},
        {"$[1.5]", 2, 5, "an index must be an integer"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct jsonpath program;
        struct jsonpath_error error = {0};
        ck_assert(
            !jsonpath_compile(&arena, str_from(cases[i].path), JSONPATH_AUTO, &program, &error));
        ck_assert_msg(str_equal(error.message, str_from(cases[i].message)), "%s: %.*s",
            cases[i].path, STR_ARG(error.message));
        ck_assert_msg(error.from == cases[i].from && error.to == cases[i].to, "%s: %u to %u",
            cases[i].path, error.from, error.to);
    }
}
END_TEST

START_TEST(readings_are_compared)
{
    static const struct {
        const char *path;
        enum jsonpath_difference difference;
        unsigned from, to;
    } cases[] = {
        {"$.a[0].b..c[*][-1:]", JSONPATH_SAME, 0, 0},
        {"$.a[?(@.b)]", JSONPATH_FILTER, 4, 10},
        {"  $.a[?(@.b < 3)].c", JSONPATH_FILTER, 6, 16},
        {"$.a[?(@.b = 3)]", JSONPATH_SAME, 0, 0},
        {"$.a[?@.b == 3]", JSONPATH_SAME, 0, 0},
        {"$[3:0:-1]", JSONPATH_SLICE, 2, 8},
        {"$[-3:-1:2]", JSONPATH_SAME, 0, 0},
        {"$[\"a\\u0020b\"]", JSONPATH_QUOTED_ESCAPE, 2, 12},
        {"$.a.length()", JSONPATH_SAME, 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t from = 0, to = 0;
        ck_assert_msg(jsonpath_compare_readings(&arena, str_from(cases[i].path), &from, &to) ==
                          cases[i].difference,
            "%s", cases[i].path);
        ck_assert_msg(
            from == cases[i].from && to == cases[i].to, "%s: %u to %u", cases[i].path, from, to);
    }
}
END_TEST

/* How many nodes, or -1 at the step limit. */
static int count_nodes(const char *path, const struct value *document, uint64_t steps)
{
    struct jsonpath program;
    struct jsonpath_error error;
    ck_assert_msg(
        jsonpath_compile(&arena, str_from(path), JSONPATH_AUTO, &program, &error), "%s", path);
    struct jsonpath_nodes nodes = jsonpath_eval(&arena, &program, document, steps, &rt_regexps);
    return nodes.status == JSONPATH_DONE ? (int)nodes.count : -1;
}

START_TEST(hostile_paths_end)
{
    struct value document = parse_value("[[1,2,3],[[4,[5]],6],{\"a\":[7,8,{\"b\":9}]}]");
    ck_assert_int_eq(count_nodes("$..*", &document, 0), 16);
    ck_assert_int_eq(count_nodes("$..*", &document, 5), -1);
    ck_assert_int_eq(count_nodes("$..*..*..*..*", &document, 100), -1);
    char filters[400] = "$";
    for (int i = 0; i < 14; i++)
        strcat(filters, "[?(@),?(@)]");
    ck_assert_int_eq(count_nodes(filters, &document, 0), 16384);
    ck_assert_int_eq(count_nodes(filters, &document, 16384), -1);
    for (int i = 14; i < 18; i++)
        strcat(filters, "[?(@),?(@),?(@)]");
    ck_assert_int_eq(count_nodes(filters, &document, 0), 16384 * 81);
    strcat(filters, "[?(@),?(@),?(@)]");
    ck_assert_int_eq(count_nodes(filters, &document, 0), -1);
    ck_assert_int_eq(count_nodes("$[0:99999999999999999999]", &document, 0), 3);
    ck_assert_int_eq(
        count_nodes("$[99999999999999999999:-99999999999999999999:-1]", &document, 0), 6);
    ck_assert_int_eq(
        count_nodes("$[?match('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab', '(a|a|a?)+')]", &document, 0),
        -1);

    char nested[2000];
    struct jsonpath program;
    struct jsonpath_error error;
    memset(nested, '(', sizeof nested);
    memcpy(nested, "$[?", 3);
    ck_assert(!jsonpath_compile(
        &arena, (struct str){nested, sizeof nested}, JSONPATH_AUTO, &program, &error));
    ck_assert(str_is(error.message, "the path is nested more than 100 deep"));
}
END_TEST

START_TEST(repeated_keys_count_once)
{
    struct value document =
        parse_value("{\"a\":1,\"b\":2,\"a\":3,\"c\":4,\"d\":5,\"e\":6,\"f\":7,\"b\":8}");
    struct jsonpath program;
    struct jsonpath_error error;
    ck_assert(jsonpath_compile(&arena, STR("$.*"), JSONPATH_AUTO, &program, &error));
    struct value found = to_array(jsonpath_eval(&arena, &program, &document, 0, &rt_regexps));
    struct value expected = parse_value("[3,8,4,5,6,7]");
    ck_assert(value_equal(&found, &expected));
    ck_assert_int_eq(count_nodes("$.a", &document, 0), 1);
    ck_assert_int_eq(count_nodes("$..*", &document, 0), 6);
}
END_TEST

/* A program moved to other memory, as a plan does it, still runs. */
START_TEST(programs_can_be_moved)
{
    struct jsonpath program;
    struct jsonpath_error error;
    struct value document = parse_value("[{\"a\":\"x\",\"n\":1},{\"a\":\"y\"}]");
    ck_assert(jsonpath_compile(
        &arena, STR("$[?@.a == 'x' && @.n < 2e0]"), JSONPATH_AUTO, &program, &error));
    uint32_t words[128];
    char text[64];
    ck_assert_uint_le(program.word_count, 128);
    memcpy(words, program.words, program.word_count * sizeof *words);
    memcpy(text, program.text.ptr, program.text.len);
    struct jsonpath moved = {program.dialect, words, program.word_count, {text, program.text.len}};
    ck_assert_uint_eq(jsonpath_eval(&arena, &moved, &document, 0, &rt_regexps).count, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("jsonpath");
    TCase *tests = tcase_create("jsonpath");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, compliance_suite);
    tcase_add_test(tests, recorded_triples);
    tcase_add_test(tests, recorded_refusals);
    tcase_add_test(tests, errors_point_at_what_is_wrong);
    tcase_add_test(tests, readings_are_compared);
    tcase_add_test(tests, hostile_paths_end);
    tcase_add_test(tests, repeated_keys_count_once);
    tcase_add_test(tests, programs_can_be_moved);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
