/* play_options.h: the options of playing an experiment, shared by `chaosc run` and built runners: one row each.
 * Strings point into argv; lists live in the parser's arena. */
#ifndef RUNTIME_RUNNER_PLAY_OPTIONS_H
#define RUNTIME_RUNNER_PLAY_OPTIONS_H

#include "runtime/base/options.h"
#include "runtime/record/log.h"
#include "runtime/exec/run.h"

/* The exit code of a wrong command line (docs/exit-codes.md). */
enum { PLAY_WRONG_USAGE = 2 };

struct play_options {
    const char *journal_path;
    int dry;                                    /* -1: not given */
    int rollback_strategy, hypothesis_strategy; /* -1: not given */
    struct option_list vars, var_files;
    double hypothesis_frequency; /* seconds */
    bool fail_fast;
    double timeout, rollback_timeout; /* seconds, RUN_FOREVER if not given */
    int exit_codes;                   /* 1: detailed */
    bool compat, no_redaction, no_validation;
    long output_limit;  /* bytes; 0: the default */
    const char *python; /* NULL: the one users expect */
};

/* Where the log goes; the reference has these before the command's name. */
struct play_log_options {
    bool verbose;
    const char *log_file; /* NULL: chaostoolkit.log */
    bool no_log_file;
    int log_file_level, log_format;
};

/* The rows, for structures that hold the above at `base`. */
struct option_table play_option_table(size_t base);
struct option_table play_log_option_table(size_t base);

/* Of the first table, those of variables alone. */
struct option_table play_var_option_table(size_t base);

/* The strategies as they were given, empty if they were not. */
struct str play_hypothesis_name(const struct play_options *options);
struct str play_rollback_name(const struct play_options *options);

/* Sets what is not zero by default. */
void play_options_init(struct play_options *options);

/* What the options mean to a run; `providers`, `log` and the variables are left to the caller. */
struct run_options play_run_options(const struct play_options *options);

/* Changes to a folder, which the log is told, as `chaos --change-dir` does; NULL: stays. False, with why in the log. */
bool play_change_dir(const char *folder, struct log *log);

/* Opens the log as the options say; what cannot be opened is a warning in it. `color` is for the console. */
void play_log_open(struct log *log, const struct play_log_options *options, bool color);

#endif
