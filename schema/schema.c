#include "schema/schema.h"

/* The lists of allowed values; the order is that of the specification. */
#define CHOICES(name, ...) static const char *const choices_##name[] = {__VA_ARGS__, NULL};
CHOICES(CONFIG_TYPES, "env", "probe")
CHOICES(SECRET_TYPES, "env", "vault")
CHOICES(CONTROL_TYPES, "python")
CHOICES(PROVIDER_TYPES, "python", "http", "process")
CHOICES(ACTIVITY_TYPES, "probe", "action")
CHOICES(TOLERANCE_TYPES, "probe", "regex", "jsonpath", "range")
CHOICES(SCOPES, "before", "after")
CHOICES(DRY_MODES, "probes", "actions", "activities", "pause")
CHOICES(
    ENV_VAR_TYPES, "str", "string", "int", "integer", "float", "number", "bytes", "bool", "json")
CHOICES(ROLLBACK_STRATEGIES, "default", "always", "never", "deviated")
CHOICES(HYPOTHESIS_STRATEGIES, "default", "before-method-only", "after-method-only",
    "during-method-only", "continuously", "skip", "continously")
#define choices_NONE NULL

enum {
    REQUIRED = SCHEMA_REQUIRED,
    TEMPLATE = SCHEMA_TEMPLATE,
    VARIABLE = SCHEMA_VARIABLE,
    LOOSE = SCHEMA_LOOSE,
    IGNORED = SCHEMA_IGNORED,
    DEPRECATED = SCHEMA_DEPRECATED,
    FREE = SCHEMA_FREE,
    NONEMPTY = SCHEMA_NONEMPTY
};

const struct schema_field schema_fields[] = {
#define KIND(id, name, phrase, keys, doc)
#define FIELD(kind, id, key, types, flags, choices, child, fallback, doc, wrong)                   \
    {STR_INIT(key), types, flags, SCHEMA_KIND_##child, SCHEMA_KIND_##kind, choices_##choices,      \
        fallback, doc, wrong},
#define END(kind)
#include "schema/schema.def"
#undef KIND
#undef FIELD
#undef END
};

const struct schema_object schema_objects[] = {
#define KIND(id, name, phrase, keys, doc)                                                          \
    {name, phrase, SCHEMA_##keys, doc, schema_fields + SCHEMA_FIRST_##id,                          \
        SCHEMA_END_##id - SCHEMA_FIRST_##id},
#define FIELD(kind, id, key, types, flags, choices, child, fallback, doc, wrong)
#define END(kind)
#include "schema/schema.def"
#undef KIND
#undef FIELD
#undef END
};

const struct schema_field *schema_find(enum schema_kind kind, struct str key)
{
    const struct schema_object *object = &schema_objects[kind];
    for (size_t i = 0; i < object->field_count; i++)
        if (str_equal(object->fields[i].key, key))
            return &object->fields[i];
    return NULL;
}

unsigned schema_slip_limit(struct str name)
{
    return name.len <= 3 ? 1 : name.len <= 7 ? 2 : 3;
}

const struct schema_field *schema_nearest(enum schema_kind kind, struct str key)
{
    const struct schema_object *object = &schema_objects[kind];
    const struct schema_field *best = NULL;
    unsigned best_distance = schema_slip_limit(key) + 1;
    for (size_t i = 0; i < object->field_count; i++) {
        if (str_equal(object->fields[i].key, key))
            continue;
        unsigned distance = str_distance(key, object->fields[i].key, best_distance);
        if (distance < best_distance && distance < object->fields[i].key.len) {
            best = &object->fields[i];
            best_distance = distance;
        }
    }
    return best;
}

bool schema_is_choice(const char *const *choices, struct str value)
{
    for (; *choices; choices++)
        if (str_equal(str_from(*choices), value))
            return true;
    return false;
}

const char *schema_nearest_choice(const char *const *choices, struct str value)
{
    const char *best = NULL;
    unsigned best_distance = schema_slip_limit(value) + 1;
    for (; *choices; choices++) {
        unsigned distance = str_distance(value, str_from(*choices), best_distance);
        if (distance < best_distance) {
            best = *choices;
            best_distance = distance;
        }
    }
    return best;
}
