#include "ir/check.h"

static void build_control(struct check *c, const struct doc_node *node, struct ir_control *out)
{
    struct fields fields;
    out->node = node;
    const struct doc_node *name = doc_get(node, STR("name"));
    struct str owner = name && name->kind == DOC_STRING ? name->as.text : (struct str){"", 0};
    /* A reference needs no name and no provider to be understood; the reference implementation
     * asks for both all the same. */
    if (!check_fields(c, SCHEMA_KIND_CONTROL, node, owner, &fields)) {
        if (node->kind != DOC_ERROR)
            check_add(c, E206, node->span,
                "a control must be an object, not %s: the run ends with an exception before "
                "anything is done",
                doc_kind_name((enum doc_kind)node->kind));
        return;
    }
    out->name = check_string(FIELD_MEMBER(&fields, CONTROL, NAME));
    out->ref = check_string(FIELD_MEMBER(&fields, CONTROL, REF));
    out->scope = check_string(FIELD_MEMBER(&fields, CONTROL, SCOPE));
    out->automatic = FIELD_VALUE(&fields, CONTROL, AUTOMATIC);
    out->provider = FIELD_VALUE(&fields, CONTROL, PROVIDER);
    struct fields provider;
    if (!check_fields(c, SCHEMA_KIND_CONTROL_PROVIDER, out->provider, owner, &provider))
        return;
    out->provider_type = check_string(FIELD_MEMBER(&provider, CONTROL_PROVIDER, TYPE));
    out->module = check_string(FIELD_MEMBER(&provider, CONTROL_PROVIDER, MODULE));
    out->arguments = FIELD_VALUE(&provider, CONTROL_PROVIDER, ARGUMENTS);
    names_note(c, out->arguments, IR_USE_CONTROL);
}

struct ir_controls check_controls(struct check *c, const struct doc_node *node)
{
    struct ir_controls controls = {.node = node};
    if (!node || node->kind != DOC_ARRAY || node->as.array.count == 0)
        return controls;
    struct ir_control *items = ARENA_ARRAY(c->arena, struct ir_control, node->as.array.count);
    for (size_t i = 0; i < node->as.array.count; i++)
        build_control(c, node->as.array.items[i], &items[i]);
    controls.items = items;
    controls.count = node->as.array.count;
    c->has_controls = true;
    return controls;
}
