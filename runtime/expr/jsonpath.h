/* jsonpath.h: JSONPath compiled to words and evaluated: RFC 9535, and the dialect of Python's
 * jsonpath2. Programs live in the caller's arena and hold no pointers inside; results point into
 * the document or arena. */
#ifndef RUNTIME_EXPR_JSONPATH_H
#define RUNTIME_EXPR_JSONPATH_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

struct rt_regexps;

enum jsonpath_dialect {
    JSONPATH_AUTO,      /* jsonpath2 where it accepts the path, else RFC 9535 */
    JSONPATH_RFC9535,   /* filters test children; functions length, count, match, search, value */
    JSONPATH_JSONPATH2, /* filters test the node itself; and, or, not, =; subscript functions */
};

/* A compiled path: `words` is the program, `text` the bytes that its constants index. Both can be
 * stored and loaded as they are; jsonpath_program.h describes the words. */
struct jsonpath {
    enum jsonpath_dialect dialect; /* the reading that was chosen, never JSONPATH_AUTO */
    const uint32_t *words;
    size_t word_count;
    struct str text;
};

/* Why a path cannot be read: a byte range inside the path and a message without full stop. */
struct jsonpath_error {
    uint32_t from, to;
    struct str message;
};

/* Compiles a path (blanks around it are skipped, as the reference does). Under JSONPATH_AUTO the
 * error is the one of RFC 9535. Returns false and fills `error` where the path is no path. */
bool jsonpath_compile(struct arena *arena, struct str path, enum jsonpath_dialect dialect,
    struct jsonpath *program, struct jsonpath_error *error);

/* Which parts of a path mean different things to jsonpath2 and to RFC 9535. */
enum jsonpath_difference {
    JSONPATH_SAME,   /* both read it alike, or only one reads it at all */
    JSONPATH_FILTER, /* a filter tests the node itself for jsonpath2, the children for RFC 9535 */
    JSONPATH_SLICE,  /* a slice with negative numbers or step */
    JSONPATH_QUOTED_ESCAPE /* an escape inside a quoted name, which jsonpath2 does not decode */
};

/* Finds the first such part and, unless the answer is JSONPATH_SAME, its byte range in the path. */
enum jsonpath_difference jsonpath_compare_readings(
    struct arena *arena, struct str path, uint32_t *from, uint32_t *to);

enum jsonpath_status {
    JSONPATH_DONE,
    JSONPATH_LIMIT, /* too many steps or nodes: the nodes are incomplete */
    JSONPATH_RAISES /* jsonpath2 raises ValueError here: a slice with step 0 */
};

enum {
    JSONPATH_DEFAULT_STEPS = 50 * 1000 * 1000,
    JSONPATH_MOST_NODES = 4 * 1024 * 1024 /* at any one time, so that memory has a bound too */
};

struct jsonpath_nodes {
    enum jsonpath_status status;
    const struct value **items; /* in order, duplicates included */
    size_t count;
};

/* Evaluates a path over a document: at most `step_limit` nodes visited or compared (0 means the
 * default). `arena` takes the list, the values that functions make, and work space. `regexps` serves match() and search(), which match nothing if it
 * is NULL. */
struct jsonpath_nodes jsonpath_eval(struct arena *arena, const struct jsonpath *program,
    const struct value *document, uint64_t step_limit, const struct rt_regexps *regexps);

#endif
