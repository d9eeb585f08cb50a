#include "runtime/plan/plan_append.h"

#include <string.h>

static uint32_t moved(uint32_t index, uint32_t by)
{
    return index == PLAN_NONE ? PLAN_NONE : index + by;
}

/* What an index of each kind means in the longer tables. */
#define moved_NUMBER(old, index) (index)
#define moved_COUNT(old, index) (index)
#define moved_ROLE(old, index) (index)
#define moved_KIND(old, index) (index)
#define moved_PROVIDER(old, index) (index)
#define moved_TOLERANCE_KIND(old, index) (index)
#define moved_SOURCE(old, index) (index)
#define moved_TEXT(old, index) moved(index, (old)->text_count)
#define moved_VALUE(old, index) moved(index, (old)->value_count)
#define moved_ACTIVITY(old, index) moved(index, (old)->activity_count)
#define moved_TOLERANCE(old, index) moved(index, (old)->tolerance_count)
#define moved_ACTIVITY_RANGE(old, index) moved(index, (old)->activity_count)
#define moved_CONTROL_RANGE(old, index) moved(index, (old)->control_count)
#define moved_WORD_RANGE(old, index) moved(index, (old)->word_count)
#define moved_VARIABLE_RANGE(old, index) moved(index, (old)->variable_count)

#define MOVE_FIELD(field, type) row->field = moved_##type(old, row->field);
#define ROW_MOVER(name, NAME)                                                                      \
    static void move_##name(const struct rt_plan *old, struct plan_##name *row)                    \
    {                                                                                              \
        (void)old, (void)row;                                                                      \
        PLAN_##NAME##_FIELDS(MOVE_FIELD)                                                           \
    }
PLAN_TABLES(ROW_MOVER)
#undef ROW_MOVER
#undef MOVE_FIELD

/* What `first` counts depends on the kind. */
static void move_content(const struct rt_plan *old, struct plan_value *row)
{
    switch ((enum value_kind)row->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
        break;
    case VALUE_INT:
    case VALUE_REAL:
    case VALUE_STRING:
        row->first += old->text_count;
        break;
    case VALUE_ARRAY:
        row->first += old->value_count;
        break;
    case VALUE_OBJECT:
        row->first += old->value_count;
        row->keys += old->key_count;
        break;
    }
}

void plan_append(struct arena *arena, const struct rt_plan *old, const struct rt_plan *added,
    struct rt_plan *plan)
{
    char *bytes = arena_alloc(arena, (size_t)old->byte_count + added->byte_count + 1, 1);
    memcpy(bytes, old->bytes, old->byte_count);
    memcpy(bytes + old->byte_count, added->bytes, added->byte_count);
    *plan = (struct rt_plan){.bytes = bytes, .byte_count = old->byte_count + added->byte_count};
#define APPEND_TABLE(name, NAME)                                                                   \
    struct plan_##name *name##_rows =                                                              \
        ARENA_ARRAY(arena, struct plan_##name, old->name##_count + added->name##_count + 1);       \
    for (uint32_t i = 0; i < old->name##_count; i++)                                               \
        name##_rows[i] = old->name##_rows[i];                                                      \
    for (uint32_t i = 0; i < added->name##_count; i++) {                                           \
        name##_rows[old->name##_count + i] = added->name##_rows[i];                                \
        move_##name(old, &name##_rows[old->name##_count + i]);                                     \
    }                                                                                              \
    plan->name##_rows = name##_rows;                                                               \
    plan->name##_count = old->name##_count + added->name##_count;
    PLAN_TABLES(APPEND_TABLE)
#undef APPEND_TABLE
    for (uint32_t i = old->text_count; i < plan->text_count; i++)
        text_rows[i].at += old->byte_count;
    for (uint32_t i = old->value_count; i < plan->value_count; i++)
        move_content(old, &value_rows[i]);
    /* One experiment: the added one. */
    experiment_rows[0] = experiment_rows[old->experiment_count];
    plan->experiment_count = 1;
}
