#include "backends/fmt/order.h"

static size_t place_of(enum schema_kind kind, struct str key)
{
    const struct schema_field *field = schema_find(kind, key);
    return field ? (size_t)(field - schema_objects[kind].fields) : SIZE_MAX;
}

struct ordered order_members(
    struct arena *arena, enum schema_kind kind, const struct doc_node *object, bool keep_repeated)
{
    size_t count = object->as.object.count;
    struct ordered ordered = {ARENA_ARRAY(arena, const struct doc_member *, count + 1), 0};
    bool fixed = kind != SCHEMA_KIND_NONE && schema_objects[kind].keys == SCHEMA_FIXED;
    size_t field_count = fixed ? schema_objects[kind].field_count : 0;
    for (size_t field = 0; field < field_count; field++)
        for (size_t i = 0; i < count; i++) {
            const struct doc_member *member = &object->as.object.members[i];
            if ((keep_repeated || !member->repeated) && place_of(kind, member->key) == field)
                ordered.members[ordered.count++] = member;
        }
    for (size_t i = 0; i < count; i++) {
        const struct doc_member *member = &object->as.object.members[i];
        if ((keep_repeated || !member->repeated) &&
            (!fixed || place_of(kind, member->key) == SIZE_MAX))
            ordered.members[ordered.count++] = member;
    }
    return ordered;
}

static bool has_type(const struct doc_node *object, const char *type)
{
    const struct doc_node *node = doc_get(object, STR("type"));
    return node && node->kind == DOC_STRING && str_equal(node->as.text, str_from(type));
}

enum schema_kind order_refine(enum schema_kind kind, const struct doc_node *object)
{
    if (object->kind != DOC_OBJECT)
        return SCHEMA_KIND_NONE;
    if (kind == SCHEMA_KIND_ACTIVITY && doc_get(object, STR("ref")))
        return SCHEMA_KIND_REF;
    if (kind != SCHEMA_KIND_PROVIDER)
        return kind;
    return has_type(object, "http")      ? SCHEMA_KIND_HTTP
           : has_type(object, "process") ? SCHEMA_KIND_PROCESS
           : has_type(object, "python")  ? SCHEMA_KIND_PYTHON
                                         : kind;
}

/* What stands under a name that the writer chose. */
static enum schema_kind named_child(enum schema_kind kind, const struct doc_node *value)
{
    if (value->kind != DOC_OBJECT)
        return SCHEMA_KIND_NONE;
    if (kind == SCHEMA_KIND_CONFIGURATION)
        return has_type(value, "env")     ? SCHEMA_KIND_CONFIG_ENV
               : has_type(value, "vault") ? SCHEMA_KIND_SECRET_VAULT
               : has_type(value, "probe") ? SCHEMA_KIND_ACTIVITY
                                          : SCHEMA_KIND_NONE;
    if (kind != SCHEMA_KIND_SECRETS && kind != SCHEMA_KIND_SECRET_GROUP)
        return SCHEMA_KIND_NONE;
    return has_type(value, "env")        ? SCHEMA_KIND_CONFIG_ENV
           : has_type(value, "vault")    ? SCHEMA_KIND_SECRET_VAULT
           : kind == SCHEMA_KIND_SECRETS ? SCHEMA_KIND_SECRET_GROUP
                                         : SCHEMA_KIND_NONE;
}

static enum schema_kind tolerance_kind(const struct doc_node *value)
{
    return has_type(value, "regex")      ? SCHEMA_KIND_REGEX
           : has_type(value, "jsonpath") ? SCHEMA_KIND_JSONPATH
           : has_type(value, "range")    ? SCHEMA_KIND_RANGE
           : has_type(value, "probe")    ? SCHEMA_KIND_ACTIVITY
                                         : SCHEMA_KIND_NONE;
}

enum schema_kind order_child(
    enum schema_kind kind, const struct doc_node *object, const struct doc_member *member)
{
    (void)object;
    if (kind == SCHEMA_KIND_NONE)
        return SCHEMA_KIND_NONE;
    if (schema_objects[kind].keys == SCHEMA_NAMED)
        return named_child(kind, member->value);
    const struct schema_field *field = schema_find(kind, member->key);
    if (!field)
        return SCHEMA_KIND_NONE;
    bool activity = kind == SCHEMA_KIND_ACTIVITY || kind == SCHEMA_KIND_REF;
    if (activity && str_is(member->key, "tolerance") && member->value->kind == DOC_OBJECT)
        return tolerance_kind(member->value);
    return (enum schema_kind)field->child;
}
