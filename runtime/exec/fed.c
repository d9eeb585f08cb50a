#include "runtime/exec/fed.h"

#include "runtime/expr/template.h"

/* The secret of that name, unless a configuration key hides it: as scope_lookup. */
static const struct value *find_secret(const struct scope *scope, struct str name)
{
    for (size_t i = 0; i < scope->configuration_count; i++)
        if (str_equal(scope->configuration[i].key, name))
            return NULL;
    for (size_t i = 0; i < scope->secrets.as.object.count; i++) {
        const struct value *found = value_get(&scope->secrets.as.object.members[i].value, name);
        if (found)
            return found;
    }
    return NULL;
}

static void feed_template(
    struct redactor *redactor, const struct scope *scope, struct arena *arena, struct str text)
{
    struct template_source source = scope_templates(scope);
    struct template template = template_read(arena, text, &source);
    for (struct template_segment segment = {0}; template_next(&template, &segment);) {
        if (segment.kind != TEMPLATE_NAMED && segment.kind != TEMPLATE_BRACED)
            continue;
        const struct value *secret = find_secret(scope, template_name(&template, &segment));
        if (secret)
            redact_feed(redactor, secret);
    }
}

static void feed_value(struct redactor *redactor, const struct scope *scope, struct arena *arena,
    const struct value *value)
{
    switch (value->kind) {
    case VALUE_STRING:
        if (template_has_reference(value->as.text))
            feed_template(redactor, scope, arena, value->as.text);
        break;
    case VALUE_ARRAY:
        for (size_t i = 0; i < value->as.array.count; i++)
            feed_value(redactor, scope, arena, &value->as.array.items[i]);
        break;
    case VALUE_OBJECT:
        for (size_t i = 0; i < value->as.object.count; i++)
            feed_value(redactor, scope, arena, &value->as.object.members[i].value);
        break;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        break;
    }
}

/* `secrets` of an activity: the names of the groups that its function is given. */
static void feed_groups(
    struct redactor *redactor, const struct scope *scope, const struct value *groups)
{
    size_t count = groups->kind == VALUE_ARRAY ? groups->as.array.count : 0;
    for (size_t i = 0; i < count; i++) {
        const struct value *name = &groups->as.array.items[i];
        const struct value *group =
            name->kind == VALUE_STRING ? value_get(&scope->secrets, name->as.text) : NULL;
        if (group)
            redact_feed(redactor, group);
    }
}

static bool is_asked(const struct scope *scope, const struct redactor *also)
{
    return also && scope->secrets.as.object.count > 0;
}

static struct redactor *make(struct arena *arena, const struct redactor *also)
{
    struct redactor *redactor = ARENA_NEW(arena, struct redactor);
    redact_init(redactor, arena);
    redactor->also = also;
    return redactor;
}

static const struct redactor *made(const struct redactor *redactor)
{
    return redact_is_empty(redactor) ? NULL : redactor;
}

const struct redactor *fed_call(struct call *call)
{
    const struct call_world *world = call->world;
    const struct redactor *also = world->log->redactor;
    const struct value *provider = call_field(call, call->activity->settings);
    const struct value *groups = call_field(call, call->activity->secrets);
    if (!provider || !is_asked(world->scope, also))
        return NULL;
    struct redactor *redactor = make(call->arena, also);
    feed_value(redactor, world->scope, call->arena, provider);
    if (groups)
        feed_groups(redactor, world->scope, groups);
    return made(redactor);
}

struct str fed_hide(struct arena *arena, const struct redactor *redactor, struct str text)
{
    struct buf out = {0};
    if (!redactor)
        return text;
    redact_text(redactor, &out, text);
    text = arena_str(arena, buf_str(&out));
    buf_free(&out);
    return text;
}

const struct redactor *fed_text(struct arena *arena, const struct scope *scope,
    const struct redactor *also, const struct value *text)
{
    if (!is_asked(scope, also))
        return NULL;
    struct redactor *redactor = make(arena, also);
    feed_value(redactor, scope, arena, text);
    return made(redactor);
}

const struct redactor *fed_activity(struct arena *arena, const struct scope *scope,
    const struct redactor *also, const struct value *activity)
{
    const struct value *provider = value_get(activity, STR("provider"));
    const struct value *groups = provider ? value_get(provider, STR("secrets")) : NULL;
    if (!provider || !is_asked(scope, also))
        return NULL;
    struct redactor *redactor = make(arena, also);
    feed_value(redactor, scope, arena, provider);
    if (groups)
        feed_groups(redactor, scope, groups);
    return made(redactor);
}

const struct redactor *fed_all(
    struct arena *arena, const struct scope *scope, const struct redactor *also)
{
    if (!is_asked(scope, also))
        return NULL;
    struct redactor *redactor = make(arena, also);
    redact_feed(redactor, &scope->secrets);
    return made(redactor);
}
