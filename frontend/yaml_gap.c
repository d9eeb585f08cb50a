/* What stands between YAML's tokens, which libyaml drops: comments, and tabs that PyYAML refuses.
 * Only the text between two tokens is looked at, so strings and block scalars are never mistaken
 * for comments. */
#include "frontend/yaml_reader.h"

size_t yaml_find_offset(struct yaml_reader *r, size_t index)
{
    struct str text = r->source->text;
    while (r->mark_index < index && r->mark_byte < text.len) {
        unsigned char lead = (unsigned char)text.ptr[r->mark_byte];
        r->mark_byte += lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        r->mark_index++;
    }
    while (r->mark_index > index) {
        do
            r->mark_byte--;
        while (((unsigned char)text.ptr[r->mark_byte] & 0xC0) == 0x80);
        r->mark_index--;
    }
    return r->mark_byte;
}

static bool is_break(char c)
{
    return c == '\n' || c == '\r';
}

static void add_tab(struct yaml_reader *r, size_t at)
{
    *ARENA_PUSH(&r->scratch, r->tabs, r->tab_count, r->tab_room) = span_make(at, at + 1);
}

/* Keeps the comment that starts at `at` and returns its end. */
static size_t add_comment(struct yaml_reader *r, size_t at)
{
    struct str text = r->source->text;
    size_t end = at;
    while (end < text.len && !is_break(text.ptr[end]))
        end++;
    struct doc *doc = r->doc;
    *ARENA_PUSH(&r->scratch, doc->comments, doc->comment_count, doc->comment_room) =
        (struct doc_comment){span_make(at, end)};
    return end;
}

void yaml_collect_gap(struct yaml_reader *r, size_t to)
{
    const char *text = r->source->text.ptr;
    for (size_t i = r->gap; i < to; i++) {
        if (text[i] == '\t')
            add_tab(r, i);
        else if (text[i] == '#')
            i = add_comment(r, i);
    }
}

void yaml_scan_scalar(struct yaml_reader *r, enum doc_style style, struct span span)
{
    const char *text = r->source->text.ptr;
    if (style != DOC_PLAIN && style != DOC_LITERAL && style != DOC_FOLDED)
        return;
    for (size_t i = span.lo; i < span.hi; i++) {
        if (style != DOC_PLAIN && is_break(text[i]))
            return;
        if (text[i] == '\t')
            add_tab(r, i);
        else if (style != DOC_PLAIN && text[i] == '#')
            i = add_comment(r, i) - 1;
    }
}

size_t yaml_skip_properties(const struct yaml_reader *r, size_t at, size_t end)
{
    const char *text = r->source->text.ptr;
    while (at < end) {
        if (text[at] == '#') {
            while (at < end && !is_break(text[at]))
                at++;
        } else if (text[at] == '&' || text[at] == '!') {
            bool verbatim = text[at] == '!' && text[at + 1] == '<';
            while (
                at < end && !memchr(verbatim ? ">\t\n\r " : "\t\n\r ", text[at], verbatim ? 5 : 4))
                at++;
            at += verbatim && at < end;
        } else if (memchr(" \t\r\n", text[at], 4)) {
            at++;
        } else {
            break;
        }
    }
    return at;
}

void yaml_report_tabs(struct yaml_reader *r)
{
    if (r->tab_count == 0)
        return;
    struct diag *diag = diag_add(r->bag, r->source, DIAG_W124, r->tabs[0],
        r->tab_count == 1 ? "the tab here is refused by the reference's YAML reader, "
                            "which separates tokens by spaces only"
                          : "the tabs here and in %zu more places are refused by the reference's "
                            "YAML reader, which separates tokens by spaces only",
        r->tab_count - 1);
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "write spaces for tabs");
    for (size_t i = 0; i < r->tab_count; i++)
        diag_edit(r->bag, fix, r->tabs[i], STR(" "));
}
