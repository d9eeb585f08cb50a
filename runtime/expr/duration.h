/* duration.h: durations as people write them: a number with ms, s, m or h behind it, or bare
 * seconds. Works on borrowed text and allocates nothing. */
#ifndef RUNTIME_EXPR_DURATION_H
#define RUNTIME_EXPR_DURATION_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/str.h"

/* Reads the whole text as a duration: digits, an optional fraction, an optional unit, no sign, no
 * blanks. Gives seconds (`*seconds` is finite), or false with the offset of the first byte that is
 * wrong. */
bool duration_parse(struct str text, double *seconds, size_t *wrong_at);

/* How many bytes at the start of `text` are a unit (ms, s, m, h) that no word character follows;
 * 0 if none. For lexers that have read the number themselves. */
size_t duration_unit(struct str text);

/* Spells seconds for people, in the largest unit that keeps them exact: 90 is "90s", 120 is "2m",
 * 0.5 "500ms". Writes at most `size` bytes with the NUL and returns the length without it. */
size_t duration_spell(double seconds, char *out, size_t size);

#endif
