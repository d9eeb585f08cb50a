/* chaosc validate: says whether an experiment is valid, as `chaos validate` does, and imports nothing. */
#include <stdlib.h>

#include "backends/cli/experiment.h"
#include "backends/cli/settings.h"

struct validate_command {
    struct cli_group group; /* first, for the options before the command's name */
    bool no_verify_tls;
};

static const struct option_row validate_table[] = {
    {"no-verify-tls", 0, OPTION_FLAG, offsetof(struct validate_command, no_verify_tls), NULL, NULL,
        "do not verify certificates where the experiment is fetched from a URL"},
};

/* The checker's errors, each as the reference logs one, behind its own complaint. */
static bool log_errors(struct experiment_file *file, struct log *log)
{
    bool any = false;
    for (size_t i = 0; i < file->bag.count; i++) {
        const struct diag *diag = file->bag.items[i];
        if (diag->level != DIAG_ERROR || diag->suppressed)
            continue;
        struct place place = source_place(&file->unit.source, diag->span.lo);
        log_error(log, "%.*s:%u:%u: %.*s [%s]", STR_ARG(file->unit.source.name), place.line,
            place.column, STR_ARG(diag->message), diag_info(diag->code)->id);
        any = true;
    }
    return any;
}

static int validate_run(struct cli *cli, void *options, char **arguments, size_t count)
{
    const struct validate_command *command = options;
    struct experiment_file file;
    struct log log;
    if (count != 1) {
        cli_error(cli, "validate takes exactly one experiment");
        return CLI_USAGE;
    }
    play_log_open(&log, &command->group.log, cli->color_err);
    log_debug(&log, "Running command 'validate'");
    int code = EXIT_FAILURE;
    struct value settings = settings_load(&cli->arena, command->group.settings, &log);
    struct fetch from = {arguments[0], &settings, command->no_verify_tls};
    if (experiment_load(cli, &from, false, &log, &file)) {
        bool accepted = experiment_accept(&file, false, &log);
        bool errors = log_errors(&file, &log);
        if (accepted && !errors) {
            log_info(&log, "experiment syntax and semantic look valid");
            code = EXIT_SUCCESS;
        }
        experiment_unload(&file);
    }
    log_close(&log);
    return code;
}

const struct cli_command cmd_validate = {"validate", "FILE|URL",
    "say whether an experiment is valid, as `chaos validate` does",
    "The checker's errors are in the reference's log lines. Nothing is imported, and neither "
    "environment nor\n"
    "programs are looked at. Exit codes: 0 valid, 1 not, 2 a wrong command line.",
    CLI_OPTIONS(validate_table), NULL, sizeof(struct validate_command), NULL, true, validate_run};
