/* floor_spawn.c: spawns one command N times at once and waits for all: the floor for background
 * work. usage: floor_spawn N COMMAND [ARGUMENT...] */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[1]) : 0;
    for (int i = 0; i < count; i++) {
        pid_t pid;
        if (posix_spawnp(&pid, argv[2], NULL, NULL, argv + 2, environ) != 0)
            return 2;
    }
    for (int i = 0; i < count; i++) {
        int status;
        if (wait(&status) < 0 || status != 0)
            return 1;
    }
    return count > 0 ? 0 : 2;
}
