#include "backends/lint/path.h"

#include <limits.h>
#include <stdlib.h>

struct str path_parent(struct str path)
{
    while (path.len && path.ptr[path.len - 1] != '/')
        path.len--;
    while (path.len && path.ptr[path.len - 1] == '/')
        path.len--;
    return path;
}

struct str path_folder(struct arena *arena, const char *file)
{
    char resolved[PATH_MAX];
    struct str folder = path_parent(str_from(file));
    if (folder.len == 0)
        folder = file[0] == '/' ? STR("/") : STR(".");
    struct str path = arena_str(arena, folder);
    struct str found = arena_str(arena, realpath(path.ptr, resolved) ? str_from(resolved) : path);
    return str_is(found, "/") ? STR("") : found;
}

struct str path_below(struct arena *arena, struct str folder, const char *file)
{
    struct str whole = str_from(file), name = whole;
    if (str_is(whole, "-"))
        return whole;
    while (memchr(name.ptr, '/', name.len))
        name = (struct str){name.ptr + 1, name.len - 1};
    struct str path =
        arena_printf(arena, "%.*s/%.*s", STR_ARG(path_folder(arena, file)), STR_ARG(name));
    if (str_starts(path, folder) && path.len > folder.len && path.ptr[folder.len] == '/')
        return (struct str){path.ptr + folder.len + 1, path.len - folder.len - 1};
    return path;
}
