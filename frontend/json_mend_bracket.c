/* Which bracket of a JSON text was forgotten, mistyped or given once too often. Layout and the balance of what follows
 * decide: where with one bracket more or less all others have their partners, that one is it. */
#include "frontend/json_read.h"

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
    if (!by_layout) {
        gap = (struct gap){r->open->lo, here, r->behind};
        while (memchr(", \t\r\n", r->text.ptr[gap.behind - 1], 5))
            gap.behind--; /* a comma that was read already stays behind the bracket */
    }
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

/* The closing brackets of the rest of the text, the token included, that have no partner in it: the first ones, then 0
 * for the end. With the brackets that are open now they tell which one was forgotten. */
enum { OUTLOOK = 64 };
struct outlook {
    char closers[OUTLOOK];
};

static struct outlook look_ahead(const struct json_reader *r)
{
    struct json_lexer ahead = r->lexer;
    struct json_token token = r->token;
    struct outlook outlook = {{0}};
    size_t open = 0, count = 0;
    for (; token.kind != JSON_END && count < OUTLOOK; json_lex(&ahead, &token)) {
        bool closes = token.kind == JSON_CLOSE_OBJECT || token.kind == JSON_CLOSE_ARRAY;
        if (token.kind == JSON_OPEN_OBJECT || token.kind == JSON_OPEN_ARRAY)
            open++;
        else if (closes && open > 0)
            open--;
        else if (closes)
            outlook.closers[count++] = r->text.ptr[token.lo];
    }
    return outlook;
}

/* How far the outlook is what would be seen if the container `open` and those around it were to be closed, and before
 * them one by `first` (0: none). */
static unsigned agreement(const struct outlook *outlook, char first, const struct json_open *open)
{
    unsigned agreed = 0;
    if (first && outlook->closers[agreed++] != first)
        return 0;
    for (; agreed < OUTLOOK && outlook->closers[agreed] == (open ? open->closer : 0); agreed++)
        open = open ? open->around : NULL;
    return agreed;
}

bool json_mend_next_item(struct json_reader *r)
{
    const struct json_open *around = r->open->around;
    if (r->token.kind != JSON_OPEN_OBJECT || !around || around->closer != ']' ||
        json_at_template(r))
        return false;
    struct outlook outlook = look_ahead(r);
    if (agreement(&outlook, 0, around) < agreement(&outlook, ']', r->open))
        return false;
    report_gap(r, "an object where a key is expected");
    r->doubtful = true; /* the comma before it was read already */
    return true;
}

bool json_mend_extra_closer(struct json_reader *r)
{
    static const enum json_token_kind member[] = {JSON_COMMA, JSON_STRING, JSON_COLON};
    if (r->token.kind == JSON_END)
        return false;
    char closer = r->text.ptr[r->token.lo];
    struct span span = json_token_span(&r->token);
    struct diag *diag;
    if (closer != r->open->closer) {
        const struct json_open *open = r->open;
        struct outlook outlook = look_ahead(r);
        unsigned extra = agreement(&outlook, closer, open);
        if (extra <= agreement(&outlook, closer, open->around) ||
            extra <= agreement(&outlook, 0, open->around))
            return false;
        diag =
            JSON_REPORT(r, DIAG_E108, span, "this `%c` closes nothing: a `%c` is missing before it",
                closer, closer == '}' ? '{' : '[');
    } else if (r->open->around || closer != '}') {
        return false;
    } else {
        struct json_lexer ahead = r->lexer;
        struct json_token token;
        for (size_t i = 0; i < sizeof member / sizeof member[0]; i++) {
            json_lex(&ahead, &token);
            if (token.kind != member[i])
                return false;
        }
        diag = JSON_REPORT(r, DIAG_E100, span,
            "one `}` too many: it ends the object of line %u, but more members follow",
            source_line_at(r->source, (uint32_t)r->open->lo));
    }
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "remove this `%c`", closer);
    diag_edit(r->bag, fix, span, STR(""));
    json_next(r);
    return true;
}

static void report_lost_opener(struct json_reader *r, char opener, size_t at, size_t lo, size_t hi)
{
    struct diag *diag =
        JSON_REPORT(r, DIAG_E108, span_make(lo, hi), "a `%c` is missing before this", opener);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "insert `%c`", opener);
    bool spaced = at > 0 && r->text.ptr[at - 1] == ':';
    diag_edit(r->bag, fix, span_make(at, at),
        arena_printf(&r->bag->arena, "%s%c", spaced ? " " : "", opener));
}

bool json_mend_lost_brace(struct json_reader *r)
{
    struct outlook outlook = look_ahead(r);
    unsigned lost = agreement(&outlook, '}', r->open);
    if (lost <= agreement(&outlook, 0, r->open) ||
        (r->open && lost <= agreement(&outlook, 0, r->open->around)))
        return false;
    report_lost_opener(r, '{', r->behind, r->token.lo, r->token.hi);
    return true;
}

bool json_mend_lost_bracket(struct json_reader *r, const struct doc_node *first)
{
    struct outlook outlook = look_ahead(r);
    unsigned lost = agreement(&outlook, ']', r->open);
    unsigned mistyped = agreement(&outlook, ']', r->open->around);
    bool at_closer = r->token.kind == JSON_CLOSE_ARRAY; /* which is less of a proof than an item */
    if (lost <= agreement(&outlook, 0, r->open) ||
        lost <= agreement(&outlook, 0, r->open->around) || lost < mistyped + at_closer)
        return false;
    report_lost_opener(r, '[', first->span.lo, first->span.lo, first->span.lo + 1);
    return true;
}

bool json_mend_lost_pair(struct json_reader *r)
{
    if ((r->token.kind != JSON_CLOSE_ARRAY && r->token.kind != JSON_CLOSE_OBJECT) ||
        r->text.ptr[r->behind - 1] != ':')
        return false;
    struct outlook outlook = look_ahead(r);
    char closer = r->text.ptr[r->token.lo];
    if (agreement(&outlook, closer, r->open) <= agreement(&outlook, 0, r->open))
        return false;
    report_lost_opener(r, closer == ']' ? '[' : '{', r->behind, r->token.lo, r->token.hi);
    return true;
}

bool json_mend_at_once(struct json_reader *r)
{
    struct outlook outlook;
    if (r->behind != r->open->lo + 1)
        return false;
    outlook = look_ahead(r);
    if (agreement(&outlook, 0, r->open->around) <= agreement(&outlook, 0, r->open))
        return false;
    report_gap(r, "a comma follows at once");
    return true;
}

bool json_mend_lost_end(struct json_reader *r)
{
    const struct json_open *around = r->open->around;
    if (!around || around->closer != '}')
        return false;
    struct outlook outlook = look_ahead(r);
    unsigned lost = agreement(&outlook, 0, around);
    if (lost <= agreement(&outlook, 0, r->open) || lost <= agreement(&outlook, '}', r->open))
        return false;
    report_gap(r, "a key of the object around it");
    r->doubtful = true; /* the comma before it was read already */
    return true;
}

/* A wrong bracket was mistyped if nothing around it waits for one of its kind, or if what follows agrees best with
 * that; else the right one was forgotten before it. */
static bool is_mistyped(const struct json_reader *r, char closer)
{
    bool awaited = false;
    for (const struct json_open *o = r->open->around; o; o = o->around)
        awaited = awaited || o->closer == closer;
    struct outlook outlook = look_ahead(r);
    return !awaited ||
           agreement(&outlook, closer, r->open->around) > agreement(&outlook, 0, r->open->around);
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
