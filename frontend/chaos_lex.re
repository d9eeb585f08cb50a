/* The lexer of chaos_lex.h. What is right is in the rules; what is wrong is sorted out in C behind them, where speed
 * no longer counts. */
#include "frontend/chaos_lex.h"

#include "frontend/chaos_parse.h"
#include "runtime/base/json.h"

static const struct chaos_word words[] = {
#define STATEMENT CHAOS_STATEMENT
#define PROVIDER CHAOS_PROVIDER_WORD
#define CLAUSE CHAOS_CLAUSE
#define MODIFIER CHAOS_MODIFIER
#define LITERAL CHAOS_LITERAL
#define CHAOS_WORD(token, text, role) {text, CHAOS_TOK_##token, role},
#include "frontend/chaos_words.def"
#undef CHAOS_WORD
#undef STATEMENT
#undef PROVIDER
#undef CLAUSE
#undef MODIFIER
#undef LITERAL
};

const struct chaos_word *chaos_words(size_t *count)
{
    *count = sizeof words / sizeof *words;
    return words;
}

const struct chaos_word *chaos_word(struct str text)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_equal(text, str_from(words[i].text)))
            return &words[i];
    return NULL;
}

/* The fewest bytes that a token and the blanks around it take on average in files that people write. */
enum { BYTES_A_TOKEN = 5 };

static struct span span_of(
    const struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    return span_make((size_t)(from - lx->start), (size_t)(to - lx->start));
}

static inline void set_token(struct chaos_lexer *lx, int kind, unsigned flags, const unsigned char *from,
    const unsigned char *to)
{
    lx->token = (struct chaos_token){.kind = (uint16_t)kind,
        .flags = (uint16_t)(flags | (lx->first_on_line ? CHAOS_FIRST_ON_LINE : 0)),
        .span = span_of(lx, from, to)};
    lx->first_on_line = false;
    if (flags & CHAOS_BAD)
        lx->tokens->bad = true;
}

static void add_comment(struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    struct doc *doc = lx->doc;
    struct doc_comment *comment =
        ARENA_PUSH(&doc->arena, doc->comments, doc->comment_count, doc->comment_room);
    comment->span = span_of(lx, from, to);
}

static const unsigned char *line_end(const unsigned char *p, const unsigned char *limit)
{
    while (p < limit && *p != '\n' && *p != '\r')
        p++;
    return p;
}

/* The end of the opening mark: an unclosed string is shown where it begins. */
static void report_unclosed(struct chaos_lexer *lx, const unsigned char *from, size_t mark, const char *closer)
{
    struct diag *diag = diag_add(lx->bag, lx->doc->source, DIAG_E142, span_of(lx, from, from + mark),
        "this string is never closed");
    diag_help(lx->bag, diag, "close it with %s%s", closer,
        mark == 1 ? " on the same line; a text of several lines stands between \"\"\" and \"\"\"" : "");
    lx->tokens->unclosed = true;
}

/* A string the strict rule refused: unclosed on its line, or with a bad escape or control character inside. */
static const unsigned char *lex_bad_string(struct chaos_lexer *lx, const unsigned char *from)
{
    struct json_lexer inside = {
        (const char *)lx->start, (const char *)from + 1, (const char *)lx->limit};
    enum json_error error = JSON_OK;
    const char *at = inside.cursor, *after = inside.cursor;
    for (;;) {
        const char *part_start = inside.cursor;
        struct json_part part = json_lex_part(&inside);
        if (part.kind == JSON_PART_END || *part_start == '\n' || *part_start == '\r') {
            const unsigned char *end = line_end(from, lx->limit);
            report_unclosed(lx, from, 1, "\"");
            set_token(lx, CHAOS_TOK_STRING, CHAOS_BAD, from, end);
            return end;
        }
        if (part.kind == JSON_PART_BAD && error == JSON_OK) {
            error = part.error;
            at = part_start;
            after = inside.cursor;
        }
        if (part.kind == JSON_PART_QUOTE)
            break;
    }
    struct span where = span_of(lx, (const unsigned char *)at, (const unsigned char *)after);
    struct diag *diag = diag_add(lx->bag, lx->doc->source, DIAG_E143, where, "%s", json_error_text(error));
    if (*at == '\t')
        diag_help(lx->bag, diag, "write a tab inside a string as \\t");
    else if (error == JSON_ERROR_ESCAPE || error == JSON_ERROR_UNICODE_ESCAPE)
        diag_help(lx->bag, diag, "double the backslash, or use '...', where backslashes mean themselves");
    set_token(lx, CHAOS_TOK_STRING, CHAOS_BAD, from, (const unsigned char *)inside.cursor);
    return (const unsigned char *)inside.cursor;
}

/* From behind the opening mark of a heredoc to behind its closing one. */
static const unsigned char *lex_heredoc(struct chaos_lexer *lx, const unsigned char *from)
{
    const unsigned char *p = from + 3, *first = line_end(p, lx->limit);
    while (p < first && (*p == ' ' || *p == '\t'))
        p++;
    const unsigned char *text = p;
    for (; p < lx->limit; p++) {
        if (*p != '"' || lx->limit - p < 3 || p[1] != '"' || p[2] != '"')
            continue;
        bool bad = text != first;
        if (bad) {
            struct diag *diag = diag_add(lx->bag, lx->doc->source, DIAG_E143, span_of(lx, text, first),
                "text follows \"\"\" on its line");
            diag_help(lx->bag, diag, "begin the text on the line below the \"\"\"");
        }
        set_token(lx, CHAOS_TOK_STRING, bad ? CHAOS_BAD : 0, from, p + 3);
        return p + 3;
    }
    report_unclosed(lx, from, 3, "\"\"\"");
    set_token(lx, CHAOS_TOK_STRING, CHAOS_BAD, from, lx->limit);
    return lx->limit;
}

static void lex_bad_raw(struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    report_unclosed(lx, from, 1, "'");
    set_token(lx, CHAOS_TOK_STRING, CHAOS_BAD, from, to);
}

/* The unit that another spelling of it means, or NULL. */
static const char *known_unit(struct str unit)
{
    static const char *const spellings[][2] = {{"min", "m"}, {"mins", "m"}, {"minute", "m"},
        {"minutes", "m"}, {"M", "m"}, {"sec", "s"}, {"secs", "s"}, {"second", "s"}, {"seconds", "s"},
        {"S", "s"}, {"hr", "h"}, {"hrs", "h"}, {"hour", "h"}, {"hours", "h"}, {"H", "h"},
        {"msec", "ms"}, {"millis", "ms"}, {"milliseconds", "ms"}};
    for (size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        if (str_equal(unit, str_from(spellings[i][0])))
            return spellings[i][1];
    return NULL;
}

/* A number with letters or zeros where none may be: most often a unit that does not exist. */
static void lex_bad_number(struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    const unsigned char *unit = from;
    while (unit < to && (*unit == '-' || *unit == '.' || (*unit >= '0' && *unit <= '9')))
        unit++;
    struct span span = span_of(lx, from, to);
    struct diag *diag;
    if (unit == to || *unit == '_' || unit == from) {
        diag = diag_add(lx->bag, lx->doc->source, DIAG_E144, span, "`%.*s` is not spelt as a number",
            (int)(to - from), (const char *)from);
        diag_help(lx->bag, diag, "numbers are written as in JSON: no leading zero, no `_`; quote a text");
    } else {
        diag = diag_add(lx->bag, lx->doc->source, DIAG_E144, span, "there is no unit `%.*s`",
            (int)(to - unit), (const char *)unit);
        int digits = (int)(unit - from);
        const char *known = known_unit((struct str){(const char *)unit, (size_t)(to - unit)});
        if (known)
            diag_help(lx->bag, diag, "write `%.*s%s`", digits, (const char *)from, known);
        else
            diag_help(lx->bag, diag, "durations end in ms, s, m or h; a text is quoted");
    }
    set_token(lx, CHAOS_TOK_NUMBER, CHAOS_BAD, from, to);
}

static void lex_bad_variable(struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    struct diag *diag = diag_add(lx->bag, lx->doc->source, DIAG_E143, span_of(lx, from, to),
        "`%.*s` is no reference to a variable", (int)(to - from), (const char *)from);
    if (to - from > 2 && (from[1] == '.' || from[1] == '['))
        diag_help(lx->bag, diag, "a JSONPath stands in quotes: `at '%.*s'`", (int)(to - from), (const char *)from);
    else
        diag_help(lx->bag, diag, "write ${name} for a value of config, env(NAME) for a variable of the environment; quote a text");
    set_token(lx, CHAOS_TOK_VARIABLE, CHAOS_BAD, from, to);
}

/* `//` as other languages have it: a comment, loudly. */
static void lex_slashes(
    struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    struct diag *diag = diag_add(lx->bag, lx->doc->source, DIAG_E145, span_of(lx, from, from + 2),
        "comments begin with `#`");
    struct diag_fix *fix = diag_fix(lx->bag, diag, DIAG_SAFE, "begin the comment with `#`");
    diag_edit(lx->bag, fix, span_of(lx, from, from + 2), STR("#"));
    add_comment(lx, from, to);
}

/* In an unquoted address `//` begins no comment, and the parser has the word. */
static const unsigned char *lex_address(
    struct chaos_lexer *lx, const unsigned char *from, const unsigned char *to)
{
    while (to > from && *from > ' ')
        from++;
    set_token(lx, CHAOS_TOK_STRAY, 0, from - 2, from);
    return from;
}

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = p;
    re2c:define:YYMARKER = marker;
    re2c:define:YYLIMIT = limit;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    word     = [A-Za-z_][A-Za-z0-9_-]*;
    dotted   = word ( "." word )+;
    integer  = "-"? ( "0" | [1-9][0-9]* );
    real     = integer ( "." [0-9]+ )? ( [eE] [+-]? [0-9]+ )?;
    numeric  = "-"? [0-9] [A-Za-z0-9_]* ( "." [A-Za-z0-9_]+ )*;
    plain    = [^"\\\x00-\x1F];
    escape   = "\\" ( ["\\/bfnrt] | "u" [0-9A-Fa-f]{4} );
    raw      = [^'\x00-\x08\x0A-\x1F];
*/

static inline void open_bracket(struct chaos_lexer *lx)
{
    if (++lx->depth > lx->tokens->deepest)
        lx->tokens->deepest = lx->depth;
}

#define OPEN(name)                                                                                 \
    open_bracket(lx);                                                                              \
    TOKEN(name)
#define CLOSE(name)                                                                                \
    lx->depth -= lx->depth > 0;                                                                    \
    TOKEN(name)
#define TOKEN(name)                                                                                \
    set_token(lx, CHAOS_TOK_##name, 0, from, p);                                                   \
    break

const struct chaos_token *chaos_lex_next(struct chaos_lexer *lx)
{
    const unsigned char *p = lx->cursor, *limit = lx->limit, *from, *marker;
    for (;;) {
        from = p;
        /*!re2c
            [ \t]+          { continue; }
            [\r\n]+         { lx->first_on_line = true; continue; }
            "#" [^\r\n]*    { add_comment(lx, from, p); continue; }
            "//" [^\r\n]*   {
                if (from > lx->start && from[-1] == ':') {
                    p = lex_address(lx, from, p);
                    break;
                }
                lex_slashes(lx, from, p);
                continue;
            }

            "{"             { OPEN(LBRACE); }
            "}"             { CLOSE(RBRACE); }
            "["             { OPEN(LBRACKET); }
            "]"             { CLOSE(RBRACKET); }
            "("             { OPEN(LPAREN); }
            ")"             { CLOSE(RPAREN); }
            ","             { TOKEN(COMMA); }
            ":"             { TOKEN(COLON); }
            "="             { TOKEN(EQUALS); }
            "=>"            { TOKEN(ARROW); }
            "??"            { TOKEN(OTHERWISE); }
            "~"             { TOKEN(MATCHES); }
            ".."            { TOKEN(TO); }
            ";"             { TOKEN(SEMICOLON); }
            "-"             { TOKEN(DASH); }

            "experiment"    { TOKEN(EXPERIMENT); }
            "version"       { TOKEN(VERSION); }
            "description"   { TOKEN(DESCRIPTION); }
            "tags"          { TOKEN(TAGS); }
            "contributions" { TOKEN(CONTRIBUTIONS); }
            "config"        { TOKEN(CONFIG); }
            "secrets"       { TOKEN(SECRETS); }
            "controls"      { TOKEN(CONTROLS); }
            "extension"     { TOKEN(EXTENSION); }
            "steady-state"  { TOKEN(STEADY_STATE); }
            "method"        { TOKEN(METHOD); }
            "rollbacks"     { TOKEN(ROLLBACKS); }
            "runtime"       { TOKEN(RUNTIME); }
            "background"    { TOKEN(BACKGROUND); }
            "probe"         { TOKEN(PROBE); }
            "action"        { TOKEN(ACTION); }
            "ref"           { TOKEN(REF); }
            "raw"           { TOKEN(RAW); }
            "hypothesis"    { TOKEN(HYPOTHESIS); }
            "http"          { TOKEN(HTTP); }
            "process"       { TOKEN(PROCESS); }
            "shell"         { TOKEN(SHELL); }
            "python"        { TOKEN(PYTHON); }
            "headers"       { TOKEN(HEADERS); }
            "arguments"     { TOKEN(ARGUMENTS); }
            "verify-tls"    { TOKEN(VERIFY_TLS); }
            "max-retries"   { TOKEN(MAX_RETRIES); }
            "expected-status" { TOKEN(EXPECTED_STATUS); }
            "timeout"       { TOKEN(TIMEOUT); }
            "deadline"      { TOKEN(DEADLINE); }
            "pause"         { TOKEN(PAUSE); }
            "dry"           { TOKEN(DRY); }
            "automatic"     { TOKEN(AUTOMATIC); }
            "with"          { TOKEN(WITH); }
            "before"        { TOKEN(BEFORE); }
            "after"         { TOKEN(AFTER); }
            "provider"      { TOKEN(PROVIDER); }
            "env"           { TOKEN(ENV); }
            "vault"         { TOKEN(VAULT); }
            "at"            { TOKEN(AT); }
            "count"         { TOKEN(COUNT); }
            "expect"        { TOKEN(EXPECT); }
            "in"            { TOKEN(IN); }
            "true"          { TOKEN(TRUE); }
            "false"         { TOKEN(FALSE); }
            "null"          { TOKEN(NULL); }
            word            { TOKEN(WORD); }
            dotted          { TOKEN(DOTTED); }

            real                     { TOKEN(NUMBER); }
            real ("ms"|"s"|"m"|"h")  { TOKEN(DURATION); }
            numeric                  { lex_bad_number(lx, from, p); break; }

            ["] (plain|escape)* ["]  { TOKEN(STRING); }
            ["]                      { p = lex_bad_string(lx, from); break; }
            ["]{3}                   { p = lex_heredoc(lx, from); break; }
            ['] raw* [']             { TOKEN(STRING); }
            ['] [^'\r\n]*            { lex_bad_raw(lx, from, p); break; }
            "${" word "}"            { TOKEN(VARIABLE); }
            "$" [^ \t\r\n{}(),\]]* "}"? { lex_bad_variable(lx, from, p); break; }
            "${" [^}\r\n]* "}"?      { lex_bad_variable(lx, from, p); break; }

            [^ \t\r\n{}()[\],:;"'#A-Za-z0-9_=.?~$-]+ { TOKEN(STRAY); }
            "---"           { TOKEN(STRAY); }
            $               { TOKEN(END); }
            *               { TOKEN(STRAY); }
        */
    }
    lx->cursor = p;
    return &lx->token;
}

void chaos_lex_start(struct chaos_lexer *lx, struct doc *doc, struct diag_bag *bag,
    struct chaos_tokens *tokens)
{
    struct str text = doc->source->text;
    const unsigned char *start = (const unsigned char *)text.ptr;
    bool marked = str_starts(text, STR("\xEF\xBB\xBF"));
    *lx = (struct chaos_lexer){.doc = doc,
        .bag = bag,
        .tokens = tokens,
        .start = start,
        .cursor = start + (marked ? 3 : 0),
        .limit = start + text.len,
        .first_on_line = true};
}

void chaos_lex(struct arena *arena, struct doc *doc, struct diag_bag *bag, struct chaos_tokens *tokens)
{
    /* Room for a dense file: what is not used is never touched. */
    size_t room = doc->source->text.len / BYTES_A_TOKEN + 16;
    struct chaos_lexer lx;
    *tokens = (struct chaos_tokens){
        .items = arena_alloc(arena, room * sizeof *tokens->items, alignof(max_align_t)), .room = room};
    chaos_lex_start(&lx, doc, bag, tokens);
    do {
        *ARENA_PUSH(arena, tokens->items, tokens->count, tokens->room) = *chaos_lex_next(&lx);
    } while (lx.token.kind != CHAOS_TOK_END);
}
