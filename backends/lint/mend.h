/* mend.h: fixes a text round by round until nothing is left that can be fixed.
 * Borrows its input; the caller owns the buffer. */
#ifndef BACKENDS_LINT_MEND_H
#define BACKENDS_LINT_MEND_H

#include "backends/lint/lint.h"
#include "runtime/base/buf.h"

enum { MEND_ROUNDS = 10 };

struct mend_options {
    enum diag_applicability most;   /* DIAG_SAFE, or DIAG_UNSAFE for both kinds */
    const struct lint_input *input; /* may be NULL */
    /* Sets levels and suppressions of the findings, as the linter's configuration does; may be NULL. */
    void (*judge)(void *context, struct diag_bag *bag, const struct doc *doc);
    void *context;
};

/* Fixes `text` of the file `name`, and writes the result to `out` (the text itself if nothing can be fixed). A
 * round that would leave more errors than it found is taken back. Returns how many fixes were applied. */
size_t mend_text(
    struct buf *out, struct str name, struct str text, const struct mend_options *options);

#endif
