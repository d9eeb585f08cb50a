#include "frontend/yaml_binary.h"

#include <stdint.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The value of a base64 digit, or 64 for everything else. */
static unsigned digit_value(char c)
{
    if (c >= 'A' && c <= 'Z')
        return (unsigned)(c - 'A');
    if (c >= 'a' && c <= 'z')
        return (unsigned)(c - 'a') + 26;
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0') + 52;
    return c == '+' ? 62 : c == '/' ? 63 : 64;
}

const char *yaml_read_binary(struct arena *arena, struct str text, struct str *out)
{
    /* Python skips what is no digit and stops at a complete padding. */
    char *digits = arena_alloc(arena, text.len + 4, 1);
    size_t count = 0;
    unsigned pads = 0;
    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.ptr[i] >= 0x80)
            return "base64 is plain ASCII";
        if (text.ptr[i] == '=') {
            if (count % 4 >= 2 && count % 4 + ++pads >= 4)
                break;
        } else if (digit_value(text.ptr[i]) < 64) {
            pads = 0;
            digits[count++] = text.ptr[i];
        }
    }
    if (count % 4 == 1)
        return "a base64 digit is missing or left over at its end";
    if (count % 4 + pads < 4 && count % 4)
        return "its base64 padding (`=`) is missing";
    /* The bits below the last whole byte carry nothing: canonical base64 has them zero. */
    if (count % 4 == 2)
        digits[count - 1] = alphabet[digit_value(digits[count - 1]) & 0x30];
    if (count % 4 == 3)
        digits[count - 1] = alphabet[digit_value(digits[count - 1]) & 0x3C];
    while (count % 4)
        digits[count++] = '=';
    *out = (struct str){digits, count};
    return NULL;
}
