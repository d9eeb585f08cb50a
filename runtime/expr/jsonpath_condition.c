/* Conditions of filters: comparisons as each dialect makes them, and RFC 9535's functions. */
#include "runtime/expr/jsonpath_eval.h"

#include <assert.h>

#include "runtime/base/number.h"

static struct value make_literal(struct jp_eval *eval, const uint32_t *literal)
{
    const uint32_t *end = literal + jp_length(literal[0]), *at = literal + 1;
    struct value value = value_null();
    size_t count = 0, i = 0;
    switch ((int)jp_operation(literal[0])) {
    case JP_TRUE:
    case JP_FALSE:
        return value_bool(jp_operation(literal[0]) == JP_TRUE);
    case JP_INT:
        return (struct value){.kind = VALUE_INT, .as.text = jp_slice(eval, at)};
    case JP_REAL:
        return (struct value){.kind = VALUE_REAL, .as.text = jp_slice(eval, at)};
    case JP_STRING:
        return value_string(jp_slice(eval, at));
    case JP_ARRAY:
    case JP_OBJECT:
        break;
    default:
        return value;
    }
    for (const uint32_t *p = at; p < end; p += jp_length(p[0]))
        count++;
    if (jp_operation(literal[0]) == JP_ARRAY) {
        struct value *items = ARENA_ARRAY(eval->arena, struct value, count);
        for (; at < end; at += jp_length(at[0]))
            items[i++] = make_literal(eval, at);
        return (struct value){.kind = VALUE_ARRAY, .as.array = {items, count}};
    }
    struct member *members = ARENA_ARRAY(eval->arena, struct member, count / 2);
    for (; at < end; at += jp_length(at[0])) {
        members[i].key = jp_slice(eval, at + 1);
        at += jp_length(at[0]);
        members[i++].value = make_literal(eval, at);
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count / 2}};
}

const struct value *jp_literal(struct jp_eval *eval, const uint32_t *literal)
{
    size_t place = (size_t)(literal - eval->program->words);
    if (!eval->literals)
        eval->literals = ARENA_ARRAY(eval->arena, const struct value *, eval->program->word_count);
    if (!eval->literals[place]) {
        struct value *made = ARENA_NEW(eval->arena, struct value);
        *made = make_literal(eval, literal);
        eval->literals[place] = made;
    }
    return eval->literals[place];
}

size_t jp_push_operand(struct jp_eval *eval, const uint32_t *operand, const struct value *current)
{
    if (jp_operation(operand[0]) == JP_QUERY)
        return jp_run_query(eval, operand, current);
    jp_push(eval, jp_literal(eval, operand));
    return eval->count - (eval->status == JSONPATH_DONE);
}

/* jsonpath2: equality is Python's, order exists between numbers only, and bools are numbers. */
static bool compare_jsonpath2(
    enum jp_comparison comparison, const struct value *left, const struct value *right)
{
    if (comparison == JP_EQ || comparison == JP_NE)
        return value_equal(left, right) == (comparison == JP_EQ);
    int order = value_compare_numbers(left, right);
    if (order == NUMBER_UNORDERED)
        return false;
    return comparison == JP_LT   ? order < 0
           : comparison == JP_LE ? order <= 0
           : comparison == JP_GT ? order > 0
                                 : order >= 0;
}

/* True if the comparison holds for one pair of values. The reference's right side is a generator:
 * where it is a path, it is used up by the first value of the left side, and the others are
 * compared with nothing. */
static bool any_pair_jsonpath2(
    struct jp_eval *eval, const uint32_t *words, const struct value *current)
{
    const uint32_t *left = words + 2, *right = left + jp_length(left[0]);
    size_t from = jp_push_operand(eval, left, current);
    size_t middle = eval->count;
    bool found = false;
    if (middle > from) {
        jp_push_operand(eval, right, current);
        size_t end = eval->count;
        size_t last = jp_operation(right[0]) == JP_QUERY ? from + 1 : middle;
        for (size_t i = from; i < last && !found; i++)
            for (size_t j = middle; j < end && !found && jp_step(eval); j++)
                found =
                    compare_jsonpath2((enum jp_comparison)words[1], eval->nodes[i], eval->nodes[j]);
    }
    eval->count = from;
    return found;
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

/* RFC 9535's equality: like value_equal, but true is not 1. */
static bool equal_rfc9535(struct jp_eval *eval, const struct value *a, const struct value *b)
{
    if (!jp_step(eval))
        return false;
    if (is_number(a) && is_number(b))
        return value_compare_numbers(a, b) == 0;
    if (a->kind != b->kind)
        return false;
    if (a->kind == VALUE_ARRAY) {
        if (a->as.array.count != b->as.array.count)
            return false;
        for (size_t i = 0; i < a->as.array.count; i++)
            if (!equal_rfc9535(eval, &a->as.array.items[i], &b->as.array.items[i]))
                return false;
        return true;
    }
    if (a->kind == VALUE_OBJECT) {
        size_t count, other;
        const struct member *members = jp_members(eval, a, &count);
        jp_members(eval, b, &other);
        if (count != other)
            return false;
        for (size_t i = 0; i < count; i++) {
            const struct value *value = value_get(b, members[i].key);
            if (!value || !equal_rfc9535(eval, &members[i].value, value))
                return false;
        }
        return true;
    }
    return value_equal(a, b);
}

/* Compares two values, NULL being Nothing (section 2.3.5.2.2). */
static bool compare_rfc9535(struct jp_eval *eval, enum jp_comparison comparison,
    const struct value *left, const struct value *right)
{
    bool equal = left && right ? equal_rfc9535(eval, left, right) : left == right;
    if (comparison == JP_EQ || comparison == JP_NE)
        return equal == (comparison == JP_EQ);
    bool or_equal = comparison == JP_LE || comparison == JP_GE;
    if (!left || !right || equal)
        return equal && or_equal;
    int order = 2;
    if (is_number(left) && is_number(right))
        order = value_compare_numbers(left, right);
    else if (left->kind == VALUE_STRING && right->kind == VALUE_STRING)
        order = str_compare(left->as.text, right->as.text);
    else
        return false;
    bool less = comparison == JP_LT || comparison == JP_LE;
    return order != NUMBER_UNORDERED && (less ? order < 0 : order > 0);
}

/* Follows a singular query without the stack; NULL if it finds nothing. */
static const struct value *find_single(
    struct jp_eval *eval, const uint32_t *query, const struct value *current)
{
    const struct value *node = query[1] & JP_FROM_ROOT ? eval->root : current;
    const uint32_t *end = query + jp_length(query[0]);
    for (const uint32_t *at = query + 2; at < end && node; at += jp_length(at[0])) {
        const uint32_t *selector = at + 1;
        if (!jp_step(eval))
            return NULL;
        node = jp_operation(selector[0]) == JP_NAME ? value_get(node, jp_slice(eval, selector + 1))
                                                    : jp_item(node, jp_int64(selector + 1));
    }
    return node;
}

static const struct value *call_value_function(
    struct jp_eval *eval, const uint32_t *call, const struct value *current, struct value *room);

/* The value of an operand of RFC 9535, NULL for Nothing; `room` holds it where it is not in the
 * document. */
static const struct value *find_operand(
    struct jp_eval *eval, const uint32_t *operand, const struct value *current, struct value *room)
{
    if (jp_operation(operand[0]) == JP_QUERY)
        return find_single(eval, operand, current);
    if (jp_operation(operand[0]) == JP_FUNCTION)
        return call_value_function(eval, operand, current, room);
    return jp_literal(eval, operand);
}

static const struct value *make_length(struct jp_eval *eval, size_t length, struct value *room)
{
    *room = value_int(eval->arena, (long long)length);
    return room;
}

/* length(), section 2.4.4: characters, items or members. */
static const struct value *measure(
    struct jp_eval *eval, const struct value *value, struct value *room)
{
    size_t length = 0;
    if (!value)
        return NULL;
    if (value->kind == VALUE_STRING) {
        for (size_t i = 0; i < value->as.text.len; i++)
            length += ((unsigned char)value->as.text.ptr[i] & 0xC0) != 0x80;
    } else if (value->kind == VALUE_ARRAY) {
        length = value->as.array.count;
    } else if (value->kind == VALUE_OBJECT) {
        jp_members(eval, value, &length);
    } else {
        return NULL;
    }
    return make_length(eval, length, room);
}

static const struct value *call_value_function(
    struct jp_eval *eval, const uint32_t *call, const struct value *current, struct value *room)
{
    const uint32_t *argument = call + 2;
    if (call[1] == JP_FUNCTION_length)
        return measure(eval, find_operand(eval, argument, current, room), room);
    size_t from = jp_run_query(eval, argument, current), count = eval->count - from;
    const struct value *only = count == 1 ? eval->nodes[from] : NULL;
    eval->count = from;
    assert(call[1] == JP_FUNCTION_count || call[1] == JP_FUNCTION_value);
    return call[1] == JP_FUNCTION_count ? make_length(eval, count, room) : only;
}

/* The compiled form of an I-Regexp, or NULL if it is none: the last few are kept. */
static struct regexp *find_regexp(struct jp_eval *eval, struct str pattern, bool whole)
{
    for (size_t i = 0; i < eval->regexp_count; i++)
        if (eval->regexps[i].whole == whole && str_equal(eval->regexps[i].pattern, pattern))
            return eval->regexps[i].regexp;
    struct jp_cached_regexp *slot = &eval->regexps[eval->regexp_next];
    if (eval->regexp_count < JP_REGEXPS)
        eval->regexp_count++;
    else
        eval->regexp_engine->free(slot->regexp);
    eval->regexp_next = (eval->regexp_next + 1) % JP_REGEXPS;
    *slot = (struct jp_cached_regexp){pattern, whole, NULL};
    struct str translation;
    struct regexp_error error;
    if (eval->regexp_engine->translate_iregexp(eval->arena, pattern, whole, &translation, &error))
        slot->regexp = eval->regexp_engine->compile(eval->arena, translation, &error);
    return slot->regexp;
}

void jp_free_regexps(struct jp_eval *eval)
{
    for (size_t i = 0; i < eval->regexp_count; i++)
        eval->regexp_engine->free(eval->regexps[i].regexp);
    eval->regexp_count = 0;
}

/* Searches with growing limits: PCRE2 does not tell how many steps it took, but those that were not enough are
 * known, and are counted, so that many expensive searches end as one does. */
static bool search_counted(struct jp_eval *eval, struct regexp *regexp, struct str text)
{
    enum { FIRST_LIMIT = 1000, EACH = 50 };
    uint64_t spent = EACH;
    for (uint32_t limit = FIRST_LIMIT;; limit *= 10) {
        if (eval->steps < spent && eval->status == JSONPATH_DONE)
            eval->status = JSONPATH_LIMIT;
        if (eval->status != JSONPATH_DONE)
            return false;
        eval->steps -= spent;
        enum regexp_result result = eval->regexp_engine->search_within(regexp, text, limit);
        if (result != REGEXP_LIMIT)
            return result == REGEXP_MATCH;
        spent = limit;
    }
}

/* match() and search(), sections 2.4.6 and 2.4.7. */
static bool call_logical_function(
    struct jp_eval *eval, const uint32_t *call, const struct value *current)
{
    const uint32_t *first = call + 2, *second = first + jp_length(first[0]);
    struct value rooms[2];
    const struct value *text = find_operand(eval, first, current, &rooms[0]);
    const struct value *pattern = find_operand(eval, second, current, &rooms[1]);
    if (!eval->regexp_engine || !text || !pattern || text->kind != VALUE_STRING ||
        pattern->kind != VALUE_STRING)
        return false;
    struct regexp *regexp = find_regexp(eval, pattern->as.text, call[1] == JP_FUNCTION_match);
    if (!regexp)
        return false;
    return search_counted(eval, regexp, text->as.text);
}

static bool test_comparison(
    struct jp_eval *eval, const uint32_t *words, const struct value *current)
{
    if (eval->program->dialect != JSONPATH_RFC9535)
        return any_pair_jsonpath2(eval, words, current);
    const uint32_t *left = words + 2, *right = left + jp_length(left[0]);
    struct value rooms[2];
    const struct value *a = find_operand(eval, left, current, &rooms[0]);
    const struct value *b = find_operand(eval, right, current, &rooms[1]);
    return compare_rfc9535(eval, (enum jp_comparison)words[1], a, b);
}

static bool test_exists(struct jp_eval *eval, const uint32_t *query, const struct value *current)
{
    size_t from = jp_run_query(eval, query, current);
    bool found = eval->count > from;
    eval->count = from;
    return found;
}

bool jp_test(struct jp_eval *eval, const uint32_t *condition, const struct value *current)
{
    const uint32_t *end = condition + jp_length(condition[0]);
    if (!jp_step(eval))
        return false;
    switch ((int)jp_operation(condition[0])) {
    case JP_OR:
        for (const uint32_t *at = condition + 1; at < end; at += jp_length(at[0]))
            if (jp_test(eval, at, current))
                return true;
        return false;
    case JP_AND:
        for (const uint32_t *at = condition + 1; at < end; at += jp_length(at[0]))
            if (!jp_test(eval, at, current))
                return false;
        return true;
    case JP_NOT:
        return !jp_test(eval, condition + 1, current);
    case JP_EXISTS:
        return test_exists(eval, condition + 1, current);
    case JP_COMPARE:
        return test_comparison(eval, condition, current);
    case JP_TRUTH:
        return value_truthy(jp_literal(eval, condition + 1));
    default:
        assert(jp_operation(condition[0]) == JP_FUNCTION);
        return call_logical_function(eval, condition, current);
    }
}
