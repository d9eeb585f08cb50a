/* decimal.h: exact decimal numbers as Python's Decimal makes them, for comparing with the bounds of a range.
 * Digits live in the caller's arena or in the value they were read from. */
#ifndef RUNTIME_EXPR_DECIMAL_H
#define RUNTIME_EXPR_DECIMAL_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"

enum decimal_kind { DECIMAL_FINITE, DECIMAL_INFINITE, DECIMAL_NAN };

/* digits x 10^exponent; no leading zeros, and no digits at all for zero. */
struct decimal {
    enum decimal_kind kind;
    bool negative;
    struct str digits;
    int64_t exponent;
};

enum decimal_result {
    DECIMAL_OK,
    DECIMAL_SYNTAX, /* Decimal() raises InvalidOperation: the text is no number, or beyond its range */
    DECIMAL_TYPE, /* it raises TypeError (null, an object) */
    DECIMAL_LIST, /* it raises ValueError (an array) */
};

/* Converts a value: integers and strings exactly, a real as the double that it means, a bool as 0 or 1. */
enum decimal_result decimal_from_value(
    struct arena *arena, const struct value *value, struct decimal *out);

/* Orders two decimals that are not NaN: -1, 0 or 1. */
int decimal_compare(const struct decimal *a, const struct decimal *b);

#endif
