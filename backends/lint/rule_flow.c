/* Rules about what runs when: the gate, the rollbacks, what may never end. */
#include "backends/lint/lint.h"

static bool is_default(struct ir_string strategy)
{
    return !ir_is_text(strategy) || str_is(strategy.text, "default");
}

/* I601 */
static void check_hypothesis(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    if (experiment->method.count == 0)
        return;
    if (!experiment->hypothesis)
        lint_add(lint, I601,
            experiment->title.node ? experiment->title.node->span : span_make(0, 0),
            "the experiment has no steady-state hypothesis: it starts without a gate and can find "
            "no deviation");
    else if (experiment->hypothesis->probes.count == 0)
        lint_add(lint, I601,
            experiment->hypothesis->title.node ? experiment->hypothesis->title.node->span
                                               : experiment->hypothesis->node->span,
            "the steady-state hypothesis has no probes: it always holds");
}

static bool has_actions(const struct ir_activities *activities)
{
    for (size_t i = 0; i < activities->count; i++)
        if (activities->items[i].kind == IR_ACTION)
            return true;
    return false;
}

/* W604: a runtime block overrides the settings as a whole. */
static void check_runtime(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    const struct ir_runtime *runtime = &experiment->runtime;
    if (!runtime->node || runtime->node->kind != DOC_OBJECT || runtime->node->as.object.count == 0)
        return;
    if (!runtime->rollback_strategy.node && experiment->rollbacks.count > 0) {
        struct diag *d = lint_add(lint, W604, runtime->node->as.object.members[0].key_span,
            "`runtime` names no rollback strategy, which resets the one of the settings to "
            "`default`: rollbacks are then not played when a probe fails or the run is "
            "interrupted");
        diag_help(lint->bag, d, "name it: `rollbacks: {strategy: ...}`");
    }
}

/* I608: a gate that is not met ends the run as completed, which plays rollbacks. */
static void check_needless(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    const struct ir_hypothesis *hypothesis = experiment->hypothesis;
    struct ir_string strategy = experiment->runtime.rollback_strategy;
    if (!hypothesis || hypothesis->probes.count == 0 || experiment->rollbacks.count == 0 ||
        !has_actions(&experiment->method) ||
        !(is_default(strategy) || str_is(strategy.text, "always")))
        return;
    const struct ir_activity *first = &experiment->rollbacks.items[0];
    struct ir_string name = first->kind == IR_REF ? first->ref : first->name;
    lint_add(lint, I608, name.node ? name.node->span : first->node->span,
        "rollbacks are played although the gate is not met, when no action has run");
}

/* I607: what the default strategy leaves out. */
static void check_skipped(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    if (experiment->rollbacks.count == 0 || !has_actions(&experiment->method) ||
        !is_default(experiment->runtime.rollback_strategy))
        return;
    const struct ir_activity *first = &experiment->rollbacks.items[0];
    struct ir_string name = first->kind == IR_REF ? first->ref : first->name;
    lint_add(lint, I607, name.node ? name.node->span : first->node->span,
        "by the strategy `default` rollbacks are skipped when the run is interrupted or a probe of "
        "the hypothesis fails, even after actions have run");
}

static bool mentions(const struct doc_node *node, const char *word)
{
    if (!node)
        return false;
    if (node->kind == DOC_STRING)
        return str_contains(node->as.text, str_from(word));
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        if (mentions(node->as.array.items[i], word))
            return true;
    for (size_t i = 0; node->kind == DOC_OBJECT && i < node->as.object.count; i++)
        if (str_contains(node->as.object.members[i].key, str_from(word)))
            return true;
    return false;
}

/* A program that is told when to end: a load generator's duration, timeout(1), sleep(1). */
static bool ends_by_itself(const struct ir_provider *provider)
{
    if (provider->kind != IR_PROCESS)
        return false;
    struct str path = provider->as.process.path.text;
    static const char *const words[] = {
        "duration", "timeout", "timelimit", "max-time", "run-time", "sleep ", "--count", "-c "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (mentions(provider->arguments, words[i]))
            return true;
    return str_ends(path, STR("sleep")) || str_ends(path, STR("timeout"));
}

/* W603, I609: a background activity is waited for at the end of the method. */
static void check_timeout(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (!provider || (provider->kind != IR_HTTP && provider->kind != IR_PROCESS) ||
        activity->timeout || (provider->timeout && provider->timeout->kind != DOC_NULL))
        return;
    const char *what = provider->kind == IR_HTTP ? "request" : "program";
    struct span span = activity->name.node ? activity->name.node->span : provider->node->span;
    if (activity->is_background && activity->block != IR_IN_HYPOTHESIS && !ends_by_itself(provider))
        lint_add(lint, W603, activity->background->span,
            "the %s of `%.*s` runs in the background without a `timeout`: if it never ends, "
            "neither does the method",
            what, STR_ARG(activity->name.text));
    else
        lint_add(lint, I609, span,
            "the %s of `%.*s` has no `timeout`: it may be waited for for ever", what,
            STR_ARG(activity->name.text));
}

/* True for patterns that match every text because they match the empty one anywhere. */
static bool matches_all(struct str pattern)
{
    static const struct str patterns[] = {STR_INIT(""), STR_INIT(".*"), STR_INIT("^"),
        STR_INIT("$"), STR_INIT("^.*$"), STR_INIT("^.*"), STR_INIT(".*$"), STR_INIT("(.*)"),
        STR_INIT(".*?"), STR_INIT("\\s*"), STR_INIT("\\w*"), STR_INIT("\\d*"),
        STR_INIT("[\\s\\S]*")};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        if (str_equal(pattern, patterns[i]))
            return true;
    return false;
}

/* W602 */
static void check_vacuous(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_tolerance *tolerance = activity->tolerance;
    if (!tolerance || activity->block != IR_IN_HYPOTHESIS)
        return;
    struct str name = activity->kind == IR_REF ? activity->ref.text : activity->name.text;
    if (tolerance->kind == IR_TOLERANCE_REGEX && ir_is_text(tolerance->as.regex.pattern) &&
        matches_all(tolerance->as.regex.pattern.text))
        lint_add(lint, W602, tolerance->as.regex.pattern.node->span,
            "the pattern matches every text: the tolerance of `%.*s` cannot fail", STR_ARG(name));
    if (tolerance->kind == IR_TOLERANCE_JSONPATH && str_is(tolerance->as.jsonpath.path.text, "$") &&
        !tolerance->as.jsonpath.count && !tolerance->as.jsonpath.expect)
        lint_add(lint, W602, tolerance->as.jsonpath.path.node->span,
            "the path `$` finds whatever there is: the tolerance of `%.*s` cannot fail",
            STR_ARG(name));
}

static const struct lint_rule rules[] = {
    {.experiment = check_hypothesis},
    {.experiment = check_runtime},
    {.experiment = check_skipped},
    {.experiment = check_needless},
    {.activity = check_timeout},
    {.activity = check_vacuous},
};
const struct lint_group lint_flow = LINT_GROUP(rules);
