#include "frontend/fix.h"

#include <stdlib.h>

#include "runtime/base/mem.h"

/* Accepted edits in order of place; fixes are few, so that inserting moves little. */
struct accepted {
    const struct diag_edit **edits;
    size_t count, room;
};

/* Two edits touch if they overlap, or insert at the same place. */
static bool touches(const struct diag_edit *a, const struct diag_edit *b)
{
    if (a->span.lo == b->span.lo)
        return true;
    return a->span.lo < b->span.hi && b->span.lo < a->span.hi;
}

static bool fits(const struct accepted *accepted, const struct diag_fix *fix)
{
    for (size_t e = 0; e < fix->edit_count; e++) {
        for (size_t i = 0; i < accepted->count; i++)
            if (touches(accepted->edits[i], &fix->edits[e]))
                return false;
        for (size_t other = 0; other < e; other++)
            if (touches(&fix->edits[other], &fix->edits[e]))
                return false;
    }
    return true;
}

static int compare_places(const void *a, const void *b)
{
    const struct diag_edit *const *x = a;
    const struct diag_edit *const *y = b;
    return ((*x)->span.lo > (*y)->span.lo) - ((*x)->span.lo < (*y)->span.lo);
}

static void accept(struct accepted *accepted, const struct diag_fix *fix)
{
    for (size_t e = 0; e < fix->edit_count; e++) {
        if (accepted->count == accepted->room) {
            accepted->room = accepted->room ? accepted->room * 2 : 32;
            accepted->edits =
                mem_realloc(accepted->edits, accepted->room * sizeof *accepted->edits);
        }
        accepted->edits[accepted->count++] = &fix->edits[e];
    }
}

size_t fix_apply(struct buf *out, const struct source *source, const struct diag_bag *bag,
    enum diag_applicability most)
{
    struct accepted accepted = {0};
    size_t applied = 0;
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *d = bag->items[i];
        if (!d->fix || d->suppressed || d->level < DIAG_WARNING || d->source != source ||
            d->fix->applicability > most || d->fix->edit_count == 0 || !fits(&accepted, d->fix))
            continue;
        accept(&accepted, d->fix);
        applied++;
    }
    if (accepted.count > 1)
        qsort(accepted.edits, accepted.count, sizeof *accepted.edits, compare_places);
    size_t at = 0;
    for (size_t i = 0; i < accepted.count; i++) {
        const struct diag_edit *edit = accepted.edits[i];
        buf_add(out, source->text.ptr + at, edit->span.lo - at);
        buf_add_str(out, edit->text);
        at = edit->span.hi;
    }
    buf_add(out, source->text.ptr + at, source->text.len - at);
    mem_free(accepted.edits);
    return applied;
}
