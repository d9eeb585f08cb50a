/* jsonpath_program.h: the words of a compiled JSONPath, and how they are written.
 * Words are owned by the arena of the builder; a program holds no pointers and no absolute
 * positions. */
#ifndef RUNTIME_EXPR_JSONPATH_PROGRAM_H
#define RUNTIME_EXPR_JSONPATH_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* A program is one JP_QUERY. Each construct begins with a head, `operation | length << 8`, its
 * length in words with the head and everything inside; so what follows it is found without reading
 * it. `off len` is a slice of the program's text; an int64 is two words, the lower first. */
enum jp_operation {
    JP_QUERY,       /* flags, then segments */
    JP_CHILD,       /* selectors */
    JP_DESCENDANT,  /* selectors, applied to a node and everything below it */
    JP_NAME,        /* off len */
    JP_INDEX,       /* int64 */
    JP_SLICE,       /* enum jp_slice_has, then start, end, step as int64 */
    JP_ALL,         /* */
    JP_FILTER,      /* condition: keeps the children for which it holds */
    JP_FILTER_SELF, /* condition: keeps the node itself; jsonpath2 */
    JP_BY_QUERY,    /* query whose values are names and indexes; jsonpath2 */
    JP_METHOD,      /* enum jp_method, then arguments: operands; jsonpath2 */
    JP_OR,          /* conditions */
    JP_AND,         /* conditions */
    JP_NOT,         /* condition */
    JP_EXISTS,      /* query */
    JP_COMPARE,     /* enum jp_comparison, operand, operand */
    JP_TRUTH,       /* literal; jsonpath2 */
    JP_FUNCTION,    /* enum jp_function, operands: a condition or an operand; RFC 9535 */
    JP_NULL,        /* literals */
    JP_TRUE,
    JP_FALSE,
    JP_INT,    /* off len: its spelling */
    JP_REAL,   /* off len: its spelling */
    JP_STRING, /* off len */
    JP_ARRAY,  /* literals */
    JP_OBJECT, /* a JP_STRING and a literal for each member */
};

enum jp_query_flag { JP_FROM_ROOT = 1, JP_SINGULAR = 2 };
enum jp_slice_has { JP_HAS_START = 1, JP_HAS_END = 2, JP_HAS_STEP = 4 };
enum jp_comparison { JP_EQ, JP_NE, JP_LT, JP_LE, JP_GT, JP_GE };

/* JP_FUNCTION_ROW(name, parameters and result): V value, N nodes, L logical. RFC 9535, section 2.4
 */
#define JP_FUNCTIONS                                                                               \
    JP_FUNCTION_ROW(length, "V", 'V')                                                              \
    JP_FUNCTION_ROW(count, "N", 'V')                                                               \
    JP_FUNCTION_ROW(match, "VV", 'L')                                                              \
    JP_FUNCTION_ROW(search, "VV", 'L')                                                             \
    JP_FUNCTION_ROW(value, "N", 'V')

enum jp_function {
#define JP_FUNCTION_ROW(name, parameters, result) JP_FUNCTION_##name,
    JP_FUNCTIONS
#undef JP_FUNCTION_ROW
        JP_FUNCTION_COUNT
};

/* The functions that jsonpath2 takes as a subscript: $.a.length() */
#define JP_METHODS                                                                                 \
    JP_METHOD_ROW(charAt)                                                                          \
    JP_METHOD_ROW(entries)                                                                         \
    JP_METHOD_ROW(keys)                                                                            \
    JP_METHOD_ROW(length)                                                                          \
    JP_METHOD_ROW(substring)                                                                       \
    JP_METHOD_ROW(values)

enum jp_method {
#define JP_METHOD_ROW(name) JP_METHOD_##name,
    JP_METHODS
#undef JP_METHOD_ROW
        JP_METHOD_COUNT
};

static inline enum jp_operation jp_operation(uint32_t head)
{
    return (enum jp_operation)(head & 0xFF);
}

static inline uint32_t jp_length(uint32_t head)
{
    return head >> 8;
}

static inline int64_t jp_int64(const uint32_t *words)
{
    return (int64_t)((uint64_t)words[0] | (uint64_t)words[1] << 32);
}

struct jp_builder {
    struct arena *arena;
    uint32_t *words;
    size_t count, room;
    char *text;
    size_t text_count, text_room;
};

void jp_add(struct jp_builder *builder, uint32_t word);
void jp_add_int64(struct jp_builder *builder, int64_t number);

/* Adds a slice of new text: off len. */
void jp_add_text(struct jp_builder *builder, struct str text);

/* Starts a construct and returns its place, for jp_end. */
size_t jp_begin(struct jp_builder *builder, enum jp_operation operation);

/* Ends the construct that began at `at`: its length is known now. */
void jp_end(struct jp_builder *builder, size_t at);

/* Makes what stands from `at` on the inside of a new construct; `argument` is put behind its head
 * unless it is negative. It is ended by jp_end(at), when more was added or at once. */
void jp_wrap(struct jp_builder *builder, size_t at, enum jp_operation operation, int argument);

#endif
