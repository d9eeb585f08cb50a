#include "backends/lint/flow.h"

#include "runtime/base/number.h"

/* ---- what is played ---- */

static bool is_one_of(struct ir_string strategy, const char *a, const char *b, const char *c)
{
    struct str text = ir_is_text(strategy) ? strategy.text : STR("default");
    return str_equal(text, str_from(a)) || str_equal(text, str_from(b)) ||
           str_equal(text, str_from(c));
}

static bool has_probes(const struct ir_experiment *experiment)
{
    return experiment->hypothesis && experiment->hypothesis->probes.count > 0;
}

static bool is_checked_before(const struct ir_experiment *experiment)
{
    return has_probes(experiment) && is_one_of(experiment->runtime.hypothesis_strategy, "default",
                                         "before-method-only", "continuously");
}

static bool is_checked_after(const struct ir_experiment *experiment)
{
    return has_probes(experiment) && is_one_of(experiment->runtime.hypothesis_strategy, "default",
                                         "after-method-only", "continuously");
}

static bool is_checked_during(const struct ir_experiment *experiment)
{
    return has_probes(experiment) && is_one_of(experiment->runtime.hypothesis_strategy,
                                         "during-method-only", "continuously", "continuously");
}

/* One row an outcome: what the journal says decides about rollbacks. */
static const struct outcome {
    const char *name;
    enum flow_played method, after;
    bool by_default;  /* strategy `default` plays rollbacks: neither failed nor interrupted */
    bool by_deviated; /* strategy `deviated` does */
    bool forbidden;   /* whatever the strategy */
} outcomes[FLOW_OUTCOME_COUNT] = {
    [FLOW_COMPLETED] = {"completed", FLOW_YES, FLOW_YES, true, false, false},
    [FLOW_GATE_NOT_MET] = {"gate not met", FLOW_NO, FLOW_NO, true, false, false},
    [FLOW_GATE_FAILED] = {"probe failed in the gate", FLOW_NO, FLOW_NO, false, false, false},
    [FLOW_DEVIATED] = {"deviated", FLOW_YES, FLOW_YES, true, true, false},
    [FLOW_PROBE_FAILED] = {"probe failed afterwards", FLOW_YES, FLOW_CUT, false, true, false},
    [FLOW_ACTION_FAILED] = {"action failed", FLOW_YES, FLOW_YES, true, false, false},
    [FLOW_ABORTED] = {"aborted by an exception", FLOW_CUT, FLOW_NO, true, false, false},
    [FLOW_SIGINT] = {"SIGINT", FLOW_CUT, FLOW_NO, false, false, false},
    [FLOW_SIGTERM] = {"SIGTERM, SIGHUP", FLOW_CUT, FLOW_NO, false, false, false},
    [FLOW_SIGUSR1] = {"SIGUSR1", FLOW_CUT, FLOW_NO, false, false, false},
    [FLOW_SIGUSR2] = {"SIGUSR2", FLOW_CUT, FLOW_NO, false, false, true},
    [FLOW_DEADLINE] = {"deadline", FLOW_CUT, FLOW_NO, false, false, false},
};

static bool plays_rollbacks(const struct ir_experiment *experiment, const struct outcome *outcome)
{
    struct ir_string strategy = experiment->runtime.rollback_strategy;
    if (outcome->forbidden)
        return false;
    if (is_one_of(strategy, "always", "always", "always"))
        return true;
    if (is_one_of(strategy, "deviated", "deviated", "deviated"))
        return outcome->by_deviated;
    return is_one_of(strategy, "default", "default", "default") && outcome->by_default;
}

struct flow_row flow_row(const struct ir_experiment *experiment, enum flow_outcome outcome)
{
    const struct outcome *row = &outcomes[outcome];
    struct flow_row result = {.name = row->name, .possible = true};
    bool later = is_checked_after(experiment) || is_checked_during(experiment);
    if (outcome == FLOW_GATE_NOT_MET || outcome == FLOW_GATE_FAILED)
        result.possible = is_checked_before(experiment);
    if (outcome == FLOW_DEVIATED || outcome == FLOW_PROBE_FAILED)
        result.possible = later;
    if (outcome == FLOW_ACTION_FAILED || outcome == FLOW_ABORTED)
        result.possible = experiment->method.count > 0;
    result.method = row->method;
    result.after = is_checked_after(experiment) ? row->after : FLOW_NO;
    result.rollbacks = plays_rollbacks(experiment, row) ? FLOW_YES : FLOW_NO;
    return result;
}

/* ---- how long it takes ---- */

/* Seconds of a node: a number, or a variable whose value stands in the file. False if it is not known. */
static bool read_seconds(
    const struct ir_experiment *experiment, const struct doc_node *node, double *seconds)
{
    *seconds = 0;
    if (!node || node->kind == DOC_NULL)
        return true;
    if (node->kind == DOC_INT || node->kind == DOC_REAL) {
        *seconds = number_to_double(node->as.text);
        return true;
    }
    for (size_t i = 0; node->kind == DOC_STRING && i < experiment->use_count; i++) {
        const struct ir_use *use = &experiment->uses[i];
        if (use->node == node && use->whole && use->config &&
            use->config->kind == IR_SOURCE_INLINE && use->config->node->kind != DOC_STRING)
            return read_seconds(experiment, use->config->node, seconds);
    }
    return false;
}

/* The longest that the call itself may take; false if nothing bounds it. */
static bool read_bound(const struct ir_experiment *experiment, const struct ir_activity *activity,
    double *bound, bool *varies)
{
    const struct ir_provider *provider = activity->provider;
    double seconds;
    if (activity->timeout && activity->timeout->kind != DOC_NULL) {
        *varies |= !read_seconds(experiment, activity->timeout, bound);
        return true;
    }
    const struct doc_node *timeout =
        provider && provider->kind != IR_PYTHON ? provider->timeout : NULL;
    if (!timeout || timeout->kind == DOC_NULL)
        return false;
    if (timeout->kind == DOC_ARRAY) {
        *bound = 0;
        for (size_t i = 0; i < timeout->as.array.count; i++) {
            if (timeout->as.array.items[i]->kind == DOC_NULL)
                return false;
            *varies |= !read_seconds(experiment, timeout->as.array.items[i], &seconds);
            *bound += seconds;
        }
        return true;
    }
    *varies |= !read_seconds(experiment, timeout, bound);
    return true;
}

struct flow_duration flow_duration(
    const struct ir_experiment *experiment, const struct ir_activities *activities)
{
    struct flow_duration total = {0};
    double background_end = 0, background_shortest = 0;
    for (size_t i = 0; i < activities->count; i++) {
        const struct ir_activity *entry = &activities->items[i];
        const struct ir_activity *activity = entry->target ? entry->target : entry;
        double before = 0, after = 0, bound = 0;
        total.varies |= !read_seconds(experiment, activity->pause_before, &before);
        total.varies |= !read_seconds(experiment, activity->pause_after, &after);
        bool bounded = read_bound(experiment, activity, &bound, &total.varies);
        if (!bounded && !total.unbounded)
            total.unbounded = activity;
        if (!entry->is_background) {
            total.shortest += before + after;
            total.longest += before + bound + after;
            continue;
        }
        /* It starts when everything before it is done at the latest, and is waited for at the end. */
        if (total.longest + before + bound + after > background_end) {
            background_end = total.longest + before + bound + after;
            total.longest_background = activity;
        }
        if (total.shortest + before + after > background_shortest)
            background_shortest = total.shortest + before + after;
    }
    if (background_shortest > total.shortest)
        total.shortest = background_shortest;
    if (background_end > total.longest)
        total.longest = background_end;
    else
        total.longest_background = NULL;
    return total;
}
