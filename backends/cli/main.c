/* The process: sets up what every command needs and ends with its exit code. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"

static bool wants_color(int fd)
{
    const char *no = getenv("NO_COLOR");
    const char *force = getenv("CLICOLOR_FORCE");
    const char *term = getenv("TERM");
    if (no && *no)
        return false;
    if (force && *force && strcmp(force, "0") != 0)
        return true;
    return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

int main(int argc, char **argv)
{
    /* A reader that went away ends a write with an error, not the process, and so does a file that grew too large:
     * a run must still roll back. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct cli cli = {
        .program = "chaosc",
        .color_out = wants_color(STDOUT_FILENO),
        .color_err = wants_color(STDERR_FILENO),
    };
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    if (argc > 0 && strcmp(slash ? slash + 1 : argv[0], "chaos") == 0)
        cli.program = "chaos";
    arena_init(&cli.arena);
    int code = cli_main(&cli, argc, argv);
    arena_free(&cli.arena);
    return code;
}
