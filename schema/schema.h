/* schema.h: the Open API of experiments as constant tables: kinds of objects, their fields, allowed
 * values. Everything is const and lives in the program; rows stand in canonical order (schema.def).
 */
#ifndef SCHEMA_SCHEMA_H
#define SCHEMA_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"
#include "schema/types.h"

enum schema_kind {
#define KIND(id, name, phrase, keys, doc) SCHEMA_KIND_##id,
#define FIELD(kind, id, key, types, flags, choices, child, fallback, doc, wrong)
#define END(kind)
#include "schema/schema.def"
#undef KIND
#undef FIELD
#undef END
    SCHEMA_KIND_COUNT,
    SCHEMA_KIND_NONE = SCHEMA_KIND_COUNT
};

/* Index of every field over all kinds; those of one kind are neighbours, from SCHEMA_FIRST_<KIND>
 * up to but not including SCHEMA_END_<KIND>. */
enum schema_field_id {
#define KIND(id, name, phrase, keys, doc)                                                          \
    SCHEMA_FIRST_##id, SCHEMA_REWIND_##id = SCHEMA_FIRST_##id - 1,
#define FIELD(kind, id, key, types, flags, choices, child, fallback, doc, wrong)                   \
    SCHEMA_##kind##_##id,
#define END(kind) SCHEMA_END_##kind, SCHEMA_CLOSE_##kind = SCHEMA_END_##kind - 1,
#include "schema/schema.def"
#undef KIND
#undef FIELD
#undef END
    SCHEMA_FIELD_COUNT
};

enum { SCHEMA_FIELDS_MAX = 16 }; /* no kind has more fields */

enum schema_flags {
    SCHEMA_REQUIRED = 1,
    SCHEMA_TEMPLATE = 2, /* the engine substitutes ${name} in it */
    SCHEMA_VARIABLE = 4, /* "${name}" alone may stand for a value of the right type */
    SCHEMA_LOOSE = 8,    /* another type than the specification's works in practice */
    SCHEMA_IGNORED = 16, /* the reference never acts on it */
    SCHEMA_DEPRECATED = 32,
    SCHEMA_FREE = 64,     /* what is inside is the writer's own */
    SCHEMA_NONEMPTY = 128 /* what Python takes for false is refused */
};

enum schema_keys { SCHEMA_FIXED, SCHEMA_OPEN, SCHEMA_NAMED };

struct schema_field {
    struct str key;
    type_set types;
    uint8_t flags; /* enum schema_flags */
    uint8_t child; /* enum schema_kind of the object, or of the array's items; SCHEMA_KIND_NONE */
    uint8_t kind;  /* enum schema_kind it belongs to */
    const char *const *choices; /* NULL-terminated allowed values of a string, or NULL */
    const char *fallback;       /* what holds when it is absent, as JSON; "" if nothing */
    const char *doc;            /* one sentence */
    const char *wrong;          /* what happens at run time when the type is wrong; "" if nothing */
};

struct schema_object {
    const char *name;   /* "HTTP provider" */
    const char *phrase; /* "an HTTP provider" */
    enum schema_keys keys;
    const char *doc;
    const struct schema_field *fields; /* in canonical order */
    size_t field_count;
};

extern const struct schema_field schema_fields[];
extern const struct schema_object schema_objects[];

/* The field of `kind` with exactly this key, or NULL. */
const struct schema_field *schema_find(enum schema_kind kind, struct str key);

/* The field of `kind` that `key` was probably meant to be (case, `-` for `_`, plural and small
 * typing mistakes), or NULL if none is near. Never a field with exactly this key. */
const struct schema_field *schema_nearest(enum schema_kind kind, struct str key);

/* True if `value` is one of a NULL-terminated list of choices. */
bool schema_is_choice(const char *const *choices, struct str value);

/* The choice that `value` was probably meant to be, or NULL. */
const char *schema_nearest_choice(const char *const *choices, struct str value);

/* How far apart two names may be, by length, to be taken for a slip: 1 to 3. */
unsigned schema_slip_limit(struct str name);

/* True for keys that belong to vendors and are never judged: they start with `x-`. */
static inline bool schema_is_vendor_key(struct str key)
{
    return key.len > 2 && (key.ptr[0] == 'x' || key.ptr[0] == 'X') &&
           (key.ptr[1] == '-' || key.ptr[1] == '_');
}

#endif
