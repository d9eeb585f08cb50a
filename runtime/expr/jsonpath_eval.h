/* jsonpath_eval.h: the state of one evaluation of a JSONPath, shared by its selectors and its
 * conditions. Everything is owned by one call of jsonpath_eval. */
#ifndef RUNTIME_EXPR_JSONPATH_EVAL_H
#define RUNTIME_EXPR_JSONPATH_EVAL_H

#include "runtime/expr/jsonpath.h"
#include "runtime/expr/jsonpath_program.h"
#include "runtime/expr/regexp.h"

enum { JP_REGEXPS = 4 };

struct jp_eval {
    struct arena *arena;
    const struct jsonpath *program;
    const struct value *root;
    const struct rt_regexps *regexp_engine; /* NULL: none */
    uint64_t steps;                         /* left */
    enum jsonpath_status status;
    /* A stack: a query pushes its start and leaves its nodes there, whoever asked for them removes
     * them. */
    const struct value **nodes;
    size_t count, room;
    const struct value *
        *literals; /* those made so far, by place in the program; NULL until the first */
    struct jp_cached_regexp {
        struct str pattern;
        bool whole;
        struct regexp *regexp; /* NULL if the pattern is no I-Regexp */
    } regexps[JP_REGEXPS];
    size_t regexp_count, regexp_next;
};

/* Counts a step; false once the evaluation has to end. */
bool jp_step(struct jp_eval *eval);

void jp_push(struct jp_eval *eval, const struct value *node);

/* A slice of the program's text, from its two words. */
static inline struct str jp_slice(const struct jp_eval *eval, const uint32_t *words)
{
    return (struct str){eval->program->text.ptr + words[0], words[1]};
}

/* Runs a query; its nodes stand on the stack from the returned place to eval->count. */
size_t jp_run_query(struct jp_eval *eval, const uint32_t *query, const struct value *current);

/* Whether a condition holds for the current node. */
bool jp_test(struct jp_eval *eval, const uint32_t *condition, const struct value *current);

/* The value of a literal, made once. */
const struct value *jp_literal(struct jp_eval *eval, const uint32_t *literal);

/* Pushes the values of an operand of jsonpath2, a literal or a query, and returns the place of the
 * first. */
size_t jp_push_operand(struct jp_eval *eval, const uint32_t *operand, const struct value *current);

/* The item of an array, counted from its end if negative; NULL if there is none. */
const struct value *jp_item(const struct value *array, int64_t index);

/* An integer's value, a bool being 0 or 1 as in Python; what does not fit becomes the nearest
 * int64. */
int64_t jp_number(const struct value *value);

/* Drops what stands on the stack in [from, to) from below what was pushed later. */
void jp_drop(struct jp_eval *eval, size_t from, size_t to);

/* Frees what the evaluation keeps on the heap: its regular expressions. */
void jp_free_regexps(struct jp_eval *eval);

/* Applies a function of jsonpath2 to the current node and pushes its results. */
void jp_call_method(struct jp_eval *eval, const uint32_t *call, const struct value *current);

/* The members of an object, each key once with its last value, at the place of its first. */
const struct member *jp_members(struct jp_eval *eval, const struct value *object, size_t *count);

#endif
