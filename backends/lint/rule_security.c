/* Rules about secrets and where they go. */
#include "backends/lint/lint.h"

#include <strings.h>

/* ---- W701: a secret written into the file ---- */

/* Shapes that issuers give to their tokens. */
static bool is_known_token(struct str value)
{
    static const struct {
        const char *prefix;
        size_t at_least;
    } shapes[] = {{"AKIA", 20}, {"ASIA", 20}, {"ghp_", 30}, {"gho_", 30}, {"github_pat_", 40},
        {"glpat-", 20}, {"xoxb-", 20}, {"xoxp-", 20}, {"sk_live_", 20}, {"-----BEGIN", 30},
        {"eyJhbGciOi", 40}, {"AIza", 35}, {"hvs.", 20}};
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        if (value.len >= shapes[i].at_least && str_starts(value, str_from(shapes[i].prefix)))
            return true;
    return false;
}

/* True if the collision entropy is at least 2.5 bits per byte: words have less of it than keys.
 * That is -log2 of the chance that two bytes of the text are equal, which must be below 0.177. */
static bool is_random(struct str text)
{
    unsigned counts[256] = {0};
    double equal = 0;
    for (size_t i = 0; i < text.len; i++)
        counts[(unsigned char)text.ptr[i]]++;
    for (size_t i = 0; i < 256; i++)
        equal += (double)counts[i] * (double)counts[i];
    return equal < 0.177 * (double)text.len * (double)text.len;
}

static bool looks_secret(struct str name, struct str value)
{
    if (is_known_token(value))
        return true;
    if (!look_is_secret_name(name) || look_is_placeholder(value) ||
        memchr(value.ptr, ' ', value.len))
        return false;
    return value.len >= 8 && is_random(value);
}

static void report_literal(struct lint *lint, struct str name, const struct doc_node *value)
{
    struct diag *d = lint_add(lint, W701, value->span,
        "the value of `%.*s` looks like a secret: whoever reads the file or a journal of Chaos "
        "Toolkit has it",
        STR_ARG(name));
    diag_help(lint->bag, d, "read it from the environment or from Vault");
}

static void check_members(struct lint *lint, const struct doc_node *object)
{
    if (!object || object->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < object->as.object.count; i++) {
        const struct doc_member *member = &object->as.object.members[i];
        if (member->value->kind == DOC_STRING && !member->repeated &&
            looks_secret(member->key, member->value->as.text))
            report_literal(lint, member->key, member->value);
        else
            check_members(lint, member->value);
    }
}

static bool is_authorization(struct str value)
{
    static const char *const schemes[] = {"Bearer ", "Basic ", "Token "};
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(schemes[i]);
        if (value.len > len && strncasecmp(value.ptr, schemes[i], len) == 0) {
            struct str rest = {value.ptr + len, value.len - len};
            return rest.len >= 8 && rest.ptr[0] != '$' && !look_is_placeholder(rest);
        }
    }
    return false;
}

static void check_literals(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (!provider)
        return;
    check_members(lint, provider->arguments);
    const struct doc_node *headers = provider->kind == IR_HTTP ? provider->as.http.headers : NULL;
    for (size_t i = 0; headers && headers->kind == DOC_OBJECT && i < headers->as.object.count;
         i++) {
        const struct doc_member *header = &headers->as.object.members[i];
        if (header->value->kind == DOC_STRING &&
            (is_authorization(header->value->as.text) ||
                looks_secret(header->key, header->value->as.text)))
            report_literal(lint, header->key, header->value);
    }
}

static void check_config_literal(struct lint *lint, const struct ir_config *config)
{
    if (config->kind == IR_SOURCE_INLINE && config->node->kind == DOC_STRING &&
        looks_secret(config->name, config->node->as.text))
        report_literal(lint, config->name, config->node);
    if (config->fallback && config->fallback->kind == DOC_STRING &&
        looks_secret(config->name, config->fallback->as.text))
        report_literal(lint, config->name, config->fallback);
}

static void check_secret_literal(
    struct lint *lint, const struct ir_secret *secret, const struct ir_secret *group)
{
    if (!group || secret->kind != IR_SOURCE_INLINE || secret->node->kind != DOC_STRING)
        return;
    struct str value = secret->node->as.text;
    bool plain = look_is_secret_name(secret->name) && !look_is_placeholder(value);
    if (plain || looks_secret(secret->name, value))
        report_literal(lint, secret->name, secret->node);
}

/* ---- W702, W703, W704: where variables go ---- */

static bool is_external(const struct ir_use *use)
{
    return use->secret || (use->config && (use->config->kind == IR_SOURCE_ENV ||
                                              use->config->kind == IR_SOURCE_PROBE));
}

static void check_use(struct lint *lint, const struct ir_use *use)
{
    const struct ir_activity *activity = use->activity;
    const struct ir_provider *provider = activity ? activity->provider : NULL;
    if (!provider || use->form == IR_USE_UNREADABLE)
        return;
    bool argument = use->place == IR_USE_ARGUMENTS && provider->kind == IR_PROCESS;
    if (argument && use->secret) {
        struct diag *d = lint_add(lint, W702, use->span,
            "the secret `%.*s` goes into the argument list of a program, which every user of the "
            "machine can read",
            STR_ARG(use->name));
        diag_help(lint->bag, d, "let the program read it from the environment or a file");
    }
    if (argument && is_external(use) && provider->arguments == use->node) {
        struct diag *d = lint_add(lint, W704, use->span,
            "`%.*s` is put into a string that a shell reads: a blank, a quote or a `;` in its "
            "value "
            "changes the command",
            STR_ARG(use->name));
        diag_help(lint->bag, d, "give the arguments as a list, which no shell reads");
    }
    if (provider->kind == IR_HTTP && use->secret && ir_is_text(provider->as.http.url) &&
        str_starts(provider->as.http.url.text, STR("http://")) &&
        !look_is_local(provider->as.http.url.text)) {
        struct diag *d = lint_add(lint, W703, use->span,
            "the secret `%.*s` is sent over plain HTTP: whoever is on the way can read it",
            STR_ARG(use->name));
        diag_relate(lint->bag, d, provider->as.http.url.node->span, "the request goes here");
    }
}

static void check_uses(struct lint *lint)
{
    for (size_t i = 0; i < lint->experiment->use_count; i++)
        check_use(lint, &lint->experiment->uses[i]);
}

/* ---- I710 to I712 ---- */

static void check_transport(struct lint *lint, const struct ir_activity *activity)
{
    const struct ir_provider *provider = activity->provider;
    if (provider && provider->kind == IR_HTTP) {
        struct ir_string url = provider->as.http.url;
        if (ir_is_text(url) && str_starts(url.text, STR("http://")) && !look_is_local(url.text))
            lint_add(lint, I710, url.node->span,
                "the request goes over plain HTTP: it can be read and changed on the way");
        const struct doc_node *verify = provider->as.http.verify_tls;
        if (verify && verify->kind == DOC_BOOL && !verify->as.truth)
            lint_add(lint, I711, verify->span,
                "the server's certificate is not checked: anybody can answer in its place");
    }
    if (provider && provider->kind == IR_PROCESS && provider->arguments &&
        provider->arguments->kind == DOC_STRING && provider->arguments->as.text.len > 0)
        lint_add(lint, I712, provider->arguments->span,
            "the arguments are one string, so a shell reads them");
}

static const struct lint_rule rules[] = {
    {.activity = check_literals, .config = check_config_literal, .secret = check_secret_literal},
    {.experiment = check_uses},
    {.activity = check_transport},
};
const struct lint_group lint_security = LINT_GROUP(rules);
