#include "backends/lint/driver_call.h"

#include <stdio.h>

static bool is_text(const struct doc_node *node)
{
    return node && node->kind == DOC_STRING;
}

static const struct signature_package *find_package(
    const struct driver_context *context, struct str module)
{
    for (size_t i = 0; i < context->extra_count; i++)
        if (signature_has_module(context->extra[i], module))
            return context->extra[i];
    return signature_package(module);
}

const struct signature *driver_find(const struct driver_context *context,
    const struct doc_node *module, const struct doc_node *function)
{
    if (!is_text(module) || !is_text(function))
        return NULL;
    const struct signature_package *package = find_package(context, module->as.text);
    return package ? signature_find(package, module->as.text, function->as.text) : NULL;
}

/* "chaostoolkit-kubernetes 0.39.0": what the call was judged against. */
static struct str judged_by(
    const struct driver_context *context, const struct signature_package *package)
{
    return arena_printf(&context->bag->arena, "%s %s", package->distribution, package->version);
}

/* The text that puts `name` where `span` is, in the same quotes. */
static struct str requoted(const struct driver_context *context, struct span span, struct str name)
{
    struct str old = source_slice(context->source, span);
    char quote = old.len > 1 && (old.ptr[0] == '"' || old.ptr[0] == '\'') ? old.ptr[0] : '\0';
    if (!quote)
        return name;
    return arena_printf(&context->bag->arena, "%c%.*s%c", quote, STR_ARG(name), quote);
}

static void offer_rename(const struct driver_context *context, struct diag *diag, struct span span,
    struct str old, struct str name)
{
    /* One slip of the finger is evidently meant; further off, somebody should look. */
    enum diag_applicability applicability =
        str_distance(old, name, 1) <= 1 ? DIAG_SAFE : DIAG_UNSAFE;
    struct diag_fix *fix =
        diag_fix(context->bag, diag, applicability, "rename to `%.*s`", STR_ARG(name));
    diag_edit(context->bag, fix, span, requoted(context, span, name));
}

static struct str nearest_module(const struct signature_package *package, struct str module)
{
    struct str best = {0};
    unsigned best_distance = 4;
    for (size_t i = 0; i < package->function_count; i++) {
        struct str name = str_from(package->functions[i].module);
        unsigned distance = str_distance(module, name, 3);
        if (distance < best_distance) {
            best_distance = distance;
            best = name;
        }
    }
    return best;
}

static void report_module(const struct driver_context *context, const struct driver_call *call,
    const struct signature_package *package)
{
    char buffer[256];
    struct str module = call->module->as.text;
    struct str function = is_text(call->function) ? call->function->as.text : STR("control");
    struct str judge = judged_by(context, package);
    const char *moved = signature_renamed(package, module, function, buffer);
    struct diag *diag = diag_add(context->bag, context->source, DIAG_W501, call->module->span,
        "%.*s has no module `%.*s`: %s", STR_ARG(judge), STR_ARG(module),
        call->use == DRIVER_CONTROL ? "the control would silently do nothing"
                                    : "the import would fail");
    if (moved) {
        diag_help(context->bag, diag, "it was renamed: call `%s`", moved);
        return;
    }
    struct str near = nearest_module(package, module);
    if (near.len)
        offer_rename(context, diag, call->module->span, module, near);
}

static void report_function(const struct driver_context *context, const struct driver_call *call,
    const struct signature_package *package)
{
    char buffer[256];
    struct str module = call->module->as.text, function = call->function->as.text;
    struct str judge = judged_by(context, package);
    const char *moved = signature_renamed(package, module, function, buffer);
    const struct signature *near = moved ? NULL : signature_nearest(package, module, function);
    struct diag *diag = diag_add(context->bag, context->source, DIAG_W502, call->function->span,
        "`%.*s` has no function `%.*s` in %.*s: the activity would fail when it is reached",
        STR_ARG(module), STR_ARG(function), STR_ARG(judge));
    if (moved)
        diag_help(context->bag, diag, "it was renamed: call `%s`", moved);
    else if (near && str_equal(str_from(near->module), module))
        offer_rename(context, diag, call->function->span, function, str_from(near->function));
    else if (near)
        diag_help(context->bag, diag, "did you mean `%s.%s`?", near->module, near->function);
}

static void check_use(const struct driver_context *context, const struct driver_call *call,
    const struct signature *signature)
{
    static const char *const kinds[] = {
        "an action", "a probe", "a tolerance", "a control", "a notification", "a helper"};
    const char *used = NULL;
    const char *consequence = "";
    if (call->use == DRIVER_PROBE && signature->kind == SIGNATURE_ACTION) {
        used = "a probe";
        consequence = ": it changes the system where only looking was meant";
    } else if (call->use == DRIVER_ACTION && signature->kind == SIGNATURE_PROBE) {
        used = "an action";
        consequence = ": it only looks, so nothing would be injected";
    } else if (call->use == DRIVER_TOLERANCE && signature->kind == SIGNATURE_ACTION) {
        used = "a tolerance";
        consequence = ": it changes the system where a result should be judged";
    }
    if (used)
        diag_add(context->bag, context->source, DIAG_W503, call->function->span,
            "`%s` is %s but is used as %s%s", signature->function, kinds[signature->kind], used,
            consequence);
}

static struct str nearest_argument(const struct signature *signature, struct str name)
{
    struct str best = {0};
    unsigned best_distance = 4;
    for (size_t i = 0; i < signature->argument_count; i++) {
        struct str candidate = str_from(signature->arguments[i].name);
        unsigned distance = str_distance(name, candidate, 3);
        bool part = name.len > 3 && (str_starts(candidate, name) || str_starts(name, candidate));
        if (part && distance > 3)
            distance = 3;
        if (!(signature->arguments[i].flags & ARGUMENT_INJECTED) && distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

static void report_argument(const struct driver_context *context, const struct driver_call *call,
    const struct signature *signature, const struct doc_member *given)
{
    struct str judge = judged_by(context, find_package(context, call->module->as.text));
    struct diag *diag = diag_add(context->bag, context->source, DIAG_W504, given->key_span,
        "`%s` takes no argument `%.*s` in %.*s: the call would fail", signature->function,
        STR_ARG(given->key), STR_ARG(judge));
    struct str near = nearest_argument(signature, given->key);
    if (near.len && !doc_get(call->arguments, near)) {
        offer_rename(context, diag, given->key_span, given->key, near);
        return;
    }
    struct buf list = {0};
    for (size_t i = 0; i < signature->argument_count; i++)
        if (!(signature->arguments[i].flags & ARGUMENT_INJECTED))
            buf_printf(&list, "%s`%s`", list.len ? ", " : "", signature->arguments[i].name);
    diag_help(context->bag, diag, list.len ? "it takes %s" : "it takes none%s",
        list.len ? list.data : "");
    buf_free(&list);
}

static void check_choice(const struct driver_context *context,
    const struct signature_argument *argument, const struct doc_node *value)
{
    if (!argument->choices || !is_text(value) ||
        memchr(value->as.text.ptr, '$', value->as.text.len))
        return;
    struct buf list = {0};
    for (size_t i = 0; argument->choices[i]; i++) {
        if (str_equal(str_from(argument->choices[i]), value->as.text)) {
            buf_free(&list);
            return;
        }
        buf_printf(&list, "%s`%s`", i ? ", " : "", argument->choices[i]);
    }
    struct diag *diag = diag_add(context->bag, context->source, DIAG_W506, value->span,
        "`%s` takes one of a few words and `%.*s` is none of them", argument->name,
        STR_ARG(value->as.text));
    diag_help(context->bag, diag, "it takes %s", list.data);
    buf_free(&list);
}

static void check_type(const struct driver_context *context, const struct signature *signature,
    const struct signature_argument *argument, const struct doc_node *value)
{
    type_set given = context->type_of(context->type_context, value);
    /* null stands for "not given" in many experiments, and the extensions' annotations rarely say
     * so. */
    if (given == TYPE_NULL || type_may_be(given, argument->type)) {
        check_choice(context, argument, value);
        return;
    }
    /* Lists and mappings are annotated for each other: what the code does with them counts. */
    type_set nested = TYPE_ARRAY | TYPE_OBJECT;
    if ((given & nested) && (argument->type & nested))
        return;
    struct buf wanted = {0}, got = {0};
    type_describe(&wanted, argument->type);
    type_describe(&got, given);
    diag_add(context->bag, context->source, DIAG_W506, value->span,
        "`%s` of `%s` takes %s, not %s: the extension checks nothing and would fail or act on the "
        "wrong value",
        argument->name, signature->function, wanted.data, got.data);
    buf_free(&wanted);
    buf_free(&got);
}

static void check_given(const struct driver_context *context, const struct driver_call *call,
    const struct signature *signature)
{
    if (!call->arguments || call->arguments->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < call->arguments->as.object.count; i++) {
        const struct doc_member *given = &call->arguments->as.object.members[i];
        const struct signature_argument *argument = signature_argument(signature, given->key);
        if (given->repeated)
            continue;
        if (argument && !(argument->flags & (ARGUMENT_EXTRA_NAMED | ARGUMENT_EXTRA_PLACED)))
            check_type(context, signature, argument, given->value);
        else if (!signature_takes_any(signature) &&
                 !(call->use == DRIVER_TOLERANCE && str_is(given->key, "value")))
            report_argument(context, call, signature, given);
    }
}

static void check_missing(const struct driver_context *context, const struct driver_call *call,
    const struct signature *signature)
{
    struct buf list = {0};
    size_t missing = 0;
    for (size_t i = 0; i < signature->argument_count; i++) {
        const struct signature_argument *argument = &signature->arguments[i];
        struct str name = str_from(argument->name);
        if (!(argument->flags & ARGUMENT_REQUIRED) || doc_get(call->arguments, name))
            continue;
        /* The engine hands the probe's result to a tolerance as `value`. */
        if (call->use == DRIVER_TOLERANCE && str_is(name, "value"))
            continue;
        buf_printf(&list, "%s`%s`", missing++ ? ", " : "", argument->name);
    }
    if (missing)
        diag_add(context->bag, context->source, DIAG_W505, call->function->span,
            "`%s` needs the argument%s %s: the call would fail when it is reached",
            signature->function, missing > 1 ? "s" : "", list.data);
    buf_free(&list);
}

static const struct signature *judge(const struct driver_context *context,
    const struct driver_call *call, const struct signature_package *package)
{
    if (!signature_has_module(package, call->module->as.text)) {
        report_module(context, call, package);
        return NULL;
    }
    if (call->use == DRIVER_CONTROL || !is_text(call->function))
        return NULL;
    const struct signature *signature =
        signature_find(package, call->module->as.text, call->function->as.text);
    if (!signature) {
        report_function(context, call, package);
        return NULL;
    }
    check_use(context, call, signature);
    bool unreadable = call->arguments && call->arguments->kind != DOC_OBJECT;
    if (!unreadable) {
        check_given(context, call, signature);
        check_missing(context, call, signature);
    }
    if (call->secrets && !signature_argument(signature, STR("secrets")) &&
        !signature_takes_any(signature))
        diag_add(context->bag, context->source, DIAG_W507, call->secrets->span,
            "`%s` takes no secrets: they would not be passed", signature->function);
    if (signature->deprecated)
        diag_add(context->bag, context->source, DIAG_I508, call->function->span,
            "`%s.%s` is deprecated in %.*s", signature->module, signature->function,
            STR_ARG(judged_by(context, package)));
    return signature;
}

/* True if the table describes the version that the project pins: "0.26" stands for every 0.26.x. */
static bool is_pinned(const struct driver_context *context, const struct signature_package *package)
{
    struct str version = str_from(package->version);
    for (size_t i = 0; i < context->pin_count; i++) {
        const struct driver_pin *pin = &context->pins[i];
        if (!str_equal(pin->package, str_from(package->distribution)) &&
            !str_equal(pin->package, str_from(package->package)))
            continue;
        return pin->version.len && str_starts(version, pin->version) &&
               (version.len == pin->version.len || version.ptr[pin->version.len] == '.');
    }
    return false;
}

const struct signature *driver_check_call(
    const struct driver_context *context, const struct driver_call *call)
{
    if (!is_text(call->module) || memchr(call->module->as.text.ptr, '$', call->module->as.text.len))
        return NULL;
    const struct signature_package *package = find_package(context, call->module->as.text);
    if (!package)
        return NULL;
    size_t before = context->bag->count;
    const struct signature *signature = judge(context, call, package);
    if (is_pinned(context, package))
        for (size_t i = before; i < context->bag->count; i++)
            if (context->bag->items[i]->level == DIAG_WARNING)
                context->bag->items[i]->level = DIAG_ERROR;
    return signature;
}
