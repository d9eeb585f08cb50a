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

bool template_can_change(struct str text)
{
    return template_has_reference(text) || str_contains(text, STR("$$"));
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

enum { KIND_BITS = 3, KIND_MASK = (1 << KIND_BITS) - 1, MOST_BYTES = UINT32_MAX >> KIND_BITS };

bool template_next(const struct template *template, struct template_segment *segment)
{
    if (segment->next == template->count)
        return false;
    uint32_t word = template->words[segment->next++];
    segment->kind = (enum template_kind)(word & KIND_MASK);
    segment->from = segment->to;
    segment->to += word >> KIND_BITS;
    return true;
}

/* The shortest text of each kind. */
static const unsigned char least_bytes[] = {[TEMPLATE_TEXT] = 1,
    [TEMPLATE_ESCAPE] = 2,
    [TEMPLATE_NAMED] = 2,
    [TEMPLATE_BRACED] = 4,
    [TEMPLATE_STRAY] = 1};

bool template_is_program(const uint32_t *words, size_t count, size_t length)
{
    size_t covered = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t kind = words[i] & KIND_MASK, bytes = words[i] >> KIND_BITS;
        if (kind >= sizeof least_bytes || bytes < least_bytes[kind] || bytes > length - covered)
            return false;
        covered += bytes;
    }
    return covered == length;
}

struct template template_parse(struct arena *arena, struct str text)
{
    uint32_t *words = NULL;
    size_t count = 0, room = 0;
    for (size_t at = 0; at < text.len;) {
        const char *dollar = memchr(text.ptr + at, '$', text.len - at);
        size_t end = dollar ? (size_t)(dollar - text.ptr) : text.len;
        enum template_kind kind = TEMPLATE_TEXT;
        if (end == at)
            kind = read_dollar(text, at, &end);
        if (end - at > MOST_BYTES) { /* more than a word can say: there is no name of that length */
            kind = TEMPLATE_TEXT;
            end = at + MOST_BYTES;
        }
        *ARENA_PUSH(arena, words, count, room) = kind | (uint32_t)(end - at) << KIND_BITS;
        at = end;
    }
    return (struct template){text, words, count};
}

struct str template_name(const struct template *template, const struct template_segment *segment)
{
    bool braced = segment->kind == TEMPLATE_BRACED;
    assert(braced || segment->kind == TEMPLATE_NAMED);
    return (struct str){template->text.ptr + segment->from + (braced ? 2 : 1),
        segment->to - segment->from - (braced ? 3U : 1U)};
}

static void add_segment(struct buf *out, const struct template *template,
    const struct template_segment *segment, const struct template_source *source)
{
    struct str written = {template->text.ptr + segment->from, segment->to - segment->from};
    if (segment->kind == TEMPLATE_ESCAPE) {
        buf_add_char(out, '$');
        return;
    }
    const struct value *value = NULL;
    if (segment->kind == TEMPLATE_NAMED || segment->kind == TEMPLATE_BRACED)
        value = source->lookup(source->context, template_name(template, segment));
    if (value)
        pytext_add_str(out, value);
    else
        buf_add_str(out, written);
}

struct value template_expand(
    struct arena *arena, const struct template *template, const struct template_source *source)
{
    struct template_segment segment = {0};
    struct buf out = {0};
    while (template_next(template, &segment)) {
        /* The reference looks only at the group of ${name} in a full match: `$name` never keeps its
         * type. */
        if (template->count == 1 && segment.kind == TEMPLATE_BRACED) {
            const struct value *value =
                source->lookup(source->context, template_name(template, &segment));
            return value ? *value : value_string(template->text);
        }
        add_segment(&out, template, &segment, source);
    }
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

struct template template_read(
    struct arena *arena, struct str text, const struct template_source *source)
{
    struct template known;
    bool found = source->known && source->known(source->context, text, &known);
    return found ? known : template_parse(arena, text);
}

static struct value substitute(
    struct arena *arena, const struct value *data, const struct template_source *source)
{
    struct value result = *data;
    if (data->kind == VALUE_STRING && template_is_needed(data->as.text)) {
        struct template template = template_read(arena, data->as.text, source);
        return template_expand(arena, &template, source);
    }
    if (data->kind == VALUE_ARRAY) {
        size_t count = data->as.array.count;
        struct value *items = ARENA_ARRAY(arena, struct value, count);
        for (size_t i = 0; i < count; i++)
            items[i] = substitute(arena, &data->as.array.items[i], source);
        result.as.array.items = items;
    } else if (data->kind == VALUE_OBJECT) {
        size_t count = data->as.object.count;
        struct member *members = ARENA_ARRAY(arena, struct member, count);
        for (size_t i = 0; i < count; i++) {
            const struct member *member = &data->as.object.members[i];
            members[i].key = member->key;
            members[i].value = substitute(arena, &member->value, source);
        }
        result.as.object.members = members;
    }
    return result;
}

struct value template_substitute(
    struct arena *arena, const struct value *data, const struct template_source *source)
{
    return needs_expansion(data, 0) ? substitute(arena, data, source) : *data;
}
