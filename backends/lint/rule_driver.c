/* Rules about calls of known extensions: the module, the function, its kind, its arguments (driver_call.h). */
#include "backends/lint/driver_call.h"
#include "backends/lint/lint.h"

static enum driver_use use_of(const struct ir_activity *activity)
{
    if (activity->block == IR_IN_TOLERANCE)
        return DRIVER_TOLERANCE;
    return activity->kind == IR_ACTION ? DRIVER_ACTION : DRIVER_PROBE;
}

/* W501 to I508 for an activity. */
static void check_call(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (!provider || provider->kind != IR_PYTHON || activity->kind == IR_ACTIVITY_ERROR)
        return;
    const struct doc_node *secrets = provider->secret_names.count ? provider->secrets : NULL;
    driver_check_call(&lint->drivers, &(struct driver_call){
                                          .use = use_of(activity),
                                          .module = provider->as.python.module.node,
                                          .function = provider->as.python.function.node,
                                          .arguments = provider->arguments,
                                          .secrets = secrets,
                                          .provider = provider->node->span,
                                      });
}

/* W501 for a control: a module that is not there silently does nothing. */
static void check_control(struct lint *lint, const struct ir_control *control)
{
    if (!control->module.node)
        return;
    driver_check_call(&lint->drivers, &(struct driver_call){
                                          .use = DRIVER_CONTROL,
                                          .module = control->module.node,
                                          .provider = control->provider->span,
                                      });
}

static const struct lint_rule rules[] = {
    {.activity = check_call, .control = check_control},
};
const struct lint_group lint_driver = LINT_GROUP(rules);
