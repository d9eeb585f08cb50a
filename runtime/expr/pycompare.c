#include "runtime/expr/pycompare.h"

#include "runtime/base/number.h"

const char *pycompare_type(const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        return "NoneType";
    case VALUE_BOOL:
        return "bool";
    case VALUE_INT:
        return "int";
    case VALUE_REAL:
        return "float";
    case VALUE_STRING:
        return "str";
    case VALUE_ARRAY:
        return "list";
    case VALUE_OBJECT:
        return "dict";
    }
    return "object";
}

static bool is_number(const struct value *value)
{
    return value->kind == VALUE_BOOL || value->kind == VALUE_INT || value->kind == VALUE_REAL;
}

enum pycompare_result pycompare_at_most(const struct value *a, const struct value *b,
    const struct value **left, const struct value **right)
{
    /* Lists are ordered by the first items that differ, or else by length. */
    while (a->kind == VALUE_ARRAY && b->kind == VALUE_ARRAY) {
        size_t i = 0, count_a = a->as.array.count, count_b = b->as.array.count;
        while (
            i < count_a && i < count_b && value_equal(&a->as.array.items[i], &b->as.array.items[i]))
            i++;
        if (i == count_a || i == count_b)
            return count_a <= count_b ? PYCOMPARE_TRUE : PYCOMPARE_FALSE;
        a = &a->as.array.items[i];
        b = &b->as.array.items[i];
    }
    if (is_number(a) && is_number(b)) {
        int order = value_compare_numbers(a, b);
        return order != NUMBER_UNORDERED && order <= 0 ? PYCOMPARE_TRUE : PYCOMPARE_FALSE;
    }
    if (a->kind == VALUE_STRING && b->kind == VALUE_STRING)
        return str_compare(a->as.text, b->as.text) <= 0 ? PYCOMPARE_TRUE : PYCOMPARE_FALSE;
    *left = a;
    *right = b;
    return PYCOMPARE_TYPES;
}
