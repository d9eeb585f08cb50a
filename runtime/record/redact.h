/* redact.h: keeps secret values out of logs, journals and reports: every sink passes its text
 * through here. The redactor's arena owns copies of the secrets; it holds nothing and changes
 * nothing while it is empty. */
#ifndef RUNTIME_RECORD_REDACT_H
#define RUNTIME_RECORD_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/arena.h"
#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/base/str.h"
#include "runtime/base/value.h"

struct redactor {
    struct arena *arena;
    struct str *needles; /* hidden wherever they stand; the longest first */
    size_t count, room, longest;
    unsigned char
        *pairs; /* a bit for each pair of bytes that a needle begins with; NULL without needles */
    struct str *wholes; /* hidden where nothing stands beside them */
    size_t whole_count, whole_room;
    const struct redactor *also; /* whose secrets are hidden as well, or NULL */
};

/* What stands in the place of a secret. */
#define REDACT_MARK "[redacted]"

void redact_init(struct redactor *redactor, struct arena *arena);

/* Makes the strings of a secret's value unreadable from now on, in all their forms (redact_forms.h), each line of
 * them too. Short and ordinary strings are left out: hiding every `default` would make a journal unreadable. */
void redact_add(struct redactor *redactor, const struct value *secret);

/* For what a secret has fed: hides what redact_add leaves out. Ordinary strings go wherever they stand; strings below
 * four characters, numbers and booleans only as the whole of a text. */
void redact_feed(struct redactor *redactor, const struct value *secret);

/* True if it hides nothing itself. */
bool redact_is_empty(const struct redactor *redactor);

/* True if a string of the value has the mark in it. */
bool redact_is_marked(const struct value *value);

/* Appends `text` with every secret in it replaced by the mark. */
void redact_text(const struct redactor *redactor, struct buf *out, struct str text);

/* The same for a text that was cut off at its end, where it may end within a secret; the redactor may be NULL. */
void redact_cut(const struct redactor *redactor, struct buf *out, struct str text);

/* Writes a value with the secrets in its strings (not in its keys and numbers) replaced. */
void redact_value(
    const struct redactor *redactor, struct json_writer *writer, const struct value *value);

/* The same for values with strings of any length: the spill is called after every few kilobytes, and may empty the
 * writer's buffer. Where strings were `cut` off, one may end within a secret. */
struct redact_spill {
    void (*spill)(void *context); /* may be NULL */
    void *context;
};
void redact_stream(const struct redactor *redactor, struct json_writer *writer,
    const struct value *value, bool cut, struct redact_spill spill);

#endif
