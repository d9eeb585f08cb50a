/* The functions that jsonpath2 takes as subscripts; wrong arguments give nothing, as there. */
#include "runtime/expr/jsonpath_eval.h"

#include "runtime/base/number.h"

static bool is_integer(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_BOOL;
}

static const struct value *keep(struct jp_eval *eval, struct value value)
{
    struct value *kept = ARENA_NEW(eval->arena, struct value);
    *kept = value;
    return kept;
}

static struct value *new_items(struct jp_eval *eval, size_t count)
{
    /* What is made costs as many steps as what is visited. */
    for (size_t i = 0; i < count; i++)
        if (!jp_step(eval))
            return NULL;
    return ARENA_ARRAY(eval->arena, struct value, count);
}

static void push_array(struct jp_eval *eval, const struct value *items, size_t count)
{
    if (items)
        jp_push(eval, keep(eval, (struct value){.kind = VALUE_ARRAY, .as.array = {items, count}}));
}

static struct value pair(struct jp_eval *eval, struct value key, const struct value *value)
{
    struct value *items = ARENA_ARRAY(eval->arena, struct value, 2);
    items[0] = key;
    items[1] = *value;
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, 2}};
}

/* keys(), values() and entries() of an array or object; others have none. */
static void push_parts(struct jp_eval *eval, enum jp_method method, const struct value *node)
{
    size_t count = 0;
    const struct member *members = NULL;
    if (node->kind == VALUE_OBJECT)
        members = jp_members(eval, node, &count);
    else if (node->kind == VALUE_ARRAY)
        count = node->as.array.count;
    else
        return;
    struct value *items = new_items(eval, count);
    for (size_t i = 0; items && i < count; i++) {
        const struct value *value = members ? &members[i].value : &node->as.array.items[i];
        if (method == JP_METHOD_values) {
            items[i] = *value;
            continue;
        }
        struct value key =
            members ? value_string(members[i].key) : value_int(eval->arena, (long long)i);
        items[i] = method == JP_METHOD_keys ? key : pair(eval, key, value);
    }
    push_array(eval, items, count);
}

/* How many characters; a lone surrogate in its three bytes is one. */
static int64_t count_characters(struct str text)
{
    int64_t count = 0;
    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.ptr[i] & 0xC0) != 0x80;
    return count;
}

/* The byte offset of the character with this number. */
static size_t offset_of(struct str text, int64_t character)
{
    size_t at = 0;
    for (; at < text.len; at++)
        if (((unsigned char)text.ptr[at] & 0xC0) != 0x80 && character-- == 0)
            break;
    return at;
}

/* A bound of a slice of `count` characters, as Python reads it. */
static int64_t slice_bound(int64_t bound, int64_t count)
{
    if (bound < 0)
        return bound > -count ? bound + count : 0;
    return bound < count ? bound : count;
}

static void push_substring(struct jp_eval *eval, struct str text, int64_t from, int64_t to)
{
    size_t start = offset_of(text, from), end = offset_of(text, to);
    struct str part = {text.ptr + start, end > start ? end - start : 0};
    jp_push(eval, keep(eval, value_string(part)));
}

/* charAt and substring, with `count` arguments. */
static void push_part_of_text(struct jp_eval *eval, enum jp_method method, struct str text,
    const struct value *const *arguments, size_t count)
{
    int64_t length = count_characters(text);
    if (count < 1 || !is_integer(arguments[0]))
        return;
    int64_t first = jp_number(arguments[0]);
    if (method == JP_METHOD_charAt && count == 1) {
        if (first >= -length && first < length) {
            first += first < 0 ? length : 0;
            push_substring(eval, text, first, first + 1);
        }
    } else if (method == JP_METHOD_substring && count == 1) {
        push_substring(eval, text, slice_bound(first, length), length);
    } else if (method == JP_METHOD_substring && count == 2 && is_integer(arguments[1])) {
        push_substring(
            eval, text, slice_bound(first, length), slice_bound(jp_number(arguments[1]), length));
    }
}

static void call(struct jp_eval *eval, enum jp_method method, const struct value *node,
    const struct value *const *arguments, size_t count)
{
    switch (method) {
    case JP_METHOD_charAt:
    case JP_METHOD_substring:
        if (node->kind == VALUE_STRING)
            push_part_of_text(eval, method, node->as.text, arguments, count);
        return;
    case JP_METHOD_length:
        if (count == 0 && node->kind == VALUE_ARRAY)
            jp_push(eval, keep(eval, value_int(eval->arena, (long long)node->as.array.count)));
        else if (count == 0 && node->kind == VALUE_STRING)
            jp_push(eval, keep(eval, value_int(eval->arena, count_characters(node->as.text))));
        return;
    case JP_METHOD_entries:
    case JP_METHOD_keys:
    case JP_METHOD_values:
        if (count == 0)
            push_parts(eval, method, node);
        return;
    case JP_METHOD_COUNT:
        return;
    }
}

enum { MOST_ARGUMENTS = 8 }; /* no function takes more than two; more give nothing in any case */

/* The arguments may each have several values: every combination is a call, the last argument
 * varying first. */
static void call_all(struct jp_eval *eval, enum jp_method method, const struct value *node,
    const size_t *starts, size_t count)
{
    const struct value *arguments[MOST_ARGUMENTS];
    size_t at[MOST_ARGUMENTS] = {0};
    for (size_t i = 0; i < count; i++)
        if (starts[i] == starts[i + 1])
            return;
    for (;;) {
        if (!jp_step(eval))
            return;
        for (size_t i = 0; i < count; i++)
            arguments[i] = eval->nodes[starts[i] + at[i]];
        call(eval, method, node, arguments, count);
        size_t last = count;
        while (last > 0 && starts[last - 1] + ++at[last - 1] == starts[last])
            at[--last] = 0;
        if (last == 0)
            return;
    }
}

void jp_call_method(struct jp_eval *eval, const uint32_t *words, const struct value *current)
{
    size_t starts[MOST_ARGUMENTS + 1], count = 0, from = eval->count;
    const uint32_t *end = words + jp_length(words[0]);
    for (const uint32_t *at = words + 2; at < end && count < MOST_ARGUMENTS; at += jp_length(at[0]))
        starts[count++] = jp_push_operand(eval, at, current);
    size_t to = starts[count] = eval->count;
    if (eval->status == JSONPATH_DONE)
        call_all(eval, (enum jp_method)words[1], current, starts, count);
    jp_drop(eval, from, to);
}
