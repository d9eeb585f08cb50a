/* check_mend.c: fixing converges, adds no error, keeps the rest of the text, and mends every fixture of a rule
 * that promises a fix. */
#include "backends/lint/mend.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name, *before, *after;
    enum diag_applicability most;
} cases[] = {
    {"a.yaml", "title: t\ndescription: d # why\nmethod: []\nrollback: []\n",
        "title: t\ndescription: d # why\nmethod: []\nrollbacks: []\n", DIAG_SAFE},
    {"a.json", "{\"title\": \"t\", \"description\": \"d\",\n  \"methods\" :  [ ]}\n",
        "{\"title\": \"t\", \"description\": \"d\",\n  \"method\" :  [ ]}\n", DIAG_SAFE},
    /* Two rounds: the key is found once the text is read. */
    {"a.json", "{\"title\": \"t\", \"description\": \"d\", \"methods\": [],}\n",
        "{\"title\": \"t\", \"description\": \"d\", \"method\": []}\n", DIAG_SAFE},
    {"a.yaml",
        "title: t\ndescription: d\nmethod: []\nruntime:\n  rollbacks: {strategy: 'alwayss'}\n",
        "title: t\ndescription: d\nmethod: []\nruntime:\n  rollbacks: {strategy: 'always'}\n",
        DIAG_SAFE},
    {"a.yaml",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  pauses: after:10\n"
        "  provider: {type: process, path: a}\n",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  pauses: {after: 10}\n"
        "  provider: {type: process, path: a}\n",
        DIAG_SAFE},
    {"a.yaml",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  provider:\n    type: "
        "python\n"
        "    module: m\n    func: f\n    arguments:\n    x: 1\n    y: 2\n",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  provider:\n    type: "
        "python\n"
        "    module: m\n    func: f\n    arguments:\n      x: 1\n      y: 2\n",
        DIAG_SAFE},
    {"a.yaml",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  secrets: [k8s]\n  "
        "provider:\n"
        "    type: python\n    module: m\n    func: f\nsecrets: {k8s: {a: b}}\n",
        "title: t\ndescription: d\nmethod:\n- type: action\n  name: a\n  provider:\n"
        "    type: python\n    module: m\n    func: f\n    secrets: [k8s]\nsecrets: {k8s: {a: "
        "b}}\n",
        DIAG_SAFE},
    {"a.json",
        "{\"title\": \"t\", \"description\": \"d\", \"secrets\": {\"k8s\": {\"a\": \"b\"}}, "
        "\"method\": [\n"
        "  {\n    \"type\": \"action\",\n    \"name\": \"a\",\n    \"secrets\": [\"k8s\"],\n"
        "    \"provider\": {\n      \"type\": \"python\",\n      \"module\": \"m\",\n      "
        "\"func\": \"f\"\n"
        "    }\n  }\n]}\n",
        "{\"title\": \"t\", \"description\": \"d\", \"secrets\": {\"k8s\": {\"a\": \"b\"}}, "
        "\"method\": [\n"
        "  {\n    \"type\": \"action\",\n    \"name\": \"a\",\n"
        "    \"provider\": {\n      \"type\": \"python\",\n      \"module\": \"m\",\n      "
        "\"func\": \"f\",\n"
        "      \"secrets\": [\"k8s\"]\n    }\n  }\n]}\n",
        DIAG_SAFE},
    /* Which of two names was meant is a guess: not without being asked. */
    {"a.yaml",
        "title: t\ndescription: d\nconfiguration: {service: a}\nmethod:\n- type: action\n  name: "
        "a\n"
        "  provider: {type: http, url: \"http://${servce}\"}\n",
        "title: t\ndescription: d\nconfiguration: {service: a}\nmethod:\n- type: action\n  name: "
        "a\n"
        "  provider: {type: http, url: \"http://${servce}\"}\n",
        DIAG_SAFE},
    {"a.yaml",
        "title: t\ndescription: d\nconfiguration: {service: a}\nmethod:\n- type: action\n  name: "
        "a\n"
        "  provider: {type: http, url: \"http://${servce}\"}\n",
        "title: t\ndescription: d\nconfiguration: {service: a}\nmethod:\n- type: action\n  name: "
        "a\n"
        "  provider: {type: http, url: \"http://${service}\"}\n",
        DIAG_UNSAFE},
};

START_TEST(test_case)
{
    struct buf out = {0}, again = {0};
    struct mend_options options = {.most = cases[_i].most};
    mend_text(&out, str_from(cases[_i].name), str_from(cases[_i].before), &options);
    ck_assert_msg(
        str_equal(buf_str(&out), str_from(cases[_i].after)), "got:\n%.*s", STR_ARG(buf_str(&out)));
    ck_assert_uint_eq(mend_text(&again, str_from(cases[_i].name), buf_str(&out), &options), 0);
    buf_free(&out);
    buf_free(&again);
}
END_TEST

/* ---- every fixture of every rule ---- */

static size_t count_errors(struct str name, struct str text)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct ir ir;
    source_from_text(&source, name, text);
    diag_bag_init(&bag);
    doc_read(&doc, &source, &bag);
    ir_build(&ir, &doc, &bag);
    lint_run(&ir, NULL, &bag);
    diag_bag_finish(&bag);
    size_t errors = bag.errors;
    ir_free(&ir);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return errors;
}

static size_t mended;

static void mend_file(const char *path)
{
    struct source source;
    struct buf out = {0}, again = {0};
    struct mend_options options = {.most = DIAG_UNSAFE};
    ck_assert_int_eq(source_open(&source, path), SOURCE_OK);
    mended += mend_text(&out, source.name, source.text, &options) > 0;
    ck_assert_msg(mend_text(&again, source.name, buf_str(&out), &options) == 0,
        "%s: fixing does not converge:\n%.*s", path, STR_ARG(buf_str(&out)));
    ck_assert_msg(
        count_errors(source.name, buf_str(&out)) <= count_errors(source.name, source.text),
        "%s: fixing adds errors:\n%.*s", path, STR_ARG(buf_str(&out)));
    buf_free(&out);
    buf_free(&again);
    source_free(&source);
}

static void mend_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "cannot read %s", folder);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR)
            mend_folder(path);
        else if (!str_ends(str_from(path), STR(".expect")) &&
                 !str_ends(str_from(path), STR(".txt")))
            mend_file(path);
    }
    closedir(dir);
}

START_TEST(test_fixtures_converge)
{
    static const char *const folders[] = {TESTS_DIR "/lint", TESTS_DIR "/syntax"};
    mend_folder(folders[_i]);
    ck_assert_uint_ge(mended, 10);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mend");
    TCase *tc = tcase_create("mend");
    tcase_add_loop_test(tc, test_case, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(tc, test_fixtures_converge, 0, 2);
    tcase_set_timeout(tc, 60);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
