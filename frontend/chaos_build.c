/* The statements of chaos_build.h: lists, blocks, and the members of the experiment. */
#include "frontend/chaos_build.h"

#include <assert.h>

#include "frontend/chaos_parse.h"

void build_start(struct chaos_build *build, struct doc *doc, struct diag_bag *bag)
{
    *build = (struct chaos_build){.doc = doc, .bag = bag};
    arena_init(&build->scratch);
    struct chaos_open_block *file =
        ARENA_PUSH(&build->scratch, build->blocks, build->block_count, build->block_room);
    *file = (struct chaos_open_block){CHAOS_BLOCK_FILE, 0};
}

void build_release(struct chaos_build *build, struct chaos_list *list)
{
    if (!list->last)
        return;
    list->last->next = build->spare;
    build->spare = list->first;
    *list = build_list();
}

struct chaos_list build_lost_item(
    struct chaos_build *build, struct chaos_list list, struct span span)
{
    return build_item(build, list, build_lost(build, span));
}

void build_open_block(struct chaos_build *build, enum chaos_block kind)
{
    const struct chaos_token *brace = &build->tokens.items[build->at];
    assert(brace->kind == CHAOS_TOK_LBRACE);
    struct chaos_open_block *block =
        ARENA_PUSH(&build->scratch, build->blocks, build->block_count, build->block_room);
    *block = (struct chaos_open_block){kind, brace->depth + 1};
}

static void close_block(struct chaos_build *build)
{
    assert(build->block_count > 1);
    build->block_count--;
}

struct doc_node *build_block_array(
    struct chaos_build *build, struct chaos_list items, struct span span)
{
    close_block(build);
    return build_array(build, items, span);
}

struct doc_node *build_block_object(
    struct chaos_build *build, struct chaos_list members, struct span span)
{
    close_block(build);
    return build_object(build, members, span);
}

/* Adds a member to the experiment; a second statement of the same kind replaces the first, loudly.
 */
static void add_to_root(
    struct chaos_build *build, struct span keyword, struct str key, struct doc_node *value)
{
    for (struct chaos_cell *cell = build->root.first; cell; cell = cell->next) {
        if (cell->member.repeated || !str_equal(cell->member.key, key))
            continue;
        cell->member.repeated = true;
        struct diag *diag = diag_add(build->bag, build->doc->source, DIAG_E147, keyword,
            "the experiment has a second `%.*s`; the first one would have no effect",
            STR_ARG(source_slice(build->doc->source, keyword)));
        diag_relate(build->bag, diag, cell->member.key_span, "first given here");
    }
    build->root = build_member(build, build->root, (struct chaos_name){key, keyword}, value);
}

void build_title(struct chaos_build *build, struct span keyword, struct span title)
{
    build->title = span_join(keyword, title);
    add_to_root(build, keyword, STR("title"), build_string(build, title));
}

void build_no_title(struct chaos_build *build, struct span span)
{
    build->title = span;
}

void build_statement(
    struct chaos_build *build, struct span keyword, const char *key, struct doc_node *value)
{
    add_to_root(build, keyword, str_from(key), value);
}

void build_unknown_statement(struct chaos_build *build, struct span key, struct doc_node *value)
{
    add_to_root(build, key, build_name(build, key).text, value);
}

void build_no_secrets(struct chaos_build *build, struct span keyword, struct span braces)
{
    add_to_root(build, keyword, STR("secrets"), build_object(build, build_list(), braces));
}

/* The first group's keyword stands for the member; its value is made when all groups are known. */
void build_secrets(
    struct chaos_build *build, struct span keyword, struct chaos_name group, struct doc_node *value)
{
    if (!build->secrets.count)
        add_to_root(build, keyword, STR("secrets"), NULL);
    build->secrets = build_member(build, build->secrets, group, value);
}

void build_extension(struct chaos_build *build, struct span keyword, struct doc_node *value)
{
    if (!build->extensions.count)
        add_to_root(build, keyword, STR("extensions"), NULL);
    build->extensions = build_item(build, build->extensions, value);
}

struct chaos_steady *build_steady(struct chaos_build *build, struct chaos_list members)
{
    struct chaos_steady *body = ARENA_NEW(&build->scratch, struct chaos_steady);
    body->members = members;
    return body;
}

struct chaos_steady *build_steady_item(
    struct chaos_build *build, struct chaos_steady *body, struct doc_node *item)
{
    body->probes = build_item(build, body->probes, item);
    return body;
}

void build_steady_state(struct chaos_build *build, struct span keyword, const struct span *title,
    const struct chaos_steady *body, struct span span)
{
    struct chaos_list members = build_list();
    if (title)
        members = build_key(build, members, *title, STR("title"), build_string(build, *title));
    for (const struct chaos_cell *cell = body->members.first; cell; cell = cell->next)
        members =
            build_key(build, members, cell->member.key_span, cell->member.key, cell->member.value);
    struct span probes = span_make(span.lo, span.lo + 1);
    if (body->probes.count)
        probes = span_join(
            body->probes.first->member.value->span, body->probes.last->member.value->span);
    struct span brace = span_make(span.lo, span.lo + 1);
    members =
        build_key(build, members, brace, STR("probes"), build_array(build, body->probes, probes));
    struct doc_node *object =
        build_block_object(build, members, title ? span_join(*title, span) : span);
    add_to_root(build, keyword, STR("steady-state-hypothesis"), object);
}

struct chaos_list build_strategy(struct chaos_build *build, struct chaos_list list,
    struct span keyword, struct doc_node *strategy)
{
    struct chaos_list members =
        build_key(build, build_list(), strategy->span, STR("strategy"), strategy);
    struct str key = source_slice(build->doc->source, keyword);
    struct doc_node *object = build_object(build, members, strategy->span);
    return build_member(build, list, (struct chaos_name){key, keyword}, object);
}

static struct span first_bytes(struct span span, size_t count)
{
    return span_make(span.lo, span.lo + count);
}

struct doc_node *build_env(struct chaos_build *build, struct span span, struct chaos_name name,
    struct doc_node *type, struct doc_node *otherwise)
{
    struct span keyword = first_bytes(span, strlen("env"));
    struct chaos_list members = build_list();
    members =
        build_key(build, members, keyword, STR("type"), build_text(build, keyword, STR("env")));
    members =
        build_key(build, members, name.span, STR("key"), build_text(build, name.span, name.text));
    if (type)
        members = build_key(build, members, type->span, STR("env_var_type"), type);
    if (otherwise)
        members = build_key(build, members, otherwise->span, STR("default"), otherwise);
    return build_object(build, members, span);
}

struct doc_node *build_vault(
    struct chaos_build *build, struct span span, struct doc_node *path, struct doc_node *key)
{
    struct span keyword = first_bytes(span, strlen("vault"));
    struct chaos_list members = build_list();
    members =
        build_key(build, members, keyword, STR("type"), build_text(build, keyword, STR("vault")));
    members = build_key(build, members, path->span, STR("path"), path);
    if (key)
        members = build_key(build, members, key->span, STR("key"), key);
    return build_object(build, members, span);
}

/* Puts what several statements contributed under its member; its span covers all of them. */
static void complete(struct chaos_build *build, struct str key, struct doc_node *value)
{
    for (struct chaos_cell *cell = build->root.first; cell; cell = cell->next)
        if (!cell->member.value && str_equal(cell->member.key, key))
            cell->member.value = value;
}

static struct span span_of_list(const struct chaos_list *list)
{
    struct span span = list->first->member.value->span;
    if (list->first->member.key_span.hi)
        span = span_join(span, list->first->member.key_span);
    return span_join(span, list->last->member.value->span);
}

void build_finish(struct chaos_build *build)
{
    struct doc *doc = build->doc;
    if (build->secrets.count)
        complete(build, STR("secrets"),
            build_object(build, build->secrets, span_of_list(&build->secrets)));
    if (build->extensions.count)
        complete(build, STR("extensions"),
            build_array(build, build->extensions, span_of_list(&build->extensions)));
    struct doc_node *root = ARENA_NEW(&doc->arena, struct doc_node);
    root->kind = DOC_OBJECT;
    root->span = span_make(0, doc->source->text.len);
    root->as.object.count = build->root.count;
    root->as.object.members = ARENA_ARRAY(&doc->arena, struct doc_member, build->root.count + 1);
    size_t i = 0;
    for (const struct chaos_cell *cell = build->root.first; cell; cell = cell->next)
        root->as.object.members[i++] = cell->member;
    doc->root = root;
    arena_free(&build->scratch);
}
