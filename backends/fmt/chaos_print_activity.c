/* Activities, controls, tolerances and sources of the .chaos printer: which form fits, and how it wraps. */
#include "backends/fmt/chaos_print.h"

#include "backends/fmt/chaos_form.h"
#include "backends/fmt/chaos_piece.h"

#include "frontend/chaos_lex.h"
#include "runtime/base/utf8.h"

static bool add_provider_clause(
    struct pieces *pieces, const struct doc_node *provider, const struct doc_member *member)
{
    static const char *const http[][2] = {{"headers", "headers"}, {"arguments", "arguments"},
        {"verify_tls", "verify-tls"}, {"max_retries", "max-retries"},
        {"expected_status", "expected-status"}};
    for (size_t i = 0; i < sizeof http / sizeof *http && form_is_type(provider, "http"); i++)
        if (str_equal(member->key, str_from(http[i][0])) &&
            (i > 0 || form_is_object(member->value))) {
            piece_add(pieces, PIECE_VALUE, http[i][1], member);
            return true;
        }
    if (str_is(member->key, "timeout")) {
        piece_add(pieces, PIECE_TIME, "timeout", member);
        return true;
    }
    if (str_is(member->key, "secrets") && form_are_texts(member->value)) {
        piece_add(pieces, PIECE_NAMES, "secrets", member);
        return true;
    }
    return false;
}

static void add_provider(struct printer *p, struct pieces *pieces, const struct doc_member *member)
{
    const struct doc_node *provider = member->value;
    struct piece *head = piece_add(pieces, PIECE_PROVIDER, NULL, member);
    if (!form_has_head(provider))
        return;
    size_t owners = 1;
    enum schema_kind kind = order_refine(SCHEMA_KIND_PROVIDER, provider);
    struct ordered ordered = order_members(&p->arena, kind, provider, false);
    for (size_t i = 0; i < ordered.count; i++) {
        if (form_is_in_head(provider, ordered.members[i]))
            head->owners[owners++] = ordered.members[i];
        else if (!add_provider_clause(pieces, provider, ordered.members[i]))
            piece_set_aside(p, &pieces->provider_leftover, ordered.members[i]);
    }
}

static bool add_pauses(struct pieces *pieces, const struct doc_member *member)
{
    static const char *const keys[] = {"before", "after", NULL};
    const struct doc_node *pauses = member->value;
    if (!form_is_object(pauses) || !pauses->as.object.count || !form_has_only(pauses, keys))
        return false;
    const struct doc_member *before = doc_member(pauses, STR("before"));
    const struct doc_member *after = doc_member(pauses, STR("after"));
    struct piece *first = &pieces->items[pieces->count];
    if (before)
        piece_add(pieces, PIECE_TIME, "pause before", before);
    if (after)
        piece_add(pieces, PIECE_TIME, "pause after", after);
    first->owners[1] = member;
    return true;
}

static bool add_activity_clause(struct pieces *pieces, const struct doc_member *member)
{
    if (str_is(member->key, "timeout"))
        piece_add(pieces, PIECE_TIME, "deadline", member);
    else if (str_is(member->key, "dry") && form_is_scalar(member->value))
        piece_add(pieces, PIECE_FLAG, "dry", member);
    else if (str_is(member->key, "controls") && member->value->kind == DOC_ARRAY)
        piece_add(pieces, PIECE_CONTROLS, "controls", member);
    else if (str_is(member->key, "pauses"))
        return add_pauses(pieces, member);
    else
        return false;
    return true;
}

/* Sorts the members of an activity into pieces; those with one of the `head` keys are the caller's. */
static void collect(struct printer *p, struct pieces *pieces, const struct doc_node *node,
    enum schema_kind kind, const char *const *head, bool may_have_tolerance)
{
    *pieces = (struct pieces){.count = 0};
    struct ordered ordered = order_members(&p->arena, kind, node, false);
    const struct doc_member *tolerance = NULL;
    const struct doc_member *provider =
        kind == SCHEMA_KIND_REF ? NULL : doc_member(node, STR("provider"));
    if (provider)
        add_provider(p, pieces, provider);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        if (member == provider || form_is_one_of(member->key, head))
            continue;
        if (may_have_tolerance && str_is(member->key, "tolerance"))
            tolerance = member;
        else if (!add_activity_clause(pieces, member))
            piece_set_aside(p, &pieces->leftover, member);
    }
    struct doc_node *left[] = {pieces->provider_leftover, pieces->leftover};
    const char *const keywords[] = {"with provider", "with"};
    for (size_t i = 0; i < 2; i++)
        if (left[i])
            pieces->items[pieces->count++] = (struct piece){PIECE_VALUE, keywords[i], left[i],
                {&left[i]->as.object.members[0]}, left[i]->as.object.members[0].key_span.lo};
    if (tolerance)
        piece_add(pieces, PIECE_TOLERANCE, "=>", tolerance);
}

void chaos_provider(struct printer *p, const struct doc_node *provider, unsigned indent)
{
    if (!form_has_head(provider)) {
        chaos_value(p, provider, indent);
        return;
    }
    const struct doc_node *arguments = doc_get(provider, STR("arguments"));
    if (form_is_type(provider, "http")) {
        const struct doc_node *method = doc_get(provider, STR("method"));
        buf_add_text(p->out, "http ");
        if (form_is_text(method) && form_is_method(method->as.text))
            buf_printf(p->out, "%.*s ", STR_ARG(method->as.text));
        chaos_value(p, doc_get(provider, STR("url")), indent);
    } else if (form_is_type(provider, "process")) {
        bool fits = arguments && (form_is_object(arguments) || arguments->kind == DOC_ARRAY);
        buf_add_text(p->out, form_is_text(arguments) ? "shell " : "process ");
        chaos_value(p, doc_get(provider, STR("path")), indent);
        if (form_is_text(arguments) || fits) {
            buf_add_char(p->out, ' ');
            chaos_value(p, arguments, indent);
        }
    } else {
        buf_printf(p->out, "python %.*s.%.*s", STR_ARG(doc_get(provider, STR("module"))->as.text),
            STR_ARG(doc_get(provider, STR("func"))->as.text));
        if (form_is_object(arguments))
            chaos_members(p, arguments, "()", false, indent);
    }
}

static void print_target(struct printer *p, const struct doc_node *target)
{
    if (!target)
        return;
    chaos_key(p, target->as.text);
    buf_add_char(p->out, ' ');
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

void chaos_tolerance(struct printer *p, const struct doc_node *node, unsigned indent)
{
    const struct doc_node *target = doc_get(node, STR("target"));
    bool formed = form_is_object(node) && (!target || form_is_text(target));
    if (formed && form_is_regex(node)) {
        print_target(p, target);
        buf_add_text(p->out, "~ ");
        chaos_pattern(p, doc_get(node, STR("pattern")));
    } else if (formed && form_is_jsonpath(node)) {
        print_target(p, target);
        print_jsonpath(p, node, indent);
    } else if (formed && form_is_range(node)) {
        const struct doc_node *range = doc_get(node, STR("range"));
        print_target(p, target);
        buf_printf(p->out, "in %.*s..%.*s", STR_ARG(range->as.array.items[0]->as.text),
            STR_ARG(range->as.array.items[1]->as.text));
    } else if (form_is_object(node) && form_is_inner_probe(node)) {
        print_inner_probe(p, node, indent);
    } else {
        chaos_value(p, node, indent);
    }
}

/* In braces, on one line if it fits. */
static void print_inner_probe(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const head[] = {"type", "name", NULL};
    const struct doc_node *name = doc_get(node, STR("name"));
    struct pieces pieces;
    collect(p, &pieces, node, SCHEMA_KIND_ACTIVITY, head, false);
    buf_add_text(p->out, "probe ");
    if (name) {
        chaos_name(p, name->as.text);
        buf_add_char(p->out, ' ');
    }
    buf_add_char(p->out, '{');
    struct str flat;
    if (p->flat) {
        piece_print_all(p, node, &pieces, indent);
        buf_add_text(p->out, " }");
    } else if (!trivia_inside(&p->trivia, node, NULL) &&
               chaos_flat(p, piece_flat, &pieces, &flat) && chaos_fits(p, utf8_count(flat) + 3)) {
        buf_printf(p->out, " %.*s }", STR_ARG(flat));
    } else {
        print_line(p, indent + 2);
        piece_wrap(p, &pieces, true, indent + 2);
        print_line(p, indent);
        buf_add_char(p->out, '}');
    }
}

static void print_background(struct printer *p, const struct doc_node *background)
{
    if (background)
        buf_add_text(p->out, background->as.truth ? "background " : "background false ");
}

void chaos_activity(struct printer *p, const struct doc_node *node, unsigned indent)
{
    static const char *const plain_head[] = {"type", "name", "background", NULL};
    static const char *const ref_head[] = {"type", "ref", "background", NULL};
    bool bad_background =
        form_is_object(node) && !form_is_absent_or(node, STR("background"), DOC_BOOL);
    bool plain = form_is_plain_activity(node), ref = !plain && form_is_ref(node);
    if (bad_background || (!plain && !ref)) {
        buf_add_text(p->out, "raw ");
        chaos_value(p, node, indent);
        return;
    }
    struct pieces pieces;
    const char *const *head = ref ? ref_head : plain_head;
    collect(p, &pieces, node, ref ? SCHEMA_KIND_REF : SCHEMA_KIND_ACTIVITY, head, true);
    print_background(p, doc_get(node, STR("background")));
    if (ref)
        buf_add_text(p->out, "ref ");
    if (form_has_activity_type(node))
        buf_add_text(p->out, form_is_type(node, "probe") ? "probe " : "action ");
    chaos_name(p, doc_get(node, ref ? STR("ref") : STR("name"))->as.text);
    if (plain)
        buf_add_char(p->out, ':');
    piece_print_all(p, node, &pieces, indent);
}

bool chaos_is_source(const struct doc_node *node)
{
    return form_is_object(node) &&
           (form_is_env(node) || form_is_vault(node) || form_is_inner_probe(node));
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
    } else if (form_is_env(node)) {
        print_env(p, node, indent);
    } else if (form_is_vault(node)) {
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
