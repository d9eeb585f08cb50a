/* check_report.c: the machine-readable formats: the same findings in each, held against tests/golden/report/;
 * tests/report/validate.py reads those with other people's parsers and schemas. */
#include "backends/report/report.h"

#include <check.h>
#include <stdlib.h>

#include "tests/unit/golden.h"

#define TEXT                                                                                       \
    "title: \"caf\xC3\xA9 <&>\"\n"                                                                 \
    "pauses:\n"                                                                                    \
    "  after:10\n"                                                                                 \
    "  text: \xF0\x9F\x92\xA5 boom\n"

static struct span find(const struct source *source, const char *needle)
{
    const char *at = memmem(source->text.ptr, source->text.len, needle, strlen(needle));
    ck_assert_msg(at != NULL, "%s", needle);
    size_t lo = (size_t)(at - source->text.ptr);
    return span_make(lo, lo + strlen(needle));
}

/* One of each: an error with a fix and a second place, a warning over several lines, a suppressed finding, one
 * that is off, an info with nothing more. */
static void fill(struct diag_bag *bag, struct source *source)
{
    struct diag *diag = diag_add(bag, source, DIAG_E129, find(source, "after:10"),
        "`after:10` is text: a key's colon has a space behind it, 100%%, \"quoted\" <tag>");
    diag->pointer = STR("/pauses");
    diag_relate(bag, diag, find(source, "pauses"), "in this block");
    struct diag_fix *fix = diag_fix(bag, diag, DIAG_SAFE, "put a space behind the colon");
    struct span colon = find(source, ":10");
    diag_edit(bag, fix, span_make(colon.lo + 1, colon.lo + 1), STR(" "));

    struct span start = find(source, "pauses:");
    diag =
        diag_add(bag, source, DIAG_W124, span_make(start.lo, source->text.len - 1), "many lines");
    diag_help(bag, diag, "write\nless");
    fix = diag_fix(bag, diag, DIAG_UNSAFE, "two edits");
    diag_edit(bag, fix, find(source, "text"), STR("test"));
    diag_edit(bag, fix, find(source, "boom"), STR("\xF0\x9F\x92\xA5"));

    diag = diag_add(bag, source, DIAG_E110, find(source, "title"), "kept quiet");
    diag->suppressed = true;
    diag->suppression = STR("known since \"spring\"");
    diag = diag_add(bag, source, DIAG_E110, find(source, "text"), "kept quiet elsewhere");
    diag->suppressed = diag->suppressed_outside = true;
    diag_add(bag, source, DIAG_E121, find(source, "10"), "off")->level = DIAG_OFF;
    diag_add(bag, source, DIAG_E120, find(source, "boom"), "behind two wide signs")->level =
        DIAG_INFO;
    /* Twice the same rule and place by names: two fingerprints. */
    diag_add(bag, source, DIAG_W124, find(source, "caf"), "again")->pointer = STR("/title");
    diag_add(bag, source, DIAG_W124, find(source, "<&>"), "again")->pointer = STR("/title");
}

static void check_golden(const struct report_format *format, const char *name, bool filled)
{
    struct source source, clean;
    struct diag_bag bag, empty;
    struct buf out = {0};
    struct report report;
    source_from_text(&source, STR("dir/an experiment.yaml"), STR(TEXT));
    source_from_text(&clean, STR("clean.json"), STR("{}"));
    diag_bag_init(&bag);
    diag_bag_init(&empty);
    report_start(&report, format, &out, &(struct report_options){0});
    report_file(&report, clean.name, &empty);
    if (filled)
        fill(&bag, &source);
    diag_bag_finish(&bag);
    report_file(&report, source.name, &bag);
    report_finish(&report);
    char path[4096];
    snprintf(path, sizeof path, TESTS_DIR "/golden/report/%s-%s.txt", format->name, name);
    golden_check(path, buf_str(&out));
    diag_bag_free(&bag);
    diag_bag_free(&empty);
    source_free(&source);
    source_free(&clean);
    buf_free(&out);
}

START_TEST(test_findings)
{
    check_golden(&report_formats[_i], "findings", true);
}
END_TEST

START_TEST(test_clean)
{
    check_golden(&report_formats[_i], "clean", false);
}
END_TEST

START_TEST(test_names)
{
    ck_assert_ptr_eq(report_find(STR("sarif")), &report_formats[3]);
    ck_assert_ptr_null(report_find(STR("SARIF")));
    ck_assert_ptr_null(report_find(STR("")));
}
END_TEST

/* What a finding counts for: neither suppressed ones nor those that are off. */
START_TEST(test_counts)
{
    struct source source;
    struct diag_bag bag;
    struct buf out = {0};
    struct report report;
    source_from_text(&source, STR("a.yaml"), STR(TEXT));
    diag_bag_init(&bag);
    fill(&bag, &source);
    diag_bag_finish(&bag);
    report_start(&report, report_find(STR("jsonl")), &out, &(struct report_options){0});
    report_file(&report, source.name, &bag);
    ck_assert_uint_eq(report.files, 1);
    ck_assert_uint_eq(report.findings, 5);
    ck_assert_uint_eq(report.errors, 1);
    ck_assert_uint_eq(report.warnings, 3);
    report_finish(&report);
    diag_bag_free(&bag);
    source_free(&source);
    buf_free(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("report");
    TCase *tc = tcase_create("report");
    tcase_add_loop_test(tc, test_findings, 0, (int)report_format_count);
    tcase_add_loop_test(tc, test_clean, 0, (int)report_format_count);
    tcase_add_test(tc, test_names);
    tcase_add_test(tc, test_counts);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
