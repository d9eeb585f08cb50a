#include "backends/lower/lower.h"

#include "runtime/plan/plan_build.h"

/* json.dump() spells the keys that only YAML has in its own way. */
static struct str journal_key(const struct doc_member *member)
{
    if (member->key_kind == DOC_NULL)
        return STR("null");
    if (member->key_kind == DOC_BOOL && str_is(member->key, "True"))
        return STR("true");
    if (member->key_kind == DOC_BOOL && str_is(member->key, "False"))
        return STR("false");
    return member->key; /* a truth that equals the 1 of an earlier key keeps that key */
}

static struct value lower_object(struct arena *arena, const struct doc_node *node)
{
    size_t count = 0;
    struct member *members = ARENA_ARRAY(arena, struct member, node->as.object.count);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->repeated)
            continue;
        members[count].key = arena_str(arena, journal_key(member));
        members[count++].value = lower_value(arena, member->value);
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

struct value lower_value(struct arena *arena, const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_ERROR:
    case DOC_NULL:
        break;
    case DOC_BOOL:
        return value_bool(node->as.truth);
    case DOC_INT:
        return (struct value){.kind = VALUE_INT, .as.text = arena_str(arena, node->as.text)};
    case DOC_REAL:
        return (struct value){.kind = VALUE_REAL, .as.text = arena_str(arena, node->as.text)};
    case DOC_STRING:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        return value_string(arena_str(arena, node->as.text));
    case DOC_ARRAY: {
        struct value *items = ARENA_ARRAY(arena, struct value, node->as.array.count);
        for (size_t i = 0; i < node->as.array.count; i++)
            items[i] = lower_value(arena, node->as.array.items[i]);
        return (struct value){.kind = VALUE_ARRAY, .as.array = {items, node->as.array.count}};
    }
    case DOC_OBJECT:
    case DOC_SET:
        return lower_object(arena, node);
    }
    return value_null();
}

static const struct doc_node *node_at(const struct ir_activities *list, uint32_t index)
{
    return index < list->count ? list->items[index].node : NULL;
}

static const struct doc_node *node_of(
    const struct ir_experiment *e, enum plan_role role, uint32_t index)
{
    static const struct ir_activities none;
    const struct ir_activities *probes = e->hypothesis ? &e->hypothesis->probes : &none;
    switch (role) {
    case PLAN_PROBE:
        return node_at(probes, index);
    case PLAN_METHOD:
        return node_at(&e->method, index);
    case PLAN_ROLLBACK:
        return node_at(&e->rollbacks, index);
    case PLAN_TOLERANCE:
        return index < probes->count && probes->items[index].tolerance
                   ? probes->items[index].tolerance->node
                   : NULL;
    case PLAN_CONFIGURATION:
        return index < e->config_count ? e->configuration[index].node : NULL;
    case PLAN_ROLE_COUNT:
        break;
    }
    return NULL;
}

static void place_activity(
    void *context, enum plan_role role, uint32_t index, uint32_t *line, uint32_t *column)
{
    const struct ir *ir = context;
    const struct doc_node *node = node_of(ir->experiment, role, index);
    if (!node)
        return;
    struct place place = source_place(ir->doc->source, node->span.lo);
    *line = place.line;
    *column = place.column;
}

void lower_experiment_as(struct arena *arena, struct ir *ir, struct str name, struct rt_plan *plan)
{
    struct value document = lower_value(arena, ir->doc->root);
    struct ir_refusal refusal;
    struct plan_input input = {
        .document = &document, .file = name, .place = place_activity, .context = ir};
    if (ir_reference_invalid(ir, false, &refusal)) {
        struct place place = source_place(ir->doc->source, refusal.span.lo);
        input.refusal = refusal.message;
        input.refusal_line = place.line;
        input.refusal_column = place.column;
    }
    plan_build(arena, &input, plan);
}

void lower_experiment(struct arena *arena, struct ir *ir, struct rt_plan *plan)
{
    lower_experiment_as(arena, ir, ir->doc->source->name, plan);
}
