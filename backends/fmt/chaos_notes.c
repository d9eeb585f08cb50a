/* Comments for which the form of a statement has no place: above it, or behind its end. */
#include <stdlib.h>

#include "backends/fmt/chaos_print.h"

/* The comments inside a statement, in the order of the source. */
struct notes {
    struct note **items;
    size_t count, room;
};

static void gather_of(
    struct printer *p, const void *owner, const struct doc_node *top, struct notes *notes)
{
    size_t count;
    struct note *first = trivia_of(&p->trivia, owner, &count);
    for (size_t i = 0; i < count; i++) {
        bool callers = owner == top && first[i].kind != NOTE_DANGLING;
        if (!callers && !first[i].printed)
            *ARENA_PUSH(&p->arena, notes->items, notes->count, notes->room) = &first[i];
    }
}

/* Comments before and behind `top` itself are the caller's. */
static void gather(
    struct printer *p, const struct doc_node *node, const struct doc_node *top, struct notes *notes)
{
    bool object = node->kind == DOC_OBJECT || node->kind == DOC_SET;
    gather_of(p, node, top, notes);
    for (size_t i = 0; object && i < node->as.object.count; i++) {
        gather_of(p, &node->as.object.members[i], top, notes);
        gather(p, node->as.object.members[i].value, top, notes);
    }
    for (size_t i = 0; node->kind == DOC_ARRAY && i < node->as.array.count; i++)
        gather(p, node->as.array.items[i], top, notes);
}

static int by_place(const void *left, const void *right)
{
    const struct note *a = *(struct note *const *)left, *b = *(struct note *const *)right;
    return a->span.lo < b->span.lo ? -1 : a->span.lo > b->span.lo;
}

/* The last one that is not printed, or NULL. */
static struct note *last_left(const struct notes *notes)
{
    struct note *last = NULL;
    for (size_t i = 0; i < notes->count; i++)
        if (!notes->items[i]->printed)
            last = notes->items[i];
    return last;
}

/* Prints what was left, but for the tail, on lines of its own; the others are kept for the next layout. */
static void print_left(struct printer *p, struct notes *notes, struct note *tail, unsigned indent)
{
    size_t kept = 0;
    for (size_t i = 0; i < notes->count; i++) {
        struct note *note = notes->items[i];
        if (note == tail) {
            note->printed = true;
        } else if (note->printed) {
            note->printed = false;
            notes->items[kept++] = note;
        } else {
            print_comment(p, note);
            print_line(p, indent);
        }
    }
    notes->count = kept;
}

void chaos_unit(struct printer *p, chaos_print_fn *fn, const void *what,
    const struct doc_node *node, unsigned indent)
{
    struct notes notes = {0};
    if (!p->flat && p->trivia.count)
        gather(p, node, node, &notes);
    if (notes.count)
        qsort(notes.items, notes.count, sizeof *notes.items, by_place);
    bool only = notes.count == 1;
    size_t start = p->out->len;
    struct note *last, *tail = NULL;
    for (fn(p, what, indent); (last = last_left(&notes)) != NULL; fn(p, what, indent)) {
        if (!tail && last->kind == NOTE_TRAILING && (only || last->span.lo >= node->span.hi))
            tail = last;
        p->out->len = start;
        print_left(p, &notes, tail, indent);
        start = p->out->len;
    }
    if (tail) {
        buf_add_text(p->out, "  ");
        print_comment(p, tail);
    }
}

void chaos_notes_behind(struct printer *p, const struct doc_node *node)
{
    struct notes notes = {0};
    if (!p->flat && p->trivia.count)
        gather(p, node, NULL, &notes);
    for (size_t i = 0; i < notes.count; i++)
        if (notes.items[i]->kind == NOTE_TRAILING && notes.items[i]->span.lo >= node->span.hi) {
            buf_add_text(p->out, "  ");
            print_comment(p, notes.items[i]);
        }
}
