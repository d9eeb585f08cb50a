/* chaos_piece.h: an activity or control of .chaos as pieces that wrap as a whole: provider, clauses, tolerance.
 * Pieces borrow the document; what is set aside for `with` lives in the printer's arena. */
#ifndef BACKENDS_FMT_CHAOS_PIECE_H
#define BACKENDS_FMT_CHAOS_PIECE_H

#include "backends/fmt/chaos_print.h"

/* What a piece of an activity is; each wraps as a whole. */
enum piece_form {
    PIECE_PROVIDER,
    PIECE_CONTROL_PROVIDER,
    PIECE_VALUE,
    PIECE_TIME,
    PIECE_NAMES,
    PIECE_FLAG, /* a plain word without quotes, or a value */
    PIECE_CONTROLS,
    PIECE_WORDS, /* only the keyword */
    PIECE_TOLERANCE
};

struct piece {
    enum piece_form form;
    const char *keyword;
    const struct doc_node *node;
    const void *owners[6]; /* comments of these stand at the piece */
    uint32_t place;
};

enum { MOST_PIECES = 24 };

struct pieces {
    struct piece items[MOST_PIECES];
    size_t count;
    struct doc_node *leftover, *provider_leftover; /* members that no form takes */
};

/* Adds the piece of a member; comments of the member stand at the piece. */
struct piece *piece_add(struct pieces *pieces, enum piece_form form, const char *keyword,
    const struct doc_member *member);

/* Sets a member aside for `with`, in `*object`. */
void piece_set_aside(struct printer *p, struct doc_node **object, const struct doc_member *member);

/* All pieces behind the head that is printed already: on the same line if they fit there, else below. */
void piece_print_all(
    struct printer *p, const struct doc_node *node, const struct pieces *pieces, unsigned indent);

/* The same for pieces in braces of their own: on one line (a chaos_print_fn), or wrapped from the line's start on. */
void piece_flat(struct printer *p, const void *pieces, unsigned indent);
void piece_wrap(
    struct printer *p, const struct pieces *pieces, bool first_on_line, unsigned indent);

/* What single pieces are printed by. */
void chaos_provider(struct printer *p, const struct doc_node *provider, unsigned indent);
void chaos_control_provider(struct printer *p, const struct doc_node *provider, unsigned indent);
void chaos_tolerance(struct printer *p, const struct doc_node *node, unsigned indent);

#endif
