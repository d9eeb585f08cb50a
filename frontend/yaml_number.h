/* yaml_number.h: integers and floats in all of YAML 1.1's spellings, read as PyYAML's constructors
 * read them. Texts are borrowed; results are in the given arena or in the text itself. */
#ifndef FRONTEND_YAML_NUMBER_H
#define FRONTEND_YAML_NUMBER_H

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

/* The canonical decimal spelling of what `int` makes of the text (hexadecimal, binary, octal,
 * sexagesimal, underscores anywhere). Returns NULL, or why it is no integer. */
const char *yaml_read_int(struct arena *arena, struct str text, struct str *out);

/* The JSON spelling (or NaN, Infinity, -Infinity) of what `float` makes of the text. Returns NULL,
 * or why it is no number. */
const char *yaml_read_real(struct arena *arena, struct str text, struct str *out);

#endif
