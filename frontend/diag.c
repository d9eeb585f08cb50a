#include "frontend/diag.h"

#include <stdarg.h>
#include <stdlib.h>

#include "runtime/base/map.h"

static const struct diag_info catalogue[] = {
#define DIAG(id, slug, level, group, fix, summary)                                                 \
    [DIAG_##id] = {#id, #slug, DIAG_##level, group, DIAG_FIX_##fix, summary},
#include "frontend/codes.def"
#undef DIAG
};

const struct diag_info *diag_info(enum diag_code code)
{
    return &catalogue[code];
}

bool diag_find(struct str id_or_slug, enum diag_code *code)
{
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        if (str_equal(id_or_slug, str_from(catalogue[i].id)) ||
            str_equal(id_or_slug, str_from(catalogue[i].slug))) {
            *code = (enum diag_code)i;
            return true;
        }
    }
    return false;
}

void diag_bag_init(struct diag_bag *bag)
{
    *bag = (struct diag_bag){0};
    arena_init(&bag->arena);
}

void diag_bag_free(struct diag_bag *bag)
{
    arena_free(&bag->arena);
    *bag = (struct diag_bag){0};
}

struct diag *diag_add(struct diag_bag *bag, struct source *source, enum diag_code code,
    struct span span, const char *format, ...)
{
    struct diag *diag = ARENA_NEW(&bag->arena, struct diag);
    diag->code = code;
    diag->level = catalogue[code].level;
    diag->source = source;
    diag->span = span;
    diag->order = bag->added++;
    va_list args;
    va_start(args, format);
    diag->message = arena_vprintf(&bag->arena, format, args);
    va_end(args);
    *ARENA_PUSH(&bag->arena, bag->items, bag->count, bag->room) = diag;
    return diag;
}

void diag_relate(struct diag_bag *bag, struct diag *diag, struct span span, const char *format, ...)
{
    struct diag_related *related =
        ARENA_PUSH(&bag->arena, diag->related, diag->related_count, diag->related_room);
    related->span = span;
    va_list args;
    va_start(args, format);
    related->text = arena_vprintf(&bag->arena, format, args);
    va_end(args);
}

void diag_help(struct diag_bag *bag, struct diag *diag, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    diag->help = arena_vprintf(&bag->arena, format, args);
    va_end(args);
}

struct diag_fix *diag_fix(struct diag_bag *bag, struct diag *diag,
    enum diag_applicability applicability, const char *title_format, ...)
{
    struct diag_fix *fix = ARENA_NEW(&bag->arena, struct diag_fix);
    fix->applicability = applicability;
    va_list args;
    va_start(args, title_format);
    fix->title = arena_vprintf(&bag->arena, title_format, args);
    va_end(args);
    diag->fix = fix;
    return fix;
}

void diag_edit(struct diag_bag *bag, struct diag_fix *fix, struct span span, struct str text)
{
    struct diag_edit *edit = ARENA_PUSH(&bag->arena, fix->edits, fix->edit_count, fix->edit_room);
    edit->span = span;
    edit->text = arena_str(&bag->arena, text);
}

/* A finding with the rank of its source: the order of the first finding there. */
struct entry {
    struct diag *diag;
    uint32_t rank;
};

static int compare_entries(const void *left, const void *right)
{
    const struct entry *a = left, *b = right;
    const uint32_t keys[][2] = {
        {a->rank, b->rank},
        {a->diag->span.lo, b->diag->span.lo},
        {a->diag->span.hi, b->diag->span.hi},
        {a->diag->order, b->diag->order},
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (keys[i][0] != keys[i][1])
            return keys[i][0] < keys[i][1] ? -1 : 1;
    return 0;
}

static struct entry *rank_entries(struct diag_bag *bag, struct arena *scratch)
{
    struct entry *entries = ARENA_ARRAY(scratch, struct entry, bag->count);
    struct map ranks; /* from the bytes of a source's address to its rank */
    map_init(&ranks, scratch);
    for (size_t i = 0; i < bag->count; i++) {
        struct diag *diag = bag->items[i];
        struct str address = {(const char *)&diag->source, sizeof(diag->source)};
        uint32_t *rank = map_get(&ranks, address);
        if (!rank) {
            rank = ARENA_NEW(scratch, uint32_t);
            *rank = diag->order;
            map_set(&ranks, address, rank);
        }
        if (diag->order < *rank)
            *rank = diag->order;
    }
    for (size_t i = 0; i < bag->count; i++) {
        struct diag *diag = bag->items[i];
        struct str address = {(const char *)&diag->source, sizeof(diag->source)};
        entries[i] = (struct entry){diag, *(uint32_t *)map_get(&ranks, address)};
    }
    return entries;
}

/* True if the same is said at the same place already; all of that place stand at the end of
 * `items`. */
static bool is_repetition(const struct diag_bag *bag, size_t count, const struct diag *diag)
{
    for (size_t i = count; i-- > 0;) {
        const struct diag *before = bag->items[i];
        if (before->source != diag->source || before->span.lo != diag->span.lo ||
            before->span.hi != diag->span.hi)
            return false;
        if (before->code == diag->code && str_equal(before->message, diag->message))
            return true;
    }
    return false;
}

void diag_bag_drop_below(struct diag_bag *bag, enum diag_level level)
{
    size_t kept = 0;
    for (size_t i = 0; i < bag->count; i++)
        if (bag->items[i]->level >= level)
            bag->items[kept++] = bag->items[i];
    bag->count = kept;
}

void diag_bag_finish(struct diag_bag *bag)
{
    struct arena scratch;
    arena_init(&scratch);
    struct entry *entries = rank_entries(bag, &scratch);
    if (bag->count)
        qsort(entries, bag->count, sizeof *entries, compare_entries);
    size_t count = 0;
    bag->errors = bag->warnings = 0;
    for (size_t i = 0; i < bag->count; i++) {
        struct diag *diag = entries[i].diag;
        if (is_repetition(bag, count, diag))
            continue;
        bag->items[count++] = diag;
        bag->errors += diag->level == DIAG_ERROR && !diag->suppressed;
        bag->warnings += diag->level == DIAG_WARNING && !diag->suppressed;
    }
    bag->count = count;
    arena_free(&scratch);
}
