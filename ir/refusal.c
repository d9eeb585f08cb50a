/* What the reference's validation refuses, in its own order and words: it stops at its first complaint,
 * and dies with a traceback where its code expects another type. */
#include <stdarg.h>
#include <stdio.h>

#include "ir/ir.h"
#include "runtime/base/buf.h"
#include "runtime/base/pytext.h"
#include "runtime/expr/jsonpath.h"
#include "runtime/expr/regexp.h"
#include "schema/schema.h"

struct search {
    struct ir *ir;
    struct ir_refusal *refusal;
    enum jsonpath_dialect paths; /* that are let pass */
    bool found;
};

/* Every check returns true to go on, false once something was found. */
__attribute__((format(printf, 4, 5))) static bool refuse(
    struct search *s, const struct doc_node *node, bool crash, const char *format, ...)
{
    if (s->found)
        return false;
    struct buf text = {0};
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_add_text(&text, line);
    s->found = true;
    s->refusal->message = arena_str(&s->ir->arena, buf_str(&text));
    s->refusal->span = node ? node->span : s->ir->doc->root->span;
    s->refusal->crash = crash;
    buf_free(&text);
    return false;
}

static bool crash(struct search *s, const struct doc_node *node, const char *what)
{
    return refuse(
        s, node, true, "%s must not be %s", what, doc_kind_name((enum doc_kind)node->kind));
}

static bool is_null(const struct doc_node *node)
{
    return !node || node->kind == DOC_NULL;
}

static bool is_string(const struct doc_node *node, const char *text)
{
    return node && node->kind == DOC_STRING && str_equal(node->as.text, str_from(text));
}

/* The node as Python's repr() of what it is read as; a string as it is, as format() prints it. */
static void add_python(struct buf *out, const struct doc_node *node, bool quoted)
{
    bool first = true;
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        buf_add_text(out, "None");
        break;
    case DOC_BOOL:
        buf_add_text(out, node->as.truth ? "True" : "False");
        break;
    case DOC_STRING:
        if (quoted)
            pytext_add_quoted(out, node->as.text);
        else
            buf_add_str(out, node->as.text);
        break;
    case DOC_ARRAY:
        buf_add_char(out, '[');
        for (size_t i = 0; i < node->as.array.count; i++) {
            buf_add_text(out, i ? ", " : "");
            add_python(out, node->as.array.items[i], true);
        }
        buf_add_char(out, ']');
        break;
    case DOC_OBJECT:
    case DOC_SET:
        buf_add_char(out, '{');
        for (size_t i = 0; i < node->as.object.count; i++) {
            if (node->as.object.members[i].repeated)
                continue;
            buf_add_text(out, first ? "" : ", ");
            first = false;
            pytext_add_quoted(out, node->as.object.members[i].key);
            buf_add_text(out, ": ");
            add_python(out, node->as.object.members[i].value, true);
        }
        buf_add_char(out, '}');
        break;
    case DOC_ERROR:
    case DOC_INT:
    case DOC_REAL:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        buf_add_str(out, node->as.text);
        break;
    }
}

static struct str text_of(struct search *s, const struct doc_node *node)
{
    if (is_null(node))
        return STR("None");
    struct buf text = {0};
    add_python(&text, node, false);
    struct str copy = arena_str(&s->ir->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}

/* ---- activities ---- */

static bool check_pause(struct search *s, const struct doc_node *pauses, const char *which)
{
    const struct doc_node *pause = doc_get(pauses, str_from(which));
    if (!pause || pause->kind != DOC_STRING ||
        (str_starts(pause->as.text, STR("${")) && str_ends(pause->as.text, STR("}"))))
        return true;
    return refuse(s, pause, false,
        "activity %s pause must be a number or a pattern to a variable from the configuration or "
        "secrets",
        which);
}

static bool check_python(struct search *s, const struct doc_node *provider)
{
    if (!doc_truthy(doc_get(provider, STR("module"))))
        return refuse(s, provider, false, "a Python activity must have a module path");
    if (!doc_truthy(doc_get(provider, STR("func"))))
        return refuse(s, provider, false, "a Python activity must have a function name");
    const struct doc_node *module = doc_get(provider, STR("module"));
    if (module->kind != DOC_STRING && module->kind != DOC_ERROR)
        return crash(s, module, "the `module` of a Python provider");
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    if (arguments && arguments->kind != DOC_OBJECT && arguments->kind != DOC_ERROR)
        return crash(s, arguments, "the `arguments` of a Python provider");
    return true;
}

static bool check_provider(struct search *s, const struct doc_node *provider)
{
    const struct doc_node *type = doc_get(provider, STR("type"));
    if (is_string(type, "python"))
        return check_python(s, provider);
    if (is_string(type, "process")) {
        const struct doc_node *path = doc_get(provider, STR("path"));
        if (!doc_truthy(path))
            return refuse(s, provider, false, "a process activity must have a path");
        return path->kind == DOC_STRING || path->kind == DOC_ERROR
                   ? true
                   : crash(s, path, "the `path` of a process provider");
    }
    const struct doc_node *headers = doc_get(provider, STR("headers"));
    if (!doc_truthy(doc_get(provider, STR("url"))))
        return refuse(s, provider, false, "a HTTP activity must have a URL");
    if (doc_truthy(headers) && headers->kind != DOC_OBJECT && headers->kind != DOC_ERROR)
        return refuse(s, headers, false, "a HTTP activities expect headers as a mapping");
    return true;
}

static bool check_timing(struct search *s, const struct doc_node *activity)
{
    const struct doc_node *timeout = doc_get(activity, STR("timeout"));
    if (!is_null(timeout) && timeout->kind != DOC_INT && timeout->kind != DOC_REAL &&
        timeout->kind != DOC_BOOL && timeout->kind != DOC_ERROR)
        return refuse(s, timeout, false, "activity timeout must be a number");
    const struct doc_node *pauses = doc_get(activity, STR("pauses"));
    if (!is_null(pauses)) {
        if (pauses->kind != DOC_OBJECT && pauses->kind != DOC_ERROR)
            return crash(s, pauses, "the `pauses` of an activity");
        if (!check_pause(s, pauses, "before") || !check_pause(s, pauses, "after"))
            return false;
    }
    const struct doc_node *background = doc_get(activity, STR("background"));
    if (background && background->kind != DOC_BOOL && background->kind != DOC_ERROR)
        return refuse(s, background, false, "activity background must be a boolean");
    return true;
}

static bool check_activity(struct search *s, const struct doc_node *activity)
{
    if (!doc_truthy(activity))
        return refuse(s, activity, false, "empty activity is no activity");
    if (activity->kind == DOC_ERROR)
        return true;
    if (activity->kind != DOC_OBJECT)
        return crash(s, activity, "an activity");
    const struct doc_node *ref = doc_get(activity, STR("ref"));
    if (!is_null(ref)) {
        if (ref->kind == DOC_ERROR || (ref->kind == DOC_STRING && ref->as.text.len > 0))
            return true;
        return refuse(s, ref, false, "reference to activity must be non-empty strings");
    }
    const struct doc_node *type = doc_get(activity, STR("type"));
    if (!doc_truthy(type))
        return refuse(s, activity, false, "an activity must have a type");
    if (type->kind != DOC_ERROR && !is_string(type, "probe") && !is_string(type, "action"))
        return refuse(
            s, type, false, "'%.*s' is not a supported activity type", STR_ARG(text_of(s, type)));
    if (!doc_truthy(doc_get(activity, STR("name"))))
        return refuse(s, activity, false, "an activity must have a name");
    const struct doc_node *provider = doc_get(activity, STR("provider"));
    if (!doc_truthy(provider))
        return refuse(s, activity, false, "an activity requires a provider");
    if (provider->kind == DOC_ERROR)
        return true;
    if (provider->kind != DOC_OBJECT)
        return crash(s, provider, "a provider");
    const struct doc_node *kind = doc_get(provider, STR("type"));
    if (!doc_truthy(kind))
        return refuse(s, provider, false, "a provider must have a type");
    if (kind->kind == DOC_ERROR)
        return true;
    if (!is_string(kind, "python") && !is_string(kind, "process") && !is_string(kind, "http"))
        return refuse(s, kind, false, "unknown provider type '%.*s'", STR_ARG(text_of(s, kind)));
    return check_timing(s, activity) && check_provider(s, provider);
}

/* ---- tolerances ---- */

static bool check_regex(struct search *s, const struct doc_node *tolerance)
{
    const struct doc_node *pattern = doc_get(tolerance, STR("pattern"));
    if (!pattern)
        return refuse(
            s, tolerance, false, "hypothesis regex probe tolerance must have a `pattern` key");
    if (pattern->kind == DOC_ERROR)
        return true;
    if (pattern->kind != DOC_STRING)
        return refuse(s, pattern, false,
            "hypothesis probe tolerance pattern %.*s has an invalid type",
            STR_ARG(text_of(s, pattern)));
    struct str translation;
    struct regexp_error error;
    if (!regexp_translate(&s->ir->arena, pattern->as.text, &translation, &error))
        return refuse(s, pattern, false,
            "hypothesis probe tolerance pattern %.*s seems invalid: %.*s",
            STR_ARG(pattern->as.text), STR_ARG(error.message));
    return true;
}

static bool check_path(struct search *s, const struct doc_node *tolerance)
{
    const struct doc_node *path = doc_get(tolerance, STR("path"));
    if (!path)
        return refuse(
            s, tolerance, false, "hypothesis jsonpath probe tolerance must have a `path` key");
    if (path->kind == DOC_ERROR)
        return true;
    if (path->kind != DOC_STRING)
        return crash(s, path, "the `path` of a jsonpath tolerance");
    size_t blanks = 0;
    while (blanks < path->as.text.len && strchr(" \t\n\r\v\f", path->as.text.ptr[blanks]))
        blanks++;
    if (blanks == path->as.text.len)
        return refuse(s, path, false, "hypothesis probe tolerance JSON path cannot be empty");
    struct jsonpath program;
    struct jsonpath_error error;
    if (!jsonpath_compile(&s->ir->arena, path->as.text, s->paths, &program, &error))
        return refuse(s, path, false, "hypothesis probe tolerance JSON path %.*s is invalid",
            STR_ARG(path->as.text));
    return true;
}

static bool is_number(const struct doc_node *node)
{
    return node->kind == DOC_INT || node->kind == DOC_REAL || node->kind == DOC_BOOL ||
           node->kind == DOC_ERROR;
}

static bool check_range(struct search *s, const struct doc_node *tolerance)
{
    const struct doc_node *range = doc_get(tolerance, STR("range"));
    if (!range)
        return refuse(
            s, tolerance, false, "hypothesis range probe tolerance must have a `range` key");
    if (range->kind == DOC_ERROR)
        return true;
    if (range->kind != DOC_ARRAY)
        return refuse(s, range, false, "hypothesis range must be a sequence");
    if (range->as.array.count != 2)
        return refuse(s, range, false, "hypothesis range sequence must be made of two values");
    if (!is_number(range->as.array.items[0]))
        return refuse(
            s, range->as.array.items[0], false, "hypothesis range lower boundary must be a number");
    if (!is_number(range->as.array.items[1]))
        return refuse(
            s, range->as.array.items[1], false, "hypothesis range upper boundary must be a number");
    return true;
}

static bool check_tolerance(struct search *s, const struct doc_node *tolerance)
{
    if (tolerance->kind == DOC_NULL || tolerance->kind == DOC_REAL || tolerance->kind == DOC_DATE ||
        tolerance->kind == DOC_DATETIME || tolerance->kind == DOC_BINARY ||
        tolerance->kind == DOC_SET)
        return refuse(s, tolerance, false,
            "hypothesis probe tolerance must either be an integer, a string, a boolean or a pair "
            "of values for boundaries. It can also be a dictionary which is a probe activity "
            "definition that takes an argument called `value` with the value of the probe itself "
            "to be validated");
    if (tolerance->kind != DOC_OBJECT)
        return true;
    const struct doc_node *type = doc_get(tolerance, STR("type"));
    if (is_string(type, "probe"))
        return check_activity(s, tolerance);
    if (is_string(type, "regex"))
        return check_regex(s, tolerance);
    if (is_string(type, "jsonpath"))
        return check_path(s, tolerance);
    if (is_string(type, "range"))
        return check_range(s, tolerance);
    if (type && type->kind == DOC_ERROR)
        return true;
    return refuse(s, type ? type : tolerance, false,
        "hypothesis probe tolerance type '%.*s' is unsupported", STR_ARG(text_of(s, type)));
}

/* ---- the parts of an experiment ---- */

/* What the reference iterates over and asks for `.get` before it validates anything. */
static bool check_cache(struct search *s, const struct doc_node *root)
{
    if (root->kind != DOC_OBJECT)
        return crash(s, root, "an experiment");
    const struct doc_node *method = doc_get(root, STR("method"));
    const struct doc_node *hypothesis = doc_get(root, STR("steady-state-hypothesis"));
    if (hypothesis && hypothesis->kind != DOC_OBJECT && hypothesis->kind != DOC_ERROR)
        return crash(s, hypothesis, "the steady-state hypothesis");
    const struct doc_node *lists[] = {method, doc_get(hypothesis, STR("probes"))};
    static const char *const names[] = {"the method", "the `probes` of the hypothesis"};
    for (size_t i = 0; i < 2; i++) {
        if (!lists[i] || lists[i]->kind == DOC_ERROR)
            continue;
        if (lists[i]->kind != DOC_ARRAY)
            return crash(s, lists[i], names[i]);
        for (size_t k = 0; k < lists[i]->as.array.count; k++) {
            const struct doc_node *activity = lists[i]->as.array.items[k];
            if (activity->kind != DOC_OBJECT && activity->kind != DOC_ERROR)
                return crash(s, activity, "an activity");
            const struct doc_node *name = doc_get(activity, STR("name"));
            if (doc_truthy(name) && (name->kind == DOC_ARRAY || name->kind == DOC_OBJECT))
                return crash(s, name, "the name of an activity");
        }
    }
    return true;
}

static bool check_head(struct search *s, const struct doc_node *root)
{
    if (!doc_truthy(doc_get(root, STR("title"))))
        return refuse(s, root, false, "experiment requires a title");
    if (!doc_truthy(doc_get(root, STR("description"))))
        return refuse(s, root, false, "experiment requires a description");
    const struct doc_node *tags = doc_get(root, STR("tags"));
    if (doc_truthy(tags) &&
        (tags->kind == DOC_INT || tags->kind == DOC_REAL || tags->kind == DOC_BOOL))
        return crash(s, tags, "the tags");
    for (size_t i = 0; tags && tags->kind == DOC_ARRAY && i < tags->as.array.count; i++) {
        const struct doc_node *tag = tags->as.array.items[i];
        if (tag->kind != DOC_ERROR && (tag->kind != DOC_STRING || tag->as.text.len == 0))
            return refuse(s, tag, false, "experiment tags must be a non-empty string");
    }
    const struct doc_node *extensions = doc_get(root, STR("extensions"));
    if (!doc_truthy(extensions) || extensions->kind == DOC_ERROR)
        return true;
    if (extensions->kind != DOC_ARRAY)
        return crash(s, extensions, "`extensions`");
    for (size_t i = 0; i < extensions->as.array.count; i++) {
        const struct doc_node *extension = extensions->as.array.items[i];
        if (extension->kind == DOC_ERROR)
            continue;
        if (extension->kind != DOC_OBJECT)
            return crash(s, extension, "an extension");
        const struct doc_node *name = doc_get(extension, STR("name"));
        if (doc_truthy(name) && name->kind != DOC_STRING && name->kind != DOC_ERROR)
            return crash(s, name, "the name of an extension");
        size_t blanks = 0;
        while (name && name->kind == DOC_STRING && blanks < name->as.text.len &&
               strchr(" \t\n\r\v\f", name->as.text.ptr[blanks]))
            blanks++;
        if (!doc_truthy(name) || (name->kind == DOC_STRING && blanks == name->as.text.len))
            return refuse(s, extension, false, "All extensions require a non-empty name");
    }
    return true;
}

/* `key` of an environment source: a missing one is a KeyError. */
static bool check_env(struct search *s, const struct doc_node *source)
{
    const struct doc_node *key = doc_get(source, STR("key"));
    if (!key)
        return refuse(s, source, true, "a value of type `env` needs a `key`");
    if (key->kind != DOC_STRING && key->kind != DOC_ERROR)
        return crash(s, key, "the `key` of a value of type `env`");
    return true;
}

static bool check_configuration(struct search *s, const struct doc_node *root)
{
    const struct doc_node *all = doc_get(root, STR("configuration"));
    if (!all || all->kind == DOC_ERROR)
        return true;
    if (all->kind != DOC_OBJECT)
        return crash(s, all, "the configuration");
    for (size_t i = 0; i < all->as.object.count; i++) {
        const struct doc_node *value = all->as.object.members[i].value;
        if (!is_string(doc_get(value, STR("type")), "env"))
            continue;
        if (!check_env(s, value))
            return false;
        const struct doc_node *type = doc_get(value, STR("env_var_type"));
        if (is_null(type) || type->kind == DOC_ERROR)
            continue;
        if (type->kind != DOC_STRING ||
            !schema_is_choice(schema_fields[SCHEMA_CONFIG_ENV_ENV_VAR_TYPE].choices, type->as.text))
            return refuse(
                s, type, true, "variable type can only be: bool, str, int, float, bytes or json");
    }
    return true;
}

static bool check_secret_sources(struct search *s, const struct doc_node *all)
{
    for (size_t i = 0; i < all->as.object.count; i++) {
        const struct doc_node *value = all->as.object.members[i].value;
        if (value->kind != DOC_OBJECT)
            continue;
        const struct doc_node *type = doc_get(value, STR("type"));
        if (is_string(type, "env")     ? !check_env(s, value)
            : is_string(type, "vault") ? false
                                       : !check_secret_sources(s, value))
            return false;
    }
    return true;
}

static bool check_secrets(struct search *s, const struct doc_node *root)
{
    const struct doc_node *all = doc_get(root, STR("secrets"));
    if (!all || all->kind == DOC_ERROR)
        return true;
    if (all->kind != DOC_OBJECT)
        return crash(s, all, "`secrets`");
    return check_secret_sources(s, all);
}

static bool check_hypothesis(struct search *s, const struct doc_node *root)
{
    const struct doc_node *hypothesis = doc_get(root, STR("steady-state-hypothesis"));
    if (is_null(hypothesis) || hypothesis->kind != DOC_OBJECT)
        return true;
    if (!doc_truthy(doc_get(hypothesis, STR("title"))))
        return refuse(s, hypothesis, false, "hypothesis requires a title");
    const struct doc_node *probes = doc_get(hypothesis, STR("probes"));
    for (size_t i = 0; probes && probes->kind == DOC_ARRAY && i < probes->as.array.count; i++) {
        const struct doc_node *probe = probes->as.array.items[i];
        if (!check_activity(s, probe))
            return false;
        if (probe->kind != DOC_OBJECT)
            continue;
        const struct doc_node *tolerance = doc_get(probe, STR("tolerance"));
        if (!tolerance)
            return refuse(s, probe, false, "hypothesis probe must have a tolerance entry");
        if (!check_tolerance(s, tolerance))
            return false;
    }
    return true;
}

/* The engine finds a reference among the names of the method and the hypothesis. */
static bool has_name(const struct ir_experiment *experiment, struct str name)
{
    for (size_t i = 0; i < experiment->method.count; i++)
        if (str_equal(experiment->method.items[i].name.text, name))
            return true;
    for (size_t i = 0; experiment->hypothesis && i < experiment->hypothesis->probes.count; i++)
        if (str_equal(experiment->hypothesis->probes.items[i].name.text, name))
            return true;
    return false;
}

static bool check_method(struct search *s, const struct doc_node *root)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    if (!doc_get(root, STR("method")))
        return refuse(s, root, false,
            "an experiment requires a method, which can be empty for only checking steady state "
            "hypothesis ");
    for (size_t i = 0; i < experiment->method.count; i++) {
        const struct ir_activity *activity = &experiment->method.items[i];
        if (!check_activity(s, activity->node))
            return false;
        if (activity->kind == IR_REF && ir_is_text(activity->ref) && !activity->target &&
            !has_name(experiment, activity->ref.text))
            return refuse(s, activity->ref.node, false,
                "referenced activity '%.*s' could not be found in the experiment",
                STR_ARG(activity->ref.text));
    }
    const struct doc_node *rollbacks = doc_get(root, STR("rollbacks"));
    if (!rollbacks || rollbacks->kind == DOC_ERROR)
        return true;
    if (rollbacks->kind != DOC_ARRAY)
        return crash(s, rollbacks, "`rollbacks`");
    for (size_t i = 0; i < rollbacks->as.array.count; i++)
        if (!check_activity(s, rollbacks->as.array.items[i]))
            return false;
    return true;
}

/* The look for deprecated forms asks every group of secrets for its items. */
static bool check_groups(struct search *s)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    for (size_t i = 0; i < experiment->secret_count; i++) {
        const struct doc_node *group = experiment->secrets[i].node;
        if (group->kind != DOC_OBJECT && group->kind != DOC_ERROR)
            return crash(s, group, "a group of secrets");
    }
    return true;
}

static bool declares_control(const struct ir_experiment *experiment, struct str name)
{
    const struct ir_activities *blocks[] = {&experiment->method, &experiment->rollbacks,
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL};
    const struct ir_controls *lists[] = {
        &experiment->controls, experiment->hypothesis ? &experiment->hypothesis->controls : NULL};
    for (size_t l = 0; l < 2; l++)
        for (size_t i = 0; lists[l] && i < lists[l]->count; i++)
            if (!lists[l]->items[i].ref.node && str_equal(lists[l]->items[i].name.text, name))
                return true;
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++)
            for (size_t k = 0; k < blocks[b]->items[i].controls.count; k++) {
                const struct ir_control *control = &blocks[b]->items[i].controls.items[k];
                if (!control->ref.node && str_equal(control->name.text, name))
                    return true;
            }
    return false;
}

/* What is no mapping is asked all the same whether `"name" in` it: text and lists can answer. */
static bool check_odd_control(struct search *s, const struct doc_node *node)
{
    bool named = false;
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        named = named || is_string(node->as.array.items[i], "name");
    if (node->kind == DOC_STRING)
        named = str_contains(node->as.text, STR("name"));
    if (named || (node->kind != DOC_STRING && node->kind != DOC_ARRAY))
        return crash(s, node, "a control");
    return refuse(s, node, false, "A control must have a `name` property");
}

static bool check_control(struct search *s, const struct ir_control *control)
{
    const struct doc_node *node = control->node;
    if (node->kind == DOC_ERROR)
        return true;
    if (node->kind != DOC_OBJECT)
        return check_odd_control(s, node);
    if (control->ref.node && control->ref.node->kind != DOC_ERROR &&
        !declares_control(s->ir->experiment, control->ref.text))
        return refuse(s, node, false, "Control reference '{}' declaration cannot be found");
    if (!control->name.node)
        return refuse(s, node, false, "A control must have a `name` property");
    if (!control->provider)
        return refuse(s, node, false, "Control '%.*s' must have a `provider` property",
            STR_ARG(text_of(s, control->name.node)));
    if (doc_truthy(control->scope.node) && control->scope.node->kind != DOC_ERROR &&
        !is_string(control->scope.node, "before") && !is_string(control->scope.node, "after"))
        return refuse(s, control->scope.node, false,
            "Control '%.*s' scope property must be 'before' or 'after' only",
            STR_ARG(text_of(s, control->name.node)));
    if (control->provider->kind != DOC_OBJECT && control->provider->kind != DOC_ERROR)
        return crash(s, control->provider, "the provider of a control");
    if (is_string(control->provider_type.node, "python") && doc_truthy(control->module.node) &&
        control->module.node->kind != DOC_STRING && control->module.node->kind != DOC_ERROR)
        return crash(s, control->module.node, "the `module` of a control");
    if (is_string(control->provider_type.node, "python") && !doc_truthy(control->module.node))
        return refuse(s, control->provider, false, "Control '%.*s' must have a module path",
            STR_ARG(text_of(s, control->name.node)));
    return true;
}

static bool check_control_list(struct search *s, const struct ir_controls *controls)
{
    const struct doc_node *node = controls->node;
    if (node && (node->kind == DOC_STRING || node->kind == DOC_OBJECT)) {
        /* Its characters or keys are taken for the controls. */
        bool none = node->kind == DOC_STRING ? node->as.text.len == 0 : node->as.object.count == 0;
        bool named = node->kind == DOC_OBJECT && doc_get(node, STR("name"));
        if (named)
            return crash(s, node, "`controls`");
        return none || refuse(s, node, false, "A control must have a `name` property");
    }
    if (node && node->kind != DOC_ARRAY && node->kind != DOC_ERROR)
        return crash(s, node, "`controls`");
    for (size_t i = 0; i < controls->count; i++)
        if (!check_control(s, &controls->items[i]))
            return false;
    return true;
}

static bool check_all_controls(struct search *s)
{
    const struct ir_experiment *experiment = s->ir->experiment;
    const struct ir_activities *blocks[] = {
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL, &experiment->method,
        &experiment->rollbacks};
    if (!check_control_list(s, &experiment->controls) ||
        (experiment->hypothesis && !check_control_list(s, &experiment->hypothesis->controls)))
        return false;
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++)
            if (!check_control_list(s, &blocks[b]->items[i].controls))
                return false;
    return true;
}

bool ir_reference_invalid(struct ir *ir, bool compat, struct ir_refusal *refusal)
{
    const struct doc_node *root = ir->doc->root;
    struct search s = {
        .ir = ir, .refusal = refusal, .paths = compat ? JSONPATH_JSONPATH2 : JSONPATH_AUTO};
    *refusal = (struct ir_refusal){0};
    if (root->kind == DOC_ERROR)
        return false;
    if (!doc_truthy(root))
        return !refuse(&s, root, false, "an empty experiment is not an experiment");
    bool valid = check_cache(&s, root) && check_head(&s, root) && check_configuration(&s, root) &&
                 check_secrets(&s, root) && check_hypothesis(&s, root) && check_method(&s, root) &&
                 check_groups(&s) && check_all_controls(&s);
    return !valid;
}
