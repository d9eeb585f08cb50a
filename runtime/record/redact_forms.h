/* redact_forms.h: the forms in which a secret turns up in outputs and logs.
 * Nothing is owned; a form given is valid during the call only. */
#ifndef RUNTIME_RECORD_REDACT_FORMS_H
#define RUNTIME_RECORD_REDACT_FORMS_H

#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/base/str.h"

typedef void redact_form_fn(void *context, struct str form);

/* Gives the text itself; URL-quoted as browsers, forms and Python's urllib do it; escaped as JSON, as JSON in JSON, by
 * Python's repr(), as HTML, by a shell; in both kinds of Base64 at each of the three offsets; in hexadecimal. The same
 * form may come more than once. */
void redact_forms(struct str text, redact_form_fn *add, void *context);

/* Without blanks and ends of lines around it, which shells, headers and logs drop. */
struct str redact_trimmed(struct str text);

#endif
