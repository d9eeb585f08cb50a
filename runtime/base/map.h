/* map.h: a hash table from byte strings to pointers or numbers, for names and keys of one file or run.
 * The table and its slots live in an arena; keys are not copied and must outlive it. */
#ifndef RUNTIME_BASE_MAP_H
#define RUNTIME_BASE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

struct map_slot {
    struct str key;
    uint64_t hash;
    void *value; /* never NULL in a used slot */
};

struct map {
    struct arena *arena;
    struct map_slot *slots;
    size_t count, room; /* room is 0 or a power of two */
};

void map_init(struct map *map, struct arena *arena);

/* The value stored under `key`, or NULL. */
void *map_get(const struct map *map, struct str key);

/* Stores a non-NULL value under `key` unless one is there; returns the value that is now stored, so a
 * result other than `value` is what was there before. */
void *map_add(struct map *map, struct str key, void *value);

/* Stores a non-NULL value under `key`, replacing what was there. */
void map_set(struct map *map, struct str key, void *value);

#endif
