#include <stdlib.h>

#include "runtime/exec/scope.h"

static bool load_group(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    uint32_t first, uint32_t count, const struct value *vars, struct value *group,
    struct failure *failure);

static bool load_environment(
    struct scope *scope, struct str key, struct value *value, struct failure *failure)
{
    const char *text = getenv(arena_str(scope->arena, key).ptr);
    if (text) {
        *value = value_string(arena_str(scope->arena, str_from(text)));
        return true;
    }
    *failure = (struct failure){.kind = FAILURE_EXCEPTION,
        .class_name = STR("chaoslib.exceptions.InvalidExperiment"),
        .message = arena_printf(scope->arena,
            "Secrets make reference to an environment key that does not exist: %.*s",
            STR_ARG(key))};
    return false;
}

static bool load_from_vault(struct scope *scope, const struct rt_plan *plan,
    const struct value *values, const struct plan_variable *row, struct value *value,
    struct failure *failure)
{
    if (scope->vault)
        return scope->vault(scope, &values[row->document], value, failure);
    *failure = (struct failure){.kind = FAILURE_EXCEPTION,
        .class_name = STR("chaoslib.exceptions.InvalidExperiment"),
        .message = arena_printf(scope->arena,
            "secret '%.*s' comes from Vault, which this program was made without",
            STR_ARG(plan_text(plan, row->name)))};
    return false;
}

static bool load_one(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    const struct plan_variable *row, const struct value *instead, struct value *value,
    struct failure *failure)
{
    bool is_object = values[row->document].kind == VALUE_OBJECT;
    if (is_object && instead && instead->kind != VALUE_NULL && row->source != PLAN_GROUP) {
        *value = *instead;
        return true;
    }
    switch ((enum plan_source)row->source) {
    case PLAN_ENVIRONMENT:
        return load_environment(scope, plan_text(plan, row->key), value, failure);
    case PLAN_VAULT:
        return load_from_vault(scope, plan, values, row, value, failure);
    case PLAN_GROUP:
        if (instead && instead->kind != VALUE_NULL) {
            *value = *instead;
            return true;
        }
        return load_group(
            scope, plan, values, row->members, row->member_count, NULL, value, failure);
    case PLAN_INLINE:
    case PLAN_DYNAMIC:
    case PLAN_SOURCE_COUNT:
        break;
    }
    *value = values[row->document];
    return true;
}

static bool load_group(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    uint32_t first, uint32_t count, const struct value *vars, struct value *group,
    struct failure *failure)
{
    struct member *members = ARENA_ARRAY(scope->arena, struct member, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_variable *row = &plan->variable_rows[first + i];
        members[i].key = plan_text(plan, row->name);
        const struct value *instead = vars ? value_get(vars, members[i].key) : NULL;
        if (!load_one(scope, plan, values, row, instead, &members[i].value, failure))
            return false;
    }
    *group = (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
    return true;
}

bool secret_load(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    const struct value *vars, struct failure *failure)
{
    const struct plan_experiment *e = plan_experiment(plan);
    return load_group(
        scope, plan, values, e->secrets, e->secret_count, vars, &scope->secrets, failure);
}
