/* Segments and selectors: from a list of nodes to the next, in the order of RFC 9535, which is
 * jsonpath2's too. */
#include "runtime/expr/jsonpath_eval.h"

#include "runtime/base/mem.h"
#include "runtime/base/number.h"

bool jp_step(struct jp_eval *eval)
{
    if (eval->steps == 0 && eval->status == JSONPATH_DONE)
        eval->status = JSONPATH_LIMIT;
    if (eval->status != JSONPATH_DONE)
        return false;
    eval->steps--;
    return true;
}

void jp_push(struct jp_eval *eval, const struct value *node)
{
    if (eval->count == JSONPATH_MOST_NODES && eval->status == JSONPATH_DONE)
        eval->status = JSONPATH_LIMIT;
    if (jp_step(eval))
        *ARENA_PUSH(eval->arena, eval->nodes, eval->count, eval->room) = node;
}

void jp_drop(struct jp_eval *eval, size_t from, size_t to)
{
    if (to == from)
        return;
    memmove(eval->nodes + from, eval->nodes + to, (eval->count - to) * sizeof(*eval->nodes));
    eval->count -= to - from;
}

/* Marks the members whose key came before; returns how many keys there are. */
static size_t find_repeated(
    const struct member *members, size_t count, uint32_t *slots, size_t slot_count, bool *repeated)
{
    size_t unique = 0;
    memset(slots, 0, slot_count * sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        size_t slot = (size_t)str_hash(members[i].key) & (slot_count - 1);
        while (slots[slot] && !str_equal(members[slots[slot] - 1].key, members[i].key))
            slot = (slot + 1) & (slot_count - 1);
        repeated[i] = slots[slot] != 0;
        if (!slots[slot]) {
            slots[slot] = (uint32_t)i + 1;
            unique++;
        }
    }
    return unique;
}

const struct member *jp_members(struct jp_eval *eval, const struct value *object, size_t *count)
{
    const struct member *members = object->as.object.members;
    *count = object->as.object.count;
    if (*count < 2)
        return members;
    size_t slot_count = 4;
    while (slot_count < *count * 2)
        slot_count *= 2;
    uint32_t few_slots[64], *slots = few_slots;
    bool few_repeated[32], *repeated = few_repeated;
    bool many = slot_count > sizeof few_slots / sizeof *few_slots;
    if (many) {
        slots = mem_alloc(slot_count * sizeof *slots);
        repeated = mem_alloc(*count * sizeof *repeated);
    }
    size_t unique = find_repeated(members, *count, slots, slot_count, repeated);
    if (unique < *count) {
        struct member *kept = ARENA_ARRAY(eval->arena, struct member, unique);
        size_t next = 0;
        for (size_t i = 0; i < *count; i++)
            if (!repeated[i])
                kept[next++] = (struct member){members[i].key, *value_get(object, members[i].key)};
        members = kept;
        *count = unique;
    }
    if (many) {
        mem_free(slots);
        mem_free(repeated);
    }
    return members;
}

const struct value *jp_item(const struct value *array, int64_t index)
{
    if (array->kind != VALUE_ARRAY)
        return NULL;
    int64_t count = (int64_t)array->as.array.count;
    if (index < 0)
        index = index >= -count ? index + count : count;
    return index < count ? &array->as.array.items[index] : NULL;
}

int64_t jp_number(const struct value *value)
{
    int64_t number = 0;
    if (value->kind == VALUE_BOOL)
        return value->as.truth;
    if (!number_to_int64(value->as.text, &number))
        number = value->as.text.ptr[0] == '-' ? INT64_MIN : INT64_MAX;
    return number;
}

static void push_if(struct jp_eval *eval, const struct value *node)
{
    if (node)
        jp_push(eval, node);
}

static void select_all(struct jp_eval *eval, const struct value *node)
{
    if (node->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < node->as.array.count && eval->status == JSONPATH_DONE; i++)
            jp_push(eval, &node->as.array.items[i]);
    } else if (node->kind == VALUE_OBJECT) {
        size_t count;
        const struct member *members = jp_members(eval, node, &count);
        for (size_t i = 0; i < count && eval->status == JSONPATH_DONE; i++)
            jp_push(eval, &members[i].value);
    }
}

/* Pushes the items from `start` on while they are before `end`, in either direction. Numbers are at
 * most some 2^62, so that nothing overflows; negative indexes count from the end. */
static void push_range(
    struct jp_eval *eval, const struct value *array, int64_t start, int64_t end, int64_t step)
{
    int64_t count = (int64_t)array->as.array.count;
    if (step > 0 && end > count)
        end = count;
    if (step < 0 && end < -count - 1)
        end = -count - 1;
    /* A huge start costs no time: go at once to the first index that there is. */
    if (step < 0 && start >= count)
        start += (start - count - step) / -step * step;
    for (int64_t i = start; step > 0 ? i < end : i > end; i += step) {
        push_if(eval, jp_item(array, i));
        if (eval->status != JSONPATH_DONE)
            return;
    }
}

static int64_t clamp(int64_t number, int64_t least, int64_t most)
{
    return number < least ? least : number > most ? most : number;
}

/* RFC 9535, section 2.3.4.2. */
static void select_slice_rfc9535(struct jp_eval *eval, const struct value *array, uint32_t has,
    int64_t start, int64_t end, int64_t step)
{
    int64_t count = (int64_t)array->as.array.count;
    if (step == 0)
        return;
    int64_t least = step > 0 ? 0 : -1, most = step > 0 ? count : count - 1;
    if (!(has & JP_HAS_START))
        start = step > 0 ? 0 : most;
    else
        start = clamp(start < 0 ? start + count : start, least, most);
    if (!(has & JP_HAS_END))
        end = step > 0 ? count : -1;
    else
        end = clamp(end < 0 ? end + count : end, least, most);
    for (int64_t i = start; step > 0 ? i < end : i > end; i += step) {
        jp_push(eval, &array->as.array.items[i]);
        if (eval->status != JSONPATH_DONE)
            return;
    }
}

/* jsonpath2 makes a range of indexes and looks each up, so that backwards it runs into negative
 * ones, which count from the end again; without a start it begins at 0 in either direction. */
static void select_slice_jsonpath2(struct jp_eval *eval, const struct value *array, uint32_t has,
    int64_t start, int64_t end, int64_t step)
{
    const int64_t most = (int64_t)1 << 61;
    int64_t count = (int64_t)array->as.array.count;
    if (start < 0)
        start = start > -count ? start + count : 0;
    if (!(has & JP_HAS_END))
        end = count;
    else if (end < 0)
        end = clamp(end, -most, most) + count;
    if (step == 0)
        eval->status = JSONPATH_RAISES;
    else
        push_range(eval, array, clamp(start, -most, most), clamp(end, -most, most),
            clamp(step, -most, most));
}

static void select_slice(struct jp_eval *eval, const uint32_t *selector, const struct value *node)
{
    if (node->kind != VALUE_ARRAY)
        return;
    int64_t start = jp_int64(selector + 2), end = jp_int64(selector + 4);
    int64_t step = jp_int64(selector + 6);
    if (eval->program->dialect == JSONPATH_RFC9535)
        select_slice_rfc9535(eval, node, selector[1], start, end, step);
    else
        select_slice_jsonpath2(eval, node, selector[1], start, end, step);
}

static void select_filtered(
    struct jp_eval *eval, const uint32_t *condition, const struct value *node)
{
    size_t count = 0;
    const struct member *members = NULL;
    if (node->kind == VALUE_OBJECT)
        members = jp_members(eval, node, &count);
    else if (node->kind == VALUE_ARRAY)
        count = node->as.array.count;
    for (size_t i = 0; i < count && jp_step(eval); i++) {
        const struct value *child = members ? &members[i].value : &node->as.array.items[i];
        if (jp_test(eval, condition, child))
            jp_push(eval, child);
    }
}

static void select_by_query(struct jp_eval *eval, const uint32_t *query, const struct value *node)
{
    size_t from = jp_run_query(eval, query, node), to = eval->count;
    for (size_t i = from; i < to && eval->status == JSONPATH_DONE; i++) {
        const struct value *key = eval->nodes[i];
        if (key->kind == VALUE_INT || key->kind == VALUE_BOOL)
            push_if(eval, jp_item(node, jp_number(key)));
        else if (key->kind == VALUE_STRING)
            push_if(eval, value_get(node, key->as.text));
    }
    jp_drop(eval, from, to);
}

static void apply_selector(struct jp_eval *eval, const uint32_t *selector, const struct value *node)
{
    switch ((int)jp_operation(selector[0])) {
    case JP_NAME:
        push_if(eval, value_get(node, jp_slice(eval, selector + 1)));
        return;
    case JP_INDEX:
        push_if(eval, jp_item(node, jp_int64(selector + 1)));
        return;
    case JP_SLICE:
        select_slice(eval, selector, node);
        return;
    case JP_ALL:
        select_all(eval, node);
        return;
    case JP_FILTER:
        select_filtered(eval, selector + 1, node);
        return;
    case JP_FILTER_SELF:
        if (jp_test(eval, selector + 1, node))
            jp_push(eval, node);
        return;
    case JP_BY_QUERY:
        select_by_query(eval, selector + 1, node);
        return;
    case JP_METHOD:
        jp_call_method(eval, selector, node);
        return;
    }
}

static void apply_selectors(struct jp_eval *eval, const uint32_t *segment, const struct value *node)
{
    const uint32_t *end = segment + jp_length(segment[0]);
    for (const uint32_t *at = segment + 1; at < end; at += jp_length(at[0]))
        if (jp_step(eval))
            apply_selector(eval, at, node);
}

/* The node, then everything below it, each before what is in it. */
static void descend(struct jp_eval *eval, const uint32_t *segment, const struct value *node)
{
    apply_selectors(eval, segment, node);
    if (node->kind == VALUE_ARRAY) {
        for (size_t i = 0; i < node->as.array.count && eval->status == JSONPATH_DONE; i++)
            descend(eval, segment, &node->as.array.items[i]);
    } else if (node->kind == VALUE_OBJECT) {
        size_t count;
        const struct member *members = jp_members(eval, node, &count);
        for (size_t i = 0; i < count && eval->status == JSONPATH_DONE; i++)
            descend(eval, segment, &members[i].value);
    }
}

size_t jp_run_query(struct jp_eval *eval, const uint32_t *query, const struct value *current)
{
    size_t from = eval->count;
    const uint32_t *end = query + jp_length(query[0]);
    jp_push(eval, query[1] & JP_FROM_ROOT ? eval->root : current);
    for (const uint32_t *segment = query + 2; segment < end; segment += jp_length(segment[0])) {
        size_t to = eval->count;
        for (size_t i = from; i < to && eval->status == JSONPATH_DONE; i++) {
            if (jp_operation(segment[0]) == JP_DESCENDANT)
                descend(eval, segment, eval->nodes[i]);
            else
                apply_selectors(eval, segment, eval->nodes[i]);
        }
        jp_drop(eval, from, to);
    }
    return from;
}

struct jsonpath_nodes jsonpath_eval(struct arena *arena, const struct jsonpath *program,
    const struct value *document, uint64_t step_limit, const struct rt_regexps *regexps)
{
    struct jp_eval eval = {
        .arena = arena, .program = program, .root = document, .regexp_engine = regexps};
    eval.steps = step_limit ? step_limit : JSONPATH_DEFAULT_STEPS;
    jp_run_query(&eval, program->words, document);
    jp_free_regexps(&eval);
    return (struct jsonpath_nodes){eval.status, eval.nodes, eval.count};
}
