/* inside.h: places inside a string of a document: where the n-th byte of its value stands in the
 * source, through escapes, quotes and folded lines. Works on borrowed documents. */
#ifndef FRONTEND_INSIDE_H
#define FRONTEND_INSIDE_H

#include <stddef.h>

#include "frontend/doc.h"

/* The span of the source from which bytes [from, to) of a string's value were read. An empty range
 * gives the one character behind it, or the end of the text; the node's whole span where the way
 * cannot be followed (aliases, binary). */
struct span doc_inside(const struct doc *doc, const struct doc_node *node, size_t from, size_t to);

#endif
