/* The questions of chaos_form.h. */
#include "backends/fmt/chaos_form.h"

#include "backends/fmt/chaos_print.h"
#include "frontend/chaos_lex.h"

bool form_is_text(const struct doc_node *node)
{
    return node && node->kind == DOC_STRING;
}

bool form_is_object(const struct doc_node *node)
{
    return node && node->kind == DOC_OBJECT;
}

bool form_is_type(const struct doc_node *object, const char *type)
{
    const struct doc_node *node = doc_get(object, STR("type"));
    return form_is_text(node) && str_equal(node->as.text, str_from(type));
}

bool form_is_one_of(struct str key, const char *const *keys)
{
    for (size_t i = 0; keys[i]; i++)
        if (str_equal(key, str_from(keys[i])))
            return true;
    return false;
}

bool form_has_only(const struct doc_node *object, const char *const *keys)
{
    for (size_t i = 0; i < object->as.object.count; i++) {
        const struct doc_member *member = &object->as.object.members[i];
        if (!member->repeated && !form_is_one_of(member->key, keys))
            return false;
    }
    return true;
}

bool form_are_texts(const struct doc_node *array)
{
    if (!array || array->kind != DOC_ARRAY || !array->as.array.count)
        return false;
    for (size_t i = 0; i < array->as.array.count; i++)
        if (!form_is_text(array->as.array.items[i]))
            return false;
    return true;
}

bool form_is_scalar(const struct doc_node *node)
{
    return node->kind != DOC_ARRAY && node->kind != DOC_OBJECT && node->kind != DOC_SET;
}

bool form_is_absent_or(const struct doc_node *object, struct str key, enum doc_kind kind)
{
    const struct doc_node *node = doc_get(object, key);
    return !node || node->kind == kind;
}

/* Whether module and function read as one dotted name. */
static bool is_dotted_function(const struct doc_node *provider)
{
    const struct doc_node *module = doc_get(provider, STR("module"));
    const struct doc_node *function = doc_get(provider, STR("func"));
    return form_is_text(module) && form_is_text(function) && chaos_is_word(function->as.text) &&
           (chaos_is_word(module->as.text) || chaos_is_dotted(module->as.text));
}

bool form_has_head(const struct doc_node *provider)
{
    if (form_is_type(provider, "http"))
        return form_is_text(doc_get(provider, STR("url")));
    if (form_is_type(provider, "process"))
        return form_is_text(doc_get(provider, STR("path")));
    return form_is_type(provider, "python") && is_dotted_function(provider);
}

bool form_is_method(struct str text)
{
    return chaos_is_word(text) && !chaos_word(text);
}

bool form_is_in_head(const struct doc_node *provider, const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    if (str_is(member->key, "type"))
        return true;
    if (form_is_type(provider, "http"))
        return str_is(member->key, "url") ||
               (str_is(member->key, "method") && form_is_text(value) &&
                   form_is_method(value->as.text));
    if (form_is_type(provider, "process"))
        return str_is(member->key, "path") ||
               (str_is(member->key, "arguments") &&
                   (form_is_text(value) || form_is_object(value) || value->kind == DOC_ARRAY));
    return str_is(member->key, "module") || str_is(member->key, "func") ||
           (str_is(member->key, "arguments") && form_is_object(value));
}

bool form_has_activity_type(const struct doc_node *node)
{
    return form_is_type(node, "probe") || form_is_type(node, "action");
}

bool form_is_plain_activity(const struct doc_node *node)
{
    return form_is_object(node) && form_has_activity_type(node) &&
           form_is_text(doc_get(node, STR("name"))) &&
           form_is_object(doc_get(node, STR("provider"))) && !doc_get(node, STR("ref"));
}

bool form_is_ref(const struct doc_node *node)
{
    return form_is_object(node) && form_is_text(doc_get(node, STR("ref"))) &&
           (!doc_get(node, STR("type")) || form_has_activity_type(node));
}

bool form_is_scope(const struct doc_node *node)
{
    return form_is_text(node) &&
           (str_is(node->as.text, "before") || str_is(node->as.text, "after"));
}

bool form_is_env(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "key", "env_var_type", "default", NULL};
    return form_is_type(node, "env") && form_has_only(node, keys) &&
           form_is_text(doc_get(node, STR("key"))) &&
           form_is_absent_or(node, STR("env_var_type"), DOC_STRING);
}

bool form_is_vault(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "path", "key", NULL};
    return form_is_type(node, "vault") && form_has_only(node, keys) &&
           form_is_text(doc_get(node, STR("path"))) &&
           form_is_absent_or(node, STR("key"), DOC_STRING);
}

bool form_is_range(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "range", NULL};
    const struct doc_node *range = doc_get(node, STR("range"));
    if (!form_is_type(node, "range") || !form_has_only(node, keys) || !range ||
        range->kind != DOC_ARRAY || range->as.array.count != 2)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (range->as.array.items[i]->kind != DOC_INT && range->as.array.items[i]->kind != DOC_REAL)
            return false;
    return true;
}

bool form_is_regex(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "pattern", NULL};
    return form_is_type(node, "regex") && form_has_only(node, keys) &&
           form_is_text(doc_get(node, STR("pattern")));
}

bool form_is_jsonpath(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "path", "count", "expect", NULL};
    return form_is_type(node, "jsonpath") && form_has_only(node, keys) &&
           form_is_text(doc_get(node, STR("path")));
}

bool form_is_inner_probe(const struct doc_node *node)
{
    const struct doc_node *name = doc_get(node, STR("name"));
    return form_is_type(node, "probe") && form_is_object(doc_get(node, STR("provider"))) &&
           (!name || form_is_text(name));
}
