#include "ir/check.h"

#include "runtime/base/number.h"

static const struct doc_node *array_items(const struct doc_node *node, size_t *count)
{
    *count = node && node->kind == DOC_ARRAY ? node->as.array.count : 0;
    return node;
}

struct ir_activities check_activities(
    struct check *c, const struct doc_node *node, enum ir_block block)
{
    struct ir_activities activities = {.node = node};
    array_items(node, &activities.count);
    if (activities.count == 0)
        return activities;
    struct ir_activity *items = ARENA_ARRAY(c->arena, struct ir_activity, activities.count);
    activities.items = items;
    for (size_t i = 0; i < activities.count; i++)
        check_activity(c, node->as.array.items[i], block, (uint32_t)i, &items[i]);
    return activities;
}

/* A pause or a timeout below zero: time.sleep and subprocess raise ValueError. */
static void check_not_negative(
    struct check *c, const struct doc_node *node, const char *what, const char *happens)
{
    if (node && (node->kind == DOC_INT || node->kind == DOC_REAL) &&
        number_compare(node->as.text, STR("0")) < 0)
        check_add(c, E312, node->span, "%s must not be negative: %s", what, happens);
}

static void build_pauses(struct check *c, struct ir_activity *out)
{
    struct fields fields;
    if (!check_fields(c, SCHEMA_KIND_PAUSES, out->pauses, out->name.text, &fields))
        return;
    out->pause_before = FIELD_VALUE(&fields, PAUSES, BEFORE);
    out->pause_after = FIELD_VALUE(&fields, PAUSES, AFTER);
    check_not_negative(c, out->pause_before, "a pause", "the run is aborted in the middle");
    check_not_negative(c, out->pause_after, "a pause", "the run is aborted in the middle");
    names_note(c, out->pause_before, IR_USE_PAUSE);
    names_note(c, out->pause_after, IR_USE_PAUSE);
}

/* What the reference accepts and then does not act on. */
static void check_ignored(struct check *c, const struct fields *fields)
{
    const struct doc_member *timeout = FIELD_MEMBER(fields, ACTIVITY, TIMEOUT);
    if (timeout && timeout->value->kind != DOC_NULL) {
        struct diag *d = check_add(c, W213, timeout->key_span,
            "Chaos Toolkit ignores `timeout` on %.*s: it may run for ever there, and is ended only "
            "by chaosc",
            STR_ARG(check_subject(c, fields)));
        diag_help(c->bag, d, "an HTTP or process provider takes a `timeout` that both honour");
    }
    const struct doc_member *dry = FIELD_MEMBER(fields, ACTIVITY, DRY);
    if (dry)
        check_add(c, W213, dry->key_span,
            "`dry` on %.*s has no effect but to play it even in a dry run of Chaos Toolkit",
            STR_ARG(check_subject(c, fields)));
}

static void build_ref(struct check *c, const struct doc_node *node, struct ir_activity *out)
{
    struct fields fields;
    const struct doc_node *ref = doc_get(node, STR("ref"));
    check_fields(c, SCHEMA_KIND_REF, node,
        ref->kind == DOC_STRING ? ref->as.text : (struct str){"", 0}, &fields);
    out->kind = IR_REF;
    out->ref = check_string(FIELD_MEMBER(&fields, REF, REF));
    out->type = check_string(FIELD_MEMBER(&fields, REF, TYPE));
    out->name = check_string(FIELD_MEMBER(&fields, REF, NAME));
    out->background = FIELD_VALUE(&fields, REF, BACKGROUND);
    out->is_background = doc_truthy(out->background);
    out->controls = check_controls(c, FIELD_VALUE(&fields, REF, CONTROLS));
    out->tolerance = check_tolerance(c, FIELD_VALUE(&fields, REF, TOLERANCE), out);
}

static void build_full(struct check *c, const struct doc_node *node, struct ir_activity *out)
{
    struct fields fields;
    const struct doc_node *name = doc_get(node, STR("name"));
    check_fields(c, SCHEMA_KIND_ACTIVITY, node,
        name && name->kind == DOC_STRING ? name->as.text : (struct str){"", 0}, &fields);
    out->type = check_string(FIELD_MEMBER(&fields, ACTIVITY, TYPE));
    out->kind = str_is(out->type.text, "probe")    ? IR_PROBE
                : str_is(out->type.text, "action") ? IR_ACTION
                                                   : IR_ACTIVITY_ERROR;
    out->name = check_string(FIELD_MEMBER(&fields, ACTIVITY, NAME));
    out->background = FIELD_VALUE(&fields, ACTIVITY, BACKGROUND);
    out->is_background = doc_truthy(out->background);
    out->timeout = FIELD_VALUE(&fields, ACTIVITY, TIMEOUT);
    out->dry = FIELD_VALUE(&fields, ACTIVITY, DRY);
    out->configuration = FIELD_VALUE(&fields, ACTIVITY, CONFIGURATION);
    out->pauses = FIELD_VALUE(&fields, ACTIVITY, PAUSES);
    out->controls = check_controls(c, FIELD_VALUE(&fields, ACTIVITY, CONTROLS));
    check_ignored(c, &fields);
    build_pauses(c, out);
    out->provider = check_provider(c, FIELD_VALUE(&fields, ACTIVITY, PROVIDER), out);
    /* A tolerance probe's own tolerance, like one of the configuration, is never looked at. */
    out->tolerance = check_tolerance(c, FIELD_VALUE(&fields, ACTIVITY, TOLERANCE), out);
}

/* In the hypothesis every entry needs a tolerance, be it a reference or not. */
static void check_hypothesis_entry(struct check *c, const struct ir_activity *activity)
{
    struct span head = check_head(activity->node);
    if (!activity->tolerance && !c->partial && !doc_get(activity->node, STR("tolerance")) &&
        !check_is_misspelt(activity->node, &schema_fields[SCHEMA_ACTIVITY_TOLERANCE])) {
        struct str name = activity->kind == IR_REF ? activity->ref.text : activity->name.text;
        check_add(c, E202, head,
            "the probe `%.*s` of the hypothesis has no `tolerance`: the run is refused",
            STR_ARG(name));
    }
    if (activity->kind == IR_ACTION)
        check_add(c, E218, activity->type.node->span,
            "the action `%.*s` stands in the hypothesis, which is for probes: it is played before "
            "and after the method",
            STR_ARG(activity->name.text));
    if (activity->is_background)
        check_add(c, W213, activity->background->span,
            "`background` has no effect in the hypothesis: the probe is waited for");
}

void check_activity(struct check *c, const struct doc_node *node, enum ir_block block,
    uint32_t index, struct ir_activity *out)
{
    const struct ir_activity *outer = c->activity;
    out->node = node;
    out->block = block;
    out->index = index;
    if (node->kind != DOC_OBJECT || node->as.object.count == 0) {
        if (node->kind != DOC_ERROR)
            check_add(c, E206, node->span,
                "an activity must be an object with a `type`, a `name` and a `provider`, not %s: "
                "the run is refused",
                node->kind == DOC_OBJECT ? "an empty one"
                                         : doc_kind_name((enum doc_kind)node->kind));
        return;
    }
    c->activity = out;
    const struct doc_node *ref = doc_get(node, STR("ref"));
    if (ref && ref->kind != DOC_NULL)
        build_ref(c, node, out);
    else
        build_full(c, node, out);
    if (block == IR_IN_HYPOTHESIS)
        check_hypothesis_entry(c, out);
    c->activity = outer;
}
