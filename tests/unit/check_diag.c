/* check_diag.c: the bag sorts, removes repetitions and counts; the catalogue is sound. */
#include "frontend/diag.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

static struct diag_bag bag;
static struct source first, second;

static void setup(void)
{
    diag_bag_init(&bag);
    source_from_text(&first, STR("first"), STR("0123456789"));
    source_from_text(&second, STR("second"), STR("0123456789"));
}

static void teardown(void)
{
    diag_bag_free(&bag);
    source_free(&first);
    source_free(&second);
}

static void ck_order(const char *expected)
{
    diag_bag_finish(&bag);
    char order[64] = "";
    for (size_t i = 0; i < bag.count; i++)
        snprintf(order + strlen(order), sizeof order - strlen(order), "%.*s ",
            STR_ARG(bag.items[i]->message));
    ck_assert_str_eq(order, expected);
}

START_TEST(test_sorted_by_source_then_place_then_addition)
{
    diag_add(&bag, &second, DIAG_E100, span_make(5, 6), "a");
    diag_add(&bag, &first, DIAG_E100, span_make(1, 2), "b");
    diag_add(&bag, &second, DIAG_E100, span_make(2, 3), "c");
    diag_add(&bag, &first, DIAG_E101, span_make(0, 9), "d");
    diag_add(&bag, &first, DIAG_E100, span_make(0, 9), "e");
    diag_add(&bag, &first, DIAG_E100, span_make(0, 4), "f");
    ck_order("c a f d e b ");
    ck_order("c a f d e b "); /* finishing twice changes nothing */
}
END_TEST

START_TEST(test_repetitions_are_removed)
{
    diag_add(&bag, &first, DIAG_E100, span_make(1, 2), "%s", "a");
    diag_add(&bag, &first, DIAG_E101, span_make(1, 2), "a");
    diag_add(&bag, &first, DIAG_E100, span_make(1, 2), "a");
    diag_add(&bag, &first, DIAG_E100, span_make(1, 2), "b");
    diag_add(&bag, &second, DIAG_E100, span_make(1, 2), "a");
    ck_order("a a b a ");
    ck_assert_uint_eq(bag.errors, 4);
}
END_TEST

START_TEST(test_counts_by_effective_level)
{
    diag_add(&bag, &first, DIAG_E100, span_make(1, 2), "a")->level = DIAG_WARNING;
    diag_add(&bag, &first, DIAG_E100, span_make(2, 3), "b")->suppressed = true;
    diag_add(&bag, &first, DIAG_E100, span_make(3, 4), "c");
    diag_add(&bag, &first, DIAG_W124, span_make(4, 5), "d");
    diag_bag_finish(&bag);
    ck_assert_uint_eq(bag.count, 4);
    ck_assert_uint_eq(bag.errors, 1);
    ck_assert_uint_eq(bag.warnings, 2);
}
END_TEST

START_TEST(test_notes_help_and_fix)
{
    struct diag *diag = diag_add(&bag, &first, DIAG_E110, span_make(5, 6), "key `%s`", "x");
    for (uint32_t i = 0; i < 20; i++)
        diag_relate(&bag, diag, span_make(i, i + 1), "place %u", i);
    diag_help(&bag, diag, "remove %d", 1);
    struct diag_fix *fix = diag_fix(&bag, diag, DIAG_UNSAFE, "remove `%s`", "x");
    char text[] = "new";
    diag_edit(&bag, fix, span_make(1, 2), str_from(text));
    text[0] = 'N';
    diag_edit(&bag, fix, span_make(3, 3), STR(""));
    ck_assert(str_is(diag->message, "key `x`"));
    ck_assert_uint_eq(diag->related_count, 20);
    ck_assert(str_is(diag->related[19].text, "place 19"));
    ck_assert(str_is(diag->help, "remove 1"));
    ck_assert_ptr_eq(diag->fix, fix);
    ck_assert_uint_eq(fix->edit_count, 2);
    ck_assert(str_is(fix->edits[0].text, "new")); /* copied */
}
END_TEST

START_TEST(test_catalogue)
{
    enum diag_code code;
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);
        ck_assert_msg(strlen(info->id) == 4, "%s", info->id);
        ck_assert_msg(strchr("EWI", info->id[0]) != NULL, "%s", info->id);
        ck_assert_msg(info->summary[0] && info->summary[strlen(info->summary) - 1] != '.',
            "%s: the summary ends without full stop", info->id);
        ck_assert_msg(
            strspn(info->slug, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(info->slug),
            "%s: %s", info->id, info->slug);
        /* ids and slugs are unique if each finds itself */
        ck_assert_msg(diag_find(str_from(info->id), &code) && (int)code == i, "%s", info->id);
        ck_assert_msg(diag_find(str_from(info->slug), &code) && (int)code == i, "%s", info->slug);
    }
    ck_assert(!diag_find(STR("E999"), &code));
    ck_assert(!diag_find(STR(""), &code));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("diag");
    TCase *tc = tcase_create("diag");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, test_sorted_by_source_then_place_then_addition);
    tcase_add_test(tc, test_repetitions_are_removed);
    tcase_add_test(tc, test_counts_by_effective_level);
    tcase_add_test(tc, test_notes_help_and_fix);
    tcase_add_test(tc, test_catalogue);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
