/* check_mutation.c: valid experiments with one mistake planted in them, at every place where it can stand: at
 * least 99 of 100 are found, at the exact place. Misses are printed. */
#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "backends/lint/lint.h"
#include "runtime/expr/template.h"
#include "schema/schema.h"

enum mistake {
    MISSPELT_KEY,
    UNKNOWN_KEY,
    MISSING_KEY,
    WRONG_TYPE,
    UNKNOWN_CHOICE,
    BROKEN_REF,
    UNDEFINED,
    MISTAKES
};

static const char *const mistake_names[] = {"misspelt key", "unknown key", "missing key",
    "wrong type", "unknown choice", "broken ref", "undefined variable"};
/* Codes that tell a mistake; several where the field has a finding of its own. */
static const char *const mistake_codes[] = {"E203", "W205", "E202 E303",
    "E206 W207 E303 E304 E217 E209 E301 E302", "E208 E303", "E401", "W405"};

/* A place: a member of an object of a known kind. */
struct site {
    const struct doc_node *object;
    const struct doc_member *member;
    const struct schema_field *field; /* NULL: of a kind whose keys are free */
    enum schema_kind kind;
};

struct sites {
    struct site items[4096];
    size_t count;
};

/* ---- finding places ---- */

static enum schema_kind kind_of(const struct doc_node *object, enum schema_kind kind)
{
    static const struct {
        enum schema_kind kind;
        const char *type;
        enum schema_kind as;
    } rows[] = {{SCHEMA_KIND_PROVIDER, "http", SCHEMA_KIND_HTTP},
        {SCHEMA_KIND_PROVIDER, "process", SCHEMA_KIND_PROCESS},
        {SCHEMA_KIND_PROVIDER, "python", SCHEMA_KIND_PYTHON},
        {SCHEMA_KIND_REGEX, "regex", SCHEMA_KIND_REGEX},
        {SCHEMA_KIND_REGEX, "jsonpath", SCHEMA_KIND_JSONPATH},
        {SCHEMA_KIND_REGEX, "range", SCHEMA_KIND_RANGE},
        {SCHEMA_KIND_REGEX, "probe", SCHEMA_KIND_ACTIVITY}};
    const struct doc_node *type = doc_get(object, STR("type"));
    if (kind == SCHEMA_KIND_ACTIVITY && doc_get(object, STR("ref")))
        return SCHEMA_KIND_REF;
    for (size_t i = 0; type && type->kind == DOC_STRING && i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].kind == kind && str_equal(str_from(rows[i].type), type->as.text))
            return rows[i].as;
    return kind;
}

static void collect(struct sites *sites, const struct doc_node *node, enum schema_kind kind)
{
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            collect(sites, node->as.array.items[i], kind);
    if (node->kind != DOC_OBJECT || schema_objects[kind].keys == SCHEMA_NAMED)
        return;
    kind = kind_of(node, kind);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        const struct schema_field *field = schema_find(kind, member->key);
        if (!field || sites->count == sizeof sites->items / sizeof sites->items[0])
            continue;
        sites->items[sites->count++] = (struct site){node, member, field, kind};
        if (field == &schema_fields[SCHEMA_ACTIVITY_TOLERANCE])
            collect(sites, member->value, SCHEMA_KIND_REGEX);
        else if (field->child != SCHEMA_KIND_NONE)
            collect(sites, member->value, (enum schema_kind)field->child);
    }
}

/* ---- planting ---- */

struct plant {
    struct buf out;
    const struct site *site;
    enum mistake mistake;
    size_t lo, hi; /* where the finding is to be */
    const char *wrong;
};

static void write_text(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_add_char(out, '\\');
        if (text.ptr[i] == '\n')
            buf_add_text(out, "\\n");
        else
            buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

static void write_node(struct plant *p, const struct doc_node *node);

static void marked(struct plant *p, const char *text)
{
    p->lo = p->out.len;
    buf_add_text(&p->out, text);
    p->hi = p->out.len;
}

/* The key with two neighbours swapped, or its last letter doubled. */
static void write_misspelt(struct plant *p, struct str key)
{
    char text[64];
    size_t middle = key.len / 2;
    bool same = key.ptr[middle] == key.ptr[middle - 1];
    snprintf(text, sizeof text, "\"%.*s%c\"", (int)key.len, key.ptr, key.ptr[key.len - 1]);
    if (!same) {
        snprintf(text, sizeof text, "\"%.*s\"", (int)key.len, key.ptr);
        text[middle] = key.ptr[middle];
        text[middle + 1] = key.ptr[middle - 1];
    }
    marked(p, text);
}

static void write_undefined(struct plant *p, struct str text)
{
    const char *open = memmem(text.ptr, text.len, "${", 2);
    const char *close = memchr(open, '}', (size_t)(text.ptr + text.len - open));
    struct str before = str_slice(text.ptr, open),
               after = str_slice(close + 1, text.ptr + text.len);
    struct buf *out = &p->out;
    buf_add_char(out, '"');
    buf_add_str(out, before);
    marked(p, "${zzqq_unheard_of}");
    buf_add_str(out, after);
    buf_add_char(out, '"');
}

static void write_member(struct plant *p, const struct doc_member *member)
{
    bool here = p->site && member == p->site->member;
    if (here && p->mistake == MISSPELT_KEY)
        write_misspelt(p, member->key);
    else
        write_text(&p->out, member->key);
    buf_add_text(&p->out, ": ");
    if (here && p->mistake == WRONG_TYPE)
        marked(p, p->wrong);
    else if (here && p->mistake == UNKNOWN_CHOICE)
        marked(p, "\"zzz\"");
    else if (here && p->mistake == BROKEN_REF)
        marked(p, "\"zzqq is not there\"");
    else if (here && p->mistake == UNDEFINED)
        write_undefined(p, member->value->as.text);
    else
        write_node(p, member->value);
}

static void write_node(struct plant *p, const struct doc_node *node)
{
    struct buf *out = &p->out;
    bool first = true;
    switch ((enum doc_kind)node->kind) {
    case DOC_OBJECT:
        buf_add_text(out, "{");
        for (size_t i = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            if (p->site && p->mistake == MISSING_KEY && member == p->site->member)
                continue;
            buf_add_text(out, first ? "" : ", ");
            first = false;
            write_member(p, member);
        }
        if (p->site && p->mistake == UNKNOWN_KEY && node == p->site->object) {
            buf_add_text(out, ", ");
            marked(p, "\"zzqq\"");
            buf_add_text(out, ": 1");
        }
        buf_add_text(out, "}");
        break;
    case DOC_ARRAY:
        buf_add_text(out, "[");
        for (size_t i = 0; i < node->as.array.count; i++) {
            buf_add_text(out, i ? ", " : "");
            write_node(p, node->as.array.items[i]);
        }
        buf_add_text(out, "]");
        break;
    case DOC_BOOL:
        buf_add_text(out, node->as.truth ? "true" : "false");
        break;
    case DOC_INT:
    case DOC_REAL:
        buf_add_str(out, node->as.text);
        break;
    case DOC_STRING:
        write_text(out, node->as.text);
        break;
    case DOC_ERROR:
    case DOC_NULL:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
    case DOC_SET:
        buf_add_text(out, "null");
        break;
    }
}

/* A value of a type that the field does not take, or NULL. */
static const char *wrong_value(const struct schema_field *field)
{
    static const struct {
        type_set type;
        const char *text;
    } values[] = {{TYPE_OBJECT, "{\"zz\": 1}"}, {TYPE_ARRAY, "[\"zz\"]"}, {TYPE_STRING, "\"zz\""},
        {TYPE_INTEGER, "7"}};
    if ((field->flags & SCHEMA_LOOSE) && (field->flags & SCHEMA_IGNORED))
        return NULL;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
        if (!(values[i].type & field->types))
            return values[i].text;
    return NULL;
}

static bool is_source(enum schema_kind kind)
{
    return kind == SCHEMA_KIND_CONFIG_ENV || kind == SCHEMA_KIND_SECRET_ENV ||
           kind == SCHEMA_KIND_SECRET_VAULT;
}

static bool can_stand(struct plant *p, const struct site *site, enum mistake mistake)
{
    const struct schema_field *field = site->field;
    const struct doc_node *value = site->member->value;
    bool fixed = schema_objects[site->kind].keys == SCHEMA_FIXED;
    bool is_type = str_is(field->key, "type") && site->kind != SCHEMA_KIND_ACTIVITY;
    switch (mistake) {
    case MISSPELT_KEY:
        return fixed && field->key.len >= 4 && !is_type;
    case UNKNOWN_KEY:
        return fixed && site->member == &site->object->as.object.members[0];
    case MISSING_KEY:
        return (field->flags & SCHEMA_REQUIRED) && !is_source(site->kind) &&
               site->object->as.object.count > 1 && site->kind != SCHEMA_KIND_REF;
    case WRONG_TYPE:
        p->wrong = wrong_value(field);
        return p->wrong && !is_source(site->kind);
    case UNKNOWN_CHOICE:
        return field->choices && !is_source(site->kind);
    case BROKEN_REF:
        return field == &schema_fields[SCHEMA_REF_REF];
    case UNDEFINED:
        return value->kind == DOC_STRING && (field->flags & SCHEMA_TEMPLATE) &&
               site->kind != SCHEMA_KIND_PROCESS &&
               memmem(value->as.text.ptr, value->as.text.len, "${", 2) &&
               site->kind != SCHEMA_KIND_PAUSES;
    case MISTAKES:
        break;
    }
    return false;
}

/* ---- judging ---- */

static bool is_found(struct plant *p)
{
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    struct ir ir;
    bool found = false;
    source_from_text(&source, STR("mutant.json"), buf_str(&p->out));
    diag_bag_init(&bag);
    doc_read_json(&doc, &source, &bag);
    ir_build(&ir, &doc, &bag);
    lint_run(&ir, NULL, &bag);
    for (size_t i = 0; i < bag.count && !found; i++) {
        const struct diag *d = bag.items[i];
        bool there = p->mistake == MISSING_KEY || (d->span.lo == p->lo && d->span.hi == p->hi);
        found = there && strstr(mistake_codes[p->mistake], diag_info(d->code)->id);
    }
    ir_free(&ir);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return found;
}

static struct totals {
    size_t files, planted[MISTAKES], found[MISTAKES];
} totals;

static void mutate(const char *path)
{
    struct source source;
    struct doc doc;
    struct diag_bag bag;
    static struct sites sites;
    diag_bag_init(&bag);
    ck_assert_int_eq(source_open(&source, path), SOURCE_OK);
    doc_read(&doc, &source, &bag);
    sites.count = 0;
    if (bag.count == 0 && doc.root->kind == DOC_OBJECT) {
        totals.files++;
        collect(&sites, doc.root, SCHEMA_KIND_EXPERIMENT);
    }
    for (size_t i = 0; i < sites.count; i++)
        for (int m = 0; m < MISTAKES; m++) {
            struct plant p = {.site = &sites.items[i], .mistake = (enum mistake)m};
            if (!can_stand(&p, &sites.items[i], (enum mistake)m))
                continue;
            write_node(&p, doc.root);
            totals.planted[m]++;
            bool found = is_found(&p);
            totals.found[m] += found;
            if (!found)
                fprintf(stderr, "%s: missed: %s at `%.*s` of %s\n", path, mistake_names[m],
                    STR_ARG(sites.items[i].member->key),
                    schema_objects[sites.items[i].kind].phrase);
            buf_free(&p.out);
        }
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
}

static void mutate_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "cannot read %s", folder);
    for (struct dirent *entry; (entry = readdir(dir));) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] == '.')
            continue;
        if (entry->d_type == DT_DIR)
            mutate_folder(path);
        else if (strncmp(entry->d_name, "ok", 2) == 0 && str_ends(str_from(path), STR(".yaml")))
            mutate(path);
    }
    closedir(dir);
}

START_TEST(test_planted_mistakes_are_found)
{
    size_t planted = 0, found = 0;
    mutate_folder(TESTS_DIR "/lint");
    for (int m = 0; m < MISTAKES; m++) {
        fprintf(
            stderr, "%-20s %5zu of %5zu\n", mistake_names[m], totals.found[m], totals.planted[m]);
        ck_assert_uint_gt(totals.planted[m], 0);
        planted += totals.planted[m];
        found += totals.found[m];
    }
    ck_assert_uint_ge(totals.files, 30);
    ck_assert_msg(
        found * 100 >= planted * 99, "%zu of %zu planted mistakes were found", found, planted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("mutation");
    TCase *tc = tcase_create("mutation");
    tcase_set_timeout(tc, 100);
    tcase_add_test(tc, test_planted_mistakes_are_found);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
