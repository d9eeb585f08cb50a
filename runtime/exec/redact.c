#include "runtime/exec/redact.h"

#include <ctype.h>
#include <string.h>

/* Shorter than this a string is hidden only by where it comes from. */
enum { SHORTEST = 4, LONG_ENOUGH = 11 };

void redact_init(struct redactor *redactor, struct arena *arena)
{
    *redactor = (struct redactor){.arena = arena};
}

/* Words of one case and numbers turn up everywhere; what mixes classes of characters or is long
 * does not. */
static bool is_unusual(struct str text)
{
    if (text.len < SHORTEST)
        return false;
    if (text.len >= LONG_ENOUGH)
        return true;
    bool lower = false, upper = false, digit = false, other = false;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        lower |= islower(c) != 0;
        upper |= isupper(c) != 0;
        digit |= isdigit(c) != 0;
        other |= !isalnum(c);
    }
    if (digit && !lower && !upper && !other)
        return text.len > 6;
    return lower + upper + digit + other > 1;
}

static void add_needle(struct redactor *redactor, struct str text)
{
    for (size_t i = 0; i < redactor->count; i++)
        if (str_equal(redactor->needles[i], text))
            return;
    *ARENA_PUSH(redactor->arena, redactor->needles, redactor->count, redactor->room) =
        arena_str(redactor->arena, text);
    /* The longest first, so that a secret that holds another is replaced whole. */
    for (size_t i = redactor->count - 1;
         i > 0 && redactor->needles[i - 1].len < redactor->needles[i].len; i--) {
        struct str swap = redactor->needles[i];
        redactor->needles[i] = redactor->needles[i - 1];
        redactor->needles[i - 1] = swap;
    }
}

static void add_buffer(struct redactor *redactor, struct buf *text)
{
    add_needle(redactor, buf_str(text));
    buf_clear(text);
}

/* `all` quotes what a form would quote too; else only what never stands in a URL. */
static void quote_url(struct buf *out, struct str text, const char *kept, bool plus)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (isalnum(c) || (c && strchr(kept, c)))
            buf_add_char(out, (char)c);
        else if (c == ' ' && plus)
            buf_add_char(out, '+');
        else
            buf_printf(out, "%%%02X", c);
    }
}

static void encode_base64(struct buf *out, struct str text, size_t skip)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    /* Whole groups only: what stands before and behind the secret decides the other digits. */
    for (size_t i = skip; i + 3 <= text.len; i += 3) {
        unsigned n = (unsigned)(unsigned char)text.ptr[i] << 16 |
                     (unsigned)(unsigned char)text.ptr[i + 1] << 8 |
                     (unsigned)(unsigned char)text.ptr[i + 2];
        for (int shift = 18; shift >= 0; shift -= 6)
            buf_add_char(out, digits[n >> shift & 63]);
    }
}

static void add_encodings(struct redactor *redactor, struct str text)
{
    struct buf out = {0};
    quote_url(&out, text, "_.-~", false);
    add_buffer(redactor, &out);
    quote_url(&out, text, "_.-~", true);
    add_buffer(redactor, &out);
    quote_url(&out, text, "_.-~/", false);
    add_buffer(redactor, &out);
    quote_url(&out, text, "_.-~!#$%&'()*+,/:;=?@[]", false);
    add_buffer(redactor, &out);
    for (int ascii = 0; ascii < 2; ascii++) {
        json_quote(&out, text, ascii);
        add_needle(redactor, (struct str){out.data + 1, out.len - 2});
        buf_clear(&out);
    }
    for (size_t skip = 0; skip < 3; skip++) {
        encode_base64(&out, text, skip);
        if (out.len >= 8)
            add_needle(redactor, buf_str(&out));
        buf_clear(&out);
    }
    buf_free(&out);
}

void redact_add(struct redactor *redactor, const struct value *secret)
{
    switch (secret->kind) {
    case VALUE_STRING:
        if (is_unusual(secret->as.text)) {
            add_needle(redactor, secret->as.text);
            add_encodings(redactor, secret->as.text);
        }
        break;
    case VALUE_ARRAY:
        for (size_t i = 0; i < secret->as.array.count; i++)
            redact_add(redactor, &secret->as.array.items[i]);
        break;
    case VALUE_OBJECT:
        for (size_t i = 0; i < secret->as.object.count; i++)
            redact_add(redactor, &secret->as.object.members[i].value);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        break;
    }
}

/* The first place of `needle` in `text`, or NULL. */
static const char *find(struct str text, struct str needle)
{
    return memmem(text.ptr, text.len, needle.ptr, needle.len);
}

/* The first secret in `text`: where it stands and how long it is, or NULL. */
static const char *find_first(const struct redactor *redactor, struct str text, size_t *len)
{
    const char *first = NULL;
    for (size_t i = 0; i < redactor->count; i++) {
        struct str ahead = first ? str_slice(text.ptr, first) : text;
        const char *at = find(ahead, redactor->needles[i]);
        if (at) {
            first = at;
            *len = redactor->needles[i].len;
        }
    }
    return first;
}

void redact_text(const struct redactor *redactor, struct buf *out, struct str text)
{
    size_t len;
    for (const char *first; (first = find_first(redactor, text, &len));) {
        buf_add(out, text.ptr, (size_t)(first - text.ptr));
        buf_add_text(out, REDACT_MARK);
        text = str_slice(first + len, text.ptr + text.len);
    }
    buf_add_str(out, text);
}

/* ---- values ---- */

struct redact_sink {
    const struct redactor *redactor;
    struct json_writer *writer;
    redact_spill_fn *spill; /* may be NULL */
    void *context;
};

enum { SLICE = 32 << 10 };

/* Adds text to the string that is being written, escaped, a slice at a time. */
static void add_slices(const struct redact_sink *sink, struct str text)
{
    struct buf *out = sink->writer->out, quoted = {0};
    while (text.len) {
        size_t size = text.len < SLICE ? text.len : SLICE;
        while (
            size < text.len && size > SLICE - 4 && ((unsigned char)text.ptr[size] & 0xC0) == 0x80)
            size--; /* not within a code point */
        buf_clear(&quoted);
        json_quote(&quoted, (struct str){text.ptr, size}, sink->writer->style.ascii);
        buf_add(out, quoted.data + 1, quoted.len - 2);
        if (sink->spill)
            sink->spill(sink->context);
        text = str_slice(text.ptr + size, text.ptr + text.len);
    }
    buf_free(&quoted);
}

static void write_string(const struct redact_sink *sink, struct str text)
{
    size_t len;
    if (text.len < SLICE && sink->redactor->count == 0) {
        jw_string(sink->writer, text);
        return;
    }
    jw_raw(sink->writer, STR("\""));
    for (const char *first; (first = find_first(sink->redactor, text, &len));) {
        add_slices(sink, str_slice(text.ptr, first));
        add_slices(sink, STR(REDACT_MARK));
        text = str_slice(first + len, text.ptr + text.len);
    }
    add_slices(sink, text);
    buf_add_char(sink->writer->out, '"');
}

static void write_value(const struct redact_sink *sink, const struct value *value)
{
    struct json_writer *writer = sink->writer;
    switch (value->kind) {
    case VALUE_STRING:
        write_string(sink, value->as.text);
        break;
    case VALUE_ARRAY:
        jw_open_array(writer);
        for (size_t i = 0; i < value->as.array.count; i++) {
            write_value(sink, &value->as.array.items[i]);
            if (sink->spill)
                sink->spill(sink->context);
        }
        jw_close_array(writer);
        break;
    case VALUE_OBJECT:
        jw_open_object(writer);
        for (size_t i = 0; i < value->as.object.count; i++) {
            jw_key(writer, value->as.object.members[i].key);
            write_value(sink, &value->as.object.members[i].value);
        }
        jw_close_object(writer);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        jw_value(writer, value);
        break;
    }
}

void redact_stream(const struct redactor *redactor, struct json_writer *writer,
    const struct value *value, redact_spill_fn *spill, void *context)
{
    struct redact_sink sink = {redactor, writer, spill, context};
    write_value(&sink, value);
}

void redact_value(
    const struct redactor *redactor, struct json_writer *writer, const struct value *value)
{
    redact_stream(redactor, writer, value, NULL, NULL);
}
