/* Parsing of options by their table, and the help that comes from the same rows. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/cli/cli.h"

const char *const cli_log_levels[] = {"debug", "info", "warning", "error", NULL};
const char *const cli_log_formats[] = {"string", "json", NULL};

#define GROUP(field) offsetof(struct cli_group, field)
static const struct cli_option group_options[] = {
    {"verbose", 0, CLI_FLAG, GROUP(verbose), NULL, NULL, "log debug messages too"},
    {"no-version-check", 0, CLI_FLAG, GROUP(no_version_check), NULL, NULL,
        "accepted for compatibility: nothing is ever looked up"},
    {"change-dir", 0, CLI_TEXT, GROUP(change_dir), "DIR", NULL, "change to this directory first"},
    {"settings", 0, CLI_TEXT, GROUP(settings), "FILE", NULL,
        "settings file [~/.chaostoolkit/settings.yaml]"},
    {"log-file", 0, CLI_TEXT, GROUP(log_file), "FILE", NULL, "log file [chaostoolkit.log]"},
    {"no-log-file", 0, CLI_FLAG, GROUP(no_log_file), NULL, NULL, "write no log file"},
    {"log-file-level", 0, CLI_CHOICE, GROUP(log_file_level), "LEVEL", cli_log_levels,
        "least level that goes to the log file"},
    {"log-format", 0, CLI_CHOICE, GROUP(log_format), "FORMAT", cli_log_formats,
        "form of the log lines"},
};
enum { GROUP_COUNT = sizeof group_options / sizeof group_options[0] };

static const struct cli_option *option_at(const struct cli_command *command, size_t i)
{
    if (i < command->option_count)
        return &command->options[i];
    i -= command->option_count;
    return command->takes_group_options && i < GROUP_COUNT ? &group_options[i] : NULL;
}

static const struct cli_option *find_long(const struct cli_command *command, struct str name)
{
    const struct cli_option *option;
    for (size_t i = 0; (option = option_at(command, i)); i++)
        if (str_equal(str_from(option->name), name))
            return option;
    return NULL;
}

static const struct cli_option *find_letter(const struct cli_command *command, char letter)
{
    const struct cli_option *option;
    for (size_t i = 0; (option = option_at(command, i)); i++)
        if (option->letter == letter)
            return option;
    return NULL;
}

static bool takes_value(const struct cli_option *option)
{
    return option->type != CLI_FLAG && option->type != CLI_FLAG_OFF;
}

static bool parse_count(const char *text, long *out)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end || errno || value < 0)
        return false;
    *out = value;
    return true;
}

static bool parse_seconds(const char *text, double *out)
{
    static const struct {
        const char *unit;
        double factor;
    } units[] = {{"", 1}, {"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};
    char *end;
    if ((text[0] < '0' || text[0] > '9') && text[0] != '.')
        return false;
    double value = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(end, units[i].unit) == 0) {
            *out = value * units[i].factor;
            return true;
        }
    }
    return false;
}

static void refuse_choice(const struct cli *cli, const struct cli_option *option, const char *text)
{
    struct buf list = {0};
    for (size_t i = 0; option->choices[i]; i++)
        buf_printf(&list, "%s%s",
            i == 0                   ? ""
            : option->choices[i + 1] ? ", "
                                     : " or ",
            option->choices[i]);
    cli_error(cli, "--%s takes %s, not `%s`", option->name, list.data, text);
    buf_free(&list);
}

static bool store_choice(
    const struct cli *cli, const struct cli_option *option, const char *text, int *out)
{
    for (int i = 0; option->choices[i]; i++) {
        if (strcmp(option->choices[i], text) == 0) {
            *out = i;
            return true;
        }
    }
    refuse_choice(cli, option, text);
    return false;
}

static bool store(struct cli *cli, const struct cli_option *option, void *options, const char *text)
{
    void *field = (char *)options + option->offset;
    switch (option->type) {
    case CLI_FLAG:
        *(bool *)field = true;
        return true;
    case CLI_FLAG_OFF:
        *(bool *)field = false;
        return true;
    case CLI_TEXT:
        *(const char **)field = text;
        return true;
    case CLI_COUNT:
        if (parse_count(text, field))
            return true;
        cli_error(cli, "--%s takes a number of 0 or more, not `%s`", option->name, text);
        return false;
    case CLI_SECONDS:
        if (parse_seconds(text, field))
            return true;
        cli_error(cli, "--%s takes a duration such as 30, 1.5, 500ms, 2m or 1h, not `%s`",
            option->name, text);
        return false;
    case CLI_CHOICE:
        return store_choice(cli, option, text, field);
    case CLI_LIST: {
        struct cli_list *list = field;
        *ARENA_PUSH(&cli->arena, list->items, list->count, list->room) = text;
        return true;
    }
    }
    return false;
}

static bool refuse_option(
    const struct cli *cli, const struct cli_command *command, const char *text, struct str name)
{
    const char *best = NULL;
    unsigned best_distance = 3;
    const struct cli_option *option;
    for (size_t i = 0; (option = option_at(command, i)); i++) {
        unsigned distance = str_distance(name, str_from(option->name), 2);
        if (distance < best_distance) {
            best_distance = distance;
            best = option->name;
        }
    }
    if (best)
        cli_error(cli, "`%s %s` has no option `%s`; did you mean `--%s`?", cli->program,
            command->name, text, best);
    else
        cli_error(cli, "`%s %s` has no option `%s`; `%s %s --help` lists them", cli->program,
            command->name, text, cli->program, command->name);
    return false;
}

/* One `--name[=value]`; *i stands on it and is moved over a value that follows. */
static bool parse_long(struct cli *cli, const struct cli_command *command, void *options, int argc,
    char **argv, int *i)
{
    const char *text = argv[*i] + 2;
    const char *equals = strchr(text, '=');
    struct str name = {text, equals ? (size_t)(equals - text) : strlen(text)};
    const struct cli_option *option = find_long(command, name);
    if (!option)
        return refuse_option(cli, command, argv[*i], name);
    if (!takes_value(option)) {
        if (equals) {
            cli_error(cli, "--%s takes no value", option->name);
            return false;
        }
        return store(cli, option, options, NULL);
    }
    if (equals)
        return store(cli, option, options, equals + 1);
    if (*i + 1 >= argc) {
        cli_error(cli, "--%s needs a value: --%s %s", option->name, option->name, option->value);
        return false;
    }
    return store(cli, option, options, argv[++*i]);
}

/* One `-abc` or `-oVALUE`. */
static bool parse_short(struct cli *cli, const struct cli_command *command, void *options, int argc,
    char **argv, int *i)
{
    for (const char *letter = argv[*i] + 1; *letter; letter++) {
        const struct cli_option *option = find_letter(command, *letter);
        if (!option) {
            cli_error(cli, "`%s %s` has no option `-%c`; `%s %s --help` lists them", cli->program,
                command->name, *letter, cli->program, command->name);
            return false;
        }
        if (!takes_value(option)) {
            if (!store(cli, option, options, NULL))
                return false;
            continue;
        }
        if (letter[1])
            return store(cli, option, options, letter + 1);
        if (*i + 1 >= argc) {
            cli_error(cli, "-%c needs a value: -%c %s", *letter, *letter, option->value);
            return false;
        }
        return store(cli, option, options, argv[++*i]);
    }
    return true;
}

bool cli_parse(struct cli *cli, const struct cli_command *command, void *options, int argc,
    char **argv, size_t *left)
{
    size_t kept = 0;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc)
                argv[kept++] = argv[i];
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[kept++] = argv[i];
            continue;
        }
        bool good = argv[i][1] == '-' ? parse_long(cli, command, options, argc, argv, &i)
                                      : parse_short(cli, command, options, argc, argv, &i);
        if (!good)
            return false;
    }
    *left = kept;
    return true;
}

void cli_help(struct buf *out, const struct cli *cli)
{
    buf_printf(out, "Usage: %s COMMAND [OPTION]... [FILE]...\n\n", cli->program);
    buf_add_text(
        out, "Compiler and linter for chaos experiments (JSON, YAML, .chaos).\n\nCommands:\n");
    for (size_t i = 0; i < cli_command_count; i++)
        buf_printf(out, "  %-13s %s\n", cli_commands[i]->name, cli_commands[i]->summary);
    buf_printf(out, "\n`%s COMMAND --help` says more; `%s --version` the version.\n", cli->program,
        cli->program);
}

static void add_option_help(struct buf *out, const struct cli_option *option)
{
    struct buf form = {0};
    if (option->letter)
        buf_printf(&form, "-%c, ", option->letter);
    buf_printf(&form, "--%s", option->name);
    if (takes_value(option))
        buf_printf(&form, " %s", option->value);
    buf_printf(out, "  %-26s%s", form.data, form.len > 26 ? "\n" : "");
    buf_add_repeat(out, ' ', form.len > 26 ? 30 : 2);
    buf_add_text(out, option->help);
    if (option->type == CLI_CHOICE) {
        buf_add_text(out, ": ");
        for (size_t i = 0; option->choices[i]; i++)
            buf_printf(out, "%s%s", i ? ", " : "", option->choices[i]);
    }
    buf_add_char(out, '\n');
    buf_free(&form);
}

void cli_help_command(struct buf *out, const struct cli *cli, const struct cli_command *command)
{
    buf_printf(out, "Usage: %s %s [OPTION]... %s\n\n%s.\n", cli->program, command->name,
        command->arguments, command->summary);
    if (command->details)
        buf_printf(out, "\n%s\n", command->details);
    buf_add_text(out, "\nOptions:\n");
    const struct cli_option *option;
    for (size_t i = 0; (option = option_at(command, i)); i++)
        add_option_help(out, option);
    buf_printf(out, "  %-26s  %s\n", "-h, --help", "show this help");
}
