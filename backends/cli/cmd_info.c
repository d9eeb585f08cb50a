/* chaosc info: what this installation is, as `chaos info` says it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/files.h"
#include "backends/cli/settings.h"
#include "runtime/helper/python.h"

struct info_command {
    struct cli_group group; /* first, for the options before the command's name */
};

static int show_versions(void)
{
    static const char *const rows[][2] = {
        {"NAME", "VERSION"}, {"CLI", CHAOSC_VERSION}, {"Core library", RUN_LIBRARY_VERSION}};
    struct buf out = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        buf_printf(&out, "%-20s%-10s\n", rows[i][0], rows[i][1]);
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

/* Becomes the interpreter that runs use, which knows its packages. Returns only if it cannot. */
static int list_extensions(struct cli *cli)
{
    static char script[] =
        "import importlib.metadata as m\n"
        "row = '{:<40}{:<10}{:30}{:50}'.format\n"
        "print(row('NAME', 'VERSION', 'LICENSE', 'DESCRIPTION'))\n"
        "seen = {'chaostoolkit-lib'}\n"
        "for info in (d.metadata for d in m.distributions()):\n"
        "    name = str(info['Name'])\n"
        "    if name.startswith('chaostoolkit-') and name not in seen:\n"
        "        seen.add(name)\n"
        "        summary = str(info['Summary']).replace('Chaos Toolkit Extension for ', '')\n"
        "        print(row(name, str(info['Version']), str(info['License']), summary[:50]))\n";
    static char name[] = "python", option[] = "-c";
    char *argv[] = {name, option, script, NULL};
    const char *path = python_find(&cli->arena, NULL);
    if (path)
        execv(path, argv);
    cli_error(cli, "extensions are Python packages: %s",
        path ? strerror(errno) : "no Python interpreter was found");
    return CLI_FINDINGS;
}

static int info_run(struct cli *cli, void *options, char **words, size_t count)
{
    if (count == 1 && strcmp(words[0], "core") == 0)
        return show_versions();
    if (count == 1 && strcmp(words[0], "settings") == 0)
        return show_settings(cli, options);
    if (count == 1 && strcmp(words[0], "extensions") == 0)
        return list_extensions(cli);
    cli_error(cli, "info takes `core`, `settings` or `extensions`");
    return CLI_USAGE;
}

const struct cli_command cmd_info = {"info", "core|settings|extensions",
    "say what this installation is, as `chaos info` does",
    "`core` prints the version, and that of the chaostoolkit-lib whose behaviour this is; "
    "`settings`\n"
    "the settings file as it is; `extensions` asks Python for the packages `chaostoolkit-...`.",
    {NULL, 0, 0}, NULL, sizeof(struct info_command), NULL, true, info_run};
