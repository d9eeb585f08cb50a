#include "runtime/runner/play_options.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "runtime/helper/driver.h"

static const char *const dry_choices[] = {"probes", "actions", "activities", "pause", NULL};
static const char *const rollback_choices[] = {"default", "always", "never", "deviated", NULL};
/* The reference still takes its own misspelling. */
static const char *const hypothesis_choices[] = {"default", "before-method-only",
    "after-method-only", "during-method-only", "continuously", "continously", NULL};
static const char *const exit_code_choices[] = {"reference", "detailed", NULL};
static const char *const level_choices[] = {"debug", "info", "warning", "error", NULL};
static const char *const format_choices[] = {"string", "json", NULL};

#define FIELD(name) offsetof(struct play_options, name)
/* The last ones are those of variables, which whoever only shows a plan takes, too. */
enum { VAR_ROWS = 2 };
static const struct option_row play_rows[] = {
    {"journal-path", 0, OPTION_TEXT, FIELD(journal_path), "FILE", NULL,
        "where the journal is written [./journal.json]"},
    {"dry", 0, OPTION_CHOICE, FIELD(dry), "WHAT", dry_choices,
        "leave these out: probes, actions, activities (both) or pauses"},
    {"no-validation", 0, OPTION_FLAG, FIELD(no_validation), NULL, NULL,
        "run without validating the experiment and looking at what it needs"},
    {"rollback-strategy", 0, OPTION_CHOICE, FIELD(rollback_strategy), "WHEN", rollback_choices,
        "when rollbacks are played; the default leaves them out after a failure or interruption"},
    {"hypothesis-strategy", 0, OPTION_CHOICE, FIELD(hypothesis_strategy), "WHEN",
        hypothesis_choices, "when the steady state is checked"},
    {"hypothesis-frequency", 0, OPTION_SECONDS, FIELD(hypothesis_frequency), "SECONDS", NULL,
        "pause between two checks during the method [1]"},
    {"fail-fast", 0, OPTION_FLAG, FIELD(fail_fast), NULL, NULL,
        "end the method at the first deviation found during it"},
    {"timeout", 0, OPTION_SECONDS, FIELD(timeout), "TIME", NULL,
        "interrupt the experiment after this time; rollbacks are not cut"},
    {"rollback-timeout", 0, OPTION_SECONDS, FIELD(rollback_timeout), "TIME", NULL,
        "end the rollbacks after this time"},
    {"exit-codes", 0, OPTION_CHOICE, FIELD(exit_codes), "WHICH", exit_code_choices,
        "detailed: 3 gate not met, 4 deviated, 5 failed or aborted, 6 interrupted, 7 a rollback "
        "failed or was skipped after an action ran"},
    {"compat", 0, OPTION_FLAG, FIELD(compat), NULL, NULL,
        "behave exactly as Chaos Toolkit where docs/compatibility.md lists a difference"},
    {"python", 0, OPTION_TEXT, FIELD(python), "PROGRAM", NULL,
        "interpreter for Python activities [that of the active environment, of chaos, python3]"},
    {"no-redaction", 0, OPTION_FLAG, FIELD(no_redaction), NULL, NULL,
        "leave secrets readable in log and journal"},
    {"output-limit", 0, OPTION_COUNT, FIELD(output_limit), "BYTES", NULL,
        "how much is kept of an output or a body [67108864]"},
    {"var", 0, OPTION_LIST, FIELD(vars), "NAME[:TYPE]=VALUE", NULL,
        "set a configuration value; types: str, int, float, bool, json, bytes"},
    {"var-file", 0, OPTION_LIST, FIELD(var_files), "FILE", NULL,
        "read configuration and secrets from a data file, or variables from a .env file"},
};
#undef FIELD

#define FIELD(name) offsetof(struct play_log_options, name)
static const struct option_row log_rows[] = {
    {"verbose", 0, OPTION_FLAG, FIELD(verbose), NULL, NULL, "log debug messages too"},
    {"log-file", 0, OPTION_TEXT, FIELD(log_file), "FILE", NULL, "log file [chaostoolkit.log]"},
    {"no-log-file", 0, OPTION_FLAG, FIELD(no_log_file), NULL, NULL, "write no log file"},
    {"log-file-level", 0, OPTION_CHOICE, FIELD(log_file_level), "LEVEL", level_choices,
        "least level that goes to the log file"},
    {"log-format", 0, OPTION_CHOICE, FIELD(log_format), "FORMAT", format_choices,
        "form of the log lines"},
};
#undef FIELD

struct option_table play_option_table(size_t base)
{
    return (struct option_table){play_rows, sizeof play_rows / sizeof play_rows[0], base};
}

struct option_table play_var_option_table(size_t base)
{
    const struct option_row *rows = play_rows + sizeof play_rows / sizeof play_rows[0] - VAR_ROWS;
    return (struct option_table){rows, VAR_ROWS, base};
}

struct option_table play_log_option_table(size_t base)
{
    return (struct option_table){log_rows, sizeof log_rows / sizeof log_rows[0], base};
}

void play_options_init(struct play_options *options)
{
    *options = (struct play_options){
        .journal_path = "./journal.json",
        .dry = -1,
        .rollback_strategy = -1,
        .hypothesis_strategy = -1,
        .hypothesis_frequency = 1,
        .timeout = RUN_FOREVER,
        .rollback_timeout = RUN_FOREVER,
    };
}

struct run_options play_run_options(const struct play_options *options)
{
    static const enum run_hypothesis hypotheses[] = {RUN_HYPOTHESIS_DEFAULT, RUN_HYPOTHESIS_BEFORE,
        RUN_HYPOTHESIS_AFTER, RUN_HYPOTHESIS_DURING, RUN_HYPOTHESIS_CONTINUOUS,
        RUN_HYPOTHESIS_CONTINUOUS};
    static const struct driver_search on_path = {NULL, 0};
    struct run_options run = {
        .journal_path = options->journal_path,
        .dry = (enum run_dry)(options->dry + 1),
        .has_hypothesis = options->hypothesis_strategy >= 0,
        .has_rollbacks = options->rollback_strategy >= 0,
        .frequency = options->hypothesis_frequency,
        .fail_fast = options->fail_fast,
        .timeout = options->timeout,
        .rollback_timeout = options->rollback_timeout,
        .output_limit = (size_t)options->output_limit,
        .compat = options->compat,
        .no_redaction = options->no_redaction,
        .python = options->python,
        .drivers = options->compat ? NULL : &on_path,
    };
    if (run.has_hypothesis)
        run.hypothesis = hypotheses[options->hypothesis_strategy];
    if (run.has_rollbacks)
        run.rollbacks = (enum run_rollbacks)options->rollback_strategy;
    return run;
}

struct str play_rollback_name(const struct play_options *options)
{
    return options->rollback_strategy < 0 ? STR("")
                                          : str_from(rollback_choices[options->rollback_strategy]);
}

struct str play_hypothesis_name(const struct play_options *options)
{
    return options->hypothesis_strategy < 0
               ? STR("")
               : str_from(hypothesis_choices[options->hypothesis_strategy]);
}

bool play_change_dir(const char *folder, struct log *log)
{
    if (!folder)
        return true;
    log_warning(log, "Moving to %s", folder);
    if (chdir(folder) == 0)
        return true;
    log_error(log, "--change-dir: %s: %s", folder, strerror(errno));
    return false;
}

void play_log_open(struct log *log, const struct play_log_options *options, bool color)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    const char *file = options->log_file ? options->log_file : "chaostoolkit.log";
    struct log_options log_options = {
        .level = options->verbose ? LOG_DEBUG : LOG_INFO,
        .places = options->verbose,
        .json = options->log_format == 1,
        .color = color,
        .terminal = isatty(STDERR_FILENO),
        .file = options->no_log_file ? NULL : file,
        .file_level = levels[options->log_file_level],
    };
    if (!log_open(log, &log_options))
        log_warning(log, "the log file %s cannot be written: %s", file, strerror(errno));
}
