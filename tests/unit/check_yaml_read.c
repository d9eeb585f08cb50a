/* check_yaml_read.c: the YAML reader. Each tests/syntax/yaml/NAME.yaml has a NAME.txt
 * with all that is printed about it and the tree that was read; CHAOSC_BLESS=1 rewrites those. */
#include "frontend/doc.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>

#include "backends/report/report.h"
#include "tests/unit/golden.h"

#define FIXTURES TESTS_DIR "/syntax/yaml"

struct reading {
    struct source source;
    struct diag_bag bag;
    struct doc doc;
};

static void read_text(struct reading *r, struct str name, struct str text)
{
    source_from_text(&r->source, name, text);
    diag_bag_init(&r->bag);
    doc_read_yaml(&r->doc, &r->source, &r->bag);
    diag_bag_finish(&r->bag);
}

static void free_reading(struct reading *r)
{
    doc_free(&r->doc);
    diag_bag_free(&r->bag);
    source_free(&r->source);
}

static struct dirent **names;
static int name_count;

static int is_yaml(const struct dirent *entry)
{
    return str_ends(str_from(entry->d_name), STR(".yaml"));
}

static struct buf read_file(const char *folder, const char *name)
{
    char path[4096];
    struct buf text = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    buf_add_text(&text, "");
    ck_assert_msg(golden_read(path, &text), "%s", path);
    return text;
}

START_TEST(test_fixture)
{
    const char *name = names[_i]->d_name;
    struct buf text = read_file(FIXTURES, name), out = {0};
    struct reading r;
    read_text(&r, str_from(name), buf_str(&text));
    ck_assert_msg(r.bag.count > 0, "%s: nothing was found", name);
    report_text(&out, &r.bag, &(struct report_options){0});
    doc_print(&out, &r.doc);
    char path[4096];
    snprintf(path, sizeof path, FIXTURES "/%.*s.txt", (int)strlen(name) - 5, name);
    golden_check(path, buf_str(&out));
    free_reading(&r);
    buf_free(&text);
    buf_free(&out);
}
END_TEST

static struct buf apply(const struct source *source, const struct diag_fix *fix)
{
    struct buf text = {0};
    size_t at = 0;
    for (size_t i = 0; i < fix->edit_count; i++) {
        const struct diag_edit *edit = &fix->edits[i];
        buf_add(&text, source->text.ptr + at, edit->span.lo - at);
        buf_add_str(&text, edit->text);
        at = edit->span.hi;
    }
    buf_add(&text, source->text.ptr + at, source->text.len - at);
    return text;
}

/* Each fix, applied alone, leaves fewer errors than there were. */
START_TEST(test_fixes_mend)
{
    const char *name = names[_i]->d_name;
    struct buf text = read_file(FIXTURES, name);
    struct reading r;
    read_text(&r, str_from(name), buf_str(&text));
    for (size_t i = 0; i < r.bag.count; i++) {
        const struct diag *diag = r.bag.items[i];
        if (!diag->fix || diag->fix->applicability == DIAG_DISPLAY_ONLY)
            continue;
        struct buf mended = apply(&r.source, diag->fix);
        struct reading again;
        read_text(&again, str_from(name), buf_str(&mended));
        /* libyaml stops at its first error, so behind a mended one the next may show. */
        bool moved = again.bag.count && again.bag.items[0]->span.lo > diag->span.lo;
        ck_assert_msg(moved || again.bag.count < r.bag.count,
            "%s: [%u-%u] %.*s: \"%.*s\" does not mend it", name, diag->span.lo, diag->span.hi,
            STR_ARG(diag->message), STR_ARG(diag->fix->title));
        free_reading(&again);
        buf_free(&mended);
    }
    free_reading(&r);
    buf_free(&text);
}
END_TEST

static void ck_tree(const char *text, const char *expected)
{
    struct reading r;
    struct buf out = {0};
    read_text(&r, STR("test.yaml"), str_from(text));
    ck_assert_msg(r.bag.count == 0, "%s: %.*s", text, STR_ARG(r.bag.items[0]->message));
    ck_assert(!r.doc.broken);
    doc_print(&out, &r.doc);
    ck_assert_str_eq(out.data, expected);
    buf_free(&out);
    free_reading(&r);
}

/* libyaml's marks are moved to where the values' own text stands. */
START_TEST(test_spans)
{
    ck_tree("a: b\n", "object [0-4] 1\n  \"a\" [0-1]: string [3-4] \"b\"\n");
    ck_tree("- a\n- b\n\n\n# end\n",
        "array [0-7] 2\n  string [2-3] \"a\"\n  string [6-7] \"b\"\ncomment [10-15]\n");
    ck_tree("a: |\n  b\n  c\n\n\nd: e\n", "object [0-19] 2\n"
                                          "  \"a\" [0-1]: string [3-12] \"b\\nc\\n\" literal\n"
                                          "  \"d\" [15-16]: string [18-19] \"e\"\n");
    ck_tree("a: &x !!str  12\n", "object [0-15] 1\n  \"a\" [0-1]: string [13-15] \"12\"\n");
    ck_tree("\xEF\xBB\xBF\xC3\xA9: [\xC3\xA9, 'b']\n",
        "object [3-16] 1\n  \"\xC3\xA9\" [3-5]: array [7-16] 2 flow\n"
        "    string [8-10] \"\xC3\xA9\"\n    string [12-15] \"b\" single\n");
}
END_TEST

START_TEST(test_alias_keeps_both_places)
{
    struct reading r;
    read_text(&r, STR("test.yaml"), STR("a: &x {k: v}\nb: *x\n"));
    const struct doc_node *b = doc_get(r.doc.root, STR("b"));
    ck_assert(b->aliased);
    ck_assert(str_is(source_slice(&r.source, b->span), "*x"));
    ck_assert(str_is(source_slice(&r.source, doc_get(b, STR("k"))->span), "v"));
    free_reading(&r);
}
END_TEST

START_TEST(test_comments)
{
    struct reading r;
    read_text(&r, STR("test.yaml"),
        STR("# 1\na: 'x # no'  # 2\nb: |  # 3\n  # no\n# 4\nc: [1, # 5\n  2] # 6\n"
            "d: &x # 7\n  e#no\n# 8"));
    ck_assert_uint_eq(r.doc.comment_count, 8);
    for (size_t i = 0; i < r.doc.comment_count; i++) {
        struct str text = source_slice(&r.source, r.doc.comments[i].span);
        ck_assert_msg(
            text.len == 3 && text.ptr[2] == (char)('1' + i), "%zu: %.*s", i, STR_ARG(text));
    }
    free_reading(&r);
}
END_TEST

START_TEST(test_broken_means_the_reference_cannot_load_it)
{
    static const struct {
        const char *text;
        bool broken;
    } cases[] = {{"a: 1\na: 2\n", false}, {"a:\tb\n", false}, {"a: &x 1\nb: &x 2\n", false},
        {"a: *x\n", true}, {"a: !t b\n", true}, {"a: 2020-99-99\n", true}, {"? [a]\n: b\n", true},
        {"a: 1\n---\nb: 1\n", true}, {"<<: 1\n", true}, {"", true}, {"a: 'b\n", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading r;
        read_text(&r, STR("test.yaml"), str_from(cases[i].text));
        ck_assert_uint_ge(r.bag.count, 1);
        ck_assert_msg(r.doc.broken == cases[i].broken, "%s", cases[i].text);
        free_reading(&r);
    }
}
END_TEST

/* Ten aliases a level: libyaml reads it happily, whoever walks the tree never ends. */
START_TEST(test_expansion_is_bounded)
{
    struct buf text = {0};
    buf_add_text(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        buf_printf(&text, "a%d: &a%d [", i, i);
        for (int j = 0; j < 10; j++)
            buf_printf(&text, "%s*a%d", j ? ", " : "", i - 1);
        buf_add_text(&text, "]\n");
    }
    struct reading r;
    read_text(&r, STR("laughs.yaml"), buf_str(&text));
    ck_assert_uint_eq(r.bag.count, 1);
    ck_assert_int_eq(r.bag.items[0]->code, DIAG_E123);
    free_reading(&r);
    buf_clear(&text);
    buf_add_text(&text, "m0: &m0 {a: 1, b: 2, c: 3}\n");
    for (int i = 1; i < 40; i++)
        buf_printf(&text, "m%d: &m%d {<<: [*m%d, *m%d]}\n", i, i, i - 1, i - 1);
    read_text(&r, STR("merges.yaml"), buf_str(&text));
    ck_assert_uint_ge(r.bag.count, 1);
    free_reading(&r);
    buf_free(&text);
}
END_TEST

START_TEST(test_depth)
{
    static const struct {
        unsigned depth;
        bool allowed;
    } cases[] = {{512, true}, {513, false}, {20000, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct buf text = {0};
        buf_add_repeat(&text, '[', cases[i].depth);
        buf_add_repeat(&text, ']', cases[i].depth);
        struct reading r;
        read_text(&r, STR("deep.yaml"), buf_str(&text));
        ck_assert_msg((r.bag.count == 0) == cases[i].allowed, "depth %u", cases[i].depth);
        free_reading(&r);
        buf_free(&text);
    }
}
END_TEST

/* Each alias is nested only once, but all of them inside each other. */
START_TEST(test_depth_through_aliases)
{
    struct buf text = {0};
    buf_add_text(&text, "- &a0 [x]\n");
    for (int i = 1; i < 1000; i++)
        buf_printf(&text, "- &a%d [*a%d]\n", i, i - 1);
    struct reading r;
    read_text(&r, STR("chain.yaml"), buf_str(&text));
    ck_assert_uint_ge(r.bag.count, 1);
    ck_assert_int_eq(r.bag.items[0]->code, DIAG_E004);
    free_reading(&r);
    buf_free(&text);
}
END_TEST

int main(void)
{
    name_count = scandir(FIXTURES, &names, is_yaml, alphasort);
    if (name_count < 40) {
        fprintf(stderr, "check_yaml_read: too few fixtures in " FIXTURES "\n");
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("yaml_read");
    TCase *tc = tcase_create("yaml_read");
    tcase_add_loop_test(tc, test_fixture, 0, name_count);
    tcase_add_loop_test(tc, test_fixes_mend, 0, name_count);
    tcase_add_test(tc, test_spans);
    tcase_add_test(tc, test_alias_keeps_both_places);
    tcase_add_test(tc, test_comments);
    tcase_add_test(tc, test_broken_means_the_reference_cannot_load_it);
    tcase_add_test(tc, test_expansion_is_bounded);
    tcase_add_test(tc, test_depth);
    tcase_add_test(tc, test_depth_through_aliases);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (int i = 0; i < name_count; i++)
        free(names[i]);
    free(names);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
