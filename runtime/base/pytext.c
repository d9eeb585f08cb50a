#include "runtime/base/pytext.h"

#include "runtime/base/utf8.h"

/* What str.isprintable() denies, as ranges; of the unassigned code points only the large blocks. */
static const uint32_t unprintable[][2] = {
    {0x00, 0x1F},
    {0x7F, 0xA0},
    {0xAD, 0xAD},
    {0x600, 0x605},
    {0x61C, 0x61C},
    {0x6DD, 0x6DD},
    {0x70F, 0x70F},
    {0x890, 0x891},
    {0x8E2, 0x8E2},
    {0x1680, 0x1680},
    {0x180E, 0x180E},
    {0x2000, 0x200F},
    {0x2028, 0x202F},
    {0x205F, 0x206F},
    {0x3000, 0x3000},
    {0xD800, 0xF8FF},
    {0xFEFF, 0xFEFF},
    {0xFFF0, 0xFFFB},
    {0xFFFE, 0xFFFF},
    {0x110BD, 0x110BD},
    {0x110CD, 0x110CD},
    {0x13430, 0x1343F},
    {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A},
    {0xE0000, 0xE00FF},
    {0xE01F0, 0x10FFFF},
};

static bool is_printable(uint32_t code)
{
    for (size_t i = 0; i < sizeof unprintable / sizeof *unprintable; i++)
        if (code >= unprintable[i][0] && code <= unprintable[i][1])
            return false;
    return true;
}

static void add_code(struct buf *buf, uint32_t code, char quote)
{
    static const char short_names[] = {['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'};
    if (code == (uint32_t)quote || code == '\\') {
        buf_add_char(buf, '\\');
        buf_add_char(buf, (char)code);
    } else if (code < sizeof short_names && short_names[code]) {
        buf_add_char(buf, '\\');
        buf_add_char(buf, short_names[code]);
    } else if (is_printable(code)) {
        char bytes[4];
        buf_add(buf, bytes, utf8_encode(code, bytes));
    } else {
        buf_printf(buf, code <= 0xFF ? "\\x%02x" : code <= 0xFFFF ? "\\u%04x" : "\\U%08x", code);
    }
}

void pytext_add_quoted(struct buf *buf, struct str text)
{
    bool single = str_contains(text, STR("'")), twin = str_contains(text, STR("\""));
    char quote = single && !twin ? '"' : '\'';
    buf_add_char(buf, quote);
    const char *end = text.ptr + text.len;
    for (const char *p = text.ptr; p < end;) {
        const char *from = p;
        uint32_t code = utf8_decode(&p, end);
        if (code != UTF8_INVALID) {
            add_code(buf, code, quote);
        } else if (end - from >= 3 && (unsigned char)from[0] == 0xED &&
                   (unsigned char)from[1] >= 0xA0) {
            /* a lone surrogate, which a value keeps in its three-byte form */
            p = from + 3;
            code = 0xD000u | ((uint32_t)from[1] & 0x3F) << 6 | ((uint32_t)from[2] & 0x3F);
            add_code(buf, code, quote);
        } else {
            buf_printf(
                buf, "\\udc%02x", (unsigned)(unsigned char)*from); /* as surrogateescape has it */
        }
    }
    buf_add_char(buf, quote);
}

static void add_real(struct buf *buf, const struct value *value)
{
    struct arena arena;
    arena_init(&arena);
    struct value real = value_real(&arena, value_to_double(value));
    if (str_is(real.as.text, "NaN"))
        buf_add_text(buf, "nan");
    else if (str_is(real.as.text, "Infinity"))
        buf_add_text(buf, "inf");
    else if (str_is(real.as.text, "-Infinity"))
        buf_add_text(buf, "-inf");
    else
        buf_add_str(buf, real.as.text);
    arena_free(&arena);
}

void pytext_add_repr(struct buf *buf, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        buf_add_text(buf, "None");
        break;
    case VALUE_BOOL:
        buf_add_text(buf, value->as.truth ? "True" : "False");
        break;
    case VALUE_INT:
        buf_add_str(buf, str_is(value->as.text, "-0") ? STR("0") : value->as.text);
        break;
    case VALUE_REAL:
        add_real(buf, value);
        break;
    case VALUE_STRING:
        pytext_add_quoted(buf, value->as.text);
        break;
    case VALUE_ARRAY:
        buf_add_char(buf, '[');
        for (size_t i = 0; i < value->as.array.count; i++) {
            if (i)
                buf_add_text(buf, ", ");
            pytext_add_repr(buf, &value->as.array.items[i]);
        }
        buf_add_char(buf, ']');
        break;
    case VALUE_OBJECT:
        buf_add_char(buf, '{');
        for (size_t i = 0; i < value->as.object.count; i++) {
            const struct member *member = &value->as.object.members[i];
            if (i)
                buf_add_text(buf, ", ");
            pytext_add_quoted(buf, member->key);
            buf_add_text(buf, ": ");
            pytext_add_repr(buf, &member->value);
        }
        buf_add_char(buf, '}');
        break;
    }
}

void pytext_add_str(struct buf *buf, const struct value *value)
{
    if (value->kind == VALUE_STRING)
        buf_add_str(buf, value->as.text);
    else
        pytext_add_repr(buf, value);
}

struct str pytext_bytes(struct arena *arena, struct str text)
{
    struct buf out = {0};
    char quote = memchr(text.ptr, '\'', text.len) && !memchr(text.ptr, '"', text.len) ? '"' : '\'';
    buf_add_char(&out, 'b');
    buf_add_char(&out, quote);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.ptr[i];
        if (byte == '\t' || byte == '\n' || byte == '\r')
            buf_printf(&out, "\\%c", byte == '\t' ? 't' : byte == '\n' ? 'n' : 'r');
        else if (byte == (unsigned char)quote || byte == '\\')
            buf_printf(&out, "\\%c", byte);
        else if (byte < 0x20 || byte >= 0x7f)
            buf_printf(&out, "\\x%02x", byte);
        else
            buf_add_char(&out, (char)byte);
    }
    buf_add_char(&out, quote);
    return buf_finish(&out, arena);
}

struct str pytext_str(struct arena *arena, const struct value *value)
{
    if (value->kind == VALUE_STRING)
        return value->as.text;
    struct buf buf = {0};
    pytext_add_repr(&buf, value);
    return buf_finish(&buf, arena);
}
