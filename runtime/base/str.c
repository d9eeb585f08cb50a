#include "runtime/base/str.h"

#include <ctype.h>
#include <stdint.h>

int str_compare(struct str a, struct str b)
{
    size_t shorter = a.len < b.len ? a.len : b.len;
    int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;
    if (order != 0)
        return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool str_contains(struct str s, struct str needle)
{
    return s.len >= needle.len && memmem(s.ptr, s.len, needle.ptr, needle.len) != NULL;
}

unsigned long long str_hash(struct str s)
{
    unsigned long long h = 0xcbf29ce484222325ULL; /* FNV-1a */
    for (size_t i = 0; i < s.len; i++)
        h = (h ^ (unsigned char)s.ptr[i]) * 0x100000001b3ULL;
    return h ^ (h >> 29);
}

static unsigned char folded(char c)
{
    return c == '-' ? '_' : (unsigned char)tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* Folds a string into `out` and returns the set of its characters, some of them sharing a bit. */
static uint64_t fold(struct str s, unsigned char *out)
{
    uint64_t set = 0;
    for (size_t i = 0; i < s.len; i++) {
        out[i] = folded(s.ptr[i]);
        set |= (uint64_t)1 << (out[i] & 63);
    }
    return set;
}

static unsigned count_bits(uint64_t set)
{
    unsigned count = 0;
    for (; set; set &= set - 1)
        count++;
    return count;
}

unsigned str_distance(struct str a, struct str b, unsigned limit)
{
    enum { LONGEST = 64 };
    unsigned rows[3][LONGEST + 1];
    unsigned char x[LONGEST], y[LONGEST];
    if (a.len > LONGEST || b.len > LONGEST)
        return str_equal(a, b) ? 0 : limit + 1;
    if (a.len > b.len + limit || b.len > a.len + limit)
        return limit + 1;
    /* An edit takes at most one character out of the set and puts one in: most pairs are told apart by that. */
    if (count_bits(fold(a, x) ^ fold(b, y)) > 2 * limit)
        return limit + 1;

    unsigned *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a.len; i++) {
        unsigned nearest = row[0] = (unsigned)i;
        for (size_t j = 1; j <= b.len; j++) {
            unsigned replaced = above[j - 1] + (x[i - 1] != y[j - 1]);
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), replaced);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
            nearest = least(nearest, row[j]);
        }
        /* A swap reaches over one row, and costs one. */
        if (nearest > limit + 1)
            return limit + 1;
        unsigned *spare = before;
        before = above;
        above = row;
        row = spare;
    }
    return least(above[b.len], limit + 1);
}
