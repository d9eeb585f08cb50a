/* fed.h: what feeds a text with secrets: whoever names one in a template, or asks for a group of them, has it hidden
 * from what he returns and says, ordinary words included. Everything lives in the arena given. */
#ifndef RUNTIME_EXEC_FED_H
#define RUNTIME_EXEC_FED_H

#include "runtime/exec/provider.h"
#include "runtime/record/redact.h"

/* What hides the secrets that feed a call, and all that the log hides; NULL where that is the same, or nothing is
 * hidden. */
const struct redactor *fed_call(struct call *call);

/* What a log shows of a text that such a call made; the text itself where nothing is to be hidden. */
struct str fed_hide(struct arena *arena, const struct redactor *redactor, struct str text);

/* The same of a text with templates, made by `scope`. */
const struct redactor *fed_text(struct arena *arena, const struct scope *scope,
    const struct redactor *also, const struct value *text);

/* The same of an activity as it is written. */
const struct redactor *fed_activity(struct arena *arena, const struct scope *scope,
    const struct redactor *also, const struct value *activity);

/* And of whoever has all the secrets. */
const struct redactor *fed_all(
    struct arena *arena, const struct scope *scope, const struct redactor *also);

#endif
