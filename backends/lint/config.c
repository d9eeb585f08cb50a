#include "backends/lint/config.h"

#include <unistd.h>

#include "backends/lint/path.h"

void config_init(struct lint_config *config)
{
    *config = (struct lint_config){0};
    arena_init(&config->arena);
    for (int i = 0; i < DIAG_CODE_COUNT; i++)
        config->levels[i] = (signed char)diag_info((enum diag_code)i)->level;
}

void config_free(struct lint_config *config)
{
    if (config->baseline)
        baseline_free(config->baseline);
    for (struct config_file *file = config->files; file; file = file->next) {
        doc_free(&file->doc);
        source_free(&file->source);
    }
    if (config->path.len) {
        doc_free(&config->doc);
        source_free(&config->source);
    }
    arena_free(&config->arena);
    *config = (struct lint_config){0};
}

/* ---- finding ---- */

/* The nearest configuration from `folder` up. */
static struct str find_from(struct arena *arena, struct str folder)
{
    static const char *const names[] = {".chaosc.yaml", ".chaosc.yml"};
    for (;; folder = path_parent(folder)) {
        for (size_t i = 0; i < 2; i++) {
            struct str path = arena_printf(arena, "%.*s/%s", STR_ARG(folder), names[i]);
            if (access(path.ptr, F_OK) == 0)
                return path;
        }
        if (folder.len == 0)
            return STR("");
    }
}

struct str config_find(struct arena *arena, const char *file)
{
    return find_from(arena, path_folder(arena, file));
}

/* ---- patterns ---- */

static bool matches(const char *p, const char *pe, const char *s, const char *se)
{
    for (; p < pe; p++, s++) {
        if (*p == '*' && p + 1 < pe && p[1] == '*') {
            const char *rest = p + 2 < pe && p[2] == '/' ? p + 3 : p + 2;
            for (const char *t = s; t <= se; t++)
                if ((t == s || t[-1] == '/' || rest == pe) && matches(rest, pe, t, se))
                    return true;
            return false;
        }
        if (*p == '*') {
            for (const char *t = s;; t++) {
                if (matches(p + 1, pe, t, se))
                    return true;
                if (t >= se || *t == '/')
                    return false;
            }
        }
        if (s >= se || (*p == '?' ? *s == '/' : *p != *s))
            return false;
    }
    return s == se;
}

bool config_matches(struct str pattern, struct str path)
{
    if (!memchr(pattern.ptr, '/', pattern.len))
        while (memchr(path.ptr, '/', path.len))
            path = (struct str){path.ptr + 1, path.len - 1};
    if (str_starts(pattern, STR("./")))
        pattern = (struct str){pattern.ptr + 2, pattern.len - 2};
    return matches(pattern.ptr, pattern.ptr + pattern.len, path.ptr, path.ptr + path.len);
}

/* ---- levels ---- */

static bool override_matches(const struct config_override *override, struct str path)
{
    for (size_t i = 0; i < override->pattern_count; i++)
        if (config_matches(override->patterns[i], path))
            return true;
    return false;
}

void config_levels(
    const struct lint_config *config, const char *file, enum diag_level levels[DIAG_CODE_COUNT])
{
    for (int i = 0; i < DIAG_CODE_COUNT; i++)
        levels[i] = (enum diag_level)config->levels[i];
    if (config->override_count == 0)
        return;
    struct arena arena;
    arena_init(&arena);
    struct str path = path_below(&arena, config->folder, file);
    for (size_t o = 0; o < config->override_count; o++) {
        if (!override_matches(&config->overrides[o], path))
            continue;
        for (int i = 0; i < DIAG_CODE_COUNT; i++)
            if (config->overrides[o].levels[i] != CONFIG_UNCHANGED)
                levels[i] = (enum diag_level)config->overrides[o].levels[i];
    }
    arena_free(&arena);
}

void config_apply(const enum diag_level levels[DIAG_CODE_COUNT], struct diag_bag *bag)
{
    for (size_t i = 0; i < bag->count; i++) {
        struct diag *diag = bag->items[i];
        /* A finding whose place decides its level keeps it, unless its rule's level is changed. */
        if (levels[diag->code] != diag_info(diag->code)->level)
            diag->level = levels[diag->code];
    }
}

struct lint_input config_input(const struct lint_config *config)
{
    return (struct lint_input){.signatures = config->signatures,
        .signature_count = config->signature_count,
        .pins = config->drivers,
        .pin_count = config->driver_count};
}

/* ---- the configurations of one call ---- */

void config_set_init(struct config_set *set, const char *forced)
{
    *set = (struct config_set){.forced = forced};
    arena_init(&set->arena);
    map_init(&set->by_folder, &set->arena);
    map_init(&set->by_path, &set->arena);
    config_init(&set->fallback);
    diag_bag_init(&set->bag);
}

void config_set_free(struct config_set *set)
{
    for (size_t i = 0; i < set->count; i++)
        config_free(set->items[i]);
    config_free(&set->fallback);
    diag_bag_free(&set->bag);
    arena_free(&set->arena);
}

/* The configuration of a file, under the name that people know it by. */
static struct lint_config *config_at(struct config_set *set, struct str path)
{
    path = path_below(&set->arena, path_folder(&set->arena, "-"), path.ptr);
    struct lint_config *known = map_get(&set->by_path, path);
    if (known)
        return known;
    struct lint_config *config = ARENA_NEW(&set->arena, struct lint_config);
    if (!config_read(config, path.ptr, &set->bag))
        set->unreadable = path.ptr;
    *ARENA_PUSH(&set->arena, set->items, set->count, set->room) = config;
    map_set(&set->by_path, path, config);
    return config;
}

const struct lint_config *config_for(struct config_set *set, const char *file)
{
    if (set->forced)
        return config_at(set, str_from(set->forced));
    /* By the folder as it is written: what many files share is looked up once. */
    struct str folder = path_parent(str_from(file));
    struct lint_config *config = map_get(&set->by_folder, folder);
    if (!config) {
        struct str path = config_find(&set->arena, file);
        config = path.len ? config_at(set, path) : &set->fallback;
        map_set(&set->by_folder, arena_str(&set->arena, folder), config);
    }
    return config;
}
