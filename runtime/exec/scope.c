#include "runtime/exec/scope.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "runtime/base/json.h"
#include "runtime/base/number.h"
#include "runtime/base/utf8.h"
#include "runtime/base/pytext.h"
#include "runtime/expr/template.h"

void scope_init(struct scope *scope, struct arena *arena)
{
    *scope = (struct scope){.arena = arena, .secrets = {.kind = VALUE_OBJECT}};
}

static void set_member(struct scope *scope, struct str name, struct value value)
{
    for (size_t i = 0; i < scope->configuration_count; i++)
        if (str_equal(scope->configuration[i].key, name)) {
            scope->configuration[i].value = value;
            return;
        }
    *ARENA_PUSH(scope->arena, scope->configuration, scope->configuration_count,
        scope->configuration_room) = (struct member){name, value};
}

void scope_forget(struct scope *scope)
{
    scope->configuration = NULL;
    scope->configuration_count = scope->configuration_room = 0;
}

struct value scope_configuration(const struct scope *scope)
{
    return (struct value){
        .kind = VALUE_OBJECT, .as.object = {scope->configuration, scope->configuration_count}};
}

struct value scope_handle(struct arena *arena, int64_t handle)
{
    struct member *member = ARENA_NEW(arena, struct member);
    *member = (struct member){STR("$chaosc"), value_int(arena, handle)};
    return (struct value){.kind = VALUE_OBJECT, .as.object = {member, 1}};
}

void scope_configure_object(
    struct scope *scope, struct str name, struct value value, struct value stand_in)
{
    set_member(scope, name, value);
    scope->has_objects = true;
    *ARENA_PUSH(scope->arena, scope->objects, scope->object_count, scope->object_room) =
        (struct member){name, stand_in};
}

/* The text behind a stand-in for bytes, or NULL. */
static const struct value *bytes_of(const struct value *value)
{
    const struct value *handle = value_get(value, STR("$chaosc"));
    const struct value *bytes = handle ? value_get(handle, STR("bytes")) : NULL;
    return bytes && bytes->kind == VALUE_STRING ? bytes : NULL;
}

void scope_configure(struct scope *scope, struct str name, struct value value)
{
    const struct value *bytes = bytes_of(&value);
    if (!bytes)
        set_member(scope, name, value);
    else
        scope_configure_object(
            scope, name, value_string(pytext_bytes(scope->arena, bytes->as.text)), value);
}

struct value scope_for_python(const struct scope *scope, struct arena *arena)
{
    size_t count = scope->configuration_count;
    if (!scope->object_count)
        return scope_configuration(scope);
    struct member *members = ARENA_ARRAY(arena, struct member, count);
    for (size_t i = 0; i < count; i++) {
        members[i] = scope->configuration[i];
        for (size_t k = 0; k < scope->object_count; k++)
            if (str_equal(members[i].key, scope->objects[k].key))
                members[i].value = scope->objects[k].value;
    }
    return (struct value){.kind = VALUE_OBJECT, .as.object = {members, count}};
}

bool scope_opens_vault(struct str key)
{
    return str_is(key, "vault_token") || str_is(key, "vault_role_secret");
}

bool scope_is_empty(const struct scope *scope)
{
    return scope->configuration_count == 0 && scope->secrets.as.object.count == 0;
}

const struct value *scope_lookup(void *context, struct str name)
{
    struct scope *scope = context;
    for (size_t i = 0; i < scope->configuration_count; i++)
        if (str_equal(scope->configuration[i].key, name))
            return &scope->configuration[i].value;
    for (size_t i = 0; i < scope->secrets.as.object.count; i++) {
        const struct value *group = &scope->secrets.as.object.members[i].value;
        const struct value *found = value_get(group, name);
        if (found)
            return found;
        if (group->kind != VALUE_OBJECT) {
            scope->tripped = true;
            return NULL;
        }
    }
    return NULL;
}

bool scope_has_tripped(const struct scope *scope)
{
    union {
        const struct scope *in;
        struct scope *out;
    } own = {scope};
    bool tripped = scope->tripped;
    own.out->tripped = false;
    return tripped;
}

static bool is_known(void *context, struct str text, struct template *template)
{
    const struct scope *scope = context;
    return scope->plan && plan_template(scope->plan, text, template);
}

struct template_source scope_templates(const struct scope *scope)
{
    union {
        const struct scope *in;
        void *out;
    } context = {scope};
    return (struct template_source){scope_lookup, is_known, context.out};
}

struct value scope_substitute(
    const struct scope *scope, struct arena *arena, const struct value *data)
{
    if (!value_truthy(data))
        return *data;
    struct template_source source = scope_templates(scope);
    return template_substitute(arena, data, &source);
}

static bool raise_value_error(struct failure *failure, struct str message)
{
    *failure = (struct failure){
        .kind = FAILURE_EXCEPTION, .class_name = STR("ValueError"), .message = message};
    return false;
}

/* The text with the digits of other scripts as those of ASCII. */
static struct str ascii_digits(struct arena *arena, struct str text)
{
    char *out = arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;
    for (const char *p = text.ptr, *end = p + text.len; p < end;) {
        const char *from = p;
        uint32_t code = utf8_decode(&p, end);
        int digit = code == UTF8_INVALID ? -1 : number_digit(code);
        if (digit >= 0)
            out[len++] = (char)('0' + digit);
        else
            while (from < p)
                out[len++] = *from++;
    }
    out[len] = '\0';
    return (struct str){out, len};
}

/* What int() and float() take around and inside a number: blanks, a plus sign, single underscores.
 */
static struct str plain_number(struct arena *arena, struct str text)
{
    while (text.len && strchr(" \t\n\r\f\v", text.ptr[0]))
        text = str_slice(text.ptr + 1, text.ptr + text.len);
    while (text.len && strchr(" \t\n\r\f\v", text.ptr[text.len - 1]))
        text.len--;
    text = ascii_digits(arena, text);
    char *out = arena_alloc(arena, text.len + 1, 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        bool between = i > 0 && i + 1 < text.len && text.ptr[i - 1] >= '0' &&
                       text.ptr[i - 1] <= '9' && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if ((c == '_' && between) || (c == '+' && i == 0))
            continue;
        out[len++] = c;
    }
    out[len] = '\0';
    return (struct str){out, len};
}

/* Drops zeros in front, which Python's int() takes and JSON does not. */
static struct str without_zeros(struct arena *arena, struct str text)
{
    bool minus = text.len && text.ptr[0] == '-';
    const char *p = text.ptr + minus, *end = text.ptr + text.len;
    while (p + 1 < end && *p == '0')
        p++;
    return minus && *p != '0' ? arena_printf(arena, "-%.*s", (int)(end - p), p) : str_slice(p, end);
}

static bool convert_int(
    struct arena *arena, const struct value *from, struct value *to, struct failure *failure)
{
    *to = (struct value){.kind = VALUE_INT};
    if (from->kind == VALUE_INT || from->kind == VALUE_BOOL) {
        *to = from->kind == VALUE_INT ? *from : value_int(arena, from->as.truth);
        return true;
    }
    if (from->kind == VALUE_REAL) {
        *to = value_int(arena, (long long)trunc(value_to_double(from)));
        return true;
    }
    struct str text = from->kind == VALUE_STRING ? plain_number(arena, from->as.text) : STR("");
    if (!number_is_int(text))
        return raise_value_error(
            failure, from->kind == VALUE_STRING
                         ? arena_printf(arena, "invalid literal for int() with base 10: '%.*s'",
                               STR_ARG(from->as.text))
                         : STR("int() argument must be a string or a number"));
    to->as.text = without_zeros(arena, text);
    return true;
}

/* What float() takes beside numbers, in any case. */
static bool read_not_finite(struct str text, double *number)
{
    bool minus = text.len && text.ptr[0] == '-';
    struct str name = {text.ptr + minus, text.len - minus};
    static const struct {
        struct str name;
        double number;
    } known[] = {
        {STR_INIT("nan"), NAN}, {STR_INIT("inf"), INFINITY}, {STR_INIT("infinity"), INFINITY}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (name.len == known[i].name.len &&
            strncasecmp(name.ptr, known[i].name.ptr, name.len) == 0) {
            *number = minus ? -known[i].number : known[i].number;
            return true;
        }
    return false;
}

static bool convert_float(
    struct arena *arena, const struct value *from, struct value *to, struct failure *failure)
{
    if (from->kind == VALUE_BOOL || from->kind == VALUE_INT || from->kind == VALUE_REAL) {
        *to = value_real(arena, from->kind == VALUE_BOOL ? from->as.truth : value_to_double(from));
        return true;
    }
    struct str text = from->kind == VALUE_STRING ? plain_number(arena, from->as.text) : STR("");
    double number = NAN;
    if (!read_not_finite(text, &number) && isnan(number = number_to_double(text)))
        return raise_value_error(
            failure, from->kind == VALUE_STRING
                         ? arena_printf(arena, "could not convert string to float: '%.*s'",
                               STR_ARG(from->as.text))
                         : STR("float() argument must be a string or a real number"));
    *to = value_real(arena, number);
    return true;
}

static bool convert_bool(
    struct arena *arena, const struct value *from, struct value *to, struct failure *failure)
{
    (void)arena;
    if (from->kind == VALUE_BOOL) {
        *to = *from;
        return true;
    }
    if (from->kind != VALUE_STRING) {
        *failure = (struct failure){.kind = FAILURE_EXCEPTION,
            .class_name = STR("AttributeError"),
            .message = STR("only a string or a boolean can become a bool")};
        return false;
    }
    static const char *const no[] = {"false", "0", "no"};
    bool truth = true;
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (from->as.text.len == strlen(no[i]) &&
            strncasecmp(from->as.text.ptr, no[i], from->as.text.len) == 0)
            truth = false;
    *to = value_bool(truth);
    return true;
}

static bool convert_json(
    struct arena *arena, const struct value *from, struct value *to, struct failure *failure)
{
    *to = *from;
    if (from->kind != VALUE_STRING || from->as.text.len == 0)
        return true;
    struct json_failure why;
    struct str text = arena_str(arena, from->as.text);
    if (json_parse(arena, text,
            &(struct json_options){.allow_not_finite = true, .merge_keys = true}, to, &why))
        return true;
    *failure = (struct failure){.kind = FAILURE_EXCEPTION,
        .class_name = STR("json.decoder.JSONDecodeError"),
        .message = arena_printf(arena, "%s (byte %zu)", json_error_text(why.error), why.offset)};
    return false;
}

static bool convert_bytes(
    struct arena *arena, const struct value *from, struct value *to, struct failure *failure)
{
    struct member *inner = ARENA_NEW(arena, struct member),
                  *outer = ARENA_NEW(arena, struct member);
    if (from->kind != VALUE_STRING) {
        *failure = (struct failure){.kind = FAILURE_EXCEPTION,
            .class_name = STR("AttributeError"),
            .message = STR("only a string can become bytes")};
        return false;
    }
    *inner = (struct member){STR("bytes"), *from};
    *outer = (struct member){STR("$chaosc"), {.kind = VALUE_OBJECT, .as.object = {inner, 1}}};
    *to = (struct value){.kind = VALUE_OBJECT, .as.object = {outer, 1}};
    return true;
}

bool scope_convert(struct arena *arena, struct str type, const struct value *from, struct value *to,
    struct failure *failure)
{
    *to = *from;
    if (!type.ptr || str_is(type, "str") || str_is(type, "string"))
        return true;
    if (str_is(type, "bytes"))
        return convert_bytes(arena, from, to, failure);
    if (str_is(type, "int") || str_is(type, "integer"))
        return convert_int(arena, from, to, failure);
    if (str_is(type, "float") || str_is(type, "number"))
        return convert_float(arena, from, to, failure);
    if (str_is(type, "bool"))
        return convert_bool(arena, from, to, failure);
    if (str_is(type, "json"))
        return convert_json(arena, from, to, failure);
    return raise_value_error(
        failure, STR("variable type can only be: bool, str, int, float, bytes or json"));
}
