/* chaos_lex.h: the .chaos lexer: the whole text to one array of tokens, comments aside.
 * The tokens live in the caller's arena; they hold places only, what a string means is decoded by
 * the builder. */
#ifndef FRONTEND_CHAOS_LEX_H
#define FRONTEND_CHAOS_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/doc.h"

enum chaos_token_flag {
    CHAOS_FIRST_ON_LINE = 1, /* nothing but blanks stands before it on its line */
    CHAOS_BAD = 2,           /* reported by the lexer: its value is an error, silently */
    CHAOS_VIRTUAL = 4,       /* a bracket that the text lacks, put in so that reading can go on */
    CHAOS_MUTED = 8 /* stands where an unclosed string or bracket made everything doubtful */
};

struct chaos_token {
    uint16_t kind; /* enum chaos_tokentype of chaos_parse.h */
    uint16_t flags;
    uint32_t depth; /* brackets open around it; an opening and its closing bracket stand outside
                       themselves */
    struct span span;
};

struct chaos_tokens {
    struct chaos_token *items; /* the last one is the end of the text */
    size_t count, room;
    size_t deepest;     /* how many brackets are open at most, if none is missing */
    struct span *extra; /* closing brackets that close nothing, taken out by chaos_pair */
    size_t extra_count, extra_room;
    bool bad;      /* some token is CHAOS_BAD */
    bool unclosed; /* a string runs to its line's or the text's end: brackets may have been
                      swallowed */
};

/* A lexer on its way through doc->source. */
struct chaos_lexer {
    struct doc *doc;
    struct diag_bag *bag;
    struct chaos_tokens *tokens;
    const unsigned char *start, *cursor, *limit;
    struct chaos_token token; /* the latest */
    size_t depth;
    bool first_on_line;
};

/* A word of the language and the role it plays there. */
enum chaos_role {
    CHAOS_STATEMENT,
    CHAOS_PROVIDER_WORD,
    CHAOS_CLAUSE,
    CHAOS_MODIFIER,
    CHAOS_LITERAL
};

struct chaos_word {
    const char *text;
    uint16_t token;
    enum chaos_role role;
};

/* The table of chaos_words.def; *count is its length. */
const struct chaos_word *chaos_words(size_t *count);

/* The row of a word, or NULL if the language gives it no meaning. */
const struct chaos_word *chaos_word(struct str text);

/* Splits doc->source into tokens (in `arena`, depths not yet set), collects comments into `doc`, reports what is wrong
 * within a token. */
void chaos_lex(
    struct arena *arena, struct doc *doc, struct diag_bag *bag, struct chaos_tokens *tokens);

/* The same one by one: each call returns the next token, which the call after it overwrites; past
 * the end there are only ends. Of `tokens` only the facts about all of them are set. */
void chaos_lex_start(
    struct chaos_lexer *lexer, struct doc *doc, struct diag_bag *bag, struct chaos_tokens *tokens);
const struct chaos_token *chaos_lex_next(struct chaos_lexer *lexer);

#endif
