/* undone.h: which actions of a run were started and not undone since, and how to undo them.
 * Everything belongs to the run. */
#ifndef RUNTIME_EXEC_UNDONE_H
#define RUNTIME_EXEC_UNDONE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/value.h"

struct run;

/* What a rollback says it undoes, `x-chaosc.undoes`: a name or a list of names; NULL if it says nothing. */
const struct value *undone_names(const struct run *run, uint32_t row);

/* True if `names` is, or holds, the name. */
bool undone_is_named(const struct value *names, struct str name);

/* Whether an action is left that a declared rollback would undo: one that names it, or one that names nothing, has
 * not succeeded. */
bool undone_any(const struct run *run);

/* Says what is left undone, and the command that undoes it. */
void undone_say(struct run *run);

#endif
