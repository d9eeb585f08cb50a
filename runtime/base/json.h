/* json.h: the one JSON lexer (RFC 8259) and the strict reader of values: bodies, outputs, protocol messages.
 * Text is borrowed and must have a NUL behind its last byte; values point into it or into the caller's arena. */
#ifndef RUNTIME_BASE_JSON_H
#define RUNTIME_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

/* What can be wrong with JSON text: first what the lexer finds in one token, then what a reader finds between
 * tokens. JSON_ERROR(name, text) */
#define JSON_ERRORS                                                                                \
    JSON_ERROR(CHARACTER, "this character has no place in JSON")                                   \
    JSON_ERROR(SPACE, "JSON allows only blanks, tabs and line ends between values")                \
    JSON_ERROR(UTF8, "this byte is not valid UTF-8")                                               \
    JSON_ERROR(WORD, "a word without quotes")                                                      \
    JSON_ERROR(NUMBER, "not a number as JSON spells it")                                           \
    JSON_ERROR(COMMENT, "JSON has no comments")                                                    \
    JSON_ERROR(UNCLOSED_COMMENT, "this comment is never closed")                                   \
    JSON_ERROR(SINGLE_QUOTES, "JSON strings take double quotes")                                   \
    JSON_ERROR(TYPOGRAPHIC_QUOTES, "JSON strings take plain double quotes")                        \
    JSON_ERROR(CONFLICT, "a version control conflict marker")                                      \
    JSON_ERROR(UNCLOSED_STRING, "this string is never closed")                                     \
    JSON_ERROR(ESCAPE, "a backslash sequence that JSON does not know")                             \
    JSON_ERROR(UNICODE_ESCAPE, "\\u takes four hexadecimal digits")                                \
    JSON_ERROR(CONTROL, "a control character inside a string must be escaped")                     \
    JSON_ERROR(STRING_UTF8, "the string is not valid UTF-8")                                       \
    JSON_ERROR(EMPTY, "the text is empty")                                                         \
    JSON_ERROR(VALUE_EXPECTED, "a value is expected here")                                         \
    JSON_ERROR(KEY_EXPECTED, "a key in double quotes is expected here")                            \
    JSON_ERROR(COLON_EXPECTED, "a colon is expected here")                                         \
    JSON_ERROR(COMMA_EXPECTED, "a comma or a closing bracket is expected here")                    \
    JSON_ERROR(EXTRA, "nothing may follow the value")                                              \
    JSON_ERROR(DEPTH, "the value is nested too deep")                                              \
    JSON_ERROR(NOT_FINITE, "JSON has no NaN and no infinities")

enum json_error {
    JSON_OK,
#define JSON_ERROR(name, text) JSON_ERROR_##name,
    JSON_ERRORS
#undef JSON_ERROR
};

/* The sentence (no full stop) of an error. */
const char *json_error_text(enum json_error error);

enum json_token_kind {
    JSON_END,
    JSON_OPEN_OBJECT,
    JSON_CLOSE_OBJECT,
    JSON_OPEN_ARRAY,
    JSON_CLOSE_ARRAY,
    JSON_COLON,
    JSON_COMMA,
    JSON_STRING,
    JSON_INT,
    JSON_REAL,
    JSON_NOT_FINITE, /* NaN, Infinity, -Infinity: no JSON, but Python writes them */
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_BAD /* `error` says why; the token reaches to where reading can go on */
};

struct json_token {
    enum json_token_kind kind;
    enum json_error error;
    bool escaped;  /* JSON_STRING: its text holds escapes, see json_unquote */
    size_t lo, hi; /* byte offsets, quotes included */
    size_t at;     /* JSON_BAD: the first offending byte, in [lo, hi] */
};

struct json_lexer {
    const char *start, *cursor, *limit;
};

/* Starts at the first byte of `text`, which has a NUL behind it. */
struct json_lexer json_lexer(struct str text);

/* Reads the next token; after JSON_END it stays there. Comments, bad strings and so on are one JSON_BAD each. */
void json_lex(struct json_lexer *lexer, struct json_token *token);

/* A run inside a string. */
enum json_part_kind {
    JSON_PART_PLAIN,
    JSON_PART_ESCAPE,  /* \n and its like */
    JSON_PART_UNICODE, /* \uXXXX */
    JSON_PART_QUOTE,
    JSON_PART_BAD, /* `error` says why */
    JSON_PART_END  /* of the text */
};

struct json_part {
    enum json_part_kind kind;
    enum json_error error;
    unsigned unit; /* what an escape stands for: a UTF-16 unit */
};

/* Reads the run at the cursor and moves it behind. */
struct json_part json_lex_part(struct json_lexer *lexer);

/* Decodes the inside [lo, hi) of a string token, quotes excluded: a slice of the text where nothing is escaped,
 * else a copy in the arena. Lone surrogates take their three-byte form; what is wrong stays as it is, bytes
 * that are not UTF-8 become U+FFFD. */
struct str json_unquote(struct arena *arena, struct str text, size_t lo, size_t hi);

struct json_options {
    unsigned max_depth;    /* arrays and objects around a value; 0 means JSON_DEFAULT_DEPTH */
    bool allow_not_finite; /* read NaN, Infinity and -Infinity, as Python does */
    bool merge_keys;       /* of equal keys keep the last value alone, as Python does */
};

enum { JSON_DEFAULT_DEPTH = 512 };

struct json_failure {
    enum json_error error;
    size_t offset; /* in bytes */
};

/* Reads a text that is exactly one JSON value into `value`: numbers keep their spelling, repeated keys stay.
 * Stops at the first error, which goes to `failure` (may be NULL), and returns false. */
bool json_parse(struct arena *arena, struct str text, const struct json_options *options,
    struct value *value, struct json_failure *failure);

#endif
