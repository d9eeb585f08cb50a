#include "backends/fmt/trivia.h"

#include <stdlib.h>

/* A member or an item with the text it covers. */
struct element {
    const void *owner;
    const struct doc_node *parent;
    uint32_t lo, hi;
    uint32_t order; /* of the walk: parents before children */
};

struct finder {
    struct arena arena;
    const struct doc *doc;
    struct element *by_start, *by_end;
    size_t count, room;
    const struct doc_node **containers; /* in the order of the walk */
    size_t container_count, container_room;
};

static void add_element(
    struct finder *finder, const void *owner, const struct doc_node *parent, struct span span)
{
    struct element *element =
        ARENA_PUSH(&finder->arena, finder->by_start, finder->count, finder->room);
    *element = (struct element){owner, parent, span.lo, span.hi, (uint32_t)finder->count};
}

static void walk(struct finder *finder, const struct doc_node *node)
{
    bool object = node->kind == DOC_OBJECT || node->kind == DOC_SET;
    if (!object && node->kind != DOC_ARRAY)
        return;
    const struct doc_node **slot = ARENA_PUSH(
        &finder->arena, finder->containers, finder->container_count, finder->container_room);
    *slot = node;
    if (node->aliased)
        return;
    for (size_t i = 0; object && i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->merged)
            continue;
        struct span span = member->key_span;
        if (member->value->span.hi > member->value->span.lo && !member->value->aliased)
            span = span_join(span, member->value->span);
        add_element(finder, member, node, span);
        walk(finder, member->value);
    }
    for (size_t i = 0; !object && i < node->as.array.count; i++) {
        add_element(finder, node->as.array.items[i], node, node->as.array.items[i]->span);
        walk(finder, node->as.array.items[i]);
    }
}

static int by_start(const void *left, const void *right)
{
    const struct element *a = left, *b = right;
    if (a->lo != b->lo)
        return a->lo < b->lo ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static int by_end(const void *left, const void *right)
{
    const struct element *a = left, *b = right;
    if (a->hi != b->hi)
        return a->hi < b->hi ? -1 : 1;
    return a->order < b->order ? -1 : 1;
}

static uint32_t line_start(const struct doc *doc, uint32_t place)
{
    while (place > 0 && doc->source->text.ptr[place - 1] != '\n')
        place--;
    return place;
}

static bool is_first_on_line(const struct doc *doc, uint32_t place)
{
    for (uint32_t i = line_start(doc, place); i < place; i++)
        if (doc->source->text.ptr[i] != ' ' && doc->source->text.ptr[i] != '\t')
            return false;
    return true;
}

/* The last element that ends before the place, the innermost where several end together. */
static const struct element *element_before(const struct finder *finder, uint32_t place)
{
    size_t lo = 0, hi = finder->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (finder->by_end[middle].hi <= place)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo ? &finder->by_end[lo - 1] : NULL;
}

/* The first element that starts behind the place, the outermost where several start together. */
static const struct element *element_after(const struct finder *finder, uint32_t place)
{
    size_t lo = 0, hi = finder->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (finder->by_start[middle].lo >= place)
            hi = middle;
        else
            lo = middle + 1;
    }
    return lo < finder->count ? &finder->by_start[lo] : NULL;
}

/* The last element that starts before the place, the innermost where several start together; NULL if it starts on
 * an earlier line. */
static const struct element *element_begun(const struct finder *finder, uint32_t place)
{
    if (!finder->count)
        return NULL;
    const struct element *after = element_after(finder, place);
    const struct element *end = after ? after : finder->by_start + finder->count;
    if (end == finder->by_start || end[-1].lo < line_start(finder->doc, place))
        return NULL;
    return end - 1;
}

/* The smallest container around the place; the root if there is none. */
static const struct doc_node *container_around(const struct finder *finder, uint32_t place)
{
    const struct doc_node *best = finder->doc->root;
    for (size_t i = 0; i < finder->container_count; i++) {
        const struct doc_node *node = finder->containers[i];
        if (!node->aliased && node->span.lo <= place && place < node->span.hi)
            best = node;
    }
    return best;
}

/* Where an element's line of YAML begins: an item at its dash. */
static uint32_t column_of(const struct doc *doc, const struct element *element)
{
    const char *text = doc->source->text.ptr;
    uint32_t start = line_start(doc, element->lo), dash = element->lo;
    while (dash > start && text[dash - 1] == ' ')
        dash--;
    bool item = element->parent->kind == DOC_ARRAY && dash > start && text[dash - 1] == '-';
    return (item ? dash - 1 : element->lo) - start;
}

/* A YAML comment that is indented deeper than what follows belongs behind what precedes it. */
static const struct doc_node *container_by_indent(const struct finder *finder,
    const struct element *before, const struct element *after, struct span comment)
{
    const struct doc *doc = finder->doc;
    uint32_t column = comment.lo - line_start(doc, comment.lo);
    if (!before || (after && column_of(doc, after) >= column))
        return NULL;
    const struct element *end = before, *start = finder->by_end;
    for (const struct element *at = end; at >= start && at->hi == end->hi; at--)
        if (column_of(doc, at) <= column)
            return after && after->lo < at->parent->span.hi ? NULL : at->parent;
    return NULL;
}

static struct note assign(const struct finder *finder, struct span comment)
{
    const struct doc *doc = finder->doc;
    const struct element *before = element_before(finder, comment.lo);
    const struct element *after = element_after(finder, comment.hi);
    if (!is_first_on_line(doc, comment.lo) && before && before->hi >= line_start(doc, comment.lo) &&
        before->hi > before->lo)
        return (struct note){before->owner, NOTE_TRAILING, comment, false};
    const struct doc_node *around = container_around(finder, comment.lo);
    const struct element *begun = element_begun(finder, comment.lo);
    if (doc->notation == DOC_YAML && begun) /* behind `key:`, its value on the next line */
        return (struct note){begun->owner, NOTE_HEADING, comment, false};
    if (doc->notation == DOC_YAML) {
        const struct doc_node *by_indent = container_by_indent(finder, before, after, comment);
        if (by_indent)
            return (struct note){by_indent, NOTE_DANGLING, comment, false};
    } else if (after && around != doc->root && after->lo >= around->span.hi) {
        after = NULL;
    }
    if (after)
        return (struct note){after->owner, NOTE_LEADING, comment, false};
    return (struct note){around, NOTE_DANGLING, comment, false};
}

static int by_owner(const void *left, const void *right)
{
    const struct note *a = left, *b = right;
    if (a->owner != b->owner)
        return (uintptr_t)a->owner < (uintptr_t)b->owner ? -1 : 1;
    return a->span.lo < b->span.lo ? -1 : 1;
}

void trivia_init(struct trivia *trivia, const struct doc *doc)
{
    *trivia = (struct trivia){.doc = doc};
    arena_init(&trivia->arena);
    if (!doc->comment_count)
        return;
    struct finder finder = {.doc = doc};
    arena_init(&finder.arena);
    walk(&finder, doc->root);
    finder.by_end = ARENA_ARRAY(&finder.arena, struct element, finder.count + 1);
    if (finder.count) {
        memcpy(finder.by_end, finder.by_start, finder.count * sizeof *finder.by_end);
        qsort(finder.by_start, finder.count, sizeof *finder.by_start, by_start);
        qsort(finder.by_end, finder.count, sizeof *finder.by_end, by_end);
    }
    trivia->count = doc->comment_count;
    trivia->notes = ARENA_ARRAY(&trivia->arena, struct note, trivia->count);
    for (size_t i = 0; i < doc->comment_count; i++)
        trivia->notes[i] = assign(&finder, doc->comments[i].span);
    qsort(trivia->notes, trivia->count, sizeof *trivia->notes, by_owner);
    arena_free(&finder.arena);
}

void trivia_free(struct trivia *trivia)
{
    arena_free(&trivia->arena);
}

struct note *trivia_of(const struct trivia *trivia, const void *owner, size_t *count)
{
    size_t lo = 0, hi = trivia->count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if ((uintptr_t)trivia->notes[middle].owner < (uintptr_t)owner)
            lo = middle + 1;
        else
            hi = middle;
    }
    *count = 0;
    while (lo + *count < trivia->count && trivia->notes[lo + *count].owner == owner)
        ++*count;
    return *count ? &trivia->notes[lo] : NULL;
}

static size_t count_own(
    const struct trivia *trivia, const void *owner, bool only_dangling, struct note **last)
{
    size_t count, open = 0;
    struct note *notes = trivia_of(trivia, owner, &count);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].printed || (only_dangling && notes[i].kind != NOTE_DANGLING))
            continue;
        open++;
        if (last && (!*last || (*last)->span.lo < notes[i].span.lo))
            *last = &notes[i];
    }
    return open;
}

static size_t count_inside(
    const struct trivia *trivia, const struct doc_node *node, bool top, struct note **last)
{
    bool object = node->kind == DOC_OBJECT || node->kind == DOC_SET;
    size_t open = count_own(trivia, node, top, last);
    for (size_t i = 0; object && i < node->as.object.count; i++)
        open += count_own(trivia, &node->as.object.members[i], false, last) +
                count_inside(trivia, node->as.object.members[i].value, false, last);
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        open += count_inside(trivia, node->as.array.items[i], false, last);
    return open;
}

size_t trivia_inside(const struct trivia *trivia, const struct doc_node *node, struct note **last)
{
    if (last)
        *last = NULL;
    return trivia->count ? count_inside(trivia, node, true, last) : 0;
}

uint32_t trivia_place_behind(const struct doc *doc, uint32_t place, struct str keyword)
{
    const char *text = doc->source->text.ptr;
    uint32_t end = place;
    while (end > 0 && strchr(" \t\r\n", text[end - 1]))
        end--;
    bool behind = doc->notation == DOC_CHAOS && end >= keyword.len &&
                  memcmp(text + end - keyword.len, keyword.ptr, keyword.len) == 0;
    return behind ? end - (uint32_t)keyword.len : place;
}

uint32_t trivia_item_place(const struct doc *doc, const struct doc_node *item)
{
    uint32_t place = item->span.lo;
    bool formed = item->kind == DOC_OBJECT && doc->source->text.ptr[place] != '{';
    return formed ? place : trivia_place_behind(doc, place, STR("raw"));
}

bool trivia_blank_before(const struct doc *doc, uint32_t place)
{
    const char *text = doc->source->text.ptr;
    size_t line_ends = 0;
    while (place > 0) {
        char c = text[place - 1];
        bool marker = doc->notation == DOC_YAML && (c == '-' || c == '?') && line_ends == 0;
        if (c == '\n')
            line_ends++;
        else if (c != ' ' && c != '\t' && c != '\r' && !marker)
            break;
        place--;
    }
    return line_ends > 1 && place > 0;
}
