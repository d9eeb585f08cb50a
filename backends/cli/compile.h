/* compile.h: the pipeline on one screen: a file becomes a document, the document an IR, with
 * findings on the way. A unit owns its source, document and IR; findings go to a bag that must not
 * outlive the unit. */
#ifndef BACKENDS_CLI_COMPILE_H
#define BACKENDS_CLI_COMPILE_H

#include "backends/cli/cli.h"
#include "frontend/diag.h"
#include "frontend/doc.h"
#include "frontend/source.h"
#include "ir/ir.h"
#include "runtime/plan/plan.h"

struct compile_unit {
    struct source source;
    struct doc doc;
    struct ir ir; /* all zero until compile_check */
};

/* Reads `path` ("-" is standard input) into a document tree, and prints nothing: where it cannot be read the
 * status and errno tell, and nothing needs freeing. Any number of threads may do so. */
enum source_status compile_open(struct compile_unit *unit, const char *path, struct diag_bag *bag);

/* Prints why a file could not be read. */
void compile_say_unreadable(
    const struct cli *cli, const char *path, enum source_status status, int error);

/* Reads `path` ("-" is standard input) into a document tree. False after printing why the file
 * cannot be read; then nothing needs freeing. Findings of the reader go to `bag`. */
bool compile_read(
    const struct cli *cli, struct compile_unit *unit, const char *path, struct diag_bag *bag);

/* Builds the IR of a unit that was read; findings of the checker go to `bag`. */
void compile_check(struct compile_unit *unit, struct diag_bag *bag);

/* Whether errors of lint keep a command from going on; what is no tree at all always does. */
enum compile_errors { COMPILE_REFUSE_ERRORS, COMPILE_ALLOW_ERRORS };

/* What a command looks at besides lint; findings go to the bag. */
typedef void compile_look_fn(const struct ir *ir, struct source *source, struct diag_bag *bag);

struct compile_request {
    enum compile_errors errors;
    compile_look_fn *look; /* or NULL */
    bool by_base_name;     /* the plan is to be the same from whichever folder it was read */
};

/* Reads, checks, lints and lowers an experiment into the process's arena. False if it cannot be read or has errors,
 * which were printed. */
bool compile_plan(
    struct cli *cli, const char *path, const struct compile_request *request, struct rt_plan *plan);

void compile_free(struct compile_unit *unit);

#endif
