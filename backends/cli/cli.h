/* cli.h: what a command is; commands.def lists them all.
 * Command and option tables are constant; what commands allocate lives in the process's arena. */
#ifndef BACKENDS_CLI_CLI_H
#define BACKENDS_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/options.h"
#include "runtime/runner/play_options.h"

/* Exit codes of every command but run, whose table is in docs/exit-codes.md. */
/* What undoes what a run left, to be followed by its record. */
#define CLI_RECOVER "chaosc recover"

enum { CLI_OK = 0, CLI_FINDINGS = 1, CLI_USAGE = 2 };

/* The world as main found it; everything a command prints goes through its two streams. */
struct cli {
    const char *program;       /* "chaosc", or "chaos" where installed under that name */
    struct arena arena;        /* the process's: option lists, file names */
    bool color_out, color_err; /* a terminal, and NO_COLOR not set */
};

struct cli_command {
    const char *name;
    const char *arguments; /* "FILE|DIR|-..." for the usage line */
    const char *summary;   /* one sentence without full stop, lower case first */
    const char *details;   /* further help, or NULL */
    struct option_table options;
    struct option_table (*shared_options)(
        void); /* rows of another module that it takes too, or NULL */
    size_t
        options_size; /* of the options structure, which starts all zero and then gets defaults */
    void (*set_defaults)(void *options); /* NULL: all zero is right */
    bool takes_group_options; /* the reference's options that may stand before the command's name
                                 too */
    int (*run)(struct cli *cli, void *options, char **arguments, size_t count);
};

/* For a command's `options` member, in a constant initialiser. */
#define CLI_OPTIONS(array)                                                                         \
    {                                                                                              \
        (array), sizeof(array) / sizeof((array)[0]), 0                                             \
    }

/* Every command, in the order of the help. */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* Finds and runs the command of argv; the process's exit code. */
int cli_main(struct cli *cli, int argc, char **argv);

/* The options that `chaos` takes before its command's name. A command that takes them has a struct cli_group as
 * the first member of its options structure. */
struct cli_group {
    struct play_log_options log;
    bool no_version_check; /* there is none: accepted because scripts pass it */
    const char *change_dir;
    const char *settings;
};
enum { CLI_GROUP_TABLES = 2 };
void cli_group_tables(struct option_table tables[CLI_GROUP_TABLES]);

/* Changes to the folder of --change-dir, if there is one; false, logged, where that fails. The log stays where it was
 * opened, as the reference's does. */
bool cli_group_enter(const struct cli_group *group, struct log *log);

/* Prints `chaosc: error: ...` to stderr. */
void cli_error(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes all of `text` to descriptor `fd`; false if that fails (a closed pipe is not an error worth
 * words). */
bool cli_write(int fd, struct str text);

#endif
