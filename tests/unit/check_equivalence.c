/* check_equivalence.c: one experiment in JSON, YAML and .chaos is one IR. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "backends/fmt/fmt.h"
#include "ir/ir_print.h"
#include "ir/verify.h"

static size_t compared;

static struct buf dump(struct source *source, struct doc *doc, struct diag_bag *bag)
{
    struct ir ir;
    struct buf out = {0};
    doc_read(doc, source, bag);
    ir_build(&ir, doc, bag);
    ck_assert_msg(!ir_verify(&ir), "%.*s: %s", STR_ARG(source->name), ir_verify(&ir));
    ir_print(&out, &ir, (struct ir_print_options){.spans = false});
    ir_free(&ir);
    return out;
}

static void compare_file(const char *path)
{
    static const char *const names[] = {
        [DOC_JSON] = "a.json", [DOC_YAML] = "a.yaml", [DOC_CHAOS] = "a.chaos"};
    struct source source, other;
    struct doc doc, read;
    struct diag_bag bag;
    diag_bag_init(&bag);
    ck_assert_int_eq(source_open(&source, path), SOURCE_OK);
    struct buf wanted = dump(&source, &doc, &bag);
    for (int notation = DOC_JSON; notation <= DOC_CHAOS && !doc.broken; notation++) {
        struct buf text = {0};
        struct fmt_report report;
        if (!fmt_print(&text, &doc, (enum doc_notation)notation, &report)) {
            buf_free(&text);
            continue; /* what a notation cannot express is refused, and tested where that is done */
        }
        source_from_text(&other, str_from(names[notation]), buf_str(&text));
        struct buf got = dump(&other, &read, &bag);
        ck_assert_msg(str_equal(buf_str(&got), buf_str(&wanted)),
            "%s as %s:\n%.*s\n--- and not\n%.*s", path, names[notation], STR_ARG(buf_str(&got)),
            STR_ARG(buf_str(&wanted)));
        compared++;
        buf_free(&got);
        buf_free(&text);
        doc_free(&read);
        source_free(&other);
    }
    buf_free(&wanted);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}

static bool is_experiment_file(const char *path)
{
    struct str name = str_from(path);
    return str_ends(name, STR(".yaml")) || str_ends(name, STR(".json")) ||
           str_ends(name, STR(".chaos"));
}

static void compare_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "cannot read %s", folder);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR)
            compare_folder(path);
        else if (is_experiment_file(path))
            compare_file(path);
    }
    closedir(dir);
}

START_TEST(test_fixtures)
{
    compare_folder(TESTS_DIR "/lint");
    compare_folder(TESTS_DIR "/../examples");
    ck_assert_uint_ge(compared, 300);
}
END_TEST

START_TEST(test_corpus)
{
    DIR *dir = opendir(TESTS_DIR "/../../shared/corpus");
    if (!dir) {
        fprintf(stderr, "SKIPPED: no ../shared/corpus\n");
        return;
    }
    closedir(dir);
    compare_folder(TESTS_DIR "/../../shared/corpus");
    ck_assert_uint_ge(compared, 500);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("equivalence");
    TCase *tc = tcase_create("equivalence");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_fixtures);
    tcase_add_test(tc, test_corpus);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
