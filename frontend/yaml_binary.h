/* yaml_binary.h: !!binary scalars, read as Python's base64.decodebytes reads them. */
#ifndef FRONTEND_YAML_BINARY_H
#define FRONTEND_YAML_BINARY_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* Puts the bytes that `text` stands for into `out` as base64 without line breaks. Returns NULL, or
 * why the text is no base64. */
const char *yaml_read_binary(struct arena *arena, struct str text, struct str *out);

#endif
