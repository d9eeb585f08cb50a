/* Rules about tolerances: where nothing looks at them, and what they can never judge. */
#include "backends/lint/lint.h"

#include "frontend/inside.h"
#include "runtime/base/number.h"
#include "runtime/expr/jsonpath.h"

/* W320: a tolerance outside the hypothesis. */
static void check_place(struct lint *lint, const struct ir_activity *activity)
{
    if (!activity->tolerance || activity->block == IR_IN_HYPOTHESIS || activity->kind == IR_REF)
        return;
    const struct doc_member *member = doc_member(activity->node, STR("tolerance"));
    static const char *const places[] = {[IR_IN_METHOD] = "in the method",
        [IR_IN_ROLLBACKS] = "in the rollbacks",
        [IR_IN_TOLERANCE] = "inside a tolerance",
        [IR_IN_CONFIGURATION] = "in the configuration"};
    lint_add(lint, W320, member->key_span,
        "nothing looks at the `tolerance` of `%.*s`, since it stands %s: whatever the probe finds, "
        "the run goes on",
        STR_ARG(activity->name.text), places[activity->block]);
}

/* What a probe returns: an object with `status` and these members, or what its function returns. */
static const char *const http_members[] = {"status", "headers", "body", NULL};
static const char *const process_members[] = {"status", "stdout", "stderr", NULL};

static const char *const *members_of(const struct ir_provider *provider)
{
    if (provider && provider->kind == IR_HTTP)
        return http_members;
    if (provider && provider->kind == IR_PROCESS)
        return process_members;
    return NULL;
}

static bool is_member(const char *const *members, struct str name)
{
    for (; *members; members++)
        if (str_equal(str_from(*members), name))
            return true;
    return false;
}

static void add_members_help(struct lint *lint, struct diag *d, const char *const *members)
{
    diag_help(lint->bag, d, "the result has the members `%s`, `%s` and `%s`", members[0],
        members[1], members[2]);
}

/* E307: `target` names no member of the result, so the whole object is judged as if it were text. */
static void check_target(struct lint *lint, const struct ir_activity *activity,
    const struct ir_tolerance *tolerance, const char *const *members)
{
    struct str target = tolerance->target.text;
    const char *provider = members == http_members ? "an HTTP" : "a process";
    bool absent = !tolerance->target.node || tolerance->target.node->kind == DOC_NULL;
    if (!absent && (!ir_is_text(tolerance->target) || is_member(members, target)))
        return;
    const char *kind = tolerance->kind == IR_TOLERANCE_REGEX ? "a regex" : "a range";
    if (tolerance->kind == IR_TOLERANCE_JSONPATH) {
        if (absent || target.len == 0)
            return; /* the path may start at the whole result */
        struct diag *d = lint_add(lint, W323, tolerance->target.node->span,
            "the result of %s provider has no `%.*s`: the path is applied to the whole result",
            provider, STR_ARG(target));
        add_members_help(lint, d, members);
        return;
    }
    struct diag *d;
    if (absent || target.len == 0)
        d = lint_add(lint, E307, tolerance->node->span,
            "%s tolerance without `target` judges the whole result of %s provider, which is an "
            "object: `%.*s` aborts the run with a TypeError",
            kind, provider, STR_ARG(activity->name.text));
    else
        d = lint_add(lint, E307, tolerance->target.node->span,
            "the result of %s provider has no `%.*s`, so the whole object is judged: `%.*s` aborts "
            "the run with a TypeError",
            provider, STR_ARG(target), STR_ARG(activity->name.text));
    add_members_help(lint, d, members);
    /* `status`, `headers` are no text either. */
}

/* E306, E307: tolerances against the result of HTTP and process providers. */
static void check_result(struct lint *lint, const struct ir_activity *activity,
    const struct ir_tolerance *tolerance, const char *const *members)
{
    const struct doc_node *node = tolerance->node;
    const char *provider = members == http_members ? "an HTTP" : "a process";
    if (tolerance->kind == IR_TOLERANCE_SCALAR && node->kind != DOC_INT) {
        struct diag *d = lint_add(lint, E306, node->span,
            "%s is never equal to the result of %s provider, which is an object: the tolerance of "
            "`%.*s` is never met",
            node->kind == DOC_BOOL ? "a boolean" : "a string", provider,
            STR_ARG(activity->name.text));
        diag_help(lint->bag, d,
            node->kind == DOC_BOOL
                ? "an integer is compared with the result's `status`"
                : "a regex tolerance with a `target` looks into the text of the result");
        return;
    }
    if (tolerance->kind == IR_TOLERANCE_REGEX || tolerance->kind == IR_TOLERANCE_RANGE ||
        tolerance->kind == IR_TOLERANCE_JSONPATH)
        check_target(lint, activity, tolerance, members);
}

/* E307: a tolerance probe gets the value as an argument, and so must have arguments. */
static void check_probe(struct lint *lint, const struct ir_activity *probe)
{
    const struct ir_provider *provider = probe->provider;
    if (!provider || provider->node->kind != DOC_OBJECT)
        return;
    const struct doc_node *arguments = doc_get(provider->node, STR("arguments"));
    if (!arguments) {
        struct diag *d = lint_add(lint, E307, provider->node->span,
            "the provider of the tolerance probe `%.*s` has no `arguments`, to which the engine "
            "adds `value`: the run is aborted with a KeyError",
            STR_ARG(probe->name.text));
        diag_help(lint->bag, d, "write `arguments: {}`");
    } else if (arguments->kind != DOC_OBJECT && arguments->kind != DOC_ERROR) {
        lint_add(lint, E307, arguments->span,
            "the `arguments` of the tolerance probe `%.*s` must be an object, to which the engine "
            "adds `value`: the run is aborted with a TypeError",
            STR_ARG(probe->name.text));
    }
}

/* W322: the engine looks at `expect` alone. */
static void check_count(struct lint *lint, const struct ir_tolerance *tolerance)
{
    const struct doc_node *count = tolerance->as.jsonpath.count;
    if (count && count->kind != DOC_NULL && tolerance->as.jsonpath.expect)
        lint_add(lint, W322, doc_member(tolerance->node, STR("count"))->key_span,
            "`count` has no effect beside `expect`: only the values found are compared");
}

/* True if the filter at `from` stands right behind a wildcard: so jsonpath2's users test each item, and mean it. */
static bool is_behind_wildcard(struct str path, size_t from)
{
    while (from > 0 && strchr(" \t\n\r[]", path.ptr[from - 1]))
        from--;
    return from > 0 && path.ptr[from - 1] == '*';
}

/* W325: what jsonpath2, which the engine uses, reads in another way than everybody else. */
static void check_readings(struct lint *lint, struct ir_string path)
{
    if (!ir_is_text(path))
        return;
    struct arena scratch;
    uint32_t from = 0, to = 0;
    arena_init(&scratch);
    enum jsonpath_difference difference =
        jsonpath_compare_readings(&scratch, path.text, &from, &to);
    arena_free(&scratch);
    if (difference == JSONPATH_SAME ||
        (difference == JSONPATH_FILTER && is_behind_wildcard(path.text, from)))
        return;
    static const char *const meanings[] = {
        [JSONPATH_FILTER] = "this filter tests the value it is applied to, where RFC 9535 tests "
                            "what is in it",
        [JSONPATH_SLICE] = "this slice is read as Python's range, where RFC 9535 counts from the "
                           "other end",
        [JSONPATH_QUOTED_ESCAPE] = "the backslash in this name stands for itself, where RFC 9535 "
                                   "reads an escape",
    };
    struct diag *d = lint_add(lint, W325, doc_inside(lint->ir->doc, path.node, from, to),
        "%s: other tools find something else", meanings[difference]);
    if (difference == JSONPATH_FILTER)
        diag_help(lint->bag, d, "`[*][?(...)]` tests each item");
}

static void check_tolerance(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_tolerance *tolerance = activity->tolerance;
    check_place(lint, activity);
    if (!tolerance || activity->block != IR_IN_HYPOTHESIS)
        return;
    const struct ir_activity *probe = activity->target ? activity->target : activity;
    const char *const *members = members_of(probe->provider);
    if (members)
        check_result(lint, probe, tolerance, members);
    if (tolerance->kind == IR_TOLERANCE_PROBE)
        check_probe(lint, tolerance->as.probe);
    if (tolerance->kind == IR_TOLERANCE_JSONPATH) {
        check_count(lint, tolerance);
        check_readings(lint, tolerance->as.jsonpath.path);
    }
}

static const struct lint_rule rules[] = {{.activity = check_tolerance}};
const struct lint_group lint_tolerance = LINT_GROUP(rules);
