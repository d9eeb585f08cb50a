#include "runtime/expr/regexp.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "runtime/base/buf.h"
#include "runtime/base/mem.h"
#include "runtime/base/utf8.h"

enum {
    /* Steps of PCRE2's matcher: half a second, and for long texts what a pass over them needs. */
    MATCH_LIMIT = 10 * 1000 * 1000,
    MATCH_LIMIT_PER_BYTE = 16,
    HEAP_LIMIT_KIB = 256 * 1024,
    PARENS_LIMIT = 1000,
};

struct regexp {
    pcre2_general_context *memory;
    pcre2_compile_context *options;
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
};

static void *allocate(size_t size, void *context)
{
    (void)context;
    return mem_alloc(size);
}

static void release(void *block, void *context)
{
    (void)context;
    mem_free(block);
}

/* Where PCRE2 stopped in the translation says nothing about the pattern. */
static void report(struct arena *arena, int code, struct regexp_error *error)
{
    char text[200];
    pcre2_get_error_message(code, (PCRE2_UCHAR *)text, sizeof text);
    *error = (struct regexp_error){.message = arena_str(arena, str_from(text)), .unplaced = true};
}

struct regexp *regexp_compile(
    struct arena *arena, struct str translation, struct regexp_error *error)
{
    struct regexp *regexp = mem_alloc(sizeof *regexp);
    *regexp = (struct regexp){.memory = pcre2_general_context_create(allocate, release, NULL)};
    regexp->options = pcre2_compile_context_create(regexp->memory);
    pcre2_set_newline(regexp->options, PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(regexp->options, PARENS_LIMIT);
    pcre2_set_compile_extra_options(regexp->options, PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
    int code;
    PCRE2_SIZE offset;
    /* ALT_CIRCUMFLEX: Python's multi-line ^ also stands behind a newline that ends the text. */
    regexp->code = pcre2_compile((PCRE2_SPTR)translation.ptr, translation.len,
        PCRE2_UTF | PCRE2_UCP | PCRE2_ALT_CIRCUMFLEX, &code, &offset, regexp->options);
    if (!regexp->code) {
        report(arena, code, error);
        regexp_free(regexp);
        return NULL;
    }
    regexp->match = pcre2_match_data_create(1, regexp->memory);
    regexp->limits = pcre2_match_context_create(regexp->memory);
    pcre2_set_heap_limit(regexp->limits, HEAP_LIMIT_KIB);
    return regexp;
}

void regexp_free(struct regexp *regexp)
{
    if (!regexp)
        return;
    pcre2_match_context_free(regexp->limits);
    pcre2_match_data_free(regexp->match);
    pcre2_code_free(regexp->code);
    pcre2_compile_context_free(regexp->options);
    pcre2_general_context_free(regexp->memory);
    mem_free(regexp);
}

/* The length of a three-byte lone surrogate at `p`, else 0. */
static size_t surrogate_length(const char *p, const char *end)
{
    const unsigned char *s = (const unsigned char *)p;
    bool found = end - p >= 3 && s[0] == 0xED && (s[1] & 0xE0) == 0xA0 && (s[2] & 0xC0) == 0x80;
    return found ? 3 : 0;
}

/* Copies a text whose bytes are not all UTF-8: surrogates stay (PCRE2 reads them as characters if
 * it is told not to check), other bytes become U+FFFD. */
static void repair(struct buf *out, struct str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    while (p < end) {
        const char *from = p;
        if (utf8_decode(&p, end) != (uint32_t)UTF8_INVALID) {
            buf_add(out, from, (size_t)(p - from));
        } else if (surrogate_length(from, end)) {
            p = from + 3;
            buf_add(out, from, 3);
        } else {
            buf_add_text(out, "\xEF\xBF\xBD");
        }
    }
}

enum regexp_result regexp_search(struct regexp *regexp, struct str text)
{
    uint64_t limit = MATCH_LIMIT + (uint64_t)text.len * MATCH_LIMIT_PER_BYTE;
    return regexp_search_within(regexp, text, limit < UINT32_MAX ? (uint32_t)limit : UINT32_MAX);
}

enum regexp_result regexp_search_within(struct regexp *regexp, struct str text, uint32_t step_limit)
{
    struct buf repaired = {0};
    if (utf8_first_invalid(text) < text.len) {
        repair(&repaired, text);
        text = buf_str(&repaired);
    }
    pcre2_set_match_limit(regexp->limits, step_limit);
    int found = pcre2_match(regexp->code, (PCRE2_SPTR)(text.len ? text.ptr : ""), text.len, 0,
        PCRE2_NO_UTF_CHECK, regexp->match, regexp->limits);
    buf_free(&repaired);
    if (found >= 0)
        return REGEXP_MATCH;
    return found == PCRE2_ERROR_NOMATCH ? REGEXP_NO_MATCH : REGEXP_LIMIT;
}

const struct rt_regexps rt_regexps = {
    regexp_translate,
    regexp_translate_iregexp,
    regexp_compile,
    regexp_search,
    regexp_free,
    regexp_search_within,
};
