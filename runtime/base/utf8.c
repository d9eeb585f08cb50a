#include "runtime/base/utf8.h"

uint32_t utf8_decode(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    size_t left = (size_t)(end - *p);
    uint32_t code;
    size_t len;
    if (s[0] < 0x80) {
        (*p)++;
        return s[0];
    }
    if (s[0] >= 0xC2 && s[0] <= 0xDF) {
        code = s[0] & 0x1FU;
        len = 2;
    } else if ((s[0] & 0xF0) == 0xE0) {
        code = s[0] & 0x0FU;
        len = 3;
    } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        code = s[0] & 0x07U;
        len = 4;
    } else {
        (*p)++;
        return UTF8_INVALID;
    }
    bool valid = left >= len;
    for (size_t i = 1; valid && i < len; i++) {
        valid = (s[i] & 0xC0) == 0x80;
        code = code << 6 | (s[i] & 0x3FU);
    }
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    valid =
        valid && code >= smallest[len] && code <= 0x10FFFF && !(code >= 0xD800 && code <= 0xDFFF);
    *p += valid ? len : 1;
    return valid ? code : (uint32_t)UTF8_INVALID;
}

size_t utf8_encode(uint32_t code, char out[4])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 0x3F));
        return 2;
    }
    if (code < 0x10000) {
        out[0] = (char)(0xE0 | code >> 12);
        out[1] = (char)(0x80 | (code >> 6 & 0x3F));
        out[2] = (char)(0x80 | (code & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | code >> 18);
    out[1] = (char)(0x80 | (code >> 12 & 0x3F));
    out[2] = (char)(0x80 | (code >> 6 & 0x3F));
    out[3] = (char)(0x80 | (code & 0x3F));
    return 4;
}

size_t utf8_first_invalid(struct str s)
{
    const char *p = s.ptr, *end = s.ptr + s.len;
    while (p < end) {
        uint64_t eight;
        while (end - p >= 8 && (memcpy(&eight, p, 8), (eight & 0x8080808080808080u) == 0))
            p += 8; /* nearly all text is ASCII */
        if (p < end && (unsigned char)*p < 0x80) {
            p++;
            continue;
        }
        const char *at = p;
        if (p < end && utf8_decode(&p, end) == (uint32_t)UTF8_INVALID)
            return (size_t)(at - s.ptr);
    }
    return s.len;
}

size_t utf8_count(struct str s)
{
    size_t count = 0;
    const char *p = s.ptr, *end = s.ptr + s.len;
    for (; p < end; count++)
        utf8_decode(&p, end);
    return count;
}

size_t utf8_count_utf16(struct str s)
{
    size_t count = 0;
    const char *p = s.ptr, *end = s.ptr + s.len;
    while (p < end) {
        uint32_t code = utf8_decode(&p, end);
        count += code != (uint32_t)UTF8_INVALID && code > 0xFFFF ? 2 : 1;
    }
    return count;
}

unsigned utf8_width(uint32_t code)
{
    static const uint32_t none[][2] = {{0x300, 0x36F}, {0x483, 0x489}, {0x591, 0x5BD},
        {0x610, 0x61A}, {0x64B, 0x65F}, {0x200B, 0x200F}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F},
        {0xFE20, 0xFE2F}, {0xE0100, 0xE01EF}};
    static const uint32_t wide[][2] = {{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF},
        {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF},
        {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6}, {0x1F300, 0x1F64F},
        {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
        if (code >= none[i][0] && code <= none[i][1])
            return 0;
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++)
        if (code >= wide[i][0] && code <= wide[i][1])
            return 2;
    return 1;
}
