/* What is wrong between the tokens of JSON, in words: comments, stray characters, what
 * surrounds the document. */
#include "frontend/json_read.h"

#include "runtime/base/utf8.h"

void json_stop(struct json_reader *r)
{
    r->stopped = true;
    r->lexer.cursor = r->lexer.limit; /* the next token is the end */
}

void json_note_error(struct json_reader *r)
{
    r->doc->broken = true;
    if (++r->errors != JSON_MOST_ERRORS)
        return;
    diag_add(r->bag, r->source, DIAG_E100, json_token_span(&r->token),
        "too many errors; the rest of the file is not read");
    json_stop(r);
}

/* --- between tokens --- */

/* "`%`", "a NUL byte", "`é` (U+00E9)": the character at a byte offset, for messages. */
static struct str name_character(struct json_reader *r, size_t at)
{
    const char *p = r->text.ptr + at;
    uint32_t code = utf8_decode(&p, r->text.ptr + r->text.len);
    if (code == 0)
        return STR("a NUL byte");
    if (code < 0x20 || code == 0x7F)
        return arena_printf(&r->bag->arena, "the control character U+%04X", code);
    if (code < 0x80)
        return arena_printf(&r->bag->arena, "`%c`", (char)code);
    return arena_printf(
        &r->bag->arena, "`%.*s` (U+%04X)", STR_ARG(str_slice(r->text.ptr + at, p)), code);
}

void json_report_bad_byte(struct json_reader *r, size_t at)
{
    r->doc->broken = true;
    if (r->bad_utf8)
        return;
    r->bad_utf8 = true;
    unsigned byte = (unsigned char)r->text.ptr[at];
    struct diag *diag = JSON_REPORT(r, DIAG_E002, span_make(at, at + 1),
        "the byte 0x%02X is not valid UTF-8, so the file cannot be read as text", byte);
    if (byte >= 0xA0) {
        char letter[4];
        size_t len = utf8_encode(byte, letter);
        diag_help(r->bag, diag, "save the file as UTF-8; as Latin-1 this byte would be `%.*s`",
            (int)len, letter);
    } else {
        diag_help(r->bag, diag, "save the file as UTF-8");
    }
}

static void report_space(struct json_reader *r)
{
    struct str text = json_token_text(r);
    struct diag *diag;
    if (r->token.lo == 0 && str_starts(text, STR("\xEF\xBB\xBF"))) {
        diag = JSON_REPORT(r, DIAG_E100, span_make(0, 3),
            "the file starts with a byte order mark; the reference refuses to load such a file");
        struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "remove the byte order mark");
        diag_edit(r->bag, fix, diag->span, STR(""));
        return;
    }
    const char *p = text.ptr;
    uint32_t code = utf8_decode(&p, text.ptr + text.len);
    diag = JSON_REPORT(r, DIAG_E100, json_token_span(&r->token),
        "%s (U+%04X) between values, where JSON allows only blanks, tabs and line ends",
        code == 0xA0 ? "a no-break space" : "an invisible character", code);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "write a blank");
    diag_edit(r->bag, fix, diag->span, STR(" "));
}

/* A comment alone on its lines takes its lines with it; one behind a value, the blanks before it.
 */
static struct span comment_with_blanks(const struct json_reader *r)
{
    size_t lo = r->token.lo, hi = r->token.hi;
    const char *text = r->text.ptr;
    while (lo > 0 && (text[lo - 1] == ' ' || text[lo - 1] == '\t'))
        lo--;
    bool starts_line = lo == 0 || text[lo - 1] == '\n';
    size_t end = hi + (text[hi] == '\r' && text[hi + 1] == '\n');
    bool ends_line = text[end] == '\n' || end == r->text.len;
    if (starts_line && ends_line)
        return span_make(lo, end + (end < r->text.len));
    return span_make(ends_line ? lo : r->token.lo, hi);
}

static void report_comment(struct json_reader *r)
{
    struct doc *doc = r->doc;
    *ARENA_PUSH(&doc->arena, doc->comments, doc->comment_count, doc->comment_room) =
        (struct doc_comment){json_token_span(&r->token)};
    struct diag *diag = JSON_REPORT(
        r, DIAG_E101, json_token_span(&r->token), "a comment, which JSON does not have");
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "remove the comment");
    diag_edit(r->bag, fix, comment_with_blanks(r), STR(""));
}

/* Reports a token that can be no part of a value; false if it can. */
static bool report_between(struct json_reader *r, bool *stray)
{
    bool again = *stray;
    *stray = false;
    switch ((int)r->token.error) {
    case JSON_ERROR_COMMENT:
        report_comment(r);
        return true;
    case JSON_ERROR_UNCLOSED_COMMENT:
        JSON_REPORT(r, DIAG_E101, span_make(r->token.lo, r->token.lo + 2),
            "a comment that is never closed, and JSON has no comments");
        json_stop(r);
        return true;
    case JSON_ERROR_SPACE:
        report_space(r);
        return true;
    case JSON_ERROR_CONFLICT:
        JSON_REPORT(r, DIAG_E100, json_token_span(&r->token),
            "a version control conflict is left in the file; what follows is not read");
        json_stop(r);
        return true;
    case JSON_ERROR_UTF8:
        json_report_bad_byte(r, r->token.lo);
        return true;
    case JSON_ERROR_CHARACTER:
        if (memchr("=;", r->text.ptr[r->token.lo], 2))
            return false; /* the grammar knows what they stand for */
        *stray = true;
        if (!again)
            JSON_REPORT(r, DIAG_E100, json_token_span(&r->token), "%.*s has no place in JSON",
                STR_ARG(name_character(r, r->token.lo)));
        return true;
    default:
        return false;
    }
}

void json_skip_bad(struct json_reader *r)
{
    bool stray = false; /* the token before was a stray character: a run of them is one error */
    while (r->token.kind == JSON_BAD && report_between(r, &stray))
        json_lex(&r->lexer, &r->token);
}

/* --- templates and early quotes --- */

bool json_at_template(const struct json_reader *r)
{
    const char *p = r->text.ptr + r->token.lo;
    return p[0] == '{' && (p[1] == '{' || p[1] == '%');
}

void json_skip_template(struct json_reader *r)
{
    const char *p = r->text.ptr + r->token.lo, *limit = r->lexer.limit;
    char last = p[1] == '{' ? '}' : '%';
    const char *end = p + 2;
    while (end < limit && *end != '\n' && !(end[0] == last && end[1] == '}'))
        end++;
    if (end < limit && *end != '\n')
        end += 2;
    r->token.hi = (size_t)(end - r->text.ptr);
    r->lexer.cursor = end;
    if (!r->templated) {
        struct diag *diag = JSON_REPORT(r, DIAG_E100, json_token_span(&r->token),
            "a template's placeholder: this file is not JSON before it is rendered");
        diag_help(r->bag, diag, "check the rendered file");
    }
    r->templated = true;
    json_next(r);
    r->doubtful = true; /* commas and colons may come out of the template */
}

bool json_mend_touching(struct json_reader *r)
{
    bool touches = r->behind > 0 && r->text.ptr[r->behind - 1] == '"';
    bool text = r->token.kind == JSON_BAD
                    ? r->token.error == JSON_ERROR_WORD || r->token.error == JSON_ERROR_NUMBER
                    : r->token.kind >= JSON_INT && r->token.kind <= JSON_NULL;
    if (!touches || !text)
        return false;
    if (!r->doubtful) {
        struct diag *diag = JSON_REPORT(r, DIAG_E107, span_make(r->behind - 1, r->behind),
            "this quote ends the string, but `%.*s` follows at once", STR_ARG(json_token_text(r)));
        diag_help(r->bag, diag,
            "a quote inside a string is written `\\\"`; or the string before it is not closed");
    }
    size_t line_end = r->token.lo;
    while (line_end < r->text.len && r->text.ptr[line_end] != '\n')
        line_end++;
    while (r->token.lo < line_end && r->token.kind >= JSON_STRING)
        json_next(r);
    r->doubtful = true;
    return true;
}

/* --- around the document --- */

void json_report_extra(struct json_reader *r, const struct doc_node *root)
{
    struct span span = json_token_span(&r->token);
    enum json_token_kind kind = r->token.kind;
    struct diag *diag;
    if (kind == JSON_CLOSE_ARRAY || kind == JSON_CLOSE_OBJECT)
        diag =
            JSON_REPORT(r, DIAG_E100, span, "this `%c` closes nothing", r->text.ptr[r->token.lo]);
    else if (kind == JSON_OPEN_ARRAY || kind == JSON_OPEN_OBJECT)
        diag = JSON_REPORT(r, DIAG_E100, span, "a second value; a JSON file holds one");
    else
        diag = JSON_REPORT(r, DIAG_E100, span, "text after the end of the JSON value");
    if (root->span.hi > root->span.lo)
        diag_relate(r->bag, diag, span_make(root->span.hi - 1, root->span.hi),
            "the %s of line %u ends here",
            root->kind == DOC_ARRAY    ? "array"
            : root->kind == DOC_OBJECT ? "object"
                                       : "value",
            source_line_at(r->source, root->span.lo));
    json_stop(r);
}

static void report_not_json(struct json_reader *r, struct span span, bool yaml)
{
    struct diag *diag = JSON_REPORT(r, DIAG_E100, span,
        "the file is not JSON: it starts with `%.*s`", STR_ARG(source_slice(r->source, span)));
    if (yaml)
        diag_help(r->bag, diag, "it looks like YAML, whose files are named .yaml or .yml");
    json_stop(r);
}

/* YAML under a JSON name starts with `---`, `- ` or `key:`. */
bool json_is_yaml(struct json_reader *r)
{
    const char *p = r->text.ptr;
    while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\n')
        p++;
    size_t lo = (size_t)(p - r->text.ptr);
    if (p[0] == '-' && (p[1] == '-' || p[1] == ' ')) {
        report_not_json(r, span_make(lo, lo + (p[1] == '-' && p[2] == '-' ? 3 : 1)), true);
        return true;
    }
    struct json_lexer ahead = json_lexer(r->text);
    struct json_token token;
    json_lex(&ahead, &token);
    if (token.kind != JSON_BAD || token.error != JSON_ERROR_WORD)
        return false;
    report_not_json(r, json_token_span(&token), r->text.ptr[token.hi] == ':');
    return true;
}

bool json_is_foreign(struct json_reader *r)
{
    static const struct {
        struct str start;
        const char *name;
    } marks[] = {
        {STR_INIT("\xFF\xFE\0\0"), "UTF-32"},
        {STR_INIT("\0\0\xFE\xFF"), "UTF-32"},
        {STR_INIT("\xFF\xFE"), "UTF-16"},
        {STR_INIT("\xFE\xFF"), "UTF-16"},
    };
    const char *name = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof marks[0] && !name; i++)
        if (str_starts(r->text, marks[i].start))
            name = marks[i].name;
    const char *p = r->text.ptr;
    if (!name && r->text.len >= 4 && !!p[0] != !!p[1] && !!p[0] == !!p[2] && !!p[1] == !!p[3])
        name = "UTF-16";
    if (!name)
        return false;
    struct diag *diag = JSON_REPORT(
        r, DIAG_E002, span_make(0, 2), "the file is %s; experiments are read as UTF-8", name);
    diag_help(r->bag, diag, "save it as UTF-8: iconv -f %s -t UTF-8", name);
    return true;
}
