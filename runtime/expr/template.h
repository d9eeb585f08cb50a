/* template.h: Python's string.Template as Chaos Toolkit substitutes it: $name, ${name}, $$.
 * Programs and results live in the caller's arena; text and looked-up values are borrowed. */
#ifndef RUNTIME_EXPR_TEMPLATE_H
#define RUNTIME_EXPR_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

enum template_kind {
    TEMPLATE_TEXT,   /* literal text */
    TEMPLATE_ESCAPE, /* $$, which stands for one $ */
    TEMPLATE_NAMED,  /* $name */
    TEMPLATE_BRACED, /* ${name} */
    TEMPLATE_STRAY,  /* a $ that begins neither, kept as it is */
};

/* A text and its program: a word a segment, its kind and how many bytes of the text it covers (`kind | bytes << 3`).
 * Words hold no pointers, so that a plan has them as constants. */
struct template
{
    struct str text;
    const uint32_t *words;
    size_t count;
};

/* One segment: its place in the text. An all-zero one is where template_next begins. */
struct template_segment {
    enum template_kind kind;
    size_t from, to;
    size_t next; /* the word behind it */
};

/* Moves to the next segment; false behind the last. */
bool template_next(const struct template *template, struct template_segment *segment);

/* Gives the value of a variable, valid at least as long as the result of the expansion; NULL if
 * there is none. */
typedef const struct value *template_lookup(void *context, struct str name);

/* Gives the program that was made of a text beforehand; false if none was. */
typedef bool template_known(void *context, struct str text, struct template *template);

/* What a substitution works with. */
struct template_source {
    template_lookup *lookup;
    template_known *known; /* NULL: every text is parsed */
    void *context;         /* of both */
};

/* True if the text has a `$`, so that expanding it can change it. */
bool template_is_needed(struct str text);

/* True if a $name or ${name} stands in the text: its value is known only when the lookup is. */
bool template_has_reference(struct str text);

/* True if expanding the text can change it, whatever the variables are: it has a reference, or `$$`. */
bool template_can_change(struct str text);

/* Splits the text into segments, which cover it without gap. Nothing is an error (safe_substitute).
 */
struct template template_parse(struct arena *arena, struct str text);

/* The program of a text: the one that the source knows, else as template_parse makes it. */
struct template template_read(
    struct arena *arena, struct str text, const struct template_source *source);

/* True if the words are what template_parse could have made of a text of that length. */
bool template_is_program(const uint32_t *words, size_t count, size_t length);

/* The name of a TEMPLATE_NAMED or TEMPLATE_BRACED segment; names are ASCII: [_A-Za-z][_A-Za-z0-9]*
 */
struct str template_name(const struct template *template, const struct template_segment *segment);

/* Expands a template. One that is exactly `${name}` gives the variable's value with its type;
 * `$name` and every other gives a string, with values spelt as Python's str(). Unknown names stay
 * as they are. */
struct value template_expand(
    struct arena *arena, const struct template *template, const struct template_source *source);

/* Expands every string of a value, in arrays and in the values (not the keys) of objects, to any
 * depth. What a variable brings in is not expanded again. Parts without templates are shared with
 * `data`. */
struct value template_substitute(
    struct arena *arena, const struct value *data, const struct template_source *source);

#endif
