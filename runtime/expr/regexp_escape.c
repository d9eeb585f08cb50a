/* Tokens and escapes of Python's `re`, after the reading order of its own parser, so that errors
 * agree. */
#include "runtime/expr/regexp_parse.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/utf8.h"

void re_fail(struct re_parser *parser, size_t back, const char *format, ...)
{
    if (parser->failed)
        return;
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    parser->failed = true;
    parser->error.offset = (uint32_t)(re_tell(parser) - back);
    parser->error.message = arena_str(parser->arena, str_from(message));
    parser->token = (struct str){0};
    parser->at = parser->source.len;
}

/* Decodes a character; Python's strings may hold lone surrogates, which come in their three-byte
 * form. */
static uint32_t decode(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    if (end - *p >= 3 && s[0] == 0xED && (s[1] & 0xE0) == 0xA0 && (s[2] & 0xC0) == 0x80) {
        *p += 3;
        return 0xD000U | (s[1] & 0x3FU) << 6 | (s[2] & 0x3FU);
    }
    uint32_t code = utf8_decode(p, end);
    return code == (uint32_t)UTF8_INVALID ? 0xFFFD : code;
}

static size_t character_length(struct re_parser *parser, size_t at)
{
    const char *p = parser->source.ptr + at;
    decode(&p, parser->source.ptr + parser->source.len);
    return (size_t)(p - parser->source.ptr) - at;
}

static void read_token(struct re_parser *parser)
{
    size_t from = parser->at;
    parser->token = (struct str){0};
    if (parser->failed || from == parser->source.len)
        return;
    size_t len = character_length(parser, from);
    if (parser->source.ptr[from] == '\\') {
        if (from + 1 == parser->source.len) {
            re_fail(parser, 0, "bad escape (end of pattern)");
            parser->error.offset = (uint32_t)from;
            return;
        }
        len += character_length(parser, from + 1);
    }
    parser->token = (struct str){parser->source.ptr + from, len};
    parser->at = from + len;
}

struct str re_take(struct re_parser *parser)
{
    struct str token = parser->token;
    read_token(parser);
    return token;
}

bool re_accept(struct re_parser *parser, char c)
{
    if (!re_is(parser->token, c))
        return false;
    read_token(parser);
    return true;
}

uint32_t re_code(struct str token)
{
    const char *p = token.ptr;
    return decode(&p, token.ptr + token.len);
}

static int digit_value(struct str token, int base)
{
    if (!token.ptr || token.len != 1)
        return -1;
    char c = token.ptr[0];
    int value = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : base;
    return value < base ? value : -1;
}

/* Reads up to `most` more digits into *code; returns how many. */
static int read_digits(struct re_parser *parser, int most, int base, uint32_t *code)
{
    int count = 0;
    for (; count < most && digit_value(parser->token, base) >= 0; count++)
        *code = *code * (uint32_t)base + (uint32_t)digit_value(re_take(parser), base);
    return count;
}

static struct re_escape read_hex(struct re_parser *parser, struct str token, int digits)
{
    uint32_t code = 0;
    int count = read_digits(parser, digits, 16, &code);
    size_t back = token.len + (size_t)count;
    if (count < digits)
        re_fail(parser, back, "incomplete escape %.*s", (int)back, token.ptr);
    else if (code > 0x10FFFF)
        re_fail(parser, back, "bad escape %.*s", (int)back, token.ptr);
    return (struct re_escape){RE_LITERAL, code};
}

static struct re_escape read_octal(struct re_parser *parser, struct str token, uint32_t code)
{
    if (code > 0377)
        re_fail(
            parser, token.len, "octal escape value %.*s outside of range 0-0o377", STR_ARG(token));
    return (struct re_escape){RE_LITERAL, code};
}

void re_check_lookbehind_group(struct re_parser *parser, unsigned group)
{
    if (parser->lookbehind_groups == 0)
        return;
    if (group >= parser->group_count || !parser->groups[group].closed)
        re_fail(parser, 0, "cannot refer to an open group");
    else if (group >= parser->lookbehind_groups)
        re_fail(parser, 0, "cannot refer to group defined in the same lookbehind subpattern");
}

/* \1 to \99 are groups, but three octal digits are a character. */
static struct re_escape read_group(struct re_parser *parser, struct str token)
{
    uint32_t number = (uint32_t)(token.ptr[1] - '0');
    if (digit_value(parser->token, 10) >= 0) {
        char second = re_take(parser).ptr[0];
        token.len++;
        if (token.ptr[1] < '8' && second < '8' && digit_value(parser->token, 8) >= 0) {
            uint32_t code = number * 8 + (uint32_t)(second - '0');
            read_digits(parser, 1, 8, &code);
            token.len++;
            return read_octal(parser, token, code);
        }
        number = number * 10 + (uint32_t)(second - '0');
    }
    if (number >= parser->group_count)
        re_fail(parser, token.len - 1, "invalid group reference %u", (unsigned)number);
    else if (!parser->groups[number].closed)
        re_fail(parser, token.len, "cannot refer to an open group");
    else
        re_check_lookbehind_group(parser, number);
    return (struct re_escape){RE_GROUP, number};
}

/* \N{NAME}: what is wrong with its form is said as Python says it; the table of names is not here.
 */
static struct re_escape read_named(struct re_parser *parser)
{
    if (!re_accept(parser, '{'))
        re_fail(parser, 0, "missing {");
    size_t from = re_tell(parser);
    while (parser->token.ptr && !re_is(parser->token, '}'))
        re_take(parser);
    size_t len = re_tell(parser) - from;
    if (!parser->token.ptr)
        re_fail(parser, len, len ? "missing }, unterminated name" : "missing character name");
    else if (len == 0)
        re_fail(parser, 0, "missing character name");
    else
        re_fail(
            parser, len + 3, "character names are not supported: write the character, or \\uXXXX");
    return (struct re_escape){RE_NO_ESCAPE, 0};
}

/* The control character of \a and its like, or 0. */
static uint32_t control_of(char letter)
{
    switch (letter) {
    case 'a':
        return 7;
    case 'b':
        return 8;
    case 'f':
        return 12;
    case 'n':
        return 10;
    case 'r':
        return 13;
    case 't':
        return 9;
    case 'v':
        return 11;
    default:
        return 0;
    }
}

static bool is_one_of(const char *letters, char letter)
{
    return letter != '\0' && strchr(letters, letter) != NULL;
}

struct re_escape re_read_escape(struct re_parser *parser, struct str token, bool in_set)
{
    char letter = token.ptr[1];
    if (is_one_of("dDsSwW", letter))
        return (struct re_escape){RE_CATEGORY, (unsigned char)letter};
    if (!in_set && is_one_of("AbBZ", letter))
        return (struct re_escape){RE_POSITION, (unsigned char)letter};
    if (control_of(letter))
        return (struct re_escape){RE_LITERAL, control_of(letter)};
    if (letter == 'x')
        return read_hex(parser, token, 2);
    if (letter == 'u')
        return read_hex(parser, token, 4);
    if (letter == 'U')
        return read_hex(parser, token, 8);
    if (letter == 'N')
        return read_named(parser);
    if (letter == '0' || (in_set && letter >= '1' && letter <= '7')) {
        uint32_t code = (uint32_t)(letter - '0');
        token.len += (size_t)read_digits(parser, 2, 8, &code);
        return read_octal(parser, token, code);
    }
    if (!in_set && letter >= '1' && letter <= '9')
        return read_group(parser, token);
    bool known = !((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                   (letter >= '0' && letter <= '9'));
    if (!known)
        re_fail(parser, token.len, "bad escape %.*s", STR_ARG(token));
    struct str character = {token.ptr + 1, token.len - 1};
    return (struct re_escape){known ? RE_LITERAL : RE_NO_ESCAPE, re_code(character)};
}
