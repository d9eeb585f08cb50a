/* Activities, controls, tolerances and sources of the .chaos printer: which form fits, and how it wraps. */
#include "backends/fmt/chaos_print.h"

#include "frontend/chaos_lex.h"
#include "runtime/base/utf8.h"

/* What a piece of an activity is; each wraps as a whole. */
enum piece_form {
    PIECE_PROVIDER,
    PIECE_CONTROL_PROVIDER,
    PIECE_VALUE,
    PIECE_TIME,
    PIECE_NAMES,
    PIECE_FLAG, /* a plain word without quotes, or a value */
    PIECE_CONTROLS,
    PIECE_WORDS, /* only the keyword */
    PIECE_TOLERANCE
};

struct piece {
    enum piece_form form;
    const char *keyword;
    const struct doc_node *node;
    const void *owners[6]; /* comments of these stand at the piece */
    uint32_t place;
};

enum { MOST_PIECES = 24 };

struct pieces {
    struct piece items[MOST_PIECES];
    size_t count;
    struct doc_node *leftover, *provider_leftover; /* members that no form takes */
};

static bool is_text(const struct doc_node *node)
{
    return node && node->kind == DOC_STRING;
}

static bool is_object(const struct doc_node *node)
{
    return node && node->kind == DOC_OBJECT;
}

static bool is_type(const struct doc_node *object, const char *type)
{
    const struct doc_node *node = doc_get(object, STR("type"));
    return is_text(node) && str_equal(node->as.text, str_from(type));
}

static bool is_one_of(struct str key, const char *const *keys)
{
    for (size_t i = 0; keys[i]; i++)
        if (str_equal(key, str_from(keys[i])))
            return true;
    return false;
}

/* Whether every member that counts has one of these keys. */
static bool has_only(const struct doc_node *object, const char *const *keys)
{
    for (size_t i = 0; i < object->as.object.count; i++) {
        const struct doc_member *member = &object->as.object.members[i];
        if (!member->repeated && !is_one_of(member->key, keys))
            return false;
    }
    return true;
}

static bool are_texts(const struct doc_node *array)
{
    if (!array || array->kind != DOC_ARRAY || !array->as.array.count)
        return false;
    for (size_t i = 0; i < array->as.array.count; i++)
        if (!is_text(array->as.array.items[i]))
            return false;
    return true;
}

static struct piece *add_piece(struct pieces *pieces, enum piece_form form, const char *keyword,
    const struct doc_member *member)
{
    struct piece *piece = &pieces->items[pieces->count++];
    *piece = (struct piece){form, keyword, member->value, {member}, member->key_span.lo};
    return piece;
}

/* Sets a member aside for `with`; its comments cannot follow. */
static void set_aside(
    struct printer *p, struct doc_node **object, const struct doc_member *member, unsigned indent)
{
    chaos_hoist(p, member->value, indent);
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

static bool is_method(struct str text)
{
    return chaos_is_word(text) && !chaos_word(text);
}

/* Whether module and function read as one dotted name. */
static bool is_dotted_function(const struct doc_node *provider)
{
    const struct doc_node *module = doc_get(provider, STR("module"));
    const struct doc_node *function = doc_get(provider, STR("func"));
    return is_text(module) && is_text(function) && chaos_is_word(function->as.text) &&
           (chaos_is_word(module->as.text) || chaos_is_dotted(module->as.text));
}

/* Whether the provider has a head of its own; else it is written as a JSON object. */
static bool has_head(const struct doc_node *provider)
{
    if (is_type(provider, "http"))
        return is_text(doc_get(provider, STR("url")));
    if (is_type(provider, "process"))
        return is_text(doc_get(provider, STR("path")));
    return is_type(provider, "python") && is_dotted_function(provider);
}

/* Whether the head holds this member of the provider. */
static bool is_in_head(const struct doc_node *provider, const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    if (str_is(member->key, "type"))
        return true;
    if (is_type(provider, "http"))
        return str_is(member->key, "url") ||
               (str_is(member->key, "method") && is_text(value) && is_method(value->as.text));
    if (is_type(provider, "process"))
        return str_is(member->key, "path") ||
               (str_is(member->key, "arguments") &&
                   (is_text(value) || is_object(value) || value->kind == DOC_ARRAY));
    return str_is(member->key, "module") || str_is(member->key, "func") ||
           (str_is(member->key, "arguments") && is_object(value));
}

static bool add_provider_clause(
    struct pieces *pieces, const struct doc_node *provider, const struct doc_member *member)
{
    static const char *const http[][2] = {{"headers", "headers"}, {"arguments", "arguments"},
        {"verify_tls", "verify-tls"}, {"max_retries", "max-retries"},
        {"expected_status", "expected-status"}};
    for (size_t i = 0; i < sizeof http / sizeof *http && is_type(provider, "http"); i++)
        if (str_equal(member->key, str_from(http[i][0])) && (i > 0 || is_object(member->value))) {
            add_piece(pieces, PIECE_VALUE, http[i][1], member);
            return true;
        }
    if (str_is(member->key, "timeout")) {
        add_piece(pieces, PIECE_TIME, "timeout", member);
        return true;
    }
    if (str_is(member->key, "secrets") && are_texts(member->value)) {
        add_piece(pieces, PIECE_NAMES, "secrets", member);
        return true;
    }
    return false;
}

static void add_provider(
    struct printer *p, struct pieces *pieces, const struct doc_member *member, unsigned indent)
{
    const struct doc_node *provider = member->value;
    struct piece *head = add_piece(pieces, PIECE_PROVIDER, NULL, member);
    if (!has_head(provider))
        return;
    size_t owners = 1;
    enum schema_kind kind = order_refine(SCHEMA_KIND_PROVIDER, provider);
    struct ordered ordered = order_members(&p->arena, kind, provider, false);
    for (size_t i = 0; i < ordered.count; i++) {
        if (is_in_head(provider, ordered.members[i]))
            head->owners[owners++] = ordered.members[i];
        else if (!add_provider_clause(pieces, provider, ordered.members[i]))
            set_aside(p, &pieces->provider_leftover, ordered.members[i], indent);
    }
}

static bool add_pauses(struct pieces *pieces, const struct doc_member *member)
{
    static const char *const keys[] = {"before", "after", NULL};
    const struct doc_node *pauses = member->value;
    if (!is_object(pauses) || !pauses->as.object.count || !has_only(pauses, keys))
        return false;
    const struct doc_member *before = doc_member(pauses, STR("before"));
    const struct doc_member *after = doc_member(pauses, STR("after"));
    struct piece *first = &pieces->items[pieces->count];
    if (before)
        add_piece(pieces, PIECE_TIME, "pause before", before);
    if (after)
        add_piece(pieces, PIECE_TIME, "pause after", after);
    first->owners[1] = member;
    return true;
}

static bool is_scalar(const struct doc_node *node)
{
    return node->kind != DOC_ARRAY && node->kind != DOC_OBJECT && node->kind != DOC_SET;
}

static bool add_activity_clause(struct pieces *pieces, const struct doc_member *member)
{
    if (str_is(member->key, "timeout"))
        add_piece(pieces, PIECE_TIME, "deadline", member);
    else if (str_is(member->key, "dry") && is_scalar(member->value))
        add_piece(pieces, PIECE_FLAG, "dry", member);
    else if (str_is(member->key, "controls") && member->value->kind == DOC_ARRAY)
        add_piece(pieces, PIECE_CONTROLS, "controls", member);
    else if (str_is(member->key, "pauses"))
        return add_pauses(pieces, member);
    else
        return false;
    return true;
}

/* Above the statement: comments inside pieces that are no JSON. */
static void hoist_pieces(struct printer *p, const struct pieces *pieces, unsigned indent)
{
    for (size_t i = 0; i < pieces->count; i++) {
        enum piece_form form = pieces->items[i].form;
        if (form == PIECE_TIME || form == PIECE_NAMES || form == PIECE_FLAG ||
            form == PIECE_WORDS || form == PIECE_TOLERANCE)
            chaos_hoist(p, pieces->items[i].node, indent);
    }
}

/* Sorts the members of an activity into pieces; those with one of the `head` keys are the caller's. */
static void collect(struct printer *p, struct pieces *pieces, const struct doc_node *node,
    enum schema_kind kind, const char *const *head, bool may_have_tolerance, unsigned indent)
{
    *pieces = (struct pieces){.count = 0};
    struct ordered ordered = order_members(&p->arena, kind, node, false);
    const struct doc_member *tolerance = NULL;
    const struct doc_member *provider =
        kind == SCHEMA_KIND_REF ? NULL : doc_member(node, STR("provider"));
    if (provider)
        add_provider(p, pieces, provider, indent);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (member == provider || is_one_of(member->key, head))
            continue;
        if (may_have_tolerance && str_is(member->key, "tolerance"))
            tolerance = member;
        else if (!add_activity_clause(pieces, member))
            set_aside(p, &pieces->leftover, member, indent);
    }
    struct doc_node *left[] = {pieces->provider_leftover, pieces->leftover};
    const char *const keywords[] = {"with provider", "with"};
    for (size_t i = 0; i < 2; i++)
        if (left[i])
            pieces->items[pieces->count++] = (struct piece){PIECE_VALUE, keywords[i], left[i],
                {&left[i]->as.object.members[0]}, left[i]->as.object.members[0].key_span.lo};
    if (tolerance)
        add_piece(pieces, PIECE_TOLERANCE, "=>", tolerance);
    hoist_pieces(p, pieces, indent);
}

static void print_provider(struct printer *p, const struct doc_node *provider, unsigned indent)
{
    if (!has_head(provider)) {
        chaos_value(p, provider, indent);
        return;
    }
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    if (is_type(provider, "http")) {
        const struct doc_node *method = doc_get(provider, STR("method"));
        buf_add_text(p->out, "http ");
        if (is_text(method) && is_method(method->as.text))
            buf_printf(p->out, "%.*s ", STR_ARG(method->as.text));
        chaos_value(p, doc_get(provider, STR("url")), indent);
    } else if (is_type(provider, "process")) {
        bool fits = arguments && (is_object(arguments) || arguments->kind == DOC_ARRAY);
        buf_add_text(p->out, is_text(arguments) ? "shell " : "process ");
        chaos_value(p, doc_get(provider, STR("path")), indent);
        if (is_text(arguments) || fits) {
            buf_add_char(p->out, ' ');
            chaos_value(p, arguments, indent);
        }
    } else {
        buf_printf(p->out, "python %.*s.%.*s", STR_ARG(doc_get(provider, STR("module"))->as.text),
            STR_ARG(doc_get(provider, STR("func"))->as.text));
        if (is_object(arguments))
            chaos_members(p, arguments, "()", false, indent);
    }
}

static void print_control_provider(
    struct printer *p, const struct doc_node *provider, unsigned indent)
{
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    buf_printf(p->out, "python %.*s", STR_ARG(doc_get(provider, STR("module"))->as.text));
    if (is_object(arguments))
        chaos_members(p, arguments, "()", false, indent);
}

static void print_target(struct printer *p, const struct doc_node *target)
{
    if (!target)
        return;
    chaos_key(p, target->as.text);
    buf_add_char(p->out, ' ');
}

static bool is_range(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "range", NULL};
    const struct doc_node *range = doc_get(node, STR("range"));
    if (!is_type(node, "range") || !has_only(node, keys) || !range || range->kind != DOC_ARRAY ||
        range->as.array.count != 2)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (range->as.array.items[i]->kind != DOC_INT && range->as.array.items[i]->kind != DOC_REAL)
            return false;
    return true;
}

static bool is_regex(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "pattern", NULL};
    return is_type(node, "regex") && has_only(node, keys) && is_text(doc_get(node, STR("pattern")));
}

static bool is_jsonpath(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "target", "path", "count", "expect", NULL};
    return is_type(node, "jsonpath") && has_only(node, keys) && is_text(doc_get(node, STR("path")));
}

/* A probe inside a tolerance or the configuration. */
static bool is_inner_probe(const struct doc_node *node)
{
    const struct doc_node *name = doc_get(node, STR("name"));
    return is_type(node, "probe") && is_object(doc_get(node, STR("provider"))) &&
           (!name || is_text(name));
}

static void print_jsonpath(struct printer *p, const struct doc_node *node, unsigned indent)
{
    const struct doc_node *count = doc_get(node, STR("count"));
    const struct doc_node *expect = doc_get(node, STR("expect"));
    buf_add_text(p->out, "at ");
    chaos_pattern(p, doc_get(node, STR("path")));
    if (count) {
        buf_add_text(p->out, " count ");
        chaos_value(p, count, indent);
    }
    if (expect) {
        buf_add_text(p->out, " expect ");
        chaos_value(p, expect, indent);
    }
}

static void print_inner_probe(struct printer *p, const struct doc_node *node, unsigned indent);

static void print_tolerance(struct printer *p, const struct doc_node *node, unsigned indent)
{
    const struct doc_node *target = doc_get(node, STR("target"));
    bool formed = is_object(node) && (!target || is_text(target));
    if (formed && is_regex(node)) {
        print_target(p, target);
        buf_add_text(p->out, "~ ");
        chaos_pattern(p, doc_get(node, STR("pattern")));
    } else if (formed && is_jsonpath(node)) {
        print_target(p, target);
        print_jsonpath(p, node, indent);
    } else if (formed && is_range(node)) {
        const struct doc_node *range = doc_get(node, STR("range"));
        print_target(p, target);
        buf_printf(p->out, "in %.*s..%.*s", STR_ARG(range->as.array.items[0]->as.text),
            STR_ARG(range->as.array.items[1]->as.text));
    } else if (is_object(node) && is_inner_probe(node)) {
        print_inner_probe(p, node, indent);
    } else {
        chaos_value(p, node, indent);
    }
}

static void print_piece(struct printer *p, const void *what, unsigned indent)
{
    const struct piece *piece = what;
    if (piece->keyword)
        buf_printf(p->out, "%s%s", piece->keyword, piece->form == PIECE_WORDS ? "" : " ");
    switch (piece->form) {
    case PIECE_PROVIDER:
        print_provider(p, piece->node, indent);
        break;
    case PIECE_CONTROL_PROVIDER:
        print_control_provider(p, piece->node, indent);
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
        if (is_text(piece->node) && chaos_is_plain(piece->node->as.text))
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
        print_tolerance(p, piece->node, indent);
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
static void wrap_pieces(
    struct printer *p, const struct pieces *pieces, bool first_on_line, unsigned indent)
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

static void print_flat_pieces(struct printer *p, const void *what, unsigned indent)
{
    const struct pieces *pieces = what;
    for (size_t i = 0; i < pieces->count && !p->failed; i++) {
        if (i)
            buf_add_char(p->out, ' ');
        print_piece(p, &pieces->items[i], indent);
    }
}

/* Behind the head that is printed already: on the same line if everything fits there, else below. */
static void print_pieces(
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
        print_flat_pieces(p, pieces, indent);
    } else if ((!notes || one_behind) && chaos_flat(p, print_flat_pieces, pieces, &flat) &&
               chaos_fits(p, utf8_count(flat) + 1)) {
        buf_add_char(p->out, ' ');
        buf_add_str(p->out, flat);
    } else {
        print_line(p, indent + 2);
        wrap_pieces(p, pieces, true, indent + 2);
    }
}

/* In braces, on one line if it fits. */
static void print_inner_probe(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const head[] = {"type", "name", NULL};
    const struct doc_node *name = doc_get(node, STR("name"));
    struct pieces pieces;
    collect(p, &pieces, node, SCHEMA_KIND_ACTIVITY, head, false, indent);
    buf_add_text(p->out, "probe ");
    if (name) {
        chaos_name(p, name->as.text);
        buf_add_char(p->out, ' ');
    }
    buf_add_char(p->out, '{');
    struct str flat;
    if (p->flat) {
        print_pieces(p, node, &pieces, indent);
        buf_add_text(p->out, " }");
    } else if (!trivia_inside(&p->trivia, node, NULL) &&
               chaos_flat(p, print_flat_pieces, &pieces, &flat) &&
               chaos_fits(p, utf8_count(flat) + 3)) {
        buf_printf(p->out, " %.*s }", STR_ARG(flat));
    } else {
        print_line(p, indent + 2);
        wrap_pieces(p, &pieces, true, indent + 2);
        print_line(p, indent);
        buf_add_char(p->out, '}');
    }
}

static void print_background(struct printer *p, const struct doc_node *background)
{
    if (background)
        buf_add_text(p->out, background->as.truth ? "background " : "background false ");
}

/* Whether a member is absent or has the right kind. */
static bool is_absent_or(const struct doc_node *object, struct str key, enum doc_kind kind)
{
    const struct doc_node *node = doc_get(object, key);
    return !node || node->kind == kind;
}

static bool has_activity_type(const struct doc_node *node)
{
    return is_type(node, "probe") || is_type(node, "action");
}

static bool is_plain_activity(const struct doc_node *node)
{
    return is_object(node) && has_activity_type(node) && is_text(doc_get(node, STR("name"))) &&
           is_object(doc_get(node, STR("provider"))) && !doc_get(node, STR("ref"));
}

static bool is_ref(const struct doc_node *node)
{
    return is_object(node) && is_text(doc_get(node, STR("ref"))) &&
           (!doc_get(node, STR("type")) || has_activity_type(node));
}

/* Comments of members that only the head shows: above it, since nothing may stand inside. */
static void hoist_head_notes(
    struct printer *p, const struct doc_node *node, const char *const *head, unsigned indent)
{
    for (size_t i = 0; i < node->as.object.count; i++)
        if (is_one_of(node->as.object.members[i].key, head))
            chaos_hoist_member(p, &node->as.object.members[i], indent);
}

void chaos_activity(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const plain_head[] = {"type", "name", "background", NULL};
    static const char *const ref_head[] = {"type", "ref", "background", NULL};
    bool bad_background = is_object(node) && !is_absent_or(node, STR("background"), DOC_BOOL);
    bool plain = is_plain_activity(node), ref = !plain && is_ref(node);
    if (bad_background || (!plain && !ref)) {
        buf_add_text(p->out, "raw ");
        chaos_value(p, node, indent);
        return;
    }
    struct pieces pieces;
    const char *const *head = ref ? ref_head : plain_head;
    hoist_head_notes(p, node, head, indent);
    collect(p, &pieces, node, ref ? SCHEMA_KIND_REF : SCHEMA_KIND_ACTIVITY, head, true, indent);
    print_background(p, doc_get(node, STR("background")));
    if (ref)
        buf_add_text(p->out, "ref ");
    if (has_activity_type(node))
        buf_add_text(p->out, is_type(node, "probe") ? "probe " : "action ");
    chaos_name(p, doc_get(node, ref ? STR("ref") : STR("name"))->as.text);
    if (plain)
        buf_add_char(p->out, ':');
    print_pieces(p, node, &pieces, indent);
}

static bool is_scope(const struct doc_node *node)
{
    return is_text(node) && (str_is(node->as.text, "before") || str_is(node->as.text, "after"));
}

/* The pieces of a control behind its name. */
static void collect_control(
    struct printer *p, struct pieces *pieces, const struct doc_node *node, unsigned indent)
{
    *pieces = (struct pieces){.count = 0};
    const struct doc_member *provider = doc_member(node, STR("provider"));
    const struct doc_node *module = doc_get(provider->value, STR("module"));
    struct piece *head = add_piece(pieces, PIECE_PROVIDER, NULL, provider);
    bool formed = is_type(provider->value, "python") && is_text(module) &&
                  (chaos_is_word(module->as.text) || chaos_is_dotted(module->as.text));
    head->form = formed ? PIECE_CONTROL_PROVIDER : PIECE_VALUE;
    struct ordered ordered =
        order_members(&p->arena, SCHEMA_KIND_CONTROL_PROVIDER, provider->value, false);
    for (size_t i = 0; formed && i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        bool in_head = str_is(member->key, "type") || str_is(member->key, "module") ||
                       (str_is(member->key, "arguments") && is_object(member->value));
        if (in_head)
            continue;
        if (str_is(member->key, "secrets") && are_texts(member->value))
            add_piece(pieces, PIECE_NAMES, "secrets", member);
        else
            set_aside(p, &pieces->provider_leftover, member, indent);
    }
    ordered = order_members(&p->arena, SCHEMA_KIND_CONTROL, node, false);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (str_is(member->key, "name") || member == provider)
            continue;
        if (str_is(member->key, "scope") && is_scope(member->value))
            add_piece(pieces, PIECE_WORDS,
                str_is(member->value->as.text, "before") ? "before" : "after", member);
        else if (str_is(member->key, "automatic"))
            add_piece(pieces, PIECE_VALUE, "automatic", member);
        else
            set_aside(p, &pieces->leftover, member, indent);
    }
    struct doc_node *left[] = {pieces->provider_leftover, pieces->leftover};
    const char *const keywords[] = {"with provider", "with"};
    for (size_t i = 0; i < 2; i++)
        if (left[i])
            pieces->items[pieces->count++] =
                (struct piece){PIECE_VALUE, keywords[i], left[i], {NULL}, 0};
    hoist_pieces(p, pieces, indent);
}

void chaos_control(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const ref_keys[] = {"ref", NULL};
    static const char *const head[] = {"name", NULL};
    if (is_object(node) && is_text(doc_get(node, STR("ref"))) && has_only(node, ref_keys)) {
        chaos_hoist(p, node, indent);
        buf_add_text(p->out, "ref ");
        chaos_name(p, doc_get(node, STR("ref"))->as.text);
        return;
    }
    if (!is_object(node) || !is_text(doc_get(node, STR("name"))) ||
        !is_object(doc_get(node, STR("provider")))) {
        buf_add_text(p->out, "raw ");
        chaos_value(p, node, indent);
        return;
    }
    struct pieces pieces;
    hoist_head_notes(p, node, head, indent);
    collect_control(p, &pieces, node, indent);
    chaos_name(p, doc_get(node, STR("name"))->as.text);
    buf_add_char(p->out, ':');
    print_pieces(p, node, &pieces, indent);
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
        print_leading(p, indent + 2, control, control->span.lo, i == 0);
        chaos_unit(p, print_control, control, control, indent + 2);
        print_trailing(p, control);
    }
    print_dangling(p, indent + 2, array);
    print_line(p, indent);
    buf_add_char(p->out, '}');
}

static bool is_env(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "key", "env_var_type", "default", NULL};
    return is_type(node, "env") && has_only(node, keys) && is_text(doc_get(node, STR("key"))) &&
           is_absent_or(node, STR("env_var_type"), DOC_STRING);
}

static bool is_vault(const struct doc_node *node)
{
    static const char *const keys[] = {"type", "path", "key", NULL};
    return is_type(node, "vault") && has_only(node, keys) && is_text(doc_get(node, STR("path"))) &&
           is_absent_or(node, STR("key"), DOC_STRING);
}

bool chaos_is_source(const struct doc_node *node)
{
    return is_object(node) && (is_env(node) || is_vault(node) || is_inner_probe(node));
}

static void print_env(struct printer *p, const struct doc_node *node, unsigned indent)
{
    const struct doc_node *type = doc_get(node, STR("env_var_type"));
    const struct doc_node *otherwise = doc_get(node, STR("default"));
    buf_add_text(p->out, "env(");
    chaos_key(p, doc_get(node, STR("key"))->as.text);
    if (type) {
        buf_add_text(p->out, ": ");
        if (chaos_is_plain(type->as.text))
            buf_add_str(p->out, type->as.text);
        else
            chaos_name(p, type->as.text);
    }
    buf_add_char(p->out, ')');
    if (otherwise) {
        buf_add_text(p->out, " ?? ");
        chaos_value(p, otherwise, indent);
    }
}

void chaos_source(struct printer *p, const struct doc_node *node, unsigned indent)
{
    if (!chaos_is_source(node)) {
        chaos_value(p, node, indent);
    } else if (is_env(node)) {
        print_env(p, node, indent);
    } else if (is_vault(node)) {
        const struct doc_node *key = doc_get(node, STR("key"));
        buf_add_text(p->out, "vault(");
        chaos_value(p, doc_get(node, STR("path")), indent);
        if (key) {
            buf_add_text(p->out, ", ");
            chaos_value(p, key, indent);
        }
        buf_add_char(p->out, ')');
    } else {
        print_inner_probe(p, node, indent);
    }
}
