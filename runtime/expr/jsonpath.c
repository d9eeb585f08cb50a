#include "runtime/expr/jsonpath.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/utf8.h"
#include "runtime/expr/jsonpath_parse.h"

struct jp_token jp_take(struct jp_parser *parser)
{
    struct jp_token token = parser->token;
    if (!parser->failed)
        parser->lex(parser->source, token.hi, &parser->token);
    return token;
}

bool jp_accept(struct jp_parser *parser, enum jp_token_kind kind)
{
    if (parser->failed || parser->token.kind != kind)
        return false;
    jp_take(parser);
    return true;
}

void jp_fail(struct jp_parser *parser, struct jp_token at, const char *format, ...)
{
    if (parser->failed)
        return;
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    parser->failed = true;
    parser->error.from = at.lo;
    parser->error.to = at.hi;
    parser->error.message = arena_str(parser->out.arena, str_from(message));
    /* Every loop ends at the end of the path. */
    parser->token = (struct jp_token){JP_T_END, false, at.hi, at.hi};
}

void jp_fail_expected(struct jp_parser *parser, const char *what)
{
    struct jp_token token = parser->token;
    struct str found = jp_text(parser, token);
    if (token.kind == JP_T_END)
        jp_fail(parser, token, "%s is expected here, but the path ends", what);
    else if (token.kind == JP_T_BAD && (found.ptr[0] == '"' || found.ptr[0] == '\''))
        jp_fail(parser, token, "this string is never closed, or has an escape that is none");
    else
        jp_fail(parser, token, "%s is expected here", what);
}

bool jp_enter(struct jp_parser *parser)
{
    if (++parser->depth > JP_DEEPEST)
        jp_fail(parser, parser->token, "the path is nested more than %d deep", (int)JP_DEEPEST);
    return !parser->failed;
}

int64_t jp_integer(struct str text)
{
    bool negative = text.len > 0 && text.ptr[0] == '-';
    int64_t number = 0;
    for (size_t i = negative ? 1 : 0; i < text.len; i++) {
        int digit = text.ptr[i] - '0';
        if (number > (INT64_MAX - digit) / 10)
            return negative ? INT64_MIN : INT64_MAX;
        number = number * 10 + digit;
    }
    return negative ? -number : number;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Reads a path in one dialect, after `skipped` bytes that do not belong to it. */
static bool parse(struct jp_parser *parser, struct arena *arena, struct str path,
    enum jsonpath_dialect dialect, uint32_t skipped)
{
    bool rfc = dialect == JSONPATH_RFC9535;
    *parser = (struct jp_parser){.source = path, .out = {.arena = arena}};
    parser->lex = rfc ? jp_lex_rfc9535 : jp_lex_jsonpath2;
    parser->lex(path, 0, &parser->token);
    size_t invalid = utf8_first_invalid(path);
    if (path.len > JP_MOST_BYTES)
        jp_fail(parser, parser->token, "the path is longer than %d bytes", (int)JP_MOST_BYTES);
    else if (rfc && invalid < path.len)
        jp_fail(parser, (struct jp_token){.lo = (uint32_t)invalid, .hi = (uint32_t)invalid + 1},
            "a path must be valid UTF-8");
    else if (rfc)
        jp_parse_rfc9535(parser);
    else
        jp_parse_jsonpath2(parser);
    parser->error.from += skipped;
    parser->error.to += skipped;
    parser->difference_from += skipped;
    parser->difference_to += skipped;
    return !parser->failed;
}

/* The path without the blanks around it, with a NUL behind it. */
static struct str trim(struct arena *arena, struct str path, uint32_t *skipped)
{
    *skipped = 0;
    while (path.len && is_blank(path.ptr[path.len - 1]))
        path.len--;
    while (path.len && is_blank(path.ptr[0])) {
        path.ptr++;
        path.len--;
        ++*skipped;
    }
    return arena_str(arena, path);
}

bool jsonpath_compile(struct arena *arena, struct str path, enum jsonpath_dialect dialect,
    struct jsonpath *program, struct jsonpath_error *error)
{
    struct jp_parser parser;
    uint32_t skipped = 0;
    /* RFC 9535 itself allows no blanks around a path; what the reference is given may have them. */
    struct str source =
        dialect == JSONPATH_RFC9535 ? arena_str(arena, path) : trim(arena, path, &skipped);
    bool read = false;
    enum jsonpath_dialect reading = JSONPATH_JSONPATH2;
    if (dialect != JSONPATH_RFC9535)
        read = parse(&parser, arena, source, reading, skipped);
    if (!read && dialect != JSONPATH_JSONPATH2) {
        reading = JSONPATH_RFC9535;
        read = parse(&parser, arena, source, reading, skipped);
    }
    if (!read) {
        *error = parser.error;
        return false;
    }
    *program = (struct jsonpath){reading, parser.out.words, parser.out.count,
        {parser.out.text ? parser.out.text : "", parser.out.text_count}};
    return true;
}

enum jsonpath_difference jsonpath_compare_readings(
    struct arena *arena, struct str path, uint32_t *from, uint32_t *to)
{
    struct jp_parser jsonpath2, rfc9535;
    uint32_t skipped;
    struct str source = trim(arena, path, &skipped);
    if (!parse(&jsonpath2, arena, source, JSONPATH_JSONPATH2, skipped) ||
        jsonpath2.difference == JSONPATH_SAME ||
        !parse(&rfc9535, arena, source, JSONPATH_RFC9535, skipped))
        return JSONPATH_SAME;
    *from = jsonpath2.difference_from;
    *to = jsonpath2.difference_to;
    return jsonpath2.difference;
}
