/* YAML: block style, two spaces a level, lists indented below their key; quotes only where YAML 1.1 needs them. */
#include "backends/fmt/printer.h"

#include "runtime/base/json_write.h"

static void print_value(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent);

static bool is_filled(const struct doc_node *node)
{
    if (node->kind == DOC_ARRAY)
        return node->as.array.count > 0;
    return (node->kind == DOC_OBJECT || node->kind == DOC_SET) && node->as.object.count > 0;
}

/* Single quotes where a double-quoted string would be full of backslashes. */
static void print_quoted(struct printer *p, struct str text)
{
    bool single = !yaml_has_hidden(text) && !memchr(text.ptr, '\n', text.len) &&
                  !memchr(text.ptr, '\t', text.len) && !memchr(text.ptr, '\'', text.len) &&
                  (memchr(text.ptr, '"', text.len) || memchr(text.ptr, '\\', text.len));
    if (single)
        buf_printf(p->out, "'%.*s'", STR_ARG(text));
    else
        json_quote(p->out, text, yaml_has_hidden(text));
}

static void print_inline_string(struct printer *p, struct str text)
{
    if (yaml_needs_quotes(text))
        print_quoted(p, text);
    else
        buf_add_str(p->out, text);
}

/* A literal block keeps every character as long as its first line tells the indentation. */
static bool fits_literal(struct str text)
{
    if (!memchr(text.ptr, '\n', text.len) || yaml_has_hidden(text))
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

static void print_literal(struct printer *p, struct str text, unsigned indent)
{
    bool closed = text.ptr[text.len - 1] == '\n';
    bool several = closed && text.len > 1 && text.ptr[text.len - 2] == '\n';
    buf_add_text(p->out, several ? "|+" : closed ? "|" : "|-");
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

/* Comments of a first member would stand behind the dash of the item: they move before it. */
static void print_leading_of_first(struct printer *p, const struct doc_node *node, unsigned indent)
{
    while (is_filled(node)) {
        const void *owner = node->kind == DOC_ARRAY ? (const void *)node->as.array.items[0]
                                                    : (const void *)&node->as.object.members[0];
        size_t count;
        struct note *notes = trivia_of(&p->trivia, owner, &count);
        for (size_t i = 0; i < count; i++)
            if (notes[i].kind == NOTE_LEADING) {
                print_leading(p, indent, owner, notes[i].span.lo, true);
                break;
            }
        node = node->kind == DOC_ARRAY ? node->as.array.items[0] : node->as.object.members[0].value;
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
        print_key(p, member);
        buf_add_char(p->out, ':');
        if (is_filled(member->value))
            print_trailing(p, member);
        else
            buf_add_char(p->out, ' ');
        print_value(p, member->value, order_child(kind, node, member), indent + 2);
        print_trailing(p, member);
    }
    print_dangling(p, indent, node);
}

static void print_items(struct printer *p, const struct doc_node *node, enum schema_kind kind,
    unsigned indent, bool inline_first)
{
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        if (i > 0 || !inline_first) {
            print_leading(p, indent, item, item->span.lo, i == 0);
            size_t before = p->out->len;
            print_leading_of_first(p, item, indent);
            if (p->out->len != before)
                print_line(p, indent);
        }
        buf_add_text(p->out, "- ");
        if (item->kind == DOC_ARRAY && is_filled(item))
            print_items(p, item, kind, indent + 2, true);
        else if (is_filled(item) && item->kind == DOC_OBJECT)
            print_members(p, item, kind, indent + 2, true);
        else
            print_value(p, item, kind, indent + 2);
        print_trailing(p, item);
    }
    print_dangling(p, indent, node);
}

static void print_value(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent)
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
        bool exponent = memchr(text.ptr, 'e', text.len) || memchr(text.ptr, 'E', text.len);
        if (!plain)
            buf_add_text(p->out, str_is(text, "NaN") ? ".nan"
                                 : *text.ptr == '-'  ? "-.inf"
                                                     : ".inf");
        else if (exponent)
            buf_printf(
                p->out, "!!float %.*s", STR_ARG(text)); /* 1e3 alone is a string in YAML 1.1 */
        else
            buf_add_str(p->out, text);
        break;
    }
    case DOC_INT:
    case DOC_DATE:
    case DOC_DATETIME:
        buf_add_str(p->out, node->as.text);
        break;
    case DOC_STRING:
        if (fits_literal(node->as.text))
            print_literal(p, node->as.text, indent);
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
    print_value(p, root, SCHEMA_KIND_EXPERIMENT, 0);
    print_line(p, 0);
}
