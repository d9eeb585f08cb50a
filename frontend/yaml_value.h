/* yaml_value.h: from a YAML scalar's text and tag to its value, as PyYAML's SafeLoader constructs
 * it. Texts are borrowed and must outlive the node; what has to be respelt is written into the
 * given arena. */
#ifndef FRONTEND_YAML_VALUE_H
#define FRONTEND_YAML_VALUE_H

#include <stdbool.h>

#include "frontend/doc.h"
#include "frontend/yaml_scalar.h"

/* The tags of YAML 1.1 that the safe loader knows; the rest is YAML_TAG_UNKNOWN. */
enum yaml_tag {
    YAML_TAG_UNKNOWN,
    YAML_TAG_BINARY,
    YAML_TAG_BOOL,
    YAML_TAG_FLOAT,
    YAML_TAG_INT,
    YAML_TAG_MAP,
    YAML_TAG_MERGE,
    YAML_TAG_NULL,
    YAML_TAG_OMAP,
    YAML_TAG_PAIRS,
    YAML_TAG_SEQ,
    YAML_TAG_SET,
    YAML_TAG_STR,
    YAML_TAG_TIMESTAMP,
    YAML_TAG_VALUE
};

/* The tag of a full name ("tag:yaml.org,2002:int"). */
enum yaml_tag yaml_tag_of(struct str name);

/* The nearest known tag in its short spelling ("!!int"), or an empty slice. */
struct str yaml_tag_near(struct str name);

/* Sets kind, value and trap of a plain scalar of the given form. On failure the node is a DOC_ERROR
 * and the reason comes back ("month must be in 1..12"); NULL on success. The form is neither
 * YAML_MERGE nor YAML_VALUE. */
const char *yaml_resolve(
    struct arena *arena, enum yaml_form form, struct str text, struct doc_node *node);

/* The same for a scalar whose tag says what it is; the tag is one of a scalar's. */
const char *yaml_construct(
    struct arena *arena, enum yaml_tag tag, struct str text, struct doc_node *node);

/* What Python's str() makes of a node that is a key: True, None, 1, 2020-01-01 00:00:00. */
struct str yaml_key_text(struct arena *arena, const struct doc_node *node);

#endif
