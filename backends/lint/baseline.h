/* baseline.h: the findings that were there when lint was introduced: kept quiet, so that only new ones are seen.
 * A baseline owns what it has read, until baseline_free; findings and documents are borrowed. */
#ifndef BACKENDS_LINT_BASELINE_H
#define BACKENDS_LINT_BASELINE_H

#include "frontend/doc.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/map.h"

/* A finding is known by its file, its rule, where it stands by the names of things, and the text it underlines;
 * lines and indexes are in none of them. */
struct baseline_entry {
    struct str file, code, at, text;
    bool gone; /* the file is no longer there: it may have been renamed */
    bool used;
    struct baseline_entry *next;      /* of the same file */
    struct baseline_entry *next_gone; /* of those whose file is gone */
};

struct baseline {
    struct arena arena;
    struct str folder; /* names in it are relative to this one */
    struct baseline_entry **entries;
    size_t count, room;
    struct map by_file; /* file: its first entry */
    struct baseline_entry *gone;
};

/* Makes an empty baseline for the file `path`. */
void baseline_init(struct baseline *baseline, const char *path);

/* Reads it from its document, whose arena must outlive it; what it cannot mean is reported as E055. */
void baseline_read(struct baseline *baseline, const struct doc *doc, struct diag_bag *bag);

void baseline_free(struct baseline *baseline);

/* Marks the findings of a file that are in the baseline. Each entry keeps one finding quiet: first the finding
 * that is the same in everything, then one whose text, or name, or place has changed, then one of a file that
 * was renamed. Suppressed findings take part in nothing. */
void baseline_apply(
    struct baseline *baseline, const char *file, const struct doc *doc, struct diag_bag *bag);

/* Adds a file's findings, those that are suppressed apart. */
void baseline_add(
    struct baseline *baseline, const char *file, const struct doc *doc, const struct diag_bag *bag);

/* The text of a baseline file, an entry a line, in the order of addition. */
void baseline_write(struct buf *out, const struct baseline *baseline);

/* How many entries kept nothing quiet: they have been mended. */
size_t baseline_unused(const struct baseline *baseline);

#endif
