/* verify.h: the invariants of a built IR, checked after ir_build in tests and hostile builds.
 * Reads only. */
#ifndef IR_VERIFY_H
#define IR_VERIFY_H

#include "ir/ir.h"

/* NULL if the IR holds together, else a sentence about the first thing that does not: a node without its
 * place, a variable that resolves to a stranger, a reference to a reference, a span outside the source. */
const char *ir_verify(const struct ir *ir);

#endif
