/* check_text.c: what people see: each case is a source and findings in it, held against
 * tests/golden/text/. */
#include "backends/report/report.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/golden.h"

static struct diag_bag bag;
static struct source source;
static struct buf out;

static void setup(void)
{
    diag_bag_init(&bag);
    out = (struct buf){0};
}

static void teardown(void)
{
    diag_bag_free(&bag);
    source_free(&source);
    buf_free(&out);
}

static void make(struct str text)
{
    source_from_text(&source, STR("experiment.json"), text);
}

/* The span of the n-th occurrence (from 0) of `needle`. */
static struct span find(const char *needle, unsigned n)
{
    const char *at = source.text.ptr, *end = at + source.text.len;
    size_t len = strlen(needle);
    for (;; at++) {
        at = memmem(at, (size_t)(end - at), needle, len);
        ck_assert_msg(at != NULL, "%s", needle);
        if (n-- == 0)
            return span_make((size_t)(at - source.text.ptr), (size_t)(at - source.text.ptr) + len);
    }
}

static struct diag *add(struct span span, const char *message)
{
    return diag_add(&bag, &source, DIAG_E100, span, "%s", message);
}

static void check(const char *name, struct report_options options)
{
    char path[4096];
    diag_bag_finish(&bag);
    report_text(&out, &bag, &options);
    snprintf(path, sizeof path, TESTS_DIR "/golden/text/%s.txt", name);
    golden_check(path, buf_str(&out));
}

START_TEST(test_plain)
{
    make(STR("{\n  \"title\": \"x\",\n  \"titel\": 1\n}\n"));
    struct diag *diag = add(find("\"titel\"", 0), "unknown key `titel`");
    diag_relate(&bag, diag, find("\"title\"", 0), "the key is given here");
    diag_help(&bag, diag, "did you mean `title`?");
    check("plain", (struct report_options){0});
}
END_TEST

START_TEST(test_levels)
{
    make(STR("[1, 2, 3, 4]"));
    add(find("1", 0), "one");
    add(find("2", 0), "two")->level = DIAG_WARNING;
    add(find("3", 0), "three")->level = DIAG_INFO;
    add(find("4", 0), "never seen")->level = DIAG_OFF;
    add(find("4", 0), "never seen either")->suppressed = true;
    check("levels", (struct report_options){0});
}
END_TEST

START_TEST(test_color)
{
    make(STR("{\n  \"a\": tru,\n  \"a\": 2\n}\n"));
    struct diag *diag = add(find("tru", 0), "`tru` is no value");
    diag_relate(&bag, diag, find("\"a\"", 1), "also here");
    struct diag_fix *fix = diag_fix(&bag, diag, DIAG_SAFE, "write `true`");
    diag_edit(&bag, fix, diag->span, STR("true"));
    add(find("2", 0), "two")->level = DIAG_WARNING;
    check("color", (struct report_options){.color = true});
}
END_TEST

START_TEST(test_fixes)
{
    make(STR("{\n  \"a\": 1\n  \"b\": 2,\n  // gone\n  \"c\": 3, \"d\": 4\n}"));
    struct diag *diag = add(span_make(10, 10), "a place between two bytes: insertion");
    diag_edit(&bag, diag_fix(&bag, diag, DIAG_SAFE, "insert the comma"), diag->span, STR(","));
    diag = add(find("// gone", 0), "a line that goes away");
    struct span line = find("  // gone\n", 0);
    diag_edit(&bag, diag_fix(&bag, diag, DIAG_SAFE, "remove the comment"), line, STR(""));
    diag = add(find("\"d\"", 0), "two edits, and a line becomes two");
    struct diag_fix *fix = diag_fix(&bag, diag, DIAG_UNSAFE, "rename both");
    diag_edit(&bag, fix, find("\"c\"", 0), STR("\"x\""));
    diag_edit(&bag, fix, find(" \"d\"", 0), STR("\n  \"y\""));
    diag = add(find("\"b\"", 0), "a hint that is too long to show");
    fix = diag_fix(&bag, diag, DIAG_DISPLAY_ONLY, "write more lines");
    diag_edit(&bag, fix, diag->span, STR("1\n2\n3\n4\n5\n6"));
    check("fixes", (struct report_options){0});
}
END_TEST

START_TEST(test_many_lines)
{
    make(STR("{\n  \"a\": {\n    \"b\": 1,\n    \"c\": 2\n  },\n  \"d\": [\n  ]\n}\n"));
    struct span object = {find("{", 1).lo, find("}", 0).hi};
    add(object, "an object over four lines");
    add(span_make(find("[", 0).lo, find("]", 0).hi), "an array over two");
    add(span_make(find("2", 0).lo, find("2", 0).hi + 1), "a value and its line end");
    check("many_lines", (struct report_options){0});
}
END_TEST

START_TEST(test_tabs_and_wide_characters)
{
    make(STR("{\n\t\"a\":\t1,\n\"\xE6\x97\xA5\xE6\x9C\xAC\": 2, \"e\xCC\x81\": 3, "
             "\"\xF0\x9F\x98\x80\": 4\n}\n"));
    add(find("1", 0), "behind tabs");
    add(find("\t1", 0), "a tab itself");
    add(find("\"\xE6\x97\xA5\xE6\x9C\xAC\"", 0), "two wide characters");
    add(find("3", 0), "behind a combining accent");
    add(find("\"\xF0\x9F\x98\x80\"", 0), "a face");
    check("wide", (struct report_options){0});
}
END_TEST

START_TEST(test_what_is_not_text)
{
    make(STR("[\"\x01\x1B[31m\x7F\", \"\0\", \"\xFF\xC3\", \"\xE2\x80\xAE"
             "abc\", \"\xC2\x85\"]"));
    add(find("\x1B", 0), "an escape of the terminal");
    add(find("\xFF\xC3", 0), "two bytes that are no UTF-8");
    add(find("\xE2\x80\xAE", 0), "text turned around, \x1B[31m in a message too");
    check("not_text", (struct report_options){0});
}
END_TEST

START_TEST(test_long_lines)
{
    struct buf text = {0};
    for (int i = 0; i < 5000; i++)
        buf_printf(&text, "%s\"key%d\": %d", i ? ", " : "{", i, i);
    buf_add_text(&text, ", \"\xC3\xA4\xC3\xB6\xC3\xBC\": [");
    for (int i = 0; i < 400; i++)
        buf_add_text(&text, "0123456789");
    buf_add_text(&text, "]}");
    make(buf_str(&text));
    buf_free(&text);
    add(find("\"key1\"", 0), "near the start");
    add(find("\"key2500\"", 0), "in the middle");
    add(span_make(find("[", 0).lo, find("]", 0).hi), "longer than what is shown");
    struct diag *diag = add(find("}", 0), "the end");
    diag_edit(&bag, diag_fix(&bag, diag, DIAG_SAFE, "a fix in a long line is only named"),
        diag->span, STR(""));
    check("long", (struct report_options){.width = 60});
}
END_TEST

START_TEST(test_ends_of_the_text)
{
    make(STR("{\n  \"a\": 1,\r\n"));
    add(span_make(source.text.len, source.text.len), "the place behind the last line");
    add(find(",\r\n", 0), "a span into a CRLF");
    add(span_make(0, source.text.len), "the whole text");
    check("ends", (struct report_options){0});
}
END_TEST

START_TEST(test_empty_text)
{
    make(STR(""));
    add(span_make(0, 0), "the file is empty");
    check("empty", (struct report_options){0});
}
END_TEST

START_TEST(test_formats)
{
    ck_assert_ptr_eq(report_find(STR("text")), &report_formats[0]);
    ck_assert_ptr_null(report_find(STR("nonsense")));
    for (size_t i = 0; i < report_format_count; i++)
        ck_assert_ptr_eq(report_find(str_from(report_formats[i].name)), &report_formats[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tc = tcase_create("text");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_plain);
    tcase_add_test(tc, test_levels);
    tcase_add_test(tc, test_color);
    tcase_add_test(tc, test_fixes);
    tcase_add_test(tc, test_many_lines);
    tcase_add_test(tc, test_tabs_and_wide_characters);
    tcase_add_test(tc, test_what_is_not_text);
    tcase_add_test(tc, test_long_lines);
    tcase_add_test(tc, test_ends_of_the_text);
    tcase_add_test(tc, test_empty_text);
    tcase_add_test(tc, test_formats);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
