/* trivia.h: which comment belongs to which element of a document, and where blank lines stood.
 * Owners are the addresses of the tree's members, items and containers; everything else lives in the table's arena. */
#ifndef BACKENDS_FMT_TRIVIA_H
#define BACKENDS_FMT_TRIVIA_H

#include <stdbool.h>
#include <stddef.h>

#include "frontend/doc.h"

enum note_kind {
    NOTE_LEADING,  /* on lines of its own before the element */
    NOTE_TRAILING, /* behind the element on its last line */
    NOTE_HEADING,  /* YAML: behind the key, whose value begins below */
    NOTE_DANGLING  /* on lines of its own behind the last child of a container */
};

struct note {
    const void *owner; /* a struct doc_member, or the struct doc_node of an item or container */
    enum note_kind kind;
    struct span span;
    bool printed;
};

struct trivia {
    struct arena arena;
    const struct doc *doc;
    struct note *notes; /* sorted by owner, then by place */
    size_t count;
};

/* Gives every comment of the document an owner. */
void trivia_init(struct trivia *trivia, const struct doc *doc);
void trivia_free(struct trivia *trivia);

/* The notes of one owner: the first one, and how many follow it in the array (itself included). */
struct note *trivia_of(const struct trivia *trivia, const void *owner, size_t *count);

/* How many notes inside a value are not printed yet; the last of them goes to *last (may be NULL). Those before and
 * behind the value itself are not inside it. */
size_t trivia_inside(const struct trivia *trivia, const struct doc_node *node, struct note **last);

/* Where the statement of an element begins: in .chaos at the keyword that stands before it, if it does; else at `place`. */
uint32_t trivia_place_behind(const struct doc *doc, uint32_t place, struct str keyword);

/* Where an item begins in the source: in .chaos at the `raw` before it, if it has one. */
uint32_t trivia_item_place(const struct doc *doc, const struct doc_node *item);

/* Whether the source has an empty line before the text at this place. */
bool trivia_blank_before(const struct doc *doc, uint32_t place);

#endif
