#include "frontend/inside.h"

#include <stdlib.h>

#include "runtime/base/utf8.h"

/* The way through a string: raw text on one side, its value on the other. */
struct walk {
    const char *raw, *end;
    const char *value, *value_end;
    bool escapes;  /* backslashes are escapes */
    bool doubling; /* '' is one quote */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static uint32_t read_hex(const char *p, const char *end, size_t digits)
{
    uint32_t code = 0;
    for (; digits > 0 && p < end; digits--, p++) {
        char c = *p;
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 0;
        code = code * 16 + digit;
    }
    return code;
}

/* How many raw bytes the escape at walk->raw takes, and how many bytes of value it gives. */
static void measure_escape(const struct walk *walk, size_t *raw, size_t *value)
{
    const char *p = walk->raw;
    size_t left = (size_t)(walk->end - p);
    char out[4];
    *raw = left < 2 ? left : 2;
    *value = 1;
    if (left < 2)
        return;
    size_t digits = p[1] == 'x' ? 2 : p[1] == 'u' ? 4 : p[1] == 'U' ? 8 : 0;
    if (digits > 0) {
        uint32_t code = read_hex(p + 2, walk->end, digits);
        *raw = left < 2 + digits ? left : 2 + digits;
        *value = utf8_encode(code, out);
        bool pair = code >= 0xD800 && code < 0xDC00 && left >= 12 && p[6] == '\\' && p[7] == 'u';
        uint32_t low = pair ? read_hex(p + 8, walk->end, 4) : 0;
        if (digits == 4 && low >= 0xDC00 && low < 0xE000) {
            *raw = 12;
            *value = 4;
        }
    } else if (p[1] == 'N' || p[1] == '_') {
        *value = 2;
    } else if (p[1] == 'L' || p[1] == 'P') {
        *value = 3;
    } else if (p[1] == '\n' || p[1] == '\r') {
        /* An escaped line end of YAML: it and the indentation behind it give nothing. */
        *value = 0;
        while (*raw < left && is_blank(p[*raw]))
            ++*raw;
    }
}

/* Takes one step; false if raw text and value do not agree. */
static bool step(struct walk *walk)
{
    if (walk->escapes && *walk->raw == '\\') {
        size_t raw, value;
        measure_escape(walk, &raw, &value);
        if (value > (size_t)(walk->value_end - walk->value))
            return false;
        walk->raw += raw;
        walk->value += value;
        return true;
    }
    if (walk->value < walk->value_end && *walk->raw == *walk->value) {
        bool doubled = walk->doubling && *walk->raw == '\'' && walk->raw + 1 < walk->end;
        walk->raw += doubled ? 2 : 1;
        walk->value++;
        return true;
    }
    if (!is_blank(*walk->raw))
        return false;
    /* Folded lines and indentation: a run of blanks stands for a space, line ends or nothing. */
    while (walk->raw < walk->end && is_blank(*walk->raw))
        walk->raw++;
    while (walk->value < walk->value_end && is_blank(*walk->value) &&
           (walk->raw == walk->end || *walk->value != *walk->raw))
        walk->value++;
    return true;
}

static void start(struct walk *walk, const struct doc *doc, const struct doc_node *node)
{
    struct str raw = source_slice(doc->source, node->span);
    *walk = (struct walk){raw.ptr, raw.ptr + raw.len, node->as.text.ptr,
        node->as.text.ptr + node->as.text.len, false, false};
    if (str_starts(raw, STR("\"\"\"")) && doc->notation == DOC_CHAOS) {
        walk->raw += 3;
        walk->end -= raw.len >= 6 ? 3 : 0;
        while (walk->raw < walk->end && is_blank(*walk->raw))
            walk->raw++;
    } else if (raw.len >= 2 && raw.ptr[0] == '"') {
        walk->raw++;
        walk->end--;
        walk->escapes = true;
    } else if (raw.len >= 2 && raw.ptr[0] == '\'') {
        walk->raw++;
        walk->end--;
        walk->doubling = doc->notation == DOC_YAML;
    } else if ((node->style == DOC_LITERAL || node->style == DOC_FOLDED) && raw.len > 0 &&
               (raw.ptr[0] == '|' || raw.ptr[0] == '>')) {
        while (walk->raw < walk->end && *walk->raw != '\n')
            walk->raw++;
        if (walk->raw < walk->end)
            walk->raw++;
    }
}

struct span doc_inside(const struct doc *doc, const struct doc_node *node, size_t from, size_t to)
{
    if (node->aliased || node->kind != DOC_STRING || node->span.hi > doc->source->text.len)
        return node->span;
    struct walk walk;
    start(&walk, doc, node);
    const char *base = doc->source->text.ptr, *value = node->as.text.ptr;
    if (from > node->as.text.len)
        from = node->as.text.len;
    if (to <= from)
        to = from + 1;
    size_t lo = SIZE_MAX;
    while (walk.raw < walk.end) {
        size_t at = (size_t)(walk.value - value);
        if (at >= from && lo == SIZE_MAX &&
            (at > from || walk.value == walk.value_end || !is_blank(*walk.raw) ||
                is_blank(*walk.value)))
            lo = (size_t)(walk.raw - base);
        if (at >= to)
            break;
        if (!step(&walk))
            return node->span;
    }
    size_t hi = (size_t)(walk.raw - base);
    if (lo == SIZE_MAX)
        lo = hi;
    /* A character is never cut in two. */
    while (hi > lo && hi < doc->source->text.len && (base[hi] & 0xC0) == 0x80)
        hi++;
    return span_make(lo, hi);
}
