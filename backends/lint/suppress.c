#include "backends/lint/suppress.h"

#include <stdlib.h>

#include "backends/lint/place.h"

bool suppress_near(struct str written, enum diag_code *code)
{
    unsigned least = written.len > 5 ? 3 : 1;
    bool found = false;
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);
        unsigned id = str_distance(written, str_from(info->id), least);
        unsigned slug = str_distance(written, str_from(info->slug), least);
        unsigned distance = id < slug ? id : slug;
        if (distance > least || (found && distance == least))
            continue;
        least = distance;
        *code = (enum diag_code)i;
        found = true;
    }
    return found;
}

/* A code as somebody wrote it; what is none is reported. */
static bool read_code(struct str text, struct source *source, struct span place,
    struct diag_bag *bag, enum diag_code *code)
{
    if (diag_find(text, code))
        return true;
    struct diag *diag = diag_add(bag, source, DIAG_W053, place,
        "`%.*s` is no rule's code or name, so nothing is kept quiet", STR_ARG(text));
    enum diag_code near;
    if (suppress_near(text, &near)) {
        struct diag_fix *fix = diag_fix(
            bag, diag, DIAG_UNSAFE, "write `%s` (%s)", diag_info(near)->id, diag_info(near)->slug);
        diag_edit(bag, fix, place, str_from(diag_info(near)->id));
    } else {
        diag_help(bag, diag, "`chaosc rules` lists all of them");
    }
    return false;
}

static void add(struct suppressions *set, struct suppression item)
{
    *ARENA_PUSH(&set->arena, set->items, set->count, set->room) = item;
}

/* ---- comments ---- */

struct scanner {
    struct suppressions *set;
    const struct doc *doc;
    struct diag_bag *bag;
    struct span comment;
    const char *p, *end;
};

static void skip_blanks(struct scanner *s)
{
    while (s->p < s->end && (*s->p == ' ' || *s->p == '\t'))
        s->p++;
}

static bool take(struct scanner *s, struct str word)
{
    if (!str_starts(str_slice(s->p, s->end), word))
        return false;
    s->p += word.len;
    return true;
}

static uint32_t offset_of(const struct scanner *s, const char *p)
{
    return (uint32_t)(p - s->doc->source->text.ptr);
}

static uint32_t line_start(struct str text, uint32_t at)
{
    while (at > 0 && text.ptr[at - 1] != '\n')
        at--;
    return at;
}

static uint32_t line_end(struct str text, uint32_t at)
{
    while (at < text.len && text.ptr[at] != '\n')
        at++;
    return at;
}

static bool is_blank(struct str text, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (text.ptr[i] != ' ' && text.ptr[i] != '\t' && text.ptr[i] != '\r')
            return false;
    return true;
}

/* The start of the next line that holds more than blanks and a comment, or the end of the text. */
static uint32_t next_line(const struct doc *doc, uint32_t at)
{
    struct str text = doc->source->text;
    for (;;) {
        uint32_t start = line_end(text, at);
        if (start >= text.len)
            return (uint32_t)text.len;
        start++;
        uint32_t end = line_end(text, start), first = start;
        while (first < end && memchr(" \t\r", text.ptr[first], 3))
            first++;
        if (first < end && text.ptr[first] != '#')
            return start;
        at = start;
    }
}

/* What a comment speaks of: its own line behind something, else the entry below it. */
static struct span reach(const struct scanner *s, bool whole_file)
{
    struct str text = s->doc->source->text;
    if (whole_file)
        return span_make(0, text.len);
    uint32_t start = line_start(text, s->comment.lo);
    if (!is_blank(text, start, s->comment.lo))
        return span_make(start, line_end(text, s->comment.hi));
    uint32_t next = next_line(s->doc, s->comment.hi), end = line_end(text, next);
    struct place_entry entry;
    if (!place_entry_in(s->doc, next, end, &entry))
        return span_make(next, end);
    /* The line's indentation and dash belong to the entry. */
    uint32_t hi = entry.span.hi > end ? entry.span.hi : end;
    return span_make(next, hi);
}

/* Reads `[A, b] reason` behind `chaosc: ignore`. */
static void read_codes(struct scanner *s, bool whole_file)
{
    size_t first = s->set->count;
    if (!take(s, STR("[")) || !memchr(s->p, ']', (size_t)(s->end - s->p))) {
        struct diag *diag = diag_add(s->bag, s->doc->source, DIAG_W053, s->comment,
            "this comment keeps nothing quiet: it names no rule");
        diag_help(s->bag, diag, "write `# chaosc: ignore[CODE] reason`");
        return;
    }
    struct span holds = reach(s, whole_file);
    while (s->p < s->end && *s->p != ']') {
        skip_blanks(s);
        const char *from = s->p;
        while (s->p < s->end && !memchr(",] \t", *s->p, 4))
            s->p++;
        struct span written = span_make(offset_of(s, from), offset_of(s, s->p));
        struct suppression item = {
            .holds = holds, .written = written, .source = s->doc->source, .comment = s->comment};
        if (s->p > from &&
            read_code(str_slice(from, s->p), s->doc->source, written, s->bag, &item.code))
            add(s->set, item);
        skip_blanks(s);
        if (!take(s, STR(",")) && s->p < s->end && *s->p != ']' && s->p == from)
            s->p++;
    }
    take(s, STR("]"));
    skip_blanks(s);
    struct str reason = str_slice(s->p, s->end);
    while (reason.len && memchr(" \t\r", reason.ptr[reason.len - 1], 3))
        reason.len--;
    for (size_t i = first; i < s->set->count; i++)
        s->set->items[i].reason = reason;
}

static void read_comment(struct scanner *s)
{
    s->p = s->doc->source->text.ptr + s->comment.lo + 1;
    s->end = s->doc->source->text.ptr + s->comment.hi;
    skip_blanks(s);
    if (!take(s, STR("chaosc:")))
        return;
    skip_blanks(s);
    if (take(s, STR("ignore-file"))) {
        read_codes(s, true);
    } else if (take(s, STR("ignore"))) {
        read_codes(s, false);
    } else {
        struct diag *diag = diag_add(s->bag, s->doc->source, DIAG_W053, s->comment,
            "this comment speaks to chaosc, but says nothing that it knows");
        diag_help(s->bag, diag, "write `# chaosc: ignore[CODE] reason`");
    }
}

/* ---- x-chaosc and the ignore file ---- */

/* One of ["E204", {"code": "E204", "reason": "why"}]. */
static void read_ignore(struct suppressions *set, const struct doc_node *item,
    struct source *source, struct span holds, enum diag_code complain, struct diag_bag *bag)
{
    const struct doc_node *code = item->kind == DOC_OBJECT ? doc_get(item, STR("code")) : item;
    const struct doc_node *reason = doc_get(item, STR("reason"));
    if (!code || code->kind != DOC_STRING || (reason && reason->kind != DOC_STRING)) {
        diag_add(bag, source, complain, item->span,
            "a suppression is a rule's code, or an object with `code` and `reason`");
        return;
    }
    struct suppression found = {.holds = holds,
        .written = code->span,
        .source = source,
        .reason = reason ? reason->as.text : STR("")};
    if (read_code(code->as.text, source, code->span, bag, &found.code))
        add(set, found);
}

static void read_ignores(struct suppressions *set, const struct doc_node *list,
    struct source *source, struct span holds, enum diag_code complain, struct diag_bag *bag)
{
    if (list->kind != DOC_ARRAY) {
        diag_add(bag, source, complain, list->span,
            "suppressions are an array of rules' codes, not %s",
            doc_kind_name((enum doc_kind)list->kind));
        return;
    }
    for (size_t i = 0; i < list->as.array.count; i++)
        read_ignore(set, list->as.array.items[i], source, holds, complain, bag);
}

static void collect_members(struct suppressions *set, const struct doc *doc,
    const struct doc_node *node, struct diag_bag *bag)
{
    if (node->aliased)
        return;
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            collect_members(set, doc, node->as.array.items[i], bag);
    if (node->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->merged)
            continue;
        const struct doc_node *list = doc_get(member->value, STR("ignore"));
        if (str_is(member->key, "x-chaosc") && list)
            read_ignores(set, list, doc->source,
                node == doc->root ? span_make(0, doc->source->text.len) : node->span, DIAG_W053,
                bag);
        else
            collect_members(set, doc, member->value, bag);
    }
}

void suppress_collect(struct suppressions *set, const struct doc *doc, struct diag_bag *bag)
{
    *set = (struct suppressions){0};
    arena_init(&set->arena);
    struct scanner s = {.set = set, .doc = doc, .bag = bag};
    for (size_t i = 0; i < doc->comment_count; i++) {
        s.comment = doc->comments[i].span;
        read_comment(&s);
    }
    /* Few files have the member, and looking at bytes is cheaper than at nodes. */
    if (str_contains(doc->source->text, STR("x-chaosc")))
        collect_members(set, doc, doc->root, bag);
}

void suppress_add_file(struct suppressions *set, const struct doc *ignore_file, struct str name,
    const struct doc *doc, struct diag_bag *bag)
{
    const struct doc_node *places = doc_get(ignore_file->root, name);
    if (!places)
        return;
    struct source *source = ignore_file->source;
    if (places->kind != DOC_OBJECT) {
        diag_add(bag, source, DIAG_E055, places->span,
            "a file's suppressions are an object from JSON pointers to rules' codes, not %s",
            doc_kind_name((enum doc_kind)places->kind));
        return;
    }
    for (size_t i = 0; i < places->as.object.count; i++) {
        const struct doc_member *member = &places->as.object.members[i];
        struct place_entry entry;
        if (!place_find(doc, member->key, &entry)) {
            diag_add(bag, source, DIAG_W051, member->key_span,
                "the file `%.*s` has nothing at `%.*s`", STR_ARG(name), STR_ARG(member->key));
            continue;
        }
        if (member->key.len == 0)
            entry.span = span_make(0, doc->source->text.len);
        read_ignores(set, member->value, source, entry.span, DIAG_E055, bag);
    }
}

/* ---- keeping quiet ---- */

/* Findings of a document in the order of the text, and suppressions by where they begin: gone through side by
 * side, so that each finding meets only those that hold it. */
struct sweep {
    struct diag **findings;
    size_t count;
    struct suppression **by_start;
};

static int compare_findings(const void *left, const void *right)
{
    const struct diag *a = *(struct diag *const *)left, *b = *(struct diag *const *)right;
    if (a->span.lo != b->span.lo)
        return a->span.lo < b->span.lo ? -1 : 1;
    return (a->order > b->order) - (a->order < b->order);
}

static int compare_starts(const void *left, const void *right)
{
    const struct suppression *a = *(struct suppression *const *)left,
                             *b = *(struct suppression *const *)right;
    if (a->holds.lo != b->holds.lo)
        return a->holds.lo < b->holds.lo ? -1 : 1;
    return (a > b) - (a < b);
}

static struct sweep sweep_make(
    struct suppressions *set, const struct doc *doc, const struct diag_bag *bag)
{
    struct sweep sweep = {
        .findings = ARENA_ARRAY(&set->arena, struct diag *, bag->count),
        .by_start = ARENA_ARRAY(&set->arena, struct suppression *, set->count),
    };
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->source == doc->source)
            sweep.findings[sweep.count++] = bag->items[i];
    for (size_t i = 0; i < set->count; i++)
        sweep.by_start[i] = &set->items[i];
    qsort(sweep.findings, sweep.count, sizeof *sweep.findings, compare_findings);
    qsort(sweep.by_start, set->count, sizeof *sweep.by_start, compare_starts);
    return sweep;
}

/* Marks what is kept quiet; where several suppressions do it, the one written last gives the reason. */
static void keep_quiet(
    struct suppressions *set, struct sweep *sweep, const struct doc *doc, struct diag_bag *bag)
{
    struct suppression **open = ARENA_ARRAY(&set->arena, struct suppression *, set->count);
    size_t begun = 0, open_count = 0;
    for (size_t i = 0; i < sweep->count; i++) {
        struct diag *diag = sweep->findings[i];
        const struct suppression *last = NULL;
        while (begun < set->count && sweep->by_start[begun]->holds.lo <= diag->span.lo)
            open[open_count++] = sweep->by_start[begun++];
        size_t kept = 0;
        for (size_t j = 0; j < open_count; j++) {
            struct suppression *item = open[j];
            if (item->holds.hi < diag->span.lo)
                continue;
            open[kept++] = item;
            if (item->code != diag->code)
                continue;
            item->used = true;
            last = !last || item > last ? item : last;
        }
        open_count = kept;
        if (!last)
            continue;
        diag->suppressed = true;
        diag->suppressed_outside = last->source != doc->source;
        diag->suppression = arena_str(&bag->arena, last->reason);
    }
}

/* Leaves the findings that are still reported. */
static void sweep_drop_quiet(struct sweep *sweep)
{
    size_t kept = 0;
    for (size_t i = 0; i < sweep->count; i++)
        if (!sweep->findings[i]->suppressed && sweep->findings[i]->level != DIAG_OFF)
            sweep->findings[kept++] = sweep->findings[i];
    sweep->count = kept;
}

/* The first finding that the suppression would have reached, had it named its rule. */
static const struct diag *other_finding(const struct sweep *sweep, const struct suppression *item)
{
    size_t lo = 0, hi = sweep->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (sweep->findings[middle]->span.lo < item->holds.lo)
            lo = middle + 1;
        else
            hi = middle;
    }
    bool reached = lo < sweep->count && sweep->findings[lo]->span.lo <= item->holds.hi;
    return reached ? sweep->findings[lo] : NULL;
}

static void report_unused(
    const struct suppression *item, const struct diag *other, struct diag_bag *bag)
{
    const struct diag_info *info = diag_info(item->code);
    struct diag *diag = diag_add(bag, item->source, DIAG_W051, item->written,
        "nothing here is reported as `%s` (%s): the suppression is not needed", info->id,
        info->slug);
    if (other) {
        diag_help(bag, diag, "what is reported here is `%s` (%s)", diag_info(other->code)->id,
            diag_info(other->code)->slug);
        return;
    }
    struct str comment = source_slice(item->source, item->comment);
    if (comment.len == 0 || memchr(comment.ptr, ',', comment.len))
        return; /* a comment that says more is its writer's to edit */
    struct str text = item->source->text;
    struct span gone = item->comment;
    while (gone.lo > 0 && (text.ptr[gone.lo - 1] == ' ' || text.ptr[gone.lo - 1] == '\t'))
        gone.lo--;
    bool own_line = gone.lo == 0 || text.ptr[gone.lo - 1] == '\n';
    if (own_line && gone.hi < text.len)
        gone.hi = line_end(text, gone.hi) + 1;
    struct diag_fix *fix = diag_fix(bag, diag, DIAG_SAFE, "take the comment out");
    diag_edit(bag, fix, gone, STR(""));
}

void suppress_apply(struct suppressions *set, const struct doc *doc,
    const enum diag_level levels[DIAG_CODE_COUNT], bool require_reason, struct diag_bag *bag)
{
    if (set->count == 0)
        return;
    /* Made before suppressions themselves are judged: what is said of them does not count. */
    struct sweep sweep = sweep_make(set, doc, bag);
    keep_quiet(set, &sweep, doc, bag);
    sweep_drop_quiet(&sweep);
    for (size_t j = 0; j < set->count; j++) {
        const struct suppression *item = &set->items[j];
        if (!item->used && levels[item->code] != DIAG_OFF)
            report_unused(item, other_finding(&sweep, item), bag);
        else if (require_reason && item->reason.len == 0)
            diag_add(bag, item->source, DIAG_W052, item->written,
                "`%s` is kept quiet without a reason, which the configuration asks for",
                diag_info(item->code)->id);
    }
}

void suppress_free(struct suppressions *set)
{
    arena_free(&set->arena);
    *set = (struct suppressions){0};
}
