#include "ir/walk.h"

static void walk_controls(
    const struct ir_controls *controls, const struct ir_visitor *visitor, void *context)
{
    for (size_t i = 0; visitor->control && i < controls->count; i++)
        visitor->control(context, &controls->items[i]);
}

static void walk_activity(
    const struct ir_activity *activity, const struct ir_visitor *visitor, void *context)
{
    if (visitor->activity)
        visitor->activity(context, activity);
    walk_controls(&activity->controls, visitor, context);
    if (activity->tolerance && activity->tolerance->kind == IR_TOLERANCE_PROBE)
        walk_activity(activity->tolerance->as.probe, visitor, context);
    if (visitor->activity_end)
        visitor->activity_end(context, activity);
}

static void walk_activities(
    const struct ir_activities *activities, const struct ir_visitor *visitor, void *context)
{
    for (size_t i = 0; i < activities->count; i++)
        walk_activity(&activities->items[i], visitor, context);
}

static void walk_secret(const struct ir_secret *secret, const struct ir_secret *group,
    const struct ir_visitor *visitor, void *context)
{
    visitor->secret(context, secret, group);
    for (size_t i = 0; i < secret->count; i++)
        walk_secret(&secret->items[i], secret, visitor, context);
}

void ir_walk(
    const struct ir_experiment *experiment, const struct ir_visitor *visitor, void *context)
{
    for (size_t i = 0; i < experiment->config_count; i++) {
        if (visitor->config)
            visitor->config(context, &experiment->configuration[i]);
        if (experiment->configuration[i].probe)
            walk_activity(experiment->configuration[i].probe, visitor, context);
    }
    for (size_t i = 0; visitor->secret && i < experiment->secret_count; i++)
        walk_secret(&experiment->secrets[i], NULL, visitor, context);
    walk_controls(&experiment->controls, visitor, context);
    if (experiment->hypothesis) {
        walk_controls(&experiment->hypothesis->controls, visitor, context);
        walk_activities(&experiment->hypothesis->probes, visitor, context);
    }
    walk_activities(&experiment->method, visitor, context);
    walk_activities(&experiment->rollbacks, visitor, context);
}
