/* order.h: in which order a formatter writes the members of an object: the schema's where it fixes the object, the
 * writer's everywhere else. Nothing is owned; kinds are those of schema.h. */
#ifndef BACKENDS_FMT_ORDER_H
#define BACKENDS_FMT_ORDER_H

#include "frontend/doc.h"
#include "runtime/base/arena.h"
#include "schema/schema.h"

/* The members of an object in the order to write them: `count` pointers in the arena. Members that a later one with
 * the same key replaces stay out unless `keep_repeated` is set. */
struct ordered {
    const struct doc_member **members;
    size_t count;
};
struct ordered order_members(
    struct arena *arena, enum schema_kind kind, const struct doc_node *object, bool keep_repeated);

/* The kind of a member's value, or of the items if it is an array; SCHEMA_KIND_NONE if the schema does not fix it. */
enum schema_kind order_child(
    enum schema_kind kind, const struct doc_node *object, const struct doc_member *member);

/* The kind that an object standing in the place of `kind` really has: by its `type`, or by being a reference. */
enum schema_kind order_refine(enum schema_kind kind, const struct doc_node *object);

#endif
