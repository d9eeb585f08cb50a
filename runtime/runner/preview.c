#include "runtime/runner/preview.h"

#include <stdlib.h>

#include "runtime/base/json_write.h"
#include "runtime/exec/scope.h"
#include "runtime/runner/preview_time.h"

struct preview {
    struct arena arena;
    const struct rt_plan *plan;
    const struct value *values;
    const struct preview_options *options;
    struct scope scope;
    struct buf *out;
    struct json_writer w;
};

/* ---- what templates stand for ---- */

static struct value unknown(struct preview *p, const char *format, struct str what)
{
    struct buf text = {0};
    buf_add_char(&text, '<');
    buf_add_text(&text, format);
    if (what.len)
        buf_printf(&text, " %.*s", STR_ARG(what));
    buf_add_char(&text, '>');
    struct value value = value_string(arena_str(&p->arena, buf_str(&text)));
    buf_free(&text);
    return value;
}

static struct value from_environment(struct preview *p, const struct plan_variable *row)
{
    struct failure failure;
    struct value value, converted;
    struct str key = plan_text(p->plan, row->key);
    const char *text = getenv(key.ptr);
    if (text)
        value = value_string(arena_str(&p->arena, str_from(text)));
    else if (row->preset != PLAN_NONE)
        value = p->values[row->preset];
    else
        return unknown(p, "not set: environment variable", key);
    struct str type = plan_text(p->plan, row->type);
    if (!scope_convert(
            &p->arena, type.len ? type : (struct str){NULL, 0}, &value, &converted, &failure))
        return unknown(p, "cannot be converted: environment variable", key);
    return converted;
}

static struct value configuration_value(struct preview *p, const struct plan_variable *row)
{
    struct str name = plan_text(p->plan, row->name);
    const struct value *given = p->options->vars ? value_get(p->options->vars, name) : NULL;
    if (scope_opens_vault(name))
        return unknown(p, "secret", name);
    if (given)
        return *given;
    switch ((enum plan_source)row->source) {
    case PLAN_ENVIRONMENT:
        return from_environment(p, row);
    case PLAN_VAULT:
        return unknown(p, "known at run time: from vault,", name);
    case PLAN_DYNAMIC:
        return unknown(p, "known at run time: from a probe,", name);
    case PLAN_INLINE:
    case PLAN_GROUP:
    case PLAN_SOURCE_COUNT:
        break;
    }
    return p->values[row->document];
}

/* A secret is never looked up: its place says which one it is. */
static struct value secret_members(struct preview *p, uint32_t first, uint32_t count)
{
    struct member *members = ARENA_ARRAY(&p->arena, struct member, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_variable *row = &p->plan->variable_rows[first + i];
        members[i].key = plan_text(p->plan, row->name);
        members[i].value = row->source == PLAN_GROUP
                               ? secret_members(p, row->members, row->member_count)
                               : unknown(p, "secret", members[i].key);
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

static void fill_scope(struct preview *p)
{
    const struct plan_experiment *e = plan_experiment(p->plan);
    scope_init(&p->scope, &p->arena);
    p->scope.plan = p->plan;
    for (uint32_t i = 0; i < e->configuration_count; i++) {
        const struct plan_variable *row = &p->plan->variable_rows[e->configuration + i];
        scope_configure(&p->scope, plan_text(p->plan, row->name), configuration_value(p, row));
    }
    p->scope.secrets = secret_members(p, e->secrets, e->secret_count);
}

/* ---- one activity ---- */

struct field {
    const char *name;
    uint32_t row;
    bool filled_in; /* the engine substitutes here */
};

/* What a provider is called with, in the order in which it is told. */
static size_t list_fields(const struct plan_activity *row, struct field fields[8])
{
    size_t n = 0;
    switch ((enum plan_provider)row->provider) {
    case PLAN_PROCESS:
        fields[n++] = (struct field){"path", row->path, false};
        break;
    case PLAN_HTTP:
        fields[n++] = (struct field){"method", row->method, false};
        fields[n++] = (struct field){"url", row->url, true};
        fields[n++] = (struct field){"headers", row->headers, true};
        break;
    case PLAN_PYTHON:
        fields[n++] = (struct field){"module", row->module, false};
        fields[n++] = (struct field){"func", row->func, false};
        break;
    case PLAN_PROVIDER_OTHER:
    case PLAN_PROVIDER_NONE:
    case PLAN_PROVIDER_COUNT:
        break;
    }
    fields[n++] = (struct field){"arguments", row->arguments, true};
    fields[n++] = (struct field){"timeout", row->limit, row->provider == PLAN_HTTP};
    fields[n++] = (struct field){"secrets", row->secrets, false};
    return n;
}

static const char *provider_name(uint32_t provider)
{
    static const char *const names[] = {[PLAN_PROCESS] = "process",
        [PLAN_HTTP] = "http",
        [PLAN_PYTHON] = "python",
        [PLAN_PROVIDER_OTHER] = "unknown",
        [PLAN_PROVIDER_NONE] = "none"};
    return names[provider];
}

static struct value filled(struct preview *p, const struct field *field)
{
    const struct value *value = &p->values[field->row];
    return field->filled_in ? scope_substitute(&p->scope, &p->arena, value) : *value;
}

static void add_json_field(struct preview *p, const char *name, const struct value *value)
{
    jw_key(&p->w, str_from(name));
    jw_value(&p->w, value);
}

static void add_text_value(struct preview *p, const struct value *value)
{
    if (value->kind == VALUE_STRING) {
        buf_add_str(p->out, value->as.text);
        return;
    }
    struct json_writer w = jw_start(p->out, (struct json_style){.spaced = true});
    jw_value(&w, value);
}

static void write_activity_json(struct preview *p, uint32_t index, const struct plan_activity *row)
{
    struct field fields[8];
    size_t count = list_fields(row, fields);
    jw_open_object(&p->w);
    jw_key_string(&p->w, "name", plan_text(p->plan, row->name));
    jw_key_text(&p->w, "type", row->kind == PLAN_KIND_ACTION ? "action" : "probe");
    jw_key_bool(
        &p->w, "background", p->plan->activity_rows[index].flags & PLAN_ACTIVITY_BACKGROUND);
    jw_key_int(&p->w, "line", p->plan->activity_rows[index].line);
    jw_key_text(&p->w, "provider", provider_name(row->provider));
    for (size_t i = 0; i < count; i++) {
        if (fields[i].row == PLAN_NONE)
            continue;
        struct value value = filled(p, &fields[i]);
        add_json_field(p, fields[i].name, &value);
    }
    if (row->pauses != PLAN_NONE)
        add_json_field(p, "pauses", &p->values[row->pauses]);
    if (row->tolerance != PLAN_NONE)
        add_json_field(
            p, "tolerance", &p->values[p->plan->tolerance_rows[row->tolerance].document]);
    jw_close_object(&p->w);
}

static void write_activity_text(
    struct preview *p, uint32_t index, const struct plan_activity *row, uint32_t number)
{
    struct field fields[8];
    size_t count = list_fields(row, fields);
    const struct plan_activity *written = &p->plan->activity_rows[index];
    buf_printf(p->out, "  %u. %s%s \"%.*s\"", (unsigned)number,
        written->flags & PLAN_ACTIVITY_BACKGROUND ? "background " : "",
        row->kind == PLAN_KIND_ACTION ? "action" : "probe", STR_ARG(plan_text(p->plan, row->name)));
    if (written->line)
        buf_printf(p->out, "  (%.*s:%u)",
            STR_ARG(plan_text(p->plan, plan_experiment(p->plan)->file)), (unsigned)written->line);
    buf_printf(p->out, "\n     %s", provider_name(row->provider));
    for (size_t i = 0; i < count; i++) {
        if (fields[i].row == PLAN_NONE)
            continue;
        struct value value = filled(p, &fields[i]);
        bool head = i < 2 && fields[i].row != row->arguments && fields[i].row != row->limit;
        buf_add_text(p->out, head ? " " : "\n       ");
        if (!head)
            buf_printf(p->out, "%s: ", fields[i].name);
        add_text_value(p, &value);
    }
    if (row->pauses != PLAN_NONE) {
        buf_add_text(p->out, "\n       pauses: ");
        add_text_value(p, &p->values[row->pauses]);
    }
    if (row->tolerance != PLAN_NONE) {
        buf_add_text(p->out, "\n       tolerance: ");
        add_text_value(p, &p->values[p->plan->tolerance_rows[row->tolerance].document]);
    }
    buf_add_char(p->out, '\n');
}

/* A reference is shown as what it refers to. */
static void write_activities(struct preview *p, uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_activity *row = &p->plan->activity_rows[first + i];
        if (row->target != PLAN_NONE)
            row = &p->plan->activity_rows[row->target];
        if (p->options->json)
            write_activity_json(p, first + i, row);
        else
            write_activity_text(p, first + i, row, i + 1);
    }
}

/* ---- the whole ---- */

static void write_block(
    struct preview *p, const char *key, const char *title, uint32_t first, uint32_t count)
{
    struct preview_time time = preview_time(p->plan, p->values, first, count);
    if (p->options->json) {
        jw_key(&p->w, str_from(key));
        jw_open_array(&p->w);
        write_activities(p, first, count);
        jw_close_array(&p->w);
        return;
    }
    buf_printf(p->out, "\n%s: ", title);
    preview_time_text(p->out, &time);
    buf_add_char(p->out, '\n');
    write_activities(p, first, count);
    if (count == 0)
        buf_add_text(p->out, "  nothing\n");
}

/* The probes that configuration comes from, which are called before all else. */
static void write_dynamic(struct preview *p)
{
    const struct plan_experiment *e = plan_experiment(p->plan);
    uint32_t number = 0;
    if (p->options->json)
        jw_key(&p->w, STR("configuration-probes")), jw_open_array(&p->w);
    for (uint32_t i = e->configuration; i < e->configuration + e->configuration_count; i++) {
        const struct plan_variable *row = &p->plan->variable_rows[i];
        const struct value *vars = p->options->vars;
        if (row->source != PLAN_DYNAMIC || (vars && value_get(vars, plan_text(p->plan, row->name))))
            continue;
        const struct plan_activity *probe = &p->plan->activity_rows[row->probe];
        if (p->options->json) {
            write_activity_json(p, row->probe, probe);
            continue;
        }
        if (!number++)
            buf_add_text(p->out, "\nConfiguration is read by:\n");
        write_activity_text(p, row->probe, probe, number);
    }
    if (p->options->json)
        jw_close_array(&p->w);
}

/* Controls of one owner: they are called around what they stand at. */
static void write_controls_of(struct preview *p, struct str owner, uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct plan_control *row = &p->plan->control_rows[i];
        const struct value *document = &p->values[row->document];
        if (p->options->json) {
            jw_open_object(&p->w);
            jw_key_string(&p->w, "around", owner);
            add_json_field(p, "control", document);
            jw_close_object(&p->w);
            continue;
        }
        const struct value *provider = value_get(document, STR("provider"));
        buf_printf(p->out, "  %.*s: ", STR_ARG(owner));
        add_text_value(p, provider ? provider : document);
        buf_add_char(p->out, '\n');
    }
}

static void write_controls(struct preview *p)
{
    const struct plan_experiment *e = plan_experiment(p->plan);
    if (p->options->json)
        jw_key(&p->w, STR("controls")), jw_open_array(&p->w);
    else if (p->plan->control_count)
        buf_add_text(p->out, "\nControls, called around:\n");
    write_controls_of(p, STR("experiment"), e->controls, e->control_count);
    write_controls_of(
        p, STR("steady-state-hypothesis"), e->hypothesis_controls, e->hypothesis_control_count);
    for (uint32_t i = 0; i < p->plan->activity_count; i++) {
        const struct plan_activity *row = &p->plan->activity_rows[i];
        write_controls_of(p, plan_text(p->plan, row->name), row->controls, row->control_count);
    }
    if (p->options->json)
        jw_close_array(&p->w);
}

static void write_configuration(struct preview *p)
{
    if (p->options->json)
        jw_key(&p->w, STR("configuration")), jw_open_object(&p->w);
    else if (p->scope.configuration_count)
        buf_add_text(p->out, "\nConfiguration:\n");
    for (size_t i = 0; i < p->scope.configuration_count; i++) {
        const struct member *member = &p->scope.configuration[i];
        if (p->options->json) {
            jw_key(&p->w, member->key);
            jw_value(&p->w, &member->value);
            continue;
        }
        buf_printf(p->out, "  %.*s = ", STR_ARG(member->key));
        add_text_value(p, &member->value);
        buf_add_char(p->out, '\n');
    }
    if (p->options->json)
        jw_close_object(&p->w);
}

static struct str strategy(const struct rt_plan *plan, struct str given, uint32_t text)
{
    return given.len ? given : text == PLAN_NONE ? STR("default") : plan_text(plan, text);
}

static void write_head(struct preview *p)
{
    const struct plan_experiment *e = plan_experiment(p->plan);
    struct str title = plan_text(p->plan, e->title);
    struct str hypothesis = strategy(p->plan, p->options->hypothesis, e->hypothesis_strategy);
    struct str rollbacks = strategy(p->plan, p->options->rollbacks, e->rollback_strategy);
    if (p->options->json) {
        jw_key_string(&p->w, "title", title);
        jw_key_string(&p->w, "hypothesis-strategy", hypothesis);
        jw_key_string(&p->w, "rollback-strategy", rollbacks);
        return;
    }
    buf_printf(p->out,
        "Experiment: %.*s\nNothing is called. Steady-state strategy: %.*s; rollback strategy: "
        "%.*s.\n",
        STR_ARG(title), STR_ARG(hypothesis), STR_ARG(rollbacks));
}

void preview_write(
    struct buf *out, const struct rt_plan *plan, const struct preview_options *options)
{
    const struct plan_experiment *e = plan_experiment(plan);
    struct preview p = {.plan = plan, .options = options, .out = out};
    arena_init(&p.arena);
    p.values = plan_values(&p.arena, plan);
    fill_scope(&p);
    p.w = jw_start(out, (struct json_style){.indent = 2});
    if (options->json)
        jw_open_object(&p.w);
    write_head(&p);
    write_configuration(&p);
    write_controls(&p);
    write_dynamic(&p);
    write_block(&p, "hypothesis", "Steady state hypothesis", e->probes, e->probe_count);
    write_block(&p, "method", "Method", e->method, e->method_count);
    write_block(&p, "rollbacks", "Rollbacks", e->rollbacks, e->rollback_count);
    if (options->json) {
        preview_time_json(&p.w, plan, p.values);
        jw_close_object(&p.w);
        buf_add_char(out, '\n');
    }
    arena_free(&p.arena);
}
