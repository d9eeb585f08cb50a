/* lower.h: the one lowering: an experiment's document and IR become the tables that every back end runs.
 * The plan lives in the arena; document and IR are not needed afterwards. */
#ifndef BACKENDS_LOWER_LOWER_H
#define BACKENDS_LOWER_LOWER_H

#include "ir/ir.h"
#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/plan/plan.h"

/* Lowers the experiment. Nothing is refused here: what is wrong was reported by the checker, and what the engine
 * does with it is decided where it is met. */
void lower_experiment(struct arena *arena, struct ir *ir, struct rt_plan *plan);

/* The same, for a plan that is to be the same wherever its source was: the file is known by `name`. */
void lower_experiment_as(struct arena *arena, struct ir *ir, struct str name, struct rt_plan *plan);

/* The value a document node stands for in a run: of repeated keys the last, dates and binary as the journal has
 * them. */
struct value lower_value(struct arena *arena, const struct doc_node *node);

#endif
