/* path.h: file names as configuration, ignore file and baseline compare them: absolute, or below a folder.
 * Results live in the arena given. */
#ifndef BACKENDS_LINT_PATH_H
#define BACKENDS_LINT_PATH_H

#include "runtime/base/arena.h"

/* The path without its last name and the slashes before that. */
struct str path_parent(struct str path);

/* The absolute folder of a file that need not exist, links resolved, without a slash at its end: empty for the
 * root. "-" is in the working directory. */
struct str path_folder(struct arena *arena, const char *file);

/* The file's name as seen from an absolute folder; its absolute name if it is not below that. "-" stays. */
struct str path_below(struct arena *arena, struct str folder, const char *file);

#endif
