/* plan.h: an experiment lowered to constant tables that refer to each other by index: what a run
 * carries out. The same rows serve the interpreter, emitted C and a blob behind a prebuilt runner;
 * a plan owns nothing. */
#ifndef RUNTIME_PLAN_PLAN_H
#define RUNTIME_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"
#include "runtime/expr/template.h"
#include "runtime/plan/plan_types.h"

static inline const struct plan_experiment *plan_experiment(const struct rt_plan *plan)
{
    return &plan->experiment_rows[0];
}

/* The string of a TEXT field; empty for PLAN_NONE. It is NUL-terminated and lives as long as the
 * plan. */
static inline struct str plan_text(const struct rt_plan *plan, uint32_t text)
{
    if (text == PLAN_NONE)
        return (struct str){"", 0};
    return (struct str){plan->bytes + plan->text_rows[text].at, plan->text_rows[text].length};
}

/* The words of a WORD_RANGE, none of them where the table is empty. */
static inline const uint32_t *plan_words(const struct rt_plan *plan, uint32_t first)
{
    return plan->word_count ? &plan->word_rows[first].value : NULL;
}

/* The program of a string of the plan (the very one, not a copy); false if it has none, because no variable can change
 * it or the string is of elsewhere. */
bool plan_template(const struct rt_plan *plan, struct str text, struct template *template);

/* Identifies what the plan says (64 bits, the same on every machine, whatever the file was called), not a defence. */
uint64_t plan_hash(const struct rt_plan *plan);

/* Appends the plan as one relocatable block: magic, version, hash, table sizes, tables. */
void plan_save(struct buf *out, const struct rt_plan *plan);

/* Reads a block that plan_save made, in place: `bytes` must be aligned to 4 and outlive the plan.
 * Every index is checked. Returns NULL, or what is wrong with it. */
const char *plan_load(struct rt_plan *plan, struct str bytes);

/* Checks every index, range and enumeration of a plan; NULL, or what is wrong. */
const char *plan_check(const struct rt_plan *plan);

/* The document as values, one for each row of the value table, so that values[i] is what a VALUE
 * field i means. They live in the arena, their strings in the plan. */
const struct value *plan_values(struct arena *arena, const struct rt_plan *plan);

#endif
