/* report.h: the formats that findings are printed in, as a table; a format is one file and one row.
 * A format borrows the bag (finished: sorted and counted) and its sources, and only adds to `out`. */
#ifndef BACKENDS_REPORT_REPORT_H
#define BACKENDS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "frontend/diag.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/base/map.h"
#include "runtime/base/str.h"

struct report_options {
    bool color;     /* escape sequences for a terminal; the command line decides */
    unsigned width; /* columns of source text before a long line is clipped; 0 means 120 */
};

/* A report that is being written: over many files, one bag after the other, so that none need be kept. */
struct report {
    const struct report_format *format;
    struct report_options options;
    struct buf *out;         /* the caller may write it away and clear it between two files */
    struct arena arena;      /* the report's own: fingerprints */
    struct json_writer json; /* for the formats that are one JSON value */
    struct map fingerprints; /* what has been given out */
    size_t files, findings;  /* written so far */
    size_t errors, warnings;
    uint16_t rule_index[DIAG_CODE_COUNT]; /* SARIF: place in its list of rules + 1, or 0 */
    uint16_t rule_count;
};

/* A format: what opens it, one call for each file, what closes it. Suppressed findings are written only where
 * the format has a place for them, those of level DIAG_OFF never. */
struct report_format {
    const char *name;                     /* for --format */
    const char *summary;                  /* one sentence without full stop */
    void (*start)(struct report *report); /* may be NULL */
    void (*file)(struct report *report, struct str name, const struct diag_bag *bag);
    void (*finish)(struct report *report); /* may be NULL */
};

/* Every format, in the order of the help; the first is the default. */
extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* Their names in the same order, NULL at the end: the choices of an option. */
extern const char *const report_format_names[];

/* The format of that name, or NULL. */
const struct report_format *report_find(struct str name);

/* Starts a report into `out`. */
void report_start(struct report *report, const struct report_format *format, struct buf *out,
    const struct report_options *options);

/* Adds a file that was looked at, with its findings: a finished bag, which may be empty and is borrowed for the
 * call only. */
void report_file(struct report *report, struct str name, const struct diag_bag *bag);

/* Ends the report and frees what it holds; `out` stays the caller's. */
void report_finish(struct report *report);

/* "error", "warning", "info". */
const char *report_level_name(enum diag_level level);

/* text.c: one bag for people, without the rest of a report. */
void report_text(struct buf *out, const struct diag_bag *bag, const struct report_options *options);

#endif
