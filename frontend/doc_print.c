/* The text form of a document tree, for `chaosc dump --tree` and for tests: one node a line, children indented,
 *     [KEY KEYSPAN NOTES:] KIND SPAN VALUE-OR-COUNT NOTES
 * Spans are byte offsets, half open; keys and strings are written as JSON. */
#include "frontend/doc.h"
#include "runtime/base/json_write.h"

static const char *const kinds[] = {"error", "null", "bool", "int", "real", "string", "array",
    "object", "date", "datetime", "binary", "set"};
static const char *const styles[] = {"plain", "single", "double", "literal", "folded", "flow"};
static const char *const traps[] = {
    "none", "bool", "sexagesimal", "octal", "underscore", "exponent", "date", "null"};

static void print_span(struct buf *out, struct span span)
{
    buf_printf(out, " [%u-%u]", span.lo, span.hi);
}

static void print_node(
    struct buf *out, const struct doc_node *node, unsigned depth, const struct doc_member *member);

static void print_children(struct buf *out, const struct doc_node *node, unsigned depth)
{
    if (node->kind == DOC_ARRAY) {
        for (size_t i = 0; i < node->as.array.count; i++)
            print_node(out, node->as.array.items[i], depth, NULL);
    } else if (node->kind == DOC_OBJECT || node->kind == DOC_SET) {
        for (size_t i = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            print_node(out, member->value, depth, member);
        }
    }
}

static void print_member(struct buf *out, const struct doc_member *member)
{
    json_quote(out, member->key, false);
    print_span(out, member->key_span);
    if (member->key_kind != DOC_STRING)
        buf_printf(out, " key-%s", kinds[member->key_kind]);
    if (member->repeated)
        buf_add_text(out, " repeated");
    if (member->merged)
        buf_add_text(out, " merged");
    buf_add_text(out, ": ");
}

static void print_node(
    struct buf *out, const struct doc_node *node, unsigned depth, const struct doc_member *member)
{
    buf_add_repeat(out, ' ', (size_t)depth * 2);
    if (member)
        print_member(out, member);
    buf_add_text(out, kinds[node->kind]);
    print_span(out, node->span);
    switch ((enum doc_kind)node->kind) {
    case DOC_ERROR:
    case DOC_NULL:
        break;
    case DOC_BOOL:
        buf_add_text(out, node->as.truth ? " true" : " false");
        break;
    case DOC_INT:
    case DOC_REAL:
    case DOC_DATE:
    case DOC_DATETIME:
        buf_add_char(out, ' ');
        buf_add_str(out, node->as.text);
        break;
    case DOC_STRING:
    case DOC_BINARY:
        buf_add_char(out, ' ');
        json_quote(out, node->as.text, false);
        break;
    case DOC_ARRAY:
        buf_printf(out, " %zu", node->as.array.count);
        break;
    case DOC_OBJECT:
    case DOC_SET:
        buf_printf(out, " %zu", node->as.object.count);
        break;
    }
    if (node->style != DOC_PLAIN && !(node->kind == DOC_STRING && node->style == DOC_DOUBLE_QUOTED))
        buf_printf(out, " %s", styles[node->style]);
    if (node->trap != DOC_TRAP_NONE)
        buf_printf(out, " trap-%s", traps[node->trap]);
    if (node->aliased)
        buf_add_text(out, " aliased");
    buf_add_char(out, '\n');
    print_children(out, node, depth + 1);
}

void doc_print(struct buf *out, const struct doc *doc)
{
    print_node(out, doc->root, 0, NULL);
    for (size_t i = 0; i < doc->comment_count; i++) {
        buf_add_text(out, "comment");
        print_span(out, doc->comments[i].span);
        buf_add_char(out, '\n');
    }
}
