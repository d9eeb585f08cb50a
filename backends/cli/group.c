/* The group options of `chaos`, shared by the commands that act like it. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"

#define FIELD(name) offsetof(struct cli_group, name)
static const struct option_row rows[] = {
    {"no-version-check", 0, OPTION_FLAG, FIELD(no_version_check), NULL, NULL,
        "accepted for compatibility: nothing is ever looked up"},
    {"change-dir", 0, OPTION_TEXT, FIELD(change_dir), "DIR", NULL,
        "change to this directory first"},
    {"settings", 0, OPTION_TEXT, FIELD(settings), "FILE", NULL,
        "settings file [~/.chaostoolkit/settings.yaml]"},
};

bool cli_group_enter(const struct cli_group *group, struct log *log)
{
    if (!group->change_dir)
        return true;
    log_warning(log, "Moving to %s", group->change_dir);
    if (chdir(group->change_dir) == 0)
        return true;
    log_error(log, "--change-dir: %s: %s", group->change_dir, strerror(errno));
    return false;
}

void cli_group_tables(struct option_table tables[CLI_GROUP_TABLES])
{
    tables[0] = OPTION_TABLE(rows);
    tables[1] = play_log_option_table(FIELD(log));
}
