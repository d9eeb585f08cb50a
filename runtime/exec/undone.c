#include "runtime/exec/undone.h"

#include <string.h>

#include "runtime/exec/engine.h"

const struct value *undone_names(const struct run *run, uint32_t row)
{
    const struct value *document = &run->values[run->plan->activity_rows[row].document];
    const struct value *ours = value_get(document, STR("x-chaosc"));
    return ours ? value_get(ours, STR("undoes")) : NULL;
}

static bool is_name(const struct value *value, struct str name)
{
    return value->kind == VALUE_STRING && str_equal(value->as.text, name);
}

bool undone_is_named(const struct value *names, struct str name)
{
    if (names->kind != VALUE_ARRAY)
        return is_name(names, name);
    for (size_t i = 0; i < names->as.array.count; i++)
        if (is_name(&names->as.array.items[i], name))
            return true;
    return false;
}

/* Rows change where controls change the experiment: then the name tells. */
static bool is_record_of(const struct run *run, const struct record *record, uint32_t row)
{
    const struct plan_activity *rows = run->plan->activity_rows;
    uint32_t target = rows[row].target == PLAN_NONE ? row : rows[row].target;
    if (!run->controls.original || run->controls.original == run->plan)
        return record->written == row;
    return str_equal(
        plan_text(run->plan, rows[record->activity].name), plan_text(run->plan, rows[target].name));
}

static bool has_succeeded(const struct run *run, uint32_t rollback)
{
    const struct record_list *records = &run->rollback_records;
    for (size_t i = records->count; i-- > 0;)
        if (is_record_of(run, records->items[i], rollback))
            return records->items[i]->status == RECORD_SUCCEEDED;
    return false;
}

static bool is_undone(const struct run *run, const struct record *action)
{
    const struct plan_experiment *e = run->experiment;
    struct str name = plan_text(run->plan, run->plan->activity_rows[action->activity].name);
    bool named = false, named_left = false, other_left = false;
    for (uint32_t row = e->rollbacks; row < e->rollbacks + e->rollback_count; row++) {
        const struct value *names = undone_names(run, row);
        bool left = !has_succeeded(run, row);
        if (!names) {
            other_left |= left;
        } else if (undone_is_named(names, name)) {
            named = true;
            named_left |= left;
        }
    }
    return named ? !named_left : !other_left;
}

bool undone_any(const struct run *run)
{
    for (size_t i = 0; i < run->method_records.count; i++)
        if (run->method_records.items[i]->acted && !is_undone(run, run->method_records.items[i]))
            return true;
    return false;
}

static void name_action(const struct run *run, const struct record *action, struct buf *out)
{
    const struct plan_activity *row = &run->plan->activity_rows[action->activity];
    buf_printf(out, "%s'%.*s'", out->len ? ", " : "", STR_ARG(plan_text(run->plan, row->name)));
    if (row->line)
        buf_printf(out, " (%.*s:%u:%u)", STR_ARG(plan_text(run->plan, run->experiment->file)),
            row->line, row->column);
}

/* A word of the shell. */
static void add_word(struct buf *out, const char *word)
{
    if (!word[strcspn(word, " \t\n'\"\\$`&|;()<>*?[]#~!{}")]) {
        buf_add_text(out, word);
        return;
    }
    buf_add_char(out, '\'');
    for (const char *p = word; *p; p++)
        buf_add_text(out, *p == '\'' ? "'\\''" : (char[]){*p, '\0'});
    buf_add_char(out, '\'');
}

static void say_command(struct run *run)
{
    if (run->events.fd < 0 || run->options->compat || !run->options->recover) {
        log_warning(run->log, "There is no record to recover it from: undo it by hand");
        return;
    }
    struct buf command = {0};
    buf_printf(&command, "%s ", run->options->recover);
    add_word(&command, run->events.path);
    log_warning(run->log, "To undo it: %s%s", command.data,
        run->events.error ? " (its record is incomplete)" : "");
    buf_free(&command);
}

/* A run that came to its own end is not blamed for what nobody wanted undone. */
static bool is_cut(const struct run *run)
{
    return run->status == RUN_INTERRUPTED || run->status == RUN_FAILED ||
           run->status == RUN_ABORTED;
}

void undone_say(struct run *run)
{
    const struct run_outcome *o = run->outcome;
    bool declared = run->experiment->rollback_count > 0;
    struct buf actions = {0};
    if (!declared && !is_cut(run))
        return;
    for (size_t i = 0; i < run->method_records.count; i++) {
        const struct record *record = run->method_records.items[i];
        if (record->acted && !(declared && is_undone(run, record)))
            name_action(run, record, &actions);
    }
    if (actions.len && !declared)
        log_warning(run->log, "Left undone: %s: no rollback is declared", actions.data);
    else if (actions.len) {
        log_warning(run->log, "Left undone: %s: %zu of %zu rollbacks %s", actions.data,
            o->rollbacks_failed + o->rollbacks_skipped, o->rollback_count,
            o->rollbacks_failed ? "failed or were skipped" : "were skipped");
        say_command(run);
    }
    buf_free(&actions);
}
