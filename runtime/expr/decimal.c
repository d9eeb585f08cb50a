#include "runtime/expr/decimal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>

static const int64_t largest_exponent = 999999999999999999; /* MAX_EMAX of Python's decimal */

enum { DOUBLE_DIGITS = 767 }; /* no double has more significant digits */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || (c >= 0x1C && c <= 0x1F);
}

/* Removes leading zeros; zero has no digits. */
static void trim_zeros(struct decimal *out)
{
    while (out->digits.len && out->digits.ptr[0] == '0') {
        out->digits.ptr++;
        out->digits.len--;
    }
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* True, and *text moved behind it, if it starts with this word, whatever the case. */
static bool skip_word(struct str *text, const char *word)
{
    size_t len = strlen(word);
    if (text->len < len)
        return false;
    for (size_t i = 0; i < len; i++)
        if (lower(text->ptr[i]) != word[i])
            return false;
    text->ptr += len;
    text->len -= len;
    return true;
}

static bool skip_char(struct str *text, const char *chars)
{
    if (text->len == 0 || text->ptr[0] == '\0' || !strchr(chars, text->ptr[0]))
        return false;
    text->ptr++;
    text->len--;
    return true;
}

/* The digits at the start, moved behind them. */
static struct str take_digits(struct str *text)
{
    struct str digits = {text->ptr, 0};
    while (digits.len < text->len && is_digit(text->ptr[digits.len]))
        digits.len++;
    text->ptr += digits.len;
    text->len -= digits.len;
    return digits;
}

static bool read_special(struct str text, struct decimal *out)
{
    if (skip_word(&text, "inf")) {
        skip_word(&text, "inity");
        out->kind = DECIMAL_INFINITE;
        return text.len == 0;
    }
    skip_word(&text, "s");
    if (!skip_word(&text, "nan"))
        return false;
    take_digits(&text);
    out->kind = DECIMAL_NAN;
    return text.len == 0;
}

/* Reads the exponent behind its e; saturates. */
static bool read_exponent(struct str *text, int64_t *exponent)
{
    bool negative = text->len && text->ptr[0] == '-';
    skip_char(text, "+-");
    struct str digits = take_digits(text);
    for (size_t i = 0; i < digits.len; i++)
        *exponent = *exponent <= largest_exponent / 10 ? *exponent * 10 + (digits.ptr[i] - '0')
                                                       : 2 * largest_exponent;
    if (negative)
        *exponent = -*exponent;
    return digits.len > 0;
}

/* Reads a number without blanks and underscores: sign, digits, fraction, exponent. */
static bool read_number(struct arena *arena, struct str text, struct decimal *out)
{
    *out = (struct decimal){.negative = text.len && text.ptr[0] == '-'};
    skip_char(&text, "+-");
    struct str whole = take_digits(&text), fraction = {text.ptr, 0};
    if (skip_char(&text, "."))
        fraction = take_digits(&text);
    if (whole.len + fraction.len == 0)
        return whole.ptr == text.ptr && read_special(text, out);
    if (skip_char(&text, "eE") && !read_exponent(&text, &out->exponent))
        return false;
    out->digits = whole;
    if (fraction.len)
        out->digits = arena_printf(arena, "%.*s%.*s", STR_ARG(whole), STR_ARG(fraction));
    out->exponent -= (int64_t)fraction.len;
    trim_zeros(out);
    int64_t magnitude = out->exponent + (int64_t)out->digits.len;
    return text.len == 0 && (out->digits.len == 0 ||
                                (magnitude <= largest_exponent && magnitude >= -largest_exponent));
}

static bool read_text(struct arena *arena, struct str text, struct decimal *out)
{
    while (text.len && is_blank(text.ptr[0])) {
        text.ptr++;
        text.len--;
    }
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    if (text.len && memchr(text.ptr, '_', text.len)) {
        char *plain = arena_alloc(arena, text.len, 1);
        size_t len = 0;
        for (size_t i = 0; i < text.len; i++)
            if (text.ptr[i] != '_')
                plain[len++] = text.ptr[i];
        text = (struct str){plain, len};
    }
    return read_number(arena, text, out);
}

/* A double has an exact decimal value; printf gives it. */
static void read_double(struct arena *arena, double number, struct decimal *out)
{
    *out = (struct decimal){.negative = signbit(number) != 0};
    if (isnan(number)) {
        out->kind = DECIMAL_NAN;
    } else if (isinf(number)) {
        out->kind = DECIMAL_INFINITE;
    } else {
        struct str text = arena_printf(arena, "%.*e", DOUBLE_DIGITS - 1, number);
        bool read = read_number(arena, text, out);
        assert(read);
        (void)read;
    }
}

enum decimal_result decimal_from_value(
    struct arena *arena, const struct value *value, struct decimal *out)
{
    switch (value->kind) {
    case VALUE_NULL:
    case VALUE_OBJECT:
        return DECIMAL_TYPE;
    case VALUE_ARRAY:
        return DECIMAL_LIST;
    case VALUE_BOOL:
        *out = (struct decimal){.digits = {"1", value->as.truth ? 1 : 0}};
        return DECIMAL_OK;
    case VALUE_REAL:
        read_double(arena, value_to_double(value), out);
        return DECIMAL_OK;
    case VALUE_INT:
    case VALUE_STRING:
        return read_text(arena, value->as.text, out) ? DECIMAL_OK : DECIMAL_SYNTAX;
    }
    return DECIMAL_TYPE;
}

/* Compares the absolute values of two finite decimals. */
static int compare_magnitudes(const struct decimal *a, const struct decimal *b)
{
    int64_t high_a = a->exponent + (int64_t)a->digits.len;
    int64_t high_b = b->exponent + (int64_t)b->digits.len;
    if (a->digits.len == 0 || b->digits.len == 0)
        return (a->digits.len > 0) - (b->digits.len > 0);
    if (high_a != high_b)
        return high_a < high_b ? -1 : 1;
    size_t longest = a->digits.len > b->digits.len ? a->digits.len : b->digits.len;
    for (size_t i = 0; i < longest; i++) {
        char digit_a = i < a->digits.len ? a->digits.ptr[i] : '0';
        char digit_b = i < b->digits.len ? b->digits.ptr[i] : '0';
        if (digit_a != digit_b)
            return digit_a < digit_b ? -1 : 1;
    }
    return 0;
}

/* -1, 0 or 1; infinities are 2 and -2. */
static int sign_of(const struct decimal *number)
{
    int sign = number->kind == DECIMAL_INFINITE ? 2 : number->digits.len > 0;
    return number->negative ? -sign : sign;
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
    assert(a->kind != DECIMAL_NAN && b->kind != DECIMAL_NAN);
    int sign_a = sign_of(a), sign_b = sign_of(b);
    if (sign_a != sign_b)
        return sign_a < sign_b ? -1 : 1;
    if (sign_a == 0 || a->kind == DECIMAL_INFINITE)
        return 0;
    int order = compare_magnitudes(a, b);
    return sign_a < 0 ? -order : order;
}
