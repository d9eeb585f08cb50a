/* json_read.h: what the parts of the JSON document reader share: json_read.c knows the grammar, json_mend.c
 * what is wrong between tokens, json_mend_token.c within one, json_mend_bracket.c with brackets. Private to the reader.
 * The reader lives for one doc_read_json; nodes and texts go to the document's arena, findings to the bag. */
#ifndef FRONTEND_JSON_READ_H
#define FRONTEND_JSON_READ_H

#include "frontend/diag.h"
#include "frontend/doc.h"
#include "runtime/base/json.h"

enum {
    JSON_MAX_DEPTH =
        JSON_DEFAULT_DEPTH, /* of arrays and objects in each other: the runtime's, too */
    JSON_MOST_ERRORS = 100  /* then reading stops: such a file is not JSON at all */
};

/* An array or object that is being read. */
struct json_open {
    const struct json_open *around; /* the one it stands in, or NULL */
    size_t lo;                      /* its bracket */
    char closer;                    /* '}' or ']' */
};

struct json_reader {
    struct doc *doc;
    struct source *source;
    struct diag_bag *bag;
    struct str text;
    struct json_lexer lexer;
    struct json_token token; /* the next one to be read */
    size_t behind;           /* the end of the token before it */
    size_t comma;            /* where the latest separator was */
    unsigned errors;
    unsigned repeated; /* keys reported as such */
    unsigned depth;
    bool stopped;   /* reading ended early: the end of the text says nothing any more */
    bool doubtful;  /* the token before was guessed: a missing comma or colon here is no news */
    bool templated; /* a placeholder was reported: the file is a template */
    bool bad_utf8;  /* reported already: it is the file's encoding, not many errors */
    const struct json_open *open;
    /* Children of the containers that are still open, in the scratch arena; they move to the document's when
     * theirs closes. */
    struct arena scratch;
    struct {
        struct doc_node **items;
        size_t count, room;
    } nodes;
    struct {
        struct doc_member *items;
        size_t count, room;
    } members;
};

/* Adds a finding that makes the document broken. */
#define JSON_REPORT(reader, code, span, ...)                                                       \
    (json_note_error(reader),                                                                      \
        diag_add((reader)->bag, (reader)->source, (code), (span), __VA_ARGS__))

/* Marks the document as broken; after too many errors says so and stops. */
void json_note_error(struct json_reader *r);

/* Ends the reading here, quietly: what follows would be misread. */
void json_stop(struct json_reader *r);

/* Reports and passes over what stands between tokens and should not: comments, odd blanks, stray characters. */
void json_skip_bad(struct json_reader *r);

/* Moves to the next token. */
static inline void json_next(struct json_reader *r)
{
    r->behind = r->token.hi;
    json_lex(&r->lexer, &r->token);
    if (r->token.kind == JSON_BAD)
        json_skip_bad(r);
}

struct doc_node *json_node(struct json_reader *r, enum doc_kind kind, struct span span);

static inline struct span json_token_span(const struct json_token *token)
{
    return span_make(token->lo, token->hi);
}

/* An empty place just behind the token before. */
static inline struct span json_behind(const struct json_reader *r)
{
    return span_make(r->behind, r->behind);
}

static inline struct str json_token_text(const struct json_reader *r)
{
    return (struct str){r->text.ptr + r->token.lo, r->token.hi - r->token.lo};
}

/* Reports a byte that is not UTF-8, once a file. */
void json_report_bad_byte(struct json_reader *r, size_t at);

/* The JSON_BAD token as the value it was meant to be, reported; moves behind it. */
struct doc_node *json_mend_value(struct json_reader *r);

/* NaN or an infinity: reported, but read, for the reference reads it. */
struct doc_node *json_mend_not_finite(struct json_reader *r);

/* The token, any scalar, as the key it was meant to be, reported; moves behind it. False if it
 * cannot be a key. */
bool json_mend_key(struct json_reader *r, struct str *key);

/* True at `{{` and `{%`: a template's placeholder; no JSON text has these characters outside of strings. */
bool json_at_template(const struct json_reader *r);

/* Reports the first placeholder of a file and moves behind it. */
void json_skip_template(struct json_reader *r);

/* At a key whose closing quote was forgotten, so that it runs over its colon ("title: "x"): reports it, sets the
 * key, moves to the colon and returns true. */
bool json_mend_open_key(struct json_reader *r, struct str *key);

/* Text that stands right behind a string: the string ended too early. Reports it, passes over the rest of
 * the line up to a comma, colon or bracket, and returns true. */
bool json_mend_touching(struct json_reader *r);

static inline bool json_mend_early_quote(struct json_reader *r)
{
    return r->token.kind > JSON_STRING && r->token.lo == r->behind && json_mend_touching(r);
}

/* Reports the containers that are open at the end of the text. */
void json_report_unclosed(struct json_reader *r);

/* At an object in key position inside an object of an array: the bracket between them was forgotten. Reports so
 * and returns true; the object is then the array's next item. */
bool json_mend_next_item(struct json_reader *r);

/* At a bracket that ends the innermost container: true if it is one too many, or its opening one was forgotten;
 * then it is reported and passed over. */
bool json_mend_extra_closer(struct json_reader *r);

/* At a key where a value should start: true if a `{` was forgotten before it; reported. */
bool json_mend_lost_brace(struct json_reader *r);

/* At a value where a key should stand: true if a `[` was forgotten before the value `first`; reported. */
bool json_mend_lost_bracket(struct json_reader *r, const struct doc_node *first);

/* At a closing bracket right behind a colon: true if its opening one was forgotten; reported. */
bool json_mend_lost_pair(struct json_reader *r);

/* At a comma right behind an opening bracket: true if the closing one was forgotten; reported. */
bool json_mend_at_once(struct json_reader *r);

/* At a key inside an array: true if the array's `]` was forgotten; reported. */
bool json_mend_lost_end(struct json_reader *r);

/* At a closing bracket of the wrong kind: reports it, and returns true if it was meant for this container. */
bool json_mend_wrong_closer(struct json_reader *r);

/* Passes over a container that is nested too deep; reported. */
struct doc_node *json_skip_deep(struct json_reader *r);

/* Reports what stands behind the document. */
void json_report_extra(struct json_reader *r, const struct doc_node *root);

/* Reports a text that starts like YAML or prose and returns true. */
bool json_is_yaml(struct json_reader *r);

/* Reports an input that is not UTF-8 text at all (UTF-16, UTF-32) and returns true. */
bool json_is_foreign(struct json_reader *r);

#endif
