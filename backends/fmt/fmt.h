/* fmt.h: the canonical layout of an experiment in JSON, YAML or .chaos, from the document tree of any of them.
 * Documents are borrowed; printed text goes to the caller's buffer. */
#ifndef BACKENDS_FMT_FMT_H
#define BACKENDS_FMT_FMT_H

#include <stdbool.h>

#include "frontend/doc.h"
#include "runtime/base/buf.h"

enum { FMT_WIDTH = 100 };

/* What a print could not carry over, or why there was none. */
struct fmt_report {
    const char *refusal;  /* NULL if the document was printed */
    struct span where;    /* of what was refused */
    size_t lost_comments; /* JSON has none */
};

/* Prints an unbroken document. Returns false, with the reason in *report (never NULL), for what the target cannot
 * express, such as infinities outside YAML, or what would not survive: YAML's anchors and merge keys when YAML is
 * formatted. */
bool fmt_print(
    struct buf *out, const struct doc *doc, enum doc_notation target, struct fmt_report *report);

/* The same, with anchors and merge keys expanded whatever the target is. */
bool fmt_convert(
    struct buf *out, const struct doc *doc, enum doc_notation target, struct fmt_report *report);

/* Adds a unified diff from `before` to `after` to `out`; nothing if they are equal. */
void fmt_diff(struct buf *out, struct str name, struct str before, struct str after);

#endif
