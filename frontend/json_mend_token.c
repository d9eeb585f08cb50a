/* What is wrong within one JSON token, in words, and what to write instead: strings, numbers,
 * words. */
#include "frontend/json_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "runtime/base/json_write.h"
#include "runtime/base/utf8.h"

static void fix_span(struct json_reader *r, struct diag *diag, enum diag_applicability how,
    struct span span, struct str text)
{
    struct diag_fix *fix = diag_fix(r->bag, diag, how, "write `%.*s`", STR_ARG(text));
    diag_edit(r->bag, fix, span, text);
}

/* The text as a JSON string, in the bag's arena. */
static struct str quoted(struct json_reader *r, struct str text)
{
    struct buf out = {0};
    json_quote(&out, text, false);
    struct str copy = arena_str(&r->bag->arena, buf_str(&out));
    buf_free(&out);
    return copy;
}

/* --- strings --- */

static void report_control(struct json_reader *r, struct span span)
{
    struct str text = source_slice(r->source, span);
    bool line_end = text.ptr[0] == '\n' || text.ptr[0] == '\r';
    struct str escape = quoted(r, text.len == 2 ? STR("\n") : text);
    escape = (struct str){escape.ptr + 1, escape.len - 2};
    struct diag *diag = JSON_REPORT(r, DIAG_E107, span,
        line_end ? "a string cannot span lines; a line end in it is written `%.*s`"
                 : "a control character in a string is written `%.*s`",
        STR_ARG(escape));
    fix_span(r, diag, DIAG_SAFE, span, escape);
}

static unsigned count_hex(const char *p)
{
    unsigned count = 0;
    while (count < 4 && p[count] && strchr("0123456789abcdefABCDEF", p[count]))
        count++;
    return count;
}

/* A backslash sequence of another language, as JSON writes it. `len` becomes its length. */
static struct str mend_escape(struct json_reader *r, struct str text, size_t *len)
{
    static const struct {
        char letter;
        const char *json;
    } others[] = {
        {'\'', "'"}, {'0', "\\u0000"}, {'a', "\\u0007"}, {'e', "\\u001b"}, {'v', "\\u000b"}};
    if (text.ptr[1] == 'x' && count_hex(text.ptr + 2) >= 2) {
        *len = 4;
        return arena_printf(&r->bag->arena, "\\u00%.2s", text.ptr + 2);
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        if (text.ptr[1] == others[i].letter)
            return str_from(others[i].json);
    return arena_printf(&r->bag->arena, "\\\\%.*s", (int)text.len - 1, text.ptr + 1);
}

/* A backslash before another character is reported once a string: it is one habit (a pattern, a path of Windows),
 * and `literals` is its fix so far. */
static void report_escape(struct json_reader *r, struct span span, struct diag_fix **literals)
{
    struct str text = source_slice(r->source, span);
    size_t len = text.len;
    struct str json = mend_escape(r, text, &len);
    span.hi = (uint32_t)(span.lo + len);
    bool literal = str_starts(json, STR("\\\\"));
    if (literal && *literals) {
        (*literals)->title = STR("double these backslashes");
        diag_edit(r->bag, *literals, span, json);
        return;
    }
    struct diag *diag = JSON_REPORT(r, DIAG_E107, span,
        literal ? "`%.*s` is not a JSON escape; a backslash is written `\\\\`"
                : "`%.*s` is not a JSON escape",
        STR_ARG(source_slice(r->source, span)));
    fix_span(r, diag, DIAG_SAFE, span, json);
    if (literal)
        *literals = diag->fix;
}

/* Reports everything that is wrong between the quotes of the token. */
static void report_inside(struct json_reader *r)
{
    struct json_lexer lexer = r->lexer;
    const char *end = r->text.ptr + r->token.hi;
    lexer.cursor = r->text.ptr + r->token.lo + 1;
    struct diag_fix *literals = NULL;
    while (lexer.cursor < end && !r->stopped) {
        size_t lo = (size_t)(lexer.cursor - r->text.ptr);
        struct json_part part = json_lex_part(&lexer);
        struct span span = span_make(lo, (size_t)(lexer.cursor - r->text.ptr));
        if (part.kind != JSON_PART_BAD)
            continue;
        if (part.error == JSON_ERROR_STRING_UTF8)
            json_report_bad_byte(r, lo);
        else if (part.error == JSON_ERROR_CONTROL)
            report_control(r, span);
        else if (part.error == JSON_ERROR_UNICODE_ESCAPE)
            JSON_REPORT(r, DIAG_E107, span, "`\\u` takes four hexadecimal digits");
        else
            report_escape(r, span, &literals);
    }
}

static size_t mark_length(char first)
{
    return (unsigned char)first < 0x80 ? 1 : 3; /* typographic quotes have three bytes */
}

/* The length of the closing mark, 0 if there is none. */
static size_t closing_length(struct str text)
{
    size_t mark = mark_length(text.ptr[0]);
    if (text.len > mark && text.ptr[text.len - 1] == text.ptr[0])
        return 1;
    if (mark == 3 && text.len > mark && memchr("'\"", text.ptr[text.len - 1], 2))
        return 1;
    if (mark == 3 && text.len >= 6 && memcmp(text.ptr + text.len - 3, "\xE2\x80", 2) == 0)
        return 3;
    return 0;
}

static void report_unclosed_string(struct json_reader *r, struct str text)
{
    struct span span = json_token_span(&r->token);
    struct diag *diag = JSON_REPORT(r, DIAG_E108, span, "this string is never closed");
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "close it here");
    if (r->token.error == JSON_ERROR_UNCLOSED_STRING)
        diag_edit(r->bag, fix, span_make(span.hi, span.hi), STR("\""));
    else
        diag_edit(r->bag, fix, span, quoted(r, text));
    r->doubtful = true;
}

/* In single quotes, \' stands for the quote. */
static struct str drop_quote_escapes(struct json_reader *r, struct str text)
{
    char *copy = arena_alloc(&r->doc->arena, text.len, 1), *out = copy;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '\\' || i + 1 == text.len || text.ptr[i + 1] != '\'')
            *out++ = text.ptr[i];
    return str_slice(copy, out);
}

/* A token that was meant as a string: reports it and gives its text. */
static struct str mend_string(struct json_reader *r)
{
    struct str token = json_token_text(r);
    size_t mark = mark_length(token.ptr[0]), closing = closing_length(token);
    struct str text =
        json_unquote(&r->doc->arena, r->text, r->token.lo + mark, r->token.hi - closing);
    if (r->token.error == JSON_ERROR_UNCLOSED_STRING || closing == 0) {
        report_unclosed_string(r, text);
    } else if (r->token.error == JSON_ERROR_SINGLE_QUOTES ||
               r->token.error == JSON_ERROR_TYPOGRAPHIC_QUOTES) {
        struct span span = json_token_span(&r->token);
        if (token.ptr[0] == '\'')
            text = drop_quote_escapes(r, text);
        struct diag *diag =
            JSON_REPORT(r, DIAG_E104, span, "%s quotes, where JSON strings take double quotes",
                mark == 3             ? "typographic"
                : token.ptr[0] == '`' ? "back"
                                      : "single");
        fix_span(r, diag, DIAG_SAFE, span, quoted(r, text));
    } else {
        report_inside(r);
    }
    return text;
}

/* --- numbers --- */

static bool all_digits(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0;
}

static bool is_json_number(struct str s)
{
    char text[64];
    struct json_token token;
    if (s.len >= sizeof text)
        return false;
    memcpy(text, s.ptr, s.len);
    text[s.len] = '\0';
    struct json_lexer lexer = json_lexer((struct str){text, s.len});
    json_lex(&lexer, &token);
    return (token.kind == JSON_INT || token.kind == JSON_REAL) && token.hi == s.len;
}

/* A number of another language: its reason and its spelling in JSON; NULL if it is none. */
static const char *explain_number(struct json_reader *r, struct str number, struct str *json)
{
    struct arena *arena = &r->bag->arena;
    bool minus = number.ptr[0] == '-', plus = number.ptr[0] == '+';
    struct str body = {number.ptr + (minus || plus), number.len - (minus || plus)};
    const char *sign = minus ? "-" : "";
    if (body.len > 2 && body.len <= 17 && strncasecmp(body.ptr, "0x", 2) == 0) {
        char *end, digits[20];
        snprintf(digits, sizeof digits, "%.*s", STR_ARG(body));
        unsigned long long value = strtoull(digits, &end, 16);
        *json = arena_printf(arena, "%s%llu", sign, value);
        return *end ? NULL : "JSON has no hexadecimal numbers";
    }
    if (memchr(body.ptr, '_', body.len)) {
        char digits[64];
        size_t len = 0;
        for (size_t i = 0; i < body.len && len < sizeof digits; i++)
            if (body.ptr[i] != '_')
                digits[len++] = body.ptr[i];
        *json = arena_printf(arena, "%s%.*s", sign, (int)len, digits);
        return is_json_number(*json) ? "JSON numbers have no underscores" : NULL;
    }
    if (body.ptr[0] == '.') {
        *json = arena_printf(arena, "%s0%.*s", sign, STR_ARG(body));
        return is_json_number(*json) ? "a JSON number starts with a digit" : NULL;
    }
    if (body.ptr[body.len - 1] == '.') {
        *json = arena_printf(arena, "%s%.*s0", sign, STR_ARG(body));
        return is_json_number(*json) ? "a JSON number has a digit after its point" : NULL;
    }
    size_t zeros = 0;
    while (zeros + 1 < body.len && body.ptr[zeros] == '0' && body.ptr[zeros + 1] >= '0' &&
           body.ptr[zeros + 1] <= '9')
        zeros++;
    *json = arena_printf(arena, "%s%.*s", sign, (int)(body.len - zeros), body.ptr + zeros);
    if (!is_json_number(*json))
        return NULL;
    return zeros ? "a JSON number does not start with 0" : "a JSON number has no plus sign";
}

static struct doc_node *mend_number(struct json_reader *r)
{
    struct str text = json_token_text(r), json;
    struct span span = json_token_span(&r->token);
    const char *why = explain_number(r, text, &json);
    if (why) {
        struct diag *diag = JSON_REPORT(r, DIAG_E106, span, "`%.*s`: %s", STR_ARG(text), why);
        bool octal = text.ptr[0] == '0' && all_digits(text); /* 0644 may mean 420 */
        fix_span(r, diag, octal ? DIAG_UNSAFE : DIAG_SAFE, span, json);
    } else if (memchr("eE+-", text.ptr[text.len - 1], 4)) {
        JSON_REPORT(r, DIAG_E106, span, "`%.*s`: a JSON exponent has digits", STR_ARG(text));
    } else if (memchr("nNI", text.ptr[text.len > 1], 3)) {
        JSON_REPORT(r, DIAG_E106, span, "`%.*s` is not a JSON number", STR_ARG(text));
    } else {
        struct diag *diag = JSON_REPORT(
            r, DIAG_E106, span, "`%.*s` is not a number; text needs double quotes", STR_ARG(text));
        fix_span(r, diag, DIAG_UNSAFE, span, quoted(r, text));
    }
    return json_node(r, DOC_ERROR, span);
}

struct doc_node *json_mend_not_finite(struct json_reader *r)
{
    struct doc_node *node = json_node(r, DOC_REAL, json_token_span(&r->token));
    node->as.text = json_token_text(r);
    /* The tree is whole, and the reference goes on with it: not broken. */
    diag_add(r->bag, r->source, DIAG_E106, node->span,
        "`%.*s` is not a JSON number, although Python reads it", STR_ARG(node->as.text));
    json_next(r);
    return node;
}

/* --- words --- */

static const struct {
    const char *word;
    const char *json;
    bool certain; /* no text that someone forgot to quote */
} literals[] = {{"true", "true", true}, {"false", "false", true}, {"null", "null", true},
    {"none", "null", true}, {"nil", "null", true}, {"undefined", "null", true},
    {"yes", "true", false}, {"no", "false", false}, {"on", "true", false}, {"off", "false", false}};

/* The index of the literal that a word of another language stands for, or -1. */
static int find_literal(struct str word)
{
    for (int i = 0; i < (int)(sizeof literals / sizeof literals[0]); i++)
        if (strlen(literals[i].word) == word.len &&
            strncasecmp(literals[i].word, word.ptr, word.len) == 0)
            return i;
    return -1;
}

static struct doc_node *mend_literal(struct json_reader *r, int which)
{
    struct span span = json_token_span(&r->token);
    const char *json = literals[which].json;
    struct diag *diag = JSON_REPORT(r, DIAG_E109, span,
        "`%.*s` is not a JSON constant; JSON spells it `%s`", STR_ARG(json_token_text(r)), json);
    fix_span(r, diag, literals[which].certain ? DIAG_SAFE : DIAG_UNSAFE, span, str_from(json));
    struct doc_node *node = json_node(r, json[0] == 'n' ? DOC_NULL : DOC_BOOL, span);
    if (node->kind == DOC_BOOL)
        node->as.truth = json[0] == 't';
    if (!literals[which].certain)
        node->kind = DOC_ERROR;
    return node;
}

/* `hello` or `hello"`: the word without the quote that only its end has. */
static struct str bare_word(struct str token)
{
    if (token.ptr[token.len - 1] == '"')
        token.len--;
    return token;
}

static void report_unquoted(struct json_reader *r, struct span span, const char *what)
{
    struct str text = source_slice(r->source, span), bare = bare_word(text);
    struct diag *diag = JSON_REPORT(r, DIAG_E105, span,
        bare.len < text.len ? "the %s `%.*s` lacks its opening quote"
                            : "the %s `%.*s` needs double quotes",
        what, STR_ARG(bare));
    fix_span(r, diag, DIAG_SAFE, span, quoted(r, bare));
}

/* Of a string without its opening quote: makes the token reach to the closing one, if that stands on the same line
 * and before one of `followers` or the line's end. */
static bool take_to_quote(struct json_reader *r, const char *followers)
{
    const char *quote = r->text.ptr + r->token.lo;
    while (*quote && *quote != '"' && *quote != '\n')
        quote += quote[0] == '\\' && quote[1] == '"' ? 2 : 1;
    const char *after = quote + (*quote == '"');
    while (*after == ' ' || *after == '\t' || *after == '\r')
        after++;
    if (*quote != '"' || (*after && !strchr(followers, *after)))
        return false;
    r->token.hi = (size_t)(quote + 1 - r->text.ptr);
    r->lexer.cursor = quote + 1;
    return true;
}

/* Words in a row on one line, up to what JSON expects next, are one forgotten pair of quotes. */
static struct doc_node *mend_words(struct json_reader *r)
{
    if (take_to_quote(r, ",}]\n")) {
        report_unquoted(r, json_token_span(&r->token), "text");
        return json_node(r, DOC_ERROR, json_token_span(&r->token));
    }
    struct span span = json_token_span(&r->token);
    int literal = find_literal(json_token_text(r));
    struct json_lexer ahead = r->lexer;
    struct json_token token;
    for (json_lex(&ahead, &token); token.kind >= JSON_INT; json_lex(&ahead, &token)) {
        bool word = token.kind != JSON_BAD || token.error == JSON_ERROR_WORD ||
                    token.error == JSON_ERROR_NUMBER;
        struct str gap = source_slice(r->source, span_make(span.hi, token.lo));
        if (!word || memchr(gap.ptr, '\n', gap.len))
            break;
        span.hi = (uint32_t)token.hi;
        r->lexer = ahead;
        literal = -1;
    }
    if (literal >= 0)
        return mend_literal(r, literal);
    r->token.hi = span.hi;
    report_unquoted(r, span, "text");
    return json_node(r, DOC_ERROR, span);
}

/* --- what a token was meant to be --- */

static bool is_string_error(enum json_error error)
{
    return error == JSON_ERROR_UNCLOSED_STRING || error == JSON_ERROR_SINGLE_QUOTES ||
           error == JSON_ERROR_TYPOGRAPHIC_QUOTES || error == JSON_ERROR_ESCAPE ||
           error == JSON_ERROR_UNICODE_ESCAPE || error == JSON_ERROR_CONTROL ||
           error == JSON_ERROR_STRING_UTF8;
}

struct doc_node *json_mend_value(struct json_reader *r)
{
    struct doc_node *node;
    if (is_string_error(r->token.error)) {
        node = json_node(r, DOC_STRING, json_token_span(&r->token));
        node->style = r->text.ptr[r->token.lo] == '\'' ? DOC_SINGLE_QUOTED : DOC_DOUBLE_QUOTED;
        node->as.text = mend_string(r);
        if (r->token.error == JSON_ERROR_UNCLOSED_STRING)
            node->kind = DOC_ERROR; /* where it should have ended is a guess */
    } else if (r->token.error == JSON_ERROR_NUMBER) {
        node = mend_number(r);
    } else {
        node = mend_words(r);
    }
    json_next(r);
    return node;
}

bool json_mend_open_key(struct json_reader *r, struct str *key)
{
    bool open = r->token.kind == JSON_BAD && r->token.error == JSON_ERROR_UNCLOSED_STRING;
    if (r->token.kind == JSON_STRING) {
        char after = r->text.ptr[r->token.hi]; /* the quote that ended it began another string */
        open = after != ',' && after != '}' && (unsigned char)after > ' ';
    }
    struct str text = json_token_text(r);
    const char *colon = open ? memchr(text.ptr, ':', text.len) : NULL;
    if (!colon)
        return false;
    size_t lo = r->token.lo, hi = (size_t)(colon - r->text.ptr);
    while (hi > lo + 1 && r->text.ptr[hi - 1] == ' ')
        hi--;
    struct diag *diag = JSON_REPORT(r, DIAG_E108, span_make(lo, hi), "this key is never closed");
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "close it here");
    diag_edit(r->bag, fix, span_make(hi, hi), STR("\""));
    *key = json_unquote(&r->doc->arena, r->text, lo + 1, hi);
    r->token.hi = hi;
    r->lexer.cursor = r->text.ptr + hi;
    json_next(r);
    return true;
}

bool json_mend_key(struct json_reader *r, struct str *key)
{
    struct span span = json_token_span(&r->token);
    struct str text = json_token_text(r);
    if (json_at_template(r)) {
        json_skip_template(r);
        return false;
    }
    if (r->token.kind == JSON_BAD && r->token.error == JSON_ERROR_CHARACTER) {
        JSON_REPORT(r, DIAG_E100, span, "`%.*s` where a key is expected", STR_ARG(text));
        json_next(r);
        r->doubtful = true;
        return false;
    }
    if (r->token.kind == JSON_STRING) { /* nothing is wrong but perhaps what follows */
        *key = json_unquote(&r->doc->arena, r->text, r->token.lo + 1, r->token.hi - 1);
    } else if (r->token.kind == JSON_BAD && is_string_error(r->token.error)) {
        *key = mend_string(r);
    } else {
        take_to_quote(r, ":");
        text = json_token_text(r);
        *key = arena_str(&r->doc->arena, bare_word(text));
        report_unquoted(r, json_token_span(&r->token), "key");
    }
    json_next(r);
    return true;
}
