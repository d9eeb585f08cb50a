#include "frontend/doc.h"
#include "ir/ir.h"

static bool has_text(const struct doc_node *node, const char *text)
{
    return node && node->kind == DOC_STRING && str_equal(node->as.text, str_from(text));
}

static bool calls_with_mapping(const struct ir_activities *activities)
{
    for (size_t i = 0; i < activities->count; i++) {
        const struct doc_node *node = activities->items[i].node;
        const struct doc_node *provider =
            node->kind == DOC_OBJECT ? doc_get(node, STR("provider")) : NULL;
        if (!provider || provider->kind != DOC_OBJECT ||
            !has_text(doc_get(provider, STR("type")), "process"))
            continue;
        const struct doc_node *arguments = doc_get(provider, STR("arguments"));
        if (arguments && arguments->kind == DOC_OBJECT)
            return true;
    }
    return false;
}

static bool is_without_path(const struct doc_node *secret)
{
    return secret->kind == DOC_OBJECT && has_text(doc_get(secret, STR("type")), "vault") &&
           doc_get(secret, STR("key")) && !doc_get(secret, STR("path"));
}

struct ir_deprecated ir_reference_deprecated(const struct ir *ir)
{
    const struct ir_experiment *e = ir->experiment;
    struct ir_deprecated found = {
        .mapping = (e->hypothesis && calls_with_mapping(&e->hypothesis->probes)) ||
                   calls_with_mapping(&e->method) || calls_with_mapping(&e->rollbacks)};
    for (size_t i = 0; i < e->secret_count; i++) {
        const struct doc_node *group = e->secrets[i].node;
        if (group->kind != DOC_OBJECT)
            continue;
        for (size_t k = 0; k < group->as.object.count; k++)
            found.vault_keys += is_without_path(group->as.object.members[k].value);
    }
    return found;
}
