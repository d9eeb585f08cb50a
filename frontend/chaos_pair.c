#include "frontend/chaos_pair.h"

#include "frontend/chaos_parse.h"

/* A file with more bracket mistakes than this is read without further repairs being reported. */
enum { MOST_REPAIRS = 20, LOOK_AHEAD = 400 };

struct pairing {
    struct arena *arena;
    struct doc *doc;
    struct diag_bag *bag;
    struct chaos_tokens *tokens;
    size_t *stack, depth, room;
    bool by_layout; /* something does not match: let the layout say where */
};

enum fault { FAULT_NONE, FAULT_UNCLOSED, FAULT_EXTRA };

struct finding {
    enum fault fault;
    size_t bracket; /* the opening bracket that lacks its end, or the closing one that closes
                       nothing */
    size_t limit;   /* UNCLOSED: the token before which it must have ended */
};

static int closer_of(int kind)
{
    return kind == CHAOS_TOK_LBRACE     ? CHAOS_TOK_RBRACE
           : kind == CHAOS_TOK_LBRACKET ? CHAOS_TOK_RBRACKET
           : kind == CHAOS_TOK_LPAREN   ? CHAOS_TOK_RPAREN
                                        : 0;
}

static bool is_closer(int kind)
{
    return kind == CHAOS_TOK_RBRACE || kind == CHAOS_TOK_RBRACKET || kind == CHAOS_TOK_RPAREN;
}

/* The blanks before the first token of the line on which the token stands. */
static size_t line_indent(const struct pairing *p, const struct chaos_token *token)
{
    struct str text = p->doc->source->text;
    size_t start = token->span.lo, indent = 0;
    while (start > 0 && text.ptr[start - 1] != '\n')
        start--;
    while (text.ptr[start + indent] == ' ' || text.ptr[start + indent] == '\t')
        indent++;
    return indent;
}

bool chaos_begins_file_statement(
    const struct doc *doc, const struct chaos_tokens *tokens, size_t index)
{
    const struct chaos_token *token = &tokens->items[index];
    if (token->span.lo != 0 && doc->source->text.ptr[token->span.lo - 1] != '\n')
        return false;
    switch (token->kind) {
    case CHAOS_TOK_CONFIG:
    case CHAOS_TOK_METHOD:
    case CHAOS_TOK_ROLLBACKS:
    case CHAOS_TOK_RUNTIME:
    case CHAOS_TOK_CONTROLS:
        return tokens->items[index + 1].kind == CHAOS_TOK_LBRACE;
    case CHAOS_TOK_STEADY_STATE:
    case CHAOS_TOK_EXPERIMENT:
    case CHAOS_TOK_VERSION:
    case CHAOS_TOK_DESCRIPTION:
    case CHAOS_TOK_SECRETS:
        return tokens->items[index + 1].kind != CHAOS_TOK_COLON &&
               tokens->items[index + 1].kind != CHAOS_TOK_EQUALS;
    default:
        return false;
    }
}

/* A closing bracket that begins a line further left than the line of its opening one has most
 * likely been meant for another: the one it was given to is the one that is not closed. */
static bool is_suspect(const struct pairing *p, size_t opener, size_t closer)
{
    const struct chaos_token *items = p->tokens->items;
    return (items[closer].flags & CHAOS_FIRST_ON_LINE) != 0 &&
           line_indent(p, &items[closer]) < line_indent(p, &items[opener]);
}

/* A closing bracket that begins a line further right than the line of its opening one has most likely lost its own. */
static bool is_stray_closer(const struct pairing *p, size_t opener, size_t closer)
{
    const struct chaos_token *items = p->tokens->items;
    return (items[closer].flags & CHAOS_FIRST_ON_LINE) != 0 &&
           line_indent(p, &items[closer]) > line_indent(p, &items[opener]);
}

/* How many brackets would still not match from `from` to the end of the statement if the stack had `depth` entries. */
static size_t count_faults(const struct pairing *p, size_t from, size_t depth)
{
    const struct chaos_token *items = p->tokens->items;
    size_t faults = 0, above = 0;
    unsigned char kinds[LOOK_AHEAD];
    for (size_t i = from; i < p->tokens->count && i < from + LOOK_AHEAD; i++) {
        int kind = items[i].kind;
        if (kind == CHAOS_TOK_END || chaos_begins_file_statement(p->doc, p->tokens, i))
            return faults + depth + above;
        if (closer_of(kind)) {
            kinds[above++] = (unsigned char)(closer_of(kind) - CHAOS_TOK_LBRACE);
        } else if (is_closer(kind)) {
            int top = above   ? kinds[above - 1] + CHAOS_TOK_LBRACE
                      : depth ? closer_of(items[p->stack[depth - 1]].kind)
                              : 0;
            if (top != kind)
                faults++;
            else if (above)
                above--;
            else
                depth--;
        }
    }
    return faults;
}

/* A closing bracket at `closer` that does not match: is it one too many, or does an inner bracket lack its end? */
static struct finding judge_mismatch(struct pairing *p, size_t closer)
{
    const struct chaos_token *items = p->tokens->items;
    size_t at = p->depth;
    while (at > 0 && closer_of(items[p->stack[at - 1]].kind) != items[closer].kind)
        at--;
    struct finding extra = {FAULT_EXTRA, closer, closer};
    if (at == 0)
        return extra;
    size_t without = 1 + count_faults(p, closer + 1, p->depth);
    size_t with = p->depth - at + count_faults(p, closer + 1, at - 1);
    return without < with ? extra
                          : (struct finding){FAULT_UNCLOSED, p->stack[p->depth - 1], closer};
}

/* Goes through the tokens, sets depths, and stops at the first fault. */
static struct finding find_fault(struct pairing *p)
{
    struct chaos_token *items = p->tokens->items;
    size_t suspect = SIZE_MAX, suspect_end = 0, stray = SIZE_MAX;
    p->depth = 0;
    for (size_t i = 0; i < p->tokens->count; i++) {
        int kind = items[i].kind;
        bool ends = kind == CHAOS_TOK_END;
        bool bracket = kind >= CHAOS_TOK_LBRACE && kind <= CHAOS_TOK_RPAREN;
        if (!bracket && !ends && !p->by_layout) { /* nearly always */
            items[i].depth = (uint32_t)p->depth;
            continue;
        }
        if (p->depth &&
            (ends || (p->by_layout && chaos_begins_file_statement(p->doc, p->tokens, i)))) {
            if (suspect != SIZE_MAX && suspect > p->stack[0])
                return (struct finding){FAULT_UNCLOSED, suspect, suspect_end};
            return (struct finding){FAULT_UNCLOSED, p->stack[p->depth - 1], i};
        }
        if (closer_of(kind)) {
            items[i].depth = (uint32_t)p->depth;
            if (p->depth == 0)
                suspect = stray = SIZE_MAX;
            *ARENA_PUSH(p->arena, p->stack, p->depth, p->room) = i;
            continue;
        }
        if (is_closer(kind)) {
            if (p->depth == 0)
                return (struct finding){FAULT_EXTRA, stray != SIZE_MAX ? stray : i, i};
            if (closer_of(items[p->stack[p->depth - 1]].kind) != kind)
                return judge_mismatch(p, i);
            p->depth--;
            if (suspect == SIZE_MAX && is_suspect(p, p->stack[p->depth], i)) {
                suspect = p->stack[p->depth];
                suspect_end = i;
            }
            if (stray == SIZE_MAX && is_stray_closer(p, p->stack[p->depth], i))
                stray = i;
        }
        items[i].depth = (uint32_t)p->depth;
    }
    return (struct finding){.fault = FAULT_NONE};
}

/* Whether the brace holds statements: they stay readable without it. */
static bool opens_block(const struct chaos_tokens *tokens, size_t brace)
{
    if (tokens->items[brace].kind != CHAOS_TOK_LBRACE || brace == 0)
        return false;
    int before = tokens->items[brace - 1].kind;
    int first = brace > 1 ? tokens->items[brace - 2].kind : 0;
    return before == CHAOS_TOK_METHOD || before == CHAOS_TOK_ROLLBACKS ||
           before == CHAOS_TOK_CONFIG || before == CHAOS_TOK_CONTROLS ||
           before == CHAOS_TOK_RUNTIME || before == CHAOS_TOK_STEADY_STATE ||
           first == CHAOS_TOK_STEADY_STATE || first == CHAOS_TOK_SECRETS;
}

/* Where the bracket most likely ends: before the first line that is not indented deeper than its
 * own. */
static size_t likely_end(const struct pairing *p, const struct finding *finding)
{
    const struct chaos_token *items = p->tokens->items;
    if (opens_block(p->tokens, finding->bracket))
        return finding->limit;
    size_t indent = line_indent(p, &items[finding->bracket]);
    for (size_t i = finding->bracket + 1; i < finding->limit; i++)
        if ((items[i].flags & CHAOS_FIRST_ON_LINE) &&
            items[i].depth <= items[finding->bracket].depth + 1 &&
            line_indent(p, &items[i]) <= indent)
            return i;
    return finding->limit;
}

static void insert_closer(struct pairing *p, size_t opener, size_t at)
{
    struct chaos_tokens *tokens = p->tokens;
    int kind = closer_of(tokens->items[opener].kind);
    (void)ARENA_PUSH(p->arena, tokens->items, tokens->count, tokens->room);
    memmove(&tokens->items[at + 1], &tokens->items[at],
        (tokens->count - 1 - at) * sizeof *tokens->items);
    uint32_t place = tokens->items[at - 1].span.hi;
    tokens->items[at] = (struct chaos_token){
        .kind = (uint16_t)kind, .flags = CHAOS_VIRTUAL, .span = {place, place}};
    for (size_t i = opener; i <= at && !opens_block(tokens, opener); i++)
        tokens->items[i].flags |= CHAOS_MUTED;
}

static void report_unclosed(struct pairing *p, const struct finding *finding, size_t end)
{
    struct source *source = p->doc->source;
    const struct chaos_token *opener = &p->tokens->items[finding->bracket];
    const struct chaos_token *next = &p->tokens->items[end];
    struct diag *diag = diag_add(p->bag, source, DIAG_E142, opener->span,
        "this `%.*s` is never closed", STR_ARG(source_slice(source, opener->span)));
    const char *closer = opener->kind == CHAOS_TOK_LBRACE     ? "}"
                         : opener->kind == CHAOS_TOK_LBRACKET ? "]"
                                                              : ")";
    if (next->kind == CHAOS_TOK_END)
        diag_relate(p->bag, diag, next->span, "expected `%s` before the end of the file", closer);
    else
        diag_relate(p->bag, diag, next->span, "expected `%s` before this", closer);
}

/* The place where the statement that holds the token begins. */
static uint32_t statement_start(
    const struct doc *doc, const struct chaos_tokens *tokens, struct span span)
{
    uint32_t start = 0;
    for (size_t i = 0; i + 1 < tokens->count && tokens->items[i].span.lo <= span.lo; i++)
        if (chaos_begins_file_statement(doc, tokens, i))
            start = tokens->items[i].span.lo;
    return start;
}

void chaos_report_extra(
    struct doc *doc, struct diag_bag *bag, const struct chaos_tokens *tokens, size_t first)
{
    for (size_t i = 0; i < tokens->extra_count; i++) {
        struct span span = tokens->extra[i];
        uint32_t start = statement_start(doc, tokens, span);
        const char *line_end =
            memchr(doc->source->text.ptr + span.hi, '\n', doc->source->text.len - span.hi);
        uint32_t end = line_end ? (uint32_t)(line_end - doc->source->text.ptr) : span.hi;
        bool follows = false;
        for (size_t k = first; k < bag->count && !follows; k++)
            follows = bag->items[k]->span.lo >= start && bag->items[k]->span.lo <= end;
        if (follows)
            continue;
        struct diag *diag = diag_add(bag, doc->source, DIAG_E141, span,
            "this `%.*s` closes nothing", STR_ARG(source_slice(doc->source, span)));
        struct diag_fix *fix = diag_fix(bag, diag, DIAG_UNSAFE, "remove it");
        diag_edit(bag, fix, span, STR(""));
    }
}

/* Past all hope: drops what does not match, closes the rest at the end, and silences the parser. */
static void repair_rest(struct pairing *p)
{
    struct chaos_tokens *tokens = p->tokens, old = *tokens;
    *tokens = old;
    tokens->items = NULL;
    tokens->count = tokens->room = 0;
    p->depth = 0;
    for (size_t i = 0; i < old.count; i++) {
        struct chaos_token token = old.items[i];
        token.flags |= CHAOS_MUTED;
        if (is_closer(token.kind)) {
            if (p->depth == 0 || closer_of(old.items[p->stack[p->depth - 1]].kind) != token.kind)
                continue;
            p->depth--;
        }
        while (token.kind == CHAOS_TOK_END && p->depth > 0) {
            int kind = closer_of(old.items[p->stack[--p->depth]].kind);
            *ARENA_PUSH(p->arena, tokens->items, tokens->count, tokens->room) =
                (struct chaos_token){.kind = (uint16_t)kind,
                    .flags = CHAOS_VIRTUAL | CHAOS_MUTED,
                    .depth = (uint32_t)p->depth,
                    .span = token.span};
        }
        token.depth = (uint32_t)p->depth;
        if (closer_of(token.kind))
            *ARENA_PUSH(p->arena, p->stack, p->depth, p->room) = i;
        *ARENA_PUSH(p->arena, tokens->items, tokens->count, tokens->room) = token;
    }
}

bool chaos_pair(
    struct arena *arena, struct doc *doc, struct diag_bag *bag, struct chaos_tokens *tokens)
{
    struct pairing p = {.arena = arena, .doc = doc, .bag = bag, .tokens = tokens};
    if (find_fault(&p).fault == FAULT_NONE)
        return false;
    p.by_layout = true;
    for (size_t repairs = 0;; repairs++) {
        struct finding finding = find_fault(&p);
        /* An unclosed string has most likely swallowed brackets: its own message is enough. */
        bool loud = !tokens->unclosed;
        if (finding.fault == FAULT_NONE)
            return repairs > 0;
        if (repairs == MOST_REPAIRS) {
            repair_rest(&p);
            return true;
        }
        if (finding.fault == FAULT_EXTRA) {
            if (loud)
                *ARENA_PUSH(arena, tokens->extra, tokens->extra_count, tokens->extra_room) =
                    tokens->items[finding.bracket].span;
            memmove(&tokens->items[finding.bracket], &tokens->items[finding.bracket + 1],
                (tokens->count - finding.bracket - 1) * sizeof *tokens->items);
            tokens->count--;
        } else {
            size_t end = likely_end(&p, &finding);
            if (loud)
                report_unclosed(&p, &finding, end);
            if (closer_of(tokens->items[finding.bracket + 1].kind)) /* the same bracket twice */
                tokens->items[finding.bracket + 1].flags |= CHAOS_MUTED;
            insert_closer(&p, finding.bracket, end);
        }
    }
}
