/* The fix that moves a key from an activity or control into its provider, lines and comments kept. */
#include "ir/check.h"

#include "runtime/base/buf.h"

struct move {
    struct check *c;
    const struct doc_node *from, *into;
    const struct doc_member *member;
    size_t index; /* of the member in `from` */
};

static uint32_t line_of(struct check *c, uint32_t offset)
{
    return source_place(c->source, offset).line;
}

/* True if only blanks stand before the offset in its line. */
static bool begins_line(struct check *c, uint32_t offset)
{
    uint32_t at = source_line_start(c->source, line_of(c, offset));
    while (at < offset && c->source->text.ptr[at] == ' ')
        at++;
    return at == offset;
}

static uint32_t end_of(const struct doc_member *member)
{
    return member->value->span.hi > member->key_span.hi ? member->value->span.hi
                                                        : member->key_span.hi;
}

static bool is_flow(struct check *c, const struct doc_node *object)
{
    return c->source->text.ptr[object->span.lo] == '{';
}

static const struct doc_member *last_member(const struct doc_node *object)
{
    return &object->as.object.members[object->as.object.count - 1];
}

/* In brackets: `, key: value` behind the last member, on a line of its own where those are. */
static void insert_in_brackets(const struct move *m, struct diag_fix *fix)
{
    struct check *c = m->c;
    const struct doc_member *last = last_member(m->into);
    struct buf text = {0};
    buf_add_char(&text, ',');
    if (begins_line(c, last->key_span.lo)) {
        uint32_t start = source_line_start(c->source, line_of(c, last->key_span.lo));
        buf_add_char(&text, '\n');
        buf_add_str(&text, source_slice(c->source, span_make(start, last->key_span.lo)));
    } else {
        buf_add_char(&text, ' ');
    }
    buf_add_str(
        &text, source_slice(c->source, span_make(m->member->key_span.lo, end_of(m->member))));
    diag_edit(c->bag, fix, span_make(end_of(last), end_of(last)), buf_str(&text));
    buf_free(&text);
}

/* Takes the member out of brackets, with the comma that goes with it. */
static void remove_from_brackets(const struct move *m, struct diag_fix *fix)
{
    const struct doc_member *members = m->from->as.object.members;
    struct span span = m->index > 0
                           ? span_make(end_of(&members[m->index - 1]), end_of(m->member))
                           : span_make(m->member->key_span.lo, members[m->index + 1].key_span.lo);
    diag_edit(m->c->bag, fix, span, STR(""));
}

/* The member's whole lines, the last one's line end included. */
static struct span lines_of(const struct move *m)
{
    struct check *c = m->c;
    return span_make(source_line_start(c->source, line_of(c, m->member->key_span.lo)),
        source_line_start(c->source, line_of(c, end_of(m->member)) + 1));
}

/* In a block: the member's lines behind the last member's, indented as that is. */
static void insert_in_block(const struct move *m, struct diag_fix *fix)
{
    struct check *c = m->c;
    const struct doc_member *first = &m->into->as.object.members[0];
    uint32_t own = source_place(c->source, m->member->key_span.lo).column - 1;
    uint32_t wanted = source_place(c->source, first->key_span.lo).column - 1;
    uint32_t at = source_line_start(c->source, line_of(c, end_of(last_member(m->into))) + 1);
    struct buf text = {0};
    if (at > 0 && c->source->text.ptr[at - 1] != '\n')
        buf_add_char(&text, '\n');
    uint32_t last = line_of(c, end_of(m->member));
    for (uint32_t line = line_of(c, m->member->key_span.lo); line <= last; line++) {
        struct str raw = source_line(c->source, line);
        uint32_t cut = 0;
        while (cut < own && cut < raw.len && raw.ptr[cut] == ' ')
            cut++;
        if (raw.len > cut)
            buf_add_repeat(&text, ' ', wanted);
        buf_add(&text, raw.ptr + cut, raw.len - cut);
        buf_add_char(&text, '\n');
    }
    diag_edit(c->bag, fix, span_make(at, at), buf_str(&text));
    buf_free(&text);
}

static bool has_plain_places(const struct doc_node *object)
{
    if (object->kind != DOC_OBJECT || object->aliased || object->as.object.count == 0)
        return false;
    for (size_t i = 0; i < object->as.object.count; i++)
        if (object->as.object.members[i].merged || object->as.object.members[i].value->aliased)
            return false;
    return true;
}

void check_fix_move(struct check *c, struct diag *d, const struct doc_node *from,
    const struct doc_member *member, const struct doc_node *into)
{
    struct move m = {c, from, into, member, (size_t)(member - from->as.object.members)};
    if (!has_plain_places(from) || !has_plain_places(into) || from->as.object.count < 2 ||
        doc_get(into, member->key) || c->doc->notation == DOC_CHAOS)
        return;
    bool flow = is_flow(c, from), into_flow = is_flow(c, into);
    bool one_line = line_of(c, member->key_span.lo) == line_of(c, end_of(member));
    if (!flow && (!begins_line(c, member->key_span.lo) || (into_flow && !one_line)))
        return;
    struct diag_fix *fix =
        diag_fix(c->bag, d, DIAG_SAFE, "move `%.*s` into the provider", STR_ARG(member->key));
    if (flow)
        remove_from_brackets(&m, fix);
    else
        diag_edit(c->bag, fix, lines_of(&m), STR(""));
    if (into_flow)
        insert_in_brackets(&m, fix);
    else
        insert_in_block(&m, fix);
}
