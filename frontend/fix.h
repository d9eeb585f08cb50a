/* fix.h: applies fixes of findings to the text they were found in; the rest stays byte for byte.
 * Borrows source and bag; the caller owns the buffer. */
#ifndef FRONTEND_FIX_H
#define FRONTEND_FIX_H

#include <stddef.h>

#include "frontend/diag.h"
#include "runtime/base/buf.h"

/* Writes the source's text to `out` with all fixes applied that are at most `most` (DIAG_SAFE: safe ones only;
 * DIAG_UNSAFE: both) and whose findings are shown as warning or error. A fix is applied whole or not at all;
 * of two that touch each other the first by place wins: the other may be applied in another round. Returns how
 * many were applied. */
size_t fix_apply(struct buf *out, const struct source *source, const struct diag_bag *bag,
    enum diag_applicability most);

#endif
