#include "runtime/exec/engine.h"

int run_exit_code(const struct run_outcome *outcome, bool detailed)
{
    bool bad = outcome->status != RUN_COMPLETED || outcome->deviated;
    if (!detailed)
        return outcome->left ? outcome->exit_code : bad;
    if (outcome->actions_started && (outcome->rollbacks_failed || outcome->rollbacks_skipped))
        return 7;
    if (outcome->status == RUN_INTERRUPTED)
        return 6;
    if (outcome->status != RUN_COMPLETED)
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

/* The actions that were started, by name: what may have to be undone by hand. */
static void name_actions(struct run *run, struct buf *out)
{
    for (size_t i = 0; i < run->method_records.count; i++) {
        const struct plan_activity *row =
            &run->plan->activity_rows[run->method_records.items[i]->activity];
        if (row->kind != PLAN_KIND_ACTION)
            continue;
        struct str file = plan_text(run->plan, run->experiment->file);
        buf_printf(out, "%s'%.*s'", out->len ? ", " : "", STR_ARG(plan_text(run->plan, row->name)));
        if (row->line)
            buf_printf(out, " (%.*s:%u:%u)", STR_ARG(file), row->line, row->column);
    }
}

static void say_undone(struct run *run)
{
    const struct run_outcome *o = run->outcome;
    if (!o->actions_started || (!o->rollbacks_failed && !o->rollbacks_skipped))
        return;
    struct buf actions = {0};
    name_actions(run, &actions);
    log_warning(run->log, "Left undone: %s: %zu of %zu rollbacks %s", actions.data,
        o->rollbacks_failed + o->rollbacks_skipped, o->rollback_count,
        o->rollbacks_failed ? "failed or were skipped" : "were skipped");
    buf_free(&actions);
}

void summary_log(struct run *run)
{
    const struct run_outcome *o = run->outcome;
    log_info(run->log,
        "Gate %s, method %zu of %zu, %s, rollbacks: %zu played, %zu failed, %zu skipped",
        gate_word(o), o->method_done, o->method_count, o->deviated ? "deviated" : "not deviated",
        o->rollbacks_played, o->rollbacks_failed, o->rollbacks_skipped);
    say_undone(run);
}
