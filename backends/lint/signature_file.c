#include "backends/lint/signature_file.h"

#include <stdlib.h>

struct reader {
    struct arena *arena;
    const struct doc *doc;
    struct diag_bag *bag;
};

static const char *text_copy(struct arena *arena, struct str text)
{
    return arena_str(arena, text).ptr;
}

/* The string member `key` of `object`, or NULL after reporting that it is missing. */
static const char *required_text(
    struct reader *reader, const struct doc_node *object, const char *key)
{
    const struct doc_node *node = doc_get(object, str_from(key));
    if (node && node->kind == DOC_STRING)
        return text_copy(reader->arena, node->as.text);
    diag_add(reader->bag, reader->doc->source, DIAG_E510, node ? node->span : object->span,
        "a signature file needs `%s` here, a string", key);
    return NULL;
}

static type_set read_type_name(struct str name)
{
    static const struct {
        const char *name;
        type_set type;
    } names[] = {{"string", TYPE_STRING}, {"integer", TYPE_INTEGER}, {"number", TYPE_NUMBER},
        {"boolean", TYPE_BOOLEAN}, {"object", TYPE_OBJECT}, {"array", TYPE_ARRAY},
        {"null", TYPE_NULL}, {"any", TYPE_ANY}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_equal(str_from(names[i].name), name))
            return names[i].type;
    return TYPE_NEVER;
}

/* "string|array?": alternatives, `?` for nullable. Absent is any. */
static type_set read_type(struct reader *reader, const struct doc_node *node)
{
    if (!node || node->kind == DOC_NULL)
        return TYPE_ANY;
    type_set type = TYPE_NEVER;
    struct str rest = node->kind == DOC_STRING ? node->as.text : (struct str){0};
    if (rest.len && rest.ptr[rest.len - 1] == '?') {
        type = TYPE_NULL;
        rest.len--;
    }
    while (rest.len) {
        const char *bar = memchr(rest.ptr, '|', rest.len);
        struct str name = {rest.ptr, bar ? (size_t)(bar - rest.ptr) : rest.len};
        type_set one = read_type_name(name);
        if (one == TYPE_NEVER) {
            type = TYPE_NEVER;
            break;
        }
        type = (type_set)(type | one);
        rest = bar ? str_slice(bar + 1, rest.ptr + rest.len) : (struct str){0};
    }
    if (type != TYPE_NEVER)
        return type;
    struct diag *diag = diag_add(reader->bag, reader->doc->source, DIAG_E510, node->span,
        "a type is spelt with string, integer, number, boolean, object, array, null and any");
    diag_help(reader->bag, diag,
        "alternatives are joined by `|`, and a trailing `?` allows null: \"string|array?\"");
    return TYPE_ANY;
}

static void read_argument(
    struct reader *reader, const struct doc_node *node, struct signature_argument *out)
{
    const char *name = required_text(reader, node, "name");
    const struct doc_node *required = doc_get(node, STR("required"));
    const struct doc_node *style = doc_get(node, STR("style"));
    *out = (struct signature_argument){
        .name = name ? name : "", .type = read_type(reader, doc_get(node, STR("type")))};
    if (style && style->kind == DOC_STRING && str_is(style->as.text, "var_keyword"))
        out->flags = ARGUMENT_EXTRA_NAMED;
    else if (style && style->kind == DOC_STRING && str_is(style->as.text, "var_positional"))
        out->flags = ARGUMENT_EXTRA_PLACED;
    else if (doc_truthy(doc_get(node, STR("injected"))))
        out->flags = ARGUMENT_INJECTED;
    else if (doc_truthy(required))
        out->flags = ARGUMENT_REQUIRED;
}

static enum signature_kind read_kind(struct reader *reader, const struct doc_node *function)
{
    static const char *const kinds[] = {
        "action", "probe", "tolerance", "control", "notification", "helper"};
    const struct doc_node *node = doc_get(function, STR("kind"));
    if (!node)
        return SIGNATURE_HELPER;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (node->kind == DOC_STRING && str_equal(str_from(kinds[i]), node->as.text))
            return (enum signature_kind)i;
    diag_add(reader->bag, reader->doc->source, DIAG_E510, node->span,
        "`kind` is action, probe, tolerance, control, notification or helper");
    return SIGNATURE_HELPER;
}

static bool read_function(struct reader *reader, const struct doc_node *node, struct signature *out)
{
    if (node->kind != DOC_OBJECT) {
        diag_add(reader->bag, reader->doc->source, DIAG_E510, node->span,
            "a function is an object with `module`, `func`, `kind`, `args`");
        return false;
    }
    const char *module = required_text(reader, node, "module");
    const char *function = required_text(reader, node, "func");
    if (!module || !function)
        return false;
    const struct doc_node *args = doc_get(node, STR("args"));
    size_t count = args && args->kind == DOC_ARRAY ? args->as.array.count : 0;
    struct signature_argument *arguments =
        ARENA_ARRAY(reader->arena, struct signature_argument, count + 1);
    for (size_t i = 0; i < count; i++)
        read_argument(reader, args->as.array.items[i], &arguments[i]);
    enum signature_kind kind = read_kind(reader, node);
    *out = (struct signature){.module = module,
        .function = function,
        .kind = kind,
        .effect = kind == SIGNATURE_ACTION ? EFFECT_CHANGES : EFFECT_READS,
        .deprecated = doc_truthy(doc_get(node, STR("deprecated"))),
        .returns = read_type(reader, doc_get(node, STR("returns"))),
        .arguments = arguments,
        .argument_count = count};
    return true;
}

static int compare_signatures(const void *a, const void *b)
{
    const struct signature *x = a, *y = b;
    int order = strcmp(x->module, y->module);
    return order != 0 ? order : strcmp(x->function, y->function);
}

static void read_list(
    struct reader *reader, const struct doc_node *list, struct signature *functions, size_t *count)
{
    for (size_t i = 0; list && list->kind == DOC_ARRAY && i < list->as.array.count; i++)
        if (read_function(reader, list->as.array.items[i], &functions[*count]))
            (*count)++;
}

const struct signature_package *signature_file_read(
    struct arena *arena, const struct doc *doc, struct diag_bag *bag)
{
    struct reader reader = {arena, doc, bag};
    const struct doc_node *root = doc->root;
    const struct doc_node *functions = doc_get(root, STR("functions"));
    const struct doc_node *others = doc_get(root, STR("others"));
    if (root->kind == DOC_ERROR)
        return NULL;
    if (!functions || functions->kind != DOC_ARRAY) {
        diag_add(bag, doc->source, DIAG_E510, root->span,
            "a signature file is an object with a list `functions`");
        return NULL;
    }
    const char *package = required_text(&reader, root, "python_package");
    if (!package)
        return NULL;
    const struct doc_node *version = doc_get(root, STR("version"));
    size_t room = functions->as.array.count +
                  (others && others->kind == DOC_ARRAY ? others->as.array.count : 0);
    struct signature *rows = ARENA_ARRAY(arena, struct signature, room + 1);
    struct signature_package *out = ARENA_NEW(arena, struct signature_package);
    out->distribution = text_copy(arena, doc->source->name);
    out->package = package;
    out->version = version && version->kind == DOC_STRING ? text_copy(arena, version->as.text) : "";
    read_list(&reader, functions, rows, &out->function_count);
    read_list(&reader, others, rows, &out->function_count);
    qsort(rows, out->function_count, sizeof *rows, compare_signatures);
    out->functions = rows;
    return out;
}
