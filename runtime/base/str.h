/* str.h: an immutable slice of bytes, UTF-8 unless said otherwise; not necessarily NUL-terminated.
 * A slice owns nothing: it lives as long as the arena, source or literal it points into. */
#ifndef RUNTIME_BASE_STR_H
#define RUNTIME_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct str {
    const char *ptr;
    size_t len;
};

/* A slice of a string literal, usable in constant initialisers as STR_INIT. */
#define STR_INIT(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define STR(literal) ((struct str)STR_INIT(literal))

/* For printf's "%.*s". */
#define STR_ARG(s) (int)(s).len, (s).ptr

static inline struct str str_from(const char *text)
{
    return (struct str){text, text ? strlen(text) : 0};
}

static inline struct str str_slice(const char *from, const char *to)
{
    return (struct str){from, (size_t)(to - from)};
}

static inline bool str_equal(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* str_is(s, "literal") */
#define str_is(s, literal) str_equal((s), STR(literal))

static inline bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_equal((struct str){s.ptr, prefix.len}, prefix);
}

static inline bool str_ends(struct str s, struct str suffix)
{
    return s.len >= suffix.len &&
           str_equal((struct str){s.ptr + s.len - suffix.len, suffix.len}, suffix);
}

/* Byte order, the shorter first where one is the other's prefix; <0, 0 or >0. */
int str_compare(struct str a, struct str b);

/* True if `needle` (not empty) stands in `s`. */
bool str_contains(struct str s, struct str needle);

/* A seedless 64-bit hash for tables whose keys come from one file. */
unsigned long long str_hash(struct str s);

/* Edit distance (insert, delete, replace, swap of neighbours) of two short strings, at most `limit` + 1;
 * letters that differ in case or `-` for `_` cost nothing, so near-misses sort first. */
unsigned str_distance(struct str a, struct str b, unsigned limit);

#endif
