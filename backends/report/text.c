/* Findings for people, as the good compilers print them:
 *     file:line:col: error[E102]: message
 *         |
 *       4 |   "method": [],
 *         |               ^
 *         = help: ...
 * Snippets are in snippet.c. */
#include "backends/report/report.h"
#include "backends/report/snippet.h"

enum { DEFAULT_WIDTH = 120, MOST_FIX_LINES = 4 };

static const char *level_color(enum diag_level level)
{
    switch (level) {
    case DIAG_ERROR:
        return "\x1b[1;31m";
    case DIAG_WARNING:
        return "\x1b[1;33m";
    case DIAG_INFO:
    case DIAG_OFF:
        break;
    }
    return "\x1b[1;36m";
}

static void add_place(struct snippet *s, struct source *source, struct span span)
{
    struct place place = source_place(source, span.lo);
    snippet_color(s, SNIPPET_BOLD);
    snippet_text(s, source->name);
    buf_printf(s->out, ":%u:%u: ", place.line, place.column);
    snippet_color(s, SNIPPET_RESET);
}

static void add_header(struct snippet *s, const struct diag *diag)
{
    add_place(s, diag->source, diag->span);
    snippet_color(s, level_color(diag->level));
    buf_printf(s->out, "%s[%s]", report_level_name(diag->level), diag_info(diag->code)->id);
    snippet_color(s, SNIPPET_RESET);
    snippet_color(s, SNIPPET_BOLD);
    buf_add_text(s->out, ": ");
    snippet_text(s, diag->message);
    snippet_color(s, SNIPPET_RESET);
    buf_add_char(s->out, '\n');
}

static void add_related(struct snippet *s, const struct diag *diag)
{
    for (size_t i = 0; i < diag->related_count; i++) {
        const struct diag_related *related = &diag->related[i];
        add_place(s, diag->source, related->span);
        snippet_color(s, SNIPPET_NOTE);
        buf_add_text(s->out, "note");
        snippet_color(s, SNIPPET_RESET);
        buf_add_text(s->out, ": ");
        snippet_text(s, related->text);
        buf_add_char(s->out, '\n');
        snippet_span(s, diag->source, related->span, '-', SNIPPET_NOTE);
    }
}

static void add_help(struct snippet *s, struct str text)
{
    snippet_gutter(s, 0, '=');
    snippet_color(s, SNIPPET_HELP);
    buf_add_text(s->out, "help");
    snippet_color(s, SNIPPET_RESET);
    buf_add_text(s->out, ": ");
    snippet_text(s, text);
    buf_add_char(s->out, '\n');
}

static void add_fix(struct snippet *s, const struct diag *diag)
{
    if (diag->fix) {
        add_help(s, diag->fix->title);
        uint32_t shown = diag->related_count ? 0 : source_line_at(diag->source, diag->span.lo);
        snippet_fix(s, diag->source, diag->fix, shown, MOST_FIX_LINES);
    }
    if (diag->help.len)
        add_help(s, diag->help);
}

/* The largest line number that one finding shows, so that its gutters align. */
static uint32_t last_line(const struct diag *diag)
{
    uint32_t most = diag->span.hi;
    for (size_t i = 0; i < diag->related_count; i++)
        if (diag->related[i].span.hi > most)
            most = diag->related[i].span.hi;
    for (size_t i = 0; diag->fix && i < diag->fix->edit_count; i++)
        if (diag->fix->edits[i].span.hi > most)
            most = diag->fix->edits[i].span.hi;
    return source_line_at(diag->source, most);
}

void report_text(struct buf *out, const struct diag_bag *bag, const struct report_options *options)
{
    struct snippet s = {.out = out,
        .color = options && options->color,
        .width = options && options->width ? options->width : DEFAULT_WIDTH};
    for (size_t i = 0; i < bag->count; i++) {
        const struct diag *diag = bag->items[i];
        if (diag->suppressed || diag->level == DIAG_OFF)
            continue;
        snippet_align(&s, last_line(diag));
        add_header(&s, diag);
        snippet_span(&s, diag->source, diag->span, '^', level_color(diag->level));
        add_related(&s, diag);
        add_fix(&s, diag);
        buf_add_char(out, '\n');
    }
}
