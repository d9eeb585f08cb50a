#include "runtime/runner/describe.h"

#include <stdio.h>

#include "runtime/base/json_write.h"
#include "runtime/base/map.h"

/* ---- inputs: configuration and secrets ---- */

static bool is_required(const struct plan_variable *row)
{
    return row->source == PLAN_ENVIRONMENT && row->preset == PLAN_NONE;
}

static void visit_required(
    const struct rt_plan *plan, uint32_t first, uint32_t count, describe_fn *each, void *context)
{
    for (uint32_t i = first; i < first + count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        if (row->source == PLAN_GROUP)
            visit_required(plan, row->members, row->member_count, each, context);
        else if (is_required(row))
            each(context, plan_text(plan, row->name), plan_text(plan, row->key));
    }
}

void describe_required(const struct rt_plan *plan, describe_fn *each, void *context)
{
    const struct plan_experiment *experiment = plan_experiment(plan);
    visit_required(plan, experiment->configuration, experiment->configuration_count, each, context);
    visit_required(plan, experiment->secrets, experiment->secret_count, each, context);
}

struct input_writer {
    struct json_writer *w;
    const struct rt_plan *plan;
    const struct value *values;
};

static void add_input(
    const struct input_writer *in, const struct plan_variable *row, struct str group, bool secret)
{
    static const char *const sources[] = {[PLAN_INLINE] = "inline",
        [PLAN_ENVIRONMENT] = "env",
        [PLAN_VAULT] = "vault",
        [PLAN_DYNAMIC] = "probe"};
    struct json_writer *w = in->w;
    jw_open_object(w);
    jw_key_string(w, "name", plan_text(in->plan, row->name));
    jw_key_text(w, "kind", secret ? "secret" : "configuration");
    if (group.len)
        jw_key_string(w, "group", group);
    jw_key_text(w, "source", sources[row->source]);
    if (row->source == PLAN_ENVIRONMENT) {
        jw_key_string(w, "variable", plan_text(in->plan, row->key));
        if (row->type != PLAN_NONE)
            jw_key_string(w, "type", plan_text(in->plan, row->type));
        jw_key_bool(w, "required", is_required(row));
        if (row->preset != PLAN_NONE && !secret) {
            jw_key(w, STR("default"));
            jw_value(w, &in->values[row->preset]);
        }
    }
    jw_close_object(w);
}

/* Groups may hold groups: "outer.inner". */
static void add_secret(
    struct arena *arena, const struct input_writer *in, uint32_t index, struct str group)
{
    const struct plan_variable *row = &in->plan->variable_rows[index];
    struct str name = plan_text(in->plan, row->name);
    if (row->source != PLAN_GROUP) {
        add_input(in, row, group, true);
        return;
    }
    struct str inside =
        group.len ? arena_printf(arena, "%.*s.%.*s", STR_ARG(group), STR_ARG(name)) : name;
    for (uint32_t i = 0; i < row->member_count; i++)
        add_secret(arena, in, row->members + i, inside);
}

static void add_inputs(struct arena *arena, const struct input_writer *in)
{
    const struct plan_experiment *experiment = plan_experiment(in->plan);
    jw_key(in->w, STR("inputs"));
    jw_open_array(in->w);
    for (uint32_t i = 0; i < experiment->configuration_count; i++)
        add_input(in, &in->plan->variable_rows[experiment->configuration + i], STR(""), false);
    for (uint32_t i = 0; i < experiment->secret_count; i++)
        add_secret(arena, in, experiment->secrets + i, STR(""));
    jw_close_array(in->w);
}

/* ---- systems: what is called ---- */

/* Names in order of first appearance. */
struct name_list {
    struct map seen;
    struct str *names;
    size_t count, room;
};

struct systems {
    struct name_list hosts, programs, packages;
    bool http, vault; /* hosts are asked by activities, and for secrets */
};

static void add_once(struct arena *arena, struct name_list *list, struct str name)
{
    if (!name.len || map_get(&list->seen, name))
        return;
    map_set(&list->seen, name, list);
    *ARENA_PUSH(arena, list->names, list->count, list->room) = name;
}

/* "host:port" of a URL as written; the whole text where it begins with a template. */
static struct str authority(struct str url)
{
    const char *start = url.len ? memmem(url.ptr, url.len, "://", 3) : NULL;
    if (!start)
        return url;
    struct str rest = str_slice(start + 3, url.ptr + url.len);
    size_t len = 0;
    while (len < rest.len && !memchr("/?#", rest.ptr[len], 3))
        len++;
    const char *at = memrchr(rest.ptr, '@', len);
    return at ? str_slice(at + 1, rest.ptr + len) : (struct str){rest.ptr, len};
}

static struct str first_part(struct str module)
{
    const char *dot = module.len ? memchr(module.ptr, '.', module.len) : NULL;
    return dot ? str_slice(module.ptr, dot) : module;
}

static struct str text_of(const struct value *values, uint32_t field)
{
    return field != PLAN_NONE && values[field].kind == VALUE_STRING ? values[field].as.text
                                                                    : (struct str){0};
}

static void collect(
    struct systems *s, struct arena *arena, const struct rt_plan *plan, const struct value *values)
{
    map_init(&s->hosts.seen, arena);
    map_init(&s->programs.seen, arena);
    map_init(&s->packages.seen, arena);
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        if (row->flags & PLAN_ACTIVITY_REF)
            continue;
        s->http |= row->provider == PLAN_HTTP;
        if (row->provider == PLAN_HTTP)
            add_once(arena, &s->hosts, authority(text_of(values, row->url)));
        else if (row->provider == PLAN_PROCESS)
            add_once(arena, &s->programs, text_of(values, row->path));
        else if (row->provider == PLAN_PYTHON)
            add_once(arena, &s->packages, first_part(text_of(values, row->module)));
    }
}

/* Controls are Python's, whatever the activities are. */
static void collect_controls(
    struct systems *s, struct arena *arena, const struct rt_plan *plan, const struct value *values)
{
    for (uint32_t i = 0; i < plan->control_count; i++) {
        const struct value *provider =
            value_get(&values[plan->control_rows[i].document], STR("provider"));
        const struct value *module = provider ? value_get(provider, STR("module")) : NULL;
        if (module && module->kind == VALUE_STRING)
            add_once(arena, &s->packages, first_part(module->as.text));
    }
}

/* Where Vault is stands in the configuration, as it is written; else only the runner's environment knows. */
static void collect_vault(
    struct systems *s, struct arena *arena, const struct rt_plan *plan, const struct value *values)
{
    const struct value *configuration = value_get(&values[PLAN_DOCUMENT], STR("configuration"));
    const struct value *address =
        configuration ? value_get(configuration, STR("vault_addr")) : NULL;
    for (uint32_t i = 0; i < plan->variable_count && !s->vault; i++)
        s->vault = plan->variable_rows[i].source == PLAN_VAULT;
    if (s->vault)
        add_once(arena, &s->hosts,
            address && address->kind == VALUE_STRING ? authority(address->as.text)
                                                     : STR("${vault_addr}"));
}

static void add_list(struct json_writer *w, const char *key, const struct name_list *list)
{
    jw_key(w, str_from(key));
    jw_open_array(w);
    for (size_t i = 0; i < list->count; i++)
        jw_string(w, list->names[i]);
    jw_close_array(w);
}

static void add_systems(struct json_writer *w, const struct systems *s)
{
    jw_key(w, STR("systems"));
    jw_open_object(w);
    add_list(w, "hosts", &s->hosts);
    add_list(w, "programs", &s->programs);
    add_list(w, "packages", &s->packages);
    jw_close_object(w);
    jw_key(w, STR("drivers"));
    jw_open_array(w);
    if (s->programs.count)
        jw_string(w, STR("process"));
    if (s->http)
        jw_string(w, STR("http"));
    if (s->packages.count)
        jw_string(w, STR("python"));
    if (s->vault)
        jw_string(w, STR("vault"));
    jw_close_array(w);
}

void describe_json(struct buf *out, const struct rt_plan *plan)
{
    const struct plan_experiment *experiment = plan_experiment(plan);
    struct arena arena;
    struct systems systems = {0};
    char hash[20];
    arena_init(&arena);
    const struct value *values = plan_values(&arena, plan);
    collect(&systems, &arena, plan, values);
    collect_controls(&systems, &arena, plan, values);
    collect_vault(&systems, &arena, plan, values);
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)plan_hash(plan));

    struct json_writer w = jw_start(out, (struct json_style){.indent = 2});
    jw_open_object(&w);
    jw_key_string(&w, "title", plan_text(plan, experiment->title));
    jw_key_string(&w, "file", plan_text(plan, experiment->file));
    jw_key_text(&w, "chaosc", CHAOSC_VERSION);
    jw_key_text(&w, "hash", hash);
    add_inputs(&arena, &(struct input_writer){&w, plan, values});
    add_systems(&w, &systems);
    jw_key(&w, STR("activities"));
    jw_open_object(&w);
    jw_key_int(&w, "hypothesis", experiment->probe_count);
    jw_key_int(&w, "method", experiment->method_count);
    jw_key_int(&w, "rollbacks", experiment->rollback_count);
    jw_close_object(&w);
    jw_close_object(&w);
    buf_add_char(out, '\n');
    arena_free(&arena);
}

static void add_required_line(void *context, struct str name, struct str variable)
{
    buf_printf(context, "  %.*s, for `%.*s`\n", STR_ARG(variable), STR_ARG(name));
}

void describe_text(struct buf *out, const struct rt_plan *plan)
{
    const struct plan_experiment *experiment = plan_experiment(plan);
    struct buf required = {0};
    buf_printf(out, "Experiment: %.*s\n", STR_ARG(plan_text(plan, experiment->title)));
    buf_printf(out, "%u hypothesis probe%s, %u activit%s in the method, %u rollback%s\n",
        (unsigned)experiment->probe_count, experiment->probe_count == 1 ? "" : "s",
        (unsigned)experiment->method_count, experiment->method_count == 1 ? "y" : "ies",
        (unsigned)experiment->rollback_count, experiment->rollback_count == 1 ? "" : "s");
    describe_required(plan, add_required_line, &required);
    if (required.len)
        buf_printf(out, "\nEnvironment variables that must be set:\n%s", required.data);
    buf_free(&required);
}
