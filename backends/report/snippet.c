#include "backends/report/snippet.h"

#include <stdio.h>

#include "runtime/base/utf8.h"

enum { TAB_WIDTH = 4 };

void snippet_align(struct snippet *s, uint32_t line)
{
    s->gutter = 1;
    for (; line >= 10; line /= 10)
        s->gutter++;
}

void snippet_color(struct snippet *s, const char *sequence)
{
    if (s->color)
        buf_add_text(s->out, sequence);
}

/* One code point as it is shown. */
struct cell {
    char text[12];
    unsigned len;
    unsigned width; /* columns */
};

/* Marks that turn or hide text around them (joiners, direction marks, the byte order mark): shown
 * by number, so that what is printed is what is there. */
static bool is_deceptive(uint32_t code)
{
    return (code >= 0x80 && code < 0xA0) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) ||
           code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

/* The code point at *p, which moves behind it; `column` is where it goes, for tabs. */
static struct cell next_cell(const char **p, const char *end, unsigned column)
{
    struct cell cell = {0};
    const char *from = *p;
    uint32_t code = utf8_decode(p, end);
    if (code == '\t') {
        cell.len = cell.width = TAB_WIDTH - column % TAB_WIDTH;
        memset(cell.text, ' ', cell.len);
    } else if (code < 0x20 || code == 0x7F) {
        cell.len = (unsigned)utf8_encode(code == 0x7F ? 0x2421 : 0x2400 + code, cell.text);
        cell.width = 1;
    } else if (code == (uint32_t)UTF8_INVALID) {
        cell.len = cell.width =
            (unsigned)snprintf(cell.text, sizeof cell.text, "<%02X>", (unsigned char)*from);
    } else if (is_deceptive(code)) {
        cell.len = cell.width = (unsigned)snprintf(cell.text, sizeof cell.text, "<U+%04X>", code);
    } else {
        cell.len = (unsigned)(*p - from);
        cell.width = utf8_width(code);
        memcpy(cell.text, from, cell.len);
    }
    return cell;
}

void snippet_text(struct snippet *s, struct str text)
{
    const char *p = text.ptr, *end = text.ptr + text.len;
    for (unsigned column = 0; p < end;) {
        struct cell cell = next_cell(&p, end, column);
        buf_add(s->out, cell.text, cell.len);
        column += cell.width;
    }
}

void snippet_gutter(struct snippet *s, uint32_t line, char mark)
{
    snippet_color(s, SNIPPET_GUTTER);
    if (line)
        buf_printf(s->out, " %*u %c", (int)s->gutter, line, mark);
    else
        buf_printf(s->out, " %*s %c", (int)s->gutter, "", mark);
    snippet_color(s, SNIPPET_RESET);
    if (mark == '=')
        buf_add_char(s->out, ' ');
}

/* A slice of one line and the part of it to be underlined. */
struct view {
    struct str text;
    const char *lo, *hi;
    bool cut_before, cut_after;
};

static const char *step_back(const char *p, const char *start)
{
    do
        p--;
    while (p > start && ((unsigned char)*p & 0xC0) == 0x80);
    return p;
}

/* Where text from `p` on fills `width` columns, or `end`. */
static const char *fill(const char *p, const char *end, unsigned width)
{
    const char *last = p;
    for (unsigned column = 0; p < end && column <= width;
         column += next_cell(&p, end, column).width)
        last = p;
    return p < end ? last : end;
}

/* Clips a line that is too long to what is around `lo`: never reads more of it than it shows. */
static void clip(struct view *view, unsigned width)
{
    const char *start = view->text.ptr, *end = start + view->text.len;
    if (fill(start, end, width) == end)
        return;
    const char *from = view->lo;
    for (unsigned back = 0; from > start && back < width / 3; back++)
        from = step_back(from, start);
    if (from - start <= 3)
        from = start;
    const char *to = fill(from, end, width);
    view->text = str_slice(from, to);
    view->cut_before = from > start;
    view->cut_after = to < end;
    if (view->hi > to)
        view->hi = to;
}

static const char ellipsis[] = "...";

static void add_view(struct snippet *s, const struct view *view, char mark, const char *color)
{
    unsigned column = 0, first = 0, last = 0;
    const char *p = view->text.ptr, *end = p + view->text.len;
    if (view->text.len)
        buf_add_char(s->out, ' ');
    if (view->cut_before)
        buf_add_text(s->out, ellipsis);
    while (p < end) {
        if (p <= view->lo)
            first = column;
        struct cell cell = next_cell(&p, end, column);
        buf_add(s->out, cell.text, cell.len);
        column += cell.width;
        if (p <= view->hi)
            last = column;
    }
    if (view->lo >= end)
        first = column;
    if (view->cut_after)
        buf_add_text(s->out, ellipsis);
    buf_add_char(s->out, '\n');

    snippet_gutter(s, 0, '|');
    unsigned indent = 1 + first + (view->cut_before ? (unsigned)strlen(ellipsis) : 0);
    buf_add_repeat(s->out, ' ', indent);
    snippet_color(s, color);
    buf_add_repeat(s->out, mark, last > first ? last - first : 1);
    snippet_color(s, SNIPPET_RESET);
    buf_add_char(s->out, '\n');
}

/* One line with its underline from byte offset `lo` to `hi` of the source. */
static void add_line(struct snippet *s, struct source *source, uint32_t line, struct span span,
    char mark, const char *color)
{
    struct str text = source_line(source, line);
    const char *end = text.ptr + text.len;
    struct view view = {text, source->text.ptr + span.lo, source->text.ptr + span.hi, false, false};
    if (view.lo > end)
        view.lo = end; /* inside the line end */
    if (view.hi > end)
        view.hi = end;
    clip(&view, s->width);
    snippet_gutter(s, line, '|');
    add_view(s, &view, mark, color);
}

static uint32_t first_visible(struct source *source, uint32_t line)
{
    struct str text = source_line(source, line);
    uint32_t at = source_line_start(source, line), i = 0;
    while (i < text.len && (text.ptr[i] == ' ' || text.ptr[i] == '\t'))
        i++;
    return at + i;
}

void snippet_span(
    struct snippet *s, struct source *source, struct span span, char mark, const char *color)
{
    uint32_t first = source_line_at(source, span.lo);
    if (span.lo == span.hi && first_visible(source, first) == source_line_start(source, first + 1))
        return; /* nothing to be seen there */
    uint32_t last = span.hi > span.lo ? source_line_at(source, span.hi - 1) : first;
    add_line(s, source, first, span, mark, color);
    if (last == first)
        return;
    if (last > first + 1) {
        buf_add_repeat(s->out, ' ', s->gutter - (s->gutter > 2 ? 2 : 0) + 1);
        snippet_color(s, SNIPPET_GUTTER);
        buf_add_text(s->out, ellipsis);
        snippet_color(s, SNIPPET_RESET);
        buf_add_char(s->out, '\n');
    }
    uint32_t visible = first_visible(source, last);
    struct span rest = {visible < span.hi ? visible : span.hi, span.hi};
    add_line(s, source, last, rest, mark, color);
}

/* The bytes of whole lines, before and after a fix. */
struct change {
    uint32_t line; /* of the first one */
    struct str before;
    struct buf after;
};

static struct str take_line(struct str *text)
{
    const char *end = memchr(text->ptr, '\n', text->len);
    struct str line = {text->ptr, end ? (size_t)(end - text->ptr) : text->len};
    size_t used = line.len + (end ? 1 : 0);
    *text = (struct str){text->ptr + used, text->len - used};
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

/* Lines longer than this together are never shown, so a change in them need not be made. */
enum { LONGEST_CHANGE = 16 * 1024 };

/* Makes the change; false if its edits overlap or are out of order, or the lines are too long to be shown. */
static bool apply(struct change *change, struct source *source, const struct diag_fix *fix)
{
    uint32_t lo = fix->edits[0].span.lo;
    struct span last = fix->edits[fix->edit_count - 1].span;
    change->line = source_line_at(source, lo);
    uint32_t end_line = source_line_at(source, last.hi > last.lo ? last.hi - 1 : last.hi);
    uint32_t at = source_line_start(source, change->line);
    uint32_t end = source_line_start(source, end_line + 1);
    if (end - at > LONGEST_CHANGE)
        return false;
    for (size_t i = 0; i < fix->edit_count; i++) {
        const struct diag_edit *edit = &fix->edits[i];
        if (edit->span.lo < at)
            return false;
        buf_add_str(&change->after, source_slice(source, (struct span){at, edit->span.lo}));
        buf_add_str(&change->after, edit->text);
        at = edit->span.hi;
    }
    bool joins =
        at >= end && change->after.len && change->after.data[change->after.len - 1] != '\n';
    if (joins) /* the line end went away, so the next line belongs to it */
        end = source_line_start(source, end_line + 2);
    if (at < end)
        buf_add_str(&change->after, source_slice(source, (struct span){at, end}));
    change->before =
        source_slice(source, (struct span){source_line_start(source, change->line), end});
    return true;
}

/* True if the text has at most `most` lines of at most `width` bytes. */
static bool is_showable(struct str text, unsigned most, unsigned width)
{
    unsigned count = 0;
    while (text.len) {
        if (++count > most || take_line(&text).len > width)
            return false;
    }
    return true;
}

/* Drops the lines that both texts start with. */
static uint32_t skip_equal(struct str *a, struct str *b)
{
    uint32_t skipped = 0;
    while (a->len && b->len) {
        struct str rest_a = *a, rest_b = *b;
        if (!str_equal(take_line(&rest_a), take_line(&rest_b)))
            break;
        *a = rest_a;
        *b = rest_b;
        skipped++;
    }
    return skipped;
}

static void add_changed(
    struct snippet *s, struct str text, uint32_t line, char mark, const char *color)
{
    while (text.len) {
        struct str shown = take_line(&text);
        snippet_gutter(s, line++, mark);
        snippet_color(s, color);
        if (shown.len)
            buf_add_char(s->out, ' ');
        snippet_text(s, shown);
        snippet_color(s, SNIPPET_RESET);
        buf_add_char(s->out, '\n');
    }
}

void snippet_fix(struct snippet *s, struct source *source, const struct diag_fix *fix,
    uint32_t shown_line, unsigned most)
{
    if (fix->edit_count == 0)
        return;
    struct change change = {0};
    if (apply(&change, source, fix)) {
        struct str before = change.before, after = buf_str(&change.after);
        uint32_t line = change.line + skip_equal(&before, &after);
        if (is_showable(before, most, s->width) && is_showable(after, most, s->width)) {
            struct str rest = before;
            take_line(&rest);
            bool is_shown = line == shown_line && rest.len == 0 && after.len;
            if (!is_shown)
                add_changed(s, before, line, '-', SNIPPET_REMOVED);
            add_changed(s, after, line, '+', SNIPPET_ADDED);
        }
    }
    buf_free(&change.after);
}
