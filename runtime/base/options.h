/* options.h: command line options as rows of a table: parsing, help and completion come from the
 * row. Tables are constant; parsed strings point into argv, lists live in the arena given. */
#ifndef RUNTIME_BASE_OPTIONS_H
#define RUNTIME_BASE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

enum option_type {
    OPTION_FLAG,     /* bool, set to true */
    OPTION_FLAG_OFF, /* bool, set to false */
    OPTION_TEXT,     /* const char *, the last one counts */
    OPTION_COUNT,    /* long, a decimal number not below 0 */
    OPTION_SECONDS,  /* double: "2", "0.5", "500ms", "3s", "2m", "1h" */
    OPTION_CHOICE,   /* int, an index into `choices` */
    OPTION_LIST      /* struct option_list, in the order given */
};

struct option_list {
    const char **items;
    size_t count, room;
};

struct option_row {
    const char *name; /* without dashes */
    char letter;      /* 0 if it has no short form */
    enum option_type type;
    size_t offset;              /* of the field in the options structure */
    const char *value;          /* what the help calls the value; NULL for flags */
    const char *const *choices; /* OPTION_CHOICE: NULL-terminated */
    const char *help;           /* one sentence without full stop */
};

/* Rows that fill one options structure; tables are searched in order, so that commands can share
 * rows. */
struct option_table {
    const struct option_row *rows;
    size_t count;
    size_t base; /* added to each row's offset: where the rows' own structure lies in the whole */
};

#define OPTION_TABLE(array) ((struct option_table){(array), sizeof(array) / sizeof((array)[0]), 0})

struct option_parser {
    struct arena *arena;
    const struct option_table *tables;
    size_t table_count;
    void *options;      /* the structure to fill */
    const char *whose;  /* for messages: "chaosc run" */
    struct str message; /* what was wrong, after a failure */
};

/* Parses argv[0..argc): fills the options, moves what is no option to the front of argv and counts
 * it in *left. False with a message if something is wrong. "--" ends the options; "-" is an
 * argument. */
bool options_parse(struct option_parser *parser, int argc, char **argv, size_t *left);

/* Adds one line (or two) of help for every row. */
void options_help(struct buf *out, const struct option_table *tables, size_t table_count);

#endif
