/* run_vars.h: the values given on the command line of a run: --var and --var-file, read as the reference does.
 * Everything lives in the arena given. */
#ifndef BACKENDS_CLI_RUN_VARS_H
#define BACKENDS_CLI_RUN_VARS_H

#include "runtime/base/arena.h"
#include "runtime/base/options.h"
#include "runtime/base/value.h"
#include "runtime/exec/log.h"

struct run_vars {
    struct value configuration, secrets; /* objects */
};

/* Reads `name[:type]=value` items; false with what is wrong. */
bool run_vars_add(struct arena *arena, struct run_vars *vars, const struct option_list *items,
    struct str *message);

/* Reads files: JSON or YAML with `configuration` and `secrets`; any other holds NAME=value lines, which go to the
 * environment. What cannot be read is logged and left out, as the reference does. */
void run_vars_add_files(
    struct arena *arena, struct run_vars *vars, const struct option_list *files, struct log *log);

#endif
