/* The lexer of json.h. One function reads a token, one a run inside a string; what is wrong is sorted out in C
 * behind the rules, where the text is known to be bad and speed no longer counts. */
#include "runtime/base/json.h"

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = p;
    re2c:define:YYMARKER = marker;
    re2c:define:YYLIMIT = limit;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    tail    = [\x80-\xBF];
    utf8_2  = [\xC2-\xDF] tail;
    utf8_3  = "\xE0" [\xA0-\xBF] tail | [\xE1-\xEC\xEE\xEF] tail{2} | "\xED" [\x80-\x9F] tail;
    utf8_4  = "\xF0" [\x90-\xBF] tail{2} | [\xF1-\xF3] tail{3} | "\xF4" [\x80-\x8F] tail{2};
    utf8    = utf8_2 | utf8_3 | utf8_4;

    hex     = [0-9A-Fa-f];
    plain   = [^"\\\x00-\x1F\x80-\xFF] | utf8;
    escape  = "\\" ( ["\\/bfnrt] | "u" hex{4} );

    int     = "-"? ( "0" | [1-9][0-9]* );
    real    = int ( "." [0-9]+ )? ( [eE] [+-]? [0-9]+ )?;
    numeric = [-+]? "."? [0-9] [0-9A-Za-z_.+-]*;

    // U+00A0, U+2000 to U+200B, U+2028, U+2029, U+202F, U+3000 and the byte order mark look like nothing.
    odd_space  = "\xC2\xA0" | "\xE2\x80" [\x80-\x8B\xA8\xA9\xAF] | "\xE3\x80\x80" | "\xEF\xBB\xBF" | [\v\f];
    word_utf8  = "\xC2" [\xA1-\xBF] | [\xC3-\xDF] tail | "\xE2" [\x81-\xBF] tail
               | [\xE1\xE3-\xEC\xEE] tail{2} | utf8_4;
    word       = [A-Za-z_$] ( [A-Za-z0-9_$.-] | word_utf8 )*;
    // an option or a path that nobody quoted
    bare        = ( "-"{1,2} | "."{0,2} "/" | "~/" | "@" | "%" ) [A-Za-z_] ( [A-Za-z0-9_$./-] | word_utf8 )*;
    typographic = "\xE2\x80" [\x98-\x9F];
*/

/* The bytes that stand for themselves in a string: ASCII but for quote, backslash and control characters. */
static const bool is_plain[256] = {
    [0x20 ... '"' - 1] = true, ['"' + 1 ... '\\' - 1] = true, ['\\' + 1 ... 0x7F] = true};

struct json_lexer json_lexer(struct str text)
{
    return (struct json_lexer){text.ptr, text.ptr, text.ptr + text.len};
}

static void finish(struct json_lexer *lexer, struct json_token *token, const unsigned char *from,
    const unsigned char *to)
{
    token->lo = (size_t)((const char *)from - lexer->start);
    token->hi = (size_t)((const char *)to - lexer->start);
    lexer->cursor = (const char *)to;
}

static void finish_bad(struct json_lexer *lexer, struct json_token *token, enum json_error error,
    const unsigned char *from, const unsigned char *to)
{
    finish(lexer, token, from, to);
    token->kind = JSON_BAD;
    token->error = error;
    token->at = token->lo;
}

static const unsigned char *line_end(const unsigned char *p, const unsigned char *limit)
{
    while (p < limit && *p != '\n' && *p != '\r')
        p++;
    return p;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* After a line end inside a string: does the next line start like JSON, so that the quote was forgotten? Else the
 * string was meant to go on there. */
static bool next_line_is_json(const unsigned char *p, const unsigned char *limit)
{
    while (p < limit && is_blank(*p))
        p++;
    return p == limit || memchr("\"{}[],:", *p, 7) != NULL;
}

/* How many more `open` than `close` there are. */
static long balance(const unsigned char *from, const unsigned char *end, char open, char close)
{
    long sum = 0;
    for (const unsigned char *p = from; p < end; p++)
        sum += (*p == open) - (*p == close);
    return sum;
}

/* The end of a string without closing quote: its line's end, less the brackets and commas it swallowed. Brackets
 * that have their partners in the string are its own. */
static const unsigned char *unclosed_end(const unsigned char *from, const unsigned char *limit)
{
    const unsigned char *end = line_end(from + 1, limit);
    long braces = balance(from, end, '{', '}'), brackets = balance(from, end, '[', ']');
    for (; end > from + 1; end--) {
        unsigned char last = end[-1];
        bool swallowed = is_blank(last) || last == ',' || (last == '}' && braces++ < 0) ||
                         (last == ']' && brackets++ < 0);
        if (!swallowed)
            break;
    }
    return end;
}

/* A string that the strict rules refused: finds its first error and the place to go on. */
static void lex_bad_string(struct json_lexer *lexer, struct json_token *token, const unsigned char *from)
{
    const unsigned char *limit = (const unsigned char *)lexer->limit;
    struct json_lexer inside = {lexer->start, (const char *)from + 1, lexer->limit};
    enum json_error error = JSON_OK;
    const char *at = inside.cursor;
    for (;;) {
        const char *part_start = inside.cursor;
        struct json_part part = json_lex_part(&inside);
        bool breaks_off = part.kind == JSON_PART_END;
        if (part.kind == JSON_PART_BAD && part.error == JSON_ERROR_CONTROL)
            breaks_off = (*part_start == '\n' || *part_start == '\r') &&
                         next_line_is_json((const unsigned char *)inside.cursor, limit);
        if (breaks_off) {
            finish_bad(lexer, token, JSON_ERROR_UNCLOSED_STRING, from, unclosed_end(from, limit));
            return;
        }
        if (part.kind == JSON_PART_BAD && error == JSON_OK) {
            error = part.error;
            at = part_start;
        }
        if (part.kind == JSON_PART_QUOTE)
            break;
    }
    finish_bad(lexer, token, error, from, (const unsigned char *)inside.cursor);
    token->at = (size_t)(at - lexer->start);
}

/* The length of the mark at `p` if it closes a string that `from` opened: ' and ` close themselves, of the
 * typographic ones the single close the single and the double the double. */
static size_t closing_mark(
    const unsigned char *from, const unsigned char *p, const unsigned char *limit)
{
    if (*from != 0xE2)
        return *p == *from;
    bool single = from[2] < 0x9C;
    if (*p == (single ? '\'' : '"'))
        return 1;
    bool closes = limit - p >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= (single ? 0x98 : 0x9C) &&
                  p[2] <= (single ? 0x9B : 0x9F);
    return closes ? 3 : 0;
}

/* 'text', `text`, “text”: up to the closing mark on the same line, or as an unclosed string. */
static void lex_foreign_string(struct json_lexer *lexer, struct json_token *token,
    enum json_error error, const unsigned char *from)
{
    const unsigned char *limit = (const unsigned char *)lexer->limit;
    size_t mark = error == JSON_ERROR_SINGLE_QUOTES ? 1 : 3;
    for (const unsigned char *p = from + mark; p < limit && *p != '\n' && *p != '\r'; p++) {
        size_t closing = closing_mark(from, p, limit);
        if (closing) {
            finish_bad(lexer, token, error, from, p + closing);
            return;
        }
        if (*p == '\\' && p + 1 < limit && p[1] != '\n' && p[1] != '\r')
            p++;
    }
    const unsigned char *end = unclosed_end(from, limit);
    finish_bad(lexer, token, error, from, end < from + mark ? from + mark : end);
}

static void lex_word(
    struct json_lexer *lexer, struct json_token *token, const unsigned char *from, const unsigned char *to)
{
    struct str word = {(const char *)from, (size_t)(to - from)};
    finish(lexer, token, from, to);
    if (str_is(word, "true"))
        token->kind = JSON_TRUE;
    else if (str_is(word, "false"))
        token->kind = JSON_FALSE;
    else if (str_is(word, "null"))
        token->kind = JSON_NULL;
    else if (str_is(word, "NaN") || str_is(word, "Infinity"))
        token->kind = JSON_NOT_FINITE;
    else
        finish_bad(lexer, token, JSON_ERROR_WORD, from, to);
}

#define TOKEN(token_kind)                                                                          \
    do {                                                                                           \
        token->kind = (token_kind);                                                                \
        finish(lexer, token, from, p);                                                             \
        return;                                                                                    \
    } while (0)
#define BAD(error_kind)                                                                            \
    do {                                                                                           \
        finish_bad(lexer, token, (error_kind), from, p);                                           \
        return;                                                                                    \
    } while (0)

void json_lex(struct json_lexer *lexer, struct json_token *token)
{
    const unsigned char *p = (const unsigned char *)lexer->cursor;
    const unsigned char *limit = (const unsigned char *)lexer->limit;
    const unsigned char *from, *marker;
    token->error = JSON_OK;
    token->escaped = false;
again:
    while (*p == ' ')
        p++;
    from = p;
    /* Most of any file is such strings; the rules below accept the same, three times slower. */
    if (*p == '"') {
        const unsigned char *q = p + 1;
        while (is_plain[*q])
            q++;
        if (*q == '"') {
            p = q + 1;
            TOKEN(JSON_STRING);
        }
    }
    /*!re2c
        [ \t\r\n]+              { goto again; }
        "{"                     { TOKEN(JSON_OPEN_OBJECT); }
        "}"                     { TOKEN(JSON_CLOSE_OBJECT); }
        "["                     { TOKEN(JSON_OPEN_ARRAY); }
        "]"                     { TOKEN(JSON_CLOSE_ARRAY); }
        ":"                     { TOKEN(JSON_COLON); }
        ","                     { TOKEN(JSON_COMMA); }
        ["] plain* ["]          { TOKEN(JSON_STRING); }
        ["] (plain|escape)* ["] { token->escaped = true; TOKEN(JSON_STRING); }
        int                     { TOKEN(JSON_INT); }
        real                    { TOKEN(JSON_REAL); }
        "-Infinity"             { TOKEN(JSON_NOT_FINITE); }
        word                    { lex_word(lexer, token, from, p); return; }
        $                       { TOKEN(JSON_END); }

        ["]                     { lex_bad_string(lexer, token, from); return; }
        "$" "{" [^}"\r\n]* "}" ["]? { BAD(JSON_ERROR_WORD); } // a substitution without quotes
        word ["]                { BAD(JSON_ERROR_WORD); } // only the opening quote was forgotten
        numeric ["]             { BAD(JSON_ERROR_WORD); }
        numeric                 { BAD(JSON_ERROR_NUMBER); }
        [-+] ( "NaN" | "Infinity" ) { BAD(JSON_ERROR_NUMBER); }
        bare ["]?               { BAD(JSON_ERROR_WORD); }
        "#" [^\r\n]*            { BAD(JSON_ERROR_COMMENT); }
        "//" [^\r\n]*           { BAD(JSON_ERROR_COMMENT); }
        "/*" ([^*] | "*"+ [^*/])* "*"+ "/" { BAD(JSON_ERROR_COMMENT); }
        "/*"                    { p = limit; BAD(JSON_ERROR_UNCLOSED_COMMENT); }
        "=" [=>]?               { BAD(JSON_ERROR_CHARACTER); } // for a colon
        "<"{7} [^\r\n]*         { BAD(JSON_ERROR_CONFLICT); }
        "="{7} [^\r\n]*         { BAD(JSON_ERROR_CONFLICT); }
        ">"{7} [^\r\n]*         { BAD(JSON_ERROR_CONFLICT); }
        ['`]                    { lex_foreign_string(lexer, token, JSON_ERROR_SINGLE_QUOTES, from); return; }
        typographic             { lex_foreign_string(lexer, token, JSON_ERROR_TYPOGRAPHIC_QUOTES, from); return; }
        odd_space+              { BAD(JSON_ERROR_SPACE); }
        utf8                    { BAD(JSON_ERROR_CHARACTER); }
        [\x80-\xFF]             { BAD(JSON_ERROR_UTF8); }
        *                       { BAD(JSON_ERROR_CHARACTER); }
    */
}

static unsigned hex_digit(unsigned char c)
{
    return c <= '9' ? c - (unsigned)'0' : (c | 0x20U) - 'a' + 10U;
}

static unsigned short_escape(unsigned char c)
{
    switch (c) {
    case 'b':
        return '\b';
    case 'f':
        return '\f';
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c; /* the quote, the backslash and the slash stand for themselves */
    }
}

struct json_part json_lex_part(struct json_lexer *lexer)
{
    const unsigned char *p = (const unsigned char *)lexer->cursor;
    const unsigned char *limit = (const unsigned char *)lexer->limit;
    const unsigned char *from = p, *marker;
    struct json_part part = {.kind = JSON_PART_BAD};
    /*!re2c
        plain+                  { part.kind = JSON_PART_PLAIN; goto done; }
        "\\" ["\\/bfnrt]        { part.kind = JSON_PART_ESCAPE; part.unit = short_escape(from[1]); goto done; }
        "\\u" hex{4}            { part.kind = JSON_PART_UNICODE; goto unicode; }
        ["]                     { part.kind = JSON_PART_QUOTE; goto done; }
        $                       { part.kind = JSON_PART_END; goto done; }

        "\\u" hex{0,3}          { part.error = JSON_ERROR_UNICODE_ESCAPE; goto done; }
        "\\" ([^"\x00-\x1F\x7F-\xFF] | utf8) { part.error = JSON_ERROR_ESCAPE; goto done; }
        "\\"                    { part.error = JSON_ERROR_ESCAPE; goto done; }
        "\r\n"                  { part.error = JSON_ERROR_CONTROL; goto done; }
        [\x00-\x1F]             { part.error = JSON_ERROR_CONTROL; goto done; }
        *                       { part.error = JSON_ERROR_STRING_UTF8; goto done; }
    */
unicode:
    for (unsigned i = 2; i < 6; i++)
        part.unit = part.unit << 4 | hex_digit(from[i]);
done:
    lexer->cursor = (const char *)p;
    return part;
}
