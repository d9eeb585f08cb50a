/* suppress.h: findings that people know of and keep quiet: comments, x-chaosc members, an ignore file.
 * A set of suppressions borrows the document and lives in its own arena, until suppress_free. */
#ifndef BACKENDS_LINT_SUPPRESS_H
#define BACKENDS_LINT_SUPPRESS_H

#include "frontend/doc.h"
#include "runtime/base/arena.h"

/* In YAML and .chaos a comment:
 *     path: x  # chaosc: ignore[E204] why        its own line
 *     # chaosc: ignore[E204, slug] why           the entry that begins in the next line, with all it holds
 *     # chaosc: ignore-file[E204] why            the whole file
 * In every notation a member of any object, for that object:
 *     "x-chaosc": {"ignore": ["E204", {"code": "slug", "reason": "why"}]}
 * In an ignore file, by file (relative to it) and JSON pointer (an item by index or name; "" is all):
 *     {"experiments/a.json": {"/method/0": ["E204", {"code": "slug", "reason": "why"}]}} */

struct suppression {
    enum diag_code code;
    struct span holds;     /* findings that begin here are kept quiet */
    struct span written;   /* the code's own text, for messages */
    struct source *source; /* where it is written */
    struct span comment;   /* all of the comment, or empty */
    struct str reason;
    bool used;
};

struct suppressions {
    struct arena arena;
    struct suppression *items;
    size_t count, room;
};

/* Collects what the document itself says. What names no rule is reported as W053. */
void suppress_collect(struct suppressions *set, const struct doc *doc, struct diag_bag *bag);

/* Adds what the ignore file, a document that was read, says of the file called `name` there. What it cannot
 * mean is reported as E055. */
void suppress_add_file(struct suppressions *set, const struct doc *ignore_file, struct str name,
    const struct doc *doc, struct diag_bag *bag);

/* Marks the findings of `doc` that are kept quiet. Then reports as W051 the suppressions that kept none, of
 * codes for which `levels` is not DIAG_OFF, and as W052 those without a reason if `require_reason`. */
void suppress_apply(struct suppressions *set, const struct doc *doc,
    const enum diag_level levels[DIAG_CODE_COUNT], bool require_reason, struct diag_bag *bag);

void suppress_free(struct suppressions *set);

/* The code whose id or slug is nearest to what was written, for "did you mean"; false if none is near. */
bool suppress_near(struct str written, enum diag_code *code);

#endif
