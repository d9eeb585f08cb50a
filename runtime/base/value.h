/* value.h: a JSON-like value as activities return it and tolerances judge it; immutable once built.
 * Values live in the arena they were built in; strings may point into a longer-lived buffer. */
#ifndef RUNTIME_BASE_VALUE_H
#define RUNTIME_BASE_VALUE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT, /* no fraction, no exponent, any length: `text` is its spelling */
    VALUE_REAL, /* a number with fraction or exponent, or NaN, Infinity, -Infinity (Python's JSON has them) */
    VALUE_STRING, /* `text`, UTF-8; a lone surrogate of a JSON escape is kept in its three-byte form */
    VALUE_ARRAY,
    VALUE_OBJECT, /* members in order; of equal keys the last counts, as in Python */
};

struct member;

struct value {
    enum value_kind kind;
    union {
        bool truth;
        struct str text; /* VALUE_INT and VALUE_REAL keep their spelling, so nothing is rounded */
        struct {
            const struct value *items;
            size_t count;
        } array;
        struct {
            const struct member *members;
            size_t count;
        } object;
    } as;
};

struct member {
    struct str key;
    struct value value;
};

static inline struct value value_null(void)
{
    return (struct value){.kind = VALUE_NULL};
}

static inline struct value value_bool(bool truth)
{
    return (struct value){.kind = VALUE_BOOL, .as.truth = truth};
}

static inline struct value value_string(struct str text)
{
    return (struct value){.kind = VALUE_STRING, .as.text = text};
}

/* An integer whose spelling is formatted into the arena. */
struct value value_int(struct arena *arena, long long number);

/* A real spelt as Python's repr spells it (shortest form that reads back equal). */
struct value value_real(struct arena *arena, double number);

/* The member's value, or NULL if `object` is no object or has no such key. */
const struct value *value_get(const struct value *object, struct str key);

/* Python's ==: 1 == 1.0 == True, integers exact at any length, objects without order. */
bool value_equal(const struct value *a, const struct value *b);

/* Python's < and friends for two numbers (bool counts as one): -1, 0, 1, or 2 if they do not compare (NaN, not
 * numbers). Exact also between an integer and a real. */
int value_compare_numbers(const struct value *a, const struct value *b);

/* Python's truth of a value: false for null, false, 0, 0.0, "", [], {}. */
bool value_truthy(const struct value *value);

/* The number as double; NaN for what is no number. */
double value_to_double(const struct value *value);

/* A deep copy into `arena`, strings included. */
struct value value_copy(struct arena *arena, const struct value *value);

#endif
