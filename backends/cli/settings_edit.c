#include "backends/cli/settings_edit.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

/* One part between dots, its backslashes taken away: a name, and `[3]` behind it. */
static bool read_part(struct arena *arena, struct str part, struct settings_key *key, size_t *room)
{
    struct settings_step index = {.is_index = true};
    bool has_index = false;
    if (part.len && part.ptr[part.len - 1] == ']') {
        size_t digits = part.len - 1, scale = 1;
        while (digits && part.ptr[digits - 1] >= '0' && part.ptr[digits - 1] <= '9') {
            index.index += scale * (size_t)(part.ptr[--digits] - '0');
            scale *= 10;
        }
        has_index = digits && part.ptr[digits - 1] == '[';
        if (has_index && (digits == part.len - 1 || part.len - digits > 9))
            return false;
        if (has_index)
            part.len = digits - 1;
    }
    *ARENA_PUSH(arena, key->steps, key->count, *room) = (struct settings_step){.key = part};
    if (has_index)
        *ARENA_PUSH(arena, key->steps, key->count, *room) = index;
    return true;
}

bool settings_key_read(struct arena *arena, const char *text, struct settings_key *key)
{
    char *part = ARENA_ARRAY(arena, char, strlen(text) + 1);
    size_t length = 0, room = 0;
    *key = (struct settings_key){0};
    for (const char *at = text;; at++) {
        bool escaped = at > text && at[-1] == '\\';
        if (*at == '\0' || (*at == '.' && !escaped)) {
            if (!read_part(arena, (struct str){part, length}, key, &room))
                return false;
            part += length;
            length = 0;
            if (*at == '\0')
                return true;
        } else if (*at != '\\') {
            part[length++] = *at;
        }
    }
}

/* ---- values ---- */

static const struct value *step_down(const struct value *value, const struct settings_step *step)
{
    if (!step->is_index)
        return value_get(value, step->key);
    if (value->kind != VALUE_ARRAY || step->index >= value->as.array.count)
        return NULL;
    return &value->as.array.items[step->index];
}

const struct value *settings_find(const struct value *settings, const struct settings_key *key)
{
    for (size_t i = 0; settings && i < key->count; i++)
        settings = step_down(settings, &key->steps[i]);
    return settings;
}

static struct value replace_item(
    struct arena *arena, const struct value *list, size_t index, const struct value *value)
{
    struct value *items = ARENA_ARRAY(arena, struct value, list->as.array.count);
    size_t count = 0;
    for (size_t i = 0; i < list->as.array.count; i++)
        if (i != index)
            items[count++] = list->as.array.items[i];
        else if (value)
            items[count++] = *value;
    return (struct value){.kind = VALUE_ARRAY, .as.array = {items, count}};
}

static struct value replace_member(
    struct arena *arena, const struct value *object, struct str name, const struct value *value)
{
    struct member *members = ARENA_ARRAY(arena, struct member, object->as.object.count);
    size_t count = 0;
    for (size_t i = 0; i < object->as.object.count; i++) {
        const struct member *member = &object->as.object.members[i];
        if (!str_equal(member->key, name))
            members[count++] = *member;
        else if (value)
            members[count++] = (struct member){name, *value};
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

/* As the reference: the first item that equals the one that is named. */
static struct value remove_equal(struct arena *arena, const struct value *list, size_t index)
{
    size_t first = 0;
    while (!value_equal(&list->as.array.items[first], &list->as.array.items[index]))
        first++;
    return replace_item(arena, list, first, NULL);
}

struct value settings_replace(struct arena *arena, const struct value *settings,
    const struct settings_key *key, const struct value *value)
{
    struct value below;
    const struct settings_step *step = key->steps;
    if (!value && step->is_index && key->count == 1)
        return remove_equal(arena, settings, step->index);
    if (key->count > 1) {
        struct settings_key rest = {key->steps + 1, key->count - 1};
        below = settings_replace(arena, step_down(settings, step), &rest, value);
        value = &below;
    }
    return step->is_index ? replace_item(arena, settings, step->index, value)
                          : replace_member(arena, settings, step->key, value);
}

static int compare_members(const void *a, const void *b)
{
    const struct member *x = a, *y = b;
    return str_compare(x->key, y->key);
}

struct value settings_sorted(struct arena *arena, const struct value *value)
{
    struct value copy = *value;
    if (value->kind == VALUE_ARRAY) {
        struct value *items = ARENA_ARRAY(arena, struct value, value->as.array.count);
        for (size_t i = 0; i < value->as.array.count; i++)
            items[i] = settings_sorted(arena, &value->as.array.items[i]);
        copy.as.array.items = items;
    } else if (value->kind == VALUE_OBJECT) {
        size_t count = value->as.object.count;
        struct member *members = ARENA_ARRAY(arena, struct member, count);
        for (size_t i = 0; i < count; i++)
            members[i] = (struct member){value->as.object.members[i].key,
                settings_sorted(arena, &value->as.object.members[i].value)};
        if (count)
            qsort(members, count, sizeof *members, compare_members);
        copy.as.object.members = members;
    }
    return copy;
}
