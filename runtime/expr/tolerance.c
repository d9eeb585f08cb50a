#include "runtime/expr/tolerance.h"

#include <assert.h>

#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "runtime/base/pytext.h"
#include "runtime/base/utf8.h"
#include "runtime/expr/decimal.h"
#include "runtime/expr/pycompare.h"
#include "runtime/expr/regexp.h"

/* What one judgement works with. */
struct judge {
    struct arena *arena;
    const struct tolerance *tolerance;
    const struct tolerance_options *options;
};

static struct verdict judge_value(struct judge *judge, const struct value *value);

static struct verdict raise(const char *exception, struct str message)
{
    return (struct verdict){VERDICT_RAISES, exception, message};
}

static struct verdict decide(bool met)
{
    return (struct verdict){.kind = met ? VERDICT_MET : VERDICT_NOT_MET};
}

static const struct value *look_up_nothing(void *context, struct str name)
{
    (void)context;
    (void)name;
    return NULL;
}

static struct value substitute(struct judge *judge, const struct value *data)
{
    struct template_source source = judge->options->templates;
    if (!source.lookup)
        source.lookup = look_up_nothing;
    return template_substitute(judge->arena, data, &source);
}

static enum tolerance_kind kind_of(const struct value *value)
{
    static const struct {
        struct str type;
        enum tolerance_kind kind;
    } types[] = {{STR_INIT("probe"), TOLERANCE_PROBE}, {STR_INIT("regex"), TOLERANCE_REGEX},
        {STR_INIT("jsonpath"), TOLERANCE_JSONPATH}, {STR_INIT("range"), TOLERANCE_RANGE}};
    const struct value *type = value_get(value, STR("type"));
    switch (value->kind) {
    case VALUE_BOOL:
        return TOLERANCE_EQUAL;
    case VALUE_INT:
        return TOLERANCE_INTEGER;
    case VALUE_STRING:
        return TOLERANCE_TEXT;
    case VALUE_ARRAY:
        return TOLERANCE_SEQUENCE;
    case VALUE_NULL:
    case VALUE_REAL:
        return TOLERANCE_NEVER;
    case VALUE_OBJECT:
        break;
    }
    for (size_t i = 0; type && i < sizeof types / sizeof *types; i++)
        if (type->kind == VALUE_STRING && str_equal(type->as.text, types[i].type))
            return types[i].kind;
    return TOLERANCE_NEVER;
}

static bool fail_read(struct tolerance_error *error, struct str member, struct str message)
{
    *error = (struct tolerance_error){.member = member, .message = message};
    return false;
}

static bool read_pattern(struct arena *arena, struct tolerance *tolerance,
    const struct value *pattern, const struct rt_regexps *regexps, struct tolerance_error *error)
{
    struct regexp_error wrong;
    if (!pattern || pattern->kind != VALUE_STRING)
        return fail_read(error, STR("pattern"), STR("a regex tolerance needs a pattern, a string"));
    /* What substitution changes is compiled when it is judged. */
    if (!regexps || template_can_change(pattern->as.text))
        return true;
    if (!regexps->translate(arena, pattern->as.text, &tolerance->pattern, &wrong)) {
        uint32_t to = wrong.unplaced ? (uint32_t)pattern->as.text.len : wrong.offset + 1;
        *error = (struct tolerance_error){
            STR("pattern"), wrong.unplaced ? 0 : wrong.offset, to, wrong.message};
        return false;
    }
    tolerance->compiled = true;
    return true;
}

static bool read_path(struct arena *arena, struct tolerance *tolerance, const struct value *path,
    struct tolerance_error *error)
{
    struct jsonpath_error wrong;
    if (!path || path->kind != VALUE_STRING)
        return fail_read(error, STR("path"), STR("a jsonpath tolerance needs a path, a string"));
    if (template_can_change(path->as.text))
        return true;
    if (!jsonpath_compile(arena, path->as.text, JSONPATH_AUTO, &tolerance->path, &wrong)) {
        *error = (struct tolerance_error){STR("path"), wrong.from, wrong.to, wrong.message};
        return false;
    }
    tolerance->compiled = true;
    return true;
}

static bool read_range(const struct value *range, struct tolerance_error *error)
{
    if (!range || range->kind != VALUE_ARRAY || range->as.array.count != 2)
        return fail_read(
            error, STR("range"), STR("a range tolerance needs a range of two numbers"));
    for (size_t i = 0; i < 2; i++) {
        enum value_kind kind = range->as.array.items[i].kind;
        if (kind != VALUE_INT && kind != VALUE_REAL && kind != VALUE_BOOL)
            return fail_read(error, STR("range"),
                i == 0 ? STR("the lower bound of a range must be a number")
                       : STR("the upper bound of a range must be a number"));
    }
    return true;
}

bool tolerance_read(struct arena *arena, const struct value *value, struct tolerance *tolerance,
    const struct rt_regexps *regexps, struct tolerance_error *error)
{
    *tolerance = (struct tolerance){.kind = kind_of(value), .value = value};
    if (tolerance->kind == TOLERANCE_REGEX)
        return read_pattern(arena, tolerance, value_get(value, STR("pattern")), regexps, error);
    if (tolerance->kind == TOLERANCE_JSONPATH)
        return read_path(arena, tolerance, value_get(value, STR("path")), error);
    if (tolerance->kind == TOLERANCE_RANGE)
        return read_range(value_get(value, STR("range")), error);
    return true;
}

/* The value that "status" has in a response, else the value itself. */
static const struct value *status_of(const struct value *value, bool *has_status)
{
    const struct value *status = value_get(value, STR("status"));
    *has_status = status != NULL;
    return status ? status : value;
}

static struct verdict raise_order(
    struct judge *judge, const struct value *left, const struct value *right)
{
    return raise("TypeError",
        arena_printf(judge->arena, "'<=' not supported between instances of '%s' and '%s'",
            pycompare_type(left), pycompare_type(right)));
}

static struct verdict judge_sequence(struct judge *judge, const struct value *value)
{
    const struct value *sequence = judge->tolerance->value, *left, *right;
    const struct value *items = sequence->as.array.items;
    bool has_status;
    value = status_of(value, &has_status);
    if (!has_status && sequence->as.array.count == 2) {
        enum pycompare_result result = pycompare_at_most(&items[0], value, &left, &right);
        if (result == PYCOMPARE_TRUE)
            result = pycompare_at_most(value, &items[1], &left, &right);
        return result == PYCOMPARE_TYPES ? raise_order(judge, left, right)
                                         : decide(result == PYCOMPARE_TRUE);
    }
    for (size_t i = 0; i < sequence->as.array.count; i++)
        if (value_equal(value, &items[i]))
            return decide(true);
    return decide(false);
}

/* Replaces the value by what its member `target` holds, if there is a target and such a member. Returns
 * false with the exception's verdict where the value is no object. */
static bool apply_target(struct judge *judge, const struct value **value, struct verdict *verdict)
{
    const struct value *target = value_get(judge->tolerance->value, STR("target"));
    if (!target || !value_truthy(target))
        return true;
    if ((*value)->kind != VALUE_OBJECT) {
        *verdict =
            raise("AttributeError", arena_printf(judge->arena, "'%s' object has no attribute 'get'",
                                        pycompare_type(*value)));
        return false;
    }
    if (target->kind == VALUE_ARRAY || target->kind == VALUE_OBJECT) {
        *verdict = raise("TypeError",
            arena_printf(judge->arena, "unhashable type: '%s'", pycompare_type(target)));
        return false;
    }
    const struct value *found =
        target->kind == VALUE_STRING ? value_get(*value, target->as.text) : NULL;
    if (found)
        *value = found;
    return true;
}

/* str() of Python's re.error: the message, then where, in characters from 0 and lines from 1. */
static struct verdict raise_pattern(
    struct judge *judge, struct str pattern, const struct regexp_error *error)
{
    size_t line = 1, start = 0;
    if (error->unplaced)
        return raise("re.error", error->message);
    for (size_t i = 0; i < error->offset; i++)
        if (pattern.ptr[i] == '\n') {
            line++;
            start = i + 1;
        }
    size_t position = utf8_count((struct str){pattern.ptr, error->offset});
    if (!memchr(pattern.ptr, '\n', pattern.len))
        return raise("re.error",
            arena_printf(judge->arena, "%.*s at position %zu", STR_ARG(error->message), position));
    size_t column = utf8_count((struct str){pattern.ptr + start, error->offset - start}) + 1;
    return raise(
        "re.error", arena_printf(judge->arena, "%.*s at position %zu (line %zu, column %zu)",
                        STR_ARG(error->message), position, line, column));
}

/* The translated pattern; false with the exception that re.compile raises. */
static bool find_pattern(struct judge *judge, struct str *translation, struct verdict *verdict)
{
    if (judge->tolerance->compiled) {
        *translation = judge->tolerance->pattern;
        return true;
    }
    const struct value *given = value_get(judge->tolerance->value, STR("pattern"));
    struct value pattern = given ? substitute(judge, given) : value_null();
    struct regexp_error error;
    const struct rt_regexps *regexps = judge->options->regexps;
    if (pattern.kind == VALUE_ARRAY || pattern.kind == VALUE_OBJECT)
        *verdict = raise("TypeError",
            arena_printf(judge->arena, "unhashable type: '%s'", pycompare_type(&pattern)));
    else if (pattern.kind != VALUE_STRING)
        *verdict = raise("TypeError", STR("first argument must be string or compiled pattern"));
    else if (!regexps)
        *verdict = raise("re.error", STR("this runner was made without regular expressions"));
    else if (regexps->translate(judge->arena, pattern.as.text, translation, &error))
        return true;
    else
        *verdict = raise_pattern(judge, pattern.as.text, &error);
    return false;
}

static struct verdict judge_regex(struct judge *judge, const struct value *value)
{
    struct str translation;
    struct verdict verdict;
    struct regexp_error error;
    if (!find_pattern(judge, &translation, &verdict))
        return verdict;
    const struct rt_regexps *regexps = judge->options->regexps;
    struct regexp *regexp = regexps->compile(judge->arena, translation, &error);
    if (!regexp)
        return raise("re.error", error.message);
    if (apply_target(judge, &value, &verdict)) {
        if (value->kind != VALUE_STRING) {
            verdict = raise("TypeError",
                arena_printf(judge->arena, "expected string or bytes-like object, got '%s'",
                    pycompare_type(value)));
        } else {
            enum regexp_result result = regexps->search(regexp, value->as.text);
            verdict = decide(result == REGEXP_MATCH);
            if (result == REGEXP_LIMIT)
                verdict = (struct verdict){.kind = VERDICT_LIMIT,
                    .message = STR("the regular expression takes too many steps on this value")};
        }
    }
    regexps->free(regexp);
    return verdict;
}

/* The compiled path; false with the exception that jsonpath2 raises when it reads it. */
static bool find_path(struct judge *judge, struct jsonpath *path, struct verdict *verdict)
{
    enum jsonpath_dialect dialect = judge->options->dialect;
    if (judge->tolerance->compiled &&
        (dialect == JSONPATH_AUTO || judge->tolerance->path.dialect == dialect)) {
        *path = judge->tolerance->path;
        return true;
    }
    const struct value *given = value_get(judge->tolerance->value, STR("path"));
    struct value text = given ? substitute(judge, given) : value_null();
    struct jsonpath_error error;
    if (text.kind != VALUE_STRING && !(text.kind >= VALUE_ARRAY && !value_truthy(&text))) {
        *verdict = raise("TypeError",
            arena_printf(judge->arena, "'%s' object is not iterable", pycompare_type(&text)));
        return false;
    }
    struct str source = text.kind == VALUE_STRING ? text.as.text : STR("");
    if (jsonpath_compile(judge->arena, source, dialect, path, &error))
        return true;
    *verdict = raise("ValueError",
        arena_printf(judge->arena, "line 1:%zu %.*s",
            utf8_count((struct str){source.ptr, error.from}), STR_ARG(error.message)));
    return false;
}

/* A string that is JSON is judged as what it says, as Python's json.loads reads it. */
static bool decode_value(struct judge *judge, const struct value **value, struct verdict *verdict)
{
    const struct json_options options = {.allow_not_finite = true, .merge_keys = true};
    struct json_failure failure;
    if ((*value)->kind != VALUE_STRING)
        return true;
    struct value *decoded = ARENA_NEW(judge->arena, struct value);
    struct str text = arena_str(judge->arena, (*value)->as.text);
    if (json_parse(judge->arena, text, &options, decoded, &failure)) {
        *value = decoded;
    } else if (failure.error == JSON_ERROR_DEPTH) {
        *verdict = raise("RecursionError", STR("maximum recursion depth exceeded"));
        return false;
    }
    return true;
}

static struct verdict explain_nodes(
    struct judge *judge, bool met, const struct value *nodes, const struct value *expect)
{
    struct verdict verdict = decide(met);
    if (met)
        return verdict;
    struct str found = pytext_str(judge->arena, nodes);
    verdict.message = expect && value_truthy(expect)
                          ? arena_printf(judge->arena, "jsonpath found '%.*s' but expected '%.*s'",
                                STR_ARG(found), STR_ARG(pytext_str(judge->arena, expect)))
                          : arena_printf(judge->arena, "jsonpath found '%.*s'", STR_ARG(found));
    return verdict;
}

/* `count` says how many nodes there must be; `expect`, which overrules it, which. */
static struct verdict judge_nodes(struct judge *judge, struct jsonpath_nodes found)
{
    const struct value *count = value_get(judge->tolerance->value, STR("count"));
    const struct value *expect = value_get(judge->tolerance->value, STR("expect"));
    struct value *items = ARENA_ARRAY(judge->arena, struct value, found.count);
    for (size_t i = 0; i < found.count; i++)
        items[i] = *found.items[i];
    struct value nodes = {.kind = VALUE_ARRAY, .as.array = {items, found.count}}, expected;
    bool met = found.count > 0;
    if (count && count->kind != VALUE_NULL) {
        struct value number = value_int(judge->arena, (long long)found.count);
        met = value_equal(&number, count);
    }
    if (expect) {
        expected = substitute(judge, expect);
        expect = &expected;
        met = expected.kind == VALUE_ARRAY ? value_equal(&nodes, &expected)
                                           : found.count == 1 && value_equal(&items[0], &expected);
    }
    return explain_nodes(judge, met, &nodes, expect);
}

static struct verdict judge_jsonpath(struct judge *judge, const struct value *value)
{
    struct jsonpath path;
    struct verdict verdict;
    if (!find_path(judge, &path, &verdict) || !apply_target(judge, &value, &verdict) ||
        !decode_value(judge, &value, &verdict))
        return verdict;
    struct jsonpath_nodes nodes = jsonpath_eval(
        judge->arena, &path, value, judge->options->step_limit, judge->options->regexps);
    switch (nodes.status) {
    case JSONPATH_LIMIT:
        return (struct verdict){.kind = VERDICT_LIMIT,
            .message = STR("the JSONPath takes too many steps on this value")};
    case JSONPATH_RAISES:
        return raise("ValueError", STR("range() arg 3 must not be zero"));
    case JSONPATH_DONE:
        break;
    }
    return judge_nodes(judge, nodes);
}

/* Decimal() of a value; false with the exception that it raises. */
static bool to_decimal(
    struct judge *judge, const struct value *value, struct decimal *out, struct verdict *verdict)
{
    switch (decimal_from_value(judge->arena, value, out)) {
    case DECIMAL_OK:
        return true;
    case DECIMAL_SYNTAX:
        *verdict = raise("decimal.InvalidOperation", STR("[<class 'decimal.ConversionSyntax'>]"));
        break;
    case DECIMAL_TYPE:
        *verdict = raise("TypeError",
            arena_printf(judge->arena, "conversion from %s to Decimal is not supported",
                pycompare_type(value)));
        break;
    case DECIMAL_LIST:
        *verdict = raise("ValueError", value->as.array.count == 3
                                           ? STR("coefficient must be a tuple of digits")
                                           : STR("argument must be a sequence of length 3"));
        break;
    }
    return false;
}

/* the_range[index], which may be of any type when validation was skipped. */
static bool find_bound(
    struct judge *judge, size_t index, struct value *bound, struct verdict *verdict)
{
    const struct value *range = value_get(judge->tolerance->value, STR("range"));
    struct value null = value_null();
    range = range ? range : &null;
    if (range->kind == VALUE_ARRAY && index < range->as.array.count) {
        *bound = range->as.array.items[index];
        return true;
    }
    if (range->kind == VALUE_STRING && utf8_count(range->as.text) > index) {
        const char *p = range->as.text.ptr, *end = p + range->as.text.len, *from = p;
        for (size_t i = 0; i <= index; i++) {
            from = p;
            utf8_decode(&p, end);
        }
        *bound = value_string(str_slice(from, p));
        return true;
    }
    if (range->kind == VALUE_ARRAY || range->kind == VALUE_STRING)
        *verdict =
            raise("IndexError", range->kind == VALUE_ARRAY ? STR("list index out of range")
                                                           : STR("string index out of range"));
    else if (range->kind == VALUE_OBJECT)
        *verdict = raise("KeyError", arena_printf(judge->arena, "%zu", index));
    else
        *verdict = raise("TypeError",
            arena_printf(judge->arena, "'%s' object is not subscriptable", pycompare_type(range)));
    return false;
}

/* a <= b for two decimals; false with the exception where one is NaN. */
static bool compare_decimals(
    const struct decimal *a, const struct decimal *b, bool *at_most, struct verdict *verdict)
{
    if (a->kind == DECIMAL_NAN || b->kind == DECIMAL_NAN) {
        *verdict = raise("decimal.InvalidOperation", STR("[<class 'decimal.InvalidOperation'>]"));
        return false;
    }
    *at_most = decimal_compare(a, b) <= 0;
    return true;
}

static struct verdict judge_range(struct judge *judge, const struct value *value)
{
    struct verdict verdict;
    struct value bounds[2];
    struct decimal number, bound;
    bool within = false;
    if (!apply_target(judge, &value, &verdict))
        return verdict;
    if (!to_decimal(judge, value, &number, &verdict)) {
        if (value->kind == VALUE_STRING)
            return (struct verdict){
                .kind = VERDICT_NOT_MET, .message = STR("range check expects a number value")};
        return verdict;
    }
    if (!find_bound(judge, 0, &bounds[0], &verdict) ||
        !find_bound(judge, 1, &bounds[1], &verdict) ||
        !to_decimal(judge, &bounds[0], &bound, &verdict) ||
        !compare_decimals(&bound, &number, &within, &verdict))
        return verdict;
    if (within && (!to_decimal(judge, &bounds[1], &bound, &verdict) ||
                      !compare_decimals(&number, &bound, &within, &verdict)))
        return verdict;
    return decide(within);
}

/* A string is substituted, and what comes out is judged by its own type. */
static struct verdict judge_text(struct judge *judge, const struct value *value)
{
    struct value text = substitute(judge, judge->tolerance->value);
    if (text.kind == VALUE_STRING)
        return decide(value_equal(value, &text));
    struct tolerance tolerance;
    struct tolerance_error error;
    tolerance_read(judge->arena, &text, &tolerance, judge->options->regexps, &error);
    if (tolerance.kind == TOLERANCE_PROBE)
        return (struct verdict){.kind = VERDICT_NOT_MET,
            .message = STR("a tolerance that is a probe cannot come from a variable")};
    struct judge inner = {judge->arena, &tolerance, judge->options};
    return judge_value(&inner, value);
}

static struct verdict judge_value(struct judge *judge, const struct value *value)
{
    bool has_status;
    switch (judge->tolerance->kind) {
    case TOLERANCE_NEVER:
        return decide(false);
    case TOLERANCE_EQUAL:
        return decide(value_equal(value, judge->tolerance->value));
    case TOLERANCE_TEXT:
        return judge_text(judge, value);
    case TOLERANCE_INTEGER:
        return decide(value_equal(status_of(value, &has_status), judge->tolerance->value));
    case TOLERANCE_SEQUENCE:
        return judge_sequence(judge, value);
    case TOLERANCE_REGEX:
        return judge_regex(judge, value);
    case TOLERANCE_JSONPATH:
        return judge_jsonpath(judge, value);
    case TOLERANCE_RANGE:
        return judge_range(judge, value);
    case TOLERANCE_PROBE:
        break;
    }
    assert(judge->tolerance->kind != TOLERANCE_PROBE); /* the engine runs it */
    return decide(false);
}

struct verdict tolerance_judge(struct arena *arena, const struct tolerance *tolerance,
    const struct value *value, const struct tolerance_options *options)
{
    struct judge judge = {arena, tolerance, options};
    return judge_value(&judge, value);
}
