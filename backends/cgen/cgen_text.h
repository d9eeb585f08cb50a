/* cgen_text.h: text of an experiment as C literals and comments, so that no title, key or argument
 * can escape. Everything is appended to the caller's buffer. */
#ifndef BACKENDS_CGEN_CGEN_TEXT_H
#define BACKENDS_CGEN_CGEN_TEXT_H

#include "runtime/base/buf.h"
#include "runtime/base/str.h"

/* Adds the inside of a C string literal (without the quotes) for any bytes: everything but plain
 * ASCII becomes a three-digit octal escape, and no trigraph can arise (C11 6.4.4.4, 5.2.1.1). */
void cgen_add_literal(struct buf *out, struct str text);

/* Adds text for a block comment: one line, control characters and what changes the direction of
 * writing as <U+XXXX>, no comment end, no backslash at its end; cut after about `limit` bytes. */
void cgen_add_comment(struct buf *out, struct str text, size_t limit);

#endif
