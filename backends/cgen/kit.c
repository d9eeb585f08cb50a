#include "backends/cgen/kit.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The names are those of scripts/static/targets. */
const char *kit_native_target(void)
{
#if defined(__x86_64__)
    return "x86_64-linux";
#elif defined(__aarch64__)
    return "aarch64-linux";
#elif defined(__riscv) && __riscv_xlen == 64
    return "riscv64-linux";
#elif defined(__arm__) && defined(__ARM_PCS_VFP)
    return "armhf-linux";
#elif defined(__arm__)
    return "armel-linux";
#elif defined(__i386__)
    return "i686-linux";
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
    return "powerpc64le-linux";
#elif defined(__s390x__)
    return "s390x-linux";
#elif defined(__mips64) && defined(__MIPSEL__)
    return "mips64el-linux";
#elif defined(__mips__) && defined(__MIPSEL__)
    return "mipsel-linux";
#else
    return "unknown-linux";
#endif
}

/* The folder of this executable, without a slash at its end; "." if the system does not tell. */
static struct str executable_folder(struct arena *arena)
{
    char path[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 1);
    if (len <= 0)
        return STR(".");
    path[len] = '\0';
    char *slash = strrchr(path, '/');
    return arena_str(arena, (struct str){path, slash ? (size_t)(slash - path) : 0});
}

/* The folders that may hold one folder a target. */
static size_t list_roots(struct arena *arena, const char *folder, struct str roots[2])
{
    if (folder) {
        roots[0] = str_from(folder);
        return 1;
    }
    struct str here = executable_folder(arena);
    roots[0] = arena_printf(arena, "%.*s/../lib/chaosc", STR_ARG(here));
    roots[1] = arena_printf(arena, "%.*s/kit", STR_ARG(here));
    return 2;
}

/* Reads the line that scripts/setup-static wrote: the target, its compiler and flags. */
static bool read_description(struct arena *arena, struct kit *kit)
{
    char line[256];
    int fd = open(arena_printf(arena, "%s/target", kit->folder).ptr, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? -1 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    if (len <= 0)
        return false;
    line[len] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *compiler = line + strcspn(line, " ");
    compiler += strspn(compiler, " ");
    char *flags = compiler + strcspn(compiler, " ");
    kit->flags = arena_str(arena, str_from(flags)).ptr;
    *flags = '\0';
    kit->compiler = arena_str(arena, str_from(compiler)).ptr;
    return *compiler != '\0';
}

bool kit_find(struct arena *arena, const char *folder, const char *target, struct kit *kit,
    struct str *looked)
{
    struct str roots[2];
    size_t count = list_roots(arena, folder, roots);
    *looked = (struct str){"", 0};
    for (size_t i = 0; i < count; i++) {
        struct str path = arena_printf(arena, "%.*s/%s", STR_ARG(roots[i]), target);
        *kit = (struct kit){.folder = path.ptr, .target = target};
        if (read_description(arena, kit))
            return true;
        *looked =
            arena_printf(arena, "%.*s%s%.*s", STR_ARG(*looked), i ? " and " : "", STR_ARG(path));
    }
    return false;
}

static bool is_kit(struct arena *arena, struct str root, const char *name)
{
    return access(arena_printf(arena, "%.*s/%s/target", STR_ARG(root), name).ptr, R_OK) == 0;
}

struct str kit_targets(struct arena *arena, const char *folder)
{
    struct str roots[2], list = {"", 0};
    size_t count = list_roots(arena, folder, roots);
    for (size_t i = 0; i < count; i++) {
        DIR *dir = opendir(roots[i].ptr);
        for (struct dirent *entry; dir && (entry = readdir(dir));)
            if (entry->d_name[0] != '.' && is_kit(arena, roots[i], entry->d_name))
                list = arena_printf(
                    arena, "%.*s%s%s", STR_ARG(list), list.len ? ", " : "", entry->d_name);
        if (dir)
            closedir(dir);
    }
    return list;
}
