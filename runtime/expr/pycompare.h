/* pycompare.h: Python's order of values, and the names of its types, as its TypeErrors say them.
 * Works on borrowed values. */
#ifndef RUNTIME_EXPR_PYCOMPARE_H
#define RUNTIME_EXPR_PYCOMPARE_H

#include "runtime/base/value.h"

/* The Python type that a value has: NoneType, bool, int, float, str, list, dict. */
const char *pycompare_type(const struct value *value);

enum pycompare_result {
    PYCOMPARE_FALSE,
    PYCOMPARE_TRUE,
    PYCOMPARE_TYPES /* Python raises TypeError: the two values named have no order */
};

/* a <= b. On PYCOMPARE_TYPES *left and *right are the values that have no order, perhaps inside of lists. */
enum pycompare_result pycompare_at_most(const struct value *a, const struct value *b,
    const struct value **left, const struct value **right);

#endif
