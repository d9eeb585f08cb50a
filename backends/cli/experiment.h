/* experiment.h: an experiment's file as `run` and `validate` take it: read, checked, and accepted or refused.
 * The file owns source, document, IR and findings until experiment_unload. */
#ifndef BACKENDS_CLI_EXPERIMENT_H
#define BACKENDS_CLI_EXPERIMENT_H

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/cli/fetch.h"
#include "ir/ir.h"
#include "runtime/record/log.h"

struct experiment_file {
    struct compile_unit unit;
    struct diag_bag bag;
    struct ir ir;
};

/* Reads and checks the file, or what a URL gives. False if it cannot be read (with `compat` also what
 * only libyaml reads), which was said; then nothing needs freeing. */
bool experiment_load(struct cli *cli, const struct fetch *from, bool compat, struct log *log,
    struct experiment_file *file);

/* The two halves of that: what stands in the file, and the check of it. Where the first fails, nothing needs freeing. */
bool experiment_read(struct cli *cli, const struct fetch *from, bool compat, struct log *log,
    struct experiment_file *file);
void experiment_check(struct experiment_file *file);

/* Puts another document, as JSON text, in the place of what was read; places are those of that text then. */
void experiment_rewrite(struct cli *cli, struct experiment_file *file, struct str text);

/* Logs the reference's complaint, with its place, where its validation refuses the experiment; true if not. The text lives
 * as long as the IR. */
bool experiment_accept(
    struct experiment_file *file, bool compat, struct log *log, struct ir_refusal *refusal);

/* Prints the findings to standard error. */
void experiment_report(const struct cli *cli, struct experiment_file *file);

void experiment_unload(struct experiment_file *file);

#endif
