/* The end of a YAML mapping: keys as Python sees them, merge keys expanded, repeated keys found. */
#include "frontend/yaml_reader.h"

#include <stdio.h>

#include "runtime/base/map.h"
#include "runtime/base/number.h"

/* A mapping under construction: merged members stand first, as in PyYAML's flatten_mapping. */
struct building {
    struct yaml_reader *r;
    struct doc_member *members;
    size_t count;
};

static bool is_collection(const struct doc_node *node)
{
    return node->kind == DOC_ARRAY || node->kind == DOC_OBJECT || node->kind == DOC_SET;
}

static void report_bad_key(struct yaml_reader *r, const struct doc_node *key)
{
    struct str text = source_slice(r->source, key->span);
    bool in_braces = key->span.lo > 0 && r->source->text.ptr[key->span.lo - 1] == '{';
    if (str_starts(text, STR("{")) && in_braces) {
        struct diag *diag = diag_add(r->bag, r->source, DIAG_E130, key->span,
            "`{{ ... }}` is a mapping inside a mapping to YAML, not a template");
        diag_help(r->bag, diag, "put the value into quotes, or render the template before reading");
        return;
    }
    diag_add(r->bag, r->source, DIAG_E126, key->span,
        "%s cannot be a key: the reference stops with \"found unhashable key\"",
        doc_kind_name((enum doc_kind)key->kind));
}

static void add_member(struct building *b, const struct yaml_slot *key, struct doc_node *value)
{
    const struct doc_node *node = &key->node;
    b->members[b->count++] = (struct doc_member){
        .key = node->kind == DOC_STRING ? node->as.text : yaml_key_text(&b->r->doc->arena, node),
        .key_span = node->span,
        .key_kind = node->kind,
        .key_style = node->style,
        .value = value,
    };
}

static void merge_members(struct building *b, const struct doc_node *from)
{
    for (size_t i = 0; i < from->as.object.count; i++) {
        struct doc_member *member = &b->members[b->count++];
        *member = from->as.object.members[i];
        member->merged = true;
    }
}

/* How many members a merge key's value brings; reports a value that cannot be merged. */
static size_t count_merged(struct yaml_reader *r, const struct doc_node *value)
{
    if (value->kind == DOC_OBJECT || value->kind == DOC_SET)
        return value->as.object.count;
    if (value->kind == DOC_ERROR)
        return 0;
    size_t count = 0;
    if (value->kind == DOC_ARRAY) {
        for (size_t i = 0; i < value->as.array.count; i++) {
            const struct doc_node *item = value->as.array.items[i];
            if (item->kind == DOC_OBJECT || item->kind == DOC_SET)
                count += item->as.object.count;
            else if (item->kind != DOC_ERROR)
                diag_add(r->bag, r->source, DIAG_E127, item->span,
                    "`<<` merges mappings, but this is %s",
                    doc_kind_name((enum doc_kind)item->kind));
        }
        return count;
    }
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E127, value->span,
        "`<<` merges a mapping or a list of mappings, but this is %s",
        doc_kind_name((enum doc_kind)value->kind));
    if (value->kind == DOC_STRING)
        diag_help(r->bag, diag, "an alias is written `*name`");
    return 0;
}

static void merge(struct building *b, const struct doc_node *value)
{
    if (value->kind == DOC_OBJECT || value->kind == DOC_SET)
        merge_members(b, value);
    if (value->kind != DOC_ARRAY)
        return;
    /* The first of a list wins, and the last member counts: so backwards. */
    for (size_t i = value->as.array.count; i-- > 0;) {
        const struct doc_node *item = value->as.array.items[i];
        if (item->kind == DOC_OBJECT || item->kind == DOC_SET)
            merge_members(b, item);
    }
}

/* A text that is the same for keys that are equal to Python: 1, 1.0 and True are, 1 and "1" are
 * not. */
static struct str key_identity(struct arena *arena, const struct doc_member *member)
{
    if (member->key_kind == DOC_STRING)
        return member->key;
    if (member->key_kind == DOC_BOOL)
        return str_is(member->key, "True") ? STR("\xFF"
                                                 "1")
                                           : STR("\xFF"
                                                 "0");
    double number = member->key_kind == DOC_REAL ? number_to_double(member->key) : 0.5;
    if (number == (double)(int64_t)(number < 1e15 && number > -1e15 ? number : 0.5))
        return arena_printf(arena, "\xFF%lld", (long long)number);
    return arena_printf(arena, "\xFF%.*s", STR_ARG(member->key));
}

static void report_repeated(
    struct yaml_reader *r, const struct doc_member *first, const struct doc_member *again)
{
    struct diag *diag = diag_add(r->bag, r->source, DIAG_E110, again->key_span,
        "the key `%.*s` is given again; its earlier value has no effect", STR_ARG(again->key));
    diag_relate(r->bag, diag, first->key_span, "first given here");
}

/* Marks members that a later one with the same key overrules. A merged member may be overruled
 * silently. */
static void mark_repeated(
    struct yaml_reader *r, struct doc_member *earlier, struct doc_member *later)
{
    earlier->repeated = true;
    later->key = earlier->key; /* of 1 and 1.0 Python keeps the first, with the second's value */
    if (!earlier->merged && !later->merged)
        report_repeated(r, earlier, later);
}

/* Few members: every pair is compared, which beats a table. */
static bool find_repeated_in_few(struct building *b)
{
    enum { FEW = 12 };
    if (b->count > FEW)
        return false;
    for (size_t i = 0; i < b->count; i++)
        if (b->members[i].key_kind != DOC_STRING)
            return false;
    for (size_t j = 1; j < b->count; j++) {
        for (size_t i = j; i-- > 0;) {
            struct str one = b->members[i].key, other = b->members[j].key;
            /* Most keys differ in their first byte: no call is needed to see that. */
            if (one.len != other.len || (one.len && one.ptr[0] != other.ptr[0]) ||
                !str_equal(one, other))
                continue;
            mark_repeated(b->r, &b->members[i], &b->members[j]);
            break;
        }
    }
    return true;
}

static void find_repeated(struct building *b)
{
    if (find_repeated_in_few(b))
        return;
    struct map seen;
    map_init(&seen, &b->r->scratch);
    for (size_t i = 0; i < b->count; i++) {
        struct str identity = key_identity(&b->r->scratch, &b->members[i]);
        struct doc_member *earlier = map_get(&seen, identity);
        if (earlier)
            mark_repeated(b->r, earlier, &b->members[i]);
        map_set(&seen, identity, &b->members[i]);
    }
}

void yaml_finish_mapping(
    struct yaml_reader *r, size_t first, enum yaml_tag tag, struct doc_node *node)
{
    size_t pairs = (r->slot_count - first) / 2, room = pairs;
    for (size_t i = 0; i < pairs; i++)
        if (r->slots[first + 2 * i].merge)
            room += count_merged(r, &r->slots[first + 2 * i + 1].node);
    if (!yaml_may_expand(r, room - pairs, node->span, "this merge"))
        room = pairs;
    struct doc_node *values =
        arena_alloc(&r->doc->arena, sizeof(struct doc_node) * pairs, alignof(struct doc_node));
    struct building b = {.r = r,
        .members = arena_alloc(
            &r->doc->arena, sizeof(struct doc_member) * room, alignof(struct doc_member))};
    for (size_t i = 0; room > pairs && i < pairs; i++)
        if (r->slots[first + 2 * i].merge)
            merge(&b, &r->slots[first + 2 * i + 1].node);
    for (size_t i = 0; i < pairs; i++) {
        const struct yaml_slot *key = &r->slots[first + 2 * i];
        values[i] = r->slots[first + 2 * i + 1].node;
        if (tag == YAML_TAG_SET)
            values[i] = (struct doc_node){.kind = DOC_NULL, .span = values[i].span};
        if (is_collection(&key->node))
            report_bad_key(r, &key->node);
        else if (!key->merge && key->node.kind != DOC_ERROR)
            add_member(&b, key, &values[i]);
    }
    find_repeated(&b);
    node->kind = tag == YAML_TAG_SET ? DOC_SET : DOC_OBJECT;
    node->as.object.members = b.members;
    node->as.object.count = b.count;
}
