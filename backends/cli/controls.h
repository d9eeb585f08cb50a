/* controls.h: the global controls of a run: those of the settings, then those of --control-file.
 * Values live in the arena given. */
#ifndef BACKENDS_CLI_CONTROLS_H
#define BACKENDS_CLI_CONTROLS_H

#include "runtime/base/arena.h"
#include "backends/cli/cli.h"
#include "runtime/base/value.h"
#include "runtime/record/log.h"

/* An array of controls, each with its name. A file that cannot be read as JSON or YAML is left out, as the reference
 * does, and logged. */
struct value controls_load(struct arena *arena, const struct value *settings,
    const struct option_list *files, struct log *log);

#endif
