#include "ir/check.h"

static bool has_type(const struct doc_node *node, struct str type)
{
    const struct doc_node *found = doc_get(node, STR("type"));
    return found && found->kind == DOC_STRING && str_equal(found->as.text, type);
}

/* ---- configuration ---- */

/* An object with a `type` that is no source is taken for the value itself, so a slip goes
 * unnoticed. It is one only where what the source needs is there too. */
static void check_source_type(
    struct check *c, const struct doc_member *member, const char *const *choices, const char *what)
{
    const struct doc_node *type = doc_get(member->value, STR("type"));
    if (!type || type->kind != DOC_STRING || schema_is_choice(choices, type->as.text))
        return;
    const char *near = schema_nearest_choice(choices, type->as.text);
    if (!near)
        return;
    struct str needed = strcmp(near, "env") == 0     ? STR("key")
                        : strcmp(near, "probe") == 0 ? STR("provider")
                                                     : STR("path");
    if (!doc_get(member->value, needed))
        return;
    struct diag *d = check_add(c, E208, type->span,
        "`%.*s` is no type of %s: the object itself becomes the value of `%.*s`",
        STR_ARG(type->as.text), what, STR_ARG(member->key));
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "write `%s`", near);
    check_edit_text(c, fix, type, str_from(near));
}

static void build_config(struct check *c, const struct doc_member *member, struct ir_config *out)
{
    const struct doc_node *node = member->value;
    struct fields fields;
    out->name = member->key;
    out->name_span = member->key_span;
    out->node = node;
    out->kind = IR_SOURCE_INLINE;
    if (node->kind != DOC_OBJECT)
        return;
    if (has_type(node, STR("env"))) {
        out->kind = IR_SOURCE_ENV;
        check_fields(c, SCHEMA_KIND_CONFIG_ENV, node, member->key, &fields);
        out->env_key = check_string(FIELD_MEMBER(&fields, CONFIG_ENV, KEY));
        out->env_var_type = check_string(FIELD_MEMBER(&fields, CONFIG_ENV, ENV_VAR_TYPE));
        out->fallback = FIELD_VALUE(&fields, CONFIG_ENV, DEFAULT);
    } else if (has_type(node, STR("probe"))) {
        out->kind = IR_SOURCE_PROBE;
        struct ir_activity *probe = ARENA_NEW(c->arena, struct ir_activity);
        check_activity(c, node, IR_IN_CONFIGURATION, 0, probe);
        out->probe = probe;
    } else if (has_type(node, STR("vault"))) {
        const struct doc_node *type = doc_get(node, STR("type"));
        check_add(c, W216, type->span,
            "only secrets are read from Vault: the object itself becomes the value of `%.*s`",
            STR_ARG(member->key));
    } else {
        check_source_type(
            c, member, schema_fields[SCHEMA_CONFIG_ENV_TYPE].choices, "configuration entry");
    }
}

void check_configuration(struct check *c, const struct doc_node *node)
{
    struct ir_experiment *experiment = c->ir->experiment;
    experiment->configuration_node = node;
    if (!node || node->kind != DOC_OBJECT || node->as.object.count == 0)
        return;
    struct ir_config *items = ARENA_ARRAY(c->arena, struct ir_config, node->as.object.count);
    size_t count = 0;
    for (size_t i = 0; i < node->as.object.count; i++)
        if (!node->as.object.members[i].repeated)
            build_config(c, &node->as.object.members[i], &items[count++]);
    experiment->configuration = items;
    experiment->config_count = count;
}

/* ---- secrets ---- */

static void build_secret(struct check *c, const struct doc_member *member, struct ir_secret *out);

static void build_group(struct check *c, const struct doc_node *node, struct ir_secret *out)
{
    out->kind = IR_SOURCE_GROUP;
    if (node->as.object.count == 0)
        return;
    struct ir_secret *items = ARENA_ARRAY(c->arena, struct ir_secret, node->as.object.count);
    for (size_t i = 0; i < node->as.object.count; i++)
        if (!node->as.object.members[i].repeated)
            build_secret(c, &node->as.object.members[i], &items[out->count++]);
    out->items = items;
}

static void check_vault(struct check *c, const struct doc_member *member, struct ir_secret *out)
{
    struct fields fields;
    check_fields(c, SCHEMA_KIND_SECRET_VAULT, member->value, member->key, &fields);
    out->vault_path = check_string(FIELD_MEMBER(&fields, SECRET_VAULT, PATH));
    out->vault_key = check_string(FIELD_MEMBER(&fields, SECRET_VAULT, KEY));
}

static void build_secret(struct check *c, const struct doc_member *member, struct ir_secret *out)
{
    const struct doc_node *node = member->value;
    struct fields fields;
    out->name = member->key;
    out->name_span = member->key_span;
    out->node = node;
    out->kind = IR_SOURCE_INLINE;
    if (node->kind != DOC_OBJECT)
        return;
    if (has_type(node, STR("env"))) {
        out->kind = IR_SOURCE_ENV;
        check_fields(c, SCHEMA_KIND_SECRET_ENV, node, member->key, &fields);
        out->env_key = check_string(FIELD_MEMBER(&fields, SECRET_ENV, KEY));
    } else if (has_type(node, STR("vault"))) {
        out->kind = IR_SOURCE_VAULT;
        check_vault(c, member, out);
    } else {
        check_source_type(c, member, schema_fields[SCHEMA_SECRET_ENV_TYPE].choices, "secret");
        build_group(c, node, out);
    }
}

void check_secrets(struct check *c, const struct doc_node *node)
{
    struct ir_experiment *experiment = c->ir->experiment;
    experiment->secrets_node = node;
    if (!node || node->kind != DOC_OBJECT || node->as.object.count == 0)
        return;
    struct ir_secret root = {0};
    build_group(c, node, &root);
    experiment->secrets = root.items;
    experiment->secret_count = root.count;
    for (size_t i = 0; i < root.count; i++) {
        const struct ir_secret *group = &root.items[i];
        if (group->kind != IR_SOURCE_INLINE || group->node->kind == DOC_ERROR)
            continue;
        /* The reference's own look for deprecated forms calls .items() on every group. */
        check_add(c, E217, group->node->span,
            "the group of secrets `%.*s` must be an object of secrets, not %s: the run ends with "
            "an exception before anything is done",
            STR_ARG(group->name), doc_kind_name((enum doc_kind)group->node->kind));
    }
}
