/* number.h: numbers as they are spelt: an integer of any length, or a real that means a double, as in Python.
 * Every function works on borrowed text; nothing is rounded until a double is asked for. */
#ifndef RUNTIME_BASE_NUMBER_H
#define RUNTIME_BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/str.h"

/* A number's text is what RFC 8259 allows, or NaN, Infinity, -Infinity. Leading zeros and a plus sign are
 * tolerated here, because YAML has them; the JSON lexer refuses them. */

enum { NUMBER_REPR_SIZE = 32, NUMBER_UNORDERED = 2 };

/* True if the text is an integer: an optional sign and digits, no fraction, no exponent. */
bool number_is_int(struct str text);

/* Reads an integer that fits; false (and *out untouched) if it does not fit or is none. */
bool number_to_int64(struct str text, int64_t *out);

/* The nearest double: infinite where the number is too large, NaN where the text is no number. */
double number_to_double(struct str text);

/* Orders two numbers as Python does: an integer exactly, at any length, a real as its double.
 * Returns -1, 0, 1, or NUMBER_UNORDERED where NaN takes part. */
int number_compare(struct str a, struct str b);

/* Spells a double as Python's repr does: the fewest digits that read back equal; NaN and infinities as
 * Python's JSON writes them. Returns the length; `out` is NUL-terminated. */
size_t number_repr(double number, char out[NUMBER_REPR_SIZE]);

/* What a decimal digit of any script stands for, as Python's int() takes them; -1 for what is none. */
int number_digit(uint32_t code);

#endif
