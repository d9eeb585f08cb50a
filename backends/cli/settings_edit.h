/* settings_edit.h: finds and changes one entry of the settings by its dotted key, as chaoslib's locate_settings_entry.
 * Results live in the arena given and share what did not change. */
#ifndef BACKENDS_CLI_SETTINGS_EDIT_H
#define BACKENDS_CLI_SETTINGS_EDIT_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"

/* One step down: a member, or an item of a list. */
struct settings_step {
    struct str key;
    size_t index;
    bool is_index;
};

struct settings_key {
    struct settings_step *steps;
    size_t count;
};

/* Reads `auths.example\.com:8443.type` or `controls[0].name`; false for what is no key. */
bool settings_key_read(struct arena *arena, const char *text, struct settings_key *key);

/* The entry, or NULL. */
const struct value *settings_find(const struct value *settings, const struct settings_key *key);

/* The settings with another value at an entry that is there, or without it (`value` NULL). */
struct value settings_replace(struct arena *arena, const struct value *settings,
    const struct settings_key *key, const struct value *value);

/* The value with the members of every object in the order of their names. */
struct value settings_sorted(struct arena *arena, const struct value *value);

#endif
