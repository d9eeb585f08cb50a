/* redact.h: keeps secret values out of logs, journals and reports: every sink passes its text
 * through here. The redactor's arena owns copies of the secrets; it holds nothing and changes
 * nothing while it is empty. */
#ifndef RUNTIME_EXEC_REDACT_H
#define RUNTIME_EXEC_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

struct redactor {
    struct arena *arena;
    struct str *needles; /* the longest first */
    size_t count, room;
};

/* What stands in the place of a secret. */
#define REDACT_MARK "[redacted]"

void redact_init(struct redactor *redactor, struct arena *arena);

/* Makes the strings of a secret's value unreadable from now on, also as Base64, URL-quoted and
 * JSON-escaped. Short and ordinary strings are left out: hiding every `default` would make a
 * journal unreadable; they are hidden where they stand as the whole value of a field that a secret
 * fed. */
void redact_add(struct redactor *redactor, const struct value *secret);

/* Appends `text` with every secret in it replaced by the mark. */
void redact_text(const struct redactor *redactor, struct buf *out, struct str text);

/* Writes a value with the secrets in its strings (not in its keys and numbers) replaced. */
void redact_value(
    const struct redactor *redactor, struct json_writer *writer, const struct value *value);

/* The same for values with strings of any length: `spill` is called after every few kilobytes, and may empty
 * the writer's buffer. */
typedef void redact_spill_fn(void *context);
void redact_stream(const struct redactor *redactor, struct json_writer *writer,
    const struct value *value, redact_spill_fn *spill, void *context);

#endif
