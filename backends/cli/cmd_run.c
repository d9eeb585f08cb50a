/* chaosc run: carries out an experiment, as `chaos run` does. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "backends/cli/controls.h"
#include "backends/cli/drivers.h"
#include "backends/cli/experiment.h"
#include "backends/cli/loader.h"
#include "backends/cli/notify.h"
#include "backends/cli/settings.h"
#include "backends/interp/interp.h"
#include "backends/lower/lower.h"
#include "runtime/runner/play_vars.h"

struct run_command {
    struct cli_group group; /* first, for the options before the command's name */
    struct play_options play;
    struct option_list control_files;
    bool no_verify_tls, strict;
};

#define FIELD(name) offsetof(struct run_command, name)
static const struct option_row run_table[] = {
    {"strict", 0, OPTION_FLAG, FIELD(strict), NULL, NULL,
        "refuse an experiment that lint finds errors in"},
    {"no-verify-tls", 0, OPTION_FLAG, FIELD(no_verify_tls), NULL, NULL,
        "do not verify certificates where the experiment is fetched from a URL"},
    {"control-file", 0, OPTION_LIST, FIELD(control_files), "FILE", NULL,
        "read controls for every experiment, as the settings' `controls` are"},
};

static struct option_table shared_table(void)
{
    return play_option_table(FIELD(play));
}

static void set_defaults(void *options)
{
    struct run_command *run = options;
    play_options_init(&run->play);
}

/* What the reference's validation refuses is refused; what else lint would say is only counted. */
static bool is_valid(struct cli *cli, const struct run_command *run,
    struct experiment_file *experiment, const struct rt_plan *plan, struct log *log,
    struct preflight *started)
{
    const struct diag_bag *bag = &experiment->bag;
    struct ir_refusal refusal = {.crash = false};
    bool accepted = experiment_accept(experiment, run->play.compat, log, &refusal);
    /* The reference may come upon a missing module before what it refuses: there both are said. */
    if (!accepted && (!run->play.compat || refusal.crash))
        return false;
    if (bag->errors && run->strict) {
        experiment_report(cli, experiment);
        log_error(log, "the experiment has %zu errors, and --strict refuses it", bag->errors);
        return false;
    }
    if (interp_preflight(plan, log, started) || !accepted)
        return false;
    if (bag->errors || bag->warnings)
        log_warning(log, "lint finds %zu errors and %zu warnings: see `%s lint %.*s`", bag->errors,
            bag->warnings, cli->program, STR_ARG(experiment->unit.source.name));
    log_info(log, "Experiment looks valid");
    return true;
}

/* ---- the run ---- */

static struct run_options options_of(
    const struct run_command *run, const struct play_vars *vars, struct log *log)
{
    struct run_options options = play_run_options(&run->play);
    options.log = log;
    options.recover = CLI_RECOVER;
    options.vars = &vars->configuration;
    options.secret_vars = &vars->secrets;
    return options;
}

/* Carries out what was loaded, unless it is refused. */
static int play_loaded(struct cli *cli, const struct run_command *run,
    struct experiment_file *loaded, struct run_options *options)
{
    struct arena arena;
    struct rt_plan plan;
    struct run_outcome outcome;
    struct log *log = options->log;
    arena_init(&arena);
    lower_experiment(&arena, &loaded->ir, &plan);
    bool valid =
        run->play.no_validation || is_valid(cli, run, loaded, &plan, log, options->started);
    experiment_unload(loaded);
    valid = settings_check(options->settings, log) && valid;
    int code = EXIT_FAILURE;
    if (valid && interp_supports(&plan, log) && interp_run(&plan, options, &outcome))
        code = run_exit_code(&outcome, run->play.exit_codes == 1);
    arena_free(&arena);
    return code;
}

static int play(struct cli *cli, const struct run_command *run, const struct play_vars *vars,
    const char *path, struct log *log)
{
    struct experiment_file loaded;
    struct run_options options = options_of(run, vars, log);
    struct value settings = settings_load(&cli->arena, run->group.settings, log);
    struct value controls = controls_load(&cli->arena, &settings, &run->control_files, log);
    struct fetch from = {path, &settings, run->no_verify_tls};
    struct preflight started = {.python = run->play.python, .settings = &settings};
    if (!run->play.compat)
        started.drivers = drivers_configured(cli, path, log);
    options.settings = &settings;
    options.controls = &controls;
    options.started = &started;
    options.drivers = started.drivers;
    struct loader loader = {.cli = cli, .log = log, .started = &started, .controls = &controls};
    struct notifier notifier;
    notify_open(&notifier, &settings, &started, run->play.compat,
        run->play.compat || run->play.no_redaction, log);
    options.ended = notify_run_ended;
    options.ended_context = &notifier;
    int code;
    if (loader_load(&loader, &from, run->play.compat, &loaded)) {
        notify_of_experiment(&notifier, "run", "run-started", &loaded.unit.doc, NULL);
        code = play_loaded(cli, run, &loaded, &options);
    } else {
        code = loader.code;
    }
    notify_close(&notifier);
    interp_close(&started, log);
    return code;
}

/* A play_vars_fn that knows the notations of experiments. */
static enum play_vars_reading read_var_file(
    struct arena *arena, struct str path, struct str text, struct value *data, struct str *message)
{
    bool yaml = str_ends(path, STR(".yaml")) || str_ends(path, STR(".yml"));
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    if (!yaml && !str_ends(path, STR(".json")))
        return PLAY_VARS_LINES;
    diag_bag_init(&bag);
    source_from_text(&source, path, text);
    doc_read(&doc, &source, &bag);
    bool wrong = doc.broken;
    if (wrong)
        *message = arena_str(arena, bag.count ? bag.items[0]->message : STR("it cannot be read"));
    else
        *data = lower_value(arena, doc.root);
    doc_free(&doc);
    source_free(&source);
    diag_bag_free(&bag);
    return wrong ? PLAY_VARS_WRONG : PLAY_VARS_DATA;
}

/* What the command line is refused for; false after saying it. */
static bool read_vars(struct cli *cli, const struct run_command *run, struct play_vars *vars)
{
    struct str message;
    for (size_t i = 0; i < run->play.var_files.count; i++)
        if (access(run->play.var_files.items[i], F_OK) != 0) {
            cli_error(cli, "--var-file: '%s' does not exist", run->play.var_files.items[i]);
            return false;
        }
    if (!play_vars_add(&cli->arena, vars, &run->play.vars, &message)) {
        cli_error(cli, "--var: %.*s", STR_ARG(message));
        return false;
    }
    for (size_t i = 0; i < run->control_files.count; i++)
        if (access(run->control_files.items[i], F_OK) != 0) {
            cli_error(cli, "--control-file: '%s' does not exist", run->control_files.items[i]);
            return false;
        }
    return true;
}

static int run_run(struct cli *cli, void *options, char **arguments, size_t count)
{
    const struct run_command *run = options;
    if (count != 1) {
        cli_error(cli, "run takes exactly one experiment");
        return CLI_USAGE;
    }
    struct play_vars given, vars;
    play_vars_init(&given);
    play_vars_init(&vars);
    if (!read_vars(cli, run, &given))
        return CLI_USAGE;
    struct log log;
    play_log_open(&log, &run->group.log, cli->color_err);
    log_debug(&log, "%s",
        "###############################################################################");
    log_debug(&log, "Running command 'run'");
    struct str message;
    int code = EXIT_FAILURE;
    if (cli_group_enter(&run->group, &log) &&
        play_vars_add_files(&cli->arena, &vars, &run->play.var_files, read_var_file, &log)) {
        play_vars_add(&cli->arena, &vars, &run->play.vars, &message);
        code = play(cli, run, &vars, arguments[0], &log);
    }
    log_close(&log);
    return code;
}

const struct cli_command cmd_run = {"run", "FILE|URL", "carry out an experiment",
    "Exit codes: 0 completed and not deviated, 1 deviated, failed, aborted, interrupted or not\n"
    "loadable, 2 a wrong command line; see --exit-codes. Signals: docs/signals.md.",
    CLI_OPTIONS(run_table), shared_table, sizeof(struct run_command), set_defaults, true, run_run};
