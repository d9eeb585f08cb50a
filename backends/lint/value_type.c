#include "backends/lint/value_type.h"

type_set value_type_of_config(const struct ir_config *config)
{
    static const struct {
        const char *name;
        type_set type;
    } conversions[] = {{"str", TYPE_STRING}, {"string", TYPE_STRING}, {"int", TYPE_INTEGER},
        {"integer", TYPE_INTEGER}, {"float", TYPE_NUMBER}, {"number", TYPE_NUMBER},
        {"bool", TYPE_BOOLEAN}, {"bytes", TYPE_STRING}, {"json", TYPE_ANY}};
    if (config->kind == IR_SOURCE_INLINE)
        return value_type(NULL, config->node);
    if (config->kind != IR_SOURCE_ENV)
        return TYPE_ANY;
    for (size_t i = 0; i < sizeof conversions / sizeof conversions[0]; i++)
        if (str_equal(str_from(conversions[i].name), config->env_var_type.text))
            return conversions[i].type;
    if (config->env_var_type.node)
        return TYPE_ANY; /* a type the engine does not know: reported where it stands */
    /* Without a type a default keeps its own, and the variable comes as text. */
    return (type_set)(TYPE_STRING | (config->fallback ? value_type(NULL, config->fallback) : 0));
}

/* The name in a string that is exactly "${name}"; empty otherwise. */
static struct str sole_reference(struct str text)
{
    if (text.len < 4 || !str_starts(text, STR("${")) || text.ptr[text.len - 1] != '}')
        return (struct str){0};
    struct str name = {text.ptr + 2, text.len - 3};
    return memchr(name.ptr, '}', name.len) || memchr(name.ptr, '$', name.len) ? (struct str){0}
                                                                              : name;
}

static type_set string_type(const struct ir_experiment *experiment, struct str text)
{
    struct str name = sole_reference(text);
    if (!name.len || !experiment)
        return TYPE_STRING;
    for (size_t i = 0; i < experiment->config_count; i++)
        if (str_equal(experiment->configuration[i].name, name))
            return value_type_of_config(&experiment->configuration[i]);
    return TYPE_ANY; /* a secret, what a control supplies, or undefined, which is reported as that */
}

type_set value_type(void *ir, const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        return TYPE_NULL;
    case DOC_BOOL:
        return TYPE_BOOLEAN;
    case DOC_INT:
        return TYPE_INTEGER;
    case DOC_REAL:
        return TYPE_REAL;
    case DOC_STRING:
        return string_type(ir, node->as.text);
    case DOC_ARRAY:
        return TYPE_ARRAY;
    case DOC_OBJECT:
        return TYPE_OBJECT;
    case DOC_ERROR:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
    case DOC_SET:
        return TYPE_ANY;
    }
    return TYPE_ANY;
}
