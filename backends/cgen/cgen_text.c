#include "backends/cgen/cgen_text.h"

#include <stdint.h>

#include "runtime/base/utf8.h"

void cgen_add_literal(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\' || c == '?')
            buf_printf(out, "\\%c", c); /* `\?` keeps two of them from opening a trigraph */
        else if (c == '\n')
            buf_add_text(out, "\\n");
        else if (c < 0x20 || c >= 0x7F)
            buf_printf(out, "\\%03o", c);
        else
            buf_add_char(out, (char)c);
    }
}

/* What a reviewer would not see, or see in another place than it stands. */
static bool misleads(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xAD || code == 0x61C ||
           code == 0x180E || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0xFEFF || code >= 0xE0000;
}

void cgen_add_comment(struct buf *out, struct str text, size_t limit)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    size_t start = out->len;
    while (p < end) {
        if (out->len - start >= limit) {
            buf_add_text(out, "...");
            return;
        }
        const char *at = p;
        uint32_t code = utf8_decode(&p, end);
        if (code == (uint32_t)UTF8_INVALID)
            buf_printf(out, "<byte %02X>", (unsigned char)*at);
        else if (misleads(code))
            buf_printf(out, "<U+%04X>", (unsigned)code);
        else
            buf_add(out, at, (size_t)(p - at));
        /* A space splits what would end or open a comment, or be a trigraph. */
        char last = out->data[out->len - 1];
        if (p < end && ((last == '*' && *p == '/') || (last == '/' && *p == '*') ||
                           (last == '?' && *p == '?')))
            buf_add_char(out, ' ');
    }
    /* A backslash at the end of a line would join the next one to it. */
    if (out->len > start && out->data[out->len - 1] == '\\')
        buf_add_char(out, ' ');
}
