#include "frontend/doc.h"

#include "runtime/base/value.h"

void doc_free(struct doc *doc)
{
    arena_free(&doc->arena);
    *doc = (struct doc){0};
}

const struct doc_member *doc_member(const struct doc_node *object, struct str key)
{
    if (!object || (object->kind != DOC_OBJECT && object->kind != DOC_SET))
        return NULL;
    for (size_t i = object->as.object.count; i-- > 0;)
        if (str_equal(object->as.object.members[i].key, key))
            return &object->as.object.members[i];
    return NULL;
}

const struct doc_node *doc_get(const struct doc_node *object, struct str key)
{
    const struct doc_member *member = doc_member(object, key);
    return member ? member->value : NULL;
}

const char *doc_kind_name(enum doc_kind kind)
{
    switch (kind) {
    case DOC_ERROR:
        return "something unreadable";
    case DOC_NULL:
        return "null";
    case DOC_BOOL:
        return "a boolean";
    case DOC_INT:
        return "an integer";
    case DOC_REAL:
        return "a number";
    case DOC_STRING:
        return "a string";
    case DOC_ARRAY:
        return "an array";
    case DOC_OBJECT:
        return "an object";
    case DOC_DATE:
        return "a date";
    case DOC_DATETIME:
        return "a date and time";
    case DOC_BINARY:
        return "binary data";
    case DOC_SET:
        return "a set";
    }
    return "a value";
}

static struct value as_number(const struct doc_node *node)
{
    return (struct value){
        .kind = node->kind == DOC_INT ? VALUE_INT : VALUE_REAL, .as.text = node->as.text};
}

bool doc_truthy(const struct doc_node *node)
{
    if (!node)
        return false;
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        return false;
    case DOC_BOOL:
        return node->as.truth;
    case DOC_INT:
    case DOC_REAL: {
        struct value number = as_number(node);
        return value_truthy(&number);
    }
    case DOC_STRING:
    case DOC_BINARY:
        return node->as.text.len > 0;
    case DOC_ARRAY:
        return node->as.array.count > 0;
    case DOC_OBJECT:
    case DOC_SET:
        return node->as.object.count > 0;
    case DOC_ERROR:
    case DOC_DATE:
    case DOC_DATETIME:
        return true;
    }
    return true;
}

/* How many different keys: repeated members have no effect. */
static size_t count_members(const struct doc_node *object)
{
    size_t count = 0;
    for (size_t i = 0; i < object->as.object.count; i++)
        count += !object->as.object.members[i].repeated;
    return count;
}

static bool equal_objects(const struct doc_node *a, const struct doc_node *b)
{
    if (count_members(a) != count_members(b))
        return false;
    for (size_t i = 0; i < a->as.object.count; i++) {
        const struct doc_member *member = &a->as.object.members[i];
        if (member->repeated)
            continue;
        const struct doc_node *other = doc_get(b, member->key);
        if (!other || !doc_equal(member->value, other))
            return false;
    }
    return true;
}

bool doc_equal(const struct doc_node *a, const struct doc_node *b)
{
    if (a->kind != b->kind)
        return false;
    switch ((enum doc_kind)a->kind) {
    case DOC_ERROR:
    case DOC_NULL:
        return true;
    case DOC_BOOL:
        return a->as.truth == b->as.truth;
    case DOC_INT:
    case DOC_REAL: {
        struct value x = as_number(a), y = as_number(b);
        return str_equal(a->as.text, b->as.text) || value_equal(&x, &y);
    }
    case DOC_STRING:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        return str_equal(a->as.text, b->as.text);
    case DOC_ARRAY:
        if (a->as.array.count != b->as.array.count)
            return false;
        for (size_t i = 0; i < a->as.array.count; i++)
            if (!doc_equal(a->as.array.items[i], b->as.array.items[i]))
                return false;
        return true;
    case DOC_OBJECT:
    case DOC_SET:
        return equal_objects(a, b);
    }
    return false;
}
