/* What the reference's validation refuses, in its own order and words: it stops at its first complaint,
 * and dies with a traceback where its code expects another type. */
#include "ir/refusal.h"

#include "schema/schema.h"

static bool is_null(const struct doc_node *node)
{
    return !node || node->kind == DOC_NULL;
}

/* ---- the parts of an experiment ---- */

/* What the reference iterates over and asks for `.get` before it validates anything. */
static bool check_cache(struct search *s, const struct doc_node *root)
{
    if (root->kind != DOC_OBJECT)
        return refusal_crash(s, root, "an experiment");
    const struct doc_node *method = doc_get(root, STR("method"));
    const struct doc_node *hypothesis = doc_get(root, STR("steady-state-hypothesis"));
    if (hypothesis && hypothesis->kind != DOC_OBJECT && hypothesis->kind != DOC_ERROR)
        return refusal_crash(s, hypothesis, "the steady-state hypothesis");
    const struct doc_node *lists[] = {method, doc_get(hypothesis, STR("probes"))};
    static const char *const names[] = {"the method", "the `probes` of the hypothesis"};
    for (size_t i = 0; i < 2; i++) {
        if (!lists[i] || lists[i]->kind == DOC_ERROR)
            continue;
        if (lists[i]->kind != DOC_ARRAY)
            return refusal_crash(s, lists[i], names[i]);
        for (size_t k = 0; k < lists[i]->as.array.count; k++) {
            const struct doc_node *activity = lists[i]->as.array.items[k];
            if (activity->kind != DOC_OBJECT && activity->kind != DOC_ERROR)
                return refusal_crash(s, activity, "an activity");
            const struct doc_node *name = doc_get(activity, STR("name"));
            if (doc_truthy(name) && (name->kind == DOC_ARRAY || name->kind == DOC_OBJECT))
                return refusal_crash(s, name, "the name of an activity");
        }
    }
    return true;
}

static bool check_head(struct search *s, const struct doc_node *root)
{
    if (!doc_truthy(doc_get(root, STR("title"))))
        return refusal_say(s, root, false, "experiment requires a title");
    if (!doc_truthy(doc_get(root, STR("description"))))
        return refusal_say(s, root, false, "experiment requires a description");
    const struct doc_node *tags = doc_get(root, STR("tags"));
    if (doc_truthy(tags) &&
        (tags->kind == DOC_INT || tags->kind == DOC_REAL || tags->kind == DOC_BOOL))
        return refusal_crash(s, tags, "the tags");
    for (size_t i = 0; tags && tags->kind == DOC_ARRAY && i < tags->as.array.count; i++) {
        const struct doc_node *tag = tags->as.array.items[i];
        if (tag->kind != DOC_ERROR && (tag->kind != DOC_STRING || tag->as.text.len == 0))
            return refusal_say(s, tag, false, "experiment tags must be a non-empty string");
    }
    const struct doc_node *extensions = doc_get(root, STR("extensions"));
    if (!doc_truthy(extensions) || extensions->kind == DOC_ERROR)
        return true;
    if (extensions->kind != DOC_ARRAY)
        return refusal_crash(s, extensions, "`extensions`");
    for (size_t i = 0; i < extensions->as.array.count; i++) {
        const struct doc_node *extension = extensions->as.array.items[i];
        if (extension->kind == DOC_ERROR)
            continue;
        if (extension->kind != DOC_OBJECT)
            return refusal_crash(s, extension, "an extension");
        const struct doc_node *name = doc_get(extension, STR("name"));
        if (doc_truthy(name) && name->kind != DOC_STRING && name->kind != DOC_ERROR)
            return refusal_crash(s, name, "the name of an extension");
        size_t blanks = 0;
        while (name && name->kind == DOC_STRING && blanks < name->as.text.len &&
               strchr(" \t\n\r\v\f", name->as.text.ptr[blanks]))
            blanks++;
        if (!doc_truthy(name) || (name->kind == DOC_STRING && blanks == name->as.text.len))
            return refusal_say(s, extension, false, "All extensions require a non-empty name");
    }
    return true;
}

/* `key` of an environment source: a missing one is a KeyError. */
static bool check_env(struct search *s, const struct doc_node *source)
{
    const struct doc_node *key = doc_get(source, STR("key"));
    if (!key)
        return refusal_say(s, source, true, "a value of type `env` needs a `key`");
    if (key->kind != DOC_STRING && key->kind != DOC_ERROR)
        return refusal_crash(s, key, "the `key` of a value of type `env`");
    return true;
}

static bool check_configuration(struct search *s, const struct doc_node *root)
{
    const struct doc_node *all = doc_get(root, STR("configuration"));
    if (!all || all->kind == DOC_ERROR)
        return true;
    if (all->kind != DOC_OBJECT)
        return refusal_crash(s, all, "the configuration");
    for (size_t i = 0; i < all->as.object.count; i++) {
        const struct doc_node *value = all->as.object.members[i].value;
        if (!refusal_is(doc_get(value, STR("type")), "env"))
            continue;
        if (!check_env(s, value))
            return false;
        const struct doc_node *type = doc_get(value, STR("env_var_type"));
        if (is_null(type) || type->kind == DOC_ERROR)
            continue;
        if (type->kind != DOC_STRING ||
            !schema_is_choice(schema_fields[SCHEMA_CONFIG_ENV_ENV_VAR_TYPE].choices, type->as.text))
            return refusal_say(
                s, type, true, "variable type can only be: bool, str, int, float, bytes or json");
    }
    return true;
}

static bool check_secret_sources(struct search *s, const struct doc_node *all)
{
    for (size_t i = 0; i < all->as.object.count; i++) {
        const struct doc_node *value = all->as.object.members[i].value;
        if (value->kind != DOC_OBJECT)
            continue;
        const struct doc_node *type = doc_get(value, STR("type"));
        if (refusal_is(type, "env")     ? !check_env(s, value)
            : refusal_is(type, "vault") ? false
                                        : !check_secret_sources(s, value))
            return false;
    }
    return true;
}

static bool check_secrets(struct search *s, const struct doc_node *root)
{
    const struct doc_node *all = doc_get(root, STR("secrets"));
    if (!all || all->kind == DOC_ERROR)
        return true;
    if (all->kind != DOC_OBJECT)
        return refusal_crash(s, all, "`secrets`");
    return check_secret_sources(s, all);
}

static bool check_hypothesis(struct search *s, const struct doc_node *root)
{
    const struct doc_node *hypothesis = doc_get(root, STR("steady-state-hypothesis"));
    if (is_null(hypothesis) || hypothesis->kind != DOC_OBJECT)
        return true;
    if (!doc_truthy(doc_get(hypothesis, STR("title"))))
        return refusal_say(s, hypothesis, false, "hypothesis requires a title");
    s->refusal->raises = "InvalidActivity";
    const struct doc_node *probes = doc_get(hypothesis, STR("probes"));
    for (size_t i = 0; probes && probes->kind == DOC_ARRAY && i < probes->as.array.count; i++) {
        const struct doc_node *probe = probes->as.array.items[i];
        if (!refusal_of_activity(s, probe))
            return false;
        if (probe->kind != DOC_OBJECT)
            continue;
        const struct doc_node *tolerance = doc_get(probe, STR("tolerance"));
        if (!tolerance)
            return refusal_say(s, probe, false, "hypothesis probe must have a tolerance entry");
        if (!refusal_of_tolerance(s, tolerance))
            return false;
    }
    return true;
}

/* The engine finds a reference among the names of the method and the hypothesis. */
static bool has_name(const struct ir_experiment *experiment, struct str name)
{
    for (size_t i = 0; i < experiment->method.count; i++)
        if (str_equal(experiment->method.items[i].name.text, name))
            return true;
    for (size_t i = 0; experiment->hypothesis && i < experiment->hypothesis->probes.count; i++)
        if (str_equal(experiment->hypothesis->probes.items[i].name.text, name))
            return true;
    return false;
}

static bool check_method(struct search *s, const struct doc_node *root)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    s->refusal->raises = "InvalidExperiment";
    if (!doc_get(root, STR("method")))
        return refusal_say(s, root, false,
            "an experiment requires a method, which can be empty for only checking steady state "
            "hypothesis ");
    s->refusal->raises = "InvalidActivity";
    for (size_t i = 0; i < experiment->method.count; i++) {
        const struct ir_activity *activity = &experiment->method.items[i];
        if (!refusal_of_activity(s, activity->node))
            return false;
        if (activity->kind == IR_REF && ir_is_text(activity->ref) && !activity->target &&
            !has_name(experiment, activity->ref.text))
            return refusal_say(s, activity->ref.node, false,
                "referenced activity '%.*s' could not be found in the experiment",
                STR_ARG(activity->ref.text));
    }
    const struct doc_node *rollbacks = doc_get(root, STR("rollbacks"));
    if (!rollbacks || rollbacks->kind == DOC_ERROR)
        return true;
    bool is_iterable = rollbacks->kind == DOC_STRING || rollbacks->kind == DOC_OBJECT;
    if (is_iterable && !doc_truthy(rollbacks))
        return true;
    if (rollbacks->kind != DOC_ARRAY)
        return refusal_crash(s, rollbacks, "`rollbacks`");
    for (size_t i = 0; i < rollbacks->as.array.count; i++)
        if (!refusal_of_activity(s, rollbacks->as.array.items[i]))
            return false;
    return true;
}

/* The look for deprecated forms asks every group of secrets for its items. */
static bool check_groups(struct search *s)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    for (size_t i = 0; i < experiment->secret_count; i++) {
        const struct doc_node *group = experiment->secrets[i].node;
        if (group->kind != DOC_OBJECT && group->kind != DOC_ERROR)
            return refusal_crash(s, group, "a group of secrets");
    }
    return true;
}

static bool declares_control(const struct ir_experiment *experiment, struct str name)
{
    const struct ir_activities *blocks[] = {&experiment->method, &experiment->rollbacks,
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL};
    const struct ir_controls *lists[] = {
        &experiment->controls, experiment->hypothesis ? &experiment->hypothesis->controls : NULL};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; lists[l] && i < lists[l]->count; i++)
            if (!lists[l]->items[i].ref.node && str_equal(lists[l]->items[i].name.text, name))
                return true;
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++)
            for (size_t k = 0; k < blocks[b]->items[i].controls.count; k++) {
                const struct ir_control *control = &blocks[b]->items[i].controls.items[k];
                if (!control->ref.node && str_equal(control->name.text, name))
                    return true;
            }
    return false;
}

/* What is no mapping is asked all the same whether `"name" in` it: text and lists can answer. */
static bool check_odd_control(struct search *s, const struct doc_node *node)
{
    bool named = false;
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        named = named || refusal_is(node->as.array.items[i], "name");
    if (node->kind == DOC_STRING)
        named = str_contains(node->as.text, STR("name"));
    if (named || (node->kind != DOC_STRING && node->kind != DOC_ARRAY))
        return refusal_crash(s, node, "a control");
    return refusal_say(s, node, false, "A control must have a `name` property");
}

static bool check_control(struct search *s, const struct ir_control *control)
{
    const struct doc_node *node = control->node;
    if (node->kind == DOC_ERROR)
        return true;
    if (node->kind != DOC_OBJECT)
        return check_odd_control(s, node);
    if (control->ref.node && control->ref.node->kind != DOC_ERROR &&
        !declares_control(s->ir->experiment, control->ref.text))
        return refusal_say(s, node, false, "Control reference '{}' declaration cannot be found");
    if (!control->name.node)
        return refusal_say(s, node, false, "A control must have a `name` property");
    if (!control->provider)
        return refusal_say(s, node, false, "Control '%.*s' must have a `provider` property",
            STR_ARG(refusal_text(s, control->name.node)));
    if (doc_truthy(control->scope.node) && control->scope.node->kind != DOC_ERROR &&
        !refusal_is(control->scope.node, "before") && !refusal_is(control->scope.node, "after"))
        return refusal_say(s, control->scope.node, false,
            "Control '%.*s' scope property must be 'before' or 'after' only",
            STR_ARG(refusal_text(s, control->name.node)));
    if (control->provider->kind != DOC_OBJECT && control->provider->kind != DOC_ERROR)
        return refusal_crash(s, control->provider, "the provider of a control");
    if (refusal_is(control->provider_type.node, "python") && doc_truthy(control->module.node) &&
        control->module.node->kind != DOC_STRING && control->module.node->kind != DOC_ERROR)
        return refusal_crash(s, control->module.node, "the `module` of a control");
    if (refusal_is(control->provider_type.node, "python") && !doc_truthy(control->module.node)) {
        s->refusal->raises = "InvalidActivity";
        return refusal_say(s, control->provider, false, "Control '%.*s' must have a module path",
            STR_ARG(refusal_text(s, control->name.node)));
    }
    return true;
}

static bool check_control_list(struct search *s, const struct ir_controls *controls)
{
    const struct doc_node *node = controls->node;
    if (node && (node->kind == DOC_STRING || node->kind == DOC_OBJECT)) {
        /* Its characters or keys are taken for the controls. */
        bool none = node->kind == DOC_STRING ? node->as.text.len == 0 : node->as.object.count == 0;
        bool named = node->kind == DOC_OBJECT && doc_get(node, STR("name"));
        if (named)
            return refusal_crash(s, node, "`controls`");
        return none || refusal_say(s, node, false, "A control must have a `name` property");
    }
    if (node && node->kind != DOC_ARRAY && node->kind != DOC_ERROR)
        return refusal_crash(s, node, "`controls`");
    for (size_t i = 0; i < controls->count; i++)
        if (!check_control(s, &controls->items[i]))
            return false;
    return true;
}

static bool check_all_controls(struct search *s)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    const struct ir_activities *blocks[] = {
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL, &experiment->method,
        &experiment->rollbacks};
    s->refusal->raises = "InvalidControl";
    if (!check_control_list(s, &experiment->controls) ||
        (experiment->hypothesis && !check_control_list(s, &experiment->hypothesis->controls)))
        return false;
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++)
            if (!check_control_list(s, &blocks[b]->items[i].controls))
                return false;
    return true;
}

bool ir_reference_invalid(struct ir *ir, bool compat, struct ir_refusal *refusal)
{
    const struct doc_node *root = ir->doc->root;
    struct search s = {
        .ir = ir, .refusal = refusal, .paths = compat ? JSONPATH_JSONPATH2 : JSONPATH_AUTO};
    *refusal = (struct ir_refusal){.raises = "InvalidExperiment"};
    if (root->kind == DOC_ERROR)
        return false;
    if (!doc_truthy(root))
        return !refusal_say(&s, root, false, "an empty experiment is not an experiment");
    bool valid = check_cache(&s, root) && check_head(&s, root) && check_configuration(&s, root) &&
                 check_secrets(&s, root) && check_hypothesis(&s, root) && check_method(&s, root) &&
                 check_groups(&s) && check_all_controls(&s);
    return !valid;
}
