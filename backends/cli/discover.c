#include "backends/cli/discover.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/base/mem.h"
#include "schema/schema.h"

/* ---- files ---- */

static void add_file(struct arena *arena, struct discovery *discovery, const char *path, bool named)
{
    *ARENA_PUSH(arena, discovery->files, discovery->count, discovery->room) =
        (struct discovered){path, named};
}

static bool has_notation(struct str name)
{
    static const struct str extensions[] = {
        STR_INIT(".json"), STR_INIT(".yaml"), STR_INIT(".yml"), STR_INIT(".chaos")};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++)
        if (str_ends(name, extensions[i]))
            return true;
    return false;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Links to directories are not followed: they could lead around in circles. */
static void add_directory(struct arena *arena, struct discovery *discovery, const char *path)
{
    DIR *dir = opendir(path);
    if (!dir) {
        if (!discovery->unreadable)
            discovery->unreadable = path;
        return;
    }
    const char **names = NULL;
    size_t count = 0, room = 0;
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        if (count == room) {
            room = room ? room * 2 : 64;
            names = mem_realloc(names, room * sizeof *names);
        }
        size_t len = strlen(path);
        while (len > 1 && path[len - 1] == '/')
            len--;
        names[count++] = arena_printf(
            arena, "%.*s%s%s", (int)len, path, len == 1 && path[0] == '/' ? "" : "/", entry->d_name)
                             .ptr;
    }
    closedir(dir);
    if (count > 1)
        qsort(names, count, sizeof *names, compare_names);
    for (size_t i = 0; i < count; i++) {
        struct stat info;
        if (lstat(names[i], &info) != 0)
            continue;
        if (S_ISLNK(info.st_mode) && (stat(names[i], &info) != 0 || S_ISDIR(info.st_mode)))
            continue;
        if (S_ISDIR(info.st_mode))
            add_directory(arena, discovery, names[i]);
        else if (S_ISREG(info.st_mode) && has_notation(str_from(names[i])))
            add_file(arena, discovery, names[i], false);
    }
    mem_free(names);
}

void discover(struct arena *arena, struct discovery *discovery, const char *path)
{
    struct stat info;
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        add_directory(arena, discovery, path);
    else
        add_file(arena, discovery, path, true);
}

/* ---- contents ---- */

static bool is_telling_key(struct str key)
{
    if (str_is(key, "method") || str_is(key, "steady-state-hypothesis"))
        return true;
    if (key.len < 5 || key.len > 40 || schema_find(SCHEMA_KIND_EXPERIMENT, key))
        return false;
    const struct schema_field *near = schema_nearest(SCHEMA_KIND_EXPERIMENT, key);
    return near == &schema_fields[SCHEMA_EXPERIMENT_METHOD] ||
           near == &schema_fields[SCHEMA_EXPERIMENT_HYPOTHESIS];
}

static bool is_key_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* A word, perhaps in quotes, with a colon behind it: a key in JSON or YAML, however broken. */
static bool text_has_key(struct str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    while ((p = memchr(p, ':', (size_t)(end - p)))) {
        const char *hi = p++;
        while (hi > text.ptr && (hi[-1] == ' ' || hi[-1] == '\t'))
            hi--;
        if (hi > text.ptr && (hi[-1] == '"' || hi[-1] == '\''))
            hi--;
        const char *lo = hi;
        while (lo > text.ptr && is_key_byte(lo[-1]))
            lo--;
        if (lo < hi && is_telling_key(str_slice(lo, hi)))
            return true;
    }
    return false;
}

static bool has_provider(const struct doc_node *list)
{
    for (size_t i = 0; i < list->as.array.count; i++)
        if (doc_get(list->as.array.items[i], STR("provider")))
            return true;
    return false;
}

static bool has_telling_key(const struct doc_node *mapping)
{
    for (size_t i = 0; i < mapping->as.object.count; i++)
        if (is_telling_key(mapping->as.object.members[i].key))
            return true;
    return false;
}

bool discover_is_experiment(const struct doc *doc)
{
    struct str text = doc->source->text;
    if (doc->notation == DOC_CHAOS)
        return true;
    if (doc->broken || doc->root->kind == DOC_ERROR)
        return text_has_key(text);
    if (doc->root->kind == DOC_ARRAY ? has_provider(doc->root)
                                     : doc->root->kind == DOC_OBJECT && has_telling_key(doc->root))
        return true;
    return memmem(text.ptr, text.len, "{{", 2) && text_has_key(text);
}
