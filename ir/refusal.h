/* refusal.h: what the parts of ir_reference_invalid share: the search for the reference's first complaint.
 * Internal to ir/; texts live in the IR's arena. */
#ifndef IR_REFUSAL_H
#define IR_REFUSAL_H

#include "ir/ir.h"
#include "runtime/expr/jsonpath.h"

struct search {
    struct ir *ir;
    struct ir_refusal *refusal;
    bool found;
    enum jsonpath_dialect paths; /* in which JSONPaths are read */
};

/* Notes the first complaint, and returns false: every check returns true to go on. `crash`: the reference
 * dies with a traceback here. */
bool refusal_say(struct search *s, const struct doc_node *node, bool crash, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for a value of a type that the reference's code does not expect. */
bool refusal_crash(struct search *s, const struct doc_node *node, const char *what);

/* The node as Python prints it: a string as it is, the rest by repr(). */
struct str refusal_text(struct search *s, const struct doc_node *node);

bool refusal_is(const struct doc_node *node, const char *text);

/* ensure_activity_is_valid and ensure_hypothesis_tolerance_is_valid. */
bool refusal_of_activity(struct search *s, const struct doc_node *activity);
bool refusal_of_tolerance(struct search *s, const struct doc_node *tolerance);

#endif
