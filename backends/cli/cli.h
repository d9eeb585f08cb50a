/* cli.h: what a command is, and how its options become fields of its own options structure.
 * Command and option tables are constant; strings in parsed options point into argv. */
#ifndef BACKENDS_CLI_CLI_H
#define BACKENDS_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

/* Exit codes of every command but run, whose table is docs/exit-codes.md's. */
enum { CLI_OK = 0, CLI_FINDINGS = 1, CLI_USAGE = 2 };

enum cli_type {
    CLI_FLAG,     /* bool, set to true */
    CLI_FLAG_OFF, /* bool, set to false */
    CLI_TEXT,     /* const char *, the last one counts */
    CLI_COUNT,    /* long, a decimal number not below 0 */
    CLI_SECONDS,  /* double: "2", "0.5", "500ms", "3s", "2m", "1h" */
    CLI_CHOICE,   /* int, an index into `choices` */
    CLI_LIST      /* struct cli_list, in the order given */
};

struct cli_list {
    const char **items;
    size_t count, room;
};

/* One row an option: parsing, help, manual and completion come from it. */
struct cli_option {
    const char *name; /* without dashes */
    char letter;      /* 0 if it has no short form */
    enum cli_type type;
    size_t offset;              /* of the field in the command's options structure */
    const char *value;          /* what the help calls the value; NULL for flags */
    const char *const *choices; /* CLI_CHOICE: NULL-terminated */
    const char *help;           /* one sentence without full stop */
};

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
    const struct cli_option *options;
    size_t option_count;
    size_t options_size; /* sizeof the options structure, which starts all zero and then gets
                            defaults */
    void (*set_defaults)(void *options); /* NULL: all zero is right */
    bool takes_group_options; /* the reference's options that may stand before the command's name
                                 too */
    int (*run)(struct cli *cli, void *options, char **arguments, size_t count);
};

#define CLI_OPTIONS(table) (table), sizeof(table) / sizeof((table)[0])

/* Every command, in the order of the help (commands.def). */
extern const struct cli_command *const cli_commands[];
extern const size_t cli_command_count;

/* Finds and runs the command of argv; the process's exit code. */
int cli_main(struct cli *cli, int argc, char **argv);

/* Parses `argv[0..argc)` into `options`; arguments that are no options are moved to the front of
 * argv and counted in *left. False after printing what is wrong. "--" ends the options; "-" is an
 * argument. */
bool cli_parse(struct cli *cli, const struct cli_command *command, void *options, int argc,
    char **argv, size_t *left);

/* The options that `chaos` takes before its command's name, as fields of struct cli_group. A
 * command that takes them has a struct cli_group as the first member of its options structure. */
struct cli_group {
    bool verbose;
    bool no_version_check; /* there is none: accepted because scripts pass it */
    const char *change_dir;
    const char *settings;
    const char *log_file;
    bool no_log_file;
    int log_file_level; /* index into cli_log_levels */
    int log_format;     /* index into cli_log_formats */
};
extern const char *const cli_log_levels[];
extern const char *const cli_log_formats[];

/* Help texts. */
void cli_help(struct buf *out, const struct cli *cli);
void cli_help_command(struct buf *out, const struct cli *cli, const struct cli_command *command);

/* Prints `chaosc: error: ...` to stderr. */
void cli_error(const struct cli *cli, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes all of `text` to descriptor `fd`; false if that fails (a closed pipe is not an error worth
 * words). */
bool cli_write(int fd, struct str text);

#endif
