/* JSON: two spaces a level, one member or item a line, empty containers closed at once. */
#include "backends/fmt/printer.h"

#include "runtime/base/json_write.h"

static void print_value(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent);

/* Empty lines are the writer's, if he wrote JSON; those of another notation part what is no longer there. */
static void print_element_line(struct printer *p, unsigned indent, uint32_t place, bool first)
{
    if (p->same_notation)
        print_line_for(p, indent, place, first);
    else
        print_line(p, indent);
}

static void print_object(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent)
{
    kind = kind == SCHEMA_KIND_NONE ? kind : order_refine(kind, node);
    struct ordered ordered = order_members(&p->arena, kind, node, p->same_notation);
    if (!ordered.count) {
        buf_add_text(p->out, "{}");
        return;
    }
    buf_add_char(p->out, '{');
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (i)
            buf_add_char(p->out, ',');
        print_element_line(p, indent + 2, member->key_span.lo, i == 0);
        json_quote(p->out, member->key, false);
        buf_add_text(p->out, ": ");
        print_value(p, member->value, order_child(kind, node, member), indent + 2);
    }
    print_line(p, indent);
    buf_add_char(p->out, '}');
}

static void print_array(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent)
{
    if (!node->as.array.count) {
        buf_add_text(p->out, "[]");
        return;
    }
    buf_add_char(p->out, '[');
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        if (i)
            buf_add_char(p->out, ',');
        print_element_line(p, indent + 2, trivia_item_place(p->doc, item), i == 0);
        print_value(p, item, kind, indent + 2);
    }
    print_line(p, indent);
    buf_add_char(p->out, ']');
}

static void print_value(
    struct printer *p, const struct doc_node *node, enum schema_kind kind, unsigned indent)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_OBJECT:
    case DOC_SET:
        print_object(p, node, kind, indent);
        break;
    case DOC_ARRAY:
        print_array(p, node, kind, indent);
        break;
    case DOC_BOOL:
        buf_add_text(p->out, node->as.truth ? "true" : "false");
        break;
    case DOC_INT:
    case DOC_REAL:
        buf_add_str(p->out, node->as.text);
        break;
    case DOC_STRING:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        json_quote(p->out, node->as.text, false);
        break;
    case DOC_NULL:
    case DOC_ERROR: /* a broken document is never printed */
        buf_add_text(p->out, "null");
        break;
    }
}

void fmt_json(struct printer *p)
{
    print_value(p, p->doc->root, SCHEMA_KIND_EXPERIMENT, 0);
    buf_add_char(p->out, '\n');
}
