#include "backends/cli/watch.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "backends/cli/discover.h"

enum { WATCH_NANOSECONDS = 100 * 1000 * 1000 };

static uint64_t mix(uint64_t hash, uint64_t number)
{
    return (hash ^ number) * 0x9E3779B97F4A7C15u + (hash >> 29);
}

uint64_t watch_state(char **paths, size_t count)
{
    struct arena arena;
    struct discovery discovery = {0};
    uint64_t state = count;
    arena_init(&arena);
    for (size_t i = 0; i < count; i++)
        discover(&arena, &discovery, paths[i]);
    for (size_t i = 0; i < discovery.count; i++) {
        struct stat info;
        state = mix(state, str_hash(str_from(discovery.files[i].path)));
        if (stat(discovery.files[i].path, &info) != 0)
            continue;
        state = mix(state, (uint64_t)info.st_ino);
        state = mix(state, (uint64_t)info.st_size);
        state = mix(state, (uint64_t)info.st_mtim.tv_sec);
        state = mix(state, (uint64_t)info.st_mtim.tv_nsec);
    }
    arena_free(&arena);
    return state;
}

void watch_wait(char **paths, size_t count, uint64_t state)
{
    const struct timespec pause = {0, WATCH_NANOSECONDS};
    while (watch_state(paths, count) == state)
        nanosleep(&pause, NULL);
}
