#include "runtime/exec/engine.h"

/* True if its name can be a key of Python's. */
static bool has_usable_name(const struct value *activity)
{
    const struct value *name = value_get(activity, STR("name"));
    return !name || name->kind < VALUE_ARRAY || !value_truthy(name);
}

/* What the reference puts into its cache before anything else: the method and the probes. */
static bool have_usable_names(const struct value *list)
{
    for (size_t i = 0; list && i < list->as.array.count; i++)
        if (!has_usable_name(&list->as.array.items[i]))
            return false;
    return true;
}

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

static bool is_empty(const struct value *value)
{
    return (value->kind == VALUE_STRING || value->kind >= VALUE_ARRAY) && !value_truthy(value);
}

/* Rollbacks, unlike the method, are gone through and nothing else. */
static bool is_nothing_or_mappings(const struct value *list)
{
    return !list || is_empty(list) || is_list_of_mappings(list);
}

/* Controls of the experiment, each with a provider; of the activities the list is looked at alone. */
static bool has_usable_controls(const struct value *owner, bool with_provider)
{
    const struct value *controls = value_get(owner, STR("controls"));
    if (!is_nothing_or_mappings(controls))
        return false;
    for (size_t i = 0; with_provider && controls && i < controls->as.array.count; i++) {
        const struct value *provider = value_get(&controls->as.array.items[i], STR("provider"));
        if (!provider || provider->kind != VALUE_OBJECT)
            return false;
    }
    return true;
}

static bool have_usable_controls(const struct value *document)
{
    const struct value *hypothesis = value_get(document, STR("steady-state-hypothesis"));
    const struct value *lists[] = {value_get(document, STR("method")),
        hypothesis ? value_get(hypothesis, STR("probes")) : NULL};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; lists[l] && i < lists[l]->as.array.count; i++)
            if (!has_usable_controls(&lists[l]->as.array.items[i], false))
                return false;
    return has_usable_controls(document, true);
}

static bool is_mapping(const struct value *value)
{
    return !value || value->kind == VALUE_OBJECT;
}

bool compat_loads(const struct run *run)
{
    const struct value *document = &run->values[PLAN_DOCUMENT];
    const struct value *hypothesis = value_get(document, STR("steady-state-hypothesis"));
    return document->kind == VALUE_OBJECT && value_get(document, STR("title")) &&
           is_mapping(hypothesis) && is_mapping(value_get(document, STR("configuration"))) &&
           is_mapping(value_get(document, STR("secrets"))) &&
           is_list_of_mappings(value_get(document, STR("method"))) &&
           is_nothing_or_mappings(value_get(document, STR("rollbacks"))) &&
           have_usable_controls(document) &&
           (!hypothesis || is_list_of_mappings(value_get(hypothesis, STR("probes")))) &&
           have_usable_names(value_get(document, STR("method"))) &&
           (!hypothesis || have_usable_names(value_get(hypothesis, STR("probes"))));
}
