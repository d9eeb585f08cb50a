#include "runtime/base/value.h"

#include <math.h>
#include <stdint.h>

#include "runtime/base/map.h"
#include "runtime/base/number.h"

struct value value_int(struct arena *arena, long long number)
{
    return (struct value){.kind = VALUE_INT, .as.text = arena_printf(arena, "%lld", number)};
}

struct value value_real(struct arena *arena, double number)
{
    char spelt[NUMBER_REPR_SIZE];
    size_t len = number_repr(number, spelt);
    return (struct value){
        .kind = VALUE_REAL, .as.text = arena_str(arena, (struct str){spelt, len})};
}

const struct value *value_get(const struct value *object, struct str key)
{
    if (object->kind != VALUE_OBJECT)
        return NULL;
    for (size_t i = object->as.object.count; i-- > 0;)
        if (str_equal(object->as.object.members[i].key, key))
            return &object->as.object.members[i].value;
    return NULL;
}

static bool is_number(const struct value *v)
{
    return v->kind == VALUE_BOOL || v->kind == VALUE_INT || v->kind == VALUE_REAL;
}

static struct str number_text(const struct value *v)
{
    if (v->kind == VALUE_BOOL)
        return v->as.truth ? STR("1") : STR("0");
    return v->as.text;
}

int value_compare_numbers(const struct value *a, const struct value *b)
{
    if (!is_number(a) || !is_number(b))
        return NUMBER_UNORDERED;
    return number_compare(number_text(a), number_text(b));
}

/* Objects up to this many members are searched one by one; larger ones get a table. */
enum { FEW_MEMBERS = 16 };

/* An object seen as the dictionary it means: each key once, the last of equal keys counting. */
struct dictionary {
    const struct value *object;
    struct map table; /* only where the object has more than FEW_MEMBERS */
    size_t count;     /* distinct keys */
};

static const struct value *dictionary_get(const struct dictionary *d, struct str key)
{
    return d->table.count ? map_get(&d->table, key) : value_get(d->object, key);
}

static void dictionary_open(struct dictionary *d, const struct value *object, struct arena *arena)
{
    *d = (struct dictionary){.object = object};
    size_t count = object->as.object.count;
    const struct member *members = object->as.object.members;
    if (count > FEW_MEMBERS) {
        map_init(&d->table, arena);
        /* The table holds pointers for reading only; map.h has no const of them. */
        for (size_t i = 0; i < count; i++)
            map_set(&d->table, members[i].key, (void *)(uintptr_t)&members[i].value);
        d->count = d->table.count;
        return;
    }
    for (size_t i = 0; i < count; i++)
        d->count += value_get(object, members[i].key) == &members[i].value;
}

static bool objects_equal(const struct value *a, const struct value *b)
{
    struct arena scratch;
    arena_init(&scratch);
    struct dictionary da, db;
    dictionary_open(&da, a, &scratch);
    dictionary_open(&db, b, &scratch);
    bool equal = da.count == db.count;
    for (size_t i = 0; equal && i < a->as.object.count; i++) {
        const struct member *m = &a->as.object.members[i];
        if (dictionary_get(&da, m->key) != &m->value)
            continue; /* a later member of the same name hides it */
        const struct value *other = dictionary_get(&db, m->key);
        equal = other && value_equal(&m->value, other);
    }
    arena_free(&scratch);
    return equal;
}

bool value_equal(const struct value *a, const struct value *b)
{
    if (is_number(a) && is_number(b))
        return value_compare_numbers(a, b) == 0;
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case VALUE_NULL:
        return true;
    case VALUE_STRING:
        return str_equal(a->as.text, b->as.text);
    case VALUE_ARRAY:
        if (a->as.array.count != b->as.array.count)
            return false;
        for (size_t i = 0; i < a->as.array.count; i++)
            if (!value_equal(&a->as.array.items[i], &b->as.array.items[i]))
                return false;
        return true;
    case VALUE_OBJECT:
        return objects_equal(a, b);
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        break; /* compared as numbers above */
    }
    return false;
}

bool value_truthy(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOL:
        return value->as.truth;
    case VALUE_INT:
    case VALUE_REAL:
        return number_compare(value->as.text, STR("0")) != 0;
    case VALUE_STRING:
        return value->as.text.len > 0;
    case VALUE_ARRAY:
        return value->as.array.count > 0;
    case VALUE_OBJECT:
        return value->as.object.count > 0;
    }
    return false;
}

double value_to_double(const struct value *value)
{
    return is_number(value) ? number_to_double(number_text(value)) : NAN;
}

struct value value_copy(struct arena *arena, const struct value *value)
{
    struct value copy = *value;
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
        break;
    case VALUE_INT:
    case VALUE_REAL:
    case VALUE_STRING:
        copy.as.text = arena_str(arena, value->as.text);
        break;
    case VALUE_ARRAY: {
        struct value *items = ARENA_ARRAY(arena, struct value, value->as.array.count);
        for (size_t i = 0; i < value->as.array.count; i++)
            items[i] = value_copy(arena, &value->as.array.items[i]);
        copy.as.array.items = items;
        break;
    }
    case VALUE_OBJECT: {
        struct member *members = ARENA_ARRAY(arena, struct member, value->as.object.count);
        for (size_t i = 0; i < value->as.object.count; i++) {
            const struct member *m = &value->as.object.members[i];
            members[i] = (struct member){arena_str(arena, m->key), value_copy(arena, &m->value)};
        }
        copy.as.object.members = members;
        break;
    }
    }
    return copy;
}
