/* What is wrong between the tokens of JSON, in words: comments, stray characters, brackets, what
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

/* --- brackets --- */

static const char *container_name(char closer)
{
    return closer == '}' ? "object" : "array";
}

static uint32_t indent_at(const struct json_reader *r, size_t at)
{
    size_t line = at;
    while (line > 0 && r->text.ptr[line - 1] != '\n')
        line--;
    uint32_t indent = 0;
    while (r->text.ptr[line + indent] == ' ' || r->text.ptr[line + indent] == '\t')
        indent++;
    return indent;
}

static bool starts_line(const struct json_reader *r, size_t at)
{
    while (at > 0 && (r->text.ptr[at - 1] == ' ' || r->text.ptr[at - 1] == '\t'))
        at--;
    return at == 0 || r->text.ptr[at - 1] == '\n';
}

/* A container that was left open: its bracket, what closes it instead, and the end of the token before that. */
struct gap {
    size_t opener, closer, behind;
};

/* Which bracket was forgotten before `end`, by the layout: the first opening one whose closing one starts a line
 * further left than the line it was opened in. Returns false if the layout does not tell. */
static bool find_gap(const struct json_reader *r, size_t end, struct gap *gap)
{
    struct json_lexer lexer = json_lexer(r->text);
    struct json_token token = {.kind = JSON_END};
    struct buf stack = {0};
    bool found = false;
    while (!found) {
        gap->behind = token.hi;
        json_lex(&lexer, &token);
        if (token.kind == JSON_END || token.lo >= end)
            break;
        if (token.kind == JSON_OPEN_OBJECT || token.kind == JSON_OPEN_ARRAY)
            buf_add(&stack, &token.lo, sizeof token.lo);
        if ((token.kind != JSON_CLOSE_OBJECT && token.kind != JSON_CLOSE_ARRAY) || !stack.len)
            continue;
        stack.len -= sizeof gap->opener;
        memcpy(&gap->opener, stack.data + stack.len, sizeof gap->opener);
        gap->closer = token.lo;
        found = starts_line(r, token.lo) && indent_at(r, token.lo) < indent_at(r, gap->opener);
    }
    buf_free(&stack);
    return found;
}

/* Offers the missing bracket: on a line of its own if the container has lines. */
static void fix_gap(struct json_reader *r, struct diag *diag, const struct gap *gap, char mark)
{
    struct str between = {r->text.ptr + gap->opener, gap->behind - gap->opener};
    struct str text = arena_printf(&r->bag->arena, "%c", mark);
    if (memchr(between.ptr, '\n', between.len)) {
        size_t line = gap->opener;
        while (line > 0 && r->text.ptr[line - 1] != '\n')
            line--;
        text = arena_printf(
            &r->bag->arena, "\n%.*s%c", (int)indent_at(r, gap->opener), r->text.ptr + line, mark);
    }
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "insert `%c`", mark);
    diag_edit(r->bag, fix, span_make(gap->behind, gap->behind), text);
}

/* Reports that a bracket is missing before the token; `what` says what stands there instead. */
static void report_gap(struct json_reader *r, const char *what)
{
    struct gap gap;
    size_t here = r->token.kind == JSON_END ? r->behind : r->token.lo;
    bool by_layout = find_gap(r, here, &gap);
    if (!by_layout)
        gap = (struct gap){r->open->lo, here, r->behind};
    char mark = r->text.ptr[gap.opener] == '{' ? '}' : ']';
    struct diag *diag = JSON_REPORT(r, DIAG_E108, span_make(gap.opener, gap.opener + 1),
        "this %s is never closed: a `%c` is missing", container_name(mark), mark);
    if (by_layout)
        diag_relate(r->bag, diag, span_make(gap.closer, gap.closer + 1),
            "this `%c` closes it, but stands further left", r->text.ptr[gap.closer]);
    size_t end = r->token.kind == JSON_END ? here : here + 1;
    unsigned others = 0;
    for (const struct json_open *o = r->open->around; o && r->token.kind == JSON_END; o = o->around)
        others++;
    if (others && !by_layout) {
        diag_relate(
            r->bag, diag, span_make(here, end), "%s, with %u more open around it", what, others);
        return; /* where those end is anyone's guess */
    }
    diag_relate(r->bag, diag, span_make(here, end), "%s", what);
    fix_gap(r, diag, &gap, mark);
}

void json_report_unclosed(struct json_reader *r)
{
    if (r->stopped)
        return;
    report_gap(r, "the file ends here");
    json_stop(r); /* of the containers around it nothing more is known */
}

bool json_mend_next_item(struct json_reader *r)
{
    bool item = r->token.kind == JSON_OPEN_OBJECT && r->open->around &&
                r->open->around->closer == ']' && !json_at_template(r);
    if (item) {
        report_gap(r, "an object where a key is expected");
        r->doubtful = true; /* the comma before it was read already */
    }
    return item;
}

bool json_mend_early_end(struct json_reader *r)
{
    static const enum json_token_kind member[] = {JSON_COMMA, JSON_STRING, JSON_COLON};
    if (r->token.kind != JSON_CLOSE_OBJECT || r->open->around || r->open->closer != '}')
        return false;
    struct json_lexer ahead = r->lexer;
    struct json_token token;
    for (size_t i = 0; i < sizeof member / sizeof member[0]; i++) {
        json_lex(&ahead, &token);
        if (token.kind != member[i])
            return false;
    }
    struct diag *diag = JSON_REPORT(r, DIAG_E100, json_token_span(&r->token),
        "one `}` too many: it ends the object of line %u, but more members follow",
        source_place(r->source, (uint32_t)r->open->lo).line);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "remove this `}`");
    diag_edit(r->bag, fix, diag->span, STR(""));
    json_next(r);
    json_next(r); /* the comma */
    return true;
}

/* How many more brackets the rest of the text closes than it opens. */
static long net_closers(const struct json_reader *r)
{
    struct json_lexer ahead = r->lexer;
    struct json_token token;
    long net = 0;
    for (json_lex(&ahead, &token); token.kind != JSON_END; json_lex(&ahead, &token)) {
        net += token.kind == JSON_CLOSE_OBJECT || token.kind == JSON_CLOSE_ARRAY;
        net -= token.kind == JSON_OPEN_OBJECT || token.kind == JSON_OPEN_ARRAY;
    }
    return net;
}

/* A wrong bracket was mistyped if nothing around it waits for one of its kind, or if with the right
 * one in its place every bracket of the file has its partner; else the right one was forgotten
 * before it. */
static bool is_mistyped(const struct json_reader *r, char closer)
{
    bool awaited = false;
    long around = 0;
    for (const struct json_open *o = r->open->around; o; o = o->around, around++)
        awaited = awaited || o->closer == closer;
    return !awaited || net_closers(r) == around;
}

bool json_mend_wrong_closer(struct json_reader *r)
{
    const struct json_open *open = r->open;
    char closer = r->text.ptr[r->token.lo];
    struct span bracket = json_token_span(&r->token), opener = span_make(open->lo, open->lo + 1);
    char right[2] = {open->closer, '\0'};
    if (is_mistyped(r, closer)) {
        struct diag *diag =
            JSON_REPORT(r, DIAG_E108, bracket, "`%c` closes an %s, where `%c` is expected", closer,
                container_name(open->closer), open->closer);
        diag_relate(r->bag, diag, opener, "the %s starts here", container_name(open->closer));
        struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "write `%s`", right);
        diag_edit(r->bag, fix, bracket, str_from(right));
        return true;
    }
    report_gap(r, closer == '}' ? "this `}` belongs further out" : "this `]` belongs further out");
    return false;
}

struct doc_node *json_skip_deep(struct json_reader *r)
{
    struct doc_node *node = json_node(r, DOC_ERROR, json_token_span(&r->token));
    JSON_REPORT(r, DIAG_E004, node->span,
        "more than %d arrays and objects inside each other; what is deeper is not read",
        JSON_MAX_DEPTH);
    size_t open = 0;
    do {
        if (r->token.kind == JSON_OPEN_ARRAY || r->token.kind == JSON_OPEN_OBJECT)
            open++;
        else if (r->token.kind == JSON_CLOSE_ARRAY || r->token.kind == JSON_CLOSE_OBJECT)
            open--;
        json_next(r);
    } while (open > 0 && r->token.kind != JSON_END);
    node->span.hi = (uint32_t)r->behind;
    if (open > 0)
        json_stop(r); /* that it is not closed either is no news */
    return node;
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
            source_place(r->source, root->span.lo).line);
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
