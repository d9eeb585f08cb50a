/* check_fmt.c: one experiment in three notations. Every experiment at hand is printed in each, read again, printed again,
 * and carried on to the others: the same value, the same IR, the same text. What .chaos saves is measured on the way. */
#include <check.h>
#include <ftw.h>

#include "backends/fmt/fmt.h"
#include "backends/fmt/order.h"
#include "frontend/chaos_lex.h"
#include "frontend/chaos_parse.h"
#include "ir/ir.h"
#include "ir/ir_print.h"
#include "tests/unit/golden.h"

#define CORPUS TESTS_DIR "/../../shared/corpus"
#define LANGUAGE TESTS_DIR "/../../shared/language"
#define EXAMPLES TESTS_DIR "/../examples"

static const char *const notation_names[] = {"json", "yaml", "chaos"};

struct read {
    struct source source;
    struct diag_bag bag;
    struct doc doc;
};

static void read_text(struct read *r, const char *name, enum doc_notation notation, struct str text)
{
    source_from_text(&r->source, str_from(name), text);
    diag_bag_init(&r->bag);
    if (notation == DOC_JSON)
        doc_read_json(&r->doc, &r->source, &r->bag);
    else if (notation == DOC_YAML)
        doc_read_yaml(&r->doc, &r->source, &r->bag);
    else
        doc_read_chaos(&r->doc, &r->source, &r->bag);
}

static void done(struct read *r)
{
    doc_free(&r->doc);
    diag_bag_free(&r->bag);
    source_free(&r->source);
}

/* The IR without places: equal experiments print equally, whatever they were written in. */
static struct buf dump(const struct doc *doc)
{
    struct diag_bag bag;
    struct ir ir;
    struct buf out = {0};
    diag_bag_init(&bag);
    ir_build(&ir, doc, &bag);
    ir_print(&out, &ir, (struct ir_print_options){.spans = false});
    ir_free(&ir);
    diag_bag_free(&bag);
    return out;
}

/* What is measured over all experiments. */
static struct {
    size_t files, lines[3], bytes[3], escapes, long_lines;
} totals;

static size_t count_lines(struct str text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* `raw`, `with`, and quoted members: what .chaos has no form for. */
static size_t count_escapes(const struct read *r)
{
    struct arena arena;
    struct chaos_tokens tokens;
    struct doc doc = {.source = (struct source *)(uintptr_t)&r->source};
    struct diag_bag bag;
    size_t escapes = 0;
    arena_init(&arena);
    diag_bag_init(&bag);
    chaos_lex(&arena, &doc, &bag, &tokens);
    uint32_t braces = 0;
    for (size_t i = 0; i + 1 < tokens.count; i++) {
        int kind = tokens.items[i].kind, next = tokens.items[i + 1].kind;
        braces += kind == CHAOS_TOK_LBRACE || kind == CHAOS_TOK_LPAREN;
        braces -= kind == CHAOS_TOK_RBRACE || kind == CHAOS_TOK_RPAREN;
        bool key = next == CHAOS_TOK_COLON || next == CHAOS_TOK_EQUALS;
        escapes += (kind == CHAOS_TOK_RAW || kind == CHAOS_TOK_WITH) && !key;
        escapes += kind == CHAOS_TOK_STRING && next == CHAOS_TOK_COLON && braces == 0;
    }
    arena_free(&arena);
    arena_free(&doc.arena);
    diag_bag_free(&bag);
    return escapes;
}

/* A line past the width must hold one string that is too long for any line of its own. */
static void check_width(const char *path, struct str text)
{
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        struct str line = end ? str_slice(text.ptr, end) : text;
        text = end ? str_slice(end + 1, text.ptr + text.len) : STR("");
        if (line.len <= FMT_WIDTH)
            continue;
        totals.long_lines++;
        size_t longest = 0;
        for (size_t i = 0; i < line.len; i++)
            for (char quote = line.ptr[i]; quote == '"' || quote == '\'';) {
                const char *close = memchr(line.ptr + i + 1, quote, line.len - i - 1);
                if (!close)
                    break;
                size_t length = (size_t)(close - line.ptr) - i;
                longest = length > longest ? length : longest;
                i += length;
                quote = 0;
            }
        ck_assert_msg(
            longest > 40 || memchr(line.ptr, '#', line.len), "%s: %.*s", path, STR_ARG(line));
    }
}

/* Prints `doc` in a notation, reads that, and holds value, IR and a second print against the first. */
static void check_notation(
    const char *path, const struct doc *doc, struct str ir, enum doc_notation notation, bool onward)
{
    struct fmt_report report;
    struct buf text = {0}, again = {0};
    if (!fmt_print(&text, doc, notation, &report)) {
        ck_assert_msg(doc->notation == DOC_YAML, "%s: %s", path, report.refusal);
        buf_free(&text);
        return;
    }
    struct read r;
    read_text(&r, path, notation, buf_str(&text));
    const char *name = notation_names[notation];
    ck_assert_msg(!r.doc.broken, "%s as %s does not parse:\n%s", path, name, text.data);
    ck_assert_msg(doc_equal(doc->root, r.doc.root), "%s as %s differs:\n%s", path, name, text.data);
    struct buf other = dump(&r.doc);
    ck_assert_msg(str_equal(ir, buf_str(&other)), "%s as %s has another IR", path, name);
    buf_free(&other);
    ck_assert(fmt_print(&again, &r.doc, notation, &report));
    ck_assert_msg(str_equal(buf_str(&text), buf_str(&again)),
        "%s as %s: formatted again\n%s\nis\n%s", path, name, text.data, again.data);
    if (onward) {
        totals.lines[notation] += count_lines(buf_str(&text));
        totals.bytes[notation] += text.len;
        if (notation == DOC_CHAOS) {
            totals.escapes += count_escapes(&r);
            check_width(path, buf_str(&text));
        }
        for (int other_notation = 0; other_notation < 3; other_notation++)
            check_notation(path, &r.doc, ir, (enum doc_notation)other_notation, false);
    }
    done(&r);
    buf_free(&text);
    buf_free(&again);
}

static bool is_experiment(const char *path)
{
    struct str name = str_from(path);
    return str_ends(name, STR(".json")) || str_ends(name, STR(".yaml")) ||
           str_ends(name, STR(".yml")) || str_ends(name, STR(".chaos"));
}

static int check_file(const char *path, const struct stat *info, int type, struct FTW *walk)
{
    (void)info;
    (void)walk;
    if (type != FTW_F || !is_experiment(path))
        return 0;
    struct read r;
    diag_bag_init(&r.bag);
    ck_assert_int_eq(source_open(&r.source, path), SOURCE_OK);
    doc_read(&r.doc, &r.source, &r.bag);
    if (!r.doc.broken && r.doc.root->kind == DOC_OBJECT) {
        struct buf ir = dump(&r.doc);
        totals.files++;
        for (int notation = 0; notation < 3; notation++)
            check_notation(path, &r.doc, buf_str(&ir), (enum doc_notation)notation, true);
        buf_free(&ir);
    }
    done(&r);
    return 0;
}

static bool is_there(const char *folder)
{
    struct stat info;
    if (stat(folder, &info) == 0)
        return true;
    fprintf(stderr, "check_fmt: SKIPPED %s: it is not there\n", folder);
    return false;
}

START_TEST(test_corpus)
{
    if (!is_there(CORPUS))
        return;
    ck_assert_int_eq(nftw(CORPUS, check_file, 16, FTW_PHYS), 0);
    double of_json = 100.0 * (double)totals.lines[DOC_CHAOS] / (double)totals.lines[DOC_JSON];
    double of_yaml = 100.0 * (double)totals.lines[DOC_CHAOS] / (double)totals.lines[DOC_YAML];
    double bytes = 100.0 * (double)totals.bytes[DOC_CHAOS] / (double)totals.bytes[DOC_JSON];
    printf("%zu experiments: .chaos has %.1f%% of the lines of JSON, %.1f%% of YAML's, %.1f%% of "
           "the bytes of "
           "two-space JSON; %zu escapes, %zu lines past %d columns\n",
        totals.files, of_json, of_yaml, bytes, totals.escapes, totals.long_lines, FMT_WIDTH);
    ck_assert(of_json <= 36 && of_yaml <= 52 && bytes <= 58);
    ck_assert_uint_le(totals.escapes, 12);
}
END_TEST

START_TEST(test_examples)
{
    ck_assert_int_eq(nftw(EXAMPLES, check_file, 16, FTW_PHYS), 0);
    if (is_there(LANGUAGE))
        ck_assert_int_eq(nftw(LANGUAGE, check_file, 16, FTW_PHYS), 0);
}
END_TEST

static void read_file(struct read *r, const char *path)
{
    diag_bag_init(&r->bag);
    ck_assert_msg(source_open(&r->source, path) == SOURCE_OK, "%s cannot be read", path);
    doc_read(&r->doc, &r->source, &r->bag);
    ck_assert_msg(!r->doc.broken, "%s does not parse", path);
}

/* Experiments written by hand in .chaos mean exactly what the published files mean that they were written from. The
 * second one of the six is not here: its secret was replaced on purpose. */
START_TEST(test_written_by_hand)
{
    static const char *const twins[][2] = {
        {"1-pod-restarted", "AlexRogalskiy+chaostoolkit-samples/"
                            "pod-should-be-restarted-when-service-is-unhealthy__experiment.json"},
        {"3-lab5-safeguard", "chaostoolkit+walkthrough/lab5__experiment.json"},
        {"4-consul-kv", "cdsre+chaostoolkit-consul/examples__kv__kv_change_value_experiment.yaml"},
        {"5-rollout-v3",
            "chaostoolkit-incubator+community-playground/"
            "from-local-to-automated-chaostoolkit__experiments__rollout-v3-service2.json"},
        {"6-ec2", "open-chaos+experiment-catalog/"
                  "aws__ec2_start_stop_instance_with_state_tolerance__"
                  "ec2_start_stop_instance_with_state_tolerance.json"},
    };
    if (!is_there(LANGUAGE) || !is_there(CORPUS))
        return;
    for (size_t i = 0; i < sizeof twins / sizeof *twins; i++) {
        char by_hand[512], published[512];
        struct read ours, theirs;
        snprintf(by_hand, sizeof by_hand, LANGUAGE "/%s.chaos", twins[i][0]);
        snprintf(published, sizeof published, CORPUS "/files/%s", twins[i][1]);
        read_file(&ours, by_hand);
        read_file(&theirs, published);
        ck_assert_msg(
            doc_equal(ours.doc.root, theirs.doc.root), "%s is not %s", by_hand, published);
        done(&ours);
        done(&theirs);
    }
}
END_TEST

/* How a string is written in YAML: bare wherever YAML 1.1 reads it as itself. */
static void mark_fields(const struct doc_node *node, enum schema_kind kind, bool *seen)
{
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        mark_fields(node->as.array.items[i], kind, seen);
    if (node->kind != DOC_OBJECT || kind == SCHEMA_KIND_NONE)
        return;
    kind = order_refine(kind, node);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        const struct schema_field *field = schema_find(kind, member->key);
        if (field)
            seen[field - schema_fields] = true;
        mark_fields(member->value, order_child(kind, node, member), seen);
    }
}

/* tests/syntax/every_field.json has every field that the schema knows, and .chaos has a form for each. */
START_TEST(test_every_field_has_a_form)
{
    /* What nobody reads, and the type of what has no other fields, are no reason for a form. A secret from the
     * environment has the form of a configuration entry, for printers its kind too. */
    static const size_t formless[] = {
        SCHEMA_ACTIVITY_CONFIGURATION, SCHEMA_REF_NAME, SCHEMA_PROVIDER_TYPE};
    bool seen[SCHEMA_FIELD_COUNT] = {false};
    struct read r, again;
    struct buf text = {0};
    struct fmt_report report;
    for (size_t i = 0; i < sizeof formless / sizeof *formless; i++)
        seen[formless[i]] = true;
    read_file(&r, TESTS_DIR "/syntax/every_field.json");
    mark_fields(r.doc.root, SCHEMA_KIND_EXPERIMENT, seen);
    for (size_t i = 0; i < SCHEMA_FIELD_COUNT; i++)
        ck_assert_msg(seen[i] || schema_fields[i].kind == SCHEMA_KIND_SECRET_ENV,
            "%s.%s is not in every_field.json", schema_objects[schema_fields[i].kind].name,
            schema_fields[i].key.ptr);
    ck_assert(fmt_print(&text, &r.doc, DOC_CHAOS, &report));
    read_text(&again, "every_field.chaos", DOC_CHAOS, buf_str(&text));
    ck_assert(!again.doc.broken && doc_equal(r.doc.root, again.doc.root));
    ck_assert_uint_eq(count_escapes(&again), 0);
    done(&again);
    done(&r);
    buf_free(&text);
}
END_TEST

START_TEST(test_yaml_quotes)
{
    static const char *const bare[] = {"a", "a:b", "a#b", "-a", "?a", ":a", "a b", "1.2.3", "10s",
        "0.0.0.0", "2020-1-1", "http://a/b?c=d#e", "${x}/y", "a{b", "a, b", "it's", "x -y", "nulls",
        "_1", "=>", "\xC3\xA9"};
    static const char *const quoted[] = {"", "yes", "No", "on", "OFF", "y", "N", "true", "False",
        "null", "~", "1", "-1", "+1", "010", "0x1F", "1_000", "1:30", "1.5", "1.", ".5", "1e3",
        "1.0e+3", "-.inf", ".nan", "2020-01-01", "2001-12-14 21:59:43", "<<", "=", "- a", "-",
        "? a", ": a", "a: b", "a:", "a #b", "#b", "&a", "*a", "!a", "|", ">", "@a", "`a", "%a",
        "'a'", "\"a\"", "{a}", "[a]", ",a", " a", "a ", "a\tb", "---", "\xC2\x85", "\xEF\xBB\xBF",
        "a\rb"};
    for (size_t i = 0; i < sizeof bare / sizeof *bare + sizeof quoted / sizeof *quoted; i++) {
        bool plain = i < sizeof bare / sizeof *bare;
        const char *text = plain ? bare[i] : quoted[i - sizeof bare / sizeof *bare];
        struct doc_node value = {.kind = DOC_STRING, .as.text = str_from(text)};
        struct doc_member member = {.key = STR("k"), .key_kind = DOC_STRING, .value = &value};
        struct doc_node root = {.kind = DOC_OBJECT, .as.object = {&member, 1}};
        struct source source;
        source_from_text(&source, STR("none"), STR(""));
        struct doc doc = {.source = &source, .notation = DOC_JSON, .root = &root};
        struct buf out = {0};
        struct fmt_report report;
        ck_assert(fmt_print(&out, &doc, DOC_YAML, &report));
        bool written_plain = out.data[3] != '"' && out.data[3] != '\'';
        ck_assert_msg(written_plain == plain, "`%s` is written %s", text, out.data);
        struct read r;
        read_text(&r, "back", DOC_YAML, buf_str(&out));
        ck_assert_msg(doc_equal(&root, r.doc.root), "`%s` comes back as another value", text);
        done(&r);
        buf_free(&out);
        source_free(&source);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("fmt");
    TCase *tests = tcase_create("notations");
    tcase_set_timeout(tests, 100);
    tcase_add_test(tests, test_corpus);
    tcase_add_test(tests, test_examples);
    tcase_add_test(tests, test_written_by_hand);
    tcase_add_test(tests, test_every_field_has_a_form);
    tcase_add_test(tests, test_yaml_quotes);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
