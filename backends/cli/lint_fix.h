/* lint_fix.h: what `chaosc lint --fix` and `--diff` do with a file that was read.
 * The unit stays the caller's; a file that was rewritten must be read again. */
#ifndef BACKENDS_CLI_LINT_FIX_H
#define BACKENDS_CLI_LINT_FIX_H

#include "backends/cli/cli.h"
#include "backends/cli/compile.h"
#include "backends/lint/mend.h"

enum lint_fix_result {
    LINT_FIX_NOTHING, /* nothing can be fixed */
    LINT_FIX_SHOWN,   /* the difference was added to `out` */
    LINT_FIX_WRITTEN, /* the file has changed */
    LINT_FIX_FAILED   /* it could not be written, which was said */
};

/* Fixes the text of a unit: rewrites its file, or with `diff` adds the difference to `out`. Counts the fixes in
 * *fixed. */
enum lint_fix_result lint_fix(const struct cli *cli, const struct compile_unit *unit,
    const struct mend_options *options, bool diff, struct buf *out, size_t *fixed);

#endif
