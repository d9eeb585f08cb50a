/* play_vars.h: the values given on a command line: --var and --var-file, read as the reference does.
 * Everything lives in the arena given. */
#ifndef RUNTIME_RUNNER_PLAY_VARS_H
#define RUNTIME_RUNNER_PLAY_VARS_H

#include "runtime/base/arena.h"
#include "runtime/base/options.h"
#include "runtime/base/value.h"
#include "runtime/record/log.h"
#include "runtime/plan/plan.h"
#include "runtime/runner/play_options.h"

struct play_vars {
    struct value configuration, secrets; /* objects */
};

enum play_vars_reading {
    PLAY_VARS_DATA,  /* `data` is set */
    PLAY_VARS_LINES, /* not data by its name: NAME=value lines */
    PLAY_VARS_WRONG  /* `message` says what is wrong with it */
};

/* Reads a variable file's text: chaosc knows YAML too, a runner JSON alone. */
typedef enum play_vars_reading play_vars_fn(
    struct arena *arena, struct str path, struct str text, struct value *data, struct str *message);

/* Reads JSON. */
play_vars_fn play_vars_read_json;

void play_vars_init(struct play_vars *vars);

/* Reads `name[:type]=value` items; false with what is wrong. */
bool play_vars_add(struct arena *arena, struct play_vars *vars, const struct option_list *items,
    struct str *message);

/* Reads variables CHAOSC_VAR_<name> of the environment for the plan's configuration keys: text, or of the type of the
 * inline value that is replaced. What does not convert is logged, and false returned. */
bool play_vars_add_environment(
    struct arena *arena, struct play_vars *vars, const struct rt_plan *plan, struct log *log);

/* Reads files: data with `configuration` and `secrets`, or lines that go to the environment. What cannot be read is
 * logged and left out, as the reference does; false, with what is wrong logged, where it goes no further. */
bool play_vars_add_files(struct arena *arena, struct play_vars *vars,
    const struct option_list *files, play_vars_fn *read, struct log *log);

/* All that a runner is given: files, then the environment, then the command line, the later over the earlier. 0, or the
 * exit code after what is wrong was logged. */
int play_vars_read(struct arena *arena, struct play_vars *vars, const struct play_options *options,
    const struct rt_plan *plan, struct log *log);

#endif
