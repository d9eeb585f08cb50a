#include "ir/check.h"

#include "runtime/base/buf.h"

/* Where a key that is unknown in one kind of object may belong, nearest first. `place` completes
 * "it belongs ..."; `up` says that the place is around the object and not inside it. */
static const struct home {
    enum schema_kind kind, other;
    const char *place;
    bool up;
} homes[] = {
    {SCHEMA_KIND_EXPERIMENT, SCHEMA_KIND_HYPOTHESIS, "under `steady-state-hypothesis`", false},
    {SCHEMA_KIND_HYPOTHESIS, SCHEMA_KIND_EXPERIMENT, "on the experiment", true},
    {SCHEMA_KIND_ACTIVITY, SCHEMA_KIND_HTTP, "under `provider`", false},
    {SCHEMA_KIND_ACTIVITY, SCHEMA_KIND_PROCESS, "under `provider`", false},
    {SCHEMA_KIND_ACTIVITY, SCHEMA_KIND_PYTHON, "under `provider`", false},
    {SCHEMA_KIND_ACTIVITY, SCHEMA_KIND_PAUSES, "under `pauses`", false},
    {SCHEMA_KIND_PROVIDER, SCHEMA_KIND_ACTIVITY, "on the activity, beside `provider`", true},
    {SCHEMA_KIND_HTTP, SCHEMA_KIND_ACTIVITY, "on the activity, beside `provider`", true},
    {SCHEMA_KIND_PROCESS, SCHEMA_KIND_ACTIVITY, "on the activity, beside `provider`", true},
    {SCHEMA_KIND_PYTHON, SCHEMA_KIND_ACTIVITY, "on the activity, beside `provider`", true},
    {SCHEMA_KIND_PAUSES, SCHEMA_KIND_ACTIVITY, "on the activity, beside `pauses`", true},
    {SCHEMA_KIND_CONTROL, SCHEMA_KIND_CONTROL_PROVIDER, "under `provider`", false},
    {SCHEMA_KIND_CONTROL_PROVIDER, SCHEMA_KIND_CONTROL, "on the control, beside `provider`", true},
    {SCHEMA_KIND_RUNTIME, SCHEMA_KIND_RUNTIME_ROLLBACKS, "under `rollbacks` or `hypothesis`",
        false},
};

/* Other words that people write for a field. */
static const struct alias {
    enum schema_kind kind;
    const char *written;
    enum schema_field_id field;
} aliases[] = {
    {SCHEMA_KIND_EXPERIMENT, "hypothesis", SCHEMA_EXPERIMENT_HYPOTHESIS},
    {SCHEMA_KIND_EXPERIMENT, "steady-state", SCHEMA_EXPERIMENT_HYPOTHESIS},
    {SCHEMA_KIND_EXPERIMENT, "steadyState", SCHEMA_EXPERIMENT_HYPOTHESIS},
    {SCHEMA_KIND_EXPERIMENT, "config", SCHEMA_EXPERIMENT_CONFIGURATION},
    {SCHEMA_KIND_EXPERIMENT, "name", SCHEMA_EXPERIMENT_TITLE},
    {SCHEMA_KIND_ACTIVITY, "pause", SCHEMA_ACTIVITY_PAUSES},
    {SCHEMA_KIND_PYTHON, "function", SCHEMA_PYTHON_FUNC},
    {SCHEMA_KIND_PYTHON, "args", SCHEMA_PYTHON_ARGUMENTS},
    {SCHEMA_KIND_PYTHON, "kwargs", SCHEMA_PYTHON_ARGUMENTS},
    {SCHEMA_KIND_PROCESS, "args", SCHEMA_PROCESS_ARGUMENTS},
    {SCHEMA_KIND_PROCESS, "command", SCHEMA_PROCESS_PATH},
    {SCHEMA_KIND_HTTP, "body", SCHEMA_HTTP_ARGUMENTS},
    {SCHEMA_KIND_HTTP, "data", SCHEMA_HTTP_ARGUMENTS},
    {SCHEMA_KIND_HTTP, "params", SCHEMA_HTTP_ARGUMENTS},
    {SCHEMA_KIND_HTTP, "verify", SCHEMA_HTTP_VERIFY_TLS},
    {SCHEMA_KIND_HTTP, "retries", SCHEMA_HTTP_MAX_RETRIES},
    {SCHEMA_KIND_CONFIG_ENV, "env", SCHEMA_CONFIG_ENV_KEY},
    {SCHEMA_KIND_CONFIG_ENV, "name", SCHEMA_CONFIG_ENV_KEY},
    {SCHEMA_KIND_SECRET_ENV, "env", SCHEMA_SECRET_ENV_KEY},
    {SCHEMA_KIND_SECRET_ENV, "name", SCHEMA_SECRET_ENV_KEY},
};

static enum schema_kind provider_kind_of(const struct fields *activity)
{
    const struct doc_node *type = doc_get(FIELD_VALUE(activity, ACTIVITY, PROVIDER), STR("type"));
    if (!type || type->kind != DOC_STRING)
        return SCHEMA_KIND_NONE;
    if (str_is(type->as.text, "http"))
        return SCHEMA_KIND_HTTP;
    if (str_is(type->as.text, "process"))
        return SCHEMA_KIND_PROCESS;
    if (str_is(type->as.text, "python"))
        return SCHEMA_KIND_PYTHON;
    return SCHEMA_KIND_NONE;
}

/* The place where a key of exactly this name stands in the Open API. An activity's provider decides
 * which of the three counts first. */
static const struct home *find_home(const struct fields *fields, struct str key)
{
    enum schema_kind provider = SCHEMA_KIND_NONE;
    if (fields->kind == SCHEMA_KIND_ACTIVITY)
        provider = provider_kind_of(fields);
    const struct home *found = NULL;
    for (size_t i = 0; i < sizeof homes / sizeof homes[0]; i++) {
        const struct home *home = &homes[i];
        const struct schema_field *field =
            home->kind == fields->kind ? schema_find(home->other, key) : NULL;
        /* A description or name in an odd place does no harm: it is just unknown there. */
        if (!field || (home->up && (field->flags & (SCHEMA_LOOSE | SCHEMA_IGNORED))))
            continue;
        if (home->other == provider)
            return home;
        if (!found)
            found = home;
    }
    return found;
}

static const struct schema_field *find_meant(enum schema_kind kind, struct str key)
{
    const struct schema_field *near = schema_nearest(kind, key);
    if (near)
        return near;
    for (size_t i = 0; i < sizeof aliases / sizeof aliases[0]; i++)
        if (aliases[i].kind == kind && str_equal(str_from(aliases[i].written), key))
            return &schema_fields[aliases[i].field];
    return NULL;
}

/* What it costs that a field is not seen. */
static struct str describe_loss(struct check *c, const struct schema_field *field)
{
    struct arena *arena = &c->bag->arena;
    if (field == &schema_fields[SCHEMA_EXPERIMENT_ROLLBACKS])
        return STR("nothing is rolled back");
    if (field == &schema_fields[SCHEMA_EXPERIMENT_HYPOTHESIS])
        return STR("faults are injected without a gate, and no verdict is reached");
    if (field->flags & SCHEMA_REQUIRED)
        return STR("the run is refused");
    if (field->fallback[0] && strcmp(field->fallback, "{}") != 0 &&
        strcmp(field->fallback, "[]") != 0 && strcmp(field->fallback, "null") != 0)
        return arena_printf(arena, "it is ignored and %s holds", field->fallback);
    return STR("it is ignored");
}

static bool is_present(const struct fields *fields, const struct schema_field *field)
{
    return fields->at[field - schema_objects[fields->kind].fields] != NULL;
}

/* Replaces a key by another, quotes kept. */
static void fix_rename(
    struct check *c, struct diag *d, const struct doc_member *member, struct str key)
{
    struct span span = member->key_span;
    struct str written = source_slice(c->source, span);
    if (written.len >= 2 && (written.ptr[0] == '"' || written.ptr[0] == '\'')) {
        span.lo++;
        span.hi--;
    }
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "rename it to `%.*s`", STR_ARG(key));
    diag_edit(c->bag, fix, span, key);
}

static void report_slip(struct check *c, const struct fields *fields,
    const struct doc_member *member, const struct schema_field *meant)
{
    bool taken = is_present(fields, meant);
    struct diag *d = check_add(c, E203, member->key_span,
        "`%.*s` is no key of %.*s; `%.*s` was probably meant: %.*s", STR_ARG(member->key),
        STR_ARG(check_subject(c, fields)), STR_ARG(meant->key),
        STR_ARG(taken ? STR("it is ignored") : describe_loss(c, meant)));
    type_set type = check_type_of(member->value);
    bool fits = (type & meant->types) != 0;
    if (taken)
        diag_relate(c->bag, d, fields->at[meant - schema_objects[fields->kind].fields]->key_span,
            "`%.*s` is also there", STR_ARG(meant->key));
    else if (fits && !member->merged)
        fix_rename(c, d, member, meant->key);
    if (!taken && fits)
        check_misspelt(c, meant, member->value);
}

static void report_misplaced(struct check *c, const struct fields *fields,
    const struct doc_member *member, const struct home *home)
{
    const struct schema_field *field = schema_find(home->other, member->key);
    struct diag *d = check_add(c, E204, member->key_span, "`%.*s` belongs %s, not in %.*s: %.*s",
        STR_ARG(member->key), home->place, STR_ARG(check_subject(c, fields)),
        STR_ARG(describe_loss(c, field)));
    if (!home->up && strcmp(home->place, "under `provider`") == 0) {
        const struct doc_member *provider = doc_member(fields->node, STR("provider"));
        if (provider) {
            diag_relate(c->bag, d, provider->key_span, "the provider starts here");
            check_fix_move(c, d, fields->node, member, provider->value);
        }
    }
}

void check_unknown_key(
    struct check *c, const struct fields *fields, const struct doc_member *member)
{
    struct str key = member->key;
    const struct home *home = find_home(fields, key);
    if (home) {
        report_misplaced(c, fields, member, home);
        return;
    }
    const struct schema_field *meant = find_meant(fields->kind, key);
    if (meant) {
        report_slip(c, fields, member, meant);
        return;
    }
    struct diag *d = check_add(c, W205, member->key_span, "`%.*s` is no key of %.*s: it is ignored",
        STR_ARG(key), STR_ARG(check_subject(c, fields)));
    /* A block of its own on the experiment is a vendor's, not a slip. */
    enum doc_kind kind = (enum doc_kind)member->value->kind;
    if (fields->kind == SCHEMA_KIND_EXPERIMENT && (kind == DOC_OBJECT || kind == DOC_ARRAY))
        d->level = DIAG_INFO;
}

/* ---- a block that is empty because what should stand in it is not indented ---- */

static bool belongs_inside(const struct schema_field *field, struct str key)
{
    switch (field->child) {
    case SCHEMA_KIND_NONE:
        return (field->flags & SCHEMA_FREE) != 0;
    case SCHEMA_KIND_PROVIDER:
        return schema_find(SCHEMA_KIND_HTTP, key) || schema_find(SCHEMA_KIND_PROCESS, key) ||
               schema_find(SCHEMA_KIND_PYTHON, key);
    default:
        return schema_objects[field->child].keys == SCHEMA_NAMED ||
               schema_find((enum schema_kind)field->child, key);
    }
}

bool check_null_block(struct check *c, const struct fields *fields,
    const struct schema_field *field, const struct doc_member *member, uint32_t *claimed_from)
{
    if (c->doc->notation != DOC_YAML || member->merged)
        return false;
    const struct doc_node *node = fields->node;
    struct place own = source_place(c->source, member->key_span.lo);
    struct place first = {0, 0}, last = {0, 0};
    struct span from = {0, 0};
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *next = &node->as.object.members[i];
        if (next->key_span.lo <= member->key_span.lo)
            continue;
        bool at_home = schema_find(fields->kind, next->key) != NULL && !str_is(next->key, "type");
        if (at_home || !belongs_inside(field, next->key))
            break;
        uint32_t end =
            next->value->span.hi > next->key_span.hi ? next->value->span.hi : next->key_span.hi;
        if (first.line == 0) {
            first = source_place(c->source, next->key_span.lo);
            from = next->key_span;
        }
        last = source_place(c->source, end);
    }
    if (first.line == 0 || first.column != own.column)
        return false;
    struct str lines =
        first.line == last.line
            ? arena_printf(&c->bag->arena, "line %u stands", first.line)
            : arena_printf(&c->bag->arena, "lines %u to %u stand", first.line, last.line);
    struct diag *d = check_add(c, E210, member->key_span,
        "`%.*s` of %.*s is null, since %.*s at its own indentation: %s", STR_ARG(field->key),
        STR_ARG(check_subject(c, fields)), STR_ARG(lines),
        field->wrong[0] ? field->wrong : "what stands there is ignored");
    diag_relate(c->bag, d, from, "this belongs inside `%.*s`", STR_ARG(field->key));
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "indent the lines");
    for (uint32_t line = first.line; line <= last.line; line++) {
        uint32_t at = source_line_start(c->source, line);
        if (source_line(c->source, line).len > 0)
            diag_edit(c->bag, fix, span_make(at, at), STR("  "));
    }
    *claimed_from = from.lo;
    return true;
}
