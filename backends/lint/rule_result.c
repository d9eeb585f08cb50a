/* Rules about how a result is read: pairs, sequences, content types. */
#include "backends/lint/lint.h"

#include <strings.h>

#include "runtime/base/number.h"

/* ---- sequences ---- */

static bool is_number(const struct doc_node *node)
{
    return node->kind == DOC_INT || node->kind == DOC_REAL;
}

static bool any_numbers(const struct doc_node *list)
{
    for (size_t i = 0; i < list->as.array.count; i++) {
        const struct doc_node *item = list->as.array.items[i];
        if (is_number(item) || item->kind == DOC_BOOL || item->kind == DOC_ERROR)
            return true;
    }
    return false;
}

/* [200, 299]: bounds of a class of statuses, where the engine reads two statuses. */
static bool looks_like_status_range(const struct doc_node *pair)
{
    if (pair->as.array.items[0]->kind != DOC_INT || pair->as.array.items[1]->kind != DOC_INT)
        return false;
    struct str low = pair->as.array.items[0]->as.text, high = pair->as.array.items[1]->as.text;
    return low.len == 3 && high.len == 3 && low.ptr[1] == '0' && low.ptr[2] == '0' &&
           high.ptr[1] == '9' && high.ptr[2] == '9';
}

static void check_status_list(
    struct lint *lint, const struct ir_activity *activity, const struct doc_node *list)
{
    bool http = activity->provider->kind == IR_HTTP;
    if (!any_numbers(list)) {
        lint_add(lint, E306, list->span,
            "the `status` of the result is a number and never one of these: the tolerance of "
            "`%.*s` "
            "is never met",
            STR_ARG(activity->name.text));
    } else if (http && list->as.array.count == 2 && looks_like_status_range(list)) {
        struct diag *d = lint_add(lint, W321, list->span,
            "for an HTTP result a pair is two statuses and no range: only %.*s and %.*s meet the "
            "tolerance of `%.*s`",
            STR_ARG(list->as.array.items[0]->as.text), STR_ARG(list->as.array.items[1]->as.text),
            STR_ARG(activity->name.text));
        diag_help(lint->bag, d,
            "a range of statuses is `{type: range, target: status, range: [%.*s, %.*s]}`",
            STR_ARG(list->as.array.items[0]->as.text), STR_ARG(list->as.array.items[1]->as.text));
    }
}

/* A function's result, unless it is an object with `status`, is held between the two. */
static void check_pair(
    struct lint *lint, const struct ir_activity *activity, const struct doc_node *pair)
{
    const struct doc_node *a = pair->as.array.items[0], *b = pair->as.array.items[1];
    const struct signature *signature = look_signature(lint, activity->provider);
    type_set returns = signature ? signature->returns : TYPE_ANY;
    if (is_number(a) && is_number(b) && number_compare(a->as.text, b->as.text) > 0) {
        lint_add(lint, E305, pair->span,
            "a pair is read as bounds, and %.*s is above %.*s: the tolerance of `%.*s` is never "
            "met",
            STR_ARG(a->as.text), STR_ARG(b->as.text), STR_ARG(activity->name.text));
    } else if (a->kind == DOC_STRING && b->kind == DOC_STRING) {
        struct diag *d = lint_add(lint, W321, pair->span,
            "a pair is read as bounds, of strings too: whatever sorts between \"%.*s\" and "
            "\"%.*s\" "
            "meets the tolerance of `%.*s`",
            STR_ARG(a->as.text), STR_ARG(b->as.text), STR_ARG(activity->name.text));
        diag_help(lint->bag, d, "a third item, or one of them twice, makes it a list of choices");
    } else if (a->kind == DOC_BOOL && b->kind == DOC_BOOL) {
        lint_add(lint, W321, pair->span,
            "a pair is read as bounds, of booleans too: `[true, false]` is never met and "
            "`[false, true]` always");
    } else if ((a->kind == DOC_STRING && is_number(b)) || (is_number(a) && b->kind == DOC_STRING) ||
               (is_number(a) && is_number(b) && returns == TYPE_STRING)) {
        lint_add(lint, E307, pair->span,
            "a pair is read as bounds, and a string does not compare with a number: judging `%.*s` "
            "aborts the run with a TypeError",
            STR_ARG(activity->name.text));
    }
}

static void check_sequence(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_tolerance *tolerance = activity->tolerance;
    if (!tolerance || activity->block != IR_IN_HYPOTHESIS ||
        tolerance->kind != IR_TOLERANCE_SEQUENCE)
        return;
    const struct ir_activity *probe = activity->target ? activity->target : activity;
    const struct doc_node *list = tolerance->node;
    if (list->as.array.count == 0) {
        lint_add(lint, E306, list->span,
            "nothing is in an empty list: the tolerance of `%.*s` is never met",
            STR_ARG(probe->name.text));
        return;
    }
    if (!probe->provider)
        return;
    if (probe->provider->kind == IR_HTTP || probe->provider->kind == IR_PROCESS)
        check_status_list(lint, probe, list);
    else if (probe->provider->kind == IR_PYTHON && list->as.array.count == 2)
        check_pair(lint, probe, list);
}

/* W324: a scalar that is not of the type that the function says it returns. Annotations of objects and
 * arrays are too often wrong to be held against anybody. */
static void check_scalar(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_tolerance *tolerance = activity->tolerance;
    if (!tolerance || activity->block != IR_IN_HYPOTHESIS || tolerance->kind != IR_TOLERANCE_SCALAR)
        return;
    const struct ir_activity *probe = activity->target ? activity->target : activity;
    const struct signature *signature = look_signature(lint, probe->provider);
    if (!signature || (signature->returns & (TYPE_ARRAY | TYPE_OBJECT)))
        return;
    /* Python's booleans are numbers. */
    type_set wanted =
        tolerance->node->kind == DOC_STRING ? TYPE_STRING : TYPE_BOOLEAN | TYPE_NUMBER;
    if (type_may_be(signature->returns, wanted))
        return;
    struct buf text = {0};
    type_describe(&text, signature->returns);
    lint_add(lint, W324, tolerance->node->span,
        "`%s` returns %.*s, which is never equal to %s: the tolerance of `%.*s` is never met",
        signature->function, STR_ARG(buf_str(&text)),
        doc_kind_name((enum doc_kind)tolerance->node->kind), STR_ARG(probe->name.text));
    buf_free(&text);
}

/* ---- W330: the engine looks for `Content-Type` and `application/json`, spelt just so ---- */

static bool is_nocase(struct str a, const char *b)
{
    return a.len == strlen(b) && strncasecmp(a.ptr, b, a.len) == 0;
}

static bool starts_nocase(struct str a, const char *b)
{
    size_t len = strlen(b);
    return a.len >= len && strncasecmp(a.ptr, b, len) == 0;
}

static void check_content_type(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (!provider || provider->kind != IR_HTTP || !provider->arguments ||
        provider->arguments->kind != DOC_OBJECT || !provider->as.http.headers ||
        provider->as.http.headers->kind != DOC_OBJECT || provider->as.http.method.text.len == 0 ||
        is_nocase(provider->as.http.method.text, "GET"))
        return;
    const struct doc_node *headers = provider->as.http.headers;
    for (size_t i = 0; i < headers->as.object.count; i++) {
        const struct doc_member *header = &headers->as.object.members[i];
        if (header->repeated || !is_nocase(header->key, "Content-Type") ||
            header->value->kind != DOC_STRING ||
            !starts_nocase(header->value->as.text, "application/json"))
            continue;
        bool name = str_is(header->key, "Content-Type");
        if (name && str_is(header->value->as.text, "application/json"))
            return;
        struct diag *d = lint_add(lint, W330, name ? header->value->span : header->key_span,
            "the engine sends JSON only for `Content-Type: application/json`, spelt just so: the "
            "arguments of `%.*s` are sent as a form",
            STR_ARG(activity->name.text));
        struct diag_fix *fix = diag_fix(lint->bag, d, DIAG_UNSAFE, "spell it so");
        struct span span = name ? header->value->span : header->key_span;
        struct str written = source_slice(lint->source, span);
        bool quoted = written.len > 1 && (written.ptr[0] == '"' || written.ptr[0] == '\'');
        diag_edit(lint->bag, fix, quoted ? span_make(span.lo + 1, span.hi - 1) : span,
            name ? STR("application/json") : STR("Content-Type"));
    }
}

static const struct lint_rule rules[] = {
    {.activity = check_sequence},
    {.activity = check_scalar},
    {.activity = check_content_type},
};
const struct lint_group lint_result = LINT_GROUP(rules);
