#include "runtime/base/number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/base/buf.h"

/* Room for the integer part of any double written in full (309 digits), sign and NUL included. */
enum { DOUBLE_DIGITS = 320 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool number_is_int(struct str text)
{
    size_t i = text.len && (text.ptr[0] == '-' || text.ptr[0] == '+') ? 1 : 0;
    if (i == text.len)
        return false;
    for (; i < text.len; i++)
        if (!is_digit(text.ptr[i]))
            return false;
    return true;
}

/* An integer's sign and its digits without leading zeros; zero has no digits and is not negative.
 */
struct digits {
    bool negative;
    struct str text;
};

static struct digits split_int(struct str text)
{
    struct digits d = {.text = text};
    if (text.len && (text.ptr[0] == '-' || text.ptr[0] == '+')) {
        d.negative = text.ptr[0] == '-';
        d.text = (struct str){text.ptr + 1, text.len - 1};
    }
    while (d.text.len && d.text.ptr[0] == '0')
        d.text = (struct str){d.text.ptr + 1, d.text.len - 1};
    d.negative = d.negative && d.text.len;
    return d;
}

bool number_to_int64(struct str text, int64_t *out)
{
    if (!number_is_int(text))
        return false;
    struct digits d = split_int(text);
    int64_t sum = 0; /* negative throughout: that side reaches one further */
    for (size_t i = 0; i < d.text.len; i++)
        if (__builtin_mul_overflow(sum, 10, &sum) ||
            __builtin_sub_overflow(sum, d.text.ptr[i] - '0', &sum))
            return false;
    if (!d.negative && __builtin_sub_overflow(0, sum, &sum))
        return false;
    *out = sum;
    return true;
}

/* strtod, but of a slice, and only of what is a number in JSON or YAML (no hexadecimal, no "inf").
 */
static double parse_double(struct str text)
{
    char small[64];
    struct buf large = {0};
    char *copy = small;
    if (text.len >= sizeof small) {
        buf_add_str(&large, text);
        copy = large.data;
    } else {
        memcpy(small, text.ptr, text.len);
        small[text.len] = '\0';
    }
    char *end;
    double number = strtod(copy, &end);
    if (end != copy + text.len)
        number = NAN;
    buf_free(&large);
    return number;
}

double number_to_double(struct str text)
{
    if (str_is(text, "Infinity"))
        return INFINITY;
    if (str_is(text, "-Infinity"))
        return -INFINITY;
    if (text.len == 0)
        return NAN;
    for (size_t i = 0; i < text.len; i++)
        if (!is_digit(text.ptr[i]) && !memchr("+-.eE", text.ptr[i], 5))
            return NAN;
    return parse_double(text);
}

static int order(double a, double b)
{
    return a < b ? -1 : a > b;
}

static int compare_ints(struct digits a, struct digits b)
{
    if (a.negative != b.negative)
        return a.negative ? -1 : 1;
    int magnitude;
    if (a.text.len != b.text.len)
        magnitude = a.text.len < b.text.len ? -1 : 1;
    else
        magnitude = str_compare(a.text, b.text);
    magnitude = magnitude < 0 ? -1 : magnitude > 0;
    return a.negative ? -magnitude : magnitude;
}

/* The whole part of a double has an exact decimal spelling, so the comparison needs no rounding. */
static int compare_int_to_double(struct digits a, double b)
{
    if (isnan(b))
        return NUMBER_UNORDERED;
    if (isinf(b))
        return b > 0 ? -1 : 1;
    char spelt[DOUBLE_DIGITS];
    double whole;
    modf(b, &whole);
    int len = snprintf(spelt, sizeof spelt, "%.0f", whole);
    int result = compare_ints(a, split_int((struct str){spelt, (size_t)len}));
    return result ? result : order(whole, b);
}

int number_compare(struct str a, struct str b)
{
    bool a_int = number_is_int(a), b_int = number_is_int(b);
    if (a_int && b_int)
        return compare_ints(split_int(a), split_int(b));
    if (a_int)
        return compare_int_to_double(split_int(a), number_to_double(b));
    if (b_int) {
        int reversed = compare_int_to_double(split_int(b), number_to_double(a));
        return reversed == NUMBER_UNORDERED ? reversed : -reversed;
    }
    double x = number_to_double(a), y = number_to_double(b);
    return isnan(x) || isnan(y) ? NUMBER_UNORDERED : order(x, y);
}

/* The fewest significant digits of a positive finite number that read back equal, with its decimal
 * exponent (of the first digit). */
static size_t shortest_digits(double number, char digits[20], int *exponent)
{
    enum { MOST_DIGITS = 17 };
    char text[40];
    int fraction;
    for (size_t count = 1;; count++) {
        snprintf(text, sizeof text, "%.*e", (int)count - 1, number);
        bool equal = strtod(text, NULL) == number;
        /* Doubles lie twice as dense below a power of two as above it: there the next decimal up
         * can read back equal although the nearest one, which is below, does not. */
        if (!equal && frexp(number, &fraction) == 0.5) {
            char *last = text + (count == 1 ? 0 : count);
            if (*last != '9') {
                (*last)++;
                equal = strtod(text, NULL) == number;
            }
        }
        if (equal || count == MOST_DIGITS) {
            digits[0] = text[0];
            memcpy(digits + 1, text + 2, count - 1);
            *exponent = atoi(strchr(text, 'e') + 1);
            while (count > 1 && digits[count - 1] == '0')
                count--;
            return count;
        }
    }
}

/* Lays digits out as Python's repr does: plain from 1e-4 up to 1e16, else with an exponent. */
static size_t lay_out(const char *digits, size_t count, int exponent, char *out)
{
    char *p = out;
    if (exponent < -4 || exponent >= 16) {
        *p++ = digits[0];
        if (count > 1) {
            *p++ = '.';
            memcpy(p, digits + 1, count - 1);
            p += count - 1;
        }
        return (size_t)(p - out) + (size_t)sprintf(p, "e%+03d", exponent);
    }
    if (exponent < 0) {
        p += sprintf(p, "0.%.*s", -exponent - 1, "000");
        memcpy(p, digits, count);
        p += count;
    } else {
        size_t whole = (size_t)exponent + 1;
        for (size_t i = 0; i < whole; i++)
            *p++ = i < count ? digits[i] : '0';
        *p++ = '.';
        if (count <= whole)
            *p++ = '0';
        for (size_t i = whole; i < count; i++)
            *p++ = digits[i];
    }
    *p = '\0';
    return (size_t)(p - out);
}

size_t number_repr(double number, char out[NUMBER_REPR_SIZE])
{
    if (!isfinite(number))
        return (size_t)sprintf(out, "%s",
            isnan(number) ? "NaN"
            : number > 0  ? "Infinity"
                          : "-Infinity");
    size_t sign = signbit(number) ? 1 : 0;
    if (sign)
        out[0] = '-';
    if (number == 0)
        return sign + (size_t)sprintf(out + sign, "0.0");
    char digits[20];
    int exponent;
    size_t count = shortest_digits(fabs(number), digits, &exponent);
    return sign + lay_out(digits, count, exponent, out + sign);
}

int number_digit(uint32_t code)
{
    /* The zeros of Unicode's decimal digits (general category Nd), each with its nine others behind it. */
    static const uint32_t zeros[] = {'0', 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66,
        0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810,
        0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900,
        0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136,
        0x111d0, 0x112f0, 0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50,
        0x11d50, 0x11da0, 0x16a60, 0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6,
        0x1e140, 0x1e2f0, 0x1e950, 0x1fbf0};
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++)
        if (code >= zeros[i] && code - zeros[i] < 10)
            return (int)(code - zeros[i]);
    return -1;
}
