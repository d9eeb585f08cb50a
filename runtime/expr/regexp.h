/* regexp.h: regular expressions that mean what Python's `re` means, run by PCRE2; and RFC 9485's
 * I-Regexp. Translations live in the caller's arena; a compiled expression is on the heap until
 * regexp_free. */
#ifndef RUNTIME_EXPR_REGEXP_H
#define RUNTIME_EXPR_REGEXP_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* Why a pattern is refused: a byte offset in it and a message in Python's words, without full stop. */
struct regexp_error {
    uint32_t offset;
    struct str message;
    bool unplaced; /* Python names no position here; the offset is where we found it */
};

/* Translates a pattern of Python 3.11's `re` into PCRE2's language. What Python refuses is refused
 * with its message and position; what PCRE2 cannot do is refused by name. A plan stores the
 * translation. */
bool regexp_translate(
    struct arena *arena, struct str pattern, struct str *translation, struct regexp_error *error);

/* The same for an I-Regexp (RFC 9485), which matches a whole text if `whole`, else any part of it.
 */
bool regexp_translate_iregexp(struct arena *arena, struct str pattern, bool whole,
    struct str *translation, struct regexp_error *error);

struct regexp;

/* Compiles a translation. Returns NULL and fills `error` where PCRE2 refuses it (too large). */
struct regexp *regexp_compile(
    struct arena *arena, struct str translation, struct regexp_error *error);

void regexp_free(struct regexp *regexp);

enum regexp_result {
    REGEXP_NO_MATCH,
    REGEXP_MATCH,
    REGEXP_LIMIT /* gave up: too many steps or too deep (catastrophic backtracking) */
};

/* Searches `text` (UTF-8, lone surrogates in their three-byte form) as re.search does; bounded in
 * time. */
enum regexp_result regexp_search(struct regexp *regexp, struct str text);

/* The same within `step_limit` steps of the matcher: ten million take half a second. */
enum regexp_result regexp_search_within(
    struct regexp *regexp, struct str text, uint32_t step_limit);

/* All of the above as a table: who evaluates tolerances and paths is handed it, so that a runner whose experiment has
 * no regular expression links neither this nor PCRE2. */
struct rt_regexps {
    bool (*translate)(struct arena *arena, struct str pattern, struct str *translation,
        struct regexp_error *error);
    bool (*translate_iregexp)(struct arena *arena, struct str pattern, bool whole,
        struct str *translation, struct regexp_error *error);
    struct regexp *(*compile)(
        struct arena *arena, struct str translation, struct regexp_error *error);
    enum regexp_result (*search)(struct regexp *regexp, struct str text);
    void (*free)(struct regexp *regexp);
    enum regexp_result (*search_within)(
        struct regexp *regexp, struct str text, uint32_t step_limit);
};
extern const struct rt_regexps rt_regexps;

#endif
