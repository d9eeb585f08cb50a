/* chaos_error.h: what to say when the grammar expects something else: named in words, with the form
 * to write. Messages go to the build's bag; nothing is kept here. */
#ifndef FRONTEND_CHAOS_ERROR_H
#define FRONTEND_CHAOS_ERROR_H

#include <stdbool.h>

#include "frontend/chaos_build.h"

enum { CHAOS_MOST_EXPECTED = 64 };

/* What the parser could go on with, as symbol names of the grammar. */
struct chaos_expected {
    const char *names[CHAOS_MOST_EXPECTED];
    int count;
};

static inline void chaos_expect(struct chaos_expected *set, const char *name)
{
    if (set->count < CHAOS_MOST_EXPECTED)
        set->names[set->count++] = name;
}

/* Reports the token the parser is reading; marks the build as failed, so that the driver looks for
 * the next statement. Silent where an earlier mistake made the token doubtful. */
void chaos_report(struct chaos_build *build, const struct chaos_expected *expected);

/* Reports a file that is written in another notation altogether; false if it is not. */
bool chaos_report_foreign(struct chaos_build *build);

/* Reports a file whose first statement is not `experiment`. */
void chaos_report_no_title(struct chaos_build *build);

#endif
