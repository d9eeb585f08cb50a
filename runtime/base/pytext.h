/* pytext.h: values spelt as Python's str() and repr() spell them, for argument lists, query strings
 * and templates. The caller owns the buffer that is written to. */
#ifndef RUNTIME_BASE_PYTEXT_H
#define RUNTIME_BASE_PYTEXT_H

#include "runtime/base/buf.h"
#include "runtime/base/value.h"

/* Adds str(value): a string as it is, None, True, 42, 1e-07, ['a', None], {'k': 1}. */
void pytext_add_str(struct buf *buf, const struct value *value);

/* Adds repr(value): as str, but a string in quotes. */
void pytext_add_repr(struct buf *buf, const struct value *value);

/* Adds repr of a string: in single quotes unless it has only those inside, what is not printable
 * escaped. */
void pytext_add_quoted(struct buf *buf, struct str text);

/* repr() of the bytes that a text is in UTF-8, b'...', in the arena. */
struct str pytext_bytes(struct arena *arena, struct str text);

/* str(value) as a string in the arena. */
struct str pytext_str(struct arena *arena, const struct value *value);

#endif
