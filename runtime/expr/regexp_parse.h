/* regexp_parse.h: what the parts of the translator from Python's `re` to PCRE2 share.
 * Everything is owned by one call of regexp_translate. */
#ifndef RUNTIME_EXPR_REGEXP_PARSE_H
#define RUNTIME_EXPR_REGEXP_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/expr/regexp.h"

enum re_flag {
    RE_IGNORECASE = 1,
    RE_MULTILINE = 2,
    RE_DOTALL = 4,
    RE_VERBOSE = 8,
    RE_ASCII = 16,
    RE_UNICODE = 32,
    RE_LOCALE = 64,
    RE_TEMPLATE = 128,
    RE_TYPES = RE_ASCII | RE_UNICODE | RE_LOCALE,
};

/* How many characters a part can match; a lookbehind takes only parts with lo == hi. */
struct re_width {
    uint64_t lo, hi;
};

enum { RE_WIDEST = 0x7FFFFFFF }; /* widths and counts saturate here */

struct re_group {
    struct str name; /* empty if none */
    struct re_width width;
    bool closed;
};

struct re_reference {
    unsigned group;
    size_t offset;
};

struct re_parser {
    struct arena *arena;
    struct str source;
    struct str token; /* the next one: a character, or a backslash and one; ptr NULL at the end */
    size_t at;        /* offset behind the token */
    struct buf out;
    unsigned global_flags, depth;

    struct re_group *groups; /* groups[0] is the whole pattern */
    size_t group_count, group_room;
    size_t
        lookbehind_groups; /* how many there were where the outermost lookbehind began; 0 outside */

    struct re_reference *conditions; /* (?(2)...) by number, checked at the end */
    size_t condition_count, condition_room;

    bool failed;
    struct regexp_error error;
    bool late; /* an error that Python finds only after it has read the whole pattern */
    struct regexp_error late_error;
};

/* Records an error `back` bytes before the next token, unless there was one, and ends the reading.
 */
void re_fail(struct re_parser *parser, size_t back, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Where the next token begins. */
static inline size_t re_tell(const struct re_parser *parser)
{
    return parser->at - parser->token.len;
}

/* Takes the next token; ptr is NULL at the end. */
struct str re_take(struct re_parser *parser);

/* Takes the next token if it is this character. */
bool re_accept(struct re_parser *parser, char c);

static inline bool re_is(struct str token, char c)
{
    return token.ptr && token.len == 1 && token.ptr[0] == c;
}

/* The code point of a one-character token. */
uint32_t re_code(struct str token);

/* What an escape stands for. */
enum re_escape_kind {
    RE_LITERAL,   /* `code` */
    RE_CATEGORY,  /* \d \D \s \S \w \W: `code` is the letter */
    RE_POSITION,  /* \A \b \B \Z: `code` is the letter */
    RE_GROUP,     /* a reference to group `code` */
    RE_NO_ESCAPE, /* an error was recorded */
};

struct re_escape {
    enum re_escape_kind kind;
    uint32_t code;
};

/* Reads the rest of an escape whose first two characters are `token`, inside or outside of a set.
 */
struct re_escape re_read_escape(struct re_parser *parser, struct str token, bool in_set);

/* Reports a reference to a group that is open, or defined in the same lookbehind, as Python does.
 */
void re_check_lookbehind_group(struct re_parser *parser, unsigned group);

/* Writes one character, as it matches under the flags. */
void re_emit_literal(struct re_parser *parser, uint32_t code, unsigned flags);

/* Writes \d and its like outside of a set. */
void re_emit_category(struct re_parser *parser, char letter, unsigned flags);

/* Writes \A, \b, \B or \Z. */
void re_emit_position(struct re_parser *parser, char letter, unsigned flags);

/* The flag that a character stands for, or 0. */
unsigned re_flag_of(struct str token);

/* Reads inline flags, the first being `token`. Returns true if they are those of a group, which follows, false
 * if they are global: (?i) */
bool re_read_flags(struct re_parser *parser, struct str token, unsigned *on, unsigned *off);

/* Reads a set behind its `[` and writes it. */
void re_translate_set(struct re_parser *parser, unsigned flags);

#endif
