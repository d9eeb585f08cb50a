/* yaml_failure.h: a place where libyaml gave up, and the means to look around it and to report it
 * well. yaml_error.c knows the complaints, yaml_habit.c the mistakes of keys, indentation and
 * brackets behind them. */
#ifndef FRONTEND_YAML_FAILURE_H
#define FRONTEND_YAML_FAILURE_H

#include "frontend/yaml_reader.h"

struct yaml_failure {
    struct yaml_reader *r;
    struct str text;
    size_t at;       /* where libyaml noticed */
    size_t from;     /* where what it was reading had begun */
    uint32_t column; /* the column of that, from 0 */
    bool in_flow;    /* inside brackets */
};

/* The line that an offset stands in, its line end excluded. */
size_t yf_line_start(const struct yaml_failure *f, size_t at);
size_t yf_line_end(const struct yaml_failure *f, size_t at);
uint32_t yf_line(const struct yaml_failure *f, size_t at);

/* The first offset from `at` that is no blank. */
size_t yf_skip_blanks(const struct yaml_failure *f, size_t at);

/* The byte at an offset, NUL at the end. */
char yf_char(const struct yaml_failure *f, size_t at);

/* The word, or the one sign, at an offset. */
struct span yf_word(const struct yaml_failure *f, size_t at);

/* The text without quotes from `lo` to the line's end, a comment or, in brackets, what ends the
 * item. */
struct span yf_value(const struct yaml_failure *f, size_t lo);

struct diag *yf_report(
    struct yaml_failure *f, enum diag_code code, struct span span, const char *message);
void yf_help(struct yaml_failure *f, struct diag *diag, const char *help);

/* Adds the fix that puts `span` into whichever quotes need no escapes. */
void yf_fix_by_quotes(struct yaml_failure *f, struct diag *diag, struct span span);

/* Reports the line's tabs, with a fix for every tab that indents. */
void yf_report_tab(struct yaml_failure *f);

/* Reports a template's braces if there are any around the place. */
bool yf_report_template(struct yaml_failure *f);

void yf_on_colon(struct yaml_failure *f);
void yf_on_missing_colon(struct yaml_failure *f);
void yf_on_expected_key(struct yaml_failure *f);
void yf_on_expected_dash(struct yaml_failure *f);
void yf_on_dash(struct yaml_failure *f);
void yf_on_second_value(struct yaml_failure *f);
void yf_on_flow(struct yaml_failure *f);

#endif
