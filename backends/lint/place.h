/* place.h: where in the tree a finding stands: as a JSON pointer (RFC 6901), and by the names of things, which
 * stay the same while lines and items move. Results live in the arena given, everything else is borrowed. */
#ifndef BACKENDS_LINT_PLACE_H
#define BACKENDS_LINT_PLACE_H

#include "frontend/doc.h"
#include "runtime/base/arena.h"

/* A member or an item with all that it holds. */
struct place_entry {
    struct span span;
    const struct doc_node *node; /* its value */
};

/* The pointer of the innermost member or item around a span; empty for the root. */
struct str place_pointer(struct arena *arena, const struct doc *doc, struct span span);

/* The same with an item's `name` (or `ref`, or its text) in place of its index: /method/kill pod/provider/path. */
struct str place_names(struct arena *arena, const struct doc *doc, struct span span);

/* The same with `*` for every item. */
struct str place_shape(struct arena *arena, const struct doc *doc, struct span span);

/* Finds what a pointer names; an item may be given by index or by its name. False if there is nothing. */
bool place_find(const struct doc *doc, struct str pointer, struct place_entry *entry);

/* The outermost member or item that begins in [from, to), which is a line. False if none does. */
bool place_entry_in(const struct doc *doc, uint32_t from, uint32_t to, struct place_entry *entry);

/* Sets the pointer of every finding of the document that has none. */
void place_findings(const struct doc *doc, struct diag_bag *bag);

#endif
