/* The group options of `chaos`, shared by the commands that act like it. */
#include "backends/cli/cli.h"

const char *const cli_log_levels[] = {"debug", "info", "warning", "error", NULL};
const char *const cli_log_formats[] = {"string", "json", NULL};

#define FIELD(name) offsetof(struct cli_group, name)
static const struct option_row rows[] = {
    {"verbose", 0, OPTION_FLAG, FIELD(verbose), NULL, NULL, "log debug messages too"},
    {"no-version-check", 0, OPTION_FLAG, FIELD(no_version_check), NULL, NULL,
        "accepted for compatibility: nothing is ever looked up"},
    {"change-dir", 0, OPTION_TEXT, FIELD(change_dir), "DIR", NULL,
        "change to this directory first"},
    {"settings", 0, OPTION_TEXT, FIELD(settings), "FILE", NULL,
        "settings file [~/.chaostoolkit/settings.yaml]"},
    {"log-file", 0, OPTION_TEXT, FIELD(log_file), "FILE", NULL, "log file [chaostoolkit.log]"},
    {"no-log-file", 0, OPTION_FLAG, FIELD(no_log_file), NULL, NULL, "write no log file"},
    {"log-file-level", 0, OPTION_CHOICE, FIELD(log_file_level), "LEVEL", cli_log_levels,
        "least level that goes to the log file"},
    {"log-format", 0, OPTION_CHOICE, FIELD(log_format), "FORMAT", cli_log_formats,
        "form of the log lines"},
};
const struct option_table cli_group_options = {rows, sizeof rows / sizeof rows[0], 0};
