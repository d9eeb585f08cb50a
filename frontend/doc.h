/* doc.h: the document tree that every reader (JSON, YAML, .chaos) builds: values with the spans they came from.
 * Nodes live in the document's arena; strings without escapes point into the source. */
#ifndef FRONTEND_DOC_H
#define FRONTEND_DOC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/diag.h"
#include "frontend/source.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"

enum doc_kind {
    DOC_ERROR, /* could not be read; already reported: later stages accept it as anything and stay silent */
    DOC_NULL,
    DOC_BOOL,
    DOC_INT, /* text: canonical decimal spelling (YAML's 0x10, 010, 1_000 and 1:30 are converted) */
    DOC_REAL,   /* text: JSON spelling of the number, or NaN, Infinity, -Infinity (YAML only) */
    DOC_STRING, /* text: decoded UTF-8 */
    DOC_ARRAY,
    DOC_OBJECT,
    /* What only YAML has; text is the journal's form of it (isoformat, base64 ...). */
    DOC_DATE,
    DOC_DATETIME,
    DOC_BINARY,
    DOC_SET /* members with null values */
};

enum doc_style {
    DOC_PLAIN,
    DOC_SINGLE_QUOTED,
    DOC_DOUBLE_QUOTED,
    DOC_LITERAL,
    DOC_FOLDED,
    DOC_FLOW
};

/* What YAML 1.1 made of a plain scalar that its writer may not have meant; rules report them. */
enum doc_trap {
    DOC_TRAP_NONE,
    DOC_TRAP_BOOL,        /* on, off, yes, no, y/n stay strings in PyYAML */
    DOC_TRAP_SEXAGESIMAL, /* 12:30:45 is 45045 */
    DOC_TRAP_OCTAL,       /* 010 is 8 */
    DOC_TRAP_UNDERSCORE,  /* 1_000 is 1000 */
    DOC_TRAP_EXPONENT,    /* 1e3 is a string */
    DOC_TRAP_DATE,        /* 2020-01-01 is a date */
    DOC_TRAP_NULL         /* an empty value or ~ */
};

struct doc_member;

struct doc_node {
    uint8_t kind;  /* enum doc_kind */
    uint8_t style; /* enum doc_style */
    uint8_t trap;  /* enum doc_trap */
    bool
        aliased; /* reached through a YAML alias: `span` is the alias, children keep the anchor's places */
    struct span
        span; /* the value's own text, quotes and brackets included; empty where YAML has no text */
    union {
        bool truth;
        struct str text;
        struct {
            struct doc_node **items;
            size_t count;
        } array;
        struct {
            struct doc_member *members; /* as written, repeated keys kept; see doc_get */
            size_t count;
        } object;
    } as;
};

struct doc_member {
    struct str key;       /* a key that is no string has Python's text of it: True, None, 1 */
    struct span key_span; /* quotes included */
    uint8_t key_kind;     /* enum doc_kind; DOC_STRING but for YAML's odd keys */
    uint8_t key_style;
    bool repeated; /* a later member has the same key: this one has no effect */
    bool merged;   /* came in by a YAML merge key */
    struct doc_node *value;
};

/* A comment or what else carries no value; kept in source order for the formatter and for suppressions. */
struct doc_comment {
    struct span span; /* from `#` to the line's end, line end excluded */
};

enum doc_notation { DOC_JSON, DOC_YAML, DOC_CHAOS };

struct doc {
    struct arena arena;
    struct source *source; /* borrowed */
    enum doc_notation notation;
    struct doc_node
        *root;   /* never NULL after a read: DOC_ERROR if nothing could be made of the text */
    bool broken; /* a syntax error was reported: the tree is partial */
    struct doc_comment *comments;
    size_t comment_count, comment_room;
};

/* Readers: fill `doc` from its source, report into `bag`, always leave a root. */
void doc_read_json(struct doc *doc, struct source *source, struct diag_bag *bag);
void doc_read_yaml(struct doc *doc, struct source *source, struct diag_bag *bag);
void doc_read_chaos(struct doc *doc, struct source *source, struct diag_bag *bag);

/* Picks the reader by the file name's extension, else (standard input, unknown) by the first significant byte. */
void doc_read(struct doc *doc, struct source *source, struct diag_bag *bag);

/* The notation that doc_read would choose. */
enum doc_notation doc_guess_notation(const struct source *source);

void doc_free(struct doc *doc);

/* The member that counts (the last of equal keys), or NULL if `object` is no object or has no such key. */
const struct doc_member *doc_member(const struct doc_node *object, struct str key);

/* Its value, or NULL. */
const struct doc_node *doc_get(const struct doc_node *object, struct str key);

/* "null", "a boolean", "an integer", "a number", "a string", "an array", "an object" ... for messages. */
const char *doc_kind_name(enum doc_kind kind);

/* Python's truth of the node: what `if not x` in the reference makes of it. */
bool doc_truthy(const struct doc_node *node);

/* Equal as JSON values (order of members and spelling of reals aside). */
bool doc_equal(const struct doc_node *a, const struct doc_node *b);

/* Prints the tree with spans, one node a line, for `chaosc dump --tree`. */
void doc_print(struct buf *out, const struct doc *doc);

#endif
