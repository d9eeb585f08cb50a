#include "runtime/base/map.h"

void map_init(struct map *map, struct arena *arena)
{
    *map = (struct map){.arena = arena};
}

/* Linear probing: the slot that holds `key`, or the empty one where it would go. */
static struct map_slot *find_slot(const struct map *map, struct str key, uint64_t hash)
{
    size_t mask = map->room - 1;
    for (size_t i = (size_t)hash & mask;; i = (i + 1) & mask) {
        struct map_slot *slot = &map->slots[i];
        if (!slot->value || (slot->hash == hash && str_equal(slot->key, key)))
            return slot;
    }
}

static void grow(struct map *map)
{
    struct map_slot *old = map->slots;
    size_t old_room = map->room;
    map->room = old_room ? old_room * 2 : 16;
    map->slots = ARENA_ARRAY(map->arena, struct map_slot, map->room);
    for (size_t i = 0; i < old_room; i++)
        if (old[i].value)
            *find_slot(map, old[i].key, old[i].hash) = old[i];
}

void *map_get(const struct map *map, struct str key)
{
    return map->count ? find_slot(map, key, str_hash(key))->value : NULL;
}

static struct map_slot *slot_for(struct map *map, struct str key)
{
    if (map->count * 4 >= map->room * 3)
        grow(map);
    uint64_t hash = str_hash(key);
    struct map_slot *slot = find_slot(map, key, hash);
    if (!slot->value) {
        slot->key = key;
        slot->hash = hash;
    }
    return slot;
}

void *map_add(struct map *map, struct str key, void *value)
{
    struct map_slot *slot = slot_for(map, key);
    if (!slot->value) {
        slot->value = value;
        map->count++;
    }
    return slot->value;
}

void map_set(struct map *map, struct str key, void *value)
{
    struct map_slot *slot = slot_for(map, key);
    if (!slot->value)
        map->count++;
    slot->value = value;
}
