#include "backends/lint/place.h"

#include <stdio.h>

enum spelling { BY_INDEX, BY_NAME, BY_SHAPE };

static struct span member_span(const struct doc_member *member)
{
    struct span value = member->value->span;
    if (value.hi < member->key_span.hi)
        value.hi = member->key_span.hi;
    return span_make(member->key_span.lo, value.hi);
}

static bool holds(struct span outer, struct span inner)
{
    return outer.lo <= inner.lo && inner.hi <= outer.hi;
}

/* ---- spelling a place ---- */

static void add_token(struct buf *out, struct str token)
{
    buf_add_char(out, '/');
    for (size_t i = 0; i < token.len; i++) {
        if (token.ptr[i] == '~')
            buf_add_text(out, "~0");
        else if (token.ptr[i] == '/')
            buf_add_text(out, "~1");
        else
            buf_add_char(out, token.ptr[i]);
    }
}

/* What people call an item. */
static struct str item_name(const struct doc_node *item)
{
    static const struct str keys[] = {STR_INIT("name"), STR_INIT("ref")};
    if (item->kind == DOC_STRING || item->kind == DOC_INT || item->kind == DOC_REAL)
        return item->as.text;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const struct doc_node *name = doc_get(item, keys[i]);
        if (name && name->kind == DOC_STRING && name->as.text.len)
            return name->as.text;
    }
    return STR("*");
}

static void add_item(
    struct buf *out, const struct doc_node *item, size_t index, enum spelling spelling)
{
    if (spelling == BY_INDEX)
        buf_printf(out, "/%zu", index);
    else
        add_token(out, spelling == BY_NAME ? item_name(item) : STR("*"));
}

static struct span child_span(const struct doc_node *node, size_t i)
{
    return node->kind == DOC_ARRAY ? node->as.array.items[i]->span
                                   : member_span(&node->as.object.members[i]);
}

/* False for what a merge key brought in: it stands elsewhere. */
static bool child_holds(const struct doc_node *node, size_t i, struct span span)
{
    return holds(child_span(node, i), span) &&
           !(node->kind == DOC_OBJECT && node->as.object.members[i].merged);
}

/* Of `count` children in the order of the text, the first that reaches an offset, or `count`. */
static size_t first_reaching(const struct doc_node *node, size_t count, uint32_t offset)
{
    size_t lo = 0, hi = count;
    while (lo < hi) {
        size_t middle = lo + (hi - lo) / 2;
        if (child_span(node, middle).hi < offset)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo;
}

/* The first child that holds the span, or `count`. Most nodes have their children in the order of the text, where
 * bisection finds it; the others are looked through. */
static size_t child_around(const struct doc_node *node, size_t count, struct span span)
{
    size_t lo = first_reaching(node, count, span.hi);
    if (lo < count && child_holds(node, lo, span))
        return lo;
    for (lo = 0; lo < count && !child_holds(node, lo, span);)
        lo++;
    return lo;
}

/* Goes down one step towards the span: the value below, or NULL at the innermost. */
static const struct doc_node *step(
    const struct doc_node *node, struct span span, struct buf *out, enum spelling spelling)
{
    if (node->aliased)
        return NULL; /* what is below stands elsewhere */
    if (node->kind == DOC_ARRAY) {
        size_t i = child_around(node, node->as.array.count, span);
        if (i == node->as.array.count)
            return NULL;
        add_item(out, node->as.array.items[i], i, spelling);
        return node->as.array.items[i];
    }
    if (node->kind == DOC_OBJECT) {
        size_t i = child_around(node, node->as.object.count, span);
        if (i == node->as.object.count)
            return NULL;
        add_token(out, node->as.object.members[i].key);
        return node->as.object.members[i].value;
    }
    return NULL;
}

static struct str spell(
    struct arena *arena, const struct doc *doc, struct span span, enum spelling spelling)
{
    struct buf out = {0};
    for (const struct doc_node *node = doc->root; node;)
        node = step(node, span, &out, spelling);
    struct str text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

struct str place_pointer(struct arena *arena, const struct doc *doc, struct span span)
{
    return spell(arena, doc, span, BY_INDEX);
}

struct str place_names(struct arena *arena, const struct doc *doc, struct span span)
{
    return spell(arena, doc, span, BY_NAME);
}

struct str place_shape(struct arena *arena, const struct doc *doc, struct span span)
{
    return spell(arena, doc, span, BY_SHAPE);
}

void place_findings(const struct doc *doc, struct diag_bag *bag)
{
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->source == doc->source && bag->items[i]->pointer.len == 0)
            bag->items[i]->pointer = place_pointer(&bag->arena, doc, bag->items[i]->span);
}

/* ---- finding a place ---- */

/* True if a pointer's token, with its escapes, is this text. */
static bool is_token(struct str token, struct str text)
{
    size_t j = 0;
    for (size_t i = 0; i < token.len; i++, j++) {
        char c = token.ptr[i];
        if (c == '~' && i + 1 < token.len)
            c = token.ptr[++i] == '1' ? '/' : '~';
        if (j >= text.len || text.ptr[j] != c)
            return false;
    }
    return j == text.len;
}

static bool find_member(const struct doc_node *node, struct str token, struct place_entry *entry)
{
    for (size_t i = node->as.object.count; i-- > 0;) {
        const struct doc_member *member = &node->as.object.members[i];
        if (!is_token(token, member->key))
            continue;
        *entry = (struct place_entry){member_span(member), member->value};
        return true;
    }
    return false;
}

static bool find_item(const struct doc_node *node, struct str token, struct place_entry *entry)
{
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        char index[24];
        int len = snprintf(index, sizeof index, "%zu", i);
        if (!str_equal(token, (struct str){index, (size_t)len}) &&
            !(item->kind == DOC_OBJECT && is_token(token, item_name(item))))
            continue;
        *entry = (struct place_entry){item->span, item};
        return true;
    }
    return false;
}

bool place_find(const struct doc *doc, struct str pointer, struct place_entry *entry)
{
    *entry = (struct place_entry){doc->root->span, doc->root};
    const char *p = pointer.ptr, *end = pointer.ptr + pointer.len;
    while (p < end) {
        if (*p != '/')
            return false;
        const char *next = memchr(p + 1, '/', (size_t)(end - p - 1));
        struct str token = str_slice(p + 1, next ? next : end);
        const struct doc_node *node = entry->node;
        bool found = node->kind == DOC_OBJECT  ? find_member(node, token, entry)
                     : node->kind == DOC_ARRAY ? find_item(node, token, entry)
                                               : false;
        if (!found)
            return false;
        p = next ? next : end;
    }
    return true;
}

static bool begins_in(struct span span, uint32_t from, uint32_t to)
{
    return span.lo >= from && span.lo < to;
}

/* `in_order` says that the items of arrays have the order of the text. */
static bool entry_below(const struct doc_node *node, bool in_order, uint32_t from, uint32_t to,
    struct place_entry *entry)
{
    if (node->aliased || node->span.hi < from || node->span.lo >= to)
        return false;
    if (node->kind == DOC_ARRAY) {
        size_t count = node->as.array.count;
        for (size_t i = first_reaching(node, in_order ? count : 0, from); i < count; i++) {
            const struct doc_node *item = node->as.array.items[i];
            if (in_order && item->span.lo >= to)
                break;
            if (begins_in(item->span, from, to)) {
                *entry = (struct place_entry){item->span, item};
                return true;
            }
            if (entry_below(item, in_order, from, to, entry))
                return true;
        }
    } else if (node->kind == DOC_OBJECT) {
        for (size_t i = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            if (member->merged)
                continue;
            if (begins_in(member->key_span, from, to)) {
                *entry = (struct place_entry){member_span(member), member->value};
                return true;
            }
            if (entry_below(member->value, in_order, from, to, entry))
                return true;
        }
    }
    return false;
}

bool place_entry_in(const struct doc *doc, uint32_t from, uint32_t to, struct place_entry *entry)
{
    return entry_below(doc->root, doc->notation != DOC_CHAOS, from, to, entry);
}
