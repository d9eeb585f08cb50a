/* arena.h: bump allocation for things that die together; arenas are named by their life span.
 * The arena owns every byte it hands out; arena_free at one visible place ends them all. */
#ifndef RUNTIME_BASE_ARENA_H
#define RUNTIME_BASE_ARENA_H

#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>

#include "runtime/base/str.h"

struct arena_chunk;
struct arena_adopted;

struct arena {
    struct arena_chunk *head;      /* newest chunk; each links to the one before */
    char *cursor, *limit;          /* free bytes of the newest chunk */
    struct arena_adopted *adopted; /* heap blocks that end with it */
    size_t reserved;               /* bytes taken from the system, for statistics and limits */
};

/* Makes an empty arena; nothing is allocated yet. */
void arena_init(struct arena *arena);

/* Frees every chunk; the arena is empty and usable again. */
void arena_free(struct arena *arena);

/* Ends everything in the arena, and keeps its first chunk for what comes, unless that is a large one. */
void arena_reset(struct arena *arena);

/* Returns `size` bytes aligned to `align` (a power of two), uninitialised. Never NULL. */
void *arena_alloc(struct arena *arena, size_t size, size_t align);

/* The same, filled with zero bytes. */
void *arena_zalloc(struct arena *arena, size_t size, size_t align);

/* Makes a block from mem_alloc the arena's: it is freed with it. */
void arena_adopt(struct arena *arena, void *block);

/* Grows an array that was the arena's latest allocation in place where possible, else copies it. */
void *arena_grow(struct arena *arena, void *old, size_t old_size, size_t new_size, size_t align);

/* Copies `s` into the arena with a NUL behind it (not counted in len). */
struct str arena_str(struct arena *arena, struct str s);

/* Formats into the arena; the result is NUL-terminated. */
struct str arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The same for a started argument list, which the caller ends. */
struct str arena_vprintf(struct arena *arena, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

#define ARENA_NEW(arena, type) ((type *)arena_zalloc((arena), sizeof(type), alignof(type)))
#define ARENA_ARRAY(arena, type, count)                                                            \
    ((type *)arena_zalloc((arena), sizeof(type) * (count), alignof(type)))

/* Appends to a growing arena array: `items` a T*, `count` and `room` its size_t's; yields a T* to fill. */
#define ARENA_PUSH(arena, items, count, room)                                                      \
    ((count) == (room) ? ((items) = arena_grow_room(                                               \
                              (arena), (items), &(room), sizeof *(items), alignof(max_align_t)),   \
                             &(items)[(count)++])                                                  \
                       : &(items)[(count)++])

/* For ARENA_PUSH: doubles *room (at least 8) of elements of `size` bytes. */
void *arena_grow_room(struct arena *arena, void *old, size_t *room, size_t size, size_t align);

#endif
