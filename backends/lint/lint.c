#include "backends/lint/lint.h"

#include "backends/lint/value_type.h"
#include "ir/walk.h"

#define GROUP(name) extern const struct lint_group lint_##name;
#include "backends/lint/groups.def"
#undef GROUP

static const struct lint_group *const groups[] = {
#define GROUP(name) &lint_##name,
#include "backends/lint/groups.def"
#undef GROUP
};

enum { GROUP_COUNT = sizeof groups / sizeof groups[0] };

/* Calls one hook of every rule that has it. */
#define CALL_ALL(hook, ...)                                                                        \
    for (size_t g = 0; g < GROUP_COUNT; g++)                                                       \
        for (size_t r = 0; r < groups[g]->count; r++)                                              \
            if (groups[g]->rules[r].hook)                                                          \
    groups[g]->rules[r].hook(__VA_ARGS__)

static void visit_activity(void *context, const struct ir_activity *activity)
{
    CALL_ALL(activity, context, activity);
}

static void visit_config(void *context, const struct ir_config *config)
{
    CALL_ALL(config, context, config);
}

static void visit_secret(
    void *context, const struct ir_secret *secret, const struct ir_secret *group)
{
    CALL_ALL(secret, context, secret, group);
}

static void visit_control(void *context, const struct ir_control *control)
{
    CALL_ALL(control, context, control);
}

static void collect_calls(
    struct map *map, struct arena *arena, const struct ir_activities *activities)
{
    map_init(map, arena);
    for (size_t i = 0; i < activities->count; i++) {
        const struct ir_activity *activity = &activities->items[i];
        const struct ir_provider *provider =
            activity->target ? activity->target->provider : activity->provider;
        if (!provider || provider->kind != IR_PYTHON)
            continue;
        struct str name = arena_printf(arena, "%.*s.%.*s", STR_ARG(provider->as.python.module.text),
            STR_ARG(provider->as.python.function.text));
        map_set(map, name, (void *)(uintptr_t)activity);
    }
}

void lint_run(const struct ir *ir, const struct lint_input *input, struct diag_bag *bag)
{
    static const struct ir_visitor visitor = {
        .activity = visit_activity,
        .config = visit_config,
        .secret = visit_secret,
        .control = visit_control,
    };
    struct lint lint = {
        .ir = ir,
        .experiment = ir->experiment,
        .source = ir->doc->source,
        .bag = bag,
        .drivers = {.bag = bag, .source = ir->doc->source, .type_of = value_type},
    };
    lint.drivers.type_context = ir->experiment;
    if (input) {
        lint.drivers.extra = input->signatures;
        lint.drivers.extra_count = input->signature_count;
        lint.drivers.pins = input->pins;
        lint.drivers.pin_count = input->pin_count;
    }
    if (ir->experiment->node->kind != DOC_OBJECT)
        return;
    map_init(&lint.secret_groups, &bag->arena);
    for (size_t i = 0; i < ir->experiment->secret_count; i++)
        map_add(&lint.secret_groups, ir->experiment->secrets[i].name,
            (void *)(uintptr_t)&ir->experiment->secrets[i]);
    collect_calls(&lint.method_calls, &bag->arena, &ir->experiment->method);
    collect_calls(&lint.rollback_calls, &bag->arena, &ir->experiment->rollbacks);
    CALL_ALL(experiment, &lint);
    ir_walk(ir->experiment, &visitor, &lint);
}
