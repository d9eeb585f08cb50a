/* check_chaos_errors.c: what a writer of .chaos is told. Each tests/syntax/chaos/NAME.chaos has a NAME.txt with the whole
 * report; mutant_* differ from a valid file in one place, so they have exactly one finding: nothing cascades. */
#include <check.h>
#include <dirent.h>

#include "backends/report/report.h"
#include "frontend/doc.h"
#include "tests/unit/golden.h"

#define FIXTURES TESTS_DIR "/syntax/chaos"

static void check_fixture(const char *file)
{
    char path[512], expected[512];
    snprintf(path, sizeof path, FIXTURES "/%s", file);
    snprintf(expected, sizeof expected, FIXTURES "/%.*s.txt", (int)strlen(file) - 6, file);
    struct buf text = {0}, out = {0};
    ck_assert_msg(golden_read(path, &text), "%s cannot be read", path);
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    source_from_text(&source, str_from(file), buf_str(&text));
    diag_bag_init(&bag);
    doc_read_chaos(&doc, &source, &bag);
    diag_bag_finish(&bag);
    ck_assert_msg(bag.errors > 0, "%s has no mistake", file);
    if (strncmp(file, "mutant_", 7) == 0)
        ck_assert_msg(bag.count == 1, "%s: one mistake, %zu findings", file, bag.count);
    ck_assert_ptr_nonnull(doc.root);
    report_text(&out, &bag, &(struct report_options){0});
    golden_check(expected, buf_str(&out));
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    buf_free(&text);
    buf_free(&out);
}

START_TEST(test_every_report)
{
    DIR *dir = opendir(FIXTURES);
    ck_assert_ptr_nonnull(dir);
    size_t by_hand = 0, mutants = 0;
    for (const struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (!str_ends(str_from(entry->d_name), STR(".chaos")))
            continue;
        check_fixture(entry->d_name);
        *(strncmp(entry->d_name, "mutant_", 7) == 0 ? &mutants : &by_hand) += 1;
    }
    closedir(dir);
    ck_assert_uint_ge(by_hand, 30);
    ck_assert_uint_ge(mutants, 30);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("chaos_errors");
    TCase *tests = tcase_create("reports");
    tcase_add_test(tests, test_every_report);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
