#include "runtime/base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "runtime/base/mem.h"

struct arena_chunk {
    struct arena_chunk *before;
    size_t size; /* of `bytes` */
    max_align_t bytes[];
};

struct arena_adopted {
    struct arena_adopted *before;
    void *block;
};

/* Small experiments must stay small (a cold lint counts pages), large ones must not crawl. */
enum { FIRST_CHUNK = 16 * 1024, LARGE_ARENA = 256 * 1024, LARGE_CHUNK = 2 * MEM_HUGE_PAGE };

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static void free_adopted(struct arena *arena)
{
    for (struct arena_adopted *adopted = arena->adopted; adopted; adopted = adopted->before)
        mem_free(adopted->block);
    arena->adopted = NULL;
}

void arena_free(struct arena *arena)
{
    free_adopted(arena);
    struct arena_chunk *chunk = arena->head;
    while (chunk) {
        struct arena_chunk *before = chunk->before;
        mem_free(chunk);
        chunk = before;
    }
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    free_adopted(arena);
    struct arena_chunk *chunk = arena->head;
    while (chunk && (chunk->before || chunk->size > FIRST_CHUNK)) {
        struct arena_chunk *before = chunk->before;
        mem_free(chunk);
        chunk = before;
    }
    arena_init(arena);
    if (!chunk)
        return;
    *arena = (struct arena){.head = chunk,
        .cursor = (char *)chunk->bytes,
        .limit = (char *)chunk->bytes + chunk->size,
        .reserved = chunk->size};
}

static void add_chunk(struct arena *arena, size_t at_least)
{
    size_t size = arena->reserved < FIRST_CHUNK ? FIRST_CHUNK : arena->reserved;
    if (size >= LARGE_ARENA)
        size = LARGE_CHUNK - sizeof(struct arena_chunk);
    if (size < at_least)
        size = at_least;
    struct arena_chunk *chunk;
    if (size >= LARGE_ARENA) {
        size_t pages = (sizeof *chunk + size + MEM_HUGE_PAGE - 1) / MEM_HUGE_PAGE;
        size = pages * MEM_HUGE_PAGE - sizeof *chunk;
        chunk = mem_alloc_huge(sizeof *chunk + size);
    } else {
        chunk = mem_alloc(sizeof *chunk + size);
    }
    chunk->before = arena->head;
    chunk->size = size;
    arena->head = chunk;
    arena->cursor = (char *)chunk->bytes;
    arena->limit = arena->cursor + size;
    arena->reserved += size;
}

void *arena_alloc(struct arena *arena, size_t size, size_t align)
{
    size_t pad = (size_t)(-(uintptr_t)arena->cursor & (align - 1));
    if (!arena->head || (size_t)(arena->limit - arena->cursor) < pad ||
        (size_t)(arena->limit - arena->cursor) - pad < size) {
        add_chunk(arena, size + align);
        pad = (size_t)(-(uintptr_t)arena->cursor & (align - 1));
    }
    char *p = arena->cursor + pad;
    arena->cursor = p + size;
    return p;
}

void *arena_zalloc(struct arena *arena, size_t size, size_t align)
{
    void *p = arena_alloc(arena, size, align);
    memset(p, 0, size);
    return p;
}

void arena_adopt(struct arena *arena, void *block)
{
    struct arena_adopted *adopted = ARENA_NEW(arena, struct arena_adopted);
    *adopted = (struct arena_adopted){arena->adopted, block};
    arena->adopted = adopted;
}

void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size, size_t align)
{
    char *end = old ? (char *)old + old_size : NULL;
    if (old && end == arena->cursor && (size_t)(arena->limit - end) >= new_size - old_size) {
        arena->cursor = end + (new_size - old_size);
        return old;
    }
    void *p = arena_alloc(arena, new_size, align);
    if (old)
        memcpy(p, old, old_size);
    return p;
}

void *arena_grow_room(struct arena *arena, void *old, size_t *room, size_t size, size_t align)
{
    size_t more = *room ? *room * 2 : 8;
    void *p = arena_grow(arena, old, *room * size, more * size, align);
    *room = more;
    return p;
}

struct str arena_str(struct arena *arena, struct str s)
{
    char *p = arena_alloc(arena, s.len + 1, 1);
    if (s.len)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (struct str){p, s.len};
}

struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    char *p = arena_alloc(arena, (size_t)len + 1, 1);
    vsnprintf(p, (size_t)len + 1, format, again);
    va_end(again);
    return (struct str){p, (size_t)len};
}

struct str arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct str text = arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}
