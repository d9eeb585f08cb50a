/* types.h: the type lattice: a type is the set of JSON kinds a value may have, so join is union and
 * assignability is inclusion. Types are plain numbers; nothing is owned. */
#ifndef SCHEMA_TYPES_H
#define SCHEMA_TYPES_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/buf.h"

typedef uint8_t type_set;

enum {
    TYPE_NULL = 1,
    TYPE_BOOLEAN = 2,
    TYPE_INTEGER = 4,
    TYPE_REAL = 8, /* a number with a fraction; TYPE_NUMBER is what the Open API calls a number */
    TYPE_NUMBER = TYPE_INTEGER | TYPE_REAL,
    TYPE_STRING = 16,
    TYPE_ARRAY = 32,
    TYPE_OBJECT = 64,
    TYPE_ANY = 127,
    TYPE_NEVER = 0
};

/* True if a value of type `from` may stand where `to` is wanted in at least one case: what cannot
 * be ruled out is not a finding. A boolean is not an integer here, though Python says it is: nobody
 * means it. */
static inline bool type_may_be(type_set from, type_set to)
{
    return (from & to) != 0;
}

/* Adds "a string", "an integer or null", "a boolean, a number or an array", "any value". */
void type_describe(struct buf *out, type_set type);

#endif
