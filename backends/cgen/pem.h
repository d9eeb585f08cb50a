/* pem.h: the certificates of a PEM file (RFC 7468) that go into a runner.
 * What is kept lives in the arena given. */
#ifndef BACKENDS_CGEN_PEM_H
#define BACKENDS_CGEN_PEM_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* Keeps the certificates of a text and nothing else that stands there: no key gets into a program. Returns NULL, or what
 * is wrong with the text. */
const char *pem_keep_certificates(struct arena *arena, struct str text, struct str *kept);

#endif
