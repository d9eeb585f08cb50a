/* chaos_report.h: what the files that explain a mistake in .chaos share: the report they write on.
 * Everything borrows the build; texts of messages live in its scratch arena. */
#ifndef FRONTEND_CHAOS_REPORT_H
#define FRONTEND_CHAOS_REPORT_H

#include <string.h>

#include "frontend/chaos_error.h"
#include "frontend/chaos_parse.h"

/* What is being reported. */
struct chaos_report {
    struct chaos_build *build;
    const struct chaos_expected *expected;
    const struct chaos_token *token; /* the offending one; token[-1] exists if `index` is not 0 */
    size_t index;
    struct str text;
    bool
        is_value; /* a value is expected, though the grammar took the word for a tolerance's target */
};

static inline bool expects(const struct chaos_report *r, const char *name)
{
    for (int i = 0; i < r->expected->count; i++)
        if (strcmp(r->expected->names[i], name) == 0)
            return true;
    return false;
}

static inline bool is_word(int kind)
{
    return kind == CHAOS_TOK_WORD || (kind >= CHAOS_TOK_EXPERIMENT && kind <= CHAOS_TOK_NULL);
}

static inline bool expects_name(const struct chaos_report *r)
{
    return expects(r, "word");
}

static inline bool expects_value(const struct chaos_report *r)
{
    return expects(r, "number") && expects(r, "string");
}

static inline int kind_before(const struct chaos_report *r)
{
    return r->index ? r->token[-1].kind : 0;
}

static inline struct str text_before(const struct chaos_report *r)
{
    return r->index ? source_slice(r->build->doc->source, r->token[-1].span) : STR("");
}

static inline struct diag *report_add(
    const struct chaos_report *r, enum diag_code code, struct str message)
{
    return diag_add(
        r->build->bag, r->build->doc->source, code, r->token->span, "%.*s", STR_ARG(message));
}

#define MESSAGE(r, ...) arena_printf(&(r)->build->scratch, __VA_ARGS__)
#define HELP(r, diag, ...) diag_help((r)->build->bag, (diag), __VA_ARGS__)

/* What to write instead of a name of the JSON form, or of a word that comes to mind; NULL if nothing is known. */
const char *chaos_form_of(const struct chaos_report *r, struct str word);

/* Reports what writers of other languages put where the token stands (chaos_habit.c); false if it is none of that. */
bool chaos_report_habit(const struct chaos_report *r);

#endif
