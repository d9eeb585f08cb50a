/* How the reference's complaints are noted, and how it prints values in them. */
#include "ir/refusal.h"

#include <stdarg.h>
#include <stdio.h>

#include "runtime/base/buf.h"
#include "runtime/base/pytext.h"

static bool is_null(const struct doc_node *node)
{
    return !node || node->kind == DOC_NULL;
}

bool refusal_say(struct search *s, const struct doc_node *node, bool crash, const char *format, ...)
{
    if (s->found)
        return false;
    struct buf text = {0};
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    buf_add_text(&text, line);
    s->found = true;
    s->refusal->message = arena_str(&s->ir->arena, buf_str(&text));
    s->refusal->span = node ? node->span : s->ir->doc->root->span;
    s->refusal->crash = crash;
    buf_free(&text);
    return false;
}

bool refusal_crash(struct search *s, const struct doc_node *node, const char *what)
{
    return refusal_say(
        s, node, true, "%s must not be %s", what, doc_kind_name((enum doc_kind)node->kind));
}

bool refusal_is(const struct doc_node *node, const char *text)
{
    return node && node->kind == DOC_STRING && str_equal(node->as.text, str_from(text));
}

/* The node as Python's repr() of what it is read as; a string as it is, as format() prints it. */
static void add_python(struct buf *out, const struct doc_node *node, bool quoted)
{
    bool first = true;
    switch ((enum doc_kind)node->kind) {
    case DOC_NULL:
        buf_add_text(out, "None");
        break;
    case DOC_BOOL:
        buf_add_text(out, node->as.truth ? "True" : "False");
        break;
    case DOC_STRING:
        if (quoted)
            pytext_add_quoted(out, node->as.text);
        else
            buf_add_str(out, node->as.text);
        break;
    case DOC_ARRAY:
        buf_add_char(out, '[');
        for (size_t i = 0; i < node->as.array.count; i++) {
            buf_add_text(out, i ? ", " : "");
            add_python(out, node->as.array.items[i], true);
        }
        buf_add_char(out, ']');
        break;
    case DOC_OBJECT:
    case DOC_SET:
        buf_add_char(out, '{');
        for (size_t i = 0; i < node->as.object.count; i++) {
            if (node->as.object.members[i].repeated)
                continue;
            buf_add_text(out, first ? "" : ", ");
            first = false;
            pytext_add_quoted(out, node->as.object.members[i].key);
            buf_add_text(out, ": ");
            add_python(out, node->as.object.members[i].value, true);
        }
        buf_add_char(out, '}');
        break;
    case DOC_ERROR:
    case DOC_INT:
    case DOC_REAL:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        buf_add_str(out, node->as.text);
        break;
    }
}

struct str refusal_text(struct search *s, const struct doc_node *node)
{
    if (is_null(node))
        return STR("None");
    struct buf text = {0};
    add_python(&text, node, false);
    struct str copy = arena_str(&s->ir->arena, buf_str(&text));
    buf_free(&text);
    return copy;
}
