/* plan.h: an experiment lowered to constant tables that refer to each other by index: what a run
 * carries out. The same rows serve the interpreter, emitted C and a blob behind a prebuilt runner;
 * a plan owns nothing. */
#ifndef RUNTIME_EXEC_PLAN_H
#define RUNTIME_EXEC_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"
#include "runtime/exec/plan_rows.h"

#define PLAN_VERSION 1u
#define PLAN_NONE 0xFFFFFFFFu

/* Where an activity stands. */
enum plan_role {
    PLAN_PROBE,
    PLAN_METHOD,
    PLAN_ROLLBACK,
    PLAN_CONFIGURATION,
    PLAN_TOLERANCE,
    PLAN_ROLE_COUNT
};

/* `type` of an activity; PLAN_KIND_OTHER is missing or unknown, which a run finds out. */
enum plan_kind { PLAN_KIND_PROBE, PLAN_KIND_ACTION, PLAN_KIND_OTHER, PLAN_KIND_COUNT };

enum plan_provider {
    PLAN_PROCESS,
    PLAN_HTTP,
    PLAN_PYTHON,
    PLAN_PROVIDER_OTHER, /* unknown type: the reference calls nothing and succeeds without output */
    PLAN_PROVIDER_NONE,
    PLAN_PROVIDER_COUNT
};

enum plan_tolerance_kind {
    PLAN_TOLERANCE_VALUE, /* scalar or list */
    PLAN_TOLERANCE_PROBE,
    PLAN_TOLERANCE_REGEX,
    PLAN_TOLERANCE_JSONPATH,
    PLAN_TOLERANCE_RANGE,
    PLAN_TOLERANCE_OTHER, /* never met */
    PLAN_TOLERANCE_KIND_COUNT
};

enum plan_source {
    PLAN_INLINE,
    PLAN_ENVIRONMENT,
    PLAN_VAULT,
    PLAN_DYNAMIC, /* by a probe */
    PLAN_GROUP,   /* of secrets */
    PLAN_SOURCE_COUNT
};

enum {
    PLAN_VALUE_TEMPLATE = 1, /* a string in it holds `$`: it may have to be substituted */

    PLAN_ACTIVITY_REF = 1,
    PLAN_ACTIVITY_BACKGROUND = 2,
    PLAN_ACTIVITY_TOLERANCE = 4, /* the member is present */

    PLAN_EXPERIMENT_RUNTIME = 1, /* has a `runtime` that is true in Python's sense */
};

/* struct plan_text, plan_value, plan_member, plan_activity, plan_tolerance, plan_control,
 * plan_variable and plan_experiment: rows of uint32_t fields, listed and explained in plan_rows.h.
 */
#define PLAN_DECLARE_FIELD(field, type) uint32_t field;
#define PLAN_DECLARE_ROW(name, NAME)                                                               \
    struct plan_##name {                                                                           \
        PLAN_##NAME##_FIELDS(PLAN_DECLARE_FIELD)                                                   \
    };
PLAN_TABLES(PLAN_DECLARE_ROW)
#undef PLAN_DECLARE_ROW
#undef PLAN_DECLARE_FIELD

struct rt_plan {
    const char *bytes; /* of all strings, each with a NUL behind it */
    uint32_t byte_count;
#define PLAN_DECLARE_TABLE(name, NAME)                                                             \
    const struct plan_##name *name##_rows;                                                         \
    uint32_t name##_count;
    PLAN_TABLES(PLAN_DECLARE_TABLE)
#undef PLAN_DECLARE_TABLE
};

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

/* Identifies what the plan says (64 bits, the same on every machine of one byte order), not a
 * defence. */
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
