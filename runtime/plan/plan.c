#include "runtime/plan/plan.h"

#include <string.h>

/* A saved plan: this header, one count a table, the size of the strings, the tables, the strings,
 * padding. */
struct plan_header {
    char magic[8];
    uint32_t version;
    uint32_t order; /* PLAN_ORDER as the writer's machine stores it */
    uint32_t hash[2];
};

enum { PLAN_ORDER = 0x01020304 };

static const char plan_magic[8] = {'C', 'H', 'A', 'O', 'S', 'C', 'R', 'T'};

static uint64_t hash_byte(uint64_t hash, uint32_t byte)
{
    return (hash ^ (byte & 0xFF)) * 0x100000001B3u;
}

/* Numbers count by their value, lowest byte first, so that machines of either byte order agree. */
static uint64_t hash_numbers(uint64_t hash, const uint32_t *numbers, size_t size)
{
    for (size_t i = 0; i < size / sizeof *numbers; i++)
        for (unsigned shift = 0; shift < 32; shift += 8)
            hash = hash_byte(hash, numbers[i] >> shift);
    return hash;
}

static uint64_t hash_all(const struct rt_plan *plan)
{
    uint64_t hash = 0xCBF29CE484222325u;
#define PLAN_HASH_TABLE(name, NAME)                                                                \
    hash = hash_numbers(hash, &plan->name##_count, sizeof plan->name##_count);                     \
    hash = hash_numbers(hash, (const uint32_t *)plan->name##_rows,                                 \
        sizeof *plan->name##_rows * plan->name##_count);
    PLAN_TABLES(PLAN_HASH_TABLE)
#undef PLAN_HASH_TABLE
    for (size_t i = 0; i < plan->byte_count; i++)
        hash = hash_byte(hash, (unsigned char)plan->bytes[i]);
    return hash;
}

/* The name of the file is the last string. */
uint64_t plan_hash(const struct rt_plan *plan)
{
    struct rt_plan nameless = *plan;
    struct plan_experiment experiment = *plan_experiment(plan);
    if (experiment.file + 1 == plan->text_count) {
        nameless.text_count--;
        nameless.byte_count = plan->text_rows[experiment.file].at;
    }
    experiment.file = PLAN_NONE;
    nameless.experiment_rows = &experiment;
    return hash_all(&nameless);
}

void plan_save(struct buf *out, const struct rt_plan *plan)
{
    uint64_t hash = hash_all(plan);
    struct plan_header header = {.version = PLAN_VERSION,
        .order = PLAN_ORDER,
        .hash = {(uint32_t)hash, (uint32_t)(hash >> 32)}};
    memcpy(header.magic, plan_magic, sizeof header.magic);
    buf_add(out, &header, sizeof header);
#define PLAN_SAVE_COUNT(name, NAME) buf_add(out, &plan->name##_count, sizeof plan->name##_count);
    PLAN_TABLES(PLAN_SAVE_COUNT)
#undef PLAN_SAVE_COUNT
    buf_add(out, &plan->byte_count, sizeof plan->byte_count);
#define PLAN_SAVE_TABLE(name, NAME)                                                                \
    buf_add(out, plan->name##_rows, sizeof *plan->name##_rows * plan->name##_count);
    PLAN_TABLES(PLAN_SAVE_TABLE)
#undef PLAN_SAVE_TABLE
    buf_add(out, plan->bytes, plan->byte_count);
    buf_add_repeat(out, '\0', -plan->byte_count % 4u);
}

/* Takes `size` bytes off the front of `bytes`; NULL if there are not so many. */
static const char *take(struct str *bytes, uint64_t size)
{
    if (bytes->len < size)
        return NULL;
    const char *p = bytes->ptr;
    bytes->ptr += size;
    bytes->len -= (size_t)size;
    return p;
}

const char *plan_load(struct rt_plan *plan, struct str bytes)
{
    static const char cut_off[] = "the plan is cut off";
    struct plan_header header;
    const char *at = take(&bytes, sizeof header);
    if (!at)
        return cut_off;
    memcpy(&header, at, sizeof header);
    if (memcmp(header.magic, plan_magic, sizeof header.magic) != 0)
        return "this is not a plan";
    if (header.order != PLAN_ORDER)
        return "the plan was made for a machine of another byte order";
    if (header.version != PLAN_VERSION)
        return "the plan was made by another version";
    *plan = (struct rt_plan){0};
#define PLAN_LOAD_COUNT(name, NAME)                                                                \
    if (!(at = take(&bytes, sizeof plan->name##_count)))                                           \
        return cut_off;                                                                            \
    memcpy(&plan->name##_count, at, sizeof plan->name##_count);
    PLAN_TABLES(PLAN_LOAD_COUNT)
#undef PLAN_LOAD_COUNT
    if (!(at = take(&bytes, sizeof plan->byte_count)))
        return cut_off;
    memcpy(&plan->byte_count, at, sizeof plan->byte_count);
#define PLAN_LOAD_TABLE(name, NAME)                                                                \
    if (!(at = take(&bytes, (uint64_t)sizeof *plan->name##_rows * plan->name##_count)))            \
        return cut_off;                                                                            \
    plan->name##_rows = (const void *)at;
    PLAN_TABLES(PLAN_LOAD_TABLE)
#undef PLAN_LOAD_TABLE
    if (!(plan->bytes = take(&bytes, plan->byte_count)))
        return cut_off;
    const char *wrong = plan_check(plan);
    if (wrong)
        return wrong;
    uint64_t hash = hash_all(plan);
    if (header.hash[0] != (uint32_t)hash || header.hash[1] != (uint32_t)(hash >> 32))
        return "the plan was damaged: its hash does not fit";
    return NULL;
}

/* One function a field type. */
#define PLAN_INDEX_CHECK(NAME, name)                                                               \
    static bool fits_##NAME(const struct rt_plan *plan, uint32_t index)                            \
    {                                                                                              \
        return index < plan->name##_count;                                                         \
    }
PLAN_INDEX_CHECK(TEXT, text)
PLAN_INDEX_CHECK(VALUE, value)
PLAN_INDEX_CHECK(ACTIVITY, activity)
PLAN_INDEX_CHECK(TOLERANCE, tolerance)
#undef PLAN_INDEX_CHECK

#define PLAN_ENUM_CHECK(NAME)                                                                      \
    static bool fits_##NAME(const struct rt_plan *plan, uint32_t number)                           \
    {                                                                                              \
        (void)plan;                                                                                \
        return number < PLAN_##NAME##_COUNT;                                                       \
    }
PLAN_ENUM_CHECK(ROLE)
PLAN_ENUM_CHECK(KIND)
PLAN_ENUM_CHECK(PROVIDER)
PLAN_ENUM_CHECK(TOLERANCE_KIND)
PLAN_ENUM_CHECK(SOURCE)
#undef PLAN_ENUM_CHECK

/* Any number will do here; check_ranges and check_document look closer. */
static bool fits_NUMBER(const struct rt_plan *plan, uint32_t number)
{
    (void)plan, (void)number;
    return true;
}
#define fits_COUNT fits_NUMBER
#define fits_ACTIVITY_RANGE fits_NUMBER
#define fits_CONTROL_RANGE fits_NUMBER
#define fits_VARIABLE_RANGE fits_NUMBER
#define fits_WORD_RANGE fits_NUMBER

static bool fits_in(uint32_t first, uint32_t count, uint32_t limit)
{
    return count == 0 || (first < limit && count <= limit - first);
}

static const char *check_ranges(const struct rt_plan *plan)
{
    static const char bad[] = "the plan is damaged: a range leaves its table";
    for (uint32_t i = 0; i < plan->activity_count; i++) {
        const struct plan_activity *row = &plan->activity_rows[i];
        if (!fits_in(row->controls, row->control_count, plan->control_count))
            return bad;
    }
    for (uint32_t i = 0; i < plan->variable_count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        if (!fits_in(row->members, row->member_count, plan->variable_count) ||
            (row->member_count && row->members <= i))
            return bad;
    }
    for (uint32_t i = 0; i < plan->tolerance_count; i++) {
        const struct plan_tolerance *row = &plan->tolerance_rows[i];
        if (!fits_in(row->words, row->word_count, plan->word_count))
            return bad;
    }
    for (uint32_t i = 0; i < plan->template_count; i++) {
        const struct plan_template *row = &plan->template_rows[i];
        if (!fits_in(row->words, row->word_count, plan->word_count))
            return bad;
    }
    const struct plan_experiment *row = plan_experiment(plan);
    if (!fits_in(row->probes, row->probe_count, plan->activity_count) ||
        !fits_in(row->method, row->method_count, plan->activity_count) ||
        !fits_in(row->rollbacks, row->rollback_count, plan->activity_count) ||
        !fits_in(row->configuration, row->configuration_count, plan->variable_count) ||
        !fits_in(row->secrets, row->secret_count, plan->variable_count) ||
        !fits_in(row->controls, row->control_count, plan->control_count) ||
        !fits_in(row->hypothesis_controls, row->hypothesis_control_count, plan->control_count))
        return bad;
    return NULL;
}

/* Children must stand behind their parent, so that a walk ends; `values` is how deep each row is
 * nested. */
static const char *check_value(const struct rt_plan *plan, uint32_t i)
{
    static const char bad[] = "the plan is damaged: a value is malformed";
    const struct plan_value *row = &plan->value_rows[i];
    switch ((enum value_kind)row->kind) {
    case VALUE_NULL:
    case VALUE_BOOL:
        return NULL;
    case VALUE_INT:
    case VALUE_REAL:
    case VALUE_STRING:
        return row->first < plan->text_count ? NULL : bad;
    case VALUE_ARRAY:
        return fits_in(row->first, row->count, plan->value_count) && (!row->count || row->first > i)
                   ? NULL
                   : bad;
    case VALUE_OBJECT:
        if (!fits_in(row->keys, row->count, plan->key_count))
            return bad;
        return fits_in(row->first, row->count, plan->value_count) && (!row->count || row->first > i)
                   ? NULL
                   : bad;
    }
    return bad;
}

static const char *check_document(const struct rt_plan *plan)
{
    for (uint32_t i = 0; i < plan->text_count; i++) {
        const struct plan_text *row = &plan->text_rows[i];
        if (row->at >= plan->byte_count || row->length >= plan->byte_count - row->at ||
            plan->bytes[row->at + row->length] != '\0')
            return "the plan is damaged: a string leaves the string table";
    }
    for (uint32_t i = 0; i < plan->value_count; i++) {
        const char *wrong = check_value(plan, i);
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* They are found by halving: each stands behind the one before it. */
static const char *check_templates(const struct rt_plan *plan)
{
    for (uint32_t i = 0; i < plan->template_count; i++) {
        const struct plan_template *row = &plan->template_rows[i];
        if (row->text == PLAN_NONE || (i && row->text <= row[-1].text) ||
            !template_is_program(
                plan_words(plan, row->words), row->word_count, plan->text_rows[row->text].length))
            return "the plan is damaged: a template does not fit its string";
    }
    return NULL;
}

bool plan_template(const struct rt_plan *plan, struct str text, struct template *template)
{
    uint32_t low = 0, high = plan->template_count;
    uintptr_t at = (uintptr_t)text.ptr, bytes = (uintptr_t)plan->bytes;
    if (at < bytes || at - bytes >= plan->byte_count)
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct plan_template *row = &plan->template_rows[middle];
        const struct plan_text *known = &plan->text_rows[row->text];
        if (known->at == at - bytes && known->length == text.len) {
            *template = (struct template){text, plan_words(plan, row->words), row->word_count};
            return true;
        }
        if (known->at < at - bytes)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

const char *plan_check(const struct rt_plan *plan)
{
    if (plan->experiment_count != 1 || plan->value_count <= PLAN_DOCUMENT ||
        !plan->activity_count || !plan->tolerance_count)
        return "the plan is damaged: it holds no experiment";
#define PLAN_CHECK_FIELD(field, TYPE)                                                              \
    if (!fits_##TYPE(plan, row->field))                                                            \
        return "the plan is damaged: " #field " is out of bounds";
#define PLAN_CHECK_TABLE(name, NAME)                                                               \
    for (uint32_t i = 0; i < plan->name##_count; i++) {                                            \
        const struct plan_##name *row = &plan->name##_rows[i];                                     \
        PLAN_##NAME##_FIELDS(PLAN_CHECK_FIELD)                                                     \
    }
    PLAN_TABLES(PLAN_CHECK_TABLE)
#undef PLAN_CHECK_TABLE
#undef PLAN_CHECK_FIELD
    const char *wrong = check_document(plan);
    wrong = wrong ? wrong : check_ranges(plan);
    return wrong ? wrong : check_templates(plan);
}

/* The value of a row; members of an object go where `members` points, which moves behind them. */
static struct value value_of_row(
    const struct rt_plan *plan, struct value *values, struct member **members, uint32_t i)
{
    const struct plan_value *row = &plan->value_rows[i];
    struct value value = {.kind = (enum value_kind)row->kind};
    switch (value.kind) {
    case VALUE_NULL:
        break;
    case VALUE_BOOL:
        value.as.truth = row->first != 0;
        break;
    case VALUE_INT:
    case VALUE_REAL:
    case VALUE_STRING:
        value.as.text = plan_text(plan, row->first);
        break;
    case VALUE_ARRAY:
        value.as.array.items = row->count ? &values[row->first] : NULL;
        value.as.array.count = row->count;
        break;
    case VALUE_OBJECT:
        value.as.object.members = row->count ? *members : NULL;
        value.as.object.count = row->count;
        for (uint32_t m = 0; m < row->count; m++)
            *(*members)++ = (struct member){
                plan_text(plan, plan->key_rows[row->keys + m].text), values[row->first + m]};
        break;
    }
    return value;
}

const struct value *plan_values(struct arena *arena, const struct rt_plan *plan)
{
    struct value *values = ARENA_ARRAY(arena, struct value, plan->value_count);
    size_t count = 0;
    for (uint32_t i = 0; i < plan->value_count; i++)
        count += plan->value_rows[i].kind == VALUE_OBJECT ? plan->value_rows[i].count : 0;
    struct member *members = ARENA_ARRAY(arena, struct member, count);
    /* Backwards: children stand behind their parents. */
    for (uint32_t i = plan->value_count; i-- > 0;)
        values[i] = value_of_row(plan, values, &members, i);
    return values;
}
