#include <stdlib.h>

#include "runtime/exec/scope.h"

static bool refuse(struct failure *failure, struct str message)
{
    *failure = (struct failure){.kind = FAILURE_EXCEPTION,
        .class_name = STR("chaoslib.exceptions.InvalidExperiment"),
        .message = message};
    return false;
}

/* A variable as it is read: from the plan's row, or from a variable file that replaces it. */
struct reading {
    struct str name;
    const struct value *value; /* as written */
    bool environment, dynamic;
    struct str key;
    const struct value *preset; /* NULL if it has none */
    struct str type;
};

static bool is_type(const struct value *value, const char *type)
{
    const struct value *member = value_get(value, STR("type"));
    return member && member->kind == VALUE_STRING && str_equal(member->as.text, str_from(type));
}

static struct str text_member(const struct value *value, struct str key)
{
    const struct value *member = value_get(value, key);
    return member && member->kind == VALUE_STRING ? member->as.text : STR("");
}

/* Absent (no pointer) where there is none; empty, which is no type, where it is no text. */
static struct str type_of(const struct value *value)
{
    const struct value *type = value_get(value, STR("env_var_type"));
    if (!type || type->kind == VALUE_NULL)
        return (struct str){NULL, 0};
    return type->kind == VALUE_STRING ? type->as.text : STR("");
}

static struct reading read_value(struct str name, const struct value *value)
{
    return (struct reading){.name = name,
        .value = value,
        .environment = is_type(value, "env"),
        .dynamic = is_type(value, "probe"),
        .key = text_member(value, STR("key")),
        .preset = value_get(value, STR("default")),
        .type = type_of(value)};
}

static bool load_environment(
    struct scope *scope, const struct reading *reading, struct failure *failure)
{
    struct value value = value_null();
    const struct value *key = value_get(reading->value, STR("key"));
    if (!key || key->kind != VALUE_STRING)
        return refuse(failure,
            arena_printf(scope->arena, "configuration '%.*s' names no environment variable",
                STR_ARG(reading->name)));
    const char *text = getenv(arena_str(scope->arena, reading->key).ptr);
    if (text)
        value = value_string(arena_str(scope->arena, str_from(text)));
    else if (reading->preset)
        value = *reading->preset;
    else
        return refuse(failure,
            arena_printf(scope->arena,
                "Configuration makes reference to an environment key that does not exist: %.*s",
                STR_ARG(reading->key)));
    struct value converted;
    if (!scope_convert(scope->arena, reading->type, &value, &converted, failure))
        return false;
    scope_configure(scope, reading->name, converted);
    return true;
}

/* What the reference looks at before it calls the probe. */
static bool names_provider(const struct value *probe)
{
    const struct value *provider = value_get(probe, STR("provider"));
    return provider && value_get(provider, STR("type"));
}

bool config_load(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    const struct value *vars, struct failure *failure)
{
    const struct plan_experiment *e = plan_experiment(plan);
    for (uint32_t i = e->configuration; i < e->configuration + e->configuration_count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        struct str name = plan_text(plan, row->name);
        const struct value *instead = vars ? value_get(vars, name) : NULL;
        struct reading reading = read_value(name, instead ? instead : &values[row->document]);
        if (reading.dynamic && !names_provider(reading.value))
            return refuse(failure,
                arena_printf(scope->arena, "configuration '%.*s': its probe has no provider type",
                    STR_ARG(name)));
        if (reading.dynamic)
            continue;
        if (reading.environment) {
            if (!load_environment(scope, &reading, failure))
                return false;
        } else {
            scope_configure(scope, name, *reading.value);
        }
    }
    return true;
}
