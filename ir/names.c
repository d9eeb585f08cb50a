#include "ir/check.h"

#include <ctype.h>

#include "frontend/inside.h"
#include "runtime/expr/template.h"

/* ---- noting variables ---- */

/* The name in a reference; for a stray `$` that begins `${some-service}` what stands in the braces,
 * which the engine does not take for a name. Empty where there is none. */
static struct str template_name_of(
    const struct template *template, const struct template_segment *segment)
{
    if (segment->kind == TEMPLATE_BRACED || segment->kind == TEMPLATE_NAMED)
        return template_name(template, segment);
    struct str rest = {template->text.ptr + segment->from, template->text.len - segment->from};
    if (segment->kind != TEMPLATE_STRAY || rest.len < 4 || rest.ptr[1] != '{')
        return (struct str){"", 0};
    size_t end = 2;
    while (
        end < rest.len && (isalnum((unsigned char)rest.ptr[end]) || strchr("_-.", rest.ptr[end])))
        end++;
    bool word = end < rest.len && rest.ptr[end] == '}' && isalpha((unsigned char)rest.ptr[2]);
    return word ? (struct str){rest.ptr + 2, end - 2} : (struct str){"", 0};
}

static size_t reference_length(const struct template_segment *segment, struct str name)
{
    return name.len + (segment->kind == TEMPLATE_NAMED ? 1 : 3);
}

static void note_text(struct check *c, const struct doc_node *node, enum ir_use_place place)
{
    if (!template_is_needed(node->as.text))
        return;
    struct template template = template_parse(c->arena, node->as.text);
    for (struct template_segment segment = {0}; template_next(&template, &segment);) {
        struct str name = template_name_of(&template, &segment);
        if (name.len == 0)
            continue;
        struct ir_use *use = ARENA_PUSH(c->arena, c->uses, c->use_count, c->use_room);
        *use = (struct ir_use){
            .name = name,
            .span = doc_inside(c->doc, node, (uint32_t)segment.from,
                (uint32_t)(segment.from + reference_length(&segment, name))),
            .node = node,
            .activity = c->activity,
            .place = place,
            .form = segment.kind == TEMPLATE_BRACED  ? IR_USE_BRACED
                    : segment.kind == TEMPLATE_NAMED ? IR_USE_BARE
                                                     : IR_USE_UNREADABLE,
            .whole = template.count == 1 && segment.kind == TEMPLATE_BRACED,
        };
    }
}

void names_note(struct check *c, const struct doc_node *node, enum ir_use_place place)
{
    if (!node)
        return;
    switch ((enum doc_kind)node->kind) {
    case DOC_STRING:
        note_text(c, node, place);
        break;
    case DOC_ARRAY:
        for (size_t i = 0; i < node->as.array.count; i++)
            names_note(c, node->as.array.items[i], place);
        break;
    case DOC_OBJECT:
        for (size_t i = 0; i < node->as.object.count; i++)
            if (!node->as.object.members[i].repeated)
                names_note(c, node->as.object.members[i].value, place);
        break;
    case DOC_ERROR:
    case DOC_NULL:
    case DOC_BOOL:
    case DOC_INT:
    case DOC_REAL:
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
    case DOC_SET:
        break;
    }
}
