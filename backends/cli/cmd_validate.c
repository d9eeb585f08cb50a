/* chaosc validate: says whether an experiment is valid, as `chaos validate` does, and imports nothing. */
#include <stdlib.h>

#include "backends/cli/experiment.h"
#include "backends/cli/notify.h"
#include "backends/cli/settings.h"
#include "backends/interp/interp.h"
#include "backends/lower/lower.h"
#include "runtime/exec/preflight.h"

struct validate_command {
    struct cli_group group; /* first, for the options before the command's name */
    bool no_verify_tls;
    bool compat;
};

static const struct option_row validate_table[] = {
    {"no-verify-tls", 0, OPTION_FLAG, offsetof(struct validate_command, no_verify_tls), NULL, NULL,
        "do not verify certificates where the experiment is fetched from a URL"},
    {"compat", 0, OPTION_FLAG, offsetof(struct validate_command, compat), NULL, NULL,
        "judge exactly as Chaos Toolkit: import modules, look at environment and programs"},
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

/* The first thing that is wrong, without a place; the notifications of the settings tell it. */
static struct notify_error first_error(
    const struct experiment_file *file, const struct ir_refusal *refusal)
{
    if (refusal->message.len)
        return (struct notify_error){refusal->raises, refusal->message};
    for (size_t i = 0; i < file->bag.count; i++)
        if (file->bag.items[i]->level == DIAG_ERROR && !file->bag.items[i]->suppressed)
            return (struct notify_error){"InvalidExperiment", file->bag.items[i]->message};
    return (struct notify_error){
        "InvalidExperiment", STR("this machine lacks what the experiment needs")};
}

/* Whether the machine has what the experiment needs; the reference's validation looks, too. */
static bool machine_suits(struct experiment_file *file, struct preflight *started, struct log *log)
{
    struct arena arena;
    struct rt_plan plan;
    arena_init(&arena);
    lower_experiment(&arena, &file->ir, &plan);
    bool suits = interp_preflight(&plan, log, started) == 0;
    arena_free(&arena);
    return suits;
}

static int judge(struct experiment_file *file, struct notifier *notifier, struct preflight *started,
    bool compat, struct log *log)
{
    struct ir_refusal refusal = {.message = {"", 0}, .crash = false};
    const struct doc *doc = &file->unit.doc;
    notify_of_experiment(notifier, "validate", "validate-started", doc, NULL);
    bool valid = experiment_accept(file, compat, log, &refusal);
    if (compat) /* the reference comes upon a missing module before what is wrong further on */
        valid = !refusal.crash && machine_suits(file, started, log) && valid;
    else
        valid &= !log_errors(file, log);
    struct notify_error error = first_error(file, &refusal);
    if (valid)
        notify_of_experiment(notifier, "validate", "validate-completed", doc, NULL);
    else if (!compat || !refusal.crash) /* the reference does not come so far */
        notify_of_experiment(notifier, "validate", "validate-failed", doc, &error);
    if (valid)
        log_info(log, "experiment syntax and semantic look valid");
    return valid ? EXIT_SUCCESS : EXIT_FAILURE;
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
    if (!cli_group_enter(&command->group, &log)) {
        log_close(&log);
        return EXIT_FAILURE;
    }
    int code = EXIT_FAILURE;
    struct value settings = settings_load(&cli->arena, command->group.settings, &log);
    struct fetch from = {arguments[0], &settings, command->no_verify_tls};
    struct preflight started = {.settings = &settings};
    struct notifier notifier;
    notify_open(&notifier, &settings, &started, command->compat, command->compat, &log);
    if (experiment_load(cli, &from, command->compat, &log, &file)) {
        code = judge(&file, &notifier, &started, command->compat, &log);
        experiment_unload(&file);
    }
    notify_close(&notifier);
    interp_close(&started, &log);
    log_close(&log);
    return code;
}

const struct cli_command cmd_validate = {"validate", "FILE|URL",
    "say whether an experiment is valid, as `chaos validate` does",
    "The checker's errors are in the reference's log lines. Nothing is imported, and neither "
    "environment nor\n"
    "programs are looked at, unless --compat asks for it. Exit codes: 0 valid, 1 not, 2 a wrong\n"
    "command line.",
    CLI_OPTIONS(validate_table), NULL, sizeof(struct validate_command), NULL, true, validate_run};
