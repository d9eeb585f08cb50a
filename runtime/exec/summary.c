#include "runtime/exec/engine.h"
#include "runtime/exec/undone.h"

int run_exit_code(const struct run_outcome *outcome, bool detailed)
{
    bool bad = outcome->status != RUN_COMPLETED || outcome->deviated || !outcome->journal_written;
    if (!detailed)
        return outcome->left ? outcome->exit_code : bad;
    if (outcome->actions_started && (outcome->rollbacks_failed || outcome->rollbacks_skipped))
        return 7;
    if (outcome->status == RUN_INTERRUPTED)
        return 6;
    if (outcome->status != RUN_COMPLETED || !outcome->journal_written)
        return 5;
    if (outcome->deviated)
        return 4;
    return outcome->gate_checked && !outcome->gate_met ? 3 : 0;
}

static const char *gate_word(const struct run_outcome *outcome)
{
    if (!outcome->gate_checked)
        return "not checked";
    return outcome->gate_met ? "met" : "not met";
}

void summary_log(struct run *run)
{
    const struct run_outcome *o = run->outcome;
    log_info(run->log,
        "Gate %s, method %zu of %zu, %s, rollbacks: %zu played, %zu failed, %zu skipped",
        gate_word(o), o->method_done, o->method_count, o->deviated ? "deviated" : "not deviated",
        o->rollbacks_played, o->rollbacks_failed, o->rollbacks_skipped);
    undone_say(run);
}
