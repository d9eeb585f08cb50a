/* chaos_form.h: which of the forms of .chaos a node of the document fits, so that nothing is lost by writing it so.
 * Pure questions about borrowed nodes; a NULL node fits nothing. */
#ifndef BACKENDS_FMT_CHAOS_FORM_H
#define BACKENDS_FMT_CHAOS_FORM_H

#include <stdbool.h>

#include "frontend/doc.h"

/* Kinds of nodes. */
bool form_is_text(const struct doc_node *node);
bool form_is_object(const struct doc_node *node);
bool form_is_scalar(const struct doc_node *node);
bool form_are_texts(const struct doc_node *array); /* a filled array of strings */

/* Whether `object` has the `type` given, a member of the kind or none, only members with these keys (NULL-terminated;
 * members that a later one replaces do not count). */
bool form_is_type(const struct doc_node *object, const char *type);
bool form_is_absent_or(const struct doc_node *object, struct str key, enum doc_kind kind);
bool form_has_only(const struct doc_node *object, const char *const *keys);
bool form_is_one_of(struct str key, const char *const *keys);

/* Providers: whether one has a head of its own (`http "..."`), and which of its members the head holds. */
bool form_is_method(struct str text);
bool form_has_head(const struct doc_node *provider);
bool form_is_in_head(const struct doc_node *provider, const struct doc_member *member);

/* Activities. */
bool form_has_activity_type(const struct doc_node *node);
bool form_is_plain_activity(const struct doc_node *node);
bool form_is_ref(const struct doc_node *node);

/* Controls, sources, tolerances. */
bool form_is_scope(const struct doc_node *node);
bool form_is_env(const struct doc_node *node);
bool form_is_vault(const struct doc_node *node);
bool form_is_inner_probe(const struct doc_node *node);
bool form_is_regex(const struct doc_node *node);
bool form_is_jsonpath(const struct doc_node *node);
bool form_is_range(const struct doc_node *node);

#endif
