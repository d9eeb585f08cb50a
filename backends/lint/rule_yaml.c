/* Rules about what YAML 1.1 makes of plain words: read as Chaos Toolkit reads them, not as they look.
 * Only places that the writer fills freely count: a field that wants a boolean may be written `no`. */
#include "backends/lint/lint.h"

static void report(struct lint *lint, const struct doc_node *node)
{
    struct str text = source_slice(lint->source, node->span);
    switch ((enum doc_trap)node->trap) {
    case DOC_TRAP_BOOL:
        lint_add(lint, W801, node->span,
            "`%.*s` is the boolean %s in YAML 1.1, which Chaos Toolkit reads: quote it if it is a "
            "word",
            STR_ARG(text), node->as.truth ? "true" : "false");
        break;
    case DOC_TRAP_SEXAGESIMAL:
        lint_add(lint, W802, node->span,
            "`%.*s` is the number %.*s in YAML 1.1, in base 60: quote it if it is a time or an "
            "address",
            STR_ARG(text), STR_ARG(node->as.text));
        break;
    case DOC_TRAP_OCTAL:
        lint_add(lint, W803, node->span,
            "`%.*s` is the number %.*s in YAML 1.1, in base 8: quote it, or drop the zero",
            STR_ARG(text), STR_ARG(node->as.text));
        break;
    case DOC_TRAP_UNDERSCORE:
        lint_add(lint, W804, node->span,
            "`%.*s` is the number %.*s in YAML 1.1: quote it if it is a name", STR_ARG(text),
            STR_ARG(node->as.text));
        break;
    case DOC_TRAP_EXPONENT:
        lint_add(lint, W805, node->span,
            "`%.*s` is a string in YAML 1.1, where a number needs a dot and a sign: 1.0e+3",
            STR_ARG(text));
        break;
    case DOC_TRAP_NONE:
    case DOC_TRAP_DATE:
    case DOC_TRAP_NULL:
        break;
    }
}

/* Everything in a value that is free-form. `as_text`: a word may stand here, so booleans are looked at. */
static void check_value(struct lint *lint, const struct doc_node *node, bool as_text)
{
    if (!node || node->aliased)
        return;
    if (node->trap != DOC_TRAP_NONE && (node->trap != DOC_TRAP_BOOL || as_text))
        report(lint, node);
    if (node->kind == DOC_ARRAY)
        for (size_t i = 0; i < node->as.array.count; i++)
            check_value(lint, node->as.array.items[i], as_text);
    if (node->kind == DOC_OBJECT)
        for (size_t i = 0; i < node->as.object.count; i++)
            if (!node->as.object.members[i].merged)
                check_value(lint, node->as.object.members[i].value, as_text);
}

/* A boolean is as likely meant as a word where a known function takes one, or where nothing is known. */
static bool takes_boolean(const struct signature *signature, struct str argument)
{
    const struct signature_argument *row =
        signature ? signature_argument(signature, argument) : NULL;
    return row && (row->type & TYPE_BOOLEAN);
}

static void check_activity(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (lint->ir->doc->notation != DOC_YAML || !provider)
        return;
    const struct signature *signature = look_signature(lint, provider);
    const struct doc_node *arguments = provider->arguments;
    if (arguments && arguments->kind == DOC_OBJECT && provider->kind == IR_PYTHON)
        for (size_t i = 0; i < arguments->as.object.count; i++) {
            const struct doc_member *member = &arguments->as.object.members[i];
            check_value(lint, member->value, signature && !takes_boolean(signature, member->key));
        }
    else
        check_value(lint, arguments, provider->kind == IR_PROCESS);
    check_value(lint, provider->timeout, true);
    check_value(lint, activity->pause_before, true);
    check_value(lint, activity->pause_after, true);
    if (provider->kind == IR_HTTP)
        check_value(lint, provider->as.http.headers, true);
    if (activity->tolerance && activity->block == IR_IN_HYPOTHESIS)
        check_value(lint, activity->tolerance->node, false);
}

static void check_config(struct lint *lint, const struct ir_config *config)
{
    if (lint->ir->doc->notation != DOC_YAML)
        return;
    check_value(lint, config->kind == IR_SOURCE_INLINE ? config->node : config->fallback, true);
}

static void check_secret(
    struct lint *lint, const struct ir_secret *secret, const struct ir_secret *group)
{
    (void)group;
    if (lint->ir->doc->notation == DOC_YAML && secret->kind == IR_SOURCE_INLINE)
        check_value(lint, secret->node, true);
}

static const struct lint_rule rules[] = {
    {.activity = check_activity, .config = check_config, .secret = check_secret},
};
const struct lint_group lint_yaml = LINT_GROUP(rules);
