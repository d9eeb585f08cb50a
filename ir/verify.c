#include "ir/verify.h"

#include "ir/walk.h"

struct verify {
    const struct ir *ir;
    const char *problem;
};

static void require(struct verify *v, bool holds, const char *problem)
{
    if (!holds && !v->problem)
        v->problem = problem;
}

static void verify_span(struct verify *v, struct span span)
{
    require(v, span.lo <= span.hi && span.hi <= v->ir->doc->source->text.len,
        "a span ends outside its source");
}

static bool is_in(const struct ir_activities *activities, const struct ir_activity *activity)
{
    return activities->count > 0 && activity >= activities->items &&
           activity < activities->items + activities->count;
}

static void verify_activity(void *context, const struct ir_activity *activity)
{
    struct verify *v = context;
    const struct ir_experiment *experiment = v->ir->experiment;
    require(v, activity->node != NULL, "an activity has no node");
    verify_span(v, activity->node->span);
    require(v, activity->kind != IR_REF || activity->ref.node, "a reference has no `ref`");
    require(v, activity->kind == IR_REF || !activity->target,
        "an activity that is no reference has a target");
    if (activity->target) {
        require(v, activity->target->kind != IR_REF, "a reference resolves to a reference");
        require(v,
            is_in(&experiment->method, activity->target) ||
                (experiment->hypothesis &&
                    is_in(&experiment->hypothesis->probes, activity->target)),
            "a reference resolves outside hypothesis and method");
    }
    require(v, !activity->provider || activity->provider->node, "a provider has no node");
    require(v, !activity->tolerance || activity->tolerance->node, "a tolerance has no node");
}

static void verify_config(void *context, const struct ir_config *config)
{
    struct verify *v = context;
    require(v, config->node != NULL, "a configuration entry has no node");
    require(v, (config->kind == IR_SOURCE_PROBE) == (config->probe != NULL),
        "a configuration entry and its probe disagree");
    require(v, config->kind != IR_SOURCE_GROUP && config->kind != IR_SOURCE_VAULT,
        "a configuration entry has a source of secrets");
    verify_span(v, config->name_span);
}

static void verify_secret(
    void *context, const struct ir_secret *secret, const struct ir_secret *group)
{
    struct verify *v = context;
    require(v, secret->node != NULL, "a secret has no node");
    require(v, !group || group->kind == IR_SOURCE_GROUP, "a secret stands in what is no group");
    require(v, secret->kind == IR_SOURCE_GROUP || secret->count == 0,
        "a secret that is no group has entries");
    verify_span(v, secret->name_span);
}

static void verify_control(void *context, const struct ir_control *control)
{
    struct verify *v = context;
    require(v, control->node != NULL, "a control has no node");
    require(v, !control->target || !control->target->ref.node, "a control resolves to a reference");
}

const char *ir_verify(const struct ir *ir)
{
    struct verify v = {.ir = ir};
    static const struct ir_visitor visitor = {
        .config = verify_config,
        .secret = verify_secret,
        .control = verify_control,
        .activity = verify_activity,
    };
    require(&v, ir->experiment && ir->experiment->node, "there is no experiment");
    if (v.problem)
        return v.problem;
    ir_walk(ir->experiment, &visitor, &v);
    for (size_t i = 0; i < ir->experiment->use_count; i++) {
        const struct ir_use *use = &ir->experiment->uses[i];
        require(&v, !(use->config && use->secret), "a variable resolves to two things");
        require(&v, !use->config || str_equal(use->config->name, use->name),
            "a variable resolves to another name");
        require(&v, !use->secret || str_equal(use->secret->name, use->name),
            "a variable resolves to another name");
        verify_span(&v, use->span);
    }
    return v.problem;
}
