/* preview_time.h: how long a block of activities takes at least and at most, as far as its text tells.
 * Nothing is owned. */
#ifndef RUNTIME_RUNNER_PREVIEW_TIME_H
#define RUNTIME_RUNNER_PREVIEW_TIME_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/plan/plan.h"

struct preview_time {
    double least, most; /* seconds; `most` counts where `bounded` */
    bool bounded;
    uint32_t unbounded; /* the first activity without a time limit, if not bounded */
    bool templates;     /* a pause or timeout is a template: it counts nothing here */
};

/* The pauses and time limits of `count` activities from row `first` on. Background activities do not add to the least
 * time, and to the most only by their own length. */
struct preview_time preview_time(
    const struct rt_plan *plan, const struct value *values, uint32_t first, uint32_t count);

/* "at least 3 s, at most 63 s", "at least 0 s, no upper bound ..." */
void preview_time_text(struct buf *out, const struct preview_time *time);

/* The member "duration" with those of method and rollbacks. */
void preview_time_json(
    struct json_writer *w, const struct rt_plan *plan, const struct value *values);

#endif
