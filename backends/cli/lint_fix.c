#include "backends/cli/lint_fix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "backends/cli/files.h"
#include "backends/fmt/fmt.h"

static bool rewrite(const struct cli *cli, const char *name, struct str text)
{
    char *path = realpath(name, NULL); /* a link stays a link */
    struct stat info;
    bool done = path && stat(path, &info) == 0 && files_write(path, text, info.st_mode & 07777);
    if (!done)
        cli_error(cli, "cannot write `%s`: %s", name, strerror(errno));
    free(path);
    return done;
}

enum lint_fix_result lint_fix(const struct cli *cli, const struct compile_unit *unit,
    const struct mend_options *options, bool diff, struct buf *out, size_t *fixed)
{
    const struct source *source = &unit->source;
    struct buf text = {0};
    enum lint_fix_result result = LINT_FIX_NOTHING;
    size_t count = mend_text(&text, source->name, source->text, options);
    if (count > 0 && diff) {
        fmt_diff(out, source->name, source->text, buf_str(&text));
        result = LINT_FIX_SHOWN;
    } else if (count > 0) {
        result =
            rewrite(cli, source->name.ptr, buf_str(&text)) ? LINT_FIX_WRITTEN : LINT_FIX_FAILED;
    }
    *fixed += result == LINT_FIX_WRITTEN ? count : 0;
    buf_free(&text);
    return result;
}
