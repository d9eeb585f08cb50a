/* check_policy.c: suppressions, the baseline, the configuration: what they keep quiet, and what is said of those
 * that cannot be meant. */
#include "backends/lint/policy.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "backends/lint/place.h"
#include "backends/lint/suppress.h"

struct unit {
    struct source source;
    struct doc doc;
    struct diag_bag bag;
};

static void open_unit(struct unit *u, const char *name, const char *text)
{
    source_from_text(&u->source, str_from(name), str_from(text));
    diag_bag_init(&u->bag);
    doc_read(&u->doc, &u->source, &u->bag);
}

static void close_unit(struct unit *u)
{
    doc_free(&u->doc);
    diag_bag_free(&u->bag);
    source_free(&u->source);
}

static struct span find(const struct unit *u, const char *needle)
{
    const char *at = memmem(u->source.text.ptr, u->source.text.len, needle, strlen(needle));
    ck_assert_msg(at != NULL, "%s", needle);
    size_t lo = (size_t)(at - u->source.text.ptr);
    return span_make(lo, lo + strlen(needle));
}

static struct diag *add(struct unit *u, enum diag_code code, const char *needle)
{
    return diag_add(&u->bag, &u->source, code, find(u, needle), "found");
}

static const struct diag *nth(const struct unit *u, enum diag_code code, unsigned n)
{
    for (size_t i = 0; i < u->bag.count; i++)
        if (u->bag.items[i]->code == code && n-- == 0)
            return u->bag.items[i];
    return NULL;
}

static void ck_pointer(
    const struct unit *u, const char *needle, const char *index, const char *name)
{
    struct arena arena;
    struct place_entry entry;
    arena_init(&arena);
    struct str pointer = place_pointer(&arena, &u->doc, find(u, needle));
    ck_assert_str_eq(pointer.ptr, index);
    ck_assert_str_eq(place_names(&arena, &u->doc, find(u, needle)).ptr, name);
    ck_assert(place_find(&u->doc, pointer, &entry));
    ck_assert(entry.span.lo <= find(u, needle).lo && entry.span.hi >= find(u, needle).hi);
    arena_free(&arena);
}

START_TEST(test_places)
{
    struct unit u;
    open_unit(&u, "e.yaml",
        "method:\n- name: kill a/b\n  provider: {path: x}\n- ref: again\n- [one, {k~: two}]\n");
    ck_pointer(&u, "x}", "/method/0/provider", "/method/kill a~1b/provider");
    ck_pointer(&u, "path", "/method/0/provider/path", "/method/kill a~1b/provider/path");
    ck_pointer(&u, "again", "/method/1/ref", "/method/again/ref");
    ck_pointer(&u, "one", "/method/2/0", "/method/*/one");
    ck_pointer(&u, "two", "/method/2/1/k~0", "/method/*/*/k~0");
    ck_pointer(&u, "method", "/method", "/method");
    struct place_entry entry;
    ck_assert(place_find(&u.doc, STR("/method/kill a~1b/provider"), &entry));
    ck_assert(place_find(&u.doc, STR(""), &entry));
    ck_assert_ptr_eq(entry.node, u.doc.root);
    static const char *const nowhere[] = {"/methods", "method", "/method/9", "/method/0/name/x"};
    for (size_t i = 0; i < 4; i++)
        ck_assert(!place_find(&u.doc, str_from(nowhere[i]), &entry));
    close_unit(&u);
}
END_TEST

/* Which of the findings E202 at `a1`, `a2`, ... a text's suppressions keep quiet. */
static void ck_quiet(const char *name, const char *text, const char *expected, unsigned remarks)
{
    struct unit u;
    struct lint_config config;
    char quiet[16] = "";
    open_unit(&u, name, text);
    size_t own = u.bag.count;
    for (char c = '1'; c <= '9'; c++) {
        char needle[3] = {'a', c, 0};
        if (strstr(text, needle))
            add(&u, DIAG_E202, needle);
    }
    config_init(&config);
    policy_apply(&config, NULL, name, &u.doc, &u.bag);
    unsigned said = 0;
    for (size_t i = own; i < u.bag.count; i++) {
        const struct diag *diag = u.bag.items[i];
        if (diag->code != DIAG_E202)
            said++;
        else if (diag->suppressed)
            strncat(quiet, u.source.text.ptr + diag->span.lo + 1, 1);
    }
    ck_assert_msg(strcmp(quiet, expected) == 0, "%s: quiet are \"%s\"", text, quiet);
    ck_assert_msg(said == remarks, "%s: %u remarks", text, said);
    config_free(&config);
    close_unit(&u);
}

START_TEST(test_comments)
{
    /* Its own line. */
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore[E202] why\nl: a2\n", "1", 0);
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore[ missing-key ]\nl: a2\n", "1", 0);
    /* The entry below, with all it holds. */
    ck_quiet("e.yaml", "# chaosc: ignore[E202]\nk:\n  l: a1\n  m: [a2,\n   a3]\nn: a4\n", "123", 0);
    ck_quiet("e.yaml", "m:\n# chaosc: ignore[E202]\n# more\n\n- k: a1\n  l: a2\n- a3\n", "12", 0);
    ck_quiet("e.yaml", "m:\n- k: a1\n  # chaosc: ignore[E202]\n  l:\n    n: a2\n- a3\n", "2", 0);
    /* The file. */
    ck_quiet("e.yaml", "k: a1\nl: a2\n# chaosc: ignore-file[E202] old\n", "12", 0);
    /* Not what stands in text. */
    ck_quiet(
        "e.yaml", "k: |\n  a1 # chaosc: ignore[E202]\nl: 'a2 # chaosc: ignore[E202]'\n", "", 0);
    /* Two rules, one of which is not needed; a rule that does not exist; none; something else. */
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore[E202, E203]\n", "1", 1);
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore[E999] x\n", "", 1);
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore\n", "", 1);
    ck_quiet("e.yaml", "k: a1 # chaosc: ignore[]\n", "", 0);
    ck_quiet("e.yaml", "k: a1 # chaosc: disable E202\n", "", 1);
    ck_quiet("e.yaml", "k: b # chaosc: ignore[E202]\nl: a1\n", "", 1);
}
END_TEST

START_TEST(test_members)
{
    ck_quiet("e.json",
        "{\"m\": [{\"x-chaosc\": {\"ignore\": [\"E202\"]}, \"k\": \"a1\"}, {\"k\": \"a2\"}]}", "1",
        0);
    ck_quiet(
        "e.json", "{\"k\": \"a1\", \"x-chaosc\": {\"ignore\": [{\"code\": \"E202\"}]}}", "1", 0);
    ck_quiet("e.yaml", "x-chaosc: {ignore: [missing-key]}\nk: a1\n", "1", 0);
    ck_quiet("e.json", "{\"k\": \"a1\", \"x-chaosc\": {\"ignore\": \"E202\"}}", "", 1);
    ck_quiet("e.json", "{\"k\": \"a1\", \"x-chaosc\": {\"ignore\": [3, \"nonsense\"]}}", "", 2);
    ck_quiet("e.json", "{\"k\": \"a1\", \"x-chaosc\": {\"other\": 1}}", "", 0);
}
END_TEST

START_TEST(test_reason_is_kept_and_may_be_required)
{
    struct unit u;
    struct lint_config config;
    open_unit(&u, "e.yaml",
        "k: a1 # chaosc: ignore[E202]  because it is so \nl: a2 # chaosc: ignore[E202]\n");
    add(&u, DIAG_E202, "a1");
    add(&u, DIAG_E202, "a2");
    config_init(&config);
    config.require_reason = true;
    policy_apply(&config, NULL, "e.yaml", &u.doc, &u.bag);
    ck_assert(str_is(nth(&u, DIAG_E202, 0)->suppression, "because it is so"));
    ck_assert(!nth(&u, DIAG_E202, 0)->suppressed_outside);
    const struct diag *missing = nth(&u, DIAG_W052, 0);
    ck_assert_ptr_nonnull(missing);
    ck_assert_uint_gt(missing->span.lo, find(&u, "a2").lo);
    ck_assert_ptr_null(nth(&u, DIAG_W052, 1));
    config_free(&config);
    close_unit(&u);
}
END_TEST

/* A suppression of a rule that is off is not blamed for keeping nothing quiet. */
START_TEST(test_unused_unless_off)
{
    struct unit u;
    struct lint_config config;
    open_unit(&u, "e.yaml", "k: 1 # chaosc: ignore[E202]\n");
    config_init(&config);
    config.levels[DIAG_E202] = DIAG_OFF;
    policy_apply(&config, NULL, "e.yaml", &u.doc, &u.bag);
    ck_assert_uint_eq(u.bag.count, 0);
    config.levels[DIAG_E202] = DIAG_ERROR;
    policy_apply(&config, NULL, "e.yaml", &u.doc, &u.bag);
    ck_assert_int_eq(u.bag.items[0]->code, DIAG_W051);
    const struct diag_fix *fix = u.bag.items[0]->fix;
    ck_assert_ptr_nonnull(fix);
    ck_assert(str_is(source_slice(&u.source, fix->edits[0].span), " # chaosc: ignore[E202]"));
    config_free(&config);
    close_unit(&u);
}
END_TEST

static char folder[64];

static const char *write_file(const char *name, const char *text)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    ck_assert(file && fputs(text, file) >= 0 && fclose(file) == 0);
    return path;
}

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/check_policy.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[128];
    snprintf(command, sizeof command, "rm -r %s", folder);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(test_patterns)
{
    static const struct {
        const char *pattern, *path;
        bool matches;
    } cases[] = {
        {"a.yaml", "a.yaml", true},
        {"a.yaml", "deep/below/a.yaml", true},
        {"*.yaml", "deep/a.yaml", true},
        {"*.yaml", "a.yml", false},
        {"tests/**", "tests/a/b.yaml", true},
        {"tests/**", "other/tests/a", false},
        {"**/tests/**", "other/tests/a", true},
        {"**/tests/*.json", "tests/a.json", true},
        {"tests/*.json", "tests/deep/a.json", false},
        {"t?sts/a*z", "tests/abcz", true},
        {"t?sts/a*z", "tests/abc", false},
        {"./a/*", "a/b", true},
        {"**", "a/b/c", true},
        {"a/**/z", "a/z", true},
        {"a/**/z", "a/b/c/z", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(
            config_matches(str_from(cases[i].pattern), str_from(cases[i].path)) == cases[i].matches,
            "%s %s", cases[i].pattern, cases[i].path);
}
END_TEST

static void read_config(struct lint_config *config, struct diag_bag *bag, const char *text)
{
    diag_bag_init(bag);
    ck_assert(config_read(config, write_file(".chaosc.yaml", text), bag));
}

START_TEST(test_levels)
{
    struct lint_config config;
    struct diag_bag bag;
    enum diag_level levels[DIAG_CODE_COUNT];
    char file[128];
    read_config(&config, &bag,
        "extends: strict\nignore: [drivers, E202]\n"
        "severity: {W501: error, W320: off, unused-suppression: info}\n"
        "overrides:\n- files: ['old/*']\n  severity: {missing-key: warning}\n");
    ck_assert_uint_eq(bag.count, 0);
    snprintf(file, sizeof file, "%s/e.yaml", folder);
    config_levels(&config, file, levels);
    ck_assert_int_eq(levels[DIAG_W501], DIAG_ERROR);
    ck_assert_int_eq(levels[DIAG_W502], DIAG_OFF);
    ck_assert_int_eq(levels[DIAG_W320], DIAG_OFF);
    ck_assert_int_eq(levels[DIAG_W051], DIAG_INFO);
    ck_assert_int_eq(levels[DIAG_E202], DIAG_OFF);
    ck_assert_int_eq(levels[DIAG_E203], DIAG_ERROR);
    for (int i = 0; i < DIAG_CODE_COUNT; i++)
        ck_assert(levels[i] != DIAG_INFO || i == DIAG_W051);
    snprintf(file, sizeof file, "%s/old", folder);
    char command[256];
    snprintf(command, sizeof command, "mkdir %s", file);
    ck_assert_int_eq(system(command), 0);
    snprintf(file, sizeof file, "%s/old/e.yaml", folder);
    config_levels(&config, file, levels);
    ck_assert_int_eq(levels[DIAG_E202], DIAG_WARNING);
    struct arena arena;
    arena_init(&arena);
    struct str found = config_find(&arena, file);
    ck_assert(str_ends(found, STR("/.chaosc.yaml")));
    arena_free(&arena);
    config_free(&config);
    diag_bag_free(&bag);
}
END_TEST

START_TEST(test_select)
{
    struct lint_config config;
    struct diag_bag bag;
    read_config(&config, &bag, "select: [flow, W501]\n");
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const char *group = diag_info((enum diag_code)i)->group;
        bool on = i == DIAG_W501 || strcmp(group, "flow") == 0 || strcmp(group, "syntax") == 0 ||
                  strcmp(group, "input") == 0;
        ck_assert_msg((config.levels[i] != DIAG_OFF) == on, "%s", diag_info((enum diag_code)i)->id);
    }
    config_free(&config);
    diag_bag_free(&bag);
}
END_TEST

/* Each mistake is said once, at its place, and with what was probably meant. */
START_TEST(test_config_mistakes)
{
    static const struct {
        const char *text, *place, *written;
    } cases[] = {
        {"extends: strct\n", "strct", NULL},
        {"selct: [all]\n", "selct", "select"},
        {"ignore: [unknwon-module]\n", "unknwon-module", "unknown-module"},
        {"ignore: W501\n", "W501", NULL},
        {"ignore: [1]\n", "1", NULL},
        {"severity: {W501: fatal}\n", "fatal", NULL},
        {"severity: {W999999: error}\n", "W999999", NULL},
        {"severity: off\n", "off", NULL},
        {"overrides: {files: []}\n", "{files: []}", NULL},
        {"overrides:\n- ignore: [all]\n", "ignore: [all]", NULL},
        {"overrides:\n- files: []\n  ignroe: []\n", "ignroe", "ignore"},
        {"overrides:\n- files: []\n  extends: strict\n", "extends", NULL},
        {"files: [a]\n", "files", NULL},
        {"require-reason: 'yes'\n", "'yes'", NULL},
        {"signatures: ['no-such-*.json']\n", "'no-such-*.json'", NULL},
        {"baseline: no-such.json\n", "no-such.json", NULL},
        {"ignore-file: [x]\n", "[x]", NULL},
        {"drivers: [x]\n", "[x]", NULL},
        {"drivers: {chaosk8s: [1]}\n", "[1]", NULL},
        {"- a\n", "- a", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct lint_config config;
        struct diag_bag bag;
        read_config(&config, &bag, cases[i].text);
        ck_assert_msg(bag.count == 1, "%s: %zu findings", cases[i].text, bag.count);
        const struct diag *diag = bag.items[0];
        ck_assert_int_eq(diag->code, DIAG_E054);
        ck_assert_msg(str_equal(source_slice(&config.source, diag->span), str_from(cases[i].place)),
            "%s: at %.*s", cases[i].text, STR_ARG(source_slice(&config.source, diag->span)));
        ck_assert_msg(!cases[i].written || (diag->fix && str_equal(diag->fix->edits[0].text,
                                                             str_from(cases[i].written))),
            "%s", cases[i].text);
        config_free(&config);
        diag_bag_free(&bag);
    }
}
END_TEST

START_TEST(test_empty_configuration)
{
    struct lint_config config;
    struct diag_bag bag;
    read_config(&config, &bag, "# nothing yet\n");
    ck_assert_uint_eq(bag.count, 0);
    ck_assert_int_eq(config.levels[DIAG_W501], DIAG_WARNING);
    config_free(&config);
    diag_bag_free(&bag);
}
END_TEST

START_TEST(test_ignore_file)
{
    struct lint_config config;
    struct diag_bag bag;
    struct unit u;
    char file[128];
    write_file("ignores.json",
        "{\"e.json\": {\"/m/1\": [\"E202\"], \"/m/first\": [{\"code\": "
        "\"E203\", \"reason\": \"known\"}], \"/n\": [\"E202\"]}, \"f.json\": 1}");
    read_config(&config, &bag, "ignore-file: ignores.json\n");
    ck_assert_uint_eq(bag.count, 0);
    snprintf(file, sizeof file, "%s/e.json", folder);
    open_unit(&u, file, "{\"m\": [{\"name\": \"first\", \"k\": \"a1\"}, {\"k\": \"a2\"}]}");
    add(&u, DIAG_E202, "a1");
    add(&u, DIAG_E203, "a1");
    add(&u, DIAG_E202, "a2");
    policy_apply(&config, NULL, file, &u.doc, &u.bag);
    ck_assert(!u.bag.items[0]->suppressed);
    ck_assert(u.bag.items[1]->suppressed && u.bag.items[1]->suppressed_outside);
    ck_assert(str_is(u.bag.items[1]->suppression, "known"));
    ck_assert(u.bag.items[2]->suppressed);
    /* `/n` is nowhere, which is said where it is written. */
    ck_assert_uint_eq(u.bag.count, 4);
    ck_assert_ptr_eq(u.bag.items[3]->source, &config.ignore_file->source);
    close_unit(&u);
    config_free(&config);
    diag_bag_free(&bag);
}
END_TEST

#define BEFORE "m:\n- name: one\n  p: {k: a1}\n- name: two\n  p: {k: a2}\n"

/* Writes a baseline of BEFORE's findings, reads it again, and applies it to another text. */
static void ck_known(const char *file, const char *text, const char *expected)
{
    struct unit before, now, known;
    struct baseline written, read;
    struct buf out = {0};
    char quiet[8] = "";
    open_unit(&before, "then.yaml", BEFORE);
    add(&before, DIAG_E202, "a1");
    add(&before, DIAG_E202, "a2");
    baseline_init(&written, "baseline.json");
    baseline_add(&written, "then.yaml", &before.doc, &before.bag);
    baseline_write(&out, &written);
    open_unit(&known, "baseline.json", out.data);
    baseline_init(&read, "baseline.json");
    baseline_read(&read, &known.doc, &known.bag);
    ck_assert_uint_eq(known.bag.count, 0);
    ck_assert_uint_eq(read.count, 2);

    open_unit(&now, file, text);
    for (char c = '1'; c <= '9'; c++) {
        char needle[3] = {'a', c, 0};
        if (strstr(text, needle))
            add(&now, DIAG_E202, needle);
    }
    baseline_apply(&read, file, &now.doc, &now.bag);
    for (size_t i = 0; i < now.bag.count; i++)
        if (now.bag.items[i]->suppressed)
            strncat(quiet, now.source.text.ptr + now.bag.items[i]->span.lo + 1, 1);
    ck_assert_msg(strcmp(quiet, expected) == 0, "%s: known are \"%s\"", text, quiet);
    baseline_free(&written);
    baseline_free(&read);
    buf_free(&out);
    close_unit(&before);
    close_unit(&now);
    close_unit(&known);
}

START_TEST(test_baseline)
{
    ck_known("then.yaml", BEFORE, "12");
    /* Lines inserted, items moved, an item renamed, a value changed. */
    ck_known("then.yaml", "# c\n\nz: 1\n" BEFORE, "12");
    ck_known("then.yaml", "m:\n- name: two\n  p: {k: a2}\n- {name: x}\n- name: one\n  p: {k: a1}\n",
        "12");
    ck_known("then.yaml", "m:\n- name: first\n  p: {k: a1}\n- name: two\n  p: {k: a2}\n", "12");
    ck_known("then.yaml", "m:\n- name: one\n  p: {k: a3}\n- name: two\n  p: {k: a2}\n", "23");
    ck_known("then.yaml", "m:\n- name: first\n  p: {k: a3}\n- name: two\n  p: {k: a2}\n", "23");
    /* The file renamed: `then.yaml` is not there. */
    ck_known("now.yaml", BEFORE, "12");
    /* What is new stays new: one entry keeps one finding quiet. */
    ck_known("then.yaml", BEFORE "- name: three\n  p: {k: a3}\n", "12");
    ck_known("then.yaml",
        "m:\n- name: new\n  p: {k: a3}\n- name: one\n  p: {k: a1}\n- name: two\n  p: {k: a2}\n",
        "12");
    ck_known("then.yaml", "other:\n- {name: n, deep: {k: {l: a3}}}\n", "");
    ck_known("now.yaml", "m:\n- name: new\n  p: {k: a3}\n", "");
}
END_TEST

START_TEST(test_baseline_mistakes)
{
    static const char *const texts[] = {"[]", "{}", "{\"findings\": {}}", "{\"findings\": [{}]}"};
    for (size_t i = 0; i < 4; i++) {
        struct unit u;
        struct baseline baseline;
        open_unit(&u, "b.json", texts[i]);
        baseline_init(&baseline, "b.json");
        baseline_read(&baseline, &u.doc, &u.bag);
        ck_assert_uint_eq(u.bag.count, 1);
        ck_assert_int_eq(u.bag.items[0]->code, DIAG_E055);
        baseline_free(&baseline);
        close_unit(&u);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("policy");
    TCase *tc = tcase_create("policy");
    tcase_add_checked_fixture(tc, make_folder, remove_folder);
    tcase_add_test(tc, test_places);
    tcase_add_test(tc, test_comments);
    tcase_add_test(tc, test_members);
    tcase_add_test(tc, test_reason_is_kept_and_may_be_required);
    tcase_add_test(tc, test_unused_unless_off);
    tcase_add_test(tc, test_patterns);
    tcase_add_test(tc, test_levels);
    tcase_add_test(tc, test_select);
    tcase_add_test(tc, test_config_mistakes);
    tcase_add_test(tc, test_empty_configuration);
    tcase_add_test(tc, test_ignore_file);
    tcase_add_test(tc, test_baseline);
    tcase_add_test(tc, test_baseline_mistakes);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
