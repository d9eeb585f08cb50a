/* chaosc plan: shows every call that a run would make, and makes none. */
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "runtime/runner/preview.h"
#include "runtime/runner/play_vars.h"

struct plan_options {
    bool json;
    struct option_list vars;
};

#define FIELD(name) offsetof(struct plan_options, name)
static const struct option_row plan_table[] = {
    {"json", 0, OPTION_FLAG, FIELD(json), NULL, NULL, "print one JSON object"},
    {"var", 0, OPTION_LIST, FIELD(vars), "NAME[:TYPE]=VALUE", NULL,
        "set a configuration value, as run does"},
};

static int plan_main(struct cli *cli, void *options, char **arguments, size_t count)
{
    const struct plan_options *plan_options = options;
    struct rt_plan plan;
    struct play_vars vars;
    struct str message;
    if (count != 1) {
        cli_error(cli, "plan takes exactly one experiment");
        return CLI_USAGE;
    }
    play_vars_init(&vars);
    if (!play_vars_add(&cli->arena, &vars, &plan_options->vars, &message)) {
        cli_error(cli, "--var: %.*s", STR_ARG(message));
        return CLI_USAGE;
    }
    if (!compile_plan(
            cli, arguments[0], &(struct compile_request){.errors = COMPILE_REFUSE_ERRORS}, &plan))
        return CLI_FINDINGS;
    struct buf out = {0};
    preview_write(&out, &plan,
        &(struct preview_options){.vars = &vars.configuration, .json = plan_options->json});
    bool written = cli_write(STDOUT_FILENO, buf_str(&out));
    buf_free(&out);
    return written ? CLI_OK : CLI_FINDINGS;
}

const struct cli_command cmd_plan = {"plan", "FILE",
    "show every call that a run would make, and make none",
    "Reads the environment and nothing else; secrets are never looked up, and what only a run can "
    "know\n"
    "(dynamic configuration, Vault) is shown as such.",
    CLI_OPTIONS(plan_table), NULL, sizeof(struct plan_options), NULL, false, plan_main};
