#include "backends/cli/cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool cli_write(int fd, struct str text)
{
    while (text.len > 0) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return true;
}

void cli_error(const struct cli *cli, const char *format, ...)
{
    struct buf line = {0};
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    buf_printf(&line, "%s: %serror:%s %s\n", cli->program, cli->color_err ? "\033[1;31m" : "",
        cli->color_err ? "\033[0m" : "", text);
    cli_write(STDERR_FILENO, buf_str(&line));
    buf_free(&line);
}

static const struct cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i]->name, name) == 0)
            return cli_commands[i];
    return NULL;
}

static int unknown_command(const struct cli *cli, const char *name)
{
    const char *best = NULL;
    unsigned best_distance = 3;
    for (size_t i = 0; i < cli_command_count; i++) {
        unsigned distance = str_distance(str_from(name), str_from(cli_commands[i]->name), 2);
        if (distance < best_distance) {
            best_distance = distance;
            best = cli_commands[i]->name;
        }
    }
    if (best)
        cli_error(cli, "there is no command `%s`; did you mean `%s`?", name, best);
    else
        cli_error(cli, "there is no command `%s`; `%s --help` lists them", name, cli->program);
    return CLI_USAGE;
}

static int print_help(const struct cli *cli, int fd, int code)
{
    struct buf out = {0};
    buf_printf(&out, "Usage: %s COMMAND [OPTION]... [FILE]...\n\n", cli->program);
    buf_add_text(
        &out, "Compiler and linter for chaos experiments (JSON, YAML, .chaos).\n\nCommands:\n");
    for (size_t i = 0; i < cli_command_count; i++)
        buf_printf(&out, "  %-13s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    buf_printf(&out, "\n`%s COMMAND --help` says more; `%s --version` the version.\n", cli->program,
        cli->program);
    cli_write(fd, buf_str(&out));
    buf_free(&out);
    return code;
}

enum { MOST_TABLES = 2 + CLI_GROUP_TABLES };

/* The command's own rows, those it shares, then the group's. */
static size_t collect_tables(
    const struct cli_command *command, struct option_table tables[MOST_TABLES])
{
    size_t count = 0;
    tables[count++] = command->options;
    if (command->shared_options)
        tables[count++] = command->shared_options();
    if (command->takes_group_options) {
        cli_group_tables(&tables[count]);
        count += CLI_GROUP_TABLES;
    }
    return count;
}

static int print_help_of(const struct cli *cli, const char *name)
{
    const struct cli_command *command = find_command(name);
    if (!command)
        return unknown_command(cli, name);
    struct option_table tables[MOST_TABLES];
    size_t count = collect_tables(command, tables);
    struct buf out = {0};
    buf_printf(&out, "Usage: %s %s [OPTION]... %s\n\nWhat it does: %s.\n", cli->program,
        command->name, command->arguments, command->summary);
    if (command->details)
        buf_printf(&out, "\n%s\n", command->details);
    buf_add_text(&out, "\nOptions:\n");
    options_help(&out, tables, count);
    buf_printf(&out, "  %-28s%s\n", "-h, --help", "show this help");
    cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    return CLI_OK;
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static bool has_separate_value(const char *argument)
{
    struct option_table tables[CLI_GROUP_TABLES];
    cli_group_tables(tables);
    for (size_t t = 0; t < CLI_GROUP_TABLES; t++)
        for (size_t i = 0; i < tables[t].count; i++)
            if (tables[t].rows[i].value && strcmp(argument + 2, tables[t].rows[i].name) == 0)
                return true;
    return false;
}

/* How many leading elements of argv are options that stand before the command's name, values
 * included. */
static int count_group_options(int argc, char **argv)
{
    int i = 0;
    while (i < argc && argv[i][0] == '-' && argv[i][1] != '\0')
        i += strncmp(argv[i], "--", 2) == 0 && has_separate_value(argv[i]) ? 2 : 1;
    return i < argc ? i : argc;
}

static int run_command(struct cli *cli, const struct cli_command *command, int argc, char **argv)
{
    struct option_table tables[MOST_TABLES];
    size_t left = 0, size = command->options_size ? command->options_size : 1;
    void *options = arena_zalloc(&cli->arena, size, alignof(max_align_t));
    if (command->set_defaults)
        command->set_defaults(options);
    struct option_parser parser = {
        .arena = &cli->arena,
        .tables = tables,
        .table_count = collect_tables(command, tables),
        .options = options,
        .whose = arena_printf(&cli->arena, "%s %s", cli->program, command->name).ptr,
    };
    if (!options_parse(&parser, argc, argv, &left)) {
        cli_error(cli, "%.*s", STR_ARG(parser.message));
        return CLI_USAGE;
    }
    return command->run(cli, options, argv, left);
}

int cli_main(struct cli *cli, int argc, char **argv)
{
    int group = argc > 1 ? count_group_options(argc - 1, argv + 1) : 0;
    for (int i = 1; i <= group; i++) {
        if (strcmp(argv[i], "--version") == 0) {
            printf("%s %s\n", cli->program, CHAOSC_VERSION);
            return fflush(stdout) == 0 ? CLI_OK : CLI_FINDINGS;
        }
    }
    if (group > 0 && asks_for_help(group, argv + 1))
        return print_help(cli, STDOUT_FILENO, CLI_OK);
    if (argc - 1 - group < 1) {
        if (group == 0)
            return print_help(cli, STDERR_FILENO, CLI_USAGE);
        cli_error(
            cli, "`%s` needs a command behind it; `%s --help` lists them", argv[1], cli->program);
        return CLI_USAGE;
    }
    const char *name = argv[1 + group];
    if (strcmp(name, "help") == 0)
        return argc - group > 2 ? print_help_of(cli, argv[2 + group])
                                : print_help(cli, STDOUT_FILENO, CLI_OK);
    const struct cli_command *command = find_command(name);
    if (!command)
        return unknown_command(cli, name);
    if (asks_for_help(argc - 2 - group, argv + 2 + group))
        return print_help_of(cli, name);
    /* Close the gap that the name leaves, so that options before and after it are one list. */
    memmove(argv + 2, argv + 1, (size_t)group * sizeof *argv);
    return run_command(cli, command, argc - 2, argv + 2);
}
