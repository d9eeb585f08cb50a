/* The grammar of the Python package jsonpath2, after its ANTLR grammar: blanks are allowed
 * everywhere, `and` binds weaker than `or`, strings are not decoded, `==` and single quotes do not
 * exist. */
#include "runtime/expr/jsonpath_parse.h"

static const struct str methods[] = {
#define JP_METHOD_ROW(name) STR_INIT(#name),
    JP_METHODS
#undef JP_METHOD_ROW
};

static void parse_query(struct jp_parser *parser);
static void parse_condition(struct jp_parser *parser);

static void expect(struct jp_parser *parser, enum jp_token_kind kind, const char *what)
{
    if (!jp_accept(parser, kind))
        jp_fail_expected(parser, what);
}

static void note_difference(
    struct jp_parser *parser, enum jsonpath_difference difference, uint32_t from, uint32_t to)
{
    if (parser->difference != JSONPATH_SAME)
        return;
    parser->difference = difference;
    parser->difference_from = from;
    parser->difference_to = to;
}

static void add_leaf(struct jp_parser *parser, enum jp_operation operation)
{
    size_t at = jp_begin(&parser->out, operation);
    jp_end(&parser->out, at);
}

static void add_text(struct jp_parser *parser, enum jp_operation operation, struct str text)
{
    size_t at = jp_begin(&parser->out, operation);
    jp_add_text(&parser->out, text);
    jp_end(&parser->out, at);
}

/* What stands between the quotes of the next token, as it stands there. */
static struct str take_string(struct jp_parser *parser)
{
    struct str text = jp_text(parser, jp_take(parser));
    return (struct str){text.ptr + 1, text.len - 2};
}

static void parse_literal(struct jp_parser *parser);

static void parse_array(struct jp_parser *parser)
{
    size_t at = jp_begin(&parser->out, JP_ARRAY);
    jp_take(parser);
    if (!jp_accept(parser, JP_T_CLOSE_BRACKET)) {
        do {
            parse_literal(parser);
        } while (jp_accept(parser, JP_T_COMMA));
        expect(parser, JP_T_CLOSE_BRACKET, "a closing bracket");
    }
    jp_end(&parser->out, at);
}

static void parse_object(struct jp_parser *parser)
{
    size_t at = jp_begin(&parser->out, JP_OBJECT);
    jp_take(parser);
    if (!jp_accept(parser, JP_T_CLOSE_BRACE)) {
        do {
            if (parser->token.kind != JP_T_STRING) {
                jp_fail_expected(parser, "a key in double quotes");
                break;
            }
            add_text(parser, JP_STRING, take_string(parser));
            expect(parser, JP_T_COLON, "a colon");
            parse_literal(parser);
        } while (jp_accept(parser, JP_T_COMMA));
        expect(parser, JP_T_CLOSE_BRACE, "a closing brace");
    }
    jp_end(&parser->out, at);
}

static void parse_literal(struct jp_parser *parser)
{
    if (!jp_enter(parser))
        return;
    enum jp_token_kind kind = parser->token.kind;
    if (kind == JP_T_STRING)
        add_text(parser, JP_STRING, take_string(parser));
    else if (kind == JP_T_INT || kind == JP_T_REAL)
        add_text(parser, kind == JP_T_INT ? JP_INT : JP_REAL, jp_text(parser, jp_take(parser)));
    else if (kind == JP_T_OPEN_BRACE)
        parse_object(parser);
    else if (kind == JP_T_OPEN_BRACKET)
        parse_array(parser);
    else if (jp_accept(parser, JP_T_TRUE))
        add_leaf(parser, JP_TRUE);
    else if (jp_accept(parser, JP_T_FALSE))
        add_leaf(parser, JP_FALSE);
    else if (jp_accept(parser, JP_T_NULL))
        add_leaf(parser, JP_NULL);
    else
        jp_fail_expected(parser, "a value or a path");
    parser->depth--;
}

/* A path that starts with $ or @, or a literal. Returns true for a path. */
static bool parse_operand(struct jp_parser *parser)
{
    bool query = parser->token.kind == JP_T_ROOT || parser->token.kind == JP_T_CURRENT;
    if (query)
        parse_query(parser);
    else
        parse_literal(parser);
    return query;
}

static void parse_comparison(struct jp_parser *parser)
{
    size_t at = parser->out.count;
    bool query = parse_operand(parser);
    enum jp_token_kind kind = parser->token.kind;
    if (kind >= JP_T_EQ && kind <= JP_T_GE) {
        jp_take(parser);
        jp_wrap(&parser->out, at, JP_COMPARE, (int)(kind - JP_T_EQ) + JP_EQ);
        parse_operand(parser);
    } else {
        jp_wrap(&parser->out, at, query ? JP_EXISTS : JP_TRUTH, -1);
    }
    jp_end(&parser->out, at);
}

static void parse_not(struct jp_parser *parser)
{
    if (!jp_enter(parser))
        return;
    if (jp_accept(parser, JP_T_NOT)) {
        size_t at = jp_begin(&parser->out, JP_NOT);
        parse_not(parser);
        jp_end(&parser->out, at);
    } else if (jp_accept(parser, JP_T_OPEN_PAREN)) {
        parse_condition(parser);
        expect(parser, JP_T_CLOSE_PAREN, "a closing parenthesis");
    } else {
        parse_comparison(parser);
    }
    parser->depth--;
}

static void parse_or(struct jp_parser *parser)
{
    size_t at = parser->out.count;
    parse_not(parser);
    if (parser->token.kind != JP_T_OR)
        return;
    jp_wrap(&parser->out, at, JP_OR, -1);
    while (jp_accept(parser, JP_T_OR))
        parse_not(parser);
    jp_end(&parser->out, at);
}

static void parse_condition(struct jp_parser *parser)
{
    size_t at = parser->out.count;
    parse_or(parser);
    if (parser->token.kind != JP_T_AND)
        return;
    jp_wrap(&parser->out, at, JP_AND, -1);
    while (jp_accept(parser, JP_T_AND))
        parse_or(parser);
    jp_end(&parser->out, at);
}

/* A function's arguments, behind its name; how many there are is not checked, nor what they are. */
static void parse_call(struct jp_parser *parser, struct jp_token name)
{
    uint32_t method = 0;
    while (method < JP_METHOD_COUNT && !str_equal(jp_text(parser, name), methods[method]))
        method++;
    if (method == JP_METHOD_COUNT) {
        jp_fail(parser, name,
            "there is no function %.*s (there are charAt, entries, keys, length, substring, "
            "values)",
            STR_ARG(jp_text(parser, name)));
        return;
    }
    size_t at = jp_begin(&parser->out, JP_METHOD);
    jp_add(&parser->out, method);
    jp_take(parser);
    if (!jp_accept(parser, JP_T_CLOSE_PAREN) && jp_enter(parser)) {
        do {
            parse_operand(parser);
        } while (jp_accept(parser, JP_T_COMMA));
        expect(parser, JP_T_CLOSE_PAREN, "a closing parenthesis");
        parser->depth--;
    }
    jp_end(&parser->out, at);
}

/* A bound or step of a slice; where it is missing, *number stays. */
static bool parse_bound(struct jp_parser *parser, int64_t *number)
{
    if (parser->token.kind == JP_T_REAL)
        jp_fail(parser, parser->token, "an index must be an integer");
    if (parser->token.kind != JP_T_INT)
        return false;
    *number = jp_integer(jp_text(parser, jp_take(parser)));
    return true;
}

/* An index, or a slice. */
static void parse_numbers(struct jp_parser *parser)
{
    uint32_t from = parser->token.lo, to = parser->token.hi;
    int64_t start = 0, end = 0, step = 1;
    uint32_t has = parse_bound(parser, &start) ? JP_HAS_START : 0;
    if (parser->token.kind != JP_T_COLON) {
        size_t at = jp_begin(&parser->out, JP_INDEX);
        jp_add_int64(&parser->out, start);
        jp_end(&parser->out, at);
        return;
    }
    to = jp_take(parser).hi;
    has |= parse_bound(parser, &end) ? JP_HAS_END : 0;
    if (parser->token.kind == JP_T_COLON) {
        jp_take(parser);
        to = parser->token.hi;
        has |= parse_bound(parser, &step) ? JP_HAS_STEP : 0;
    }
    if ((has & JP_HAS_STEP) && step <= 0)
        note_difference(parser, JSONPATH_SLICE, from, to);
    size_t at = jp_begin(&parser->out, JP_SLICE);
    jp_add(&parser->out, has);
    jp_add_int64(&parser->out, start);
    jp_add_int64(&parser->out, end);
    jp_add_int64(&parser->out, step);
    jp_end(&parser->out, at);
}

static void parse_filter(struct jp_parser *parser)
{
    uint32_t from = jp_take(parser).lo;
    size_t at = jp_begin(&parser->out, JP_FILTER_SELF);
    expect(parser, JP_T_OPEN_PAREN, "an opening parenthesis");
    parse_condition(parser);
    note_difference(parser, JSONPATH_FILTER, from, parser->token.hi);
    expect(parser, JP_T_CLOSE_PAREN, "a closing parenthesis");
    jp_end(&parser->out, at);
}

static void parse_selector(struct jp_parser *parser)
{
    struct jp_token token = parser->token;
    if (token.kind == JP_T_STRING) {
        struct str name = take_string(parser);
        if (memchr(name.ptr, '\\', name.len))
            note_difference(parser, JSONPATH_QUOTED_ESCAPE, token.lo, token.hi);
        add_text(parser, JP_NAME, name);
    } else if (token.kind == JP_T_INT || token.kind == JP_T_REAL || token.kind == JP_T_COLON) {
        parse_numbers(parser);
    } else if (jp_accept(parser, JP_T_STAR)) {
        add_leaf(parser, JP_ALL);
    } else if (token.kind == JP_T_QUESTION) {
        parse_filter(parser);
    } else if (token.kind == JP_T_ROOT || token.kind == JP_T_CURRENT) {
        size_t at = jp_begin(&parser->out, JP_BY_QUERY);
        parse_query(parser);
        jp_end(&parser->out, at);
    } else if (jp_accept(parser, JP_T_NAME)) {
        if (parser->token.kind == JP_T_OPEN_PAREN)
            parse_call(parser, token);
        else
            jp_fail(parser, token, "a name in brackets must stand in double quotes");
    } else {
        jp_fail_expected(parser, "a name, an index, * or ?");
    }
}

static void parse_bracket(struct jp_parser *parser)
{
    jp_take(parser);
    if (!jp_enter(parser))
        return;
    do {
        parse_selector(parser);
    } while (jp_accept(parser, JP_T_COMMA));
    expect(parser, JP_T_CLOSE_BRACKET, "a closing bracket");
    parser->depth--;
}

static void parse_bare(struct jp_parser *parser)
{
    struct jp_token token = parser->token;
    if (jp_accept(parser, JP_T_STAR)) {
        add_leaf(parser, JP_ALL);
    } else if (jp_accept(parser, JP_T_NAME)) {
        if (parser->token.kind == JP_T_OPEN_PAREN)
            parse_call(parser, token);
        else
            add_text(parser, JP_NAME, jp_text(parser, token));
    } else {
        jp_fail_expected(parser, "a name or *");
    }
}

/* Starts with $ or @; ends before what is no segment. */
static void parse_query(struct jp_parser *parser)
{
    size_t at = jp_begin(&parser->out, JP_QUERY);
    if (!jp_enter(parser))
        return;
    jp_add(&parser->out, jp_take(parser).kind == JP_T_ROOT ? JP_FROM_ROOT : 0);
    for (;;) {
        enum jp_token_kind kind = parser->token.kind;
        if (kind != JP_T_DOT && kind != JP_T_DOTDOT && kind != JP_T_OPEN_BRACKET)
            break;
        size_t segment = jp_begin(&parser->out, kind == JP_T_DOTDOT ? JP_DESCENDANT : JP_CHILD);
        if (kind != JP_T_OPEN_BRACKET)
            jp_take(parser);
        if (kind != JP_T_DOT && parser->token.kind == JP_T_OPEN_BRACKET)
            parse_bracket(parser);
        else
            parse_bare(parser);
        jp_end(&parser->out, segment);
    }
    parser->depth--;
    jp_end(&parser->out, at);
}

void jp_parse_jsonpath2(struct jp_parser *parser)
{
    if (parser->token.kind != JP_T_ROOT)
        jp_fail_expected(parser, "a path, which starts with $,");
    parse_query(parser);
    if (parser->token.kind != JP_T_END)
        jp_fail_expected(parser, "a dot, a bracket or the end of the path");
}
