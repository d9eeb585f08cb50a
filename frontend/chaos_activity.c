/* Providers, clauses, activities, controls and tolerances of chaos_build.h. */
#include "frontend/chaos_build.h"

static struct doc_node *word_node(struct chaos_build *build, struct span span)
{
    return build_text(build, span, source_slice(build->doc->source, span));
}

static struct chaos_provider *new_provider(
    struct chaos_build *build, struct span keyword, struct str type)
{
    struct chaos_provider *provider = build->spare_provider;
    build->spare_provider = NULL;
    if (!provider)
        provider = arena_alloc(&build->scratch, sizeof *provider, alignof(struct chaos_provider));
    *provider = (struct chaos_provider){.span = keyword};
    provider->members =
        build_key(build, build_list(), keyword, STR("type"), build_text(build, keyword, type));
    return provider;
}

static void add(struct chaos_build *build, struct chaos_provider *provider, struct span key_span,
    struct str key, struct doc_node *value)
{
    provider->members = build_key(build, provider->members, key_span, key, value);
    provider->span = span_join(provider->span, value->span);
}

struct chaos_provider *build_http(
    struct chaos_build *build, struct span keyword, const struct span *method, struct doc_node *url)
{
    struct chaos_provider *provider = new_provider(build, keyword, STR("http"));
    provider->is_http = true;
    if (method)
        add(build, provider, *method, STR("method"), word_node(build, *method));
    add(build, provider, url->span, STR("url"), url);
    return provider;
}

struct chaos_provider *build_process(struct chaos_build *build, struct span keyword,
    struct doc_node *path, struct doc_node *arguments)
{
    struct chaos_provider *provider = new_provider(build, keyword, STR("process"));
    add(build, provider, path->span, STR("path"), path);
    if (arguments)
        add(build, provider, arguments->span, STR("arguments"), arguments);
    return provider;
}

struct chaos_provider *build_python(
    struct chaos_build *build, struct span keyword, struct span path, struct doc_node *arguments)
{
    struct chaos_provider *provider = new_provider(build, keyword, STR("python"));
    uint32_t dot = path.hi;
    while (build->doc->source->text.ptr[dot - 1] != '.')
        dot--;
    struct span module = {path.lo, dot - 1}, function = {dot, path.hi};
    add(build, provider, module, STR("module"), word_node(build, module));
    add(build, provider, function, STR("func"), word_node(build, function));
    if (arguments)
        add(build, provider, arguments->span, STR("arguments"), arguments);
    return provider;
}

struct chaos_provider *build_control_python(struct chaos_build *build, struct span keyword,
    struct chaos_name module, struct doc_node *arguments)
{
    struct chaos_provider *provider = new_provider(build, keyword, STR("python"));
    add(build, provider, module.span, STR("module"), build_text(build, module.span, module.text));
    if (arguments)
        add(build, provider, arguments->span, STR("arguments"), arguments);
    return provider;
}

struct chaos_provider *build_json_provider(struct chaos_build *build, struct doc_node *object)
{
    struct chaos_provider *provider = ARENA_NEW(&build->scratch, struct chaos_provider);
    provider->object = object;
    provider->span = object->span;
    return provider;
}

/* Whether two members would stand in the same JSON object. */
static bool same_object(enum chaos_place a, enum chaos_place b)
{
    return a == b || (a == CHAOS_IN_PROVIDER && b == CHAOS_IN_HTTP) ||
           (a == CHAOS_IN_HTTP && b == CHAOS_IN_PROVIDER);
}

static struct chaos_list add_clause(struct chaos_build *build, struct chaos_list clauses,
    enum chaos_place place, struct chaos_name key, struct doc_node *value)
{
    for (const struct chaos_cell *cell = clauses.first; cell; cell = cell->next) {
        if (!same_object(cell->place, place) || !str_equal(cell->member.key, key.text))
            continue;
        struct diag *diag = diag_add(build->bag, build->doc->source, DIAG_E147, key.span,
            "`%.*s` is given twice", STR_ARG(source_slice(build->doc->source, key.span)));
        diag_relate(build->bag, diag, cell->member.key_span, "first given here");
        return clauses;
    }
    clauses = build_member(build, clauses, key, value);
    clauses.last->place = place;
    return clauses;
}

struct chaos_list build_clause(struct chaos_build *build, struct chaos_list clauses,
    struct span keyword, enum chaos_place place, struct str key, struct doc_node *value)
{
    return add_clause(build, clauses, place, (struct chaos_name){key, keyword}, value);
}

struct chaos_list build_with(struct chaos_build *build, struct chaos_list clauses,
    struct span keyword, enum chaos_place place, struct doc_node *object)
{
    (void)keyword;
    for (size_t i = 0; i < object->as.object.count; i++) {
        const struct doc_member *member = &object->as.object.members[i];
        if (!member->repeated)
            clauses = add_clause(build, clauses, place,
                (struct chaos_name){member->key, member->key_span}, member->value);
    }
    return clauses;
}

/* The members of one place among the clauses, behind those of `list`. */
static inline struct chaos_list take(struct chaos_build *build, struct chaos_list list,
    const struct chaos_list *clauses, enum chaos_place place)
{
    for (const struct chaos_cell *cell = clauses->first; cell; cell = cell->next)
        if (cell->place == place || (place == CHAOS_IN_PROVIDER && cell->place == CHAOS_IN_HTTP))
            list = build_member(build, list,
                (struct chaos_name){cell->member.key, cell->member.key_span}, cell->member.value);
    return list;
}

static struct span span_of_members(struct span span, const struct chaos_list *members)
{
    for (const struct chaos_cell *cell = members->first; cell; cell = cell->next)
        span = span_join(span_join(span, cell->member.key_span), cell->member.value->span);
    return span;
}

static void report_misplaced(struct chaos_build *build, const struct chaos_cell *clause,
    const char *reason, const char *help)
{
    struct diag *diag = diag_add(build->bag, build->doc->source, DIAG_E148, clause->member.key_span,
        "`%.*s` does not belong here: %s",
        STR_ARG(source_slice(build->doc->source, clause->member.key_span)), reason);
    diag_help(build->bag, diag, "%s", help);
}

/* Clauses that the provider cannot have, each at its keyword. */
static void check_clauses(struct chaos_build *build, const struct chaos_provider *provider,
    const struct chaos_list *clauses)
{
    for (const struct chaos_cell *cell = clauses->first; cell; cell = cell->next) {
        bool of_http = cell->place == CHAOS_IN_HTTP, of_provider = cell->place == CHAOS_IN_PROVIDER;
        if (!of_http && !of_provider)
            continue;
        if (!provider)
            report_misplaced(build, cell, "a ref has no provider of its own",
                "change the activity it refers to, or write the activity out");
        else if (provider->object)
            report_misplaced(build, cell, "the provider is written as a JSON object",
                "put it into the object as a member");
        else if (of_http && !provider->is_http && str_is(cell->member.key, "arguments"))
            report_misplaced(build, cell, "only http takes its arguments in a clause",
                "write `python module.function(name: value)`, `process \"path\" [\"argument\"]` or "
                "`shell \"path\" \"arguments\"`");
        else if (of_http && !provider->is_http)
            report_misplaced(
                build, cell, "only http has it", "for a member of your own write `with provider`");
    }
}

static struct doc_node *make_provider(
    struct chaos_build *build, struct chaos_provider *provider, const struct chaos_list *clauses)
{
    check_clauses(build, provider, clauses);
    if (provider->object)
        return provider->object;
    struct chaos_list members = take(build, provider->members, clauses, CHAOS_IN_PROVIDER);
    build->spare_provider = provider;
    return build_object(build, members, span_of_members(provider->span, &members));
}

/* Provider, pauses and the clauses' other members behind the head of an activity. */
static struct chaos_list add_body(struct chaos_build *build, struct chaos_list members,
    struct chaos_provider *provider, const struct chaos_list *clauses, struct doc_node *tolerance)
{
    if (provider)
        members = build_key(build, members, provider->span, STR("provider"),
            make_provider(build, provider, clauses));
    else
        check_clauses(build, NULL, clauses);
    struct chaos_list pauses = take(build, build_list(), clauses, CHAOS_IN_PAUSES);
    if (pauses.count) {
        struct span span = span_of_members(pauses.first->member.key_span, &pauses);
        members = build_key(build, members, span, STR("pauses"), build_object(build, pauses, span));
    }
    members = take(build, members, clauses, CHAOS_IN_ACTIVITY);
    if (tolerance)
        members = build_key(build, members, tolerance->span, STR("tolerance"), tolerance);
    return members;
}

/* The object of a statement: from the first word that counts to the statement's end, which may be the brace of `with`. */
static struct doc_node *object_of(
    struct chaos_build *build, struct chaos_list members, struct span statement)
{
    struct span span = span_of_members(members.first->member.key_span, &members);
    return build_object(build, members, span_make(span.lo, statement.hi));
}

static struct chaos_list add_background(
    struct chaos_build *build, struct chaos_list members, struct doc_node *background)
{
    if (!background)
        return members;
    return build_key(build, members, background->span, STR("background"), background);
}

struct doc_node *build_activity(struct chaos_build *build, struct doc_node *background,
    struct chaos_name kind, struct span name, struct chaos_provider *provider,
    struct chaos_list clauses, struct doc_node *tolerance, struct span span)
{
    struct chaos_list members = build_list();
    members =
        build_key(build, members, kind.span, STR("type"), build_text(build, kind.span, kind.text));
    members = build_key(build, members, name, STR("name"), build_string(build, name));
    members = add_background(build, members, background);
    members = add_body(build, members, provider, &clauses, tolerance);
    build_release(build, &clauses);
    return object_of(build, members, span);
}

struct doc_node *build_ref(struct chaos_build *build, struct doc_node *background,
    struct span keyword, const struct chaos_name *kind, struct span name, struct chaos_list clauses,
    struct doc_node *tolerance, struct span span)
{
    struct chaos_list members = build_list();
    if (kind)
        members = build_key(
            build, members, kind->span, STR("type"), build_text(build, kind->span, kind->text));
    members = build_key(build, members, keyword, STR("ref"), build_string(build, name));
    members = add_background(build, members, background);
    members = add_body(build, members, NULL, &clauses, tolerance);
    build_release(build, &clauses);
    return object_of(build, members, span);
}

struct doc_node *build_control(struct chaos_build *build, struct span name,
    struct chaos_provider *provider, struct chaos_list clauses, struct span span)
{
    struct chaos_list members =
        build_key(build, build_list(), name, STR("name"), build_string(build, name));
    members = add_body(build, members, provider, &clauses, NULL);
    build_release(build, &clauses);
    return object_of(build, members, span);
}

struct doc_node *build_control_ref(
    struct chaos_build *build, struct span keyword, struct span name, struct span span)
{
    struct chaos_list members =
        build_key(build, build_list(), keyword, STR("ref"), build_string(build, name));
    return build_object(build, members, span);
}

struct chaos_list build_probe_body(struct chaos_build *build, struct chaos_provider *provider,
    struct chaos_list clauses, struct span span)
{
    (void)span;
    return add_body(build, build_list(), provider, &clauses, NULL);
}

struct doc_node *build_inner_probe(struct chaos_build *build, struct span keyword,
    const struct span *name, struct chaos_list body, struct span span)
{
    struct chaos_list members = build_list();
    members =
        build_key(build, members, keyword, STR("type"), build_text(build, keyword, STR("probe")));
    if (name)
        members = build_key(build, members, *name, STR("name"), build_string(build, *name));
    for (const struct chaos_cell *cell = body.first; cell; cell = cell->next)
        members = build_member(build, members,
            (struct chaos_name){cell->member.key, cell->member.key_span}, cell->member.value);
    return build_object(build, members, span);
}

static struct chaos_list start_tolerance(struct chaos_build *build, struct span keyword,
    struct str type, const struct chaos_name *target)
{
    struct chaos_list members =
        build_key(build, build_list(), keyword, STR("type"), build_text(build, keyword, type));
    if (target)
        members = build_key(build, members, target->span, STR("target"),
            build_text(build, target->span, target->text));
    return members;
}

struct doc_node *build_regex(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct doc_node *pattern, struct span span)
{
    struct chaos_list members = start_tolerance(build, keyword, STR("regex"), target);
    members = build_key(build, members, keyword, STR("pattern"), pattern);
    return build_object(build, members, span);
}

struct doc_node *build_jsonpath(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct doc_node *path, struct doc_node *count,
    struct doc_node *expect, struct span span)
{
    struct chaos_list members = start_tolerance(build, keyword, STR("jsonpath"), target);
    members = build_key(build, members, keyword, STR("path"), path);
    if (count)
        members = build_key(build, members, count->span, STR("count"), count);
    if (expect)
        members = build_key(build, members, expect->span, STR("expect"), expect);
    return build_object(build, members, span);
}

struct doc_node *build_range(struct chaos_build *build, struct span keyword,
    const struct chaos_name *target, struct span low, struct span high, struct span span)
{
    struct chaos_list members = start_tolerance(build, keyword, STR("range"), target);
    struct chaos_list ends = build_item(build, build_list(), build_number(build, low));
    ends = build_item(build, ends, build_number(build, high));
    members = build_key(
        build, members, keyword, STR("range"), build_array(build, ends, span_join(low, high)));
    return build_object(build, members, span);
}
