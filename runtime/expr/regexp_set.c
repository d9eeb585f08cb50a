/* Characters, categories and sets, written so that PCRE2 (UTF, UCP) matches what Python's `re`
 * matches. */
#include "runtime/expr/regexp_parse.h"

#include <assert.h>

enum { LAST_CODE = 0x10FFFF };

struct range {
    uint32_t lo, hi;
};

/* str.isspace, which is not PCRE2's \s: that lacks the separators U+001C to U+001F and has U+180E.
 */
static const struct range spaces[] = {{0x09, 0x0D}, {0x1C, 0x20}, {0x85, 0x85}, {0xA0, 0xA0},
    {0x1680, 0x1680}, {0x2000, 0x200A}, {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F},
    {0x3000, 0x3000}};
static const struct range ascii_spaces[] = {{0x09, 0x0D}, {0x20, 0x20}};
static const struct range ascii_digits[] = {{'0', '9'}};
static const struct range ascii_words[] = {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* str.isalnum and the underscore, and all else, inside of brackets. PCRE2's own \w is not the same in all its
 * versions: since 10.43 it has marks and connecting punctuation. */
static const char word_part[] = "\\p{L}\\p{N}_";
static const char no_word_part[] =
    "\\p{M}\\p{S}\\p{Z}\\p{C}\\p{Pd}\\p{Ps}\\p{Pe}\\p{Pi}\\p{Pf}\\p{Po}"
    "\\x{203f}\\x{2040}\\x{2054}\\x{fe33}\\x{fe34}\\x{fe4d}-\\x{fe4f}\\x{ff3f}";

static void emit_code(struct re_parser *parser, uint32_t code)
{
    bool plain = (code >= '0' && code <= '9') || (code >= 'a' && code <= 'z') ||
                 (code >= 'A' && code <= 'Z') || code == ' ' || code == '_';
    if (plain)
        buf_add_char(&parser->out, (char)code);
    else if (code > ' ' && code < 0x7F)
        buf_printf(&parser->out, "\\%c", (char)code);
    else
        buf_printf(&parser->out, "\\x{%x}", (unsigned)code);
}

static void emit_range(struct re_parser *parser, uint32_t lo, uint32_t hi)
{
    emit_code(parser, lo);
    if (hi > lo) {
        buf_add_char(&parser->out, '-');
        emit_code(parser, hi);
    }
}

static void emit_ranges(
    struct re_parser *parser, const struct range *ranges, size_t count, bool negate)
{
    uint32_t next = 0;
    for (size_t i = 0; i < count; i++) {
        if (!negate)
            emit_range(parser, ranges[i].lo, ranges[i].hi);
        else if (ranges[i].lo > next)
            emit_range(parser, next, ranges[i].lo - 1);
        next = ranges[i].hi + 1;
    }
    if (negate)
        emit_range(parser, next, LAST_CODE);
}

/* A category as it stands inside of brackets. */
static void emit_category_part(struct re_parser *parser, char letter, unsigned flags)
{
    bool ascii = (flags & RE_ASCII) != 0, negate = letter < 'a';
    switch (letter | 0x20) {
    case 'd':
        if (ascii)
            emit_ranges(parser, ascii_digits, COUNT(ascii_digits), negate);
        else
            buf_add_text(&parser->out, negate ? "\\P{Nd}" : "\\p{Nd}");
        return;
    case 's':
        if (ascii)
            emit_ranges(parser, ascii_spaces, COUNT(ascii_spaces), negate);
        else
            emit_ranges(parser, spaces, COUNT(spaces), negate);
        return;
    default:
        if (ascii)
            emit_ranges(parser, ascii_words, COUNT(ascii_words), negate);
        else
            buf_add_text(&parser->out, negate ? no_word_part : word_part);
        return;
    }
}

void re_emit_category(struct re_parser *parser, char letter, unsigned flags)
{
    buf_add_char(&parser->out, '[');
    emit_category_part(parser, letter, flags);
    buf_add_char(&parser->out, ']');
}

void re_emit_position(struct re_parser *parser, char letter, unsigned flags)
{
    struct buf word = {0};
    buf_printf(&word, "[%s]", flags & RE_ASCII ? "0-9A-Z_a-z" : word_part);
    const char *w = word.data;
    switch (letter) {
    case 'A':
        buf_add_text(&parser->out, "\\A");
        break;
    case 'Z':
        buf_add_text(&parser->out, "\\z");
        break;
    case 'b':
        buf_printf(&parser->out, "(?:(?<=%s)(?!%s)|(?<!%s)(?=%s))", w, w, w, w);
        break;
    default:
        /* In Python no \B is found in an empty text. */
        buf_printf(&parser->out, "(?:(?<=%s)(?=%s)|(?<!%s)(?!%s)(?!\\A\\z))", w, w, w, w);
    }
    buf_free(&word);
}

static bool is_letter(uint32_t code)
{
    return (code >= 'a' && code <= 'z') || (code >= 'A' && code <= 'Z');
}

/* Characters that Python holds equal without case but Unicode's simple case folding, and so PCRE2,
 * does not. */
static const uint32_t folded_together[][4] = {
    {'I', 'i', 0x130, 0x131}, {0x390, 0x1FD3}, {0x3B0, 0x1FE3}, {0xFB05, 0xFB06}};

static bool is_folded(uint32_t code, size_t *row)
{
    for (size_t i = 0; i < COUNT(folded_together); i++)
        for (size_t j = 0; j < COUNT(folded_together[i]) && folded_together[i][j]; j++)
            if (folded_together[i][j] == code) {
                *row = i;
                return true;
            }
    return false;
}

static void emit_folded(struct re_parser *parser, size_t row)
{
    for (size_t j = 0; j < COUNT(folded_together[row]) && folded_together[row][j]; j++)
        emit_code(parser, folded_together[row][j]);
}

void re_emit_literal(struct re_parser *parser, uint32_t code, unsigned flags)
{
    size_t row;
    bool fold = (flags & RE_IGNORECASE) != 0, ascii = (flags & RE_ASCII) != 0;
    if (fold && ascii && is_letter(code)) {
        /* PCRE2's caseless matching knows no limit to ASCII, so it is off here. */
        buf_printf(&parser->out, "[%c%c]", (char)(code & ~0x20U), (char)(code | 0x20U));
    } else if (fold && !ascii && is_folded(code, &row)) {
        buf_add_char(&parser->out, '[');
        emit_folded(parser, row);
        buf_add_char(&parser->out, ']');
    } else {
        emit_code(parser, code);
    }
}

/* Adds the other case of those letters of a range that lie between `first` and `first` + 25. */
static void emit_other_case(struct re_parser *parser, uint32_t lo, uint32_t hi, uint32_t first)
{
    uint32_t last = first + 25;
    uint32_t from = lo > first ? lo : first, to = hi < last ? hi : last;
    if (from <= to)
        emit_range(parser, from ^ 0x20U, to ^ 0x20U);
}

static void emit_set_range(struct re_parser *parser, uint32_t lo, uint32_t hi, unsigned flags)
{
    emit_range(parser, lo, hi);
    if (!(flags & RE_IGNORECASE))
        return;
    if (flags & RE_ASCII) {
        emit_other_case(parser, lo, hi, 'A');
        emit_other_case(parser, lo, hi, 'a');
        return;
    }
    for (size_t i = 0; i < COUNT(folded_together); i++)
        for (size_t j = 0; j < COUNT(folded_together[i]) && folded_together[i][j]; j++)
            if (folded_together[i][j] >= lo && folded_together[i][j] <= hi) {
                emit_folded(parser, i);
                break;
            }
}

static struct re_escape read_set_item(struct re_parser *parser, struct str token)
{
    if (token.ptr[0] == '\\')
        return re_read_escape(parser, token, true);
    return (struct re_escape){RE_LITERAL, re_code(token)};
}

static void emit_set_item(struct re_parser *parser, struct re_escape item, unsigned flags)
{
    if (item.kind == RE_CATEGORY)
        emit_category_part(parser, (char)item.code, flags);
    else
        emit_set_range(parser, item.code, item.code, flags);
}

/* Reads what follows `item-`: a range, or the end of the set. Returns true at the end. */
static bool translate_range(
    struct re_parser *parser, struct str token, struct re_escape item, size_t start, unsigned flags)
{
    struct str last = re_take(parser);
    if (!last.ptr) {
        re_fail(parser, re_tell(parser) - start, "unterminated character set");
        return true;
    }
    if (re_is(last, ']')) {
        emit_set_item(parser, item, flags);
        emit_set_range(parser, '-', '-', flags);
        return true;
    }
    struct re_escape end = read_set_item(parser, last);
    if (item.kind != RE_LITERAL || end.kind != RE_LITERAL || end.code < item.code) {
        re_fail(parser, token.len + 1 + last.len, "bad character range %.*s-%.*s", STR_ARG(token),
            STR_ARG(last));
        return true;
    }
    emit_set_range(parser, item.code, end.code, flags);
    return false;
}

void re_translate_set(struct re_parser *parser, unsigned flags)
{
    size_t start = re_tell(parser) - 1;
    bool negate = re_accept(parser, '^'), empty = true;
    buf_add_text(&parser->out, negate ? "[^" : "[");
    for (;;) {
        struct str token = re_take(parser);
        if (!token.ptr) {
            re_fail(parser, re_tell(parser) - start, "unterminated character set");
            return;
        }
        if (re_is(token, ']') && !empty)
            break;
        empty = false;
        struct re_escape item = read_set_item(parser, token);
        if (re_accept(parser, '-')) {
            if (translate_range(parser, token, item, start, flags))
                break;
        } else {
            emit_set_item(parser, item, flags);
        }
    }
    buf_add_char(&parser->out, ']');
}
