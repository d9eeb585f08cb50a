#include "backends/cgen/cgen_call.h"

#include "backends/cgen/cgen_text.h"
#include "runtime/base/json_write.h"

enum { LONGEST = 300, /* bytes of a name */ WIDEST = 100 /* bytes of a line */ };

/* Whole, however long: what stands behind a line's end is called, too. Blanks could push it out of sight, so lines are
 * broken. */
static void add_wrapped(struct buf *out, struct str text)
{
    struct buf line = {0};
    cgen_add_comment(&line, text, SIZE_MAX);
    for (size_t at = 0, end; at < line.len; at = end) {
        end = at + WIDEST < line.len ? at + WIDEST : line.len;
        while (end < line.len && ((unsigned char)line.data[end] & 0xC0) == 0x80)
            end++;
        if (at)
            buf_add_text(out, "\n     *     ");
        buf_add(out, line.data + at, end - at);
    }
    buf_free(&line);
}

static void add_value(struct buf *out, const struct value *value)
{
    if (value->kind == VALUE_STRING) {
        add_wrapped(out, value->as.text);
        return;
    }
    struct buf json = {0};
    struct json_writer writer = jw_start(&json, (struct json_style){.spaced = true});
    jw_value(&writer, value);
    add_wrapped(out, buf_str(&json));
    buf_free(&json);
}

/* " label value" if the field is there. */
static void add_field(
    struct buf *out, const struct value *values, const char *label, uint32_t field)
{
    if (field == PLAN_NONE)
        return;
    buf_printf(out, "%s%s", out->len && out->data[out->len - 1] == ' ' ? "" : " ", label);
    buf_add_char(out, ' ');
    add_value(out, &values[field]);
}

static void add_provider(
    struct buf *out, const struct value *values, const struct plan_activity *row)
{
    buf_add_text(out, "     * ");
    switch ((enum plan_provider)row->provider) {
    case PLAN_PROCESS:
        add_field(out, values, "process", row->path);
        add_field(out, values, "arguments", row->arguments);
        break;
    case PLAN_HTTP:
        add_field(out, values, "http", row->method);
        add_field(out, values, row->method == PLAN_NONE ? "http GET" : "", row->url);
        add_field(out, values, "headers", row->headers);
        add_field(out, values, "arguments", row->arguments);
        add_field(out, values, "verify_tls", row->verify_tls);
        add_field(out, values, "max_retries", row->max_retries);
        add_field(out, values, "expected_status", row->expected_status);
        break;
    case PLAN_PYTHON:
        add_field(out, values, "python", row->module);
        add_field(out, values, "function", row->func);
        add_field(out, values, "arguments", row->arguments);
        break;
    case PLAN_PROVIDER_OTHER:
    case PLAN_PROVIDER_NONE:
    case PLAN_PROVIDER_COUNT:
        buf_add_text(out, "calls nothing");
        break;
    }
    add_field(out, values, "timeout", row->limit);
    add_field(out, values, "secrets", row->secrets);
    buf_add_char(out, '\n');
}

void cgen_add_control(
    struct buf *out, const struct rt_plan *plan, const struct value *values, uint32_t index)
{
    const struct plan_control *row = &plan->control_rows[index];
    const struct value *provider = value_get(&values[row->document], STR("provider"));
    const struct value *ref = value_get(&values[row->document], STR("ref"));
    buf_printf(out, "    /* %u: control \"", (unsigned)index);
    cgen_add_comment(out, plan_text(plan, row->name), LONGEST);
    buf_add_text(out, ref ? "\" refers to " : "\"\n     * ");
    if (ref)
        add_value(out, ref);
    else if (provider)
        add_value(out, provider);
    else
        buf_add_text(out, "calls nothing");
    buf_add_text(out, "\n     */\n");
}

static const char *role_name(uint32_t role)
{
    static const char *const names[] = {
        [PLAN_PROBE] = "hypothesis",
        [PLAN_METHOD] = "method",
        [PLAN_ROLLBACK] = "rollback",
        [PLAN_CONFIGURATION] = "configuration",
        [PLAN_TOLERANCE] = "tolerance",
    };
    return names[role];
}

void cgen_add_call(
    struct buf *out, const struct rt_plan *plan, const struct value *values, uint32_t index)
{
    static const char *const kinds[] = {
        [PLAN_KIND_PROBE] = "probe", [PLAN_KIND_ACTION] = "action", [PLAN_KIND_OTHER] = "activity"};
    const struct plan_activity *row = &plan->activity_rows[index];
    if (index == PLAN_NONE) {
        buf_add_text(out, "    /* 0: none */\n");
        return;
    }
    buf_printf(out, "    /* %u: %s, %s%s \"", (unsigned)index, role_name(row->role),
        row->flags & PLAN_ACTIVITY_BACKGROUND ? "background " : "", kinds[row->kind]);
    bool plays = row->flags & PLAN_ACTIVITY_REF && row->target != PLAN_NONE;
    uint32_t name = plays ? plan->activity_rows[row->target].name : row->name;
    cgen_add_comment(out, plan_text(plan, name), LONGEST);
    buf_add_char(out, '"');
    if (row->line) {
        buf_add_text(out, "  ");
        cgen_add_comment(out, plan_text(plan, plan_experiment(plan)->file), LONGEST);
        buf_printf(out, ":%u:%u", (unsigned)row->line, (unsigned)row->column);
    }
    buf_add_char(out, '\n');
    if (row->flags & PLAN_ACTIVITY_REF) {
        if (row->target == PLAN_NONE)
            buf_add_text(out, "     * refers to nothing\n");
        else
            buf_printf(out, "     * plays activity %u\n", (unsigned)row->target);
    } else {
        add_provider(out, values, row);
    }
    if (row->pauses != PLAN_NONE || row->timeout != PLAN_NONE || row->dry != PLAN_NONE) {
        buf_add_text(out, "     *");
        add_field(out, values, "pauses", row->pauses);
        add_field(out, values, "timeout of all of it", row->timeout);
        add_field(out, values, "dry", row->dry);
        buf_add_char(out, '\n');
    }
    buf_add_text(out, "     */\n");
}
