#include "runtime/base/json.h"

#include <assert.h>

#include "runtime/base/buf.h"
#include "runtime/base/map.h"
#include "runtime/base/utf8.h"

const char *json_error_text(enum json_error error)
{
    static const char *const texts[] = {"no error",
#define JSON_ERROR(name, text) text,
        JSON_ERRORS
#undef JSON_ERROR
    };
    return texts[error];
}

/* The second half of a surrogate pair, if it stands at the cursor; else the cursor stays and 0
 * comes back. */
static unsigned take_low_surrogate(struct json_lexer *lexer, const char *end)
{
    struct json_lexer ahead = *lexer;
    if (end - ahead.cursor < 6)
        return 0;
    struct json_part part = json_lex_part(&ahead);
    if (part.kind != JSON_PART_UNICODE || part.unit < 0xDC00 || part.unit > 0xDFFF)
        return 0;
    *lexer = ahead;
    return part.unit;
}

static char *decode_unit(char *out, struct json_lexer *lexer, const char *end, unsigned unit)
{
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        unsigned low = take_low_surrogate(lexer, end);
        if (low)
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    }
    return out + utf8_encode(unit, out);
}

struct str json_unquote(struct arena *arena, struct str text, size_t lo, size_t hi)
{
    static const char replacement[] = "\xEF\xBF\xBD";
    struct str inside = {text.ptr + lo, hi - lo};
    bool valid = utf8_first_invalid(inside) == inside.len;
    if (valid && !memchr(inside.ptr, '\\', inside.len))
        return inside;

    struct json_lexer lexer = {text.ptr, text.ptr + lo, text.ptr + text.len};
    const char *end = text.ptr + hi;
    /* No escape is shorter than what it stands for; only a replaced byte grows. */
    char *copy = arena_alloc(arena, valid ? inside.len : inside.len * 3, 1), *out = copy;
    while (lexer.cursor < end) {
        const char *from = lexer.cursor;
        struct json_part part = json_lex_part(&lexer);
        bool cut = lexer.cursor > end; /* an unclosed string may end inside a run */
        if (cut)
            lexer.cursor = end;
        if (!cut && (part.kind == JSON_PART_ESCAPE || part.kind == JSON_PART_UNICODE)) {
            out = decode_unit(out, &lexer, end, part.unit);
        } else if (part.kind == JSON_PART_BAD && part.error == JSON_ERROR_STRING_UTF8) {
            memcpy(out, replacement, 3);
            out += 3;
        } else {
            memcpy(out, from, (size_t)(lexer.cursor - from));
            out += lexer.cursor - from;
        }
    }
    return str_slice(copy, out);
}

/* The strict reader. Children of the containers that are still open wait in `values` and `members`,
 * so that each container's own can be laid side by side in the arena when it closes. */
struct reader {
    struct arena *arena;
    struct str text;
    struct json_options options;
    struct json_lexer lexer;
    struct json_token token; /* the one to be read next */
    struct buf values, members;
    struct json_failure failure;
};

static bool fail(struct reader *r, enum json_error error)
{
    bool bad = r->token.kind == JSON_BAD; /* the lexer knows better than the grammar */
    r->failure.error = bad ? r->token.error : error;
    r->failure.offset = bad ? r->token.at : r->token.lo;
    return false;
}

static void next(struct reader *r)
{
    json_lex(&r->lexer, &r->token);
}

static struct str token_text(const struct reader *r)
{
    return (struct str){r->text.ptr + r->token.lo, r->token.hi - r->token.lo};
}

static struct str token_string(struct reader *r)
{
    if (r->token.escaped)
        return json_unquote(r->arena, r->text, r->token.lo + 1, r->token.hi - 1);
    return (struct str){r->text.ptr + r->token.lo + 1, r->token.hi - r->token.lo - 2};
}

/* Moves what was pushed since `base` into the arena and returns it. */
static void *pop(struct reader *r, struct buf *stack, size_t base)
{
    size_t size = stack->len - base;
    void *items = arena_alloc(r->arena, size, alignof(struct member));
    if (size)
        memcpy(items, stack->data + base, size);
    stack->len = base;
    return items;
}

static bool read_value(struct reader *r, unsigned depth, struct value *value);

static bool read_array(struct reader *r, unsigned depth, struct value *value)
{
    size_t base = r->values.len;
    next(r);
    while (r->token.kind != JSON_CLOSE_ARRAY) {
        struct value item;
        if (r->values.len > base) {
            if (r->token.kind != JSON_COMMA)
                return fail(r, JSON_ERROR_COMMA_EXPECTED);
            next(r);
        }
        if (!read_value(r, depth, &item))
            return false;
        buf_add(&r->values, &item, sizeof item);
    }
    next(r);
    size_t count = (r->values.len - base) / sizeof *value;
    *value = (struct value){
        .kind = VALUE_ARRAY, .as.array = {.items = pop(r, &r->values, base), .count = count}};
    return true;
}

/* Objects up to this many members are searched one by one; larger ones get a table. */
enum { FEW_MEMBERS = 16 };

/* Where the key stands among those before it, or `at`. */
static size_t find_twin(const struct member *members, size_t at, struct map *table)
{
    if (table->arena) {
        struct member *first = map_add(table, members[at].key, (void *)(uintptr_t)&members[at]);
        return (size_t)(first - members);
    }
    for (size_t i = 0; i < at; i++)
        if (str_equal(members[i].key, members[at].key))
            return i;
    return at;
}

/* A key that comes again keeps its place and takes the new value, as in Python's dictionaries. */
static size_t merge_keys(struct reader *r, struct member *members, size_t count)
{
    struct map table = {0};
    size_t kept = 0;
    if (count > FEW_MEMBERS)
        map_init(&table, r->arena);
    for (size_t i = 0; i < count; i++) {
        struct member member = members[i];
        members[kept] = member;
        size_t at = find_twin(members, kept, &table);
        members[at].value = member.value;
        kept += at == kept;
    }
    return kept;
}

static bool read_object(struct reader *r, unsigned depth, struct value *value)
{
    size_t base = r->members.len;
    next(r);
    while (r->token.kind != JSON_CLOSE_OBJECT) {
        struct member member;
        if (r->members.len > base) {
            if (r->token.kind != JSON_COMMA)
                return fail(r, JSON_ERROR_COMMA_EXPECTED);
            next(r);
        }
        if (r->token.kind != JSON_STRING)
            return fail(r, JSON_ERROR_KEY_EXPECTED);
        member.key = token_string(r);
        next(r);
        if (r->token.kind != JSON_COLON)
            return fail(r, JSON_ERROR_COLON_EXPECTED);
        next(r);
        if (!read_value(r, depth, &member.value))
            return false;
        buf_add(&r->members, &member, sizeof member);
    }
    next(r);
    size_t count = (r->members.len - base) / sizeof(struct member);
    if (r->options.merge_keys)
        count = merge_keys(r, (struct member *)(void *)(r->members.data + base), count);
    r->members.len = base + count * sizeof(struct member);
    *value = (struct value){
        .kind = VALUE_OBJECT, .as.object = {.members = pop(r, &r->members, base), .count = count}};
    return true;
}

/* Reads the value at the current token and moves behind it; `depth` is how many levels are left. */
static bool read_value(struct reader *r, unsigned depth, struct value *value)
{
    switch (r->token.kind) {
    case JSON_OPEN_ARRAY:
    case JSON_OPEN_OBJECT:
        if (depth == 0)
            return fail(r, JSON_ERROR_DEPTH);
        return r->token.kind == JSON_OPEN_ARRAY ? read_array(r, depth - 1, value)
                                                : read_object(r, depth - 1, value);
    case JSON_STRING:
        *value = value_string(token_string(r));
        break;
    case JSON_INT:
        *value = (struct value){.kind = VALUE_INT, .as.text = token_text(r)};
        break;
    case JSON_NOT_FINITE:
        if (!r->options.allow_not_finite)
            return fail(r, JSON_ERROR_NOT_FINITE);
        *value = (struct value){.kind = VALUE_REAL, .as.text = token_text(r)};
        break;
    case JSON_REAL:
        *value = (struct value){.kind = VALUE_REAL, .as.text = token_text(r)};
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        *value = value_bool(r->token.kind == JSON_TRUE);
        break;
    case JSON_NULL:
        *value = value_null();
        break;
    case JSON_END:
    case JSON_CLOSE_OBJECT:
    case JSON_CLOSE_ARRAY:
    case JSON_COLON:
    case JSON_COMMA:
    case JSON_BAD:
        return fail(r, JSON_ERROR_VALUE_EXPECTED);
    }
    next(r);
    return true;
}

bool json_parse(struct arena *arena, struct str text, const struct json_options *options,
    struct value *value, struct json_failure *failure)
{
    assert(text.ptr[text.len] == '\0');
    struct reader r = {.arena = arena, .text = text, .lexer = json_lexer(text)};
    if (options)
        r.options = *options;
    unsigned depth = r.options.max_depth ? r.options.max_depth : JSON_DEFAULT_DEPTH;
    next(&r);
    bool ok;
    if (r.token.kind == JSON_END)
        ok = fail(&r, JSON_ERROR_EMPTY);
    else
        ok = read_value(&r, depth, value) &&
             (r.token.kind == JSON_END || fail(&r, JSON_ERROR_EXTRA));
    if (failure)
        *failure = r.failure;
    buf_free(&r.values);
    buf_free(&r.members);
    return ok;
}
