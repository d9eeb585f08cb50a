#include "runtime/base/json_write.h"

#include <assert.h>

#include "runtime/base/number.h"
#include "runtime/base/utf8.h"

struct json_writer jw_start(struct buf *out, struct json_style style)
{
    return (struct json_writer){.out = out, .style = style};
}

static void break_line(struct json_writer *w)
{
    buf_add_char(w->out, '\n');
    buf_add_repeat(w->out, ' ', (size_t)w->depth * w->style.indent);
}

/* What stands before a child: nothing after its key, else the comma and the line break due. */
static void begin_child(struct json_writer *w)
{
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    if (w->filled)
        buf_add_text(w->out, w->style.spaced && !w->style.indent ? ", " : ",");
    if (w->style.indent && w->depth)
        break_line(w);
    w->filled = true;
}

static void open_container(struct json_writer *w, char bracket)
{
    begin_child(w);
    buf_add_char(w->out, bracket);
    w->depth++;
    w->filled = false;
}

static void close_container(struct json_writer *w, char bracket)
{
    assert(w->depth && !w->after_key);
    w->depth--;
    if (w->filled && w->style.indent)
        break_line(w);
    buf_add_char(w->out, bracket);
    w->filled = true; /* the container around it holds at least this one */
}

void jw_open_object(struct json_writer *w)
{
    open_container(w, '{');
}

void jw_close_object(struct json_writer *w)
{
    close_container(w, '}');
}

void jw_open_array(struct json_writer *w)
{
    open_container(w, '[');
}

void jw_close_array(struct json_writer *w)
{
    close_container(w, ']');
}

void jw_key(struct json_writer *w, struct str key)
{
    assert(!w->after_key);
    begin_child(w);
    json_quote(w->out, key, w->style.ascii);
    buf_add_text(w->out, w->style.spaced || w->style.indent ? ": " : ":");
    w->after_key = true;
}

void jw_string(struct json_writer *w, struct str text)
{
    begin_child(w);
    json_quote(w->out, text, w->style.ascii);
}

void jw_raw(struct json_writer *w, struct str text)
{
    begin_child(w);
    buf_add_str(w->out, text);
}

void jw_null(struct json_writer *w)
{
    jw_raw(w, STR("null"));
}

void jw_bool(struct json_writer *w, bool truth)
{
    jw_raw(w, truth ? STR("true") : STR("false"));
}

void jw_int(struct json_writer *w, long long number)
{
    begin_child(w);
    buf_printf(w->out, "%lld", number);
}

void jw_real(struct json_writer *w, double number)
{
    char spelt[NUMBER_REPR_SIZE];
    size_t len = number_repr(number, spelt);
    jw_raw(w, (struct str){spelt, len});
}

void jw_value(struct json_writer *w, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        jw_null(w);
        break;
    case VALUE_BOOL:
        jw_bool(w, value->as.truth);
        break;
    case VALUE_INT:
    case VALUE_REAL:
        jw_raw(w, value->as.text);
        break;
    case VALUE_STRING:
        jw_string(w, value->as.text);
        break;
    case VALUE_ARRAY:
        jw_open_array(w);
        for (size_t i = 0; i < value->as.array.count; i++)
            jw_value(w, &value->as.array.items[i]);
        jw_close_array(w);
        break;
    case VALUE_OBJECT:
        jw_open_object(w);
        for (size_t i = 0; i < value->as.object.count; i++) {
            jw_key(w, value->as.object.members[i].key);
            jw_value(w, &value->as.object.members[i].value);
        }
        jw_close_object(w);
        break;
    }
}

void jw_key_string(struct json_writer *w, const char *key, struct str text)
{
    jw_key(w, str_from(key));
    jw_string(w, text);
}

void jw_key_text(struct json_writer *w, const char *key, const char *text)
{
    jw_key_string(w, key, str_from(text));
}

void jw_key_bool(struct json_writer *w, const char *key, bool truth)
{
    jw_key(w, str_from(key));
    jw_bool(w, truth);
}

void jw_key_int(struct json_writer *w, const char *key, long long number)
{
    jw_key(w, str_from(key));
    jw_int(w, number);
}

/* True for a byte that stands for itself between quotes. Python escapes DEL in its ASCII form only.
 */
static bool is_plain(unsigned char c, bool ascii)
{
    return c >= 0x20 && c != '"' && c != '\\' && c < (ascii ? 0x7F : 0x80);
}

static void add_escape(struct buf *out, uint32_t unit)
{
    static const char letters[] = "btn?fr"; /* 8 to 13; 11 has no letter */
    static const char digits[] = "0123456789abcdef";
    char text[6] = {'\\'};
    size_t len = 2;
    if (unit == '"' || unit == '\\') {
        text[1] = (char)unit;
    } else if (unit >= 8 && unit <= 13 && unit != 11) {
        text[1] = letters[unit - 8];
    } else { /* binary outputs are full of these */
        text[1] = 'u';
        for (int shift = 12; shift >= 0; shift -= 4)
            text[len++] = digits[unit >> shift & 15];
    }
    buf_add(out, text, len);
}

/* A surrogate in its three-byte form at `p`, or 0. */
static uint32_t lone_surrogate(const char *p, const char *end)
{
    const unsigned char *s = (const unsigned char *)p;
    if (end - p < 3 || s[0] != 0xED || s[1] < 0xA0 || s[1] > 0xBF || (s[2] & 0xC0) != 0x80)
        return 0;
    return 0xD000U | (s[1] & 0x3FU) << 6 | (s[2] & 0x3FU);
}

/* Writes the code point at `p`, which is not plain; returns the byte behind it. */
static const char *quote_one(struct buf *out, const char *p, const char *end, bool ascii)
{
    uint32_t surrogate = lone_surrogate(p, end);
    if (surrogate) {
        add_escape(out, surrogate); /* it has no UTF-8 form, so it is escaped in either style */
        return p + 3;
    }
    const char *from = p;
    uint32_t code = utf8_decode(&p, end);
    if (code == (uint32_t)UTF8_INVALID)
        buf_add_text(out, ascii ? "\\ufffd" : "\xEF\xBF\xBD");
    else if (code < 0x20 || code == '"' || code == '\\' || (ascii && code <= 0xFFFF))
        add_escape(out, code);
    else if (ascii) {
        add_escape(out, 0xD7C0 + (code >> 10));
        add_escape(out, 0xDC00 + (code & 0x3FF));
    } else
        buf_add_str(out, str_slice(from, p));
    return p;
}

void json_quote(struct buf *out, struct str text, bool ascii)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    buf_add_char(out, '"');
    while (p < end) {
        const char *from = p;
        while (p < end && is_plain((unsigned char)*p, ascii))
            p++;
        buf_add_str(out, str_slice(from, p));
        if (p < end)
            p = quote_one(out, p, end, ascii);
    }
    buf_add_char(out, '"');
}
