#include "ir/check.h"

#include "frontend/inside.h"
#include "runtime/base/number.h"
#include "runtime/expr/jsonpath.h"
#include "runtime/expr/regexp.h"
#include "runtime/expr/template.h"

static void check_pattern(struct check *c, struct ir_string pattern)
{
    if (!ir_is_text(pattern))
        return;
    struct regexp_error error;
    struct str translation;
    struct arena scratch;
    arena_init(&scratch);
    if (!regexp_translate(&scratch, pattern.text, &translation, &error))
        check_add(c, E301, doc_inside(c->doc, pattern.node, error.offset, error.offset + 1),
            "the regular expression is wrong here: %.*s; the run is refused",
            STR_ARG(error.message));
    arena_free(&scratch);
}

static void check_path(struct check *c, struct ir_string path)
{
    /* As it stands: the reference's validation does not substitute either. */
    if (!ir_is_text(path) || path.text.len == 0)
        return;
    struct jsonpath program;
    struct jsonpath_error error;
    struct arena scratch;
    arena_init(&scratch);
    if (!jsonpath_compile(&scratch, path.text, JSONPATH_AUTO, &program, &error))
        check_add(c, E302, doc_inside(c->doc, path.node, error.from, error.to),
            "the JSONPath is wrong here: %.*s; the run is refused", STR_ARG(error.message));
    arena_free(&scratch);
}

static void build_range(struct check *c, const struct doc_node *node, struct ir_tolerance *out)
{
    out->as.range.node = node;
    if (!node || node->kind != DOC_ARRAY)
        return;
    if (node->as.array.count != 2) {
        check_add(c, E304, node->span,
            "`range` must be a pair of numbers, not %zu items: the run is refused",
            node->as.array.count);
        return;
    }
    bool numbers = true;
    for (size_t i = 0; i < 2; i++) {
        const struct doc_node *bound = node->as.array.items[i];
        numbers = numbers && (bound->kind == DOC_INT || bound->kind == DOC_REAL);
        if (bound->kind == DOC_STRING && template_has_reference(bound->as.text))
            check_add(c, E310, bound->span,
                "bounds of a range are not substituted: `%.*s` stays as it is, and the run is "
                "refused",
                STR_ARG(bound->as.text));
        else if (!(check_type_of(bound) & (TYPE_NUMBER | TYPE_BOOLEAN)))
            check_add(c, E304, bound->span,
                "the %s bound must be a number, not %s: the run is refused",
                i == 0 ? "lower" : "upper", doc_kind_name((enum doc_kind)bound->kind));
    }
    out->as.range.lower = node->as.array.items[0];
    out->as.range.upper = node->as.array.items[1];
    if (numbers && number_compare(out->as.range.lower->as.text, out->as.range.upper->as.text) > 0)
        check_add(c, E305, node->span,
            "the lower bound %.*s is above the upper bound %.*s: the tolerance is never met",
            STR_ARG(out->as.range.lower->as.text), STR_ARG(out->as.range.upper->as.text));
}

static void build_object(struct check *c, const struct doc_node *node,
    const struct ir_activity *activity, struct ir_tolerance *out)
{
    const struct doc_node *type = doc_get(node, STR("type"));
    struct str name = activity->kind == IR_REF ? activity->ref.text : activity->name.text;
    struct fields f;
    struct str text = type && type->kind == DOC_STRING ? type->as.text : (struct str){"", 0};
    if (str_is(text, "regex")) {
        out->kind = IR_TOLERANCE_REGEX;
        check_fields(c, SCHEMA_KIND_REGEX, node, name, &f);
        out->target = check_string(FIELD_MEMBER(&f, REGEX, TARGET));
        out->as.regex.pattern = check_string(FIELD_MEMBER(&f, REGEX, PATTERN));
        check_pattern(c, out->as.regex.pattern);
        names_note(c, out->as.regex.pattern.node, IR_USE_TOLERANCE);
    } else if (str_is(text, "jsonpath")) {
        out->kind = IR_TOLERANCE_JSONPATH;
        check_fields(c, SCHEMA_KIND_JSONPATH, node, name, &f);
        out->target = check_string(FIELD_MEMBER(&f, JSONPATH, TARGET));
        out->as.jsonpath.path = check_string(FIELD_MEMBER(&f, JSONPATH, PATH));
        out->as.jsonpath.count = FIELD_VALUE(&f, JSONPATH, COUNT);
        out->as.jsonpath.expect = FIELD_VALUE(&f, JSONPATH, EXPECT);
        check_path(c, out->as.jsonpath.path);
        names_note(c, out->as.jsonpath.path.node, IR_USE_TOLERANCE);
        names_note(c, out->as.jsonpath.expect, IR_USE_TOLERANCE);
    } else if (str_is(text, "range")) {
        out->kind = IR_TOLERANCE_RANGE;
        check_fields(c, SCHEMA_KIND_RANGE, node, name, &f);
        out->target = check_string(FIELD_MEMBER(&f, RANGE, TARGET));
        build_range(c, FIELD_VALUE(&f, RANGE, RANGE), out);
    } else if (str_is(text, "probe")) {
        out->kind = IR_TOLERANCE_PROBE;
        struct ir_activity *probe = ARENA_NEW(c->arena, struct ir_activity);
        check_activity(c, node, IR_IN_TOLERANCE, 0, probe);
        out->as.probe = probe;
    } else if (!type || type->kind != DOC_ERROR) {
        const char *const *choices = schema_fields[SCHEMA_REGEX_TYPE].choices;
        const char *near = schema_nearest_choice(choices, text);
        struct diag *d = check_add(c, E303, type ? type->span : check_head(node),
            type ? "`%.*s` is no type of tolerance: the run is refused"
                 : "%.*sa tolerance that is an object needs a `type`: the run is refused",
            STR_ARG(text));
        if (near && type) {
            struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "write `%s`", near);
            check_edit_text(c, fix, type, str_from(near));
        } else {
            diag_help(c->bag, d, "it is one of `probe`, `regex`, `jsonpath` and `range`");
        }
    }
}

static void report_kind(struct check *c, const struct doc_node *node)
{
    struct diag *d = check_add(c, E303, node->span,
        "a tolerance must be a boolean, an integer, a string, a list or an object, not %s: the "
        "run is refused",
        node->kind == DOC_REAL ? "a number with a fraction"
                               : doc_kind_name((enum doc_kind)node->kind));
    if (node->kind == DOC_REAL)
        diag_help(c->bag, d, "write it as a range, such as [%.*s, %.*s]", STR_ARG(node->as.text),
            STR_ARG(node->as.text));
}

static const struct ir_tolerance *build_tolerance(
    struct check *c, const struct doc_node *node, const struct ir_activity *activity)
{
    struct ir_tolerance *out = ARENA_NEW(c->arena, struct ir_tolerance);
    out->node = node;
    switch ((enum doc_kind)node->kind) {
    case DOC_STRING:
        out->kind =
            template_has_reference(node->as.text) ? IR_TOLERANCE_TEMPLATE : IR_TOLERANCE_SCALAR;
        names_note(c, node, IR_USE_TOLERANCE);
        break;
    case DOC_BOOL:
    case DOC_INT:
        out->kind = IR_TOLERANCE_SCALAR;
        break;
    case DOC_ARRAY:
        out->kind = IR_TOLERANCE_SEQUENCE;
        names_note(c, node, IR_USE_NEVER);
        break;
    case DOC_OBJECT:
        build_object(c, node, activity, out);
        break;
    case DOC_ERROR:
        break;
    case DOC_NULL:
    case DOC_REAL:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
    case DOC_SET:
        report_kind(c, node);
        break;
    }
    return out;
}

const struct ir_tolerance *check_tolerance(
    struct check *c, const struct doc_node *node, const struct ir_activity *activity)
{
    if (!node)
        return NULL;
    /* The engine looks at tolerances of the hypothesis only: elsewhere nothing in them is a
     * mistake, and variables in them are not used. */
    size_t findings = c->bag->count, uses = c->use_count;
    const struct ir_tolerance *tolerance = build_tolerance(c, node, activity);
    if (activity->block != IR_IN_HYPOTHESIS) {
        c->bag->count = findings;
        c->use_count = uses;
    }
    return tolerance;
}
