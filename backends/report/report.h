/* report.h: the formats that findings are printed in, as a table; a format is one file and one row.
 * A format borrows the bag (finished: sorted and counted) and its sources, and only adds to `out`. */
#ifndef BACKENDS_REPORT_REPORT_H
#define BACKENDS_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "frontend/diag.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"

struct report_options {
    bool color;     /* escape sequences for a terminal; the command line decides */
    unsigned width; /* columns of source text before a long line is clipped; 0 means 120 */
};

/* Writes all findings of a bag to `out`; suppressed ones and those of level DIAG_OFF only where the format has
 * a place for them. */
typedef void report_fn(
    struct buf *out, const struct diag_bag *bag, const struct report_options *options);

struct report_format {
    const char *name;    /* for --format */
    const char *summary; /* one sentence without full stop */
    report_fn *write;
};

/* Every format, in the order of the help; the first is the default. */
extern const struct report_format report_formats[];
extern const size_t report_format_count;

/* The format of that name, or NULL. */
const struct report_format *report_find(struct str name);

/* "error", "warning", "info". */
const char *report_level_name(enum diag_level level);

/* text.c: for people. */
report_fn report_text;

#endif
