#include "ir/check.h"

#include "runtime/base/buf.h"

static void check_tags(struct check *c, const struct doc_node *node)
{
    struct ir_experiment *experiment = c->ir->experiment;
    if (!node || node->kind != DOC_ARRAY)
        return;
    experiment->tags = (struct ir_nodes){
        (const struct doc_node *const *)node->as.array.items, node->as.array.count};
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *tag = node->as.array.items[i];
        if (tag->kind == DOC_ERROR || (tag->kind == DOC_STRING && tag->as.text.len > 0))
            continue;
        check_add(c, E206, tag->span,
            "a tag must be a string that is not empty, not %s: the run is refused",
            tag->kind == DOC_STRING ? "an empty one" : doc_kind_name((enum doc_kind)tag->kind));
    }
}

static void check_contributions(struct check *c, const struct doc_node *node)
{
    static const char *const weights[] = {"high", "medium", "low", "none", NULL};
    if (!node || node->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        const struct doc_node *weight = member->value;
        if (weight->kind == DOC_ERROR || member->repeated ||
            (weight->kind == DOC_STRING && schema_is_choice(weights, weight->as.text)))
            continue;
        struct diag *d = check_add(c, W215, weight->span,
            "the weight of the contribution `%.*s` is none of `high`, `medium`, `low` and `none`: "
            "reports cannot place it",
            STR_ARG(member->key));
        const char *near =
            weight->kind == DOC_STRING ? schema_nearest_choice(weights, weight->as.text) : NULL;
        if (near)
            diag_help(c->bag, d, "did you mean `%s`?", near);
    }
}

static void check_extensions(struct check *c, const struct doc_node *node)
{
    if (!node || node->kind != DOC_ARRAY)
        return;
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        struct fields fields;
        if (item->kind == DOC_ERROR)
            continue;
        if (!check_fields(c, SCHEMA_KIND_EXTENSION, item, (struct str){"", 0}, &fields)) {
            check_add(c, E206, item->span,
                "an extension must be an object, not %s: the run ends with an exception before "
                "anything is done",
                doc_kind_name((enum doc_kind)item->kind));
            continue;
        }
        const struct doc_node *name = FIELD_VALUE(&fields, EXTENSION, NAME);
        if (!name || name->kind != DOC_STRING || name->as.text.len == 0)
            continue;
        size_t blanks = 0;
        while (blanks < name->as.text.len && strchr(" \t\n\r\v\f", name->as.text.ptr[blanks]))
            blanks++;
        if (blanks == name->as.text.len)
            check_add(c, E209, name->span, "`name` of an extension is blank: the run is refused");
    }
}

static void check_runtime(struct check *c, const struct doc_node *node)
{
    struct ir_runtime *runtime = &c->ir->experiment->runtime;
    struct fields fields, strategy;
    struct str none = {"", 0};
    runtime->node = node;
    if (!check_fields(c, SCHEMA_KIND_RUNTIME, node, none, &fields))
        return;
    if (check_fields(c, SCHEMA_KIND_RUNTIME_ROLLBACKS, FIELD_VALUE(&fields, RUNTIME, ROLLBACKS),
            none, &strategy))
        runtime->rollback_strategy =
            check_string(FIELD_MEMBER(&strategy, RUNTIME_ROLLBACKS, STRATEGY));
    if (check_fields(c, SCHEMA_KIND_RUNTIME_HYPOTHESIS, FIELD_VALUE(&fields, RUNTIME, HYPOTHESIS),
            none, &strategy))
        runtime->hypothesis_strategy =
            check_string(FIELD_MEMBER(&strategy, RUNTIME_HYPOTHESIS, STRATEGY));
}

static const struct ir_hypothesis *check_hypothesis(struct check *c, const struct doc_node *node)
{
    struct fields fields;
    if (!check_fields(c, SCHEMA_KIND_HYPOTHESIS, node, (struct str){"", 0}, &fields))
        return NULL;
    struct ir_hypothesis *hypothesis = ARENA_NEW(c->arena, struct ir_hypothesis);
    hypothesis->node = node;
    hypothesis->title = check_string(FIELD_MEMBER(&fields, HYPOTHESIS, TITLE));
    hypothesis->controls = check_controls(c, FIELD_VALUE(&fields, HYPOTHESIS, CONTROLS));
    hypothesis->probes =
        check_activities(c, FIELD_VALUE(&fields, HYPOTHESIS, PROBES), IR_IN_HYPOTHESIS);
    return hypothesis;
}

void check_misspelt(struct check *c, const struct schema_field *meant, const struct doc_node *node)
{
    if (meant == &schema_fields[SCHEMA_EXPERIMENT_HYPOTHESIS])
        check_hypothesis(c, node);
    else if (meant == &schema_fields[SCHEMA_EXPERIMENT_METHOD])
        check_activities(c, node, IR_IN_METHOD);
    else if (meant == &schema_fields[SCHEMA_EXPERIMENT_ROLLBACKS])
        check_activities(c, node, IR_IN_ROLLBACKS);
}

/* The root of what is no experiment: say what it is instead. */
static void report_root(struct check *c, const struct doc_node *root)
{
    if (root->kind == DOC_ERROR || c->partial)
        return;
    if (root->kind == DOC_OBJECT || root->kind == DOC_NULL) {
        check_add(c, E201, root->span,
            "the file holds no experiment, only an empty value: the run is refused");
        return;
    }
    struct span span = span_make(root->span.lo, root->span.lo + 1);
    if (root->kind == DOC_ARRAY)
        check_add(c, E201, span,
            "the file holds a list of activities and no experiment: the run ends with an "
            "exception before anything is done");
    else
        check_add(c, E201, root->span,
            "the file holds %s and no experiment: the run ends with an exception before anything "
            "is done",
            doc_kind_name((enum doc_kind)root->kind));
}

void check_experiment(struct check *c, const struct doc_node *root)
{
    struct ir_experiment *experiment = c->ir->experiment;
    experiment->node = root;
    if (root->kind != DOC_OBJECT || root->as.object.count == 0) {
        report_root(c, root);
        if (root->kind == DOC_ARRAY)
            experiment->method = check_activities(c, root, IR_IN_METHOD);
        return;
    }
    struct fields fields;
    check_fields(c, SCHEMA_KIND_EXPERIMENT, root, (struct str){"", 0}, &fields);
    experiment->title = check_string(FIELD_MEMBER(&fields, EXPERIMENT, TITLE));
    experiment->description = check_string(FIELD_MEMBER(&fields, EXPERIMENT, DESCRIPTION));
    experiment->version = check_string(FIELD_MEMBER(&fields, EXPERIMENT, VERSION));
    check_tags(c, FIELD_VALUE(&fields, EXPERIMENT, TAGS));
    experiment->contributions = FIELD_VALUE(&fields, EXPERIMENT, CONTRIBUTIONS);
    check_contributions(c, experiment->contributions);
    check_configuration(c, FIELD_VALUE(&fields, EXPERIMENT, CONFIGURATION));
    check_secrets(c, FIELD_VALUE(&fields, EXPERIMENT, SECRETS));
    experiment->controls = check_controls(c, FIELD_VALUE(&fields, EXPERIMENT, CONTROLS));
    experiment->extensions = FIELD_VALUE(&fields, EXPERIMENT, EXTENSIONS);
    check_extensions(c, experiment->extensions);
    experiment->hypothesis = check_hypothesis(c, FIELD_VALUE(&fields, EXPERIMENT, HYPOTHESIS));
    experiment->method =
        check_activities(c, FIELD_VALUE(&fields, EXPERIMENT, METHOD), IR_IN_METHOD);
    experiment->rollbacks =
        check_activities(c, FIELD_VALUE(&fields, EXPERIMENT, ROLLBACKS), IR_IN_ROLLBACKS);
    check_runtime(c, FIELD_VALUE(&fields, EXPERIMENT, RUNTIME));
}
