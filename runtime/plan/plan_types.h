/* plan_types.h: the rows of a plan as C structures and nothing else: what emitted C is compiled
 * against. A plan is constant data; it owns nothing. */
#ifndef RUNTIME_PLAN_PLAN_TYPES_H
#define RUNTIME_PLAN_PLAN_TYPES_H

#include <stdint.h>

#include "runtime/plan/plan_rows.h"

#define PLAN_VERSION 5u

/* Row 0 of the tables that others refer to stands for nothing, so that what a row has not is 0; the document is the
 * value behind it. */
#define PLAN_NONE 0u
#define PLAN_DOCUMENT 1u

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
    PLAN_ACTIVITY_REF = 1,
    PLAN_ACTIVITY_BACKGROUND = 2,
    PLAN_ACTIVITY_TOLERANCE = 4, /* the member is present */

    PLAN_EXPERIMENT_RUNTIME = 1, /* has a `runtime` that is true in Python's sense */
};

/* struct plan_text, plan_value, plan_key, plan_activity, plan_tolerance, plan_word, plan_template,
 * plan_control, plan_variable and plan_experiment: rows of uint32_t fields, listed and explained in plan_rows.h.
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

#endif
