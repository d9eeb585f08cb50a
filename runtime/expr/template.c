#include "runtime/expr/template.h"

#include <assert.h>

#include "runtime/base/buf.h"
#include "runtime/base/pytext.h"

enum { DEEPEST = 1000 }; /* deeper values than any reader makes */

static bool is_name_start(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The end of the identifier at `from`, or `from` if there is none. */
static size_t skip_name(struct str text, size_t from)
{
    size_t at = from;
    if (at == text.len || !is_name_start(text.ptr[at]))
        return from;
    while (at < text.len &&
           (is_name_start(text.ptr[at]) || (text.ptr[at] >= '0' && text.ptr[at] <= '9')))
        at++;
    return at;
}

/* Reads the construct at the `$` at `from`; moves *to behind it. */
static enum template_kind read_dollar(struct str text, size_t from, size_t *to)
{
    size_t inside = from + 1;
    if (inside < text.len && text.ptr[inside] == '$') {
        *to = inside + 1;
        return TEMPLATE_ESCAPE;
    }
    size_t end = skip_name(text, inside);
    if (end > inside) {
        *to = end;
        return TEMPLATE_NAMED;
    }
    if (inside < text.len && text.ptr[inside] == '{') {
        end = skip_name(text, inside + 1);
        if (end > inside + 1 && end < text.len && text.ptr[end] == '}') {
            *to = end + 1;
            return TEMPLATE_BRACED;
        }
    }
    *to = inside;
    return TEMPLATE_STRAY;
}

bool template_is_needed(struct str text)
{
    return text.len > 0 && memchr(text.ptr, '$', text.len) != NULL;
}

bool template_has_reference(struct str text)
{
    for (size_t at = 0; at < text.len;) {
        if (text.ptr[at] != '$') {
            at++;
            continue;
        }
        enum template_kind kind = read_dollar(text, at, &at);
        if (kind == TEMPLATE_NAMED || kind == TEMPLATE_BRACED)
            return true;
    }
    return false;
}

struct template template_parse(struct arena *arena, struct str text)
{
    assert(text.len <= UINT32_MAX);
    struct template_segment *segments = NULL;
    size_t count = 0, room = 0;
    for (size_t at = 0; at < text.len;) {
        const char *dollar = memchr(text.ptr + at, '$', text.len - at);
        size_t end = dollar ? (size_t)(dollar - text.ptr) : text.len;
        enum template_kind kind = TEMPLATE_TEXT;
        if (end == at)
            kind = read_dollar(text, at, &end);
        *ARENA_PUSH(arena, segments, count, room) =
            (struct template_segment){kind, (uint32_t)at, (uint32_t)end};
        at = end;
    }
    return (struct template){text, segments, count};
}

struct str template_name(const struct template *template, const struct template_segment *segment)
{
    bool braced = segment->kind == TEMPLATE_BRACED;
    assert(braced || segment->kind == TEMPLATE_NAMED);
    return (struct str){template->text.ptr + segment->from + (braced ? 2 : 1),
        segment->to - segment->from - (braced ? 3U : 1U)};
}

static void add_segment(struct buf *out, const struct template *template,
    const struct template_segment *segment, template_lookup *lookup, void *context)
{
    struct str source = {template->text.ptr + segment->from, segment->to - segment->from};
    if (segment->kind == TEMPLATE_ESCAPE) {
        buf_add_char(out, '$');
        return;
    }
    const struct value *value = NULL;
    if (segment->kind == TEMPLATE_NAMED || segment->kind == TEMPLATE_BRACED)
        value = lookup(context, template_name(template, segment));
    if (value)
        pytext_add_str(out, value);
    else
        buf_add_str(out, source);
}

struct value template_expand(
    struct arena *arena, const struct template *template, template_lookup *lookup, void *context)
{
    /* The reference looks only at the group of ${name} in a full match: `$name` never keeps its
     * type. */
    if (template->count == 1 && template->segments[0].kind == TEMPLATE_BRACED) {
        const struct value *value = lookup(context, template_name(template, template->segments));
        return value ? *value : value_string(template->text);
    }
    struct buf out = {0};
    for (size_t i = 0; i < template->count; i++)
        add_segment(&out, template, &template->segments[i], lookup, context);
    struct value result = value_string(arena_str(arena, buf_str(&out)));
    buf_free(&out);
    return result;
}

/* True if a string with a `$` stands anywhere in the value. */
static bool needs_expansion(const struct value *data, unsigned depth)
{
    assert(depth < DEEPEST);
    switch (data->kind) {
    case VALUE_STRING:
        return template_is_needed(data->as.text);
    case VALUE_ARRAY:
        for (size_t i = 0; i < data->as.array.count; i++)
            if (needs_expansion(&data->as.array.items[i], depth + 1))
                return true;
        return false;
    case VALUE_OBJECT:
        for (size_t i = 0; i < data->as.object.count; i++)
            if (needs_expansion(&data->as.object.members[i].value, depth + 1))
                return true;
        return false;
    case VALUE_NULL:
    case VALUE_BOOL:
    case VALUE_INT:
    case VALUE_REAL:
        return false;
    }
    return false;
}

static struct value substitute(
    struct arena *arena, const struct value *data, template_lookup *lookup, void *context)
{
    struct value result = *data;
    if (data->kind == VALUE_STRING && template_is_needed(data->as.text)) {
        struct template template = template_parse(arena, data->as.text);
        return template_expand(arena, &template, lookup, context);
    }
    if (data->kind == VALUE_ARRAY) {
        size_t count = data->as.array.count;
        struct value *items = ARENA_ARRAY(arena, struct value, count);
        for (size_t i = 0; i < count; i++)
            items[i] = substitute(arena, &data->as.array.items[i], lookup, context);
        result.as.array.items = items;
    } else if (data->kind == VALUE_OBJECT) {
        size_t count = data->as.object.count;
        struct member *members = ARENA_ARRAY(arena, struct member, count);
        for (size_t i = 0; i < count; i++) {
            const struct member *member = &data->as.object.members[i];
            members[i].key = member->key;
            members[i].value = substitute(arena, &member->value, lookup, context);
        }
        result.as.object.members = members;
    }
    return result;
}

struct value template_substitute(
    struct arena *arena, const struct value *data, template_lookup *lookup, void *context)
{
    return needs_expansion(data, 0) ? substitute(arena, data, lookup, context) : *data;
}
