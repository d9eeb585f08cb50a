/* plan_append.h: lowers an experiment again while it runs, so that what is under way keeps its rows.
 * The longer tables live in the arena; both plans must outlive nothing. */
#ifndef RUNTIME_PLAN_PLAN_APPEND_H
#define RUNTIME_PLAN_PLAN_APPEND_H

#include "runtime/plan/plan.h"

/* Makes a plan of all rows of `old`, at their places, and those of `added` behind them; its experiment is that of
 * `added`. */
void plan_append(struct arena *arena, const struct rt_plan *old, const struct rt_plan *added,
    struct rt_plan *plan);

#endif
