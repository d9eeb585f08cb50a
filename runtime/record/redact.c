#include "runtime/record/redact.h"

#include <ctype.h>
#include <string.h>

#include "runtime/record/redact_forms.h"

/* Shorter than this a string is hidden only by where it comes from. */
enum { SHORTEST = 4, LONG_ENOUGH = 11 };

/* Less of one that was cut off tells nobody anything. */
enum { SHORTEST_CUT = 8 };

enum { PAIR_BYTES = 65536 / 8 };

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

/* ---- what is hidden ---- */

static size_t pair_of(const char *text)
{
    return (size_t)(unsigned char)text[0] << 8 | (unsigned char)text[1];
}

static void add_needle(void *context, struct str text)
{
    struct redactor *redactor = context;
    if (text.len < SHORTEST)
        return;
    for (size_t i = 0; i < redactor->count; i++)
        if (str_equal(redactor->needles[i], text))
            return;
    if (!redactor->pairs) {
        redactor->pairs = arena_alloc(redactor->arena, PAIR_BYTES, 1);
        memset(redactor->pairs, 0, PAIR_BYTES);
    }
    redactor->pairs[pair_of(text.ptr) / 8] |= (unsigned char)(1u << pair_of(text.ptr) % 8);
    if (text.len > redactor->longest)
        redactor->longest = text.len;
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

static void add_forms(struct redactor *redactor, struct str text)
{
    struct str trimmed = redact_trimmed(text);
    redact_forms(text, add_needle, redactor);
    if (trimmed.len < text.len && trimmed.len >= SHORTEST)
        redact_forms(trimmed, add_needle, redactor);
}

/* A log has each line of a text in a line of its own. */
static void add_lines(struct redactor *redactor, struct str text)
{
    for (const char *p = text.ptr, *end = p + text.len; p < end;) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        struct str line = redact_trimmed(str_slice(p, eol ? eol : end));
        if (line.len < text.len && is_unusual(line))
            add_forms(redactor, line);
        p = eol ? eol + 1 : end;
    }
}

static void add_string(struct redactor *redactor, struct str text)
{
    if (!is_unusual(text))
        return;
    add_forms(redactor, text);
    add_lines(redactor, text);
}

static void add_whole(struct redactor *redactor, struct str text)
{
    *ARENA_PUSH(redactor->arena, redactor->wholes, redactor->whole_count, redactor->whole_room) =
        arena_str(redactor->arena, text);
}

/* What `redact_add` leaves readable. */
static void feed_string(struct redactor *redactor, struct str text)
{
    struct str trimmed = redact_trimmed(text);
    if (is_unusual(text) || !trimmed.len)
        return;
    if (trimmed.len >= SHORTEST)
        add_forms(redactor, text);
    else
        add_whole(redactor, trimmed);
}

/* Calls `add` with every string of a value, `rest` (which may be NULL) with how everything else is spelt. */
static void each_text(struct redactor *redactor, const struct value *value,
    void (*add)(struct redactor *, struct str), void (*rest)(struct redactor *, struct str))
{
    switch (value->kind) {
    case VALUE_STRING:
        add(redactor, value->as.text);
        break;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->as.array.count; i++)
            each_text(redactor, &value->as.array.items[i], add, rest);
        break;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->as.object.count; i++)
            each_text(redactor, &value->as.object.members[i].value, add, rest);
        break;
    case VALUE_BOOL:
        if (rest) {
            rest(redactor, value->as.truth ? STR("true") : STR("false"));
            rest(redactor, value->as.truth ? STR("True") : STR("False"));
        }
        break;
    case VALUE_INT:
    case VALUE_REAL:
        if (rest)
            rest(redactor, value->as.text);
        break;
    case VALUE_NULL:
        break;
    }
}

void redact_add(struct redactor *redactor, const struct value *secret)
{
    each_text(redactor, secret, add_string, NULL);
}

void redact_feed(struct redactor *redactor, const struct value *secret)
{
    each_text(redactor, secret, feed_string, add_whole);
}

bool redact_is_empty(const struct redactor *redactor)
{
    return !redactor->count && !redactor->whole_count;
}

bool redact_is_marked(const struct value *value)
{
    if (value->kind == VALUE_STRING)
        return str_contains(value->as.text, STR(REDACT_MARK));
    for (size_t i = 0; value->kind == VALUE_ARRAY && i < value->as.array.count; i++)
        if (redact_is_marked(&value->as.array.items[i]))
            return true;
    for (size_t i = 0; value->kind == VALUE_OBJECT && i < value->as.object.count; i++)
        if (redact_is_marked(&value->as.object.members[i].value))
            return true;
    return false;
}

/* ---- where it stands ---- */

/* The longest needle that stands at `at`, 0 if none does. */
static size_t match_at(const struct redactor *redactor, const char *at, size_t room)
{
    size_t best = 0;
    for (; redactor; redactor = redactor->also) {
        if (!redactor->pairs || !(redactor->pairs[pair_of(at) / 8] >> pair_of(at) % 8 & 1))
            continue;
        for (size_t i = 0; i < redactor->count && redactor->needles[i].len > best; i++)
            if (redactor->needles[i].len <= room &&
                memcmp(at, redactor->needles[i].ptr, redactor->needles[i].len) == 0)
                best = redactor->needles[i].len;
    }
    return best;
}

/* The first secret in `text`: where it stands and how long it is, or NULL. */
static const char *find_first(const struct redactor *redactor, struct str text, size_t *len)
{
    const char *end = text.ptr + text.len;
    for (const char *p = text.ptr; end - p >= SHORTEST; p++) {
        *len = match_at(redactor, p, (size_t)(end - p));
        if (*len)
            return p;
    }
    return NULL;
}

/* Whether the text as a whole is a secret too short to be looked for within others. */
static bool is_whole(const struct redactor *redactor, struct str text)
{
    struct str trimmed = redact_trimmed(text);
    for (; redactor; redactor = redactor->also)
        for (size_t i = 0; i < redactor->whole_count; i++)
            if (str_equal(redactor->wholes[i], trimmed))
                return true;
    return false;
}

/* How much at the end of the text is the beginning of a secret, the rest of which was cut off. */
static size_t cut_at_end(const struct redactor *redactor, struct str text)
{
    size_t most = 0;
    for (; redactor; redactor = redactor->also)
        for (size_t i = 0; i < redactor->count; i++) {
            struct str needle = redactor->needles[i];
            size_t size = needle.len - 1 < text.len ? needle.len - 1 : text.len;
            for (; size >= SHORTEST_CUT && size > most; size--)
                if (memcmp(text.ptr + text.len - size, needle.ptr, size) == 0)
                    most = size;
        }
    return most;
}

void redact_text(const struct redactor *redactor, struct buf *out, struct str text)
{
    size_t len;
    if (is_whole(redactor, text)) {
        buf_add_text(out, REDACT_MARK);
        return;
    }
    for (const char *first; (first = find_first(redactor, text, &len));) {
        buf_add(out, text.ptr, (size_t)(first - text.ptr));
        buf_add_text(out, REDACT_MARK);
        text = str_slice(first + len, text.ptr + text.len);
    }
    buf_add_str(out, text);
}

void redact_cut(const struct redactor *redactor, struct buf *out, struct str text)
{
    size_t cut = redactor ? cut_at_end(redactor, text) : 0;
    text.len -= cut;
    if (redactor)
        redact_text(redactor, out, text);
    else
        buf_add_str(out, text);
    if (cut)
        buf_add_text(out, REDACT_MARK);
}

/* ---- values ---- */

struct redact_sink {
    const struct redactor *redactor;
    struct json_writer *writer;
    bool cut; /* strings may end within a secret */
    struct redact_spill spill;
};

enum { SLICE = 32 << 10 };

static void spill(const struct redact_sink *sink)
{
    if (sink->spill.spill)
        sink->spill.spill(sink->spill.context);
}

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
        spill(sink);
        text = str_slice(text.ptr + size, text.ptr + text.len);
    }
    buf_free(&quoted);
}

static void write_string(const struct redact_sink *sink, struct str text)
{
    size_t len;
    const struct redactor *redactor = sink->redactor;
    if (text.len < SLICE && redact_is_empty(redactor) && !redactor->also) {
        jw_string(sink->writer, text);
        return;
    }
    if (is_whole(redactor, text))
        text = STR(REDACT_MARK);
    size_t cut = sink->cut ? cut_at_end(redactor, text) : 0;
    text.len -= cut;
    jw_raw(sink->writer, STR("\""));
    for (const char *first; (first = find_first(sink->redactor, text, &len));) {
        add_slices(sink, str_slice(text.ptr, first));
        add_slices(sink, STR(REDACT_MARK));
        text = str_slice(first + len, text.ptr + text.len);
    }
    add_slices(sink, text);
    if (cut)
        add_slices(sink, STR(REDACT_MARK));
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
            spill(sink);
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
    const struct value *value, bool cut, struct redact_spill spilling)
{
    struct redact_sink sink = {redactor, writer, cut, spilling};
    write_value(&sink, value);
}

void redact_value(
    const struct redactor *redactor, struct json_writer *writer, const struct value *value)
{
    redact_stream(redactor, writer, value, false, (struct redact_spill){NULL, NULL});
}
