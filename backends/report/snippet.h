/* snippet.h: source lines with a gutter, an underline over an exact range, and fixes as changed lines.
 * Writes into the caller's buffer and keeps nothing; what a terminal could misread is made visible. */
#ifndef BACKENDS_REPORT_SNIPPET_H
#define BACKENDS_REPORT_SNIPPET_H

#include <stdbool.h>

#include "frontend/diag.h"
#include "runtime/base/buf.h"

#define SNIPPET_RESET "\x1b[0m"
#define SNIPPET_BOLD "\x1b[1m"
#define SNIPPET_GUTTER "\x1b[1;34m"
#define SNIPPET_NOTE "\x1b[1;36m"
#define SNIPPET_HELP "\x1b[1;32m"
#define SNIPPET_REMOVED "\x1b[31m"
#define SNIPPET_ADDED "\x1b[32m"

struct snippet {
    struct buf *out;
    bool color;
    unsigned width;  /* columns of source text before a line is clipped */
    unsigned gutter; /* columns of the line numbers */
};

/* Makes the gutter wide enough for `line`. */
void snippet_align(struct snippet *s, uint32_t line);

/* Adds an escape sequence if there is colour. */
void snippet_color(struct snippet *s, const char *sequence);

/* Adds text of users or files: control characters, invalid bytes and direction marks made visible. */
void snippet_text(struct snippet *s, struct str text);

/* Starts a line: the number (0: blanks) and the mark behind it. */
void snippet_gutter(struct snippet *s, uint32_t line, char mark);

/* The lines of a span with `mark` under its exact range: the whole line if it is short, else what is around the
 * span; of a span over many lines the first and the last. */
void snippet_span(
    struct snippet *s, struct source *source, struct span span, char mark, const char *color);

/* What a fix changes, as lines before and after, if that is at most `most` lines each. The line before is left
 * out if it is `shown_line`, which stands above already. */
void snippet_fix(struct snippet *s, struct source *source, const struct diag_fix *fix,
    uint32_t shown_line, unsigned most);

#endif
