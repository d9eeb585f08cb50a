/* chaosc info: what this installation is, as `chaos info` says it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/files.h"
#include "backends/cli/settings.h"

struct info_command {
    struct cli_group group; /* first, for the options before the command's name */
};

static int show_versions(void)
{
    struct buf out = {0};
    buf_printf(&out, "%-20s%-10s\n%-20s%-10s\n", "NAME", "VERSION", "chaosc", CHAOSC_VERSION);
    bool written = cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    return written ? CLI_OK : CLI_FINDINGS;
}

/* The file as it is. */
static int show_settings(struct cli *cli, const struct info_command *command)
{
    const char *path = settings_path(&cli->arena, command->group.settings);
    struct str text;
    if (access(path, F_OK) != 0)
        text = arena_printf(&cli->arena, "No settings file found at %s", path);
    else if (!files_read(&cli->arena, path, &text)) {
        cli_error(cli, "%s: %s", path, strerror(errno));
        return CLI_FINDINGS;
    }
    return cli_write(STDOUT_FILENO, text) && cli_write(STDOUT_FILENO, STR("\n")) ? CLI_OK
                                                                                 : CLI_FINDINGS;
}

static int info_run(struct cli *cli, void *options, char **words, size_t count)
{
    if (count == 1 && strcmp(words[0], "core") == 0)
        return show_versions();
    if (count == 1 && strcmp(words[0], "settings") == 0)
        return show_settings(cli, options);
    if (count == 1 && strcmp(words[0], "extensions") == 0)
        cli_error(cli,
            "info extensions: not supported yet; `pip list` of the interpreter that runs "
            "use lists them");
    else
        cli_error(cli, "info takes `core` or `settings`");
    return CLI_USAGE;
}

const struct cli_command cmd_info = {"info", "core|settings",
    "say what this installation is, as `chaos info` does",
    "`core` prints the version, `settings` the settings file as it is.", {NULL, 0, 0}, NULL,
    sizeof(struct info_command), NULL, true, info_run};
