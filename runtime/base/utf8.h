/* utf8.h: decoding, validating and measuring UTF-8; every function works on borrowed bytes. */
#ifndef RUNTIME_BASE_UTF8_H
#define RUNTIME_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"

enum { UTF8_INVALID = 0xFFFFFFFF };

/* Decodes the code point at *p (p < end) and moves *p past it; on a byte that is not valid UTF-8
 * (overlong, surrogate, above U+10FFFF, cut off) returns UTF8_INVALID and moves by one byte. */
uint32_t utf8_decode(const char **p, const char *end);

/* Writes a code point as UTF-8 (surrogates as their three-byte form) and returns its length, 1 to 4. */
size_t utf8_encode(uint32_t code, char out[4]);

/* The offset of the first byte that is not valid UTF-8, or s.len if there is none. */
size_t utf8_first_invalid(struct str s);

/* How many code points (an invalid byte counts one). */
size_t utf8_count(struct str s);

/* How many UTF-16 units (an invalid byte counts one), as LSP counts by default. */
size_t utf8_count_utf16(struct str s);

/* How many terminal columns one code point takes: 0 (combining), 1 or 2 (wide). */
unsigned utf8_width(uint32_t code);

#endif
