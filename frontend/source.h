/* source.h: the text of one input (file, standard input, buffer) and places in it.
 * The source owns its bytes and name; spans and slices into it are valid until source_free. */
#ifndef FRONTEND_SOURCE_H
#define FRONTEND_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* Half-open byte range [lo, hi) of a source; lo == hi is a place between two bytes. */
struct span {
    uint32_t lo, hi;
};

static inline struct span span_make(size_t lo, size_t hi)
{
    return (struct span){(uint32_t)lo, (uint32_t)hi};
}

/* The smallest span that holds both. */
static inline struct span span_join(struct span a, struct span b)
{
    return (struct span){a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

/* Line and column as people count them: from 1, columns in code points. */
struct place {
    uint32_t line, column;
};

struct source {
    struct arena arena;
    struct str name;       /* as given by the user: a path, or "<stdin>" */
    struct str text;       /* the whole input; text.ptr[text.len] is NUL for the lexers */
    uint32_t *line_starts; /* built on the first request for a place */
    uint32_t line_count;
    struct {
        uint32_t offset;
        struct place place;
    } last; /* the latest answer: places are asked for in order, also along lines of megabytes */
};

enum source_status {
    SOURCE_OK,
    SOURCE_UNREADABLE, /* errno tells */
    SOURCE_IS_DIRECTORY,
    SOURCE_TOO_LARGE /* past 1 GiB: spans are 32 bits and no experiment is that long */
};

/* Reads the file `path` ("-" is standard input). On failure nothing needs freeing and errno is set. */
enum source_status source_open(struct source *source, const char *path);

/* Makes a source of a copy of `text` (for tests, the language server and embedded documents). */
void source_from_text(struct source *source, struct str name, struct str text);

void source_free(struct source *source);

/* How many lines there are: line ends (LF, CRLF, CR) and one. */
uint32_t source_line_count(struct source *source);

/* The line, from 1, that holds a byte offset; cheaper than its place. */
uint32_t source_line_at(struct source *source, uint32_t offset);

/* Where a byte offset stands; an offset past the end is the place behind the last byte. */
struct place source_place(struct source *source, uint32_t offset);

/* The offset of the first byte of a line counted from 1 (past the last line: the length of the text). */
uint32_t source_line_start(struct source *source, uint32_t line);

/* The text of a line counted from 1, without its line end. */
struct str source_line(struct source *source, uint32_t line);

static inline struct str source_slice(const struct source *source, struct span span)
{
    return (struct str){source->text.ptr + span.lo, (size_t)(span.hi - span.lo)};
}

#endif
