#include "ir/check.h"

#include <ctype.h>

#include "runtime/base/number.h"

static void check_negative(struct check *c, const struct doc_node *node, const char *what)
{
    if (node && (node->kind == DOC_INT || node->kind == DOC_REAL) &&
        number_compare(node->as.text, STR("0")) < 0)
        check_add(c, E312, node->span, "%s must not be negative: the activity fails", what);
}

/* requests takes one number, or a pair of connect and read. */
static void check_http_timeout(struct check *c, const struct doc_node *node)
{
    check_negative(c, node, "a timeout");
    if (!node || node->kind != DOC_ARRAY)
        return;
    if (node->as.array.count != 2) {
        check_add(c, E206, node->span,
            "a `timeout` that is a list must be a pair, to connect and to read, not %zu items: the "
            "run is aborted in the middle",
            node->as.array.count);
        return;
    }
    for (size_t i = 0; i < 2; i++) {
        const struct doc_node *item = node->as.array.items[i];
        type_set type = check_type_of(item);
        check_negative(c, item, "a timeout");
        if (!(type & (TYPE_NUMBER | TYPE_NULL)) && item->kind != DOC_STRING)
            check_add(c, E206, item->span,
                "a timeout must be a number, not %s: the run is aborted in the middle",
                doc_kind_name((enum doc_kind)item->kind));
    }
}

/* Whether the text starts with a scheme that the engine's HTTP client takes, which drops blanks in
 * front; what starts with a variable may. */
static void check_url(struct check *c, struct ir_string url)
{
    struct str text = url.text;
    while (ir_is_text(url) && text.len && isspace((unsigned char)text.ptr[0]))
        text = str_slice(text.ptr + 1, text.ptr + text.len);
    if (!ir_is_text(url) || text.len == 0 || text.ptr[0] == '$')
        return;
    const char *at = memmem(text.ptr, text.len, "://", 3);
    struct str scheme = at ? str_slice(text.ptr, at) : (struct str){"", 0};
    if (scheme.len > 0 && memchr(scheme.ptr, '$', scheme.len))
        return;
    if (scheme.len == 4 && strncasecmp(scheme.ptr, "http", 4) == 0)
        return;
    if (scheme.len == 5 && strncasecmp(scheme.ptr, "https", 5) == 0)
        return;
    if (scheme.len == 0)
        check_add(c, E313, url.node->span,
            "the URL has no scheme such as `http://`: the run is aborted in the middle");
    else
        check_add(c, E313, span_make(url.node->span.lo, url.node->span.hi),
            "the URL's scheme `%.*s` is neither `http` nor `https`: the run is aborted in the "
            "middle",
            STR_ARG(scheme));
}

static void check_method(struct check *c, struct ir_string method)
{
    static const char *const methods[] = {
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", NULL};
    if (!ir_is_text(method) || method.text.len == 0 ||
        memchr(method.text.ptr, '$', method.text.len))
        return;
    for (size_t i = 0; methods[i]; i++)
        if (method.text.len == strlen(methods[i]) &&
            strncasecmp(method.text.ptr, methods[i], method.text.len) == 0)
            return;
    const char *near = schema_nearest_choice(methods, method.text);
    if (!near)
        return;
    struct diag *d = check_add(c, E208, method.node->span,
        "`%.*s` is no HTTP method: the server refuses the request, or takes it for something else",
        STR_ARG(method.text));
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_SAFE, "write `%s`", near);
    check_edit_text(c, fix, method.node, str_from(near));
}

static void build_http(struct check *c, const struct fields *f, struct ir_provider *out)
{
    out->as.http.url = check_string(FIELD_MEMBER(f, HTTP, URL));
    out->as.http.method = check_string(FIELD_MEMBER(f, HTTP, METHOD));
    out->as.http.headers = FIELD_VALUE(f, HTTP, HEADERS);
    out->as.http.verify_tls = FIELD_VALUE(f, HTTP, VERIFY_TLS);
    out->as.http.max_retries = FIELD_VALUE(f, HTTP, MAX_RETRIES);
    out->as.http.expected_status = FIELD_VALUE(f, HTTP, EXPECTED_STATUS);
    out->arguments = FIELD_VALUE(f, HTTP, ARGUMENTS);
    out->timeout = FIELD_VALUE(f, HTTP, TIMEOUT);
    out->secrets = FIELD_VALUE(f, HTTP, SECRETS);
    check_url(c, out->as.http.url);
    check_method(c, out->as.http.method);
    check_http_timeout(c, out->timeout);
    const struct doc_member *status = FIELD_MEMBER(f, HTTP, EXPECTED_STATUS);
    if (status) {
        struct diag *d = check_add(c, W213, status->key_span,
            "Chaos Toolkit ignores `expected_status` of %.*s: any status counts as success there, "
            "and only "
            "chaosc looks at it",
            STR_ARG(check_subject(c, f)));
        diag_help(c->bag, d, "in the hypothesis, a `tolerance` states the expected status");
    }
    names_note(c, out->as.http.url.node, IR_USE_URL);
    names_note(c, out->as.http.method.node, IR_USE_NEVER);
    names_note(c, out->as.http.headers, IR_USE_HEADERS);
    names_note(c, out->arguments, IR_USE_ARGUMENTS);
    names_note(c, out->timeout, IR_USE_TIMEOUT);
}

static void build_process(struct check *c, const struct fields *f, struct ir_provider *out)
{
    out->as.process.path = check_string(FIELD_MEMBER(f, PROCESS, PATH));
    out->arguments = FIELD_VALUE(f, PROCESS, ARGUMENTS);
    out->timeout = FIELD_VALUE(f, PROCESS, TIMEOUT);
    out->secrets = FIELD_VALUE(f, PROCESS, SECRETS);
    check_negative(c, out->timeout, "a timeout");
    names_note(c, out->as.process.path.node, IR_USE_NEVER);
    names_note(c, out->arguments, IR_USE_ARGUMENTS);
}

static void build_python(struct check *c, const struct fields *f, struct ir_provider *out)
{
    out->as.python.module = check_string(FIELD_MEMBER(f, PYTHON, MODULE));
    out->as.python.function = check_string(FIELD_MEMBER(f, PYTHON, FUNC));
    out->arguments = FIELD_VALUE(f, PYTHON, ARGUMENTS);
    out->timeout = FIELD_VALUE(f, PYTHON, TIMEOUT);
    out->secrets = FIELD_VALUE(f, PYTHON, SECRETS);
    const struct doc_member *timeout = FIELD_MEMBER(f, PYTHON, TIMEOUT);
    if (timeout && timeout->value->kind != DOC_NULL)
        check_add(c, W213, timeout->key_span,
            "`timeout` has no effect on %.*s: only HTTP and process providers have one",
            STR_ARG(check_subject(c, f)));
    names_note(c, out->as.python.module.node, IR_USE_NEVER);
    names_note(c, out->as.python.function.node, IR_USE_NEVER);
    names_note(c, out->arguments, IR_USE_ARGUMENTS);
}

static void build_secret_names(struct check *c, struct ir_provider *out)
{
    const struct doc_node *secrets = out->secrets;
    if (!secrets)
        return;
    if (secrets->kind == DOC_ARRAY) {
        out->secret_names = (struct ir_nodes){
            (const struct doc_node *const *)secrets->as.array.items, secrets->as.array.count};
    } else if (secrets->kind == DOC_STRING) {
        const struct doc_node **one = ARENA_ARRAY(c->arena, const struct doc_node *, 1);
        one[0] = secrets;
        out->secret_names = (struct ir_nodes){one, 1};
    }
    for (size_t i = 0; secrets->kind == DOC_ARRAY && i < out->secret_names.count; i++) {
        const struct doc_node *name = out->secret_names.items[i];
        if (!(check_type_of(name) & TYPE_STRING))
            check_add(c, E206, name->span,
                "the name of a group of secrets must be a string, not %s",
                doc_kind_name((enum doc_kind)name->kind));
    }
}

const struct ir_provider *check_provider(
    struct check *c, const struct doc_node *node, const struct ir_activity *activity)
{
    if (!node)
        return NULL;
    struct ir_provider *out = ARENA_NEW(c->arena, struct ir_provider);
    struct fields fields;
    out->node = node;
    if (node->kind != DOC_OBJECT || node->as.object.count == 0)
        return out;
    const struct doc_member *type = doc_member(node, STR("type"));
    out->type = check_string(type);
    struct str name = activity->name.text;
    if (str_is(out->type.text, "http")) {
        out->kind = IR_HTTP;
        check_fields(c, SCHEMA_KIND_HTTP, node, name, &fields);
        build_http(c, &fields, out);
    } else if (str_is(out->type.text, "process")) {
        out->kind = IR_PROCESS;
        check_fields(c, SCHEMA_KIND_PROCESS, node, name, &fields);
        build_process(c, &fields, out);
    } else if (str_is(out->type.text, "python")) {
        out->kind = IR_PYTHON;
        check_fields(c, SCHEMA_KIND_PYTHON, node, name, &fields);
        build_python(c, &fields, out);
    } else {
        /* Which keys belong here depends on the type: only the type is judged. */
        struct doc_node only_type = *node;
        struct doc_member member;
        only_type.as.object.count = type ? 1 : 0;
        if (type) {
            member = *type;
            only_type.as.object.members = &member;
        }
        check_fields(c, SCHEMA_KIND_PROVIDER, &only_type, name, &fields);
    }
    build_secret_names(c, out);
    return out;
}
