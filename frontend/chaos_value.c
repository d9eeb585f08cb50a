/* The values of chaos_build.h: strings in their five forms, numbers, durations, arrays and objects.
 */
#include "frontend/chaos_build.h"

#include "runtime/base/json.h"
#include "runtime/base/map.h"

/* A number with an exponent past this is no time that anybody waits for. */
enum { LARGEST_EXPONENT = 40, LINEAR_KEYS = 8 };

static inline struct doc_node *new_node(
    struct chaos_build *build, enum doc_kind kind, struct span span)
{
    struct doc_node *node = arena_alloc(&build->doc->arena, sizeof *node, alignof(struct doc_node));
    *node = (struct doc_node){.kind = (uint8_t)kind, .span = span};
    return node;
}

struct doc_node *build_lost(struct chaos_build *build, struct span span)
{
    return new_node(build, DOC_ERROR, span);
}

struct doc_node *build_text(struct chaos_build *build, struct span span, struct str text)
{
    struct doc_node *node = new_node(build, DOC_STRING, span);
    node->as.text = text;
    return node;
}

/* Whether only blanks stand in the line. */
static bool is_blank(struct str line)
{
    for (size_t i = 0; i < line.len; i++)
        if (line.ptr[i] != ' ' && line.ptr[i] != '\t')
            return false;
    return true;
}

/* Cuts the next line (without its end) off `text`; false behind the last one. */
static bool next_line(struct str *text, struct str *line)
{
    if (!text->ptr)
        return false;
    const char *end = memchr(text->ptr, '\n', text->len);
    if (!end) {
        *line = *text;
        *text = (struct str){NULL, 0};
        return true;
    }
    *line = str_slice(text->ptr, end);
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    *text = str_slice(end + 1, text->ptr + text->len);
    return true;
}

static size_t indent_of(struct str line)
{
    size_t indent = 0;
    while (indent < line.len && (line.ptr[indent] == ' ' || line.ptr[indent] == '\t'))
        indent++;
    return indent;
}

/* The lines between the marks, less the indentation all of them share; the last line end does not
 * count. */
static struct str decode_heredoc(struct chaos_build *build, struct str inside)
{
    struct str line, rest = inside;
    size_t indent = SIZE_MAX;
    next_line(&rest, &line); /* behind the opening mark: blank */
    struct str body = rest;
    while (next_line(&rest, &line))
        if (!is_blank(line) && indent_of(line) < indent)
            indent = indent_of(line);

    char *copy = arena_alloc(&build->doc->arena, inside.len + 1, 1), *out = copy;
    for (bool first = true; next_line(&body, &line); first = false) {
        bool closing = !body.ptr && is_blank(line);
        if (closing)
            break;
        if (!first)
            *out++ = '\n';
        size_t cut = is_blank(line) ? (line.len < indent ? line.len : indent) : indent;
        if (line.len > cut) {
            memcpy(out, line.ptr + cut, line.len - cut);
            out += line.len - cut;
        }
    }
    return str_slice(copy, out);
}

/* Whether the quotes around a string token are complete: the lexer has reported those that are not.
 */
static bool is_closed(const struct chaos_build *build, struct span span)
{
    struct str text = source_slice(build->doc->source, span);
    size_t mark = str_starts(text, STR("\"\"\"")) && text.len > 3 ? 3 : 1;
    return text.len >= 2 * mark && text.ptr[text.len - 1] == text.ptr[0];
}

static struct str decode_string(struct chaos_build *build, struct span span)
{
    struct str text = source_slice(build->doc->source, span);
    if (!text.len || (text.ptr[0] != '"' && text.ptr[0] != '\''))
        return text;
    if (!is_closed(build, span))
        return str_slice(text.ptr + 1, text.ptr + text.len);
    if (text.ptr[0] == '\'')
        return (struct str){text.ptr + 1, text.len - 2};
    if (text.len >= 6 && str_starts(text, STR("\"\"\"")))
        return decode_heredoc(build, (struct str){text.ptr + 3, text.len - 6});
    if (!memchr(text.ptr, '\\', text.len))
        return (struct str){text.ptr + 1, text.len - 2};
    return json_unquote(&build->doc->arena, build->doc->source->text, span.lo + 1, span.hi - 1);
}

/* The flags of the token that ends where the span ends: the parser reads at most one token ahead.
 */
static inline bool is_bad(const struct chaos_build *build, struct span span)
{
    if (!build->tokens.bad)
        return false;
    for (size_t i = build->at + 1; i-- > 0 && build->tokens.items[i].span.lo >= span.lo;)
        if (build->tokens.items[i].span.lo == span.lo)
            return (build->tokens.items[i].flags & CHAOS_BAD) != 0;
    return false;
}

struct chaos_name build_name(struct chaos_build *build, struct span span)
{
    return (struct chaos_name){decode_string(build, span), span};
}

static enum doc_style style_of(struct str text)
{
    if (!text.len || (text.ptr[0] != '"' && text.ptr[0] != '\''))
        return DOC_PLAIN;
    if (text.ptr[0] == '\'')
        return DOC_SINGLE_QUOTED;
    return text.len >= 6 && str_starts(text, STR("\"\"\"")) ? DOC_LITERAL : DOC_DOUBLE_QUOTED;
}

static inline bool has_backslash_in(const char *eight)
{
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    word ^= ones * '\\';
    return ((word - ones) & ~word & highs) != 0;
}

/* Every string is asked, and most are a word or two: a call of memchr costs more than looking. */
static inline bool has_backslash(struct str text)
{
    size_t i = 0;
    for (; text.len - i >= 8; i += 8)
        if (has_backslash_in(text.ptr + i))
            return true;
    if (text.len >= 8)
        return has_backslash_in(text.ptr + text.len - 8);
    for (; i < text.len; i++)
        if (text.ptr[i] == '\\')
            return true;
    return false;
}

/* A text between two plain double quotes that means itself, as most strings are. */
static inline bool is_plain(struct str text)
{
    return text.len > 2 && text.ptr[0] == '"' && text.ptr[1] != '"' &&
           text.ptr[text.len - 1] == '"' && !has_backslash(text);
}

struct doc_node *build_string(struct chaos_build *build, struct span span)
{
    if (is_bad(build, span))
        return build_lost(build, span);
    struct str text = source_slice(build->doc->source, span);
    struct doc_node *node = new_node(build, DOC_STRING, span);
    if (is_plain(text)) {
        node->style = DOC_DOUBLE_QUOTED;
        node->as.text = (struct str){text.ptr + 1, text.len - 2};
        return node;
    }
    node->style = (uint8_t)style_of(text);
    node->as.text = decode_string(build, span);
    return node;
}

struct doc_node *build_number(struct chaos_build *build, struct span span)
{
    if (is_bad(build, span))
        return build_lost(build, span);
    struct str text = source_slice(build->doc->source, span);
    bool whole = true;
    for (size_t i = 0; i < text.len; i++)
        whole = whole && text.ptr[i] != '.' && text.ptr[i] != 'e' && text.ptr[i] != 'E';
    struct doc_node *node = new_node(build, whole ? DOC_INT : DOC_REAL, span);
    node->as.text = text;
    return node;
}

struct doc_node *build_bool(struct chaos_build *build, struct span span, bool truth)
{
    struct doc_node *node = new_node(build, DOC_BOOL, span);
    node->as.truth = truth;
    return node;
}

struct doc_node *build_null(struct chaos_build *build, struct span span)
{
    return new_node(build, DOC_NULL, span);
}

/* A decimal number as digits and the place of its point, so that no binary rounding comes in. */
struct decimal {
    bool negative;
    struct str digits; /* without leading zeros */
    long point;        /* digits before the point; may lie outside the digits */
};

static struct decimal multiply(struct arena *arena, struct decimal number, unsigned factor)
{
    char *out = arena_alloc(arena, number.digits.len + 4, 1);
    unsigned carry = 0;
    for (size_t i = number.digits.len; i-- > 0;) {
        unsigned digit = (unsigned)(number.digits.ptr[i] - '0') * factor + carry;
        out[i + 4] = (char)('0' + digit % 10);
        carry = digit / 10;
    }
    for (size_t i = 4; i-- > 0; carry /= 10)
        out[i] = (char)('0' + carry % 10);
    number.digits = (struct str){out, number.digits.len + 4};
    number.point += 4;
    return number;
}

static struct str spell(struct arena *arena, struct decimal number)
{
    while (number.digits.len && number.digits.ptr[0] == '0') {
        number.digits = str_slice(number.digits.ptr + 1, number.digits.ptr + number.digits.len);
        number.point--;
    }
    while (number.digits.len && number.digits.ptr[number.digits.len - 1] == '0')
        number.digits.len--;
    if (!number.digits.len)
        return STR("0");
    long before = number.point > 0 ? number.point : 1;
    size_t size = number.digits.len + (size_t)(number.point > 0 ? number.point : -number.point) + 4;
    char *text = arena_alloc(arena, size, 1), *out = text;
    if (number.negative)
        *out++ = '-';
    for (long i = 0; i < before; i++) {
        bool inside = number.point > 0 && (size_t)i < number.digits.len;
        *out++ = inside ? number.digits.ptr[i] : '0';
    }
    if (number.point < (long)number.digits.len) {
        *out++ = '.';
        for (long i = number.point < 0 ? number.point : 0; i < 0; i++)
            *out++ = '0';
        size_t from = number.point > 0 ? (size_t)number.point : 0;
        memcpy(out, number.digits.ptr + from, number.digits.len - from);
        out += number.digits.len - from;
    }
    return str_slice(text, out);
}

/* Reads `text`, a JSON number; false if its exponent is out of hand. */
static bool read_decimal(struct arena *arena, struct str text, struct decimal *number)
{
    char *digits = arena_alloc(arena, text.len + 1, 1);
    size_t i = text.ptr[0] == '-', count = 0;
    number->negative = i == 1;
    number->point = -1;
    for (; i < text.len && text.ptr[i] != 'e' && text.ptr[i] != 'E'; i++) {
        if (text.ptr[i] == '.')
            number->point = (long)count;
        else
            digits[count++] = text.ptr[i];
    }
    if (number->point < 0)
        number->point = (long)count;
    number->digits = (struct str){digits, count};
    long exponent = 0, sign = 1;
    for (i++; i < text.len; i++) {
        if (text.ptr[i] == '-')
            sign = -1;
        else if (text.ptr[i] != '+')
            exponent = exponent * 10 + (text.ptr[i] - '0');
        if (exponent > LARGEST_EXPONENT)
            return false;
    }
    number->point += sign * exponent;
    return true;
}

struct doc_node *build_duration(struct chaos_build *build, struct span span)
{
    struct str text = source_slice(build->doc->source, span);
    struct decimal number;
    size_t unit = text.len, digits = 0;
    while (text.ptr[digits] >= '0' && text.ptr[digits] <= '9')
        digits++;
    if (digits == text.len - 1 && text.ptr[digits] == 's') { /* nearly always */
        struct doc_node *node = new_node(build, DOC_INT, span);
        node->as.text = (struct str){text.ptr, digits};
        return node;
    }
    while (text.ptr[unit - 1] >= 'a')
        unit--;
    if (!read_decimal(&build->scratch, (struct str){text.ptr, unit}, &number)) {
        diag_add(
            build->bag, build->doc->source, DIAG_E144, span, "the duration is out of all bounds");
        return build_lost(build, span);
    }
    struct str name = str_slice(text.ptr + unit, text.ptr + text.len);
    if (str_is(name, "ms"))
        number.point -= 3;
    else if (str_is(name, "m"))
        number = multiply(&build->scratch, number, 60);
    else if (str_is(name, "h"))
        number = multiply(&build->scratch, number, 3600);
    struct str seconds = spell(&build->doc->arena, number);
    bool whole = !memchr(seconds.ptr, '.', seconds.len);
    struct doc_node *node = new_node(build, whole ? DOC_INT : DOC_REAL, span);
    node->as.text = seconds;
    return node;
}

/* A node with `size` bytes for its children behind it. */
static inline struct doc_node *new_parent(
    struct chaos_build *build, enum doc_kind kind, struct span span, size_t size)
{
    struct doc_node *node =
        arena_alloc(&build->doc->arena, sizeof *node + size, alignof(struct doc_node));
    *node = (struct doc_node){.kind = (uint8_t)kind, .span = span};
    return node;
}

struct doc_node *build_array(struct chaos_build *build, struct chaos_list items, struct span span)
{
    size_t size = items.count * sizeof(struct doc_node *), i = 0;
    struct doc_node *node = new_parent(build, DOC_ARRAY, span, size);
    node->as.array.count = items.count;
    node->as.array.items = (struct doc_node **)(node + 1);
    for (const struct chaos_cell *cell = items.first; i < items.count; cell = cell->next)
        node->as.array.items[i++] = cell->member.value;
    build_release(build, &items);
    return node;
}

static void report_repeated(
    struct chaos_build *build, struct doc_member *first, const struct doc_member *again)
{
    first->repeated = true;
    struct diag *diag = diag_add(build->bag, build->doc->source, DIAG_E110, again->key_span,
        "`%.*s` is given twice; the earlier value has no effect", STR_ARG(again->key));
    diag_relate(build->bag, diag, first->key_span, "first given here");
}

/* Keys differ in length or in their first letter as a rule. */
static inline bool same_key(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || a.ptr[0] == b.ptr[0]) && str_equal(a, b);
}

/* Marks and reports every member that a later one replaces. */
static void find_repeated(struct chaos_build *build, struct doc_member *members, size_t count)
{
    if (count <= LINEAR_KEYS) {
        for (size_t i = 1; i < count; i++)
            for (size_t j = i; j-- > 0;)
                if (same_key(members[i].key, members[j].key) && !members[j].repeated)
                    report_repeated(build, &members[j], &members[i]);
        return;
    }
    struct map seen;
    map_init(&seen, &build->scratch);
    for (size_t i = 0; i < count; i++) {
        struct doc_member *before = map_get(&seen, members[i].key);
        if (before)
            report_repeated(build, before, &members[i]);
        map_set(&seen, members[i].key, &members[i]);
    }
}

struct doc_node *build_object(
    struct chaos_build *build, struct chaos_list members, struct span span)
{
    size_t size = members.count * sizeof(struct doc_member), i = 0;
    struct doc_node *node = new_parent(build, DOC_OBJECT, span, size);
    node->as.object.count = members.count;
    node->as.object.members = (struct doc_member *)(node + 1);
    for (const struct chaos_cell *cell = members.first; i < members.count; cell = cell->next)
        node->as.object.members[i++] = cell->member;
    build_release(build, &members);
    find_repeated(build, node->as.object.members, node->as.object.count);
    return node;
}
