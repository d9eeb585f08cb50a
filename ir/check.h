/* check.h: what the parts of the checker share: the state of one build, and the look at an object's
 * fields. Internal to ir/. Nodes are allocated in the IR's arena, findings in the bag. */
#ifndef IR_CHECK_H
#define IR_CHECK_H

#include "frontend/diag.h"
#include "frontend/doc.h"
#include "ir/ir.h"
#include "runtime/base/map.h"
#include "schema/schema.h"

struct check {
    struct ir *ir;
    struct arena *arena; /* the IR's */
    const struct doc *doc;
    struct source *source;
    struct diag_bag *bag;
    struct ir_use *uses;
    size_t use_count, use_room;
    const struct ir_activity *activity; /* the one being built: variables in it are noted with it */
    bool has_controls;
    bool partial; /* a part of the document could not be read: what is missing may stand there */
};

/* The members of one object, sorted into the fields of its kind. */
struct fields {
    enum schema_kind kind;
    const struct doc_node *node;
    struct str owner; /* name of the activity, control or entry it belongs to, for messages */
    const struct doc_member *at[SCHEMA_FIELDS_MAX]; /* NULL: absent */
};

/* The member or the value of a field of `fields`, which must be of kind `k`. */
#define FIELD_MEMBER(fields, k, id) ((fields)->at[SCHEMA_##k##_##id - SCHEMA_FIRST_##k])
#define FIELD_VALUE(fields, k, id)                                                                 \
    (FIELD_MEMBER(fields, k, id) ? FIELD_MEMBER(fields, k, id)->value : NULL)

/* Sorts the members of an object into the fields of `kind`, and reports unknown keys, missing keys,
 * wrong types and unknown choices. False, silently, if `node` is no object: its type was judged
 * where it stands. `owner` names what it belongs to (may be empty). */
bool check_fields(struct check *c, enum schema_kind kind, const struct doc_node *node,
    struct str owner, struct fields *fields);

/* Judges the value of one field: null where a block was meant, emptiness, type, choices. */
void check_value(struct check *c, const struct fields *fields, const struct schema_field *field,
    const struct doc_member *member);

/* "the probe `x`", "the HTTP provider of `x`", "an activity", for messages; lives in the bag. */
struct str check_subject(struct check *c, const struct fields *fields);

/* Where to point when something is missing from an object: its name, else its first key, else
 * itself. */
struct span check_head(const struct doc_node *node);

/* True if a key of the object was probably meant to be this field, which is reported where the key stands: the
 * field is then not missing as well. */
bool check_is_misspelt(const struct doc_node *node, const struct schema_field *field);

/* A finding of the document's source. */
#define check_add(c, code, span, ...)                                                              \
    diag_add((c)->bag, (c)->source, DIAG_##code, (span), __VA_ARGS__)

/* The field as a string of the IR. */
static inline struct ir_string check_string(const struct doc_member *member)
{
    if (!member)
        return (struct ir_string){0};
    const struct doc_node *node = member->value;
    return (struct ir_string){node->kind == DOC_STRING ? node->as.text : (struct str){"", 0}, node};
}

/* Adds an edit that replaces the text of a string, quotes kept. */
void check_edit_text(
    struct check *c, struct diag_fix *fix, const struct doc_node *node, struct str text);

/* The type a node has, TYPE_ANY for what could not be read; 0 for what JSON does not have (dates).
 */
type_set check_type_of(const struct doc_node *node);

/* Reports keys that do not belong to an object (ir/check_keys.c). `member` is of `fields->node`. */
void check_unknown_key(
    struct check *c, const struct fields *fields, const struct doc_member *member);

/* Looks into a block of the experiment under a key that was meant to be `meant`. It is no part of the experiment,
 * since the engine does not see it either; but who mends the key should not find the next mistake only then. */
void check_misspelt(struct check *c, const struct schema_field *meant, const struct doc_node *node);

/* Offers the fix that moves `member` of `from` into the object `into`; nothing where that cannot be done by
 * moving text (ir/check_move.c). */
void check_fix_move(struct check *c, struct diag *d, const struct doc_node *from,
    const struct doc_member *member, const struct doc_node *into);

/* True if the field is null because what should stand in it is not indented; reports that. Members
 * after it that would belong inside are then not reported: *claimed_from is the offset from which
 * on. */
bool check_null_block(struct check *c, const struct fields *fields,
    const struct schema_field *field, const struct doc_member *member, uint32_t *claimed_from);

/* ---- one kind of object each ---- */

void check_experiment(struct check *c, const struct doc_node *root);
struct ir_activities check_activities(
    struct check *c, const struct doc_node *node, enum ir_block block);
void check_activity(struct check *c, const struct doc_node *node, enum ir_block block,
    uint32_t index, struct ir_activity *out);
const struct ir_provider *check_provider(
    struct check *c, const struct doc_node *node, const struct ir_activity *activity);
const struct ir_tolerance *check_tolerance(
    struct check *c, const struct doc_node *node, const struct ir_activity *activity);
struct ir_controls check_controls(struct check *c, const struct doc_node *node);
void check_configuration(struct check *c, const struct doc_node *node);
void check_secrets(struct check *c, const struct doc_node *node);

/* ---- names (ir/names.c, ir/resolve.c) ---- */

/* Notes every ${name} in the strings of a value. */
void names_note(struct check *c, const struct doc_node *node, enum ir_use_place place);

/* Resolves references and variables once everything is built; reports what is not found. */
void names_resolve(struct check *c);

#endif
