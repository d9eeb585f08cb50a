/* .chaos: the statements of a file, each in the one form it has; what has none is kept as a quoted member. */
#include "backends/fmt/chaos_print.h"

#include "runtime/base/utf8.h"

static bool is_kind(const struct doc_node *node, enum doc_kind kind)
{
    return node && node->kind == kind;
}

/* `"key": value`, which every block has room for. */
static void print_plain_member(struct printer *p, const struct doc_member *member, unsigned indent)
{
    chaos_name(p, member->key);
    buf_add_text(p->out, ": ");
    chaos_value(p, member->value, indent);
}

/* What an entry of config or secrets is printed from. */
static void print_entry(struct printer *p, const void *what, unsigned indent)
{
    const struct doc_member *member = what;
    chaos_key(p, member->key);
    buf_add_text(p->out, " = ");
    chaos_source(p, member->value, indent);
}

/* Whether a member of the runtime block has a form of its own. */
static bool is_formed_runtime(const struct doc_member *member)
{
    const struct doc_node *strategy = doc_get(member->value, STR("strategy"));
    bool block = str_is(member->key, "rollbacks") || str_is(member->key, "hypothesis");
    return str_is(member->key, "timeout") ||
           (block && is_kind(strategy, DOC_STRING) && member->value->as.object.count == 1);
}

static void print_runtime_member(struct printer *p, const void *what, unsigned indent)
{
    const struct doc_member *member = what;
    const struct doc_node *strategy = doc_get(member->value, STR("strategy"));
    if (is_formed_runtime(member) && strategy) {
        buf_printf(p->out, "%.*s ", STR_ARG(member->key));
        if (chaos_is_plain(strategy->as.text))
            buf_add_str(p->out, strategy->as.text);
        else
            chaos_name(p, strategy->as.text);
    } else if (str_is(member->key, "timeout")) {
        buf_add_text(p->out, "timeout ");
        chaos_time(p, member->value, indent);
    } else {
        print_plain_member(p, member, indent);
    }
}

typedef void print_member_fn(struct printer *p, const void *what, unsigned indent);

/* Members one a line between braces; a single one stays on the line if it fits. */
static void print_block(struct printer *p, const struct doc_node *object, enum schema_kind kind,
    size_t most_flat, print_member_fn *fn, unsigned indent)
{
    struct ordered ordered = order_members(&p->arena, kind, object, p->same_notation);
    size_t notes = trivia_inside(&p->trivia, object, NULL);
    struct buf line = {0};
    bool fits = !notes && ordered.count <= most_flat;
    for (size_t i = 0; i < ordered.count && fits; i++) {
        struct str flat;
        fits = chaos_flat(p, fn, ordered.members[i], &flat);
        if (fits)
            buf_printf(&line, "%s%.*s", i ? "  " : "", STR_ARG(flat));
    }
    if (fits && chaos_fits(p, utf8_count(buf_str(&line)) + 4)) {
        buf_printf(p->out, ordered.count ? "{ %s }" : "{}", line.data);
        buf_free(&line);
        return;
    }
    buf_free(&line);
    buf_add_char(p->out, '{');
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        print_leading(p, indent + 2, member, member->key_span.lo, i == 0);
        chaos_unit(p, fn, member, member->value, indent + 2);
        print_trailing(p, member);
    }
    print_dangling(p, indent + 2, object);
    print_line(p, indent);
    buf_add_char(p->out, '}');
}

static void print_activity(struct printer *p, const void *what, unsigned indent)
{
    chaos_activity(p, what, indent);
}

static void print_activities(struct printer *p, const struct doc_node *array, unsigned indent)
{
    for (size_t i = 0; i < array->as.array.count; i++) {
        const struct doc_node *activity = array->as.array.items[i];
        print_leading(p, indent, activity, trivia_item_place(p->doc, activity), i == 0);
        chaos_unit(p, print_activity, activity, activity, indent);
        print_trailing(p, activity);
    }
    print_dangling(p, indent, array);
}

static void print_activity_block(struct printer *p, const struct doc_node *array)
{
    if (!array->as.array.count && !trivia_inside(&p->trivia, array, NULL)) {
        buf_add_text(p->out, "{}");
        return;
    }
    buf_add_char(p->out, '{');
    print_activities(p, array, 2);
    print_line(p, 0);
    buf_add_char(p->out, '}');
}

static bool is_formed_hypothesis(const struct doc_node *node)
{
    return is_kind(node, DOC_OBJECT) && is_kind(doc_get(node, STR("probes")), DOC_ARRAY);
}

/* Comments of a member that has no line of its own; whether there were any. */
static bool print_own_notes(struct printer *p, const struct doc_member *member, bool first)
{
    size_t count;
    struct note *notes = trivia_of(&p->trivia, member, &count);
    for (size_t i = 0; i < count; i++) {
        print_line_for(p, 2, notes[i].span.lo, first);
        print_comment(p, &notes[i]);
        first = false;
    }
    return count > 0;
}

static void print_hypothesis_member(struct printer *p, const void *what, unsigned indent)
{
    const struct doc_member *member = what;
    if (str_is(member->key, "controls") && member->value->kind == DOC_ARRAY) {
        buf_add_text(p->out, "controls ");
        chaos_controls(p, member->value, indent);
    } else {
        print_plain_member(p, member, indent);
    }
}

static void print_hypothesis(struct printer *p, const struct doc_node *node)
{
    const struct doc_node *title = doc_get(node, STR("title"));
    const struct doc_node *probes = doc_get(node, STR("probes"));
    buf_add_text(p->out, "steady-state ");
    if (is_kind(title, DOC_STRING)) {
        chaos_name(p, title->as.text);
        buf_add_char(p->out, ' ');
    }
    struct ordered ordered = order_members(&p->arena, SCHEMA_KIND_HYPOTHESIS, node, false);
    size_t others = ordered.count - 1 - (is_kind(title, DOC_STRING) ? 1 : 0);
    if (!others && !probes->as.array.count && !trivia_inside(&p->trivia, node, NULL)) {
        buf_add_text(p->out, "{}");
        return;
    }
    buf_add_char(p->out, '{');
    bool first = true;
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *member = ordered.members[i];
        bool in_head =
            str_is(member->key, "title") && member->value == title && is_kind(title, DOC_STRING);
        if (in_head || member->value == probes) {
            first = !print_own_notes(p, member, first) && first;
            continue;
        }
        print_leading(p, 2, member, member->key_span.lo, first);
        chaos_unit(p, print_hypothesis_member, member, member->value, 2);
        print_trailing(p, member);
        first = false;
    }
    for (size_t i = 0; i < probes->as.array.count; i++) {
        const struct doc_node *probe = probes->as.array.items[i];
        print_leading(p, 2, probe, trivia_item_place(p->doc, probe), first);
        chaos_unit(p, print_activity, probe, probe, 2);
        print_trailing(p, probe);
        first = false;
    }
    print_dangling(p, 2, probes);
    print_dangling(p, 2, node);
    print_line(p, 0);
    buf_add_char(p->out, '}');
}

static bool are_texts(const struct doc_node *node)
{
    if (node->kind != DOC_ARRAY)
        return false;
    for (size_t i = 0; i < node->as.array.count; i++)
        if (node->as.array.items[i]->kind != DOC_STRING)
            return false;
    return true;
}

static bool are_objects(const struct doc_node *node)
{
    if (node->kind != DOC_ARRAY || !node->as.array.count)
        return false;
    for (size_t i = 0; i < node->as.array.count; i++)
        if (node->as.array.items[i]->kind != DOC_OBJECT)
            return false;
    return true;
}

/* Tags wrap like everything else; comments among them stand above. */
static void print_tags(struct printer *p, const struct doc_node *tags)
{
    buf_add_text(p->out, tags->as.array.count ? "tags " : "tags []");
    for (size_t i = 0; i < tags->as.array.count; i++) {
        const struct doc_node *tag = tags->as.array.items[i];
        if (i)
            buf_add_char(p->out, ',');
        if (i && !chaos_fits(p, utf8_count(tag->as.text) + 4))
            print_line(p, 5);
        else if (i)
            buf_add_char(p->out, ' ');
        chaos_key(p, tag->as.text);
    }
}

static void print_secret_group(struct printer *p, const void *what, unsigned indent)
{
    const struct doc_member *group = what;
    buf_add_text(p->out, "secrets ");
    chaos_key(p, group->key);
    if (is_kind(group->value, DOC_OBJECT) && !chaos_is_source(group->value)) {
        buf_add_char(p->out, ' ');
        print_block(p, group->value, SCHEMA_KIND_SECRET_GROUP, 2, print_entry, indent);
    } else {
        buf_add_text(p->out, " = ");
        chaos_source(p, group->value, indent);
    }
}

static void print_secret_groups(struct printer *p, const struct doc_member *secrets)
{
    struct ordered ordered =
        order_members(&p->arena, SCHEMA_KIND_SECRETS, secrets->value, p->same_notation);
    for (size_t i = 0; i < ordered.count; i++) {
        const struct doc_member *group = ordered.members[i];
        if (i)
            print_leading(p, 0, group,
                trivia_place_behind(p->doc, group->key_span.lo, STR("secrets")), false);
        chaos_unit(p, print_secret_group, group, group->value, 0);
        print_trailing(p, group);
    }
    if (!ordered.count)
        buf_add_text(p->out, "secrets {}");
}

static void print_extensions(struct printer *p, const struct doc_node *extensions)
{
    for (size_t i = 0; i < extensions->as.array.count; i++) {
        const struct doc_node *extension = extensions->as.array.items[i];
        if (i)
            print_leading(p, 0, extension,
                trivia_place_behind(p->doc, extension->span.lo, STR("extension")), false);
        buf_add_text(p->out, "extension ");
        chaos_members(p, extension, "{}", false, 0);
        print_trailing(p, extension);
    }
}

/* A statement for a member that has one; false if it has none. */
static bool print_form(struct printer *p, const struct doc_member *member)
{
    const struct doc_node *value = member->value;
    struct str key = member->key;
    if (str_is(key, "version") || str_is(key, "description")) {
        buf_printf(p->out, "%.*s ", STR_ARG(key));
        chaos_value(p, value, 0);
    } else if (str_is(key, "tags") && are_texts(value)) {
        print_tags(p, value);
    } else if (str_is(key, "contributions") && value->kind == DOC_OBJECT) {
        buf_add_text(p->out, "contributions ");
        chaos_members(p, value, "{}", true, 0);
    } else if (str_is(key, "configuration") && value->kind == DOC_OBJECT) {
        buf_add_text(p->out, "config ");
        print_block(p, value, SCHEMA_KIND_CONFIGURATION, 1, print_entry, 0);
    } else if (str_is(key, "secrets") && value->kind == DOC_OBJECT) {
        print_secret_groups(p, member);
    } else if (str_is(key, "controls") && value->kind == DOC_ARRAY) {
        buf_add_text(p->out, "controls ");
        chaos_controls(p, value, 0);
    } else if (str_is(key, "extensions") && are_objects(value)) {
        print_extensions(p, value);
    } else if (str_is(key, "steady-state-hypothesis") && is_formed_hypothesis(value)) {
        print_hypothesis(p, value);
    } else if ((str_is(key, "method") || str_is(key, "rollbacks")) && value->kind == DOC_ARRAY) {
        buf_printf(p->out, "%.*s ", STR_ARG(key));
        print_activity_block(p, value);
    } else if (str_is(key, "runtime") && value->kind == DOC_OBJECT) {
        buf_add_text(p->out, "runtime ");
        print_block(p, value, SCHEMA_KIND_RUNTIME, 3, print_runtime_member, 0);
    } else if (str_is(key, "dry") && value->kind != DOC_ARRAY && value->kind != DOC_OBJECT) {
        buf_add_text(p->out, "dry ");
        if (value->kind == DOC_STRING && chaos_is_plain(value->as.text))
            buf_add_str(p->out, value->as.text);
        else
            chaos_value(p, value, 0);
    } else {
        return false;
    }
    return true;
}

/* The first comment of the first child is that of the statement: the first child has no line of its own. */
static void print_first_child_notes(struct printer *p, const struct doc_member *member)
{
    const void *child = NULL;
    if (str_is(member->key, "secrets") && member->value->kind == DOC_OBJECT &&
        member->value->as.object.count)
        child = &member->value->as.object.members[0];
    if (str_is(member->key, "extensions") && are_objects(member->value))
        child = member->value->as.array.items[0];
    size_t count;
    struct note *notes = child ? trivia_of(&p->trivia, child, &count) : NULL;
    for (size_t i = 0; notes && i < count; i++)
        if (notes[i].kind == NOTE_LEADING) {
            print_leading(p, 0, child, notes[i].span.lo, true);
            return;
        }
}

static void print_whole_statement(struct printer *p, const void *what, unsigned indent)
{
    const struct doc_member *member = what;
    print_first_child_notes(p, member);
    if (!print_form(p, member))
        print_plain_member(p, member, indent);
}

/* Whether the last line of a printed statement closes what an earlier one opened. */
static bool is_block(struct str text)
{
    size_t last = text.len - 1;
    while (last > 0 && text.ptr[last - 1] != '\n')
        last--;
    return last > 0 && memchr("}])", text.ptr[last], 3) != NULL;
}

/* Prints one statement; a block of several lines stands between empty lines. */
static void print_statement(struct printer *p, const struct doc_member *member, bool *block_before)
{
    size_t start = p->out->len;
    bool first = start == 0;
    print_leading(p, 0, member, member->key_span.lo, first);
    chaos_unit(p, print_whole_statement, member, member->value, 0);
    print_trailing(p, member);
    print_line(p, 0);
    const char *text = p->out->data + start;
    size_t length = p->out->len - start, blank = text[0] == '\n';
    bool block = is_block((struct str){text, length});
    if (!first && (block || *block_before) && !blank) {
        struct str copy = arena_str(&p->arena, (struct str){text, length});
        p->out->len = start;
        buf_add_char(p->out, '\n');
        buf_add_str(p->out, copy);
    }
    *block_before = block;
}

void fmt_chaos(struct printer *p)
{
    const struct doc_node *root = p->doc->root;
    bool block_before = false;
    if (root->kind != DOC_OBJECT) {
        p->report->refusal = "only an object can be written as an experiment";
        p->report->where = root->span;
        return;
    }
    const struct doc_member *title = doc_member(root, STR("title"));
    for (size_t i = 0; i < p->trivia.count; i++) /* a heading is what a statement begins with */
        if (p->trivia.notes[i].kind == NOTE_HEADING)
            p->trivia.notes[i].kind = NOTE_LEADING;
    bool titled = title && title->value->kind == DOC_STRING;
    if (titled) {
        print_leading(p, 0, title, title->key_span.lo, true);
        buf_add_text(p->out, "experiment ");
        chaos_name(p, title->value->as.text);
        print_trailing(p, title);
        print_line(p, 0);
    } else {
        buf_add_text(p->out, "experiment null\n");
    }
    struct ordered ordered = order_members(&p->arena, SCHEMA_KIND_EXPERIMENT, root, false);
    for (size_t i = 0; i < ordered.count; i++)
        if (!titled || ordered.members[i] != title)
            print_statement(p, ordered.members[i], &block_before);
    print_dangling(p, 0, root);
    print_line(p, 0);
}
