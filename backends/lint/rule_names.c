/* Rules about names: groups of secrets, shadows, what is declared and not used. */
#include "backends/lint/lint.h"

#include "runtime/base/map.h"
#include "schema/schema.h"

static const struct ir_secret *nearest_group(struct lint *lint, struct str name)
{
    enum { MOST_LOOKED_FOR = 100 };
    const struct ir_experiment *experiment = lint->experiment;
    if (lint->near_groups >= MOST_LOOKED_FOR)
        return NULL;
    lint->near_groups++;
    for (size_t i = 0; i < experiment->secret_count; i++)
        if (str_distance(experiment->secrets[i].name, name, 2) <= schema_slip_limit(name))
            return &experiment->secrets[i];
    return NULL;
}

/* W408: the function gets an empty group. */
static void check_groups(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (!provider || provider->kind != IR_PYTHON || !provider->secrets ||
        provider->secrets->kind != DOC_ARRAY)
        return;
    for (size_t i = 0; i < provider->secret_names.count; i++) {
        const struct doc_node *name = provider->secret_names.items[i];
        if (name->kind != DOC_STRING || map_get(&lint->secret_groups, name->as.text))
            continue;
        struct diag *d = lint_add(lint, W408, name->span,
            "no group of secrets is named `%.*s`: `%.*s` gets nothing from it",
            STR_ARG(name->as.text), STR_ARG(activity->name.text));
        if (lint->experiment->has_controls)
            d->level = DIAG_INFO;
        const struct ir_secret *near = nearest_group(lint, name->as.text);
        if (near)
            diag_help(lint->bag, d, "did you mean `%.*s`?", STR_ARG(near->name));
    }
}

/* W409: templates look into the configuration first. */
static void check_shadows(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    struct map configuration;
    map_init(&configuration, &lint->bag->arena);
    for (size_t i = 0; experiment->secret_count && i < experiment->config_count; i++)
        map_add(&configuration, experiment->configuration[i].name,
            (void *)(uintptr_t)&experiment->configuration[i]);
    for (size_t g = 0; g < experiment->secret_count; g++) {
        const struct ir_secret *group = &experiment->secrets[g];
        for (size_t i = 0; i < group->count; i++) {
            const struct ir_secret *secret = &group->items[i];
            const struct ir_config *config = map_get(&configuration, secret->name);
            if (!config)
                continue;
            struct diag *d = lint_add(lint, W409, config->name_span,
                "the configuration's `%.*s` hides the secret of that name in the group `%.*s`: "
                "`${%.*s}` is the configuration's",
                STR_ARG(config->name), STR_ARG(group->name), STR_ARG(config->name));
            diag_relate(lint->bag, d, secret->name_span, "the secret is declared here");
        }
    }
}

/* I403: journals and logs cannot tell them apart. */
static void check_duplicates(struct lint *lint)
{
    const struct ir_activities *method = &lint->experiment->method;
    struct map names;
    map_init(&names, &lint->bag->arena);
    for (size_t i = 0; i < method->count; i++) {
        const struct ir_activity *activity = &method->items[i];
        if (activity->kind == IR_REF || activity->name.text.len == 0)
            continue;
        const struct ir_activity *first =
            map_add(&names, activity->name.text, (void *)(uintptr_t)activity);
        if (first == activity)
            continue;
        struct diag *d = lint_add(lint, I403, activity->name.node->span,
            "another activity of the method is named `%.*s`: logs and journal cannot tell them "
            "apart",
            STR_ARG(activity->name.text));
        diag_relate(lint->bag, d, first->name.node->span, "first named here");
    }
}

/* Settings that the engine or extensions read by themselves. */
static bool is_implicit(struct str name)
{
    static const struct str prefixes[] = {STR_INIT("aws_"), STR_INIT("vault_"), STR_INIT("azure_"),
        STR_INIT("gcp_"), STR_INIT("gce_"), STR_INIT("cf_"), STR_INIT("k8s_"), STR_INIT("kube"),
        STR_INIT("prometheus_"), STR_INIT("dynatrace"), STR_INIT("toxiproxy"), STR_INIT("istio"),
        STR_INIT("oci_"), STR_INIT("chaos"), STR_INIT("grafana"), STR_INIT("tracing"),
        STR_INIT("consul"), STR_INIT("instana"), STR_INIT("datadog"), STR_INIT("slack"),
        STR_INIT("spring"), STR_INIT("load_test"), STR_INIT("bootstrap_servers"),
        STR_INIT("wiremock"), STR_INIT("humio"), STR_INIT("reliably"), STR_INIT("service_")};
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if (str_starts(name, prefixes[i]))
            return true;
    return false;
}

/* True if a Python function or a control is there, which could read any configuration. */
static bool has_reader(const struct ir_experiment *experiment)
{
    const struct ir_activities *blocks[] = {&experiment->method, &experiment->rollbacks,
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL};
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++) {
            const struct ir_provider *provider = blocks[b]->items[i].provider;
            if (provider && provider->kind != IR_HTTP && provider->kind != IR_PROCESS)
                return true;
        }
    return experiment->has_controls;
}

/* I410 */
static void check_unused(struct lint *lint)
{
    const struct ir_experiment *experiment = lint->experiment;
    if (experiment->config_count == 0 || has_reader(experiment))
        return;
    bool *used = ARENA_ARRAY(&lint->bag->arena, bool, experiment->config_count);
    for (size_t i = 0; i < experiment->use_count; i++)
        if (experiment->uses[i].config)
            used[experiment->uses[i].config - experiment->configuration] = true;
    for (size_t i = 0; i < experiment->config_count; i++) {
        const struct ir_config *config = &experiment->configuration[i];
        if (!used[i] && !is_implicit(config->name))
            lint_add(lint, I410, config->name_span, "nothing uses the configuration's `%.*s`",
                STR_ARG(config->name));
    }
}

static const struct lint_rule rules[] = {
    {.activity = check_groups},
    {.experiment = check_shadows},
    {.experiment = check_duplicates},
    {.experiment = check_unused},
};
const struct lint_group lint_names = LINT_GROUP(rules);
