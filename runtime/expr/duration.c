#include "runtime/expr/duration.h"

#include <math.h>
#include <stdio.h>

#include "runtime/base/number.h"

static const struct {
    struct str name;
    double seconds;
} units[] = {
    {STR_INIT("ms"), 0.001}, {STR_INIT("s"), 1}, {STR_INIT("m"), 60}, {STR_INIT("h"), 3600}};

enum { UNIT_COUNT = sizeof units / sizeof units[0], LONGEST = 64 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(char c)
{
    return is_digit(c) || c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The unit at the start of `text`, or UNIT_COUNT. */
static size_t find_unit(struct str text)
{
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        size_t len = units[i].name.len;
        if (str_starts(text, units[i].name) && (text.len == len || !is_word(text.ptr[len])))
            return i;
    }
    return UNIT_COUNT;
}

size_t duration_unit(struct str text)
{
    size_t unit = find_unit(text);
    return unit == UNIT_COUNT ? 0 : units[unit].name.len;
}

static size_t skip_digits(struct str text, size_t at)
{
    while (at < text.len && is_digit(text.ptr[at]))
        at++;
    return at;
}

bool duration_parse(struct str text, double *seconds, size_t *wrong_at)
{
    size_t at = skip_digits(text, 0);
    *wrong_at = at;
    if (at == 0)
        return false;
    if (at < text.len && text.ptr[at] == '.') {
        size_t fraction = skip_digits(text, at + 1);
        *wrong_at = fraction;
        if (fraction == at + 1)
            return false;
        at = fraction;
    }
    struct str number = {text.ptr, at}, rest = {text.ptr + at, text.len - at};
    size_t unit = rest.len ? find_unit(rest) : 1;
    *wrong_at = at;
    if (unit == UNIT_COUNT)
        return false;
    *wrong_at = at + (rest.len ? units[unit].name.len : 0);
    if (*wrong_at < text.len)
        return false;

    *wrong_at = 0;
    if (unit == 0) {
        /* 1.1ms is the double nearest to 0.0011: divided after rounding it need not be. */
        char spelling[LONGEST + 4];
        if (number.len > LONGEST)
            return false;
        int len = snprintf(spelling, sizeof spelling, "%.*se-3", STR_ARG(number));
        *seconds = number_to_double((struct str){spelling, (size_t)len});
    } else {
        *seconds = number_to_double(number) * units[unit].seconds;
    }
    return isfinite(*seconds);
}

size_t duration_spell(double seconds, char *out, size_t size)
{
    /* The largest unit in which the number is whole; below a second, milliseconds. */
    size_t unit = 1;
    if (seconds > 0 && seconds < 1)
        unit = 0;
    else if (seconds > 0)
        while (unit + 1 < UNIT_COUNT && fmod(seconds, units[unit + 1].seconds) == 0)
            unit++;
    double count = unit == 0 ? round(seconds * 1e9) / 1e6 : seconds / units[unit].seconds;
    char number[NUMBER_REPR_SIZE];
    size_t len = number_repr(count, number);
    if (len > 2 && str_ends((struct str){number, len}, STR(".0")))
        len -= 2;
    int written = snprintf(out, size, "%.*s%.*s", (int)len, number, STR_ARG(units[unit].name));
    return (size_t)written < size ? (size_t)written : size - 1;
}
