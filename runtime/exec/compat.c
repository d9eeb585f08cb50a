#include "runtime/exec/engine.h"

/* True if `for x in value` and `value + []` work: the member is absent or an array of mappings. */
static bool is_list_of_mappings(const struct value *list)
{
    if (!list)
        return true;
    if (list->kind != VALUE_ARRAY)
        return false;
    for (size_t i = 0; i < list->as.array.count; i++)
        if (list->as.array.items[i].kind != VALUE_OBJECT)
            return false;
    return true;
}

static bool is_mapping(const struct value *value)
{
    return !value || value->kind == VALUE_OBJECT;
}

bool compat_loads(const struct run *run)
{
    const struct value *document = &run->values[0];
    const struct value *hypothesis = value_get(document, STR("steady-state-hypothesis"));
    return document->kind == VALUE_OBJECT && value_get(document, STR("title")) &&
           is_mapping(hypothesis) && is_mapping(value_get(document, STR("configuration"))) &&
           is_mapping(value_get(document, STR("secrets"))) &&
           is_list_of_mappings(value_get(document, STR("method"))) &&
           is_list_of_mappings(value_get(document, STR("rollbacks"))) &&
           (!hypothesis || is_list_of_mappings(value_get(hypothesis, STR("probes"))));
}
