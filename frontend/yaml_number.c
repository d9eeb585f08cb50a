#include "frontend/yaml_number.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "runtime/base/number.h"

/* Python's int() and str() refuse more decimal digits than these. */
enum { MOST_DIGITS = 4300, LIMB_DIGITS = 9, LIMB = 1000000000, MOST_LIMBS = 480 };

static const char no_integer[] = "it is no integer";
static const char no_number[] = "it is no number";
static const char too_long[] = "an integer has at most 4300 digits";

/* A natural number in base 10^9, least limb first. */
struct natural {
    uint32_t limbs[MOST_LIMBS];
    size_t count;
};

/* n = n * factor + more; false if it becomes too long. */
static bool multiply_add(struct natural *n, uint32_t factor, uint32_t more)
{
    uint64_t carry = more;
    for (size_t i = 0; i < n->count; i++) {
        carry += (uint64_t)n->limbs[i] * factor;
        n->limbs[i] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    while (carry) {
        if (n->count == MOST_LIMBS)
            return false;
        n->limbs[n->count++] = (uint32_t)(carry % LIMB);
        carry /= LIMB;
    }
    return true;
}

static struct str spell_natural(struct arena *arena, const struct natural *n, bool negative)
{
    if (n->count == 0)
        return STR("0");
    char *out = arena_alloc(arena, n->count * LIMB_DIGITS + 2, 1);
    char *p = out;
    if (negative)
        *p++ = '-';
    p += sprintf(p, "%u", n->limbs[n->count - 1]);
    for (size_t i = n->count - 1; i-- > 0;)
        p += sprintf(p, "%09u", n->limbs[i]);
    return str_slice(out, p);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What Python's int() and float() do first. */
static struct str strip(struct str text)
{
    while (text.len && is_blank(text.ptr[0]))
        text = (struct str){text.ptr + 1, text.len - 1};
    while (text.len && is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

static struct str drop_underscores(struct arena *arena, struct str text)
{
    if (!memchr(text.ptr, '_', text.len))
        return text;
    char *out = arena_alloc(arena, text.len, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != '_')
            out[len++] = text.ptr[i];
    return (struct str){out, len};
}

static bool take_sign(struct str *text)
{
    if (text->len == 0 || !memchr("+-", text->ptr[0], 2))
        return false;
    bool negative = text->ptr[0] == '-';
    *text = (struct str){text->ptr + 1, text->len - 1};
    return negative;
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned)(c - '0');
    if (c >= 'a' && c <= 'f')
        return (unsigned)(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return (unsigned)(c - 'A') + 10;
    return 99;
}

/* Adds the digits of `text` to n; NULL or the reason. */
static const char *read_digits(struct natural *n, struct str text, unsigned base)
{
    text = strip(text);
    if (text.len == 0)
        return no_integer;
    for (size_t i = 0; i < text.len; i++) {
        unsigned digit = digit_value(text.ptr[i]);
        if (digit >= base)
            return no_integer;
        if (!multiply_add(n, base, digit))
            return too_long;
    }
    return NULL;
}

static const char *read_sexagesimal(struct natural *n, struct str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    for (;;) {
        const char *colon = memchr(p, ':', (size_t)(end - p));
        struct natural part = {.count = 0};
        const char *failure = read_digits(&part, str_slice(p, colon ? colon : end), 10);
        if (failure)
            return failure;
        if (part.count > 1 && n->count)
            return no_integer; /* a place of more than nine digits: nobody's sexagesimal */
        if (n->count == 0)
            *n = part;
        else if (!multiply_add(n, 60, part.count ? part.limbs[0] : 0))
            return too_long;
        if (!colon)
            return NULL;
        p = colon + 1;
    }
}

const char *yaml_read_int(struct arena *arena, struct str text, struct str *out)
{
    text = drop_underscores(arena, text);
    bool negative = take_sign(&text);
    struct natural n = {.count = 0};
    const char *failure;
    if (text.len == 0)
        return no_integer;
    if (str_starts(text, STR("0b")))
        failure = read_digits(&n, (struct str){text.ptr + 2, text.len - 2}, 2);
    else if (str_starts(text, STR("0x")))
        failure = read_digits(&n, (struct str){text.ptr + 2, text.len - 2}, 16);
    else if (text.ptr[0] == '0')
        failure = read_digits(&n, text, 8);
    else if (memchr(text.ptr, ':', text.len))
        failure = read_sexagesimal(&n, text);
    else
        failure = read_digits(&n, text, 10);
    if (failure)
        return failure;
    *out = spell_natural(arena, &n, negative);
    return out->len - (negative && n.count) > MOST_DIGITS ? too_long : NULL;
}

/* Length of a run of decimal digits. */
static size_t count_digits(struct str text, size_t from)
{
    size_t i = from;
    while (i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9')
        i++;
    return i - from;
}

/* Python's float() of a text in lower case without underscores. */
static bool read_decimal(struct str text, double *out)
{
    text = strip(text);
    bool negative = take_sign(&text);
    double sign = negative ? -1 : 1;
    if (str_is(text, "inf") || str_is(text, "infinity")) {
        *out = sign * number_to_double(STR("Infinity"));
        return true;
    }
    if (str_is(text, "nan")) {
        *out = number_to_double(STR(""));
        return true;
    }
    size_t whole = count_digits(text, 0), fraction = 0, i = whole;
    if (i < text.len && text.ptr[i] == '.') {
        fraction = count_digits(text, i + 1);
        i += 1 + fraction;
    }
    if (whole + fraction == 0)
        return false;
    if (i < text.len && text.ptr[i] == 'e') {
        i++;
        if (i < text.len && memchr("+-", text.ptr[i], 2))
            i++;
        size_t power = count_digits(text, i);
        if (power == 0)
            return false;
        i += power;
    }
    if (i != text.len)
        return false;
    *out = sign * number_to_double(text);
    return true;
}

static bool read_sexagesimal_real(struct str text, double *out)
{
    /* As PyYAML sums: from the last place up, so that rounding is the same. */
    double sum = 0, base = 1;
    size_t end = text.len;
    for (;;) {
        size_t from = end;
        while (from > 0 && text.ptr[from - 1] != ':')
            from--;
        double place;
        if (!read_decimal((struct str){text.ptr + from, end - from}, &place))
            return false;
        sum += place * base;
        base *= 60;
        if (from == 0)
            break;
        end = from - 1;
    }
    *out = sum;
    return true;
}

static struct str lower(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1, 1);
    for (size_t i = 0; i < text.len; i++)
        out[i] =
            (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z' ? text.ptr[i] | 0x20 : text.ptr[i]);
    out[text.len] = '\0';
    return (struct str){out, text.len};
}

const char *yaml_read_real(struct arena *arena, struct str text, struct str *out)
{
    text = lower(arena, drop_underscores(arena, text));
    bool negative = take_sign(&text);
    double number;
    if (text.len == 0)
        return no_number;
    if (str_is(text, ".inf"))
        number = number_to_double(STR("Infinity"));
    else if (str_is(text, ".nan"))
        number = number_to_double(STR(""));
    else if (memchr(text.ptr, ':', text.len) ? !read_sexagesimal_real(text, &number)
                                             : !read_decimal(text, &number))
        return no_number;
    char spelt[NUMBER_REPR_SIZE];
    size_t len = number_repr(negative ? -number : number, spelt);
    *out = arena_str(arena, (struct str){spelt, len});
    return NULL;
}
