/* chaosc settings: shows and changes the user's settings file, as `chaos settings` does. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/files.h"
#include "backends/cli/settings.h"
#include "backends/cli/settings_edit.h"
#include "backends/fmt/fmt.h"
#include "runtime/base/json.h"
#include "runtime/base/json_write.h"
#include "runtime/base/pytext.h"

enum { AS_YAML, AS_JSON, AS_STRING };

struct settings_command {
    struct cli_group group; /* first, for the options before the command's name */
    int format;
};

static const char *const settings_formats[] = {"yaml", "json", "string", NULL};
static const struct option_row settings_table[] = {
    {"format", 0, OPTION_CHOICE, offsetof(struct settings_command, format), "FORMAT",
        settings_formats, "how get and show print"},
};

static void add_json(struct buf *out, const struct value *value)
{
    struct json_writer writer = jw_start(out, (struct json_style){.indent = 2, .ascii = true});
    jw_value(&writer, value);
}

/* As PyYAML orders it: by name. */
static void add_yaml(struct buf *out, struct arena *arena, const struct value *value)
{
    struct value sorted = settings_sorted(arena, value);
    struct buf json = {0};
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    struct fmt_report report;
    add_json(&json, &sorted);
    diag_bag_init(&bag);
    source_from_text(&source, STR("settings.json"), buf_finish(&json, arena));
    doc_read(&doc, &source, &bag);
    fmt_print(out, &doc, DOC_YAML, &report);
    doc_free(&doc);
    source_free(&source);
    diag_bag_free(&bag);
}

static int print_value(struct cli *cli, const struct value *value, int format)
{
    struct buf out = {0};
    if (format == AS_JSON)
        add_json(&out, value);
    else if (format == AS_STRING)
        buf_add_str(&out, pytext_str(&cli->arena, value));
    else
        add_yaml(&out, &cli->arena, value);
    buf_add_char(&out, '\n');
    bool written = cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    return written ? CLI_OK : CLI_FINDINGS;
}

static int save(struct cli *cli, const struct value *settings, const char *path)
{
    struct buf out = {0};
    struct stat status;
    mode_t mode = stat(path, &status) == 0 ? status.st_mode & 0777 : 0600;
    add_yaml(&out, &cli->arena, settings);
    bool written = files_write(path, buf_str(&out), mode);
    buf_free(&out);
    if (!written)
        cli_error(cli, "%s: %s", path, strerror(errno));
    return written ? CLI_OK : CLI_FINDINGS;
}

/* ---- the four actions; `words` are those behind the action's name ---- */

static int show(
    struct cli *cli, const struct settings_command *command, struct value *settings, char **words)
{
    (void)words;
    return print_value(cli, settings, command->format == AS_STRING ? AS_YAML : command->format);
}

/* Finds the entry; NULL after saying that there is none. */
static const struct value *find(
    struct cli *cli, const struct value *settings, const char *text, struct settings_key *key)
{
    const struct value *entry =
        settings_key_read(&cli->arena, text, key) ? settings_find(settings, key) : NULL;
    if (!entry)
        cli_error(cli, "the settings have no `%s`", text);
    return entry;
}

static int get(
    struct cli *cli, const struct settings_command *command, struct value *settings, char **words)
{
    struct settings_key key;
    const struct value *entry = find(cli, settings, words[0], &key);
    return entry ? print_value(cli, entry, command->format) : CLI_FINDINGS;
}

static int change(struct cli *cli, const struct settings_command *command,
    const struct value *settings, const char *text, const struct value *value)
{
    struct settings_key key;
    if (!find(cli, settings, text, &key))
        return CLI_FINDINGS;
    struct value changed = settings_replace(&cli->arena, settings, &key, value);
    return save(cli, &changed, settings_path(&cli->arena, command->group.settings));
}

static int set(
    struct cli *cli, const struct settings_command *command, struct value *settings, char **words)
{
    struct value value;
    if (!json_parse(&cli->arena, str_from(words[1]), NULL, &value, NULL)) {
        cli_error(cli, "`%s` is no JSON; a string needs quotes: '\"%s\"'", words[1], words[1]);
        return CLI_FINDINGS;
    }
    return change(cli, command, settings, words[0], &value);
}

static int take_away(
    struct cli *cli, const struct settings_command *command, struct value *settings, char **words)
{
    return change(cli, command, settings, words[0], NULL);
}

static const struct {
    const char *name;
    size_t words;
    int (*run)(struct cli *cli, const struct settings_command *command, struct value *settings,
        char **words);
} actions[] = {{"show", 0, show}, {"get", 1, get}, {"set", 2, set}, {"remove", 1, take_away}};

static int settings_run(struct cli *cli, void *options, char **words, size_t count)
{
    const struct settings_command *command = options;
    size_t i = 0;
    while (i < 4 && (count == 0 || strcmp(actions[i].name, words[0]) != 0))
        i++;
    if (i == 4 || count - 1 != actions[i].words) {
        cli_error(cli, "settings takes `show`, `get KEY`, `set KEY JSON` or `remove KEY`");
        return CLI_USAGE;
    }
    const char *path = settings_path(&cli->arena, command->group.settings);
    if (access(path, F_OK) != 0) {
        cli_error(cli, "No settings file found at %s", path);
        return CLI_FINDINGS;
    }
    struct play_log_options log_options = command->group.log;
    struct log log;
    log_options.no_log_file |= !log_options.log_file;
    play_log_open(&log, &log_options, cli->color_err);
    struct value settings = settings_load(&cli->arena, command->group.settings, &log);
    log_close(&log);
    return actions[i].run(cli, command, &settings, words + 1);
}

const struct cli_command cmd_settings = {"settings", "show|get KEY|set KEY JSON|remove KEY",
    "show or change the user's settings, as `chaos settings` does",
    "A key is a path: `auths.example\\.com.type`, `controls[0].name`; set and remove change what "
    "is "
    "there.\n"
    "Secrets are shown as they are. Exit codes: 0 done, 1 there is no such entry or file, 2 a "
    "wrong "
    "command line.",
    CLI_OPTIONS(settings_table), NULL, sizeof(struct settings_command), NULL, true, settings_run};
