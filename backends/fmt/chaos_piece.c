/* The pieces of chaos_piece.h: how they wrap, and where their comments go. */
#include "backends/fmt/chaos_piece.h"

#include "backends/fmt/chaos_form.h"
#include "runtime/base/utf8.h"

struct piece *piece_add(struct pieces *pieces, enum piece_form form, const char *keyword,
    const struct doc_member *member)
{
    struct piece *piece = &pieces->items[pieces->count++];
    *piece = (struct piece){form, keyword, member->value, {member}, member->key_span.lo};
    return piece;
}

/* Sets a member aside for `with`; its comments cannot follow. */
void piece_set_aside(struct printer *p, struct doc_node **object, const struct doc_member *member)
{
    if (!*object) {
        *object = ARENA_NEW(&p->arena, struct doc_node);
        (*object)->kind = DOC_OBJECT;
    }
    size_t count = (*object)->as.object.count;
    struct doc_member *members = ARENA_ARRAY(&p->arena, struct doc_member, count + 1);
    if (count)
        memcpy(members, (*object)->as.object.members, count * sizeof *members);
    members[count] = *member;
    (*object)->as.object.members = members;
    (*object)->as.object.count = count + 1;
}

static void print_piece(struct printer *p, const void *what, unsigned indent)
{
    const struct piece *piece = what;
    if (piece->keyword)
        buf_printf(p->out, "%s%s", piece->keyword, piece->form == PIECE_WORDS ? "" : " ");
    switch (piece->form) {
    case PIECE_PROVIDER:
        chaos_provider(p, piece->node, indent);
        break;
    case PIECE_CONTROL_PROVIDER:
        chaos_control_provider(p, piece->node, indent);
        break;
    case PIECE_VALUE:
        chaos_value(p, piece->node, indent);
        break;
    case PIECE_TIME:
        chaos_time(p, piece->node, indent);
        break;
    case PIECE_NAMES:
        chaos_names(p, piece->node);
        break;
    case PIECE_FLAG:
        if (form_is_text(piece->node) && chaos_is_plain(piece->node->as.text))
            buf_add_str(p->out, piece->node->as.text);
        else
            chaos_value(p, piece->node, indent);
        break;
    case PIECE_CONTROLS:
        chaos_controls(p, piece->node, indent);
        break;
    case PIECE_WORDS:
        break;
    case PIECE_TOLERANCE:
        chaos_tolerance(p, piece->node, indent);
        break;
    }
}

static size_t open_notes(const struct printer *p, const struct piece *piece, enum note_kind kind)
{
    size_t open = 0;
    for (size_t i = 0; i < sizeof piece->owners / sizeof *piece->owners && piece->owners[i]; i++) {
        size_t count;
        const struct note *notes = trivia_of(&p->trivia, piece->owners[i], &count);
        for (size_t k = 0; k < count; k++)
            open += !notes[k].printed && notes[k].kind == kind;
    }
    return open;
}

/* The comments of a piece: one may stand behind it, which is the last that did; all others go above, at the start of its
 * line. */
static void print_piece_notes(
    struct printer *p, const struct piece *piece, unsigned indent, enum note_kind kind)
{
    size_t behind = open_notes(p, piece, NOTE_TRAILING);
    for (size_t i = 0; i < sizeof piece->owners / sizeof *piece->owners && piece->owners[i]; i++) {
        size_t count;
        struct note *notes = trivia_of(&p->trivia, piece->owners[i], &count);
        for (size_t k = 0; k < count; k++) {
            if (notes[k].printed || notes[k].kind == NOTE_DANGLING)
                continue;
            bool above = notes[k].kind == NOTE_LEADING || behind > 1;
            if (notes[k].kind == NOTE_TRAILING)
                behind--;
            if (above != (kind == NOTE_LEADING))
                continue;
            if (!above)
                buf_add_text(p->out, "  ");
            print_comment(p, &notes[k]);
            if (above)
                print_line(p, indent);
        }
    }
}

/* Whether the last line begins with the bracket that closes it: more may stand behind that. */
static bool ends_with_bracket_line(const struct buf *out)
{
    size_t start = out->len;
    while (start > 0 && out->data[start - 1] != '\n')
        start--;
    while (start < out->len && out->data[start] == ' ')
        start++;
    return start < out->len && memchr(")]}", out->data[start], 3) != NULL;
}

/* Pieces one behind the other, as many a line as fit; a piece with comments stands by itself. */
void piece_wrap(struct printer *p, const struct pieces *pieces, bool first_on_line, unsigned indent)
{
    for (size_t i = 0; i < pieces->count; i++) {
        const struct piece *piece = &pieces->items[i];
        struct str flat;
        bool noted =
            open_notes(p, piece, NOTE_LEADING) > 0 || open_notes(p, piece, NOTE_TRAILING) > 1;
        bool fits = chaos_flat(p, print_piece, piece, &flat);
        bool apart = noted || !fits || !chaos_fits(p, utf8_count(flat) + 1);
        if (!first_on_line && apart)
            print_line(p, indent);
        else if (!first_on_line)
            buf_add_char(p->out, ' ');
        print_piece_notes(p, piece, indent, NOTE_LEADING);
        bool whole = fits && chaos_fits(p, utf8_count(flat));
        if (whole)
            buf_add_str(p->out, flat);
        else
            print_piece(p, piece, indent);
        size_t length = p->out->len;
        print_piece_notes(p, piece, indent, NOTE_TRAILING);
        if (piece->form != PIECE_PROVIDER && piece->form != PIECE_CONTROL_PROVIDER)
            chaos_notes_behind(p, piece->node);
        first_on_line = p->out->len > length || (!whole && !ends_with_bracket_line(p->out));
        if (first_on_line && i + 1 < pieces->count)
            print_line(p, indent);
    }
}

void piece_flat(struct printer *p, const void *what, unsigned indent)
{
    const struct pieces *pieces = what;
    for (size_t i = 0; i < pieces->count && !p->failed; i++) {
        if (i)
            buf_add_char(p->out, ' ');
        print_piece(p, &pieces->items[i], indent);
    }
}

/* Behind the head that is printed already: on the same line if everything fits there, else below. */
void piece_print_all(
    struct printer *p, const struct doc_node *node, const struct pieces *pieces, unsigned indent)
{
    struct note *last;
    size_t notes = trivia_inside(&p->trivia, node, &last);
    bool one_behind = notes == 1 && last->kind == NOTE_TRAILING;
    struct str flat;
    if (!pieces->count)
        return;
    if (p->flat) {
        buf_add_char(p->out, ' ');
        p->failed = p->failed || notes > 0;
        piece_flat(p, pieces, indent);
    } else if ((!notes || one_behind) && chaos_flat(p, piece_flat, pieces, &flat) &&
               chaos_fits(p, utf8_count(flat) + 1)) {
        buf_add_char(p->out, ' ');
        buf_add_str(p->out, flat);
    } else {
        print_line(p, indent + 2);
        piece_wrap(p, pieces, true, indent + 2);
    }
}
