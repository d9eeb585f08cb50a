#include "runtime/base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/mem.h"

void buf_free(struct buf *buf)
{
    mem_free(buf->data);
    *buf = (struct buf){0};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void buf_reserve(struct buf *buf, size_t more)
{
    if (buf->room - buf->len > more)
        return;
    size_t room = buf->room ? buf->room : 64;
    while (room - buf->len <= more)
        room *= 2;
    buf->data = mem_realloc(buf->data, room);
    buf->room = room;
}

/* Most of what is added is short, and musl's memcpy takes longer to begin than a few moves, which may overlap. */
static void copy(char *to, const char *from, size_t len)
{
    if (len > 16) {
        memcpy(to, from, len);
    } else if (len >= 8) {
        memcpy(to, from, 8);
        memcpy(to + len - 8, from + len - 8, 8);
    } else if (len >= 4) {
        memcpy(to, from, 4);
        memcpy(to + len - 4, from + len - 4, 4);
    } else if (len) {
        to[0] = from[0];
        to[len / 2] = from[len / 2];
        to[len - 1] = from[len - 1];
    }
}

void buf_add(struct buf *buf, const void *bytes, size_t len)
{
    buf_reserve(buf, len);
    copy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

/* From here on a buffer grows in few and long steps: an allocator may keep for a while what it moved the bytes out
 * of, while room that nobody wrote to costs nothing. */
enum { LARGE = 1 << 20 };

void buf_add_within(struct buf *buf, const void *bytes, size_t len, size_t limit)
{
    size_t left = limit > buf->len ? limit - buf->len : 0;
    if (len > left)
        len = left;
    if (buf->room - buf->len <= len && buf->room >= LARGE) {
        size_t room = buf->room < limit / 4 ? buf->room * 4 : limit + 1;
        if (room - buf->len > len) {
            buf->data = mem_realloc(buf->data, room);
            buf->room = room;
        }
    }
    buf_add(buf, bytes, len);
}

void buf_add_str(struct buf *buf, struct str s)
{
    buf_add(buf, s.ptr, s.len);
}

void buf_add_text(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
    buf_reserve(buf, 1);
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

void buf_add_repeat(struct buf *buf, char c, size_t count)
{
    buf_reserve(buf, count);
    memset(buf->data + buf->len, c, count);
    buf->len += count;
    buf->data[buf->len] = '\0';
}

void buf_add_number(struct buf *buf, uint64_t number)
{
    char digits[20], *p = digits + sizeof digits;
    do {
        *--p = (char)('0' + number % 10);
    } while (number /= 10);
    buf_add(buf, p, (size_t)(digits + sizeof digits - p));
}

/* Most texts fit into the room that is there: then they are formatted once. */
void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args, again;
    buf_reserve(buf, 1);
    va_start(args, format);
    va_copy(again, args);
    size_t room = buf->room - buf->len;
    size_t len = (size_t)vsnprintf(buf->data + buf->len, room, format, args);
    va_end(args);
    if (len >= room) {
        buf_reserve(buf, len + 1);
        vsnprintf(buf->data + buf->len, len + 1, format, again);
    }
    va_end(again);
    buf->len += len;
}

struct str buf_finish(struct buf *buf, struct arena *arena)
{
    enum { WORTH_MOVING = 64 << 10 };
    struct str text = buf_str(buf);
    if (text.len < WORTH_MOVING) {
        text = arena_str(arena, text);
        buf_free(buf);
        return text;
    }
    char *block = mem_realloc(buf->data, text.len + 1);
    arena_adopt(arena, block);
    *buf = (struct buf){0};
    return (struct str){block, text.len};
}
