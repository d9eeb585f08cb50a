/* Rules about what known actions act on: what they select, and what undoes them. */
#include "backends/lint/lint.h"

/* An argument that chooses: given, and neither null nor empty. */
static bool is_given(const struct ir_provider *provider, struct str argument)
{
    const struct doc_node *value = doc_get(provider->arguments, argument);
    return value && doc_truthy(value);
}

static struct str next_word(struct str *words)
{
    while (words->len > 0 && words->ptr[0] == ' ') {
        words->ptr++;
        words->len--;
    }
    const char *blank = memchr(words->ptr, ' ', words->len);
    struct str word = blank ? str_slice(words->ptr, blank) : *words;
    words->ptr += word.len;
    words->len -= word.len;
    return word;
}

/* The namespace narrows, but a whole namespace is what nobody means to delete. */
static bool is_namespace(struct str argument)
{
    return str_is(argument, "ns") || str_is(argument, "namespace");
}

static bool selects_something(const struct signature *signature, const struct ir_provider *provider)
{
    struct str words = str_from(signature->selectors);
    for (struct str word = next_word(&words); word.len > 0; word = next_word(&words))
        if (!is_namespace(word) && is_given(provider, word))
            return true;
    return false;
}

static bool has_choice_but_namespace(const struct signature *signature)
{
    struct str words = str_from(signature->selectors);
    for (struct str word = next_word(&words); word.len > 0; word = next_word(&words))
        if (!is_namespace(word))
            return true;
    return false;
}

/* W520, W521: a destructive Kubernetes action on everything, or in the namespace nobody named. */
static void check_selectors(struct lint *lint, const struct ir_activity *activity)
{
    const struct signature *signature = look_signature(lint, activity->provider);
    if (!signature || signature->effect != EFFECT_DESTROYS || !signature->selectors ||
        !str_starts(str_from(signature->module), STR("chaosk8s.")))
        return;
    const struct ir_provider *provider = activity->provider;
    struct span span = provider->as.python.function.node->span;
    if (has_choice_but_namespace(signature) && !selects_something(signature, provider) &&
        !is_given(provider, STR("all"))) {
        struct diag *d = lint_add(lint, W520, span,
            "`%s` selects by nothing: the action `%.*s` acts on whatever there is",
            signature->function, STR_ARG(activity->name.text));
        diag_help(lint->bag, d, "it selects by %s", signature->selectors);
        return;
    }
    const struct signature_argument *ns = signature_argument(signature, STR("ns"));
    if (ns && ns->fallback && strcmp(ns->fallback, "\"default\"") == 0 &&
        !doc_get(provider->arguments, STR("ns")))
        lint_add(lint, W521, span,
            "no `ns` is given, so the action `%.*s` acts in the namespace `default`",
            STR_ARG(activity->name.text));
}

/* ---- inverses ---- */

static bool is_call_of(const struct ir_provider *provider, const char *qualified)
{
    if (!provider || provider->kind != IR_PYTHON)
        return false;
    struct str name = str_from(qualified);
    const char *dot = memrchr(name.ptr, '.', name.len);
    return dot && str_equal(provider->as.python.module.text, str_slice(name.ptr, dot)) &&
           str_equal(provider->as.python.function.text, str_slice(dot + 1, name.ptr + name.len));
}

static const struct ir_activity *played(const struct ir_activity *activity)
{
    return activity->target ? activity->target : activity;
}

/* The first selecting argument that both calls give with different values, or an empty name. */
static struct str differing_target(const struct signature *signature,
    const struct ir_provider *action, const struct ir_provider *rollback)
{
    struct str words = str_from(signature->selectors);
    for (struct str word = next_word(&words); word.len > 0; word = next_word(&words)) {
        const struct doc_node *a = doc_get(action->arguments, word);
        const struct doc_node *b = doc_get(rollback->arguments, word);
        if (a && b && !doc_equal(a, b))
            return word;
    }
    return (struct str){"", 0};
}

/* W605: the rollbacks undo what the action did, but all of them do it to something else. */
static void check_targets(
    struct lint *lint, const struct ir_activity *action, const struct signature *signature)
{
    const struct ir_experiment *experiment = lint->experiment;
    const struct ir_activity *other = NULL;
    struct str argument = {"", 0};
    for (size_t i = 0; i < experiment->rollbacks.count; i++) {
        const struct ir_activity *rollback = played(&experiment->rollbacks.items[i]);
        if (!is_call_of(rollback->provider, signature->inverse))
            continue;
        struct str differs = signature->selectors
                                 ? differing_target(signature, action->provider, rollback->provider)
                                 : (struct str){"", 0};
        if (differs.len == 0)
            return;
        other = rollback;
        argument = differs;
    }
    if (!other)
        return;
    const struct doc_member *there = doc_member(other->provider->arguments, argument);
    const struct doc_member *here = doc_member(action->provider->arguments, argument);
    struct diag *d = lint_add(lint, W605, there->value->span,
        "the rollback `%.*s` undoes `%.*s` on another target: its `%.*s` differs, so what the "
        "action changed stays changed",
        STR_ARG(other->name.text), STR_ARG(action->name.text), STR_ARG(argument));
    diag_relate(lint->bag, d, here->value->span, "the action acts on this one");
}

/* True if a rollback calls `inverse`, or an activity of the method behind this one does. */
static bool is_undone(
    const struct lint *lint, const char *inverse, const struct ir_activity *activity)
{
    if (map_get(&lint->rollback_calls, str_from(inverse)))
        return true;
    const struct ir_activity *last = map_get(&lint->method_calls, str_from(inverse));
    return last && last->index > activity->index;
}

static void check_inverse(struct lint *lint, const struct ir_activity *activity)
{
    if (activity->block != IR_IN_METHOD || activity->kind != IR_ACTION)
        return;
    const struct signature *signature = look_signature(lint, activity->provider);
    if (!signature || !signature->inverse)
        return;
    if (!is_undone(lint, signature->inverse, activity)) {
        lint_add(lint, I606, activity->provider->as.python.function.node->span,
            "nothing undoes the action `%.*s`: no rollback calls `%s`",
            STR_ARG(activity->name.text), signature->inverse);
        return;
    }
    check_targets(lint, activity, signature);
}

static const struct lint_rule rules[] = {
    {.activity = check_selectors},
    {.activity = check_inverse},
};
const struct lint_group lint_target = LINT_GROUP(rules);
