/* signature_file.h: a project's own signatures (*.signatures.json) as a table like the built-in
 * ones. The package and everything it points to live in the arena given; the document may be freed
 * afterwards. */
#ifndef BACKENDS_LINT_SIGNATURE_FILE_H
#define BACKENDS_LINT_SIGNATURE_FILE_H

#include "frontend/diag.h"
#include "frontend/doc.h"
#include "runtime/base/arena.h"
#include "schema/signatures.h"

/* Reads the table from a document of the form that docs/signature-files.md describes:
 * `python_package`, `version`, and `functions`, each with `module`, `func`, `kind`, `args` and
 * `returns`. What is wrong in it is reported as E510 and left out; the result is NULL only if the
 * document is no such object at all. */
const struct signature_package *signature_file_read(
    struct arena *arena, const struct doc *doc, struct diag_bag *bag);

#endif
