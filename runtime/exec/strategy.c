/* Which strategies a run follows: of the command line, the experiment, the settings, in this order. */
#include "runtime/base/pytext.h"
#include "runtime/exec/engine.h"

/* What of a `runtime` names strategies. */
struct named {
    const struct value *hypothesis, *rollbacks; /* NULL if absent */
};

/* runtime[block]["strategy"]; false if the block is no mapping. */
static bool read_block(const struct value *runtime, struct str block, const struct value **strategy)
{
    const struct value *part = value_get(runtime, block);
    *strategy = part ? value_get(part, STR("strategy")) : NULL;
    return !part || part->kind == VALUE_OBJECT;
}

static bool read_runtime(
    struct run *run, const char *owner, const struct value *runtime, struct named *named)
{
    if (runtime->kind == VALUE_OBJECT &&
        read_block(runtime, STR("hypothesis"), &named->hypothesis) &&
        read_block(runtime, STR("rollbacks"), &named->rollbacks))
        return true;
    log_error(run->log, "the %s `runtime`, or a block of it, is no mapping", owner);
    return false;
}

/* The experiment's `runtime`, if there is something in it, overrides all that the settings have. */
static bool find_names(struct run *run, struct named *named)
{
    const struct value *settings = run->options->settings;
    const struct value *theirs = settings ? value_get(settings, STR("runtime")) : NULL;
    const struct value *ours = value_get(&run->values[PLAN_DOCUMENT], STR("runtime"));
    if (settings && settings->kind != VALUE_OBJECT) {
        log_error(run->log, "the settings are no mapping");
        return false;
    }
    if (theirs && !read_runtime(run, "settings'", theirs, named))
        return false;
    if (!ours || !value_truthy(ours))
        return true;
    *named = (struct named){NULL, NULL};
    return read_runtime(run, "experiment's", ours, named);
}

bool strategies_choose(struct run *run)
{
    const struct run_options *o = run->options;
    struct named named = {NULL, NULL};
    run->hypothesis = o->hypothesis;
    run->rollbacks = o->rollbacks;
    if (!find_names(run, &named))
        return false;
    const struct value *rollbacks = o->has_rollbacks ? NULL : named.rollbacks;
    const struct value *hypothesis = o->has_hypothesis ? NULL : named.hypothesis;
    if (rollbacks &&
        (rollbacks->kind != VALUE_STRING || !run_rollbacks_of(rollbacks->as.text, &run->rollbacks)))
        run->rollbacks = RUN_ROLLBACKS_UNKNOWN;
    if (!hypothesis || (hypothesis->kind == VALUE_STRING &&
                           run_hypothesis_of(hypothesis->as.text, &run->hypothesis)))
        return true;
    log_error(run->log, "unknown hypothesis strategy '%.*s'",
        STR_ARG(pytext_str(&run->arena, hypothesis)));
    return false;
}
