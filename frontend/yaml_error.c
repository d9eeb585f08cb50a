/* libyaml's one-line complaints, said again for people: what stands there, why YAML refuses it,
 * what to write. */
#include "frontend/yaml_failure.h"

#include <stdio.h>
#include <string.h>

/* ---- looking at the text ---- */

size_t yf_line_start(const struct yaml_failure *f, size_t at)
{
    while (at > 0 && f->text.ptr[at - 1] != '\n' && f->text.ptr[at - 1] != '\r')
        at--;
    return at;
}

size_t yf_line_end(const struct yaml_failure *f, size_t at)
{
    while (at < f->text.len && f->text.ptr[at] != '\n' && f->text.ptr[at] != '\r')
        at++;
    return at;
}

size_t yf_skip_blanks(const struct yaml_failure *f, size_t at)
{
    while (at < f->text.len && (f->text.ptr[at] == ' ' || f->text.ptr[at] == '\t'))
        at++;
    return at;
}

char yf_char(const struct yaml_failure *f, size_t at)
{
    return at < f->text.len ? f->text.ptr[at] : '\0';
}

struct span yf_word(const struct yaml_failure *f, size_t at)
{
    enum { LONGEST = 40 };
    size_t end = at;
    while (end < f->text.len && end - at < LONGEST && !memchr(" \t\r\n,[]{}", f->text.ptr[end], 9))
        end++;
    if (end == at && at < f->text.len && !memchr("\r\n", f->text.ptr[at], 2))
        end++;
    while (end < f->text.len && ((unsigned char)f->text.ptr[end] & 0xC0) == 0x80)
        end++;
    return span_make(at, end);
}

struct span yf_value(const struct yaml_failure *f, size_t lo)
{
    size_t hi = lo, depth = 0;
    for (size_t end = yf_line_end(f, lo); hi < end; hi++) {
        char c = f->text.ptr[hi];
        if (c == '#' && hi > lo && f->text.ptr[hi - 1] == ' ')
            break;
        if (!f->in_flow)
            continue;
        if (depth == 0 && memchr(",]}", c, 3))
            break;
        depth += c == '{';
        depth -= c == '}';
    }
    while (hi > lo && (f->text.ptr[hi - 1] == ' ' || f->text.ptr[hi - 1] == '\t'))
        hi--;
    return span_make(lo, hi);
}

uint32_t yf_line(const struct yaml_failure *f, size_t at)
{
    return source_place(f->r->source, (uint32_t)at).line;
}

/* ---- reporting ---- */

struct diag *yf_report(
    struct yaml_failure *f, enum diag_code code, struct span span, const char *message)
{
    return diag_add(f->r->bag, f->r->source, code, span, "%s", message);
}

void yf_help(struct yaml_failure *f, struct diag *diag, const char *help)
{
    diag_help(f->r->bag, diag, "%s", help);
}

void yf_fix_by_quotes(struct yaml_failure *f, struct diag *diag, struct span span)
{
    struct str text = source_slice(f->r->source, span);
    if (text.len == 0)
        return;
    bool odd = memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len);
    struct buf quoted = {0};
    buf_add_char(&quoted, odd ? '\'' : '"');
    for (size_t i = 0; i < text.len; i++) {
        buf_add_char(&quoted, text.ptr[i]);
        if (odd && text.ptr[i] == '\'')
            buf_add_char(&quoted, '\'');
    }
    buf_add_char(&quoted, odd ? '\'' : '"');
    struct diag_fix *fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "put it into quotes");
    diag_edit(f->r->bag, fix, span, buf_str(&quoted));
    buf_free(&quoted);
}

/* ---- one function a complaint ---- */

static void on_bad_start(struct yaml_failure *f)
{
    char c = yf_char(f, f->at);
    if (c == '\t') {
        yf_report_tab(f);
        return;
    }
    if (yf_report_template(f))
        return;
    struct span value = yf_value(f, f->at);
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E130, value,
        c == '`' ? "text without quotes cannot start with a backtick"
                 : "text without quotes cannot start with `%c`",
        c);
    yf_fix_by_quotes(f, diag, value);
}

/* `*`, `&` and `!` before what is no name. */
static void on_sigil(struct yaml_failure *f)
{
    char c = yf_char(f, f->from);
    const char *meaning = c == '*' ? "an alias" : c == '&' ? "an anchor" : "a tag";
    struct span value = yf_value(f, f->from);
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E130, value,
        "`%c` starts %s, and this is the name of none", c, meaning);
    yf_fix_by_quotes(f, diag, value);
}

static void on_unclosed_quote(struct yaml_failure *f)
{
    char c = yf_char(f, f->from);
    struct span first = span_make(f->from, yf_line_end(f, f->from));
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E132, first,
        "the %s quote that opens here is never closed", c == '\'' ? "single" : "double");
    yf_help(f, diag,
        c == '\'' ? "close it with ' (a quote inside is written twice: '')"
                  : "close it with \" (a quote inside is written \\\")");
}

static bool is_escape(char c)
{
    return c && memchr("0abt\tnvfre \"/\\N_LPxuU\n\r", c, 23);
}

static void on_escape(struct yaml_failure *f)
{
    size_t end = f->at;
    while (end < f->text.len && f->text.ptr[end] != '"')
        end += f->text.ptr[end] == '\\' ? 2 : 1;
    struct span word = span_make(f->at, f->at + 2 < f->text.len ? f->at + 2 : f->text.len);
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E120, word,
        "`%.*s` is no escape that YAML has in double quotes", (int)(word.hi - word.lo),
        f->text.ptr + word.lo);
    struct diag_fix *fix =
        diag_fix(f->r->bag, diag, DIAG_SAFE, "double the backslash, so that it stands for itself");
    for (size_t i = f->at; i + 1 < end && i + 1 < f->text.len; i++) {
        if (f->text.ptr[i] != '\\')
            continue;
        if (!is_escape(f->text.ptr[i + 1]))
            diag_edit(f->r->bag, fix, span_make(i, i), STR("\\"));
        i++;
    }
}

/* The UTF-16 unit that `\uXXXX` at an offset stands for, or 0 if there is no such escape. */
static uint32_t unit_at(const struct yaml_failure *f, size_t at)
{
    uint32_t unit = 0;
    if (yf_char(f, at) != '\\' || yf_char(f, at + 1) != 'u')
        return 0;
    for (size_t i = at + 2; i < at + 6; i++) {
        char c = yf_char(f, i);
        if (!c || !memchr("0123456789abcdefABCDEF", c, 22))
            return 0;
        unit = unit * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return unit;
}

static void on_code_escape(struct yaml_failure *f)
{
    size_t lo = f->at;
    while (lo > f->from && yf_char(f, lo) != '\\')
        lo--;
    size_t hi = f->at > lo ? f->at : lo + 2;
    uint32_t high = unit_at(f, lo), low = unit_at(f, lo + 6);
    bool pair = high >> 10 == 0xD800 >> 10 && low >> 10 == 0xDC00 >> 10;
    if (pair)
        hi = lo + 12;
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E120,
        span_make(lo, hi < f->text.len ? hi : f->text.len),
        pair ? "YAML has no pairs of surrogates, as JSON has: these are two characters that do not "
               "exist"
             : "this escape names no character");
    if (!pair) {
        yf_help(
            f, diag, "\\x takes two hexadecimal digits, \\u four, \\U eight, and no surrogates");
        return;
    }
    char spelt[16];
    uint32_t code = 0x10000 + ((high & 0x3FF) << 10) + (low & 0x3FF);
    int len = snprintf(spelt, sizeof spelt, "\\U%08X", code);
    struct diag_fix *fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "write it as one escape");
    diag_edit(f->r->bag, fix, span_make(lo, hi), (struct str){spelt, (size_t)len});
}

static void on_control(struct yaml_failure *f)
{
    size_t at = f->r->base + f->r->parser.problem_offset;
    at = at < f->text.len ? at : f->text.len;
    struct diag *diag =
        diag_add(f->r->bag, f->r->source, DIAG_E120, span_make(at, at < f->text.len ? at + 1 : at),
            "the control character U+%04X is not allowed in YAML",
            (unsigned)f->r->parser.problem_value);
    yf_help(f, diag, "write it as an escape inside double quotes");
}

static void on_block_header(struct yaml_failure *f)
{
    char c = yf_char(f, f->from);
    struct span value = yf_value(f, f->from);
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E130, value,
        "`%c` starts a block of text on the lines below, so no text can follow it here", c);
    yf_fix_by_quotes(f, diag, value);
}

static void on_missing_value(struct yaml_failure *f)
{
    char c = yf_char(f, f->at);
    if (yf_report_template(f))
        return;
    struct span here = yf_word(f, f->at);
    if (c == ',')
        yf_report(f, DIAG_E120, here, "a value is missing before this comma");
    else if (c == ']' || c == '}')
        diag_add(f->r->bag, f->r->source, DIAG_E120, here,
            f->in_flow ? "a value is missing before this `%c`" : "this `%c` closes nothing", c);
    else if (f->at >= f->text.len)
        yf_report(f, DIAG_E120, here, "a value is missing at the end of the file");
    else
        yf_report(f, DIAG_E120, here, "no value can start here");
}

static void on_question(struct yaml_failure *f)
{
    struct span value = yf_value(f, f->at);
    struct diag *diag = yf_report(
        f, DIAG_E130, value, "`? ` starts a key on a line of its own, which cannot stand here");
    yf_fix_by_quotes(f, diag, value);
}

static void on_directive(struct yaml_failure *f)
{
    size_t lo = f->from < f->at ? f->from : f->at;
    if (yf_report_template(f))
        return;
    struct span line = span_make(lo, yf_line_end(f, lo));
    struct diag *diag = yf_report(f, DIAG_E120, line,
        "`%` in the first column starts a YAML directive, and this is none that exists");
    yf_help(f, diag, "directives are `%YAML 1.1` and `%TAG`; text that starts with % needs quotes");
}

static const struct {
    const char *problem;
    const char *context; /* NULL: any */
    void (*report)(struct yaml_failure *f);
} complaints[] = {
    {"mapping values are not allowed in this context", NULL, yf_on_colon},
    {"could not find expected ':'", NULL, yf_on_missing_colon},
    {"did not find expected key", NULL, yf_on_expected_key},
    {"did not find expected '-' indicator", NULL, yf_on_expected_dash},
    {"block sequence entries are not allowed in this context", NULL, yf_on_dash},
    {"did not find expected <document start>", NULL, yf_on_second_value},
    {"did not find expected ',' or ']'", NULL, yf_on_flow},
    {"did not find expected ',' or '}'", NULL, yf_on_flow},
    {"found character that cannot start any token", NULL, on_bad_start},
    {"found a tab character that violates indentation", NULL, yf_report_tab},
    {"found a tab character where an indentation space is expected", NULL, yf_report_tab},
    {"found unexpected end of stream", "while scanning a quoted scalar", on_unclosed_quote},
    {"found unexpected document indicator", "while scanning a quoted scalar", on_unclosed_quote},
    {"found unknown escape character", NULL, on_escape},
    {"did not find expected hexdecimal number", NULL, on_code_escape},
    {"found invalid Unicode character escape code", NULL, on_code_escape},
    {"control characters are not allowed", NULL, on_control},
    {"did not find expected comment or line break", "while scanning a block scalar",
        on_block_header},
    {"did not find expected alphabetic or numeric character", NULL, on_sigil},
    {"did not find expected whitespace or line break", "while scanning a tag", on_sigil},
    {"did not find expected tag URI", NULL, on_sigil},
    {"did not find expected '!'", NULL, on_sigil},
    {"did not find URI escaped octet", NULL, on_sigil},
    {"found undefined tag handle", NULL, on_sigil},
    {"did not find expected node content", NULL, on_missing_value},
    {"mapping keys are not allowed in this context", NULL, on_question},
    {NULL, "while scanning a directive", on_directive},
};

static bool is_or_null(const char *pattern, const char *text)
{
    return !pattern || (text && strcmp(pattern, text) == 0);
}

void yaml_report_failure(struct yaml_reader *r)
{
    const yaml_parser_t *parser = &r->parser;
    struct yaml_failure f = {.r = r,
        .text = r->source->text,
        .in_flow =
            parser->flow_level > 0 || (parser->context && strstr(parser->context, "a flow ")),
        .at = yaml_offset(r, &parser->problem_mark)};
    f.from = parser->context ? yaml_offset(r, &parser->context_mark) : f.at;
    f.column = (uint32_t)parser->context_mark.column;
    for (size_t i = 0; i < sizeof complaints / sizeof complaints[0]; i++) {
        if (!is_or_null(complaints[i].problem, parser->problem) ||
            !is_or_null(complaints[i].context, parser->context))
            continue;
        complaints[i].report(&f);
        return;
    }
    diag_add(r->bag, r->source, DIAG_E120, yf_word(&f, f.at), "the text is not YAML here: %s%s%s",
        parser->context ? parser->context : "", parser->context ? ", " : "",
        parser->problem ? parser->problem : "the reader gave no reason");
}
