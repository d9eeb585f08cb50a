/* json_write.h: a streaming JSON writer, for journals, reports and protocol messages.
 * The caller owns the buffer; the writer holds no memory of its own and needs no closing. */
#ifndef RUNTIME_BASE_JSON_WRITE_H
#define RUNTIME_BASE_JSON_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

struct json_style {
    unsigned indent; /* columns a level; 0 writes everything on one line */
    bool spaced;     /* on one line: ", " and ": " as Python's json.dumps, not "," and ":" */
    bool ascii;      /* everything beyond ASCII as \uXXXX, as Python's default ensure_ascii */
};

struct json_writer {
    struct buf *out;
    struct json_style style;
    unsigned depth;
    bool filled;    /* the innermost open container has a child already */
    bool after_key; /* a key is written and its value is due */
};

/* Starts writing one value at the end of `out`. */
struct json_writer jw_start(struct buf *out, struct json_style style);

void jw_open_object(struct json_writer *w);
void jw_close_object(struct json_writer *w);
void jw_open_array(struct json_writer *w);
void jw_close_array(struct json_writer *w);

/* Writes a member's key; exactly one value must follow. */
void jw_key(struct json_writer *w, struct str key);

/* A string value: lone surrogates (three-byte form) are escaped, other invalid bytes become U+FFFD. */
void jw_string(struct json_writer *w, struct str text);
void jw_null(struct json_writer *w);
void jw_bool(struct json_writer *w, bool truth);
void jw_int(struct json_writer *w, long long number);

/* A double as Python's json.dumps spells it; infinities and NaN come out as Infinity and NaN. */
void jw_real(struct json_writer *w, double number);

/* Text that is one JSON value already: a number as it was spelt, or a document to be embedded. */
void jw_raw(struct json_writer *w, struct str text);

/* A whole value; numbers keep their spelling. */
void jw_value(struct json_writer *w, const struct value *value);

/* Member shorthands: the key, then the value. */
void jw_key_string(struct json_writer *w, const char *key, struct str text);
void jw_key_text(struct json_writer *w, const char *key, const char *text);
void jw_key_bool(struct json_writer *w, const char *key, bool truth);
void jw_key_int(struct json_writer *w, const char *key, long long number);

/* Adds `text` quoted and escaped to `out`: what jw_string writes, without a writer. */
void json_quote(struct buf *out, struct str text, bool ascii);

#endif
