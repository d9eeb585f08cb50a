/* YAML: block style, two spaces a level, lists indented below their key; quotes only where YAML 1.1 needs them. */
#include "backends/fmt/printer.h"

/* `owner` is the member or item whose comment stands behind the value. */
static void print_value(struct printer *p, const struct doc_node *node, enum schema_kind kind,
    const void *owner, unsigned indent);

static bool is_filled(const struct doc_node *node)
{
    if (node->kind == DOC_ARRAY)
        return node->as.array.count > 0;
    return (node->kind == DOC_OBJECT || node->kind == DOC_SET) && node->as.object.count > 0;
}

/* Single quotes where a double-quoted string would be full of backslashes. */
static void print_in_quotes(struct printer *p, struct str text)
{
    bool single = !yaml_has_hidden(text) && !memchr(text.ptr, '\n', text.len) &&
                  !memchr(text.ptr, '\t', text.len) && !memchr(text.ptr, '\'', text.len) &&
                  (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len));
    if (single)
        buf_printf(p->out, "'%.*s'", STR_ARG(text));
    else
        print_quoted(p, text, DOC_YAML);
}

static void print_inline_string(struct printer *p, struct str text)
{
    if (yaml_needs_quotes(text))
        print_in_quotes(p, text);
    else
        buf_add_str(p->out, text);
}

/* A literal block keeps every character as long as its first line tells the indentation. */
static bool fits_literal(struct str text)
{
    if (!memchr(text.ptr, '\n', text.len) || yaml_has_hidden(text))
        return false;
    char last =
        text.ptr[text.len - 1]; /* a blank there would be lost with those at the ends of lines */
    if (last == ' ' || last == '\t')
        return false;
    size_t i = 0;
    while (i < text.len && text.ptr[i] == '\n')
        i++;
    if (i == text.len || text.ptr[i] == ' ' || text.ptr[i] == '\t')
        return false;
    for (size_t at = 0; at + 1 < text.len; at++)
        if (text.ptr[at] == '\n' && text.ptr[at + 1] == ' ' && at < i)
            return false;
    return true;
}

/* The comment goes behind the block's mark: behind the text it would be part of it. */
static void print_literal(struct printer *p, struct str text, const void *owner, unsigned indent)
{
    bool closed = text.ptr[text.len - 1] == '\n';
    bool several = closed && text.len > 1 && text.ptr[text.len - 2] == '\n';
    buf_add_text(p->out, several ? "|+" : closed ? "|" : "|-");
    print_trailing(p, owner);
    const char *at = text.ptr, *end = text.ptr + text.len;
    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        if (!stop)
            stop = end;
        buf_add_char(p->out, '\n');
        if (stop > at)
            buf_add_repeat(p->out, ' ', indent);
        buf_add(p->out, at, (size_t)(stop - at));
        at = stop + 1;
    }
    if (several) /* the empty lines belong to the text: what follows must not add to them */
        buf_add_char(p->out, '\n');
    p->literal_end = p->out->len;
}

/* The comment behind an element; below it if the element ends with a literal block. */
static void print_comment_behind(struct printer *p, const void *owner, unsigned indent)
{
    size_t count;
    struct note *notes = trivia_of(&p->trivia, owner, &count);
    if (p->literal_end != p->out->len) {
        print_trailing(p, owner);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        bool behind = notes[i].kind == NOTE_TRAILING || notes[i].kind == NOTE_HEADING;
        if (!behind || notes[i].printed)
            continue;
        print_line(p, indent);
        print_comment(p, &notes[i]);
    }
}

static void print_key(struct printer *p, const struct doc_member *member)
{
    if (member->key_kind == DOC_STRING)
        print_inline_string(p, member->key);
    else if (str_is(member->key, "True") || str_is(member->key, "False"))
        buf_add_text(p->out, str_is(member->key, "True") ? "true" : "false");
    else if (str_is(member->key, "None"))
        buf_add_text(p->out, "null");
    else
        buf_add_str(p->out, member->key);
}

/* A key on the line of its value may have 1024 characters (YAML 1.1, 7.1.1.1); a longer one stands behind `?`. */
enum { LONGEST_KEY = 1000 };

static void print_key_and_colon(struct printer *p, const struct doc_member *member, unsigned indent)
{
    size_t at = p->out->len;
    print_key(p, member);
    if (p->out->len - at > LONGEST_KEY) {
        p->out->len = at;
        buf_add_text(p->out, "? ");
        print_key(p, member);
        print_line(p, indent);
    }
    buf_add_char(p->out, ':');
}

static void print_notes_above(
    struct printer *p, const void *owner, enum note_kind kind, unsigned indent)
{
    size_t count;
    struct note *notes = trivia_of(&p->trivia, owner, &count);
    for (size_t i = 0; i < count; i++) {
        if (notes[i].kind != kind || notes[i].printed)
            continue;
        print_comment(p, &notes[i]);
        print_line(p, indent);
    }
}

/* Comments inside an empty container, which is written on one line: before the element that it belongs to. */
static void print_inner_notes(struct printer *p, const struct doc_node *node, unsigned indent)
{
    if (!is_filled(node))
        print_notes_above(p, node, NOTE_DANGLING, indent);
}

/* Comments of what stands directly behind the dash of an item move before it. */
static void print_leading_of_first(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent)
{
    print_inner_notes(p, node, indent);
    if (node->kind == DOC_ARRAY && is_filled(node)) {
        print_notes_above(p, node->as.array.items[0], NOTE_LEADING, indent);
        print_leading_of_first(p, node->as.array.items[0], kind, indent);
    } else if (node->kind == DOC_OBJECT && is_filled(node)) {
        kind = kind == SCHEMA_KIND_NONE ? kind : order_refine(kind, node);
        const struct doc_member *first =
            order_members(&p->arena, kind, node, p->same_notation).members[0];
        print_notes_above(p, first, NOTE_LEADING, indent);
        print_inner_notes(p, first->value, indent);
    }
}

/* Members and items; the first one goes on the current line if `inline_first` is set. */
static void print_members(struct printer *p, const struct doc_node *node, enum schema_kind kind,
    unsigned indent, bool inline_first)
{
    kind = kind == SCHEMA_KIND_NONE ? kind : order_refine(kind, node);
    struct ordered ordered = order_members(&p->arena, kind, node, p->same_notation);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (i > 0 || !inline_first)
            print_leading(p, indent, member, member->key_span.lo, i == 0);
        if (i > 0 || !inline_first)
            print_inner_notes(p, member->value, indent);
        print_key_and_colon(p, member, indent);
        if (is_filled(member->value))
            print_trailing(p, member);
        else
            buf_add_char(p->out, ' ');
        print_value(p, member->value, order_child(kind, node, member), member, indent + 2);
        print_comment_behind(p, member, indent);
    }
    print_dangling(p, indent, node);
}

static void print_items(struct printer *p, const struct doc_node *node, enum schema_kind kind,
    unsigned indent, bool inline_first)
{
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        if (i > 0 || !inline_first) {
            print_leading(p, indent, item, trivia_item_place(p->doc, item), i == 0);
            print_leading_of_first(p, item, kind, indent);
        }
        buf_add_text(p->out, "- ");
        if (item->kind == DOC_ARRAY && is_filled(item))
            print_items(p, item, kind, indent + 2, true);
        else if (is_filled(item) && item->kind == DOC_OBJECT)
            print_members(p, item, kind, indent + 2, true);
        else
            print_value(p, item, kind, item, indent + 2);
        print_comment_behind(p, item, indent);
    }
    print_dangling(p, indent, node);
}

/* YAML 1.1 knows an exponent only behind a point and with a sign: 1e3 alone would be a string. */
static void print_real(struct printer *p, struct str text)
{
    size_t exponent = 0;
    while (exponent < text.len && text.ptr[exponent] != 'e' && text.ptr[exponent] != 'E')
        exponent++;
    buf_add(p->out, text.ptr, exponent);
    if (!memchr(text.ptr, '.', exponent))
        buf_add_text(p->out, ".0");
    if (exponent == text.len)
        return;
    buf_add_char(p->out, 'e');
    exponent++;
    if (text.ptr[exponent] != '-' && text.ptr[exponent] != '+')
        buf_add_char(p->out, '+');
    buf_add(p->out, text.ptr + exponent, text.len - exponent);
}

static void print_value(struct printer *p, const struct doc_node *node, enum schema_kind kind,
    const void *owner, unsigned indent)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_SET:
        buf_add_text(p->out, " !!set");
        /* fall through */
    case DOC_OBJECT:
        if (is_filled(node))
            print_members(p, node, kind, indent, false);
        else
            buf_add_text(p->out, "{}");
        break;
    case DOC_ARRAY:
        if (is_filled(node))
            print_items(p, node, kind, indent, false);
        else
            buf_add_text(p->out, "[]");
        break;
    case DOC_BOOL:
        buf_add_text(p->out, node->as.truth ? "true" : "false");
        break;
    case DOC_REAL: {
        struct str text = node->as.text;
        bool plain = text.ptr[text.len - 1] != 'y' && text.ptr[text.len - 1] != 'N';
        if (!plain)
            buf_add_text(p->out, str_is(text, "NaN") ? ".nan"
                                 : *text.ptr == '-'  ? "-.inf"
                                                     : ".inf");
        else
            print_real(p, text);
        break;
    }
    case DOC_INT: /* an integer of YAML has no negative zero */
        buf_add_str(p->out, str_is(node->as.text, "-0") ? STR("0") : node->as.text);
        break;
    case DOC_DATE:
    case DOC_DATETIME:
        buf_add_str(p->out, node->as.text);
        break;
    case DOC_STRING:
        if (owner && fits_literal(node->as.text)) /* its lines are indented: not the root's */
            print_literal(p, node->as.text, owner, indent);
        else
            print_inline_string(p, node->as.text);
        break;
    case DOC_BINARY:
        buf_printf(p->out, "!!binary %.*s", STR_ARG(node->as.text));
        break;
    case DOC_NULL:
    case DOC_ERROR: /* a broken document is never printed */
        buf_add_text(p->out, "null");
        break;
    }
}

void fmt_yaml(struct printer *p)
{
    const struct doc_node *root = p->doc->root;
    print_inner_notes(p, root, 0);
    print_value(p, root, SCHEMA_KIND_EXPERIMENT, NULL, 0);
    print_line(p, 0);
}
