/* The one list of commands. */
#include "backends/cli/cli.h"

#define COMMAND(name) extern const struct cli_command cmd_##name;
#include "backends/cli/commands.def"
#undef COMMAND

const struct cli_command *const cli_commands[] = {
#define COMMAND(name) &cmd_##name,
#include "backends/cli/commands.def"
#undef COMMAND
};
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
