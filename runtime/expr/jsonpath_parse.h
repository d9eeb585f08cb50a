/* jsonpath_parse.h: tokens of JSONPath and what the parsers of its two dialects share.
 * Everything is owned by one call of jsonpath_compile. */
#ifndef RUNTIME_EXPR_JSONPATH_PARSE_H
#define RUNTIME_EXPR_JSONPATH_PARSE_H

#include "runtime/expr/jsonpath.h"
#include "runtime/expr/jsonpath_program.h"

enum jp_token_kind {
    JP_T_END,
    JP_T_BAD, /* a character that begins no token, or a string that is not closed */
    JP_T_ROOT,
    JP_T_CURRENT,
    JP_T_DOT,
    JP_T_DOTDOT,
    JP_T_STAR,
    JP_T_OPEN_BRACKET,
    JP_T_CLOSE_BRACKET,
    JP_T_OPEN_PAREN,
    JP_T_CLOSE_PAREN,
    JP_T_OPEN_BRACE,
    JP_T_CLOSE_BRACE,
    JP_T_COMMA,
    JP_T_COLON,
    JP_T_QUESTION,
    JP_T_NOT,
    JP_T_AND,
    JP_T_OR,
    JP_T_EQ,
    JP_T_NE,
    JP_T_LT,
    JP_T_LE,
    JP_T_GT,
    JP_T_GE,
    JP_T_ASSIGN, /* a single = in RFC 9535's reading, where it is a mistake */
    JP_T_TRUE,   /* jsonpath2's lexer knows words; RFC 9535's parser does */
    JP_T_FALSE,
    JP_T_NULL,
    JP_T_NAME,
    JP_T_INT,  /* an integer as the dialect writes indexes */
    JP_T_REAL, /* another number */
    JP_T_STRING,
};

struct jp_token {
    enum jp_token_kind kind;
    bool spaced;     /* blanks stand before it */
    uint32_t lo, hi; /* byte offsets, quotes included */
};

/* Reads the token behind `at`; `source` has a NUL behind it. */
void jp_lex_rfc9535(struct str source, uint32_t at, struct jp_token *token);
void jp_lex_jsonpath2(struct str source, uint32_t at, struct jp_token *token);

enum {
    JP_DEEPEST = 100,      /* nested brackets, parentheses and calls */
    JP_MOST_BYTES = 65536, /* of a path: far more than one is, and lengths in words stay small */
};

struct jp_parser {
    struct str source;
    void (*lex)(struct str source, uint32_t at, struct jp_token *token);
    struct jp_token token; /* the next one */
    struct jp_builder out;
    unsigned depth;
    bool failed;
    struct jsonpath_error error;
    enum jsonpath_difference difference; /* the first part that RFC 9535 would read otherwise */
    uint32_t difference_from, difference_to;
};

static inline struct str jp_text(const struct jp_parser *parser, struct jp_token token)
{
    return (struct str){parser->source.ptr + token.lo, token.hi - token.lo};
}

/* Takes the next token and reads the one behind it. */
struct jp_token jp_take(struct jp_parser *parser);

/* Takes the next token if it is of this kind. */
bool jp_accept(struct jp_parser *parser, enum jp_token_kind kind);

/* Records an error at a token, unless there was one, and ends the reading. */
void jp_fail(struct jp_parser *parser, struct jp_token at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Records that `what` is expected where the next token stands. */
void jp_fail_expected(struct jp_parser *parser, const char *what);

/* Counts one more level of nesting; false, with an error, if there are too many. */
bool jp_enter(struct jp_parser *parser);

/* An integer's value; what does not fit becomes INT64_MIN or INT64_MAX. */
int64_t jp_integer(struct str text);

/* Read a whole path; the program is in `out` unless it failed. */
void jp_parse_rfc9535(struct jp_parser *parser);
void jp_parse_jsonpath2(struct jp_parser *parser);

#endif
