/* decode.h: bytes that a process or a server sent, as text that a value can hold.
 * The result lives in the arena, or is the input itself where nothing had to change. */
#ifndef RUNTIME_LOOP_DECODE_H
#define RUNTIME_LOOP_DECODE_H

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"

/* The bytes as UTF-8, each sequence that is none replaced by U+FFFD as Python's errors="replace"
 * does. */
struct str decode_utf8(struct arena *arena, struct str bytes);

/* The same of what stands in a buffer, which is empty afterwards: large texts are moved, not
 * copied. */
struct str decode_buf(struct arena *arena, struct buf *bytes);

/* What stands in a buffer, in the named character set, as UTF-8; the buffer is empty afterwards:
 * UTF-8, US-ASCII, ISO-8859-1, UTF-16 and UTF-32 themselves, and whatever else the C library's
 * iconv knows. A set nobody knows counts as UTF-8, as in requests. */
struct str decode_charset(struct arena *arena, struct buf *bytes, struct str charset);

#endif
