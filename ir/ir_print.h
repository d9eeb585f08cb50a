/* ir_print.h: the IR as text, one node a line, for `chaosc dump --ir`, goldens and comparisons.
 * Adds to a buffer of the caller's and owns nothing. */
#ifndef IR_IR_PRINT_H
#define IR_IR_PRINT_H

#include <stdbool.h>

#include "ir/ir.h"
#include "runtime/base/buf.h"

struct ir_print_options {
    bool
        spans; /* byte spans behind each node; without them equal experiments print equally in every
                   notation */
};

void ir_print(struct buf *out, const struct ir *ir, struct ir_print_options options);

#endif
