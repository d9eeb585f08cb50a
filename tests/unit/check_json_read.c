/* check_json_read.c: the recovering JSON reader. Each tests/syntax/json/NAME.json has a NAME.txt
 * with all that is printed about it and the tree that was read; CHAOSC_BLESS=1 rewrites those. */
#include "frontend/doc.h"

#include <check.h>
#include <dirent.h>
#include <stdlib.h>

#include "backends/report/report.h"
#include "tests/unit/golden.h"

#define FIXTURES TESTS_DIR "/syntax/json"
#define SUITE_DIR TESTS_DIR "/../../shared/suites/json/test_parsing"

struct reading {
    struct source source;
    struct diag_bag bag;
    struct doc doc;
};

static void read_text(struct reading *r, struct str name, struct str text)
{
    source_from_text(&r->source, name, text);
    diag_bag_init(&r->bag);
    doc_read_json(&r->doc, &r->source, &r->bag);
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

static int is_json(const struct dirent *entry)
{
    return str_ends(str_from(entry->d_name), STR(".json"));
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
        bool capped = r.bag.count > 100; /* reading stopped, so the next one takes its place */
        ck_assert_msg(capped || again.bag.count < r.bag.count,
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
    read_text(&r, STR("test.json"), str_from(text));
    ck_assert_msg(r.bag.count == 0, "%s: %.*s", text, STR_ARG(r.bag.items[0]->message));
    ck_assert(!r.doc.broken);
    doc_print(&out, &r.doc);
    ck_assert_str_eq(out.data, expected);
    buf_free(&out);
    free_reading(&r);
}

START_TEST(test_scalars)
{
    ck_tree("null", "null [0-4]\n");
    ck_tree(" true\n", "bool [1-5] true\n");
    ck_tree("false", "bool [0-5] false\n");
    ck_tree("-12345678901234567890123", "int [0-24] -12345678901234567890123\n");
    ck_tree("1.50E+2", "real [0-7] 1.50E+2\n");
    ck_tree("\"a\\u00e9\\ud83d\\ude00\\u0000b\"",
        "string [0-28] \"a\xC3\xA9\xF0\x9F\x98\x80\\u0000b\"\n");
}
END_TEST

START_TEST(test_containers)
{
    ck_tree("[]", "array [0-2] 0\n");
    ck_tree("{}", "object [0-2] 0\n");
    ck_tree("[[1], {\"a\": [ ]}]", "array [0-17] 2\n"
                                   "  array [1-4] 1\n"
                                   "    int [2-3] 1\n"
                                   "  object [6-16] 1\n"
                                   "    \"a\" [7-10]: array [12-15] 0\n");
    ck_tree("{\"a\": {\"b\": \"c\"}, \"d\": null}", "object [0-28] 2\n"
                                                    "  \"a\" [1-4]: object [6-16] 1\n"
                                                    "    \"b\" [7-10]: string [12-15] \"c\"\n"
                                                    "  \"d\" [18-21]: null [23-27]\n");
}
END_TEST

START_TEST(test_strings_point_into_the_source)
{
    struct reading r;
    read_text(&r, STR("test.json"), STR("{\"key\": \"caf\xC3\xA9\", \"k\\u0065y2\": 1}"));
    const struct doc_member *members = r.doc.root->as.object.members;
    ck_assert_ptr_eq(members[0].key.ptr, r.source.text.ptr + 2);
    ck_assert_ptr_eq(members[0].value->as.text.ptr, r.source.text.ptr + 9);
    ck_assert(str_is(members[1].key, "key2"));
    free_reading(&r);
}
END_TEST

START_TEST(test_depth_up_to_the_limit)
{
    struct buf text = {0};
    buf_add_repeat(&text, '[', 512);
    buf_add_repeat(&text, ']', 512);
    struct reading r;
    read_text(&r, STR("deep.json"), buf_str(&text));
    ck_assert_uint_eq(r.bag.count, 0);
    free_reading(&r);
    buf_free(&text);
}
END_TEST

/* What the reference reads with a different meaning or a warning of its own is reported, but not
 * broken. */
START_TEST(test_broken_means_the_reference_cannot_load_it)
{
    static const struct {
        const char *text;
        bool broken;
    } cases[] = {{"{\"a\": 1, \"a\": 2}", false}, {"[NaN, -Infinity]", false}, {"[1,]", true},
        {"\xEF\xBB\xBF[]", true}, {"[\"\xFF\"]", true}, {"", true}, {"[] []", true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct reading r;
        read_text(&r, STR("test.json"), str_from(cases[i].text));
        ck_assert_uint_ge(r.bag.errors, 1);
        ck_assert_msg(r.doc.broken == cases[i].broken, "%s", cases[i].text);
        free_reading(&r);
    }
}
END_TEST

static uint32_t line_of(struct reading *r, uint32_t offset)
{
    return source_place(&r->source, offset).line;
}

/* How many lines there are between the mistake and the finding, or its nearest second place. */
static uint32_t lines_off(struct reading *r, const struct diag *diag, uint32_t line)
{
    uint32_t least = UINT32_MAX;
    for (size_t i = 0; i <= diag->related_count; i++) {
        uint32_t at = line_of(r, i ? diag->related[i - 1].span.lo : diag->span.lo);
        uint32_t off = at > line ? at - line : line - at;
        least = off < least ? off : least;
    }
    return least;
}

/* Where the bracket that closes at `at` opens; `at` itself for all else. */
static size_t opener_of(struct str text, size_t at)
{
    long depth = 0;
    for (size_t i = at + 1; i-- > 0;) {
        depth += (text.ptr[i] == '}' || text.ptr[i] == ']');
        depth -= (text.ptr[i] == '{' || text.ptr[i] == '[');
        if (depth == 0)
            return i;
    }
    return at;
}

/* Whichever one character of punctuation is forgotten: there is one finding, it is there or at the bracket that lost
 * its partner, and a fix it offers makes the text JSON again. */
START_TEST(test_one_mistake_is_one_finding)
{
    struct buf text = read_file(TESTS_DIR "/syntax", "experiment.json");
    unsigned tried = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("{}[],:\"", text.data[i]))
            continue;
        struct buf broken = {0};
        struct reading r;
        buf_add(&broken, text.data, i);
        buf_add(&broken, text.data + i + 1, text.len - i - 1);
        read_text(&r, STR("test.json"), buf_str(&broken));
        uint32_t line = line_of(&r, (uint32_t)i);
        bool in_string = !r.doc.broken; /* what was deleted was text */
        if (!in_string) {
            tried++;
            ck_assert_msg(r.bag.count == 1, "%u: without `%c` %zu findings, the second is %.*s",
                line, text.data[i], r.bag.count, STR_ARG(r.bag.items[r.bag.count > 1]->message));
            uint32_t opener = line_of(&r, (uint32_t)opener_of(buf_str(&text), i));
            ck_assert_msg(lines_off(&r, r.bag.items[0], line) <= 1 ||
                              lines_off(&r, r.bag.items[0], opener) == 0,
                "%u: without `%c`: %.*s in %u", line, text.data[i],
                STR_ARG(r.bag.items[0]->message), line_of(&r, r.bag.items[0]->span.lo));
        }
        if (!in_string && r.bag.items[0]->fix) {
            struct buf mended = apply(&r.source, r.bag.items[0]->fix);
            struct reading again;
            read_text(&again, STR("test.json"), buf_str(&mended));
            ck_assert_msg(!again.doc.broken, "%u: without `%c`: \"%.*s\" does not mend it", line,
                text.data[i], STR_ARG(r.bag.items[0]->fix->title));
            free_reading(&again);
            buf_free(&mended);
        }
        free_reading(&r);
        buf_free(&broken);
    }
    ck_assert_uint_gt(tried, 300);
    buf_free(&text);
}
END_TEST

/* The JSON parsing test suite: y_ read, n_ refused, i_ may be either. */
START_TEST(test_parsing_suite)
{
    DIR *folder = opendir(SUITE_DIR);
    if (!folder) {
        fputs("check_json_read: SKIPPED the parsing suite: no " SUITE_DIR "\n", stderr);
        return;
    }
    unsigned count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (!is_json(entry))
            continue;
        struct buf text = read_file(SUITE_DIR, entry->d_name);
        struct reading r;
        read_text(&r, str_from(entry->d_name), buf_str(&text));
        ck_assert_ptr_nonnull(r.doc.root);
        /* Its y_object_duplicated_key files are JSON, with keys that we report all the same. */
        ck_assert_msg(entry->d_name[0] != 'y' || !r.doc.broken, "%s was refused", entry->d_name);
        ck_assert_msg(entry->d_name[0] != 'n' || r.bag.errors > 0, "%s was read", entry->d_name);
        free_reading(&r);
        buf_free(&text);
        count++;
    }
    closedir(folder);
    ck_assert_uint_ge(count, 300);
}
END_TEST

int main(void)
{
    name_count = scandir(FIXTURES, &names, is_json, alphasort);
    if (name_count < 40) {
        fprintf(stderr, "check_json_read: too few fixtures in " FIXTURES "\n");
        return EXIT_FAILURE;
    }
    Suite *suite = suite_create("json_read");
    TCase *tc = tcase_create("json_read");
    tcase_add_loop_test(tc, test_fixture, 0, name_count);
    tcase_add_loop_test(tc, test_fixes_mend, 0, name_count);
    tcase_add_test(tc, test_scalars);
    tcase_add_test(tc, test_containers);
    tcase_add_test(tc, test_strings_point_into_the_source);
    tcase_add_test(tc, test_depth_up_to_the_limit);
    tcase_add_test(tc, test_broken_means_the_reference_cannot_load_it);
    tcase_add_test(tc, test_one_mistake_is_one_finding);
    tcase_add_test(tc, test_parsing_suite);
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
