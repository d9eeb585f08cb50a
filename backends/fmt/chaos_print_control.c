/* Controls of the .chaos printer, at any level. */
#include "backends/fmt/chaos_print.h"

#include "backends/fmt/chaos_form.h"
#include "backends/fmt/chaos_piece.h"
#include "runtime/base/utf8.h"

void chaos_control_provider(struct printer *p, const struct doc_node *provider, unsigned indent)
{
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    buf_printf(p->out, "python %.*s", STR_ARG(doc_get(provider, STR("module"))->as.text));
    if (form_is_object(arguments))
        chaos_members(p, arguments, "()", false, indent);
}

/* The pieces of a control behind its name. */
static void collect_control(struct printer *p, struct pieces *pieces, const struct doc_node *node)
{
    *pieces = (struct pieces){.count = 0};
    const struct doc_member *provider = doc_member(node, STR("provider"));
    const struct doc_node *module = doc_get(provider->value, STR("module"));
    struct piece *head = piece_add(pieces, PIECE_PROVIDER, NULL, provider);
    bool formed = form_is_type(provider->value, "python") && form_is_text(module) &&
                  (chaos_is_word(module->as.text) || chaos_is_dotted(module->as.text));
    head->form = formed ? PIECE_CONTROL_PROVIDER : PIECE_VALUE;
    size_t owners = 1;
    struct ordered ordered =
        order_members(&p->arena, SCHEMA_KIND_CONTROL_PROVIDER, provider->value, false);
    for (size_t i = 0; formed && i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        bool in_head = str_is(member->key, "type") || str_is(member->key, "module") ||
                       (str_is(member->key, "arguments") && form_is_object(member->value));
        if (in_head)
            head->owners[owners++] = member;
        else if (str_is(member->key, "secrets") && form_are_texts(member->value))
            piece_add(pieces, PIECE_NAMES, "secrets", member);
        else
            piece_set_aside(p, &pieces->provider_leftover, member);
    }
    ordered = order_members(&p->arena, SCHEMA_KIND_CONTROL, node, false);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (str_is(member->key, "name") || member == provider)
            continue;
        if (str_is(member->key, "scope") && form_is_scope(member->value))
            piece_add(pieces, PIECE_WORDS,
                str_is(member->value->as.text, "before") ? "before" : "after", member);
        else if (str_is(member->key, "automatic"))
            piece_add(pieces, PIECE_VALUE, "automatic", member);
        else
            piece_set_aside(p, &pieces->leftover, member);
    }
    struct doc_node *left[] = {pieces->provider_leftover, pieces->leftover};
    const char *const keywords[] = {"with provider", "with"};
    for (size_t i = 0; i < 2; i++)
        if (left[i])
            pieces->items[pieces->count++] =
                (struct piece){PIECE_VALUE, keywords[i], left[i], {NULL}, 0};
}

void chaos_control(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const ref_keys[] = {"ref", NULL};
    if (form_is_object(node) && form_is_text(doc_get(node, STR("ref"))) &&
        form_has_only(node, ref_keys)) {
        buf_add_text(p->out, "ref ");
        chaos_name(p, doc_get(node, STR("ref"))->as.text);
        return;
    }
    if (!form_is_object(node) || !form_is_text(doc_get(node, STR("name"))) ||
        !form_is_object(doc_get(node, STR("provider")))) {
        buf_add_text(p->out, "raw ");
        chaos_value(p, node, indent);
        return;
    }
    struct pieces pieces;
    collect_control(p, &pieces, node);
    chaos_name(p, doc_get(node, STR("name"))->as.text);
    buf_add_char(p->out, ':');
    piece_print_all(p, node, &pieces, indent);
}

static void print_control(struct printer *p, const void *what, unsigned indent)
{
    chaos_control(p, what, indent);
}

void chaos_controls(struct printer *p, const struct doc_node *array, unsigned indent)
{
    struct str flat;
    size_t notes = trivia_inside(&p->trivia, array, NULL);
    if (!array->as.array.count && !notes) {
        buf_add_text(p->out, "{}");
        return;
    }
    bool single = array->as.array.count == 1 && !notes;
    if (p->flat && !single)
        p->failed = true;
    if (single && chaos_flat(p, print_control, array->as.array.items[0], &flat) &&
        chaos_fits(p, utf8_count(flat) + 4)) {
        buf_printf(p->out, "{ %.*s }", STR_ARG(flat));
        return;
    }
    if (p->flat) {
        p->failed = true;
        return;
    }
    buf_add_char(p->out, '{');
    for (size_t i = 0; i < array->as.array.count; i++) {
        const struct doc_node *control = array->as.array.items[i];
        print_leading(p, indent + 2, control, trivia_item_place(p->doc, control), i == 0);
        chaos_unit(p, print_control, control, control, indent + 2);
        print_trailing(p, control);
    }
    print_dangling(p, indent + 2, array);
    print_line(p, indent);
    buf_add_char(p->out, '}');
}
