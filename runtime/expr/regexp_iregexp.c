/* RFC 9485's I-Regexp: checked against its grammar, then handed on with the few changes its
 * section 5.4 names. */
#include "runtime/expr/regexp.h"

#include "runtime/base/buf.h"
#include "runtime/base/utf8.h"

enum { DEEPEST_GROUP = 200, MOST_REPEATS = 65535 };

struct iregexp {
    struct arena *arena;
    struct str source;
    size_t at;
    struct buf out;
    unsigned depth;
    bool failed;
    struct regexp_error error;
};

static void fail(struct iregexp *regexp, const char *message)
{
    if (regexp->failed)
        return;
    regexp->failed = true;
    regexp->error =
        (struct regexp_error){.offset = (uint32_t)regexp->at, .message = str_from(message)};
    regexp->at = regexp->source.len;
}

static bool is_at_end(const struct iregexp *regexp)
{
    return regexp->at >= regexp->source.len;
}

/* The next byte, or NUL at the end; the texts that come here may hold NUL as a character, which is
 * no syntax. */
static char peek(const struct iregexp *regexp)
{
    return is_at_end(regexp) ? '\0' : regexp->source.ptr[regexp->at];
}

static bool accept(struct iregexp *regexp, char c)
{
    if (is_at_end(regexp) || peek(regexp) != c)
        return false;
    regexp->at++;
    return true;
}

static bool is_any_of(const char *set, char c)
{
    return c != '\0' && strchr(set, c) != NULL;
}

/* Copies one character, escaped so that it means itself to PCRE2. */
static uint32_t copy_character(struct iregexp *regexp)
{
    const char *p = regexp->source.ptr + regexp->at;
    uint32_t code = utf8_decode(&p, regexp->source.ptr + regexp->source.len);
    regexp->at = (size_t)(p - regexp->source.ptr);
    if (code == (uint32_t)UTF8_INVALID)
        fail(regexp, "a pattern must be valid UTF-8");
    buf_printf(&regexp->out, "\\x{%x}", (unsigned)code);
    return code;
}

/* \p{Lu} and \P{L}: the general categories of Unicode, one or two letters. */
static void copy_category(struct iregexp *regexp)
{
    static const struct str names[] = {STR_INIT("L"), STR_INIT("Ll"), STR_INIT("Lm"),
        STR_INIT("Lo"), STR_INIT("Lt"), STR_INIT("Lu"), STR_INIT("M"), STR_INIT("Mc"),
        STR_INIT("Me"), STR_INIT("Mn"), STR_INIT("N"), STR_INIT("Nd"), STR_INIT("Nl"),
        STR_INIT("No"), STR_INIT("P"), STR_INIT("Pc"), STR_INIT("Pd"), STR_INIT("Pe"),
        STR_INIT("Pf"), STR_INIT("Pi"), STR_INIT("Po"), STR_INIT("Ps"), STR_INIT("Z"),
        STR_INIT("Zl"), STR_INIT("Zp"), STR_INIT("Zs"), STR_INIT("S"), STR_INIT("Sc"),
        STR_INIT("Sk"), STR_INIT("Sm"), STR_INIT("So"), STR_INIT("C"), STR_INIT("Cc"),
        STR_INIT("Cf"), STR_INIT("Cn"), STR_INIT("Co")};
    char letter = regexp->source.ptr[regexp->at++];
    size_t from = regexp->at + 1;
    bool braced = accept(regexp, '{');
    while (!is_at_end(regexp) && peek(regexp) != '}')
        regexp->at++;
    struct str name = {regexp->source.ptr + from, regexp->at - from};
    for (size_t i = 0; braced && !is_at_end(regexp) && i < sizeof names / sizeof *names; i++)
        if (str_equal(name, names[i])) {
            buf_printf(&regexp->out, "\\%c{%.*s}", letter, STR_ARG(name));
            regexp->at++;
            return;
        }
    fail(regexp, "a Unicode category is expected after \\p");
}

/* What follows a backslash. Returns the character it stands for, or UTF8_INVALID for a category. */
static uint32_t copy_escape(struct iregexp *regexp)
{
    char c = peek(regexp);
    if (c == 'p' || c == 'P') {
        copy_category(regexp);
        return UTF8_INVALID;
    }
    if (is_any_of("nrt", c)) {
        regexp->at++;
        buf_printf(&regexp->out, "\\%c", c);
        return c == 'n' ? '\n' : c == 'r' ? '\r' : '\t';
    }
    if (is_any_of("()*+-.?[\\]^{|}$", c))
        return copy_character(regexp);
    fail(regexp, "I-Regexp does not know this escape");
    return UTF8_INVALID;
}

static uint32_t copy_set_character(struct iregexp *regexp)
{
    if (accept(regexp, '\\'))
        return copy_escape(regexp);
    if (is_at_end(regexp))
        fail(regexp, "the set is never closed");
    else if (is_any_of("[]-", peek(regexp)))
        fail(regexp, "this character must be escaped in a set");
    return regexp->failed ? (uint32_t)UTF8_INVALID : copy_character(regexp);
}

/* Behind `[`. A `-` stands for itself only at the start or the end. */
static void copy_set(struct iregexp *regexp)
{
    buf_add_char(&regexp->out, '[');
    if (accept(regexp, '^'))
        buf_add_char(&regexp->out, '^');
    bool empty = true;
    if (accept(regexp, '-')) {
        buf_add_text(&regexp->out, "\\-");
        empty = false;
    }
    while (!regexp->failed && (empty || peek(regexp) != ']')) {
        empty = false;
        if (!is_at_end(regexp) && peek(regexp) == '-' && regexp->at + 1 < regexp->source.len &&
            regexp->source.ptr[regexp->at + 1] == ']') {
            regexp->at++;
            buf_add_text(&regexp->out, "\\-");
            break;
        }
        uint32_t first = copy_set_character(regexp);
        bool range = !is_at_end(regexp) && peek(regexp) == '-' &&
                     regexp->at + 1 < regexp->source.len &&
                     regexp->source.ptr[regexp->at + 1] != ']';
        if (first == (uint32_t)UTF8_INVALID || !range)
            continue;
        regexp->at++;
        buf_add_char(&regexp->out, '-');
        uint32_t last = copy_set_character(regexp);
        if (last == (uint32_t)UTF8_INVALID || last < first)
            fail(regexp, "the range's end is before its start");
    }
    if (!accept(regexp, ']'))
        fail(regexp, "the set is never closed");
    buf_add_char(&regexp->out, ']');
}

static unsigned read_count(struct iregexp *regexp)
{
    unsigned number = 0;
    size_t from = regexp->at;
    for (; peek(regexp) >= '0' && peek(regexp) <= '9'; regexp->at++)
        if (number <= MOST_REPEATS)
            number = number * 10 + (unsigned)(peek(regexp) - '0');
    if (regexp->at == from)
        fail(regexp, "a number is expected");
    else if (number > MOST_REPEATS)
        fail(regexp, "more than 65535 repetitions are not supported");
    return number;
}

static void copy_quantifier(struct iregexp *regexp)
{
    if (is_any_of("*+?", peek(regexp))) {
        buf_add_char(&regexp->out, regexp->source.ptr[regexp->at++]);
    } else if (accept(regexp, '{')) {
        unsigned lo = read_count(regexp);
        buf_printf(&regexp->out, "{%u", lo);
        if (accept(regexp, ',')) {
            buf_add_char(&regexp->out, ',');
            if (peek(regexp) != '}') {
                unsigned hi = read_count(regexp);
                if (hi < lo)
                    fail(regexp, "the most is less than the least");
                buf_printf(&regexp->out, "%u", hi);
            }
        }
        if (!accept(regexp, '}'))
            fail(regexp, "a closing brace is expected");
        buf_add_char(&regexp->out, '}');
    }
}

static void copy_branches(struct iregexp *regexp)
{
    if (++regexp->depth > DEEPEST_GROUP)
        fail(regexp, "groups are nested too deeply");
    while (!is_at_end(regexp) && peek(regexp) != ')') {
        if (accept(regexp, '|')) {
            buf_add_char(&regexp->out, '|');
            continue;
        }
        if (accept(regexp, '(')) {
            buf_add_text(&regexp->out, "(?:");
            copy_branches(regexp);
            if (!accept(regexp, ')'))
                fail(regexp, "the group is never closed");
            buf_add_char(&regexp->out, ')');
        } else if (accept(regexp, '[')) {
            copy_set(regexp);
        } else if (accept(regexp, '.')) {
            buf_add_text(&regexp->out, "[^\\n\\r]");
        } else if (accept(regexp, '^')) {
            /* By the grammar ^ and $ are plain characters; its users mean anchors, and RFC 9535's
             * compliance suite holds them to that. */
            buf_add_text(&regexp->out, "(?:\\A)");
        } else if (accept(regexp, '$')) {
            buf_add_text(&regexp->out, "(?:\\z)");
        } else if (accept(regexp, '\\')) {
            copy_escape(regexp);
        } else if (is_any_of("*+?{}]", peek(regexp))) {
            fail(regexp, "this character must be escaped here");
        } else {
            copy_character(regexp);
        }
        copy_quantifier(regexp);
    }
    regexp->depth--;
}

bool regexp_translate_iregexp(struct arena *arena, struct str pattern, bool whole,
    struct str *translation, struct regexp_error *error)
{
    struct iregexp regexp = {.arena = arena, .source = pattern};
    copy_branches(&regexp);
    if (!is_at_end(&regexp))
        fail(&regexp, "this parenthesis closes nothing");
    if (regexp.failed)
        *error = regexp.error;
    else
        *translation = arena_printf(
            arena, whole ? "\\A(?:%s)\\z" : "%s", regexp.out.data ? regexp.out.data : "");
    buf_free(&regexp.out);
    return !regexp.failed;
}
