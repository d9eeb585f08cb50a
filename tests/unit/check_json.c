/* check_json.c: the strict reader reads what RFC 8259 allows and says what and where the rest is
 * wrong. */
#include "runtime/base/json.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/buf.h"

#define SUITE_DIR TESTS_DIR "/../../shared/suites/json/test_parsing"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
}

static void teardown(void)
{
    arena_free(&arena);
}

static struct value read(const char *text)
{
    struct value value;
    ck_assert_msg(json_parse(&arena, str_from(text), NULL, &value, NULL), "%s", text);
    return value;
}

START_TEST(test_scalars)
{
    ck_assert_int_eq(read("null").kind, VALUE_NULL);
    ck_assert(read(" true ").as.truth);
    ck_assert(!read("\r\n\tfalse").as.truth);
    struct value n = read("-12");
    ck_assert_int_eq(n.kind, VALUE_INT);
    ck_assert(str_is(n.as.text, "-12"));
    n = read("12345678901234567890123");
    ck_assert(str_is(n.as.text, "12345678901234567890123"));
    n = read("1.50E+3");
    ck_assert_int_eq(n.kind, VALUE_REAL);
    ck_assert(str_is(n.as.text, "1.50E+3"));
    ck_assert_int_eq(read("0e1").kind, VALUE_REAL);
}
END_TEST

static const struct {
    const char *json;
    struct str text;
} strings[] = {
    {"\"\"", STR_INIT("")},
    {"\"plain\"", STR_INIT("plain")},
    {"\"caf\xC3\xA9\"", STR_INIT("caf\xC3\xA9")},
    {"\"a\\u0000b\"", STR_INIT("a\0b")},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", STR_INIT("\"\\/\b\f\n\r\t")},
    {"\"\\u00e9\\u20AC\"", STR_INIT("\xC3\xA9\xE2\x82\xAC")},
    {"\"\\ud83d\\ude00!\"", STR_INIT("\xF0\x9F\x98\x80!")},
    {"\"\\ud83d\"", STR_INIT("\xED\xA0\xBD")}, /* lone surrogates keep their three-byte form */
    {"\"\\ud83d\\n\"", STR_INIT("\xED\xA0\xBD\n")},
    {"\"\\ud83d\\ud83d\\ude00\"", STR_INIT("\xED\xA0\xBD\xF0\x9F\x98\x80")},
    {"\"\\ude00\\ud83d\"", STR_INIT("\xED\xB8\x80\xED\xA0\xBD")},
};

START_TEST(test_strings)
{
    struct value value = read(strings[_i].json);
    ck_assert_int_eq(value.kind, VALUE_STRING);
    ck_assert_msg(str_equal(value.as.text, strings[_i].text), "%s", strings[_i].json);
}
END_TEST

START_TEST(test_containers)
{
    struct value value = read("[1, [], {\"a\": [true, {}], \"b\": null, \"a\": 2}]");
    ck_assert_int_eq(value.kind, VALUE_ARRAY);
    ck_assert_uint_eq(value.as.array.count, 3);
    const struct value *object = &value.as.array.items[2];
    ck_assert_uint_eq(object->as.object.count, 3); /* repeated keys stay */
    ck_assert(str_is(object->as.object.members[0].key, "a"));
    ck_assert_uint_eq(object->as.object.members[0].value.as.array.count, 2);
    ck_assert_int_eq(object->as.object.members[1].value.kind, VALUE_NULL);
    ck_assert(str_is(object->as.object.members[2].value.as.text, "2"));
}
END_TEST

static const struct {
    struct str json;
    enum json_error error;
    size_t offset;
} failures[] = {
    {STR_INIT(""), JSON_ERROR_EMPTY, 0},
    {STR_INIT(" \n "), JSON_ERROR_EMPTY, 3},
    {STR_INIT("[1 2]"), JSON_ERROR_COMMA_EXPECTED, 3},
    {STR_INIT("[1,]"), JSON_ERROR_VALUE_EXPECTED, 3},
    {STR_INIT("[,1]"), JSON_ERROR_VALUE_EXPECTED, 1},
    {STR_INIT("[1"), JSON_ERROR_COMMA_EXPECTED, 2},
    {STR_INIT("["), JSON_ERROR_VALUE_EXPECTED, 1},
    {STR_INIT("{\"a\" 1}"), JSON_ERROR_COLON_EXPECTED, 5},
    {STR_INIT("{\"a\": 1,}"), JSON_ERROR_KEY_EXPECTED, 8},
    {STR_INIT("{1: 2}"), JSON_ERROR_KEY_EXPECTED, 1},
    {STR_INIT("{a: 2}"), JSON_ERROR_WORD, 1},
    {STR_INIT("{'a': 2}"), JSON_ERROR_SINGLE_QUOTES, 1},
    {STR_INIT("1 2"), JSON_ERROR_EXTRA, 2},
    {STR_INIT("[1]]"), JSON_ERROR_EXTRA, 3},
    {STR_INIT("[\0]"), JSON_ERROR_CHARACTER, 1},
    {STR_INIT("1\0"), JSON_ERROR_CHARACTER, 1}, /* a NUL inside is not the end */
    {STR_INIT("\"a\0b\""), JSON_ERROR_CONTROL, 2},
    {STR_INIT("\"a\nb\""), JSON_ERROR_CONTROL, 2},
    {STR_INIT("[\"a\n, 1]"), JSON_ERROR_UNCLOSED_STRING, 1},
    {STR_INIT("\"abc"), JSON_ERROR_UNCLOSED_STRING, 0},
    {STR_INIT("\"\\"), JSON_ERROR_UNCLOSED_STRING, 0},
    {STR_INIT("\"a\\x\""), JSON_ERROR_ESCAPE, 2},
    {STR_INIT("\"\\u12\""), JSON_ERROR_UNICODE_ESCAPE, 1},
    {STR_INIT("\"\\u12G4\""), JSON_ERROR_UNICODE_ESCAPE, 1},
    {STR_INIT("\"a\xFF\""), JSON_ERROR_STRING_UTF8, 2},
    {STR_INIT("\"\xED\xA0\xBD\""), JSON_ERROR_STRING_UTF8, 1},
    {STR_INIT("\"\xC0\x80\""), JSON_ERROR_STRING_UTF8, 1},
    {STR_INIT("[\xFF]"), JSON_ERROR_UTF8, 1},
    {STR_INIT("01"), JSON_ERROR_NUMBER, 0},
    {STR_INIT("+1"), JSON_ERROR_NUMBER, 0},
    {STR_INIT(".5"), JSON_ERROR_NUMBER, 0},
    {STR_INIT("5."), JSON_ERROR_NUMBER, 0},
    {STR_INIT("0x1F"), JSON_ERROR_NUMBER, 0},
    {STR_INIT("1e"), JSON_ERROR_NUMBER, 0},
    {STR_INIT("-"), JSON_ERROR_CHARACTER, 0},
    {STR_INIT("-a"), JSON_ERROR_WORD, 0},
    {STR_INIT("[/usr/bin]"), JSON_ERROR_WORD, 1},
    {STR_INIT("NaN"), JSON_ERROR_NOT_FINITE, 0},
    {STR_INIT("-Infinity"), JSON_ERROR_NOT_FINITE, 0},
    {STR_INIT("truex"), JSON_ERROR_WORD, 0},
    {STR_INIT("True"), JSON_ERROR_WORD, 0},
    {STR_INIT("[1] // no"), JSON_ERROR_COMMENT, 4},
    {STR_INIT("# no\n1"), JSON_ERROR_COMMENT, 0},
    {STR_INIT("[1 /* **/, 2]"), JSON_ERROR_COMMENT, 3},
    {STR_INIT("[1, /* "), JSON_ERROR_UNCLOSED_COMMENT, 4},
    {STR_INIT("\xEF\xBB\xBF[]"), JSON_ERROR_SPACE, 0},
    {STR_INIT("[1,\xC2\xA0 2]"), JSON_ERROR_SPACE, 3},
    {STR_INIT("[\xE2\x80\x9C"
              "a\xE2\x80\x9D]"),
        JSON_ERROR_TYPOGRAPHIC_QUOTES, 1},
    {STR_INIT("<<<<<<< HEAD\n[]"), JSON_ERROR_CONFLICT, 0},
};

START_TEST(test_failures)
{
    struct value value;
    struct json_failure failure;
    ck_assert_msg(!json_parse(&arena, failures[_i].json, NULL, &value, &failure), "%s was read",
        failures[_i].json.ptr);
    ck_assert_msg(failure.error == failures[_i].error, "%s: %s", failures[_i].json.ptr,
        json_error_text(failure.error));
    ck_assert_msg(
        failure.offset == failures[_i].offset, "%s: at %zu", failures[_i].json.ptr, failure.offset);
}
END_TEST

START_TEST(test_not_finite_as_in_python)
{
    struct json_options options = {.allow_not_finite = true};
    struct value value;
    ck_assert(json_parse(&arena, STR("[NaN, Infinity, -Infinity]"), &options, &value, NULL));
    ck_assert_int_eq(value.as.array.items[0].kind, VALUE_REAL);
    ck_assert(str_is(value.as.array.items[2].as.text, "-Infinity"));
    ck_assert(!json_parse(&arena, STR("[+Infinity]"), &options, &value, NULL));
}
END_TEST

START_TEST(test_depth)
{
    struct json_options options = {.max_depth = 3};
    struct json_failure failure;
    struct value value;
    ck_assert(json_parse(&arena, STR("[{\"a\": []}]"), &options, &value, NULL));
    ck_assert(!json_parse(&arena, STR("[{\"a\": [[]]}]"), &options, &value, &failure));
    ck_assert_int_eq(failure.error, JSON_ERROR_DEPTH);
    ck_assert_uint_eq(failure.offset, 8);

    struct buf deep = {0};
    buf_add_repeat(&deep, '[', 200000);
    ck_assert(!json_parse(&arena, buf_str(&deep), NULL, &value, &failure));
    ck_assert_int_eq(failure.error, JSON_ERROR_DEPTH);
    ck_assert_uint_eq(failure.offset, JSON_DEFAULT_DEPTH);
    buf_free(&deep);
}
END_TEST

static struct buf read_file(const char *folder, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s", path);
    struct buf text = {0};
    buf_add_text(&text, "");
    char block[4096];
    for (size_t len; (len = fread(block, 1, sizeof block, file)) > 0;)
        buf_add(&text, block, len);
    fclose(file);
    return text;
}

/* The JSON parsing test suite: y_ must be read, n_ refused, i_ may be either. */
START_TEST(test_parsing_suite)
{
    DIR *folder = opendir(SUITE_DIR);
    if (!folder) {
        fputs("check_json: SKIPPED the parsing suite: no " SUITE_DIR "\n", stderr);
        return;
    }
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        struct buf text = read_file(SUITE_DIR, entry->d_name);
        struct value value;
        bool ok = json_parse(&arena, buf_str(&text), NULL, &value, NULL);
        ck_assert_msg(entry->d_name[0] != 'y' || ok, "%s was refused", entry->d_name);
        ck_assert_msg(entry->d_name[0] != 'n' || !ok, "%s was read", entry->d_name);
        buf_free(&text);
        count++;
    }
    closedir(folder);
    ck_assert_uint_ge(count, 300);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *tc = tcase_create("json");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_scalars);
    tcase_add_loop_test(tc, test_strings, 0, sizeof strings / sizeof strings[0]);
    tcase_add_test(tc, test_containers);
    tcase_add_loop_test(tc, test_failures, 0, sizeof failures / sizeof failures[0]);
    tcase_add_test(tc, test_not_finite_as_in_python);
    tcase_add_test(tc, test_depth);
    tcase_add_test(tc, test_parsing_suite);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
