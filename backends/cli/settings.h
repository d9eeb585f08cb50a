/* settings.h: the user's settings file (~/.chaostoolkit/settings.yaml, or --settings), as far as a run needs it.
 * The value lives in the arena given. */
#ifndef BACKENDS_CLI_SETTINGS_H
#define BACKENDS_CLI_SETTINGS_H

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/exec/run.h"

/* The file's name: `given`, or the default place if that is NULL. */
const char *settings_path(struct arena *arena, const char *given);

/* Reads the file (NULL: the default place). A file that is not there or is wrong gives an empty object; what is
 * wrong is logged. It need not be an object. */
struct value settings_load(struct arena *arena, const char *path, struct log *log);

/* False where the reference would end with a traceback, which was logged. Keys that this version does nothing with
 * are named in a warning. */
bool settings_check(const struct value *settings, struct log *log);

#endif
