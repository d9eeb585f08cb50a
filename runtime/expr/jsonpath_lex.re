/* The tokens of JSONPath, of RFC 9535 and of jsonpath2: they differ in names, numbers, quotes and words. */
#include "runtime/expr/jsonpath_parse.h"

/*!re2c
    re2c:define:YYCTYPE = "unsigned char";
    re2c:define:YYCURSOR = p;
    re2c:define:YYLIMIT = limit;
    re2c:define:YYMARKER = marker;
    re2c:yyfill:enable = 0;
    re2c:eof = 0;

    blank    = [ \t\n\r];
    digit    = [0-9];
    int      = "0" | [1-9] digit*;
    hex      = [0-9a-fA-F];
*/

void jp_lex_rfc9535(struct str source, uint32_t at, struct jp_token *token)
{
    const unsigned char *start = (const unsigned char *)source.ptr, *p = start + at;
    const unsigned char *limit = start + source.len, *marker, *from;
    *token = (struct jp_token){0};
#define TOKEN(name)                                                                                \
    do {                                                                                           \
        token->kind = JP_T_##name;                                                                 \
        goto done;                                                                                 \
    } while (0)
again:
    from = p;
    /*!re2c
        // Any byte from 0x80 on: the path was found to be valid UTF-8 before.
        first  = [A-Za-z_\x80-\xff];

        blank+       { token->spaced = true; goto again; }
        "$"          { TOKEN(ROOT); }
        "@"          { TOKEN(CURRENT); }
        "."          { TOKEN(DOT); }
        ".."         { TOKEN(DOTDOT); }
        "*"          { TOKEN(STAR); }
        "["          { TOKEN(OPEN_BRACKET); }
        "]"          { TOKEN(CLOSE_BRACKET); }
        "("          { TOKEN(OPEN_PAREN); }
        ")"          { TOKEN(CLOSE_PAREN); }
        ","          { TOKEN(COMMA); }
        ":"          { TOKEN(COLON); }
        "?"          { TOKEN(QUESTION); }
        "!"          { TOKEN(NOT); }
        "&&"         { TOKEN(AND); }
        "||"         { TOKEN(OR); }
        "=="         { TOKEN(EQ); }
        "!="         { TOKEN(NE); }
        "<"          { TOKEN(LT); }
        "<="         { TOKEN(LE); }
        ">"          { TOKEN(GT); }
        ">="         { TOKEN(GE); }
        "="          { TOKEN(ASSIGN); }
        first (first | digit)*                                     { TOKEN(NAME); }
        "0" | "-"? [1-9] digit*                                    { TOKEN(INT); }
        "-"? int ("." digit+)? ([eE] [+-]? digit+)?                { TOKEN(REAL); }
        // What is wrong inside of the quotes is found when it is decoded.
        "\"" ([^"\\\x00-\x1f] | "\\" [^\x00-\x1f])* "\""           { TOKEN(STRING); }
        "'" ([^'\\\x00-\x1f] | "\\" [^\x00-\x1f])* "'"             { TOKEN(STRING); }
        *            { TOKEN(BAD); }
        $            { TOKEN(END); }
    */
done:
    token->lo = (uint32_t)(from - start);
    token->hi = (uint32_t)(p - start);
}

void jp_lex_jsonpath2(struct str source, uint32_t at, struct jp_token *token)
{
    const unsigned char *start = (const unsigned char *)source.ptr, *p = start + at;
    const unsigned char *limit = start + source.len, *marker, *from;
    *token = (struct jp_token){0};
again:
    from = p;
    /*!re2c
        escape = "\\" (["\\/bfnrt] | "u" hex{4});

        blank+       { token->spaced = true; goto again; }
        "@"          { TOKEN(CURRENT); }
        ".."         { TOKEN(DOTDOT); }
        "$"          { TOKEN(ROOT); }
        "."          { TOKEN(DOT); }
        "*"          { TOKEN(STAR); }
        "and"        { TOKEN(AND); }
        "="          { TOKEN(EQ); }
        ">="         { TOKEN(GE); }
        ">"          { TOKEN(GT); }
        "<="         { TOKEN(LE); }
        "<"          { TOKEN(LT); }
        "!="         { TOKEN(NE); }
        "not"        { TOKEN(NOT); }
        "or"         { TOKEN(OR); }
        "true"       { TOKEN(TRUE); }
        "false"      { TOKEN(FALSE); }
        "null"       { TOKEN(NULL); }
        "{"          { TOKEN(OPEN_BRACE); }
        "}"          { TOKEN(CLOSE_BRACE); }
        "["          { TOKEN(OPEN_BRACKET); }
        "]"          { TOKEN(CLOSE_BRACKET); }
        ":"          { TOKEN(COLON); }
        ","          { TOKEN(COMMA); }
        "("          { TOKEN(OPEN_PAREN); }
        ")"          { TOKEN(CLOSE_PAREN); }
        "?"          { TOKEN(QUESTION); }
        [A-Za-z_] [A-Za-z0-9_]*                                    { TOKEN(NAME); }
        "\"" ([^"\\\x00-\x1f] | escape)* "\""                      { TOKEN(STRING); }
        "-"? int                                                   { TOKEN(INT); }
        "-"? int ("." digit+)? ([eE] [+-]? int)?                   { TOKEN(REAL); }
        *            { TOKEN(BAD); }
        $            { TOKEN(END); }
    */
done:
    token->lo = (uint32_t)(from - start);
    token->hi = (uint32_t)(p - start);
#undef TOKEN
}
