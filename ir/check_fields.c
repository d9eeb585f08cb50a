#include "ir/check.h"

#include <string.h>

#include "runtime/base/buf.h"
#include "runtime/expr/template.h"

type_set check_type_of(const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_ERROR:
        return TYPE_ANY;
    case DOC_NULL:
        return TYPE_NULL;
    case DOC_BOOL:
        return TYPE_BOOLEAN;
    case DOC_INT:
        return TYPE_INTEGER;
    case DOC_REAL:
        return TYPE_REAL;
    case DOC_STRING:
        return TYPE_STRING;
    case DOC_ARRAY:
        return TYPE_ARRAY;
    case DOC_OBJECT:
        return TYPE_OBJECT;
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
    case DOC_SET:
        return TYPE_NEVER;
    }
    return TYPE_NEVER;
}

static const char *activity_noun(const struct fields *activity)
{
    const struct doc_node *type = FIELD_VALUE(activity, ACTIVITY, TYPE);
    if (type && type->kind == DOC_STRING && str_is(type->as.text, "probe"))
        return "probe";
    if (type && type->kind == DOC_STRING && str_is(type->as.text, "action"))
        return "action";
    return "activity";
}

struct str check_subject(struct check *c, const struct fields *fields)
{
    struct arena *arena = &c->bag->arena;
    if (fields->kind == SCHEMA_KIND_EXPERIMENT)
        return STR("the experiment");
    if (fields->kind == SCHEMA_KIND_HYPOTHESIS)
        return STR("the steady-state hypothesis");
    const char *phrase = schema_objects[fields->kind].phrase;
    if (fields->owner.len == 0)
        return str_from(phrase);
    if (fields->kind == SCHEMA_KIND_ACTIVITY)
        return arena_printf(arena, "the %s `%.*s`", activity_noun(fields), STR_ARG(fields->owner));
    if (fields->kind == SCHEMA_KIND_CONTROL)
        return arena_printf(arena, "the control `%.*s`", STR_ARG(fields->owner));
    return arena_printf(arena, "the %s of `%.*s`", strchr(phrase, ' ') + 1, STR_ARG(fields->owner));
}

struct span check_head(const struct doc_node *node)
{
    if (node->kind != DOC_OBJECT || node->as.object.count == 0)
        return node->span;
    static const struct str named[] = {STR_INIT("name"), STR_INIT("title"), STR_INIT("ref")};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
        const struct doc_node *name = doc_get(node, named[i]);
        if (name && name->kind == DOC_STRING && name->span.hi > name->span.lo && !node->aliased)
            return name->span;
    }
    return node->as.object.members[0].key_span;
}

void check_edit_text(
    struct check *c, struct diag_fix *fix, const struct doc_node *node, struct str text)
{
    struct span span = node->span;
    bool quoted = node->style == DOC_DOUBLE_QUOTED || node->style == DOC_SINGLE_QUOTED ||
                  c->source->text.ptr[span.lo] == '"';
    if (quoted && span.hi - span.lo >= 2) {
        span.lo++;
        span.hi--;
    }
    diag_edit(c->bag, fix, span, text);
}

/* True if the text spells a JSON number or boolean: `"3"` was probably meant as 3. */
static bool spells(struct str text, type_set types)
{
    if ((types & TYPE_BOOLEAN) && (str_is(text, "true") || str_is(text, "false")))
        return true;
    if (!(types & TYPE_NUMBER) || text.len == 0 || text.len > 18)
        return false;
    size_t i = text.ptr[0] == '-', digits = i;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
        i++;
    if (i == digits || (text.ptr[digits] == '0' && i > digits + 1))
        return false;
    if (i == text.len)
        return true;
    if (!(types & TYPE_REAL) || text.ptr[i] != '.' || i + 1 == text.len)
        return false;
    for (i++; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
    return true;
}

/* Beside its key the word becomes a mapping in braces; on a line of its own a space is enough. */
static void fix_missing_space(struct check *c, struct diag *d, const struct doc_member *member,
    struct str word, struct str key)
{
    const struct doc_node *value = member->value;
    if (word.len != value->as.text.len || value->span.hi - value->span.lo != word.len)
        return;
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "put a space behind the colon");
    size_t colon = value->span.lo + key.len + 1;
    bool beside = source_place(c->source, member->key_span.lo).line ==
                  source_place(c->source, value->span.lo).line;
    if (beside)
        diag_edit(c->bag, fix, span_make(value->span.lo, value->span.lo), STR("{"));
    diag_edit(c->bag, fix, span_make(colon, colon), STR(" "));
    if (beside)
        diag_edit(c->bag, fix, span_make(value->span.hi, value->span.hi), STR("}"));
}

/* YAML only sees a mapping where a space follows the colon: `after:10` is one word. */
static bool report_missing_space(struct check *c, const struct fields *fields,
    const struct schema_field *field, const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    if (c->doc->notation != DOC_YAML || value->kind != DOC_STRING || value->style != DOC_PLAIN ||
        !(field->types & TYPE_OBJECT))
        return false;
    struct str text = value->as.text;
    const char *colon = memchr(text.ptr, ':', text.len);
    if (!colon || colon == text.ptr)
        return false;
    struct str key = str_slice(text.ptr, colon);
    if (field->child != SCHEMA_KIND_NONE && !schema_find((enum schema_kind)field->child, key) &&
        !schema_nearest((enum schema_kind)field->child, key))
        return false;
    for (const char *p = text.ptr; p < colon; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '_' || *p == '-'))
            return false;
    struct str word = {text.ptr, text.len};
    const char *blank = memchr(text.ptr, ' ', text.len);
    if (blank)
        word.len = (size_t)(blank - text.ptr);
    struct diag *d = check_add(c, E211, value->span,
        "`%.*s` is one word, since no space follows the colon: `%.*s` of %.*s is a string and not "
        "an object, and %s",
        STR_ARG(word), STR_ARG(member->key), STR_ARG(check_subject(c, fields)),
        field->wrong[0] ? field->wrong : "is ignored");
    fix_missing_space(c, d, member, word, key);
    return true;
}

static void report_type(struct check *c, const struct fields *fields,
    const struct schema_field *field, const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    if (report_missing_space(c, fields, field, member))
        return;
    if (value->kind == DOC_STRING && template_has_reference(value->as.text) &&
        !(field->flags & SCHEMA_TEMPLATE)) {
        check_add(c, E310, value->span,
            "the engine substitutes no variables in `%.*s` of %.*s: it stays a string%s%s",
            STR_ARG(field->key), STR_ARG(check_subject(c, fields)), field->wrong[0] ? ", and " : "",
            field->wrong);
        return;
    }
    struct buf wanted = {0};
    type_describe(&wanted, field->types & TYPE_NULL && field->types != TYPE_NULL
                               ? (type_set)(field->types & ~TYPE_NULL)
                               : field->types);
    struct str subject = check_subject(c, fields);
    struct diag *d;
    bool nested = value->kind == DOC_ARRAY || value->kind == DOC_OBJECT;
    if ((field->flags & SCHEMA_LOOSE) && !(nested && field->wrong[0]))
        d = check_add(c, W207, value->span, "`%.*s` of %.*s should be %.*s, not %s",
            STR_ARG(field->key), STR_ARG(subject), STR_ARG(buf_str(&wanted)),
            doc_kind_name((enum doc_kind)value->kind));
    else
        d = check_add(c, E206, value->span, "`%.*s` of %.*s must be %.*s, not %s%s%s",
            STR_ARG(field->key), STR_ARG(subject), STR_ARG(buf_str(&wanted)),
            doc_kind_name((enum doc_kind)value->kind), field->wrong[0] ? ": " : "", field->wrong);
    buf_free(&wanted);
    if (value->kind == DOC_STRING && spells(value->as.text, field->types) &&
        (value->style == DOC_DOUBLE_QUOTED || value->style == DOC_SINGLE_QUOTED)) {
        struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "remove the quotes");
        diag_edit(c->bag, fix, value->span, value->as.text);
    }
}

static void report_choice(struct check *c, const struct fields *fields,
    const struct schema_field *field, const struct doc_node *value)
{
    struct buf all = {0};
    for (const char *const *choice = field->choices; *choice; choice++)
        if (!(field == &schema_fields[SCHEMA_RUNTIME_HYPOTHESIS_STRATEGY] && !choice[1]))
            buf_printf(&all, "%s`%s`", choice == field->choices ? "" : ", ", *choice);
    struct str text = value->as.text;
    struct diag *d = check_add(c, E208, value->span, "`%.*s` is no %.*s of %.*s%s%s", STR_ARG(text),
        STR_ARG(field->key), STR_ARG(check_subject(c, fields)), field->wrong[0] ? ": " : "",
        field->wrong);
    const char *near = schema_nearest_choice(field->choices, text);
    if (near) {
        struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "write `%s`", near);
        check_edit_text(c, fix, value, str_from(near));
    } else {
        diag_help(c->bag, d, "it is one of %.*s", STR_ARG(buf_str(&all)));
    }
    buf_free(&all);
}

/* "${name}" and nothing else: its value has the variable's own type. */
static bool is_variable(const struct doc_node *value)
{
    struct str text = value->as.text;
    return value->kind == DOC_STRING && text.len > 3 && text.ptr[0] == '$' && text.ptr[1] == '{' &&
           text.ptr[text.len - 1] == '}';
}

void check_value(struct check *c, const struct fields *fields, const struct schema_field *field,
    const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    if (value->kind == DOC_ERROR)
        return;
    if ((field->flags & SCHEMA_NONEMPTY) && !doc_truthy(value)) {
        check_add(c, E209, value->span.hi > value->span.lo ? value->span : member->key_span,
            "`%.*s` of %.*s is %s: the run is refused", STR_ARG(field->key),
            STR_ARG(check_subject(c, fields)), value->kind == DOC_NULL ? "null" : "empty");
        return;
    }
    if (!(check_type_of(value) & field->types)) {
        if ((field->flags & SCHEMA_VARIABLE) && is_variable(value))
            return;
        if ((field->flags & SCHEMA_LOOSE) && (field->flags & SCHEMA_IGNORED))
            return;
        report_type(c, fields, field, member);
        return;
    }
    if (field->choices && value->kind == DOC_STRING &&
        !schema_is_choice(field->choices, value->as.text) && value->as.text.len > 0)
        report_choice(c, fields, field, value);
}

static void report_missing(
    struct check *c, const struct fields *fields, const struct schema_field *field)
{
    struct diag *d =
        check_add(c, E202, check_head(fields->node), "%.*s has no `%.*s`: the run is refused",
            STR_ARG(check_subject(c, fields)), STR_ARG(field->key));
    diag_help(c->bag, d, "%s", field->doc);
}

/* A key that will be reported as a slip for this field: then the field is not missing as well. */
bool check_is_misspelt(const struct doc_node *node, const struct schema_field *field)
{
    for (size_t i = 0; node->kind == DOC_OBJECT && i < node->as.object.count; i++) {
        struct str key = node->as.object.members[i].key;
        if (!schema_find((enum schema_kind)field->kind, key) &&
            schema_nearest((enum schema_kind)field->kind, key) == field)
            return true;
    }
    return false;
}

static void check_missing(struct check *c, const struct fields *fields)
{
    const struct schema_object *object = &schema_objects[fields->kind];
    for (size_t i = 0; i < object->field_count; i++)
        if ((object->fields[i].flags & SCHEMA_REQUIRED) && !fields->at[i] && !c->partial &&
            !check_is_misspelt(fields->node, &object->fields[i]))
            report_missing(c, fields, &object->fields[i]);
}

bool check_fields(struct check *c, enum schema_kind kind, const struct doc_node *node,
    struct str owner, struct fields *fields)
{
    fields->kind = kind;
    fields->node = node;
    fields->owner = owner;
    memset(fields->at, 0, sizeof fields->at);
    if (!node || node->kind != DOC_OBJECT)
        return false;
    const struct schema_object *object = &schema_objects[kind];
    size_t unknown = 0;
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->repeated)
            continue;
        const struct schema_field *field = schema_find(kind, member->key);
        if (field)
            fields->at[field - object->fields] = member;
        else
            unknown++;
    }
    /* Blocks whose lines are not indented first: what follows them is not at its place, so that it is
     * neither unknown nor wrong here. */
    uint32_t claimed_from = UINT32_MAX;
    bool null_block[SCHEMA_FIELDS_MAX] = {false};
    for (size_t i = 0; i < object->field_count; i++) {
        const struct doc_member *member = fields->at[i];
        if (member && member->value->kind == DOC_NULL && (object->fields[i].types & TYPE_OBJECT))
            null_block[i] = check_null_block(c, fields, &object->fields[i], member, &claimed_from);
    }
    for (size_t i = 0; i < object->field_count; i++) {
        const struct doc_member *member = fields->at[i];
        if (member && !null_block[i] && member->key_span.lo < claimed_from)
            check_value(c, fields, &object->fields[i], member);
    }
    if (unknown > 0 && object->keys == SCHEMA_FIXED)
        for (size_t i = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            if (!member->repeated && member->key_span.lo < claimed_from &&
                !schema_find(kind, member->key) && !schema_is_vendor_key(member->key))
                check_unknown_key(c, fields, member);
        }
    check_missing(c, fields);
    return true;
}
