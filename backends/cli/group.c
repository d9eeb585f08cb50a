/* The group options of `chaos`, shared by the commands that act like it. */
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
    return play_change_dir(group->change_dir, log);
}

void cli_group_tables(struct option_table tables[CLI_GROUP_TABLES])
{
    tables[0] = OPTION_TABLE(rows);
    tables[1] = play_log_option_table(FIELD(log));
}
