/* The mistakes that people make in YAML: a space behind the colon, a quote, a bracket, a column.
 * libyaml notices them late and elsewhere; here the lines around the place are looked at to find
 * what was meant. */
#include "frontend/yaml_failure.h"

/* ---- tabs and templates ---- */

void yf_report_tab(struct yaml_failure *f)
{
    size_t at = f->at, start = yf_line_start(f, at);
    while (at > start && yf_char(f, at - 1) == '\t')
        at--;
    size_t end = at;
    while (yf_char(f, end) == '\t')
        end++;
    struct diag *diag = yf_report(f, DIAG_E128, span_make(at, end > at ? end : at),
        "YAML is indented by spaces: a tab cannot stand here");
    struct diag_fix *fix = NULL;
    bool spaces = false;
    for (size_t line = 0; line < f->text.len; line = yf_line_end(f, line) + 1) {
        size_t text = yf_skip_blanks(f, line);
        bool tabs = memchr(f->text.ptr + line, '\t', text - line);
        spaces |= !tabs && text > line;
        if (!tabs)
            continue;
        if (!fix)
            fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "indent by two spaces for each tab");
        for (size_t i = line; i < text; i++)
            if (f->text.ptr[i] == '\t')
                diag_edit(f->r->bag, fix, span_make(i, i + 1), STR("  "));
    }
    /* Beside lines that are indented by spaces nobody knows how wide the tabs were. */
    if (fix && spaces)
        fix->applicability = DIAG_UNSAFE;
}

bool yf_report_template(struct yaml_failure *f)
{
    size_t start = yf_line_start(f, f->at), end = yf_line_end(f, f->at);
    for (size_t i = start; i + 1 < end; i++) {
        char next = f->text.ptr[i + 1];
        if (f->text.ptr[i] != '{' || (next != '{' && next != '%'))
            continue;
        size_t close = i + 2;
        while (close < end && f->text.ptr[close - 1] != '}')
            close++;
        close += close < end && f->text.ptr[close] == '}';
        struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E130, span_make(i, close),
            "`{%c` belongs to a template language: to YAML it is a bracket", next);
        yf_help(f, diag,
            next == '{' ? "put the whole value into quotes, or render the template before reading"
                        : "render the template before reading: YAML has no such lines");
        return true;
    }
    return false;
}

/* ---- keys ---- */

/* Where the text of a line's first entry begins: behind indentation and dashes. */
static size_t entry_start(const struct yaml_failure *f, size_t line)
{
    size_t at = yf_skip_blanks(f, line);
    while (yf_char(f, at) == '-' && yf_char(f, at + 1) == ' ')
        at = yf_skip_blanks(f, at + 1);
    return at;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

/* The colon of `key:value` in the line, or 0 if the line is none. */
static size_t tight_colon(const struct yaml_failure *f, size_t line)
{
    size_t start = entry_start(f, line), at = start;
    while (is_word(yf_char(f, at)))
        at++;
    if (at == start || yf_char(f, at) != ':' || at + 1 >= yf_line_end(f, line))
        return 0;
    char next = yf_char(f, at + 1);
    return next == ' ' || next == '\t' || next == '/' || next == ':' ? 0 : at;
}

static bool report_tight_colon(struct yaml_failure *f, size_t line)
{
    size_t colon = tight_colon(f, line);
    if (colon == 0)
        return false;
    struct span word = span_make(entry_start(f, line), yf_line_end(f, line));
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E129, word,
        "`%.*s` is one piece of text: a key's colon has a space behind it",
        (int)(word.hi - word.lo < 60 ? word.hi - word.lo : 60), f->text.ptr + word.lo);
    struct diag_fix *fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "put a space behind the colon");
    diag_edit(f->r->bag, fix, span_make(colon + 1, colon + 1), STR(" "));
    return true;
}

/* The first colon in the line that makes a key, or the line's end. */
static size_t first_colon(const struct yaml_failure *f, size_t line)
{
    size_t end = yf_line_end(f, line), at = entry_start(f, line);
    char quote = yf_char(f, at);
    if (quote == '"' || quote == '\'')
        for (at++; at < end && f->text.ptr[at] != quote; at++)
            continue;
    for (; at < end; at++)
        if (f->text.ptr[at] == ':' && (at + 1 == end || f->text.ptr[at + 1] == ' '))
            return at;
    return end;
}

/* The line before that holds more than blanks and a comment, or `line` itself if there is none. */
static size_t line_before(const struct yaml_failure *f, size_t line)
{
    for (size_t at = line; at > 0;) {
        at = yf_line_start(f, at - 1);
        char c = yf_char(f, yf_skip_blanks(f, at));
        if (c != '\n' && c != '\r' && c != '#' && c != '\0')
            return at;
    }
    return line;
}

static unsigned column_of(const struct yaml_failure *f, size_t at)
{
    return source_place(f->r->source, (uint32_t)at).column - 1;
}

/* Reports that two lines' columns do not agree. */
static void report_columns(struct yaml_failure *f, size_t here, size_t there, const char *message)
{
    struct diag *diag = yf_report(f, DIAG_E131, yf_word(f, here), message);
    if (column_of(f, there) != column_of(f, here))
        diag_relate(f->r->bag, diag, yf_word(f, there),
            "this one starts in column %u, that one in %u", column_of(f, there) + 1,
            column_of(f, here) + 1);
    else if (there != here)
        diag_relate(f->r->bag, diag, yf_word(f, there), "in the same column");
    yf_help(f, diag, "entries of one mapping or list start in the same column");
}

void yf_on_colon(struct yaml_failure *f)
{
    size_t line = yf_line_start(f, f->at), colon = first_colon(f, line);
    if (yf_report_template(f))
        return;
    if (colon < f->at) {
        struct span value = yf_value(f, yf_skip_blanks(f, colon + 1));
        if (memchr("\"'[{|>", yf_char(f, value.lo), 6)) {
            yf_report(f, DIAG_E120, span_make(f->at, f->at + 1),
                "a colon cannot follow a value: this line has a key already");
            return;
        }
        struct diag *diag = yf_report(f, DIAG_E130, value,
            "text with `: ` in it needs quotes: to YAML this line has two keys");
        yf_fix_by_quotes(f, diag, value);
        return;
    }
    size_t before = line_before(f, line);
    if (before != line && report_tight_colon(f, before))
        return;
    size_t here = entry_start(f, line), there = entry_start(f, before);
    if (before != line && column_of(f, here) > column_of(f, there)) {
        report_columns(f, here, there,
            "this key is indented deeper than the one above it, which has a value already");
        return;
    }
    yf_report(f, DIAG_E120, span_make(f->at, f->at + 1), "no key can stand here");
}

void yf_on_missing_colon(struct yaml_failure *f)
{
    size_t line = yf_line_start(f, f->from);
    char first = yf_char(f, f->from);
    if (yf_report_template(f) || report_tight_colon(f, line))
        return;
    struct span text = span_make(f->from, yf_line_end(f, f->from));
    if (first == '"' || first == '\'') {
        struct diag *diag = yf_report(
            f, DIAG_E132, text, "this quote is closed in another line, or what it holds is no key");
        yf_help(f, diag, "close the quote in its line, and write `key: value`");
        return;
    }
    struct diag *diag = yf_report(
        f, DIAG_E120, text, "this line is no `key: value`, and it continues no value above it");
    size_t before = yf_skip_blanks(f, line_before(f, line));
    if (yf_char(f, before) == '-' && column_of(f, before) == column_of(f, f->from))
        yf_help(f, diag, "if it is an item of the list above, it starts with `- `");
    else
        yf_help(
            f, diag, "if it is a key, it needs a colon; if it is text, indent it under its key");
}

/* Text behind a closed quote or bracket: 'it's', "a" b. */
static bool report_behind_value(struct yaml_failure *f)
{
    size_t line = yf_line_start(f, f->at), before = f->at;
    while (before > line && yf_char(f, before - 1) == ' ')
        before--;
    if (before == line || !memchr("\"']}", yf_char(f, before - 1), 4))
        return false;
    char closer = yf_char(f, before - 1);
    size_t end = yf_line_end(f, f->at);
    bool apostrophe =
        closer == '\'' && before == f->at && memchr(f->text.ptr + f->at, '\'', end - f->at);
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E130, yf_word(f, f->at),
        apostrophe ? "the `%c` before this ends the text: inside single quotes it is written twice"
                   : "nothing can follow the `%c` that ends the value",
        closer);
    if (apostrophe) {
        struct diag_fix *fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "write the apostrophe twice");
        diag_edit(f->r->bag, fix, span_make(f->at, f->at), STR("'"));
    } else if (closer == '"' || closer == '\'') {
        yf_help(f, diag, "put all of the text into one pair of quotes");
    }
    return true;
}

void yf_on_expected_key(struct yaml_failure *f)
{
    if (yf_report_template(f) || report_behind_value(f))
        return;
    size_t line = yf_line_start(f, f->at), first = yf_skip_blanks(f, line);
    char c = yf_char(f, f->at);
    if (f->in_flow || memchr("]},", c, 3)) {
        yf_report(f, DIAG_E120, yf_word(f, f->at), "this closes or separates nothing");
        return;
    }
    size_t before = line_before(f, line), dash = yf_skip_blanks(f, before);
    if (first == f->at && c == '-' && yf_char(f, f->at + 1) == ' ') {
        bool in_list = before != line && yf_char(f, dash) == '-';
        report_columns(f, f->at, in_list ? dash : f->from,
            in_list ? "this item starts in no column that a list above it has"
                    : "a list's item cannot stand among a mapping's keys");
        return;
    }
    if (first == f->at) {
        report_columns(f, f->at, before != line ? entry_start(f, before) : f->from,
            "this line starts in no column that a mapping above it has");
        return;
    }
    yf_report(f, DIAG_E120, yf_word(f, f->at), "a key is expected here");
}

void yf_on_expected_dash(struct yaml_failure *f)
{
    if (yf_report_template(f) || report_behind_value(f))
        return;
    if (column_of(f, f->at) == f->column) {
        struct diag *diag = yf_report(f, DIAG_E131, yf_word(f, f->at),
            "this line stands among a list's items but has no `- `");
        diag_relate(f->r->bag, diag, span_make(f->from, f->from + 1), "the list starts here");
        yf_help(f, diag, "indent the line under its item, or start it with `- `");
        return;
    }
    size_t line = yf_line_start(f, f->at), before = line_before(f, line);
    report_columns(f, f->at, before != line ? entry_start(f, before) : f->from,
        "this line starts in no column that an entry above it has");
}

void yf_on_dash(struct yaml_failure *f)
{
    size_t line = yf_line_start(f, f->at);
    if (first_colon(f, line) < f->at) {
        struct diag *diag = yf_report(f, DIAG_E131, span_make(f->at, f->at + 1),
            "a list cannot start in the line of its key");
        yf_help(f, diag, "start the list in the next line, or write it in brackets");
        return;
    }
    report_columns(
        f, f->at, yf_skip_blanks(f, line_before(f, line)), "no list's item can stand here");
}

void yf_on_second_value(struct yaml_failure *f)
{
    if (yf_report_template(f) || report_behind_value(f))
        return;
    size_t line = yf_line_start(f, f->at), first = f->r->gap ? 0 : f->at;
    while (first < f->at && line_before(f, yf_line_end(f, first)) != first &&
           memchr("\r\n#", yf_char(f, yf_skip_blanks(f, first)), 3))
        first = yf_line_end(f, first) + 1;
    size_t there = yf_skip_blanks(f, first);
    if (yf_skip_blanks(f, line) == f->at && there < f->at &&
        column_of(f, there) > column_of(f, f->at)) {
        report_columns(f, f->at, there, "this line is indented less than the first one");
        return;
    }
    struct diag *diag = yf_report(
        f, DIAG_E120, yf_word(f, f->at), "the file's value has ended above: nothing can follow it");
    yf_help(f, diag, "a mapping's entries are `key: value`, each in a line of its own");
}

/* ---- brackets ---- */

/* `${name}` in brackets: `{` opens a mapping there. */
static bool report_reference(struct yaml_failure *f)
{
    if (yf_char(f, f->at) != '{' || f->at == 0 || yf_char(f, f->at - 1) != '$')
        return false;
    size_t lo = f->at - 1;
    while (lo > f->from && !memchr("[{,\n", yf_char(f, lo - 1), 4) &&
           !(yf_char(f, lo - 1) == ' ' && lo > 1 && yf_char(f, lo - 2) == ':'))
        lo--;
    lo = yf_skip_blanks(f, lo);
    struct span value = yf_value(f, lo);
    struct diag *diag = yf_report(f, DIAG_E130, value,
        "`${` needs quotes between brackets: without them `{` opens a mapping");
    yf_fix_by_quotes(f, diag, value);
    return true;
}

void yf_on_flow(struct yaml_failure *f)
{
    if (report_reference(f) || yf_report_template(f))
        return;
    char open = yf_char(f, f->from);
    size_t line = yf_line_start(f, f->at);
    bool at_line = yf_skip_blanks(f, line) == f->at || f->at >= f->text.len;
    if (at_line || first_colon(f, line) == f->at || yf_char(f, f->at) == ':') {
        struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E132,
            span_make(f->from, f->from + 1), "the `%c` that opens here is not closed", open);
        diag_relate(f->r->bag, diag, yf_word(f, f->at), "its end is missed here");
        yf_help(f, diag, open == '[' ? "close it with `]`" : "close it with `}`");
        return;
    }
    char before = yf_char(f, f->at ? f->at - 1 : 0);
    if (before == '\'' && report_behind_value(f))
        return;
    struct diag *diag = diag_add(f->r->bag, f->r->source, DIAG_E120, yf_word(f, f->at),
        "a comma is missing before this, or `%c` after it", open == '[' ? ']' : '}');
    diag_relate(f->r->bag, diag, span_make(f->from, f->from + 1), "the bracket opens here");
    char here = yf_char(f, f->at);
    if (before != ' ' || (here != '"' && here != '\''))
        return;
    size_t end = f->at;
    while (yf_char(f, end - 1) == ' ')
        end--;
    struct diag_fix *fix = diag_fix(f->r->bag, diag, DIAG_SAFE, "put a comma between them");
    diag_edit(f->r->bag, fix, span_make(end, end), STR(","));
}
