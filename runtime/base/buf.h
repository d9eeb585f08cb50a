/* buf.h: a growable byte buffer, the target of everything that writes text.
 * The buffer owns its bytes until buf_free; `data` always has a NUL behind `len` once anything was added. */
#ifndef RUNTIME_BASE_BUF_H
#define RUNTIME_BASE_BUF_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

struct buf {
    char *data;
    size_t len, room;
};

/* An empty buffer is all zero: struct buf b = {0}; */
void buf_free(struct buf *buf);

/* Empties it but keeps its room. */
void buf_clear(struct buf *buf);

/* Makes sure `more` bytes can be added without growing. */
void buf_reserve(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *bytes, size_t len);

/* Adds what of it fits into `limit` bytes in all, and has never much more memory than that for it. */
void buf_add_within(struct buf *buf, const void *bytes, size_t len, size_t limit);

void buf_add_str(struct buf *buf, struct str s);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_repeat(struct buf *buf, char c, size_t count);
void buf_add_number(struct buf *buf, uint64_t number); /* in decimal digits */
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Moves what was written into the arena, NUL behind it, and leaves the buffer empty; large texts are not copied. */
struct str buf_finish(struct buf *buf, struct arena *arena);

/* What has been written, as a slice that is valid until the next addition. */
static inline struct str buf_str(const struct buf *buf)
{
    return (struct str){buf->data ? buf->data : "", buf->len};
}

#endif
