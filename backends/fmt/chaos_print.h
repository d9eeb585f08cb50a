/* chaos_print.h: what the files of the .chaos printer share: words, values, and pieces that wrap as a whole.
 * Everything borrows the printer. In flat mode a function either stays on the line or sets `failed`. */
#ifndef BACKENDS_FMT_CHAOS_PRINT_H
#define BACKENDS_FMT_CHAOS_PRINT_H

#include "backends/fmt/printer.h"

/* Lexical questions (chaos_print_value.c). */
bool chaos_is_word(struct str text);   /* lexed as one word, keyword or not */
bool chaos_is_plain(struct str text);  /* a word, and no literal */
bool chaos_is_dotted(struct str text); /* words joined by dots, at least two */

/* A string in quotes, always: titles and names. */
void chaos_name(struct printer *p, struct str text);

/* A word where it may stand without quotes, else quoted: keys, tags, groups, targets. */
void chaos_key(struct printer *p, struct str text);

/* A regular expression or JSONPath: raw quotes wherever they can hold it. */
void chaos_pattern(struct printer *p, const struct doc_node *node);

/* A value; `indent` is that of the line it starts on. */
void chaos_value(struct printer *p, const struct doc_node *node, unsigned indent);

/* Seconds with a unit, as the writer wrote them if he wrote .chaos. */
void chaos_time(struct printer *p, const struct doc_node *node, unsigned indent);

/* Names separated by commas: tags, secret groups. */
void chaos_names(struct printer *p, const struct doc_node *array);

/* An object's members between two brackets ("{}" or "()"). `words` prints plain words without quotes. */
void chaos_members(struct printer *p, const struct doc_node *object, const char *brackets,
    bool words, unsigned indent);

/* What a function prints on one line: false if it does not fit on one, else the text, in the arena. */
typedef void chaos_print_fn(struct printer *p, const void *what, unsigned indent);
bool chaos_flat(struct printer *p, chaos_print_fn *fn, const void *what, struct str *text);

/* Whether `length` more columns fit behind what the current line holds. */
bool chaos_fits(const struct printer *p, size_t length);

/* Activities, controls and sources (chaos_print_activity.c). */
void chaos_activity(struct printer *p, const struct doc_node *node, unsigned indent);
void chaos_control(struct printer *p, const struct doc_node *node, unsigned indent);
void chaos_source(struct printer *p, const struct doc_node *node, unsigned indent);
bool chaos_is_source(const struct doc_node *node);

/* `controls { ... }` behind what was printed on the line. */
void chaos_controls(struct printer *p, const struct doc_node *array, unsigned indent);

/* What comments are left of those that stand behind a value, behind it on its line (chaos_notes.c). */
void chaos_notes_behind(struct printer *p, const struct doc_node *node);

/* Prints a statement, entry or element with all comments inside `node`: those that its layout has no place for go above
 * it, in the order of the source, and it is laid out again without them, so that a second run finds nothing to move.
 * One that stood behind its end stays there. */
void chaos_unit(struct printer *p, chaos_print_fn *fn, const void *what,
    const struct doc_node *node, unsigned indent);

#endif
