/* Patterns recorded from Python's re (tests/oracle/record_re.py) replayed, and what only PCRE2
 * would accept. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/base/utf8.h"
#include "runtime/expr/regexp.h"
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

/* Python counts code points. */
static size_t to_characters(struct str pattern, size_t offset)
{
    return utf8_count((struct str){pattern.ptr, offset});
}

static struct regexp *compile(struct str pattern, struct regexp_error *error)
{
    struct str translation;
    if (!regexp_translate(&arena, pattern, &translation, error))
        return NULL;
    struct regexp *regexp = regexp_compile(&arena, translation, error);
    if (!regexp)
        printf("PCRE2 refuses '%.*s', translated from '%.*s'\n", STR_ARG(translation),
            STR_ARG(pattern));
    return regexp;
}

/* Compares one recorded pattern; returns how many of its pairs differ, each said. */
static unsigned replay(const struct value *entry, unsigned *pairs)
{
    struct str pattern = value_get(entry, STR("pattern"))->as.text;
    const struct value *message = value_get(entry, STR("error")), *at = value_get(entry, STR("at"));
    const struct value *found = value_get(entry, STR("found"));
    struct regexp_error error = {0};
    struct regexp *regexp = compile(pattern, &error);
    unsigned wrong = 0;
    if (message) {
        size_t offset = to_characters(pattern, error.offset);
        ++*pairs;
        wrong = regexp || !str_equal(error.message, message->as.text) ||
                (at->kind == VALUE_INT && offset != strtoull(at->as.text.ptr, NULL, 10));
        if (wrong)
            printf("'%.*s': '%.*s' at %zu, expected '%.*s' at %.*s\n", STR_ARG(pattern),
                STR_ARG(error.message), offset, STR_ARG(message->as.text), STR_ARG(at->as.text));
    } else if (!regexp) {
        printf("'%.*s': refused: %.*s\n", STR_ARG(pattern), STR_ARG(error.message));
        wrong = 1;
    }
    for (size_t i = 0; regexp && found && i < found->as.object.count; i++) {
        const struct member *text = &found->as.object.members[i];
        enum regexp_result expected = text->value.as.truth ? REGEXP_MATCH : REGEXP_NO_MATCH;
        ++*pairs;
        if (regexp_search(regexp, text->key) != expected) {
            printf("'%.*s' in '%.*s': expected %s\n", STR_ARG(pattern), STR_ARG(text->key),
                expected == REGEXP_MATCH ? "a match" : "none");
            wrong++;
        }
    }
    regexp_free(regexp);
    return wrong;
}

START_TEST(recorded_pairs)
{
    struct value entries = oracle_read(&arena, TESTS_DIR "/oracle/re.json");
    unsigned wrong = 0, pairs = 0;
    for (size_t i = 0; i < entries.as.array.count; i++)
        wrong += replay(&entries.as.array.items[i], &pairs);
    printf("%u recorded pairs of Python's re, %u differ\n", pairs, wrong);
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_ge(pairs, 500);
}
END_TEST

START_TEST(catastrophe_ends)
{
    struct regexp_error error;
    struct regexp *regexp = compile(STR("^(a|a|a?)+$"), &error);
    ck_assert_ptr_nonnull(regexp);
    char text[64];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = 'b';
    ck_assert_int_eq(regexp_search(regexp, (struct str){text, sizeof text}), REGEXP_LIMIT);
    regexp_free(regexp);
}
END_TEST

START_TEST(limits_are_named)
{
    struct regexp_error error;
    struct str translation;
    ck_assert(!regexp_translate(&arena, STR("a{65536}"), &translation, &error));
    ck_assert(str_is(error.message, "more than 65535 repetitions are not supported"));
    ck_assert(!regexp_translate(&arena, STR("x\\N{DASH}"), &translation, &error));
    ck_assert(str_starts(error.message, STR("character names are not supported")));
    ck_assert_uint_eq(error.offset, 1);

    char nested[2 * 500];
    memset(nested, '(', 500);
    memset(nested + 500, ')', 500);
    struct str text = {nested, sizeof nested};
    ck_assert(!regexp_translate(&arena, text, &translation, &error));
    ck_assert(str_is(error.message, "groups are nested too deeply"));

    ck_assert(regexp_translate(&arena, STR("(?:a{60000}){60000}"), &translation, &error));
    ck_assert_ptr_null(regexp_compile(&arena, translation, &error));
    ck_assert_uint_gt(error.message.len, 0);
}
END_TEST

START_TEST(bytes_that_are_no_text)
{
    struct regexp_error error;
    struct regexp *regexp = compile(STR("^a.b$"), &error);
    ck_assert_int_eq(regexp_search(regexp, STR("a\xff"
                                               "b")),
        REGEXP_MATCH);
    ck_assert_int_eq(regexp_search(regexp, STR("a\xed\xa0\x80"
                                               "b")),
        REGEXP_MATCH);
    ck_assert_int_eq(regexp_search(regexp, STR("a\xff\xff"
                                               "b")),
        REGEXP_NO_MATCH);
    ck_assert_int_eq(regexp_search(regexp, (struct str){NULL, 0}), REGEXP_NO_MATCH);
    regexp_free(regexp);
}
END_TEST

/* Whether an I-Regexp matches the whole text; 2 if it is refused. */
static int imatch(const char *pattern, const char *text)
{
    struct regexp_error error;
    struct str translation;
    if (!regexp_translate_iregexp(&arena, str_from(pattern), true, &translation, &error))
        return 2;
    struct regexp *regexp = regexp_compile(&arena, translation, &error);
    ck_assert_ptr_nonnull(regexp);
    int result = regexp_search(regexp, str_from(text)) == REGEXP_MATCH;
    regexp_free(regexp);
    return result;
}

START_TEST(iregexp)
{
    ck_assert_int_eq(imatch("a.*c|d", "abc"), 1);
    ck_assert_int_eq(imatch("a.*c|d", "abcd"), 0);
    ck_assert_int_eq(imatch("[0-9]{2,4}", "123"), 1);
    ck_assert_int_eq(imatch("[^a-c]+", "xyz"), 1);
    ck_assert_int_eq(imatch("\\p{Lu}\\P{Lu}", "Aa"), 1);
    ck_assert_int_eq(imatch("[\\p{Nd}-]+", "1-2"), 1);
    ck_assert_int_eq(imatch("a\nb.c", "a\nb\rc"), 0);
    ck_assert_int_eq(imatch("\\n\\t\\\\\\$", "\n\t\\$"), 1);
    ck_assert_int_eq(imatch("^ab.*$", "abc"), 1);
    ck_assert_int_eq(imatch("a^b", "a^b"), 0);
    ck_assert_int_eq(imatch("a\\^b", "a^b"), 1);
    ck_assert_int_eq(imatch("", ""), 1);
    const char *refused[] = {"\\d", "(?:a)", "a{2", "a**", "*a", "[a", "[]", "(a", "a)", "\\p{Xy}",
        "\\", "a{3,2}", "[z-a]", "a*?", "{2}", "]", "}"};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        ck_assert_msg(imatch(refused[i], "") == 2, "%s", refused[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("regexp");
    TCase *tests = tcase_create("regexp");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, recorded_pairs);
    tcase_add_test(tests, catastrophe_ends);
    tcase_add_test(tests, limits_are_named);
    tcase_add_test(tests, bytes_that_are_no_text);
    tcase_add_test(tests, iregexp);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? 0 : 1;
}
