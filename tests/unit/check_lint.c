/* check_lint.c: every rule against its fixtures, in both directions: each finding is expected at its exact
 * place, and each expectation is found. tests/lint/<CODE>-<slug>/{bad*,ok*}.{yaml,json,chaos}.
 *
 * `# expect: E204 [12-19]` stands in the line (`# expect@-1:`, `# expect@+2:` for neighbours); columns count
 * from 1, the last one included, and may be left out. `# expect-none` claims silence. JSON has the same in
 * <file>.expect, a finding a line: `3:12-19 E204`, or `none`. Findings of level info count only in the
 * fixtures of their own rule. */
#include "backends/lint/lint.h"
#include "backends/lint/policy.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "ir/verify.h"

enum { FIXTURES_MAX = 1024, EXPECTATIONS_MAX = 64 };
static char *fixtures[FIXTURES_MAX];
static int fixture_count;

struct expectation {
    char code[8];
    unsigned line, from, to; /* columns 0: any */
    bool met;
};

struct expectations {
    struct expectation items[EXPECTATIONS_MAX];
    size_t count;
    bool none;
};

static void expect(
    struct expectations *all, const char *code, unsigned line, unsigned from, unsigned to)
{
    ck_assert_uint_lt(all->count, EXPECTATIONS_MAX);
    struct expectation *e = &all->items[all->count++];
    *e = (struct expectation){.line = line, .from = from, .to = to};
    snprintf(e->code, sizeof e->code, "%.4s", code);
}

/* Raw lines are scanned, not what a reader under test makes of them. */
static void scan_comments(struct source *source, struct expectations *all)
{
    struct str text = source->text;
    all->none = str_contains(text, STR("# expect-none"));
    for (const char *p = text.ptr; (p = strstr(p, "# expect")) != NULL; p += 8) {
        int offset = 0, used = 0;
        unsigned from = 0, to = 0;
        char code[8];
        const char *at = p + 8;
        if (*at == '@' && sscanf(at, "@%d%n", &offset, &used) == 1)
            at += used;
        if (sscanf(at, ": %4[EWI0-9]%n", code, &used) != 1)
            continue;
        sscanf(at + used, " [%u-%u]", &from, &to);
        struct place place = source_place(source, (uint32_t)(p - text.ptr));
        expect(all, code, (unsigned)((int)place.line + offset), from, to);
    }
}

static void scan_sidecar(const char *path, struct expectations *all)
{
    char name[1024], line[256], code[8];
    snprintf(name, sizeof name, "%s.expect", path);
    FILE *file = fopen(name, "r");
    ck_assert_msg(file != NULL, "%s: there is no %s", path, name);
    while (fgets(line, sizeof line, file)) {
        unsigned at, from, to;
        if (sscanf(line, "%u:%u-%u %4s", &at, &from, &to, code) == 4)
            expect(all, code, at, from, to);
        else
            all->none = all->none || strcmp(line, "none\n") == 0;
    }
    fclose(file);
}

static bool ends_with(const char *text, const char *ending)
{
    return str_ends(str_from(text), str_from(ending));
}

static bool meets(struct expectation *e, const struct diag *d)
{
    struct place start = source_place(d->source, d->span.lo);
    struct place end = source_place(d->source, d->span.hi);
    if (e->met || strcmp(e->code, diag_info(d->code)->id) != 0 || e->line != start.line)
        return false;
    if (e->from == 0)
        return true;
    return e->from == start.column && (end.line != start.line || e->to + 1 == end.column);
}

/* The code that the fixture's folder is named for. */
static void code_of(const char *path, char code[8])
{
    const char *folder = strstr(path, "/lint/") + 6;
    snprintf(code, 8, "%.4s", folder);
}

static void lint_source(struct source *source, struct diag_bag *bag, struct doc *doc, struct ir *ir)
{
    diag_bag_init(bag);
    doc_read(doc, source, bag);
    ir_build(ir, doc, bag);
    ck_assert_msg(!ir_verify(ir), "%.*s: %s", STR_ARG(source->name), ir_verify(ir));
    lint_run(ir, NULL, bag);
    struct lint_config config;
    config_init(&config);
    policy_apply(&config, NULL, "experiment", doc, bag);
    config_free(&config);
    diag_bag_finish(bag);
}

START_TEST(test_fixture)
{
    const char *path = fixtures[_i];
    char own[8];
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct ir ir;
    struct expectations all = {0};
    code_of(path, own);
    ck_assert_int_eq(source_open(&source, path), SOURCE_OK);
    if (ends_with(path, ".json"))
        scan_sidecar(path, &all);
    else
        scan_comments(&source, &all);
    lint_source(&source, &bag, &doc, &ir);
    bool wants_none = strstr(path, "/ok") != NULL;
    size_t own_found = 0;
    struct buf problems = {0};
    for (size_t i = 0; i < bag.count; i++) {
        const struct diag *d = bag.items[i];
        const char *id = diag_info(d->code)->id;
        struct place start = source_place(&source, d->span.lo),
                     end = source_place(&source, d->span.hi);
        bool found = false;
        own_found += strcmp(id, own) == 0;
        enum diag_fixability fixability = diag_info(d->code)->fixability;
        if (d->fix ? fixability == DIAG_FIX_NEVER : fixability == DIAG_FIX_ALWAYS)
            buf_printf(&problems, "%s: %s %s a fix, against what codes.def says\n", path, id,
                d->fix ? "has" : "has not");
        for (size_t k = 0; k < all.count && !found; k++)
            if (meets(&all.items[k], d))
                found = all.items[k].met = true;
        if (!found && (d->level >= DIAG_WARNING || strcmp(id, own) == 0))
            buf_printf(&problems, "%s:%u: unexpected %s [%u-%u] %.*s\n", path, start.line, id,
                start.column, end.column - 1, STR_ARG(d->message));
    }
    for (size_t k = 0; k < all.count; k++)
        if (!all.items[k].met)
            buf_printf(&problems, "%s:%u: missing %s [%u-%u]\n", path, all.items[k].line,
                all.items[k].code, all.items[k].from, all.items[k].to);
    if (wants_none != all.none || (wants_none && all.count > 0) || (!wants_none && own_found == 0))
        buf_printf(&problems,
            "%s: a bad fixture has its rule's finding, an ok one claims silence\n", path);
    ck_assert_msg(problems.len == 0, "\n%.*s", STR_ARG(buf_str(&problems)));
    buf_free(&problems);
    ir_free(&ir);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}
END_TEST

START_TEST(test_fixtures_are_found)
{
    ck_assert_int_gt(fixture_count, 100);
    ck_assert_int_lt(fixture_count, FIXTURES_MAX);
}
END_TEST

/* ---- the pages ---- */

/* The n-th fenced block of a page, or an empty string; `notation` gets its language. */
static struct str fenced(struct str page, int n, struct str *notation)
{
    const char *p = page.ptr;
    for (int i = 0;; i++) {
        const char *open = strstr(p, "```");
        const char *body = open ? strchr(open, '\n') : NULL;
        const char *close = body ? strstr(body, "\n```") : NULL;
        if (!close)
            return (struct str){"", 0};
        if (i == n) {
            *notation = str_slice(open + 3, body);
            return str_slice(body + 1, close + 1);
        }
        p = close + 4;
    }
}

static size_t count_in(struct str text, struct str notation, enum diag_code code)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct ir ir;
    size_t count = 0;
    char name[32];
    snprintf(name, sizeof name, "example.%.*s", STR_ARG(notation));
    source_from_text(&source, str_from(name), text);
    lint_source(&source, &bag, &doc, &ir);
    for (size_t i = 0; i < bag.count; i++)
        count += bag.items[i]->code == code;
    ir_free(&ir);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return count;
}

/* Codes that no experiment can show: input that is missing, signature and configuration files, building. */
static bool has_no_example(const char *id)
{
    return strncmp(id, "E00", 3) == 0 || strncmp(id, "E05", 3) == 0 || strcmp(id, "W052") == 0 ||
           strcmp(id, "E510") == 0 || strcmp(id, "W124") == 0 || id[1] == '9';
}

START_TEST(test_page)
{
    const struct diag_info *info = diag_info((enum diag_code)_i);
    char path[512];
    struct source page;
    snprintf(path, sizeof path, TESTS_DIR "/../docs/rules/%s.md", info->id);
    ck_assert_msg(source_open(&page, path) == SOURCE_OK, "%s has no page %s", info->id, path);
    char title[128];
    snprintf(title, sizeof title, "# %s %s\n", info->id, info->slug);
    ck_assert_msg(str_starts(page.text, str_from(title)), "%s does not begin with %s", path, title);
    ck_assert_msg(str_contains(page.text, str_from(info->summary)), "%s lacks its summary", path);
    if (!has_no_example(info->id)) {
        struct str notation = {"", 0};
        struct str bad = fenced(page.text, 0, &notation);
        ck_assert_msg(count_in(bad, notation, (enum diag_code)_i) > 0,
            "%s: the bad example is not found", path);
        struct str good = fenced(page.text, 1, &notation);
        ck_assert_msg(good.len > 0 && count_in(good, notation, (enum diag_code)_i) == 0,
            "%s: the good example is found", path);
    }
    source_free(&page);
}
END_TEST

/* docs/rules.md has the row of every code, as `chaosc rules` lists it, and no other. */
START_TEST(test_list_of_rules)
{
    static const char *const levels[] = {"off", "info", "warning", "error"};
    static const char *const fixes[] = {"never", "sometimes", "always"};
    struct source list;
    size_t rows = 0;
    ck_assert_int_eq(source_open(&list, TESTS_DIR "/../docs/rules.md"), SOURCE_OK);
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        const struct diag_info *info = diag_info((enum diag_code)code);
        char row[256];
        snprintf(row, sizeof row, "\n| [%s](rules/%s.md) | %s | %s | %s | ", info->id, info->id,
            info->slug, levels[info->level], fixes[info->fixability]);
        ck_assert_msg(str_contains(list.text, str_from(row)), "docs/rules.md lacks%s", row);
    }
    for (const char *p = list.text.ptr; (p = strstr(p, "](rules/")) != NULL; p++)
        rows++;
    ck_assert_uint_eq(rows, DIAG_CODE_COUNT);
    source_free(&list);
}
END_TEST

static void find_fixtures(const char *folder)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.' || ends_with(path, ".expect"))
            continue;
        if (entry->d_type == DT_DIR) {
            find_fixtures(path);
        } else {
            if (fixture_count < FIXTURES_MAX)
                fixtures[fixture_count++] = strdup(path);
        }
    }
    closedir(dir);
}

int main(void)
{
    find_fixtures(TESTS_DIR "/lint");
    Suite *suite = suite_create("lint");
    TCase *tc = tcase_create("fixtures");
    tcase_add_test(tc, test_fixtures_are_found);
    tcase_add_loop_test(tc, test_fixture, 0, fixture_count);
    suite_add_tcase(suite, tc);
    tc = tcase_create("pages");
    tcase_add_loop_test(tc, test_page, 0, DIAG_CODE_COUNT);
    tcase_add_test(tc, test_list_of_rules);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    for (int i = 0; i < fixture_count; i++)
        free(fixtures[i]);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
