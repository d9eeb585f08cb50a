/* replay.c: runs a fuzz target over files and folders of inputs, without libFuzzer.
 * Each input is a copy of exact size, so that a read past its end is seen by valgrind or ASan. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Gives the whole file as one malloc of its exact size, or NULL with a message. */
static uint8_t *read_input(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *data = malloc(size ? size : 1);
    if (!file || !data || fread(data, 1, size, file) != size) {
        fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
        free(data);
        data = NULL;
    }
    if (file)
        fclose(file);
    return data;
}

/* Replays a file, or every file below a folder; adds to `count`. Returns 0, or -1 with a message.
 */
static int replay_path(const char *path, unsigned *count)
{
    struct stat info;
    if (stat(path, &info) != 0) {
        fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
        return -1;
    }
    if (S_ISDIR(info.st_mode)) {
        struct dirent **names;
        int found = scandir(path, &names, NULL, alphasort);
        int status = found < 0 ? -1 : 0;
        for (int i = 0; i < found; i++) {
            char below[4096];
            int length = snprintf(below, sizeof below, "%s/%s", path, names[i]->d_name);
            if (length >= (int)sizeof below)
                status = -1;
            else if (names[i]->d_name[0] != '.' && status == 0)
                status = replay_path(below, count);
            free(names[i]);
        }
        if (found >= 0)
            free(names);
        return status;
    }
    size_t size = (size_t)info.st_size;
    uint8_t *data = read_input(path, size);
    if (!data)
        return -1;
    /* The name first, so that a crash tells which input it was. */
    printf("%s\n", path);
    fflush(stdout);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    (*count)++;
    return 0;
}

int main(int argc, char **argv)
{
    unsigned count = 0;
    for (int i = 1; i < argc; i++) {
        if (replay_path(argv[i], &count) != 0)
            return 2;
    }
    printf("%u inputs replayed\n", count);
    return count > 0 ? 0 : 1;
}
