#include "frontend/yaml_value.h"

#include "frontend/yaml_binary.h"
#include "frontend/yaml_number.h"
#include "frontend/yaml_time.h"
#include "runtime/base/number.h"

static const struct str prefix = STR_INIT("tag:yaml.org,2002:");

static const struct {
    struct str name;
    enum yaml_tag tag;
} tags[] = {
    {STR_INIT("binary"), YAML_TAG_BINARY},
    {STR_INIT("bool"), YAML_TAG_BOOL},
    {STR_INIT("float"), YAML_TAG_FLOAT},
    {STR_INIT("int"), YAML_TAG_INT},
    {STR_INIT("map"), YAML_TAG_MAP},
    {STR_INIT("merge"), YAML_TAG_MERGE},
    {STR_INIT("null"), YAML_TAG_NULL},
    {STR_INIT("omap"), YAML_TAG_OMAP},
    {STR_INIT("pairs"), YAML_TAG_PAIRS},
    {STR_INIT("seq"), YAML_TAG_SEQ},
    {STR_INIT("set"), YAML_TAG_SET},
    {STR_INIT("str"), YAML_TAG_STR},
    {STR_INIT("timestamp"), YAML_TAG_TIMESTAMP},
    {STR_INIT("value"), YAML_TAG_VALUE},
};

enum { TAG_COUNT = sizeof tags / sizeof tags[0] };

enum yaml_tag yaml_tag_of(struct str name)
{
    if (!str_starts(name, prefix))
        return YAML_TAG_UNKNOWN;
    struct str rest = str_slice(name.ptr + prefix.len, name.ptr + name.len);
    for (size_t i = 0; i < TAG_COUNT; i++)
        if (str_equal(rest, tags[i].name))
            return tags[i].tag;
    return YAML_TAG_UNKNOWN;
}

struct str yaml_tag_near(struct str name)
{
    struct str rest = name;
    if (str_starts(name, prefix))
        rest = str_slice(name.ptr + prefix.len, name.ptr + name.len);
    else if (str_starts(name, STR("!")))
        rest = str_slice(name.ptr + 1, name.ptr + name.len);
    /* What other languages call these types. */
    static const struct {
        struct str theirs, ours;
    } others[] = {
        {STR_INIT("string"), STR_INIT("str")},
        {STR_INIT("integer"), STR_INIT("int")},
        {STR_INIT("boolean"), STR_INIT("bool")},
        {STR_INIT("number"), STR_INIT("float")},
        {STR_INIT("list"), STR_INIT("seq")},
        {STR_INIT("dict"), STR_INIT("map")},
    };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (str_equal(rest, others[i].theirs))
            return others[i].ours;
    struct str best = STR("");
    unsigned least = 2;
    for (size_t i = 0; i < TAG_COUNT; i++) {
        unsigned distance = str_distance(rest, tags[i].name, least);
        if (distance <= least && tags[i].tag != YAML_TAG_VALUE && tags[i].tag != YAML_TAG_MERGE) {
            least = distance ? distance - 1 : 0;
            best = tags[i].name;
        }
    }
    return best;
}

static void set_bool(struct doc_node *node, bool truth)
{
    node->kind = DOC_BOOL;
    node->as.truth = truth;
}

static void set_text(struct doc_node *node, enum doc_kind kind, struct str text)
{
    node->kind = (uint8_t)kind;
    node->as.text = text;
}

/* Sets kind and text, or an error if there is a failure. */
static const char *finish(
    struct doc_node *node, enum doc_kind kind, struct str text, const char *failure)
{
    set_text(node, failure ? DOC_ERROR : kind, failure ? STR("") : text);
    return failure;
}

static const char *set_int(struct arena *arena, struct str text, struct doc_node *node)
{
    struct str spelt = STR("");
    const char *failure = yaml_read_int(arena, text, &spelt);
    return finish(node, DOC_INT, spelt, failure);
}

static const char *set_real(struct arena *arena, struct str text, struct doc_node *node)
{
    struct str spelt = STR("");
    const char *failure = yaml_read_real(arena, text, &spelt);
    return finish(node, DOC_REAL, spelt, failure);
}

static const char *set_time(struct arena *arena, struct str text, struct doc_node *node)
{
    struct yaml_time time;
    const char *failure = yaml_read_time(text, &time);
    char spelt[YAML_TIME_SIZE] = "";
    size_t len = failure ? 0 : yaml_spell_time(&time, 'T', spelt);
    return finish(node, time.has_time ? DOC_DATETIME : DOC_DATE,
        arena_str(arena, (struct str){spelt, len}), failure);
}

static const char *set_binary(struct arena *arena, struct str text, struct doc_node *node)
{
    struct str spelt = STR("");
    const char *failure = yaml_read_binary(arena, text, &spelt);
    return finish(node, DOC_BINARY, spelt, failure);
}

static enum doc_trap trap_of(enum yaml_form form)
{
    switch (form) {
    case YAML_TEXT_LETTER:
    case YAML_YES:
    case YAML_NO:
        return DOC_TRAP_BOOL;
    case YAML_TEXT_EXPONENT:
        return DOC_TRAP_EXPONENT;
    case YAML_EMPTY:
    case YAML_TILDE:
        return DOC_TRAP_NULL;
    case YAML_INT_OCTAL:
        return DOC_TRAP_OCTAL;
    case YAML_INT_UNDERSCORE:
    case YAML_REAL_UNDERSCORE:
        return DOC_TRAP_UNDERSCORE;
    case YAML_INT_SEXAGESIMAL:
    case YAML_REAL_SEXAGESIMAL:
        return DOC_TRAP_SEXAGESIMAL;
    case YAML_DATE:
    case YAML_DATETIME:
        return DOC_TRAP_DATE;
    case YAML_TEXT:
    case YAML_NULL:
    case YAML_TRUE:
    case YAML_FALSE:
    case YAML_INT:
    case YAML_INT_PLUS:
    case YAML_INT_HEX:
    case YAML_INT_BINARY:
    case YAML_REAL:
    case YAML_REAL_OTHER:
    case YAML_MERGE:
    case YAML_VALUE:
        return DOC_TRAP_NONE;
    }
    return DOC_TRAP_NONE;
}

const char *yaml_resolve(
    struct arena *arena, enum yaml_form form, struct str text, struct doc_node *node)
{
    enum { SURELY_SHORT = 4300 };
    node->trap = (uint8_t)trap_of(form);
    switch (form) {
    case YAML_TEXT:
    case YAML_TEXT_LETTER:
    case YAML_TEXT_EXPONENT:
    case YAML_MERGE:
    case YAML_VALUE:
        set_text(node, DOC_STRING, text);
        return NULL;
    case YAML_EMPTY:
    case YAML_TILDE:
    case YAML_NULL:
        set_text(node, DOC_NULL, STR(""));
        return NULL;
    case YAML_TRUE:
    case YAML_YES:
        set_bool(node, true);
        return NULL;
    case YAML_FALSE:
    case YAML_NO:
        set_bool(node, false);
        return NULL;
    case YAML_INT:
        if (text.len > SURELY_SHORT || str_is(text, "-0"))
            return set_int(arena, text, node);
        set_text(node, DOC_INT, text);
        return NULL;
    case YAML_INT_PLUS:
    case YAML_INT_HEX:
    case YAML_INT_BINARY:
    case YAML_INT_OCTAL:
    case YAML_INT_UNDERSCORE:
    case YAML_INT_SEXAGESIMAL:
        return set_int(arena, text, node);
    case YAML_REAL:
        set_text(node, DOC_REAL, text);
        return NULL;
    case YAML_REAL_OTHER:
    case YAML_REAL_UNDERSCORE:
    case YAML_REAL_SEXAGESIMAL:
        return set_real(arena, text, node);
    case YAML_DATE:
    case YAML_DATETIME:
        return set_time(arena, text, node);
    }
    return NULL;
}

static const char *set_named_bool(struct str text, struct doc_node *node)
{
    static const struct {
        struct str name;
        bool truth;
    } names[] = {
        {STR_INIT("yes"), true},
        {STR_INIT("no"), false},
        {STR_INIT("true"), true},
        {STR_INIT("false"), false},
        {STR_INIT("on"), true},
        {STR_INIT("off"), false},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (text.len == names[i].name.len && str_distance(text, names[i].name, 0) == 0) {
            set_bool(node, names[i].truth);
            return NULL;
        }
    }
    return finish(node, DOC_ERROR, STR(""), "booleans are true, false, yes, no, on and off");
}

const char *yaml_construct(
    struct arena *arena, enum yaml_tag tag, struct str text, struct doc_node *node)
{
    node->trap = DOC_TRAP_NONE;
    switch (tag) {
    case YAML_TAG_STR:
        set_text(node, DOC_STRING, text);
        return NULL;
    case YAML_TAG_NULL:
        set_text(node, DOC_NULL, STR(""));
        return NULL;
    case YAML_TAG_BOOL:
        return set_named_bool(text, node);
    case YAML_TAG_INT:
        return set_int(arena, text, node);
    case YAML_TAG_FLOAT:
        return set_real(arena, text, node);
    case YAML_TAG_TIMESTAMP:
        return set_time(arena, text, node);
    case YAML_TAG_BINARY:
        return set_binary(arena, text, node);
    case YAML_TAG_UNKNOWN:
    case YAML_TAG_MAP:
    case YAML_TAG_MERGE:
    case YAML_TAG_OMAP:
    case YAML_TAG_PAIRS:
    case YAML_TAG_SEQ:
    case YAML_TAG_SET:
    case YAML_TAG_VALUE:
        break;
    }
    return finish(node, DOC_ERROR, STR(""), "the tag is none of a scalar's");
}

struct str yaml_key_text(struct arena *arena, const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        return STR("None");
    case DOC_BOOL:
        return node->as.truth ? STR("True") : STR("False");
    case DOC_REAL: {
        char spelt[NUMBER_REPR_SIZE];
        size_t len = number_repr(number_to_double(node->as.text), spelt);
        struct str text = {spelt, len};
        if (str_is(text, "NaN"))
            return STR("nan");
        if (str_is(text, "Infinity"))
            return STR("inf");
        return str_is(text, "-Infinity") ? STR("-inf") : arena_str(arena, text);
    }
    case DOC_DATETIME: {
        struct str text = arena_str(arena, node->as.text);
        char *separator = memchr(text.ptr, 'T', text.len);
        if (separator)
            *separator = ' ';
        return text;
    }
    case DOC_INT:
    case DOC_STRING:
    case DOC_DATE:
    case DOC_BINARY:
        return node->as.text;
    case DOC_ERROR:
    case DOC_ARRAY:
    case DOC_OBJECT:
    case DOC_SET:
        break;
    }
    return STR("");
}
