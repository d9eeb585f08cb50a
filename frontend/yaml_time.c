#include "frontend/yaml_time.h"

#include <stdio.h>

/* A place in the text; at its end there is a NUL. */
struct reader {
    const char *p, *end;
};

static char peek(const struct reader *r)
{
    return r->p < r->end ? *r->p : '\0';
}

static bool take(struct reader *r, char c)
{
    bool found = peek(r) == c;
    r->p += found;
    return found;
}

/* Reads `least` to `most` digits; false leaves the reader where it is wrong. */
static bool take_number(struct reader *r, int least, int most, int *out)
{
    int count = 0;
    for (*out = 0; count < most && peek(r) >= '0' && peek(r) <= '9'; count++)
        *out = *out * 10 + (*r->p++ - '0');
    return count >= least;
}

static void skip_blanks(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t')
        r->p++;
}

static void take_fraction(struct reader *r, int *microsecond)
{
    int scale = 100000;
    for (*microsecond = 0; peek(r) >= '0' && peek(r) <= '9'; scale /= 10)
        *microsecond += (*r->p++ - '0') * scale;
}

static bool take_zone(struct reader *r, struct yaml_time *time)
{
    if (take(r, 'Z')) {
        time->has_zone = true;
        return true;
    }
    bool negative = peek(r) == '-';
    if (!negative && peek(r) != '+')
        return false;
    r->p++;
    int hours, minutes = 0;
    if (!take_number(r, 1, 2, &hours) || (take(r, ':') && !take_number(r, 2, 2, &minutes)))
        return false;
    time->has_zone = true;
    time->zone = (hours * 60 + minutes) * (negative ? -1 : 1);
    return true;
}

/* PyYAML's pattern for the constructor: wider than the resolver's for dates (2020-1-1 with a tag).
 */
static bool match(struct str text, struct yaml_time *time)
{
    struct reader r = {text.ptr, text.ptr + text.len};
    *time = (struct yaml_time){0};
    if (!take_number(&r, 4, 4, &time->year) || !take(&r, '-') ||
        !take_number(&r, 1, 2, &time->month) || !take(&r, '-') ||
        !take_number(&r, 1, 2, &time->day))
        return false;
    if (r.p == r.end)
        return true;
    if (!take(&r, 'T') && !take(&r, 't')) {
        if (peek(&r) != ' ' && peek(&r) != '\t')
            return false;
        skip_blanks(&r);
    }
    time->has_time = true;
    if (!take_number(&r, 1, 2, &time->hour) || !take(&r, ':') ||
        !take_number(&r, 2, 2, &time->minute) || !take(&r, ':') ||
        !take_number(&r, 2, 2, &time->second))
        return false;
    if (take(&r, '.'))
        take_fraction(&r, &time->microsecond);
    if (r.p == r.end)
        return true;
    skip_blanks(&r);
    return take_zone(&r, time) && r.p == r.end;
}

static int days_in(int year, int month)
{
    static const char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

const char *yaml_read_time(struct str text, struct yaml_time *time)
{
    if (!match(text, time))
        return "it has not the form of one";
    if (time->year == 0)
        return "years start at 1";
    if (time->month < 1 || time->month > 12)
        return "months go from 1 to 12";
    if (time->day < 1 || time->day > days_in(time->year, time->month))
        return "the month has no such day";
    if (time->hour > 23)
        return "hours go from 0 to 23";
    if (time->minute > 59)
        return "minutes go from 0 to 59";
    if (time->second > 59)
        return "seconds go from 0 to 59";
    if (time->zone <= -24 * 60 || time->zone >= 24 * 60)
        return "a zone is less than 24 hours away";
    return NULL;
}

size_t yaml_spell_time(const struct yaml_time *time, char separator, char out[YAML_TIME_SIZE])
{
    int len = snprintf(out, YAML_TIME_SIZE, "%04d-%02d-%02d", time->year, time->month, time->day);
    if (!time->has_time)
        return (size_t)len;
    len += snprintf(out + len, YAML_TIME_SIZE - (size_t)len, "%c%02d:%02d:%02d", separator,
        time->hour, time->minute, time->second);
    if (time->microsecond)
        len += snprintf(out + len, YAML_TIME_SIZE - (size_t)len, ".%06d", time->microsecond);
    if (time->has_zone) {
        int minutes = time->zone < 0 ? -time->zone : time->zone;
        len += snprintf(out + len, YAML_TIME_SIZE - (size_t)len, "%c%02d:%02d",
            time->zone < 0 ? '-' : '+', minutes / 60, minutes % 60);
    }
    return (size_t)len;
}
