/* tolerance.h: judges the output of a probe against its tolerance as Chaos Toolkit's
 * within_tolerance does. A tolerance borrows the value it was read from; expressions compiled for
 * it live in the caller's arena. */
#ifndef RUNTIME_EXPR_TOLERANCE_H
#define RUNTIME_EXPR_TOLERANCE_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/value.h"
#include "runtime/expr/jsonpath.h"
#include "runtime/expr/template.h"

enum tolerance_kind {
    TOLERANCE_NEVER,    /* null, a real, an object of unknown type: the reference's verdict is "not
                           met" */
    TOLERANCE_EQUAL,    /* a bool; the value must be equal */
    TOLERANCE_TEXT,     /* a string, substituted when judged, and then judged by its type */
    TOLERANCE_INTEGER,  /* an integer; compared with "status" where the value is an object that has
                           one */
    TOLERANCE_SEQUENCE, /* two items: bounds, else any of them; "status" as above */
    TOLERANCE_REGEX,
    TOLERANCE_JSONPATH,
    TOLERANCE_RANGE,
    TOLERANCE_PROBE, /* run by the engine with the value as an argument, never judged here */
};

/* What a plan stores: the kind, the index of the tolerance's own value (it is journaled and may be
 * changed by controls, so it is there anyway), and the words of `path` or the text of `pattern`. A
 * tolerance is then put together again from these parts by plain assignment, without parsing. */
struct tolerance {
    enum tolerance_kind kind;
    const struct value *value;
    bool compiled;        /* `path` or `pattern` is filled: the expression had no ${reference} */
    struct jsonpath path; /* TOLERANCE_JSONPATH */
    struct str pattern;   /* TOLERANCE_REGEX: its translation, see regexp.h */
};

/* Why the expression of a tolerance cannot be used: the member ("path", "pattern", "range" ...), a
 * byte range in its string (empty if it is no string), a message. */
struct tolerance_error {
    struct str member;
    uint32_t from, to;
    struct str message;
};

/* Reads a tolerance and compiles its expression unless that has references. Returns false with
 * `error` where the expression is missing or wrong; `tolerance` can be judged all the same, as the
 * reference would. */
bool tolerance_read(struct arena *arena, const struct value *value, struct tolerance *tolerance,
    const struct rt_regexps *regexps, struct tolerance_error *error);

struct tolerance_options {
    enum jsonpath_dialect dialect;    /* JSONPATH_AUTO, or JSONPATH_JSONPATH2 under --compat */
    uint64_t step_limit;              /* of a JSONPath; 0 means its default */
    struct template_source templates; /* configuration and secrets; may be all zero */
    const struct rt_regexps *regexps; /* NULL: a regular expression raises as if it were wrong */
};

enum verdict_kind {
    VERDICT_MET,
    VERDICT_NOT_MET,
    VERDICT_RAISES, /* the reference raises `exception` with `message` here, and aborts the run */
    VERDICT_LIMIT,  /* a regex or JSONPath was given up, `message` says which; not met */
};

struct verdict {
    enum verdict_kind kind;
    const char *
        exception; /* VERDICT_RAISES: the class as Python prints it, e.g. "TypeError", "re.error" */
    struct str message; /* for VERDICT_NOT_MET a reason for logs, possibly empty */
};

/* Judges a value. The kind must not be TOLERANCE_PROBE. Memory comes from `arena`. */
struct verdict tolerance_judge(struct arena *arena, const struct tolerance *tolerance,
    const struct value *value, const struct tolerance_options *options);

#endif
