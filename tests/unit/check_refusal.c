/* check_refusal.c: what the reference's validation refuses, we refuse in its words, and lint calls it an
 * error; what it takes, we take. Against verdicts recorded by tests/oracle/record-validate. */
#include "ir/ir.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "backends/lint/lint.h"
#include "ir/ir_print.h"
#include "ir/verify.h"

enum { BASES = 2 };
static struct source bases_source[BASES];
static struct doc bases[BASES];

/* Writes a node as JSON, with `value` in the place that `path` from item `at` on leads to; without a value
 * the place is left out. */
static void write_changed(struct buf *out, const struct doc_node *node, const struct doc_node *path,
    size_t at, const struct doc_node *value);

static bool leads_to(const struct doc_node *path, size_t at, struct str key, size_t index)
{
    if (!path || at >= path->as.array.count)
        return false;
    const struct doc_node *step = path->as.array.items[at];
    if (step->kind == DOC_STRING)
        return key.ptr && str_equal(step->as.text, key);
    return !key.ptr && (size_t)atol(step->as.text.ptr) == index;
}

static void write_string(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void write_child(struct buf *out, const struct doc_node *child, const struct doc_node *path,
    size_t at, const struct doc_node *value, bool on_path)
{
    if (on_path && at + 1 == path->as.array.count)
        write_changed(out, value, NULL, 0, NULL);
    else
        write_changed(out, child, on_path ? path : NULL, at + 1, value);
}

static void write_changed(struct buf *out, const struct doc_node *node, const struct doc_node *path,
    size_t at, const struct doc_node *value)
{
    bool first = true;
    if (node->kind == DOC_OBJECT) {
        buf_add_char(out, '{');
        for (size_t i = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            bool on = leads_to(path, at, member->key, 0);
            if (on && at + 1 == path->as.array.count && !value)
                continue;
            buf_add_text(out, first ? "" : ",");
            first = false;
            write_string(out, member->key);
            buf_add_char(out, ':');
            write_child(out, member->value, path, at, value, on);
        }
        buf_add_char(out, '}');
    } else if (node->kind == DOC_ARRAY) {
        buf_add_char(out, '[');
        for (size_t i = 0; i < node->as.array.count; i++) {
            bool on = leads_to(path, at, (struct str){NULL, 0}, i);
            if (on && at + 1 == path->as.array.count && !value)
                continue;
            buf_add_text(out, first ? "" : ",");
            first = false;
            write_child(out, node->as.array.items[i], path, at, value, on);
        }
        buf_add_char(out, ']');
    } else if (node->kind == DOC_STRING) {
        write_string(out, node->as.text);
    } else if (node->kind == DOC_NULL) {
        buf_add_text(out, "null");
    } else if (node->kind == DOC_BOOL) {
        buf_add_text(out, node->as.truth ? "true" : "false");
    } else {
        buf_add_str(out, node->as.text);
    }
}

static size_t misses;

#define EXPECT(holds, ...)                                                                         \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            misses++;                                                                              \
            fprintf(stderr, __VA_ARGS__);                                                          \
        }                                                                                          \
    } while (0)

static void judge(struct str text, bool invalid, bool crash, struct str message, struct str row)
{
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    struct ir ir;
    struct ir_refusal refusal;
    source_from_text(&source, STR("experiment.json"), text);
    diag_bag_init(&bag);
    doc_read_json(&doc, &source, &bag);
    ck_assert_uint_eq(bag.count, 0);
    ir_build(&ir, &doc, &bag);
    EXPECT(!ir_verify(&ir), "%.*s\n%s\n", STR_ARG(row), ir_verify(&ir));
    bool ours = ir_reference_invalid(&ir, true, &refusal);
    EXPECT(ours == invalid && refusal.crash == crash, "%.*s\n  ours: %s %.*s\n", STR_ARG(row),
        !ours           ? "valid"
        : refusal.crash ? "crash"
                        : "refused",
        STR_ARG(refusal.message));
    if (invalid && !crash)
        EXPECT(str_equal(refusal.message, message), "%.*s\n  ours: %.*s\n", STR_ARG(row),
            STR_ARG(refusal.message));
    lint_run(&ir, NULL, &bag);
    diag_bag_finish(&bag);
    EXPECT(!invalid || bag.errors > 0, "%.*s\n  lint finds no error\n", STR_ARG(row));
    ir_free(&ir);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}

static void judge_row(struct str line)
{
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    source_from_text(&source, STR("row.json"), line);
    diag_bag_init(&bag);
    doc_read_json(&doc, &source, &bag);
    const struct doc_node *root = doc.root, *path = doc_get(root, STR("path"));
    const struct doc_node *value = doc_get(root, STR("value"));
    size_t base = (size_t)atol(doc_get(root, STR("of"))->as.text.ptr);
    struct buf text = {0};
    if (path->as.array.count == 0)
        write_changed(&text, value, NULL, 0, NULL);
    else
        write_changed(&text, bases[base].root, path, 0, value);
    judge(buf_str(&text), doc_get(root, STR("invalid"))->as.truth,
        doc_get(root, STR("crash"))->as.truth, doc_get(root, STR("message"))->as.text, line);
    buf_free(&text);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}

START_TEST(test_recorded_verdicts)
{
    struct source records;
    ck_assert_int_eq(source_open(&records, TESTS_DIR "/oracle/validate.jsonl"), SOURCE_OK);
    size_t rows = 0, base_count = 0;
    for (const char *p = records.text.ptr, *end = p + records.text.len; p < end;) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        struct str line = str_slice(p, eol ? eol : end);
        p += line.len + 1;
        if (str_starts(line, STR("{\"base\""))) {
            struct diag_bag bag;
            diag_bag_init(&bag);
            ck_assert_uint_lt(base_count, BASES);
            source_from_text(&bases_source[base_count], STR("base.json"), line);
            doc_read_json(&bases[base_count], &bases_source[base_count], &bag);
            bases[base_count].root = bases[base_count].root->as.object.members[0].value;
            base_count++;
            diag_bag_free(&bag);
        } else {
            judge_row(line);
            rows++;
        }
    }
    ck_assert_msg(misses == 0, "%zu verdicts of %zu differ", misses, rows);
    ck_assert_uint_eq(base_count, BASES);
    ck_assert_uint_ge(rows, 1000);
    for (size_t i = 0; i < BASES; i++) {
        doc_free(&bases[i]);
        source_free(&bases_source[i]);
    }
    source_free(&records);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("refusal");
    TCase *tc = tcase_create("refusal");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, test_recorded_verdicts);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
