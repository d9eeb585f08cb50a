/* What the reference's validation refuses of activities and tolerances (activity.py, hypothesis.py). */
#include "ir/refusal.h"

#include "runtime/expr/regexp.h"

static bool is_null(const struct doc_node *node)
{
    return !node || node->kind == DOC_NULL;
}

/* ---- activities ---- */

static bool check_pause(struct search *s, const struct doc_node *pauses, const char *which)
{
    const struct doc_node *pause = doc_get(pauses, str_from(which));
    if (!pause || pause->kind != DOC_STRING ||
        (str_starts(pause->as.text, STR("${")) && str_ends(pause->as.text, STR("}"))))
        return true;
    return refusal_say(s, pause, false,
        "activity %s pause must be a number or a pattern to a variable from the configuration or "
        "secrets",
        which);
}

static bool check_python(struct search *s, const struct doc_node *provider)
{
    if (!doc_truthy(doc_get(provider, STR("module"))))
        return refusal_say(s, provider, false, "a Python activity must have a module path");
    if (!doc_truthy(doc_get(provider, STR("func"))))
        return refusal_say(s, provider, false, "a Python activity must have a function name");
    const struct doc_node *module = doc_get(provider, STR("module"));
    if (module->kind != DOC_STRING && module->kind != DOC_ERROR)
        return refusal_crash(s, module, "the `module` of a Python provider");
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    if (arguments && arguments->kind != DOC_OBJECT && arguments->kind != DOC_ERROR)
        return refusal_crash(s, arguments, "the `arguments` of a Python provider");
    return true;
}

static bool check_provider(struct search *s, const struct doc_node *provider)
{
    const struct doc_node *type = doc_get(provider, STR("type"));
    if (refusal_is(type, "python"))
        return check_python(s, provider);
    if (refusal_is(type, "process")) {
        const struct doc_node *path = doc_get(provider, STR("path"));
        if (!doc_truthy(path))
            return refusal_say(s, provider, false, "a process activity must have a path");
        return path->kind == DOC_STRING || path->kind == DOC_ERROR
                   ? true
                   : refusal_crash(s, path, "the `path` of a process provider");
    }
    const struct doc_node *headers = doc_get(provider, STR("headers"));
    if (!doc_truthy(doc_get(provider, STR("url"))))
        return refusal_say(s, provider, false, "a HTTP activity must have a URL");
    if (doc_truthy(headers) && headers->kind != DOC_OBJECT && headers->kind != DOC_ERROR)
        return refusal_say(s, headers, false, "a HTTP activities expect headers as a mapping");
    return true;
}

static bool check_timing(struct search *s, const struct doc_node *activity)
{
    const struct doc_node *timeout = doc_get(activity, STR("timeout"));
    if (!is_null(timeout) && timeout->kind != DOC_INT && timeout->kind != DOC_REAL &&
        timeout->kind != DOC_BOOL && timeout->kind != DOC_ERROR)
        return refusal_say(s, timeout, false, "activity timeout must be a number");
    const struct doc_node *pauses = doc_get(activity, STR("pauses"));
    if (!is_null(pauses)) {
        if (pauses->kind != DOC_OBJECT && pauses->kind != DOC_ERROR)
            return refusal_crash(s, pauses, "the `pauses` of an activity");
        if (!check_pause(s, pauses, "before") || !check_pause(s, pauses, "after"))
            return false;
    }
    const struct doc_node *background = doc_get(activity, STR("background"));
    if (background && background->kind != DOC_BOOL && background->kind != DOC_ERROR)
        return refusal_say(s, background, false, "activity background must be a boolean");
    return true;
}

bool refusal_of_activity(struct search *s, const struct doc_node *activity)
{
    if (!doc_truthy(activity))
        return refusal_say(s, activity, false, "empty activity is no activity");
    if (activity->kind == DOC_ERROR)
        return true;
    if (activity->kind != DOC_OBJECT)
        return refusal_crash(s, activity, "an activity");
    const struct doc_node *ref = doc_get(activity, STR("ref"));
    if (!is_null(ref)) {
        if (ref->kind == DOC_ERROR || (ref->kind == DOC_STRING && ref->as.text.len > 0))
            return true;
        return refusal_say(s, ref, false, "reference to activity must be non-empty strings");
    }
    const struct doc_node *type = doc_get(activity, STR("type"));
    if (!doc_truthy(type))
        return refusal_say(s, activity, false, "an activity must have a type");
    if (type->kind != DOC_ERROR && !refusal_is(type, "probe") && !refusal_is(type, "action"))
        return refusal_say(s, type, false, "'%.*s' is not a supported activity type",
            STR_ARG(refusal_text(s, type)));
    if (!doc_truthy(doc_get(activity, STR("name"))))
        return refusal_say(s, activity, false, "an activity must have a name");
    const struct doc_node *provider = doc_get(activity, STR("provider"));
    if (!doc_truthy(provider))
        return refusal_say(s, activity, false, "an activity requires a provider");
    if (provider->kind == DOC_ERROR)
        return true;
    if (provider->kind != DOC_OBJECT)
        return refusal_crash(s, provider, "a provider");
    const struct doc_node *kind = doc_get(provider, STR("type"));
    if (!doc_truthy(kind))
        return refusal_say(s, provider, false, "a provider must have a type");
    if (kind->kind == DOC_ERROR)
        return true;
    if (!refusal_is(kind, "python") && !refusal_is(kind, "process") && !refusal_is(kind, "http"))
        return refusal_say(
            s, kind, false, "unknown provider type '%.*s'", STR_ARG(refusal_text(s, kind)));
    return check_timing(s, activity) && check_provider(s, provider);
}

/* ---- tolerances ---- */

static bool check_regex(struct search *s, const struct doc_node *tolerance)
{
    const struct doc_node *pattern = doc_get(tolerance, STR("pattern"));
    if (!pattern)
        return refusal_say(
            s, tolerance, false, "hypothesis regex probe tolerance must have a `pattern` key");
    if (pattern->kind == DOC_ERROR)
        return true;
    if (pattern->kind != DOC_STRING)
        return refusal_say(s, pattern, false,
            "hypothesis probe tolerance pattern %.*s has an invalid type",
            STR_ARG(refusal_text(s, pattern)));
    struct str translation;
    struct regexp_error error;
    if (!regexp_translate(&s->ir->arena, pattern->as.text, &translation, &error))
        return refusal_say(s, pattern, false,
            "hypothesis probe tolerance pattern %.*s seems invalid: %.*s",
            STR_ARG(pattern->as.text), STR_ARG(error.message));
    return true;
}

static bool check_path(struct search *s, const struct doc_node *tolerance)
{
    const struct doc_node *path = doc_get(tolerance, STR("path"));
    if (!path)
        return refusal_say(
            s, tolerance, false, "hypothesis jsonpath probe tolerance must have a `path` key");
    if (path->kind == DOC_ERROR)
        return true;
    if (path->kind != DOC_STRING)
        return refusal_crash(s, path, "the `path` of a jsonpath tolerance");
    size_t blanks = 0;
    while (blanks < path->as.text.len && strchr(" \t\n\r\v\f", path->as.text.ptr[blanks]))
        blanks++;
    if (blanks == path->as.text.len)
        return refusal_say(s, path, false, "hypothesis probe tolerance JSON path cannot be empty");
    struct jsonpath program;
    struct jsonpath_error error;
    if (!jsonpath_compile(&s->ir->arena, path->as.text, s->paths, &program, &error))
        return refusal_say(s, path, false, "hypothesis probe tolerance JSON path %.*s is invalid",
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
        return refusal_say(
            s, tolerance, false, "hypothesis range probe tolerance must have a `range` key");
    if (range->kind == DOC_ERROR)
        return true;
    if (range->kind != DOC_ARRAY)
        return refusal_say(s, range, false, "hypothesis range must be a sequence");
    if (range->as.array.count != 2)
        return refusal_say(s, range, false, "hypothesis range sequence must be made of two values");
    if (!is_number(range->as.array.items[0]))
        return refusal_say(
            s, range->as.array.items[0], false, "hypothesis range lower boundary must be a number");
    if (!is_number(range->as.array.items[1]))
        return refusal_say(
            s, range->as.array.items[1], false, "hypothesis range upper boundary must be a number");
    return true;
}

bool refusal_of_tolerance(struct search *s, const struct doc_node *tolerance)
{
    if (tolerance->kind == DOC_NULL || tolerance->kind == DOC_REAL || tolerance->kind == DOC_DATE ||
        tolerance->kind == DOC_DATETIME || tolerance->kind == DOC_BINARY ||
        tolerance->kind == DOC_SET)
        return refusal_say(s, tolerance, false,
            "hypothesis probe tolerance must either be an integer, a string, a boolean or a pair "
            "of values for boundaries. It can also be a dictionary which is a probe activity "
            "definition that takes an argument called `value` with the value of the probe itself "
            "to be validated");
    if (tolerance->kind != DOC_OBJECT)
        return true;
    const struct doc_node *type = doc_get(tolerance, STR("type"));
    if (refusal_is(type, "probe"))
        return refusal_of_activity(s, tolerance);
    if (refusal_is(type, "regex"))
        return check_regex(s, tolerance);
    if (refusal_is(type, "jsonpath"))
        return check_path(s, tolerance);
    if (refusal_is(type, "range"))
        return check_range(s, tolerance);
    if (type && type->kind == DOC_ERROR)
        return true;
    return refusal_say(s, type ? type : tolerance, false,
        "hypothesis probe tolerance type '%.*s' is unsupported", STR_ARG(refusal_text(s, type)));
}
