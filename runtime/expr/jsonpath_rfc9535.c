/* The grammar of RFC 9535, with its rules on well-typed function calls (section 2.4.3). */
#include "runtime/expr/jsonpath_parse.h"

#include "runtime/base/utf8.h"

static const struct {
    struct str name;
    const char *parameters;
    char result;
} functions[] = {
#define JP_FUNCTION_ROW(name, parameters, result) {STR_INIT(#name), parameters, result},
    JP_FUNCTIONS
#undef JP_FUNCTION_ROW
};

static const int64_t largest_index = 9007199254740991; /* 2^53 - 1 (section 2.1) */

/* What an operand turned out to be. */
struct operand {
    enum { OPERAND_LITERAL, OPERAND_QUERY, OPERAND_CALL } kind;
    bool singular;         /* a query that gives at most one node */
    char result;           /* of a call */
    struct jp_token token; /* from its first to its last byte */
};

static bool parse_query(struct jp_parser *parser);
static void parse_condition(struct jp_parser *parser);

static void expect(struct jp_parser *parser, enum jp_token_kind kind, const char *what)
{
    if (!jp_accept(parser, kind))
        jp_fail_expected(parser, what);
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

/* A string being decoded: the rest of its inside, and where that stands. */
struct decoder {
    struct jp_parser *parser;
    const char *p, *end;
    char *out;
};

static void fail_inside(struct decoder *decoder, const char *from, const char *message)
{
    uint32_t lo = (uint32_t)(from - decoder->parser->source.ptr);
    uint32_t hi = (uint32_t)(decoder->p - decoder->parser->source.ptr);
    jp_fail(
        decoder->parser, (struct jp_token){.lo = lo, .hi = hi > lo ? hi : lo + 1}, "%s", message);
}

/* Four hexadecimal digits, or -1. */
static int32_t read_unit(struct decoder *decoder)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        char c = decoder->p < decoder->end ? *decoder->p : '\0';
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
        decoder->p++;
    }
    return unit;
}

/* Behind \u: a character, or the first half of one, which the second must follow. */
static void decode_unicode(struct decoder *decoder, const char *from)
{
    int32_t unit = read_unit(decoder);
    uint32_t code = (uint32_t)unit;
    if (unit >= 0xD800 && unit < 0xDC00 && decoder->end - decoder->p > 2 && decoder->p[0] == '\\' &&
        decoder->p[1] == 'u') {
        decoder->p += 2;
        int32_t second = read_unit(decoder);
        bool pair = second >= 0xDC00 && second < 0xE000;
        unit = pair ? 0 : -1;
        code = 0x10000 + ((code - 0xD800) << 10 | ((uint32_t)second & 0x3FF));
    } else if (unit >= 0xD800 && unit < 0xE000) {
        fail_inside(decoder, from, "half of a surrogate pair is no character");
        return;
    }
    if (unit < 0)
        fail_inside(decoder, from, "\\u takes four hexadecimal digits, twice for a surrogate pair");
    else
        decoder->out += utf8_encode(code, decoder->out);
}

static void decode_escape(struct decoder *decoder, char quote)
{
    static const char letters[] = "bfnrt/\\", meanings[] = "\b\f\n\r\t/\\";
    const char *from = decoder->p++;
    char c = *decoder->p++;
    const char *letter = c ? strchr(letters, c) : NULL;
    if (c == 'u')
        decode_unicode(decoder, from);
    else if (letter)
        *decoder->out++ = meanings[letter - letters];
    else if (c == quote)
        *decoder->out++ = c;
    else
        fail_inside(decoder, from, "JSONPath does not know this escape");
}

/* Takes a string and decodes it. */
static struct str take_string(struct jp_parser *parser)
{
    struct str text = jp_text(parser, jp_take(parser));
    /* Decoded, no string is longer: \uXXXX becomes at most three bytes, a pair of them four. */
    char *decoded = arena_alloc(parser->out.arena, text.len + 4, 1);
    struct decoder decoder = {parser, text.ptr + 1, text.ptr + text.len - 1, decoded};
    while (decoder.p < decoder.end && !parser->failed) {
        if (*decoder.p == '\\')
            decode_escape(&decoder, text.ptr[0]);
        else
            *decoder.out++ = *decoder.p++;
    }
    return str_slice(decoded, decoder.out);
}

static int64_t take_index(struct jp_parser *parser)
{
    struct jp_token token = jp_take(parser);
    int64_t number = jp_integer(jp_text(parser, token));
    if (number > largest_index || number < -largest_index)
        jp_fail(parser, token, "an index must be within plus or minus 2^53 - 1");
    return number;
}

static bool parse_bound(struct jp_parser *parser, int64_t *number)
{
    if (parser->token.kind == JP_T_REAL)
        jp_fail(parser, parser->token, "an index must be an integer");
    if (parser->token.kind != JP_T_INT)
        return false;
    *number = take_index(parser);
    return true;
}

/* An index, or a slice. Returns true for an index. */
static bool parse_numbers(struct jp_parser *parser)
{
    int64_t start = 0, end = 0, step = 1;
    uint32_t has = parse_bound(parser, &start) ? JP_HAS_START : 0;
    if (has && parser->token.kind != JP_T_COLON) {
        size_t at = jp_begin(&parser->out, JP_INDEX);
        jp_add_int64(&parser->out, start);
        jp_end(&parser->out, at);
        return true;
    }
    expect(parser, JP_T_COLON, "a colon");
    has |= parse_bound(parser, &end) ? JP_HAS_END : 0;
    if (jp_accept(parser, JP_T_COLON))
        has |= parse_bound(parser, &step) ? JP_HAS_STEP : 0;
    size_t at = jp_begin(&parser->out, JP_SLICE);
    jp_add(&parser->out, has);
    jp_add_int64(&parser->out, start);
    jp_add_int64(&parser->out, end);
    jp_add_int64(&parser->out, step);
    jp_end(&parser->out, at);
    return false;
}

/* Returns true if the selector gives at most one node: a name or an index. */
static bool parse_selector(struct jp_parser *parser)
{
    struct jp_token token = parser->token;
    if (token.kind == JP_T_STRING) {
        add_text(parser, JP_NAME, take_string(parser));
        return true;
    }
    if (token.kind == JP_T_INT || token.kind == JP_T_REAL || token.kind == JP_T_COLON)
        return parse_numbers(parser);
    if (jp_accept(parser, JP_T_STAR)) {
        add_leaf(parser, JP_ALL);
    } else if (jp_accept(parser, JP_T_QUESTION)) {
        size_t at = jp_begin(&parser->out, JP_FILTER);
        parse_condition(parser);
        jp_end(&parser->out, at);
    } else if (token.kind == JP_T_NAME) {
        jp_fail(parser, token, "a name in brackets must be quoted: ['%.*s']",
            STR_ARG(jp_text(parser, token)));
    } else {
        jp_fail_expected(parser, "a quoted name, an index, * or ?");
    }
    return false;
}

static bool parse_bracket(struct jp_parser *parser)
{
    jp_take(parser);
    if (!jp_enter(parser))
        return false;
    bool singular = parse_selector(parser);
    while (jp_accept(parser, JP_T_COMMA)) {
        parse_selector(parser);
        singular = false;
    }
    expect(parser, JP_T_CLOSE_BRACKET, "a comma or a closing bracket");
    parser->depth--;
    return singular;
}

/* What follows a dot or two: no blank may stand before it. */
static bool parse_bare(struct jp_parser *parser)
{
    struct jp_token token = parser->token;
    if (token.spaced) {
        jp_fail(parser, token, "no blank may stand between a dot and what it selects");
    } else if (jp_accept(parser, JP_T_STAR)) {
        add_leaf(parser, JP_ALL);
    } else if (jp_accept(parser, JP_T_NAME)) {
        add_text(parser, JP_NAME, jp_text(parser, token));
        return true;
    } else if (token.kind == JP_T_INT || token.kind == JP_T_REAL) {
        jp_fail(parser, token, "a name that starts with a digit must be written ['...']");
    } else {
        jp_fail_expected(parser, "a name or *");
    }
    return false;
}

/* One segment, if one follows. Clears *singular if it can give several nodes. */
static bool parse_segment(struct jp_parser *parser, bool *singular)
{
    enum jp_token_kind kind = parser->token.kind;
    if (kind != JP_T_DOT && kind != JP_T_DOTDOT && kind != JP_T_OPEN_BRACKET)
        return false;
    bool descendant = kind == JP_T_DOTDOT, one;
    size_t at = jp_begin(&parser->out, descendant ? JP_DESCENDANT : JP_CHILD);
    if (kind != JP_T_OPEN_BRACKET)
        jp_take(parser);
    if (kind == JP_T_OPEN_BRACKET ||
        (descendant && parser->token.kind == JP_T_OPEN_BRACKET && !parser->token.spaced))
        one = parse_bracket(parser);
    else
        one = parse_bare(parser);
    *singular = *singular && one && !descendant;
    jp_end(&parser->out, at);
    return true;
}

/* Starts with $ or @. Returns true if it gives at most one node. */
static bool parse_query(struct jp_parser *parser)
{
    bool singular = true;
    size_t at = jp_begin(&parser->out, JP_QUERY);
    uint32_t flags = jp_take(parser).kind == JP_T_ROOT ? JP_FROM_ROOT : 0;
    jp_add(&parser->out, flags);
    while (parse_segment(parser, &singular))
        ;
    parser->out.words[at + 1] = flags | (singular ? JP_SINGULAR : 0);
    jp_end(&parser->out, at);
    return singular;
}

static struct operand parse_operand(struct jp_parser *parser);

/* One argument of a call, held against its parameter: V or N. */
static void parse_argument(struct jp_parser *parser, struct str function, char parameter)
{
    struct operand operand = parse_operand(parser);
    bool query = operand.kind == OPERAND_QUERY;
    if (parameter == 'N' && !query)
        jp_fail(parser, operand.token, "%.*s() takes a path here", STR_ARG(function));
    else if (parameter == 'V' && query && !operand.singular)
        jp_fail(parser, operand.token,
            "%.*s() takes one value here, and this path can give several", STR_ARG(function));
    else if (parameter == 'V' && operand.kind == OPERAND_CALL && operand.result != 'V')
        jp_fail(parser, operand.token, "%.*s() takes a value here, and this is true or false",
            STR_ARG(function));
}

/* A call, behind its name. Returns what its result is: V or L. */
static char parse_call(struct jp_parser *parser, struct jp_token token)
{
    struct str name = jp_text(parser, token);
    uint32_t function = 0;
    while (function < JP_FUNCTION_COUNT && !str_equal(name, functions[function].name))
        function++;
    if (function == JP_FUNCTION_COUNT) {
        jp_fail(parser, token,
            "there is no function %.*s (there are length, count, match, search, value)",
            STR_ARG(name));
        return 'V';
    }
    size_t at = jp_begin(&parser->out, JP_FUNCTION);
    jp_add(&parser->out, function);
    jp_take(parser);
    if (!jp_enter(parser))
        return 'V';
    const char *parameter = functions[function].parameters;
    for (; *parameter && !parser->failed; parameter++) {
        parse_argument(parser, name, *parameter);
        if (parameter[1] && !jp_accept(parser, JP_T_COMMA))
            jp_fail(parser, parser->token, "%.*s() takes %zu arguments", STR_ARG(name),
                strlen(functions[function].parameters));
    }
    if (!jp_accept(parser, JP_T_CLOSE_PAREN))
        jp_fail(parser, parser->token, "%.*s() takes %zu argument%s, then a closing parenthesis",
            STR_ARG(name), strlen(functions[function].parameters),
            strlen(functions[function].parameters) == 1 ? "" : "s");
    parser->depth--;
    jp_end(&parser->out, at);
    return functions[function].result;
}

/* A word: true, false, null, or a function's name. */
static struct operand parse_word(struct jp_parser *parser)
{
    struct jp_token token = jp_take(parser);
    struct str word = jp_text(parser, token);
    struct operand operand = {.kind = OPERAND_LITERAL, .token = token};
    if (parser->token.kind == JP_T_OPEN_PAREN && !parser->token.spaced) {
        operand.kind = OPERAND_CALL;
        operand.result = parse_call(parser, token);
    } else if (str_is(word, "true")) {
        add_leaf(parser, JP_TRUE);
    } else if (str_is(word, "false")) {
        add_leaf(parser, JP_FALSE);
    } else if (str_is(word, "null")) {
        add_leaf(parser, JP_NULL);
    } else {
        jp_fail(
            parser, token, "a filter names what it tests from @ on: write @.%.*s", STR_ARG(word));
    }
    return operand;
}

static struct operand parse_operand(struct jp_parser *parser)
{
    struct operand operand = {.kind = OPERAND_LITERAL, .token = parser->token};
    enum jp_token_kind kind = parser->token.kind;
    if (kind == JP_T_ROOT || kind == JP_T_CURRENT) {
        operand.kind = OPERAND_QUERY;
        operand.singular = parse_query(parser);
    } else if (kind == JP_T_STRING) {
        add_text(parser, JP_STRING, take_string(parser));
    } else if (kind == JP_T_INT || kind == JP_T_REAL) {
        struct str text = jp_text(parser, jp_take(parser));
        /* -0 is a number but no index, so its token is a real; as a value it is the integer 0. */
        bool integer = kind == JP_T_INT || str_is(text, "-0");
        add_text(parser, integer ? JP_INT : JP_REAL, text);
    } else if (kind == JP_T_NAME) {
        operand = parse_word(parser);
    } else {
        jp_fail_expected(parser, "a path, a value or a function");
    }
    if (parser->token.lo > operand.token.lo)
        operand.token.hi = parser->token.lo;
    while (operand.token.hi > operand.token.lo + 1 &&
           strchr(" \t\n\r", parser->source.ptr[operand.token.hi - 1]))
        operand.token.hi--;
    return operand;
}

static void check_comparable(struct jp_parser *parser, const struct operand *operand)
{
    if (operand->kind == OPERAND_QUERY && !operand->singular)
        jp_fail(
            parser, operand->token, "this path can give several nodes, which cannot be compared");
    else if (operand->kind == OPERAND_CALL && operand->result != 'V')
        jp_fail(parser, operand->token, "this function is true or false, which cannot be compared");
}

static bool is_comparison(enum jp_token_kind kind)
{
    return kind >= JP_T_EQ && kind <= JP_T_GE;
}

/* A comparison or a test; `negated` if a ! stands before it, which takes no comparison. */
static void parse_test(struct jp_parser *parser, bool negated)
{
    size_t at = parser->out.count;
    struct operand operand = parse_operand(parser);
    enum jp_token_kind kind = parser->token.kind;
    if (kind == JP_T_ASSIGN) {
        jp_fail(parser, parser->token, "a comparison is written with two equals signs: ==");
    } else if (is_comparison(kind)) {
        if (negated)
            jp_fail(parser, parser->token, "! needs parentheses around a comparison");
        check_comparable(parser, &operand);
        jp_take(parser);
        jp_wrap(&parser->out, at, JP_COMPARE, (int)(kind - JP_T_EQ) + JP_EQ);
        operand = parse_operand(parser);
        check_comparable(parser, &operand);
        jp_end(&parser->out, at);
    } else if (operand.kind == OPERAND_QUERY) {
        jp_wrap(&parser->out, at, JP_EXISTS, -1);
        jp_end(&parser->out, at);
    } else if (operand.kind == OPERAND_LITERAL) {
        jp_fail(parser, operand.token, "a value alone tests nothing: compare it");
    } else if (operand.result != 'L') {
        jp_fail(parser, operand.token, "this function gives a value: compare it");
    }
}

static void parse_not(struct jp_parser *parser)
{
    bool negated = false;
    size_t at = parser->out.count;
    if (!jp_enter(parser))
        return;
    if (jp_accept(parser, JP_T_NOT)) {
        negated = true;
        jp_begin(&parser->out, JP_NOT);
    }
    if (jp_accept(parser, JP_T_OPEN_PAREN)) {
        parse_condition(parser);
        expect(parser, JP_T_CLOSE_PAREN, "a closing parenthesis");
    } else {
        parse_test(parser, negated);
    }
    if (negated)
        jp_end(&parser->out, at);
    parser->depth--;
}

static void parse_and(struct jp_parser *parser)
{
    size_t at = parser->out.count;
    parse_not(parser);
    if (parser->token.kind != JP_T_AND)
        return;
    jp_wrap(&parser->out, at, JP_AND, -1);
    while (jp_accept(parser, JP_T_AND))
        parse_not(parser);
    jp_end(&parser->out, at);
}

static void parse_condition(struct jp_parser *parser)
{
    size_t at = parser->out.count;
    parse_and(parser);
    if (parser->token.kind != JP_T_OR)
        return;
    jp_wrap(&parser->out, at, JP_OR, -1);
    while (jp_accept(parser, JP_T_OR))
        parse_and(parser);
    jp_end(&parser->out, at);
}

void jp_parse_rfc9535(struct jp_parser *parser)
{
    if (parser->token.kind != JP_T_ROOT || parser->token.spaced)
        jp_fail_expected(parser, "a path, which starts with $,");
    parse_query(parser);
    if (parser->token.kind != JP_T_END)
        jp_fail_expected(parser, "a dot, a bracket or the end of the path");
    else if (parser->token.spaced)
        jp_fail(parser, parser->token, "no blank may follow a path");
}
