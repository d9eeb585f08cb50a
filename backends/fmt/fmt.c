#include "backends/fmt/fmt.h"

#include "backends/fmt/printer.h"
#include "runtime/base/json_write.h"
#include "runtime/base/utf8.h"

void print_line(struct printer *p, unsigned indent)
{
    struct buf *out = p->out;
    while (out->len > p->literal_end && out->data[out->len - 1] == ' ')
        out->len--;
    if (out->len && out->data[out->len - 1] != '\n')
        buf_add_char(out, '\n');
    buf_add_repeat(out, ' ', indent);
}

static bool ends_blank(const struct buf *out)
{
    return out->len < 2 || (out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n');
}

void print_line_for(struct printer *p, unsigned indent, uint32_t place, bool first)
{
    print_line(p, 0);
    if (!first && !ends_blank(p->out) && trivia_blank_before(p->doc, place))
        buf_add_char(p->out, '\n');
    buf_add_repeat(p->out, ' ', indent);
}

void print_comment(struct printer *p, struct note *note)
{
    struct str text = source_slice(p->doc->source, note->span);
    while (text.len && (text.ptr[text.len - 1] == ' ' || text.ptr[text.len - 1] == '\t'))
        text.len--;
    if (str_starts(text, STR("//"))) {
        buf_add_char(p->out, '#');
        text = (struct str){text.ptr + 2, text.len - 2};
    }
    /* What no notation allows in a comment is shown as a question mark. */
    for (size_t i = 0; i < text.len; i++) {
        struct str one = {text.ptr + i, 1};
        while (i + 1 < text.len && ((unsigned char)text.ptr[i + 1] & 0xC0) == 0x80) {
            one.len++;
            i++;
        }
        if (yaml_has_hidden(one))
            buf_add_char(p->out, '?');
        else
            buf_add_str(p->out, one);
    }
    note->printed = true;
}

void print_leading(
    struct printer *p, unsigned indent, const void *owner, uint32_t place, bool first)
{
    size_t count;
    bool below = false; /* the last one stood below the place and moved up */
    struct note *notes = trivia_of(&p->trivia, owner, &count);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].kind != NOTE_LEADING || notes[i].printed)
            continue;
        below = notes[i].span.lo > place;
        print_line_for(p, indent, below ? place : notes[i].span.lo, first);
        print_comment(p, &notes[i]);
        first = false;
    }
    if (below)
        print_line(p, indent);
    else
        print_line_for(p, indent, place, first);
}

void print_trailing(struct printer *p, const void *owner)
{
    size_t count;
    struct note *notes = trivia_of(&p->trivia, owner, &count);
    for (size_t i = 0; i < count; i++) {
        bool behind = notes[i].kind == NOTE_TRAILING || notes[i].kind == NOTE_HEADING;
        if (!behind || notes[i].printed)
            continue;
        buf_add_text(p->out, "  ");
        print_comment(p, &notes[i]);
    }
}

void print_dangling(struct printer *p, unsigned indent, const struct doc_node *container)
{
    size_t count;
    struct note *notes = trivia_of(&p->trivia, container, &count);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].kind != NOTE_DANGLING || notes[i].printed)
            continue;
        print_line_for(p, indent, notes[i].span.lo, false);
        print_comment(p, &notes[i]);
    }
}

size_t print_column(const struct printer *p)
{
    const struct buf *out = p->out;
    size_t start = out->len;
    while (start > 0 && out->data[start - 1] != '\n')
        start--;
    return utf8_count((struct str){out->data + start, out->len - start});
}

/* A code unit without its other half: JSON's escapes can spell it, YAML's cannot. */
static bool has_surrogate(struct str text)
{
    for (size_t i = 0; i + 1 < text.len; i++)
        if ((unsigned char)text.ptr[i] == 0xED && (unsigned char)text.ptr[i + 1] >= 0xA0)
            return true;
    return false;
}

static void add_code(struct buf *out, uint32_t code, enum doc_notation target)
{
    uint32_t past = code - 0x10000;
    if (code < 0x10000)
        buf_printf(out, "\\u%04x", (unsigned)code);
    else if (target == DOC_YAML)
        buf_printf(out, "\\U%08X", (unsigned)code);
    else
        buf_printf(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)(past >> 10),
            0xDC00 + (unsigned)(past & 0x3FF));
}

void print_quoted(struct printer *p, struct str text, enum doc_notation target)
{
    bool half = has_surrogate(text);
    if (half || !yaml_has_hidden(text)) {
        json_quote(p->out, text, half);
        return;
    }
    const char *at = text.ptr, *end = text.ptr + text.len;
    buf_add_char(p->out, '"');
    while (at < end) {
        const char *from = at;
        uint32_t code = utf8_decode(&at, end);
        if (yaml_has_hidden(str_slice(from, at)))
            add_code(p->out, code, target);
        else if (code == '\n' || code == '\t')
            buf_add_text(p->out, code == '\n' ? "\\n" : "\\t");
        else if (code == '"' || code == '\\')
            buf_printf(p->out, "\\%c", (char)code);
        else
            buf_add_str(p->out, str_slice(from, at));
    }
    buf_add_char(p->out, '"');
}

/* The first node that the target has no way to write, or NULL; the reason goes to *why. */
static const struct doc_node *find_refused(
    const struct doc_node *node, enum doc_notation target, bool formats_yaml, const char **why)
{
    if (node->aliased && formats_yaml) {
        *why = "YAML with anchors and aliases is not formatted: they would be expanded";
        return node;
    }
    if (node->kind == DOC_REAL && target != DOC_YAML && node->as.text.len &&
        memchr("NI", node->as.text.ptr[node->as.text.ptr[0] == '-'], 2)) {
        *why = "only YAML can hold infinities and NaN";
        return node;
    }
    if (target == DOC_YAML && node->kind == DOC_STRING && has_surrogate(node->as.text)) {
        *why = "YAML cannot spell half a surrogate pair";
        return node;
    }
    const struct doc_node *found = NULL;
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; !found && i < node->as.array.count; i++)
            found = find_refused(node->as.array.items[i], target, formats_yaml, why);
    if (node->kind != DOC_OBJECT && node->kind != DOC_SET)
        return found;
    for (size_t i = 0; !found && i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        if (member->merged && formats_yaml) {
            *why = "YAML with merge keys is not formatted: they would be expanded";
            return member->value;
        }
        if (target == DOC_YAML && has_surrogate(member->key)) {
            *why = "YAML cannot spell half a surrogate pair";
            return member->value;
        }
        found = find_refused(member->value, target, formats_yaml, why);
    }
    return found;
}

static bool print_as(struct buf *out, const struct doc *doc, enum doc_notation target,
    bool formats_yaml, struct fmt_report *report)
{
    *report = (struct fmt_report){0};
    const struct doc_node *refused =
        find_refused(doc->root, target, formats_yaml, &report->refusal);
    if (refused) {
        report->where = refused->span;
        return false;
    }
    struct printer p = {.out = out,
        .doc = doc,
        .report = report,
        .same_notation = doc->notation == target && (formats_yaml || target != DOC_YAML)};
    arena_init(&p.arena);
    trivia_init(&p.trivia, doc);
    if (target == DOC_JSON)
        fmt_json(&p);
    else if (target == DOC_YAML)
        fmt_yaml(&p);
    else
        fmt_chaos(&p);
    for (size_t i = 0; i < p.trivia.count; i++)
        report->lost_comments += !p.trivia.notes[i].printed;
    trivia_free(&p.trivia);
    arena_free(&p.arena);
    return !report->refusal;
}

bool fmt_print(
    struct buf *out, const struct doc *doc, enum doc_notation target, struct fmt_report *report)
{
    return print_as(out, doc, target, target == DOC_YAML && doc->notation == DOC_YAML, report);
}

bool fmt_convert(
    struct buf *out, const struct doc *doc, enum doc_notation target, struct fmt_report *report)
{
    return print_as(out, doc, target, false, report);
}
