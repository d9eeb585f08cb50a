#include "ir/ir_print.h"

#include "schema/schema.h"

struct printer {
    struct buf *out;
    bool spans;
    unsigned depth;
};

static void begin(struct printer *p, const char *word)
{
    buf_add_repeat(p->out, ' ', p->depth * 2u);
    buf_add_text(p->out, word);
}

static void end(struct printer *p, const struct doc_node *node)
{
    if (p->spans && node)
        buf_printf(p->out, " @%u-%u", node->span.lo, node->span.hi);
    buf_add_char(p->out, '\n');
}

static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c == '\n')
            buf_add_text(out, "\\n");
        else if (c < 0x20 || c == 0x7F)
            buf_printf(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

/* A free value on one line, as JSON; what JSON does not have is named. */
static void add_value(struct buf *out, const struct doc_node *node)
{
    switch ((enum doc_kind)node->kind) {
    case DOC_ERROR:
        buf_add_text(out, "<error>");
        break;
    case DOC_NULL:
        buf_add_text(out, "null");
        break;
    case DOC_BOOL:
        buf_add_text(out, node->as.truth ? "true" : "false");
        break;
    case DOC_INT:
    case DOC_REAL:
        buf_add_str(out, node->as.text);
        break;
    case DOC_STRING:
        add_quoted(out, node->as.text);
        break;
    case DOC_DATE:
    case DOC_DATETIME:
    case DOC_BINARY:
        buf_printf(
            out, "<%s %.*s>", doc_kind_name((enum doc_kind)node->kind) + 2, STR_ARG(node->as.text));
        break;
    case DOC_ARRAY:
        buf_add_char(out, '[');
        for (size_t i = 0; i < node->as.array.count; i++) {
            buf_add_text(out, i ? ", " : "");
            add_value(out, node->as.array.items[i]);
        }
        buf_add_char(out, ']');
        break;
    case DOC_OBJECT:
    case DOC_SET:
        buf_add_char(out, node->kind == DOC_SET ? '<' : '{');
        for (size_t i = 0, shown = 0; i < node->as.object.count; i++) {
            const struct doc_member *member = &node->as.object.members[i];
            if (member->repeated)
                continue;
            buf_add_text(out, shown++ ? ", " : "");
            add_quoted(out, member->key);
            buf_add_text(out, ": ");
            add_value(out, member->value);
        }
        buf_add_char(out, node->kind == DOC_SET ? '>' : '}');
        break;
    }
}

static void print_value(struct printer *p, const char *word, const struct doc_node *node)
{
    if (!node)
        return;
    begin(p, word);
    buf_add_char(p->out, ' ');
    add_value(p->out, node);
    end(p, node);
}

static void print_string(struct printer *p, const char *word, struct ir_string s)
{
    print_value(p, word, s.node);
}

/* Members that the kind does not know: they are part of the experiment, whatever they mean. */
static void print_unknown(
    struct printer *p, const struct doc_node *node, const enum schema_kind *kinds, size_t count)
{
    if (!node || node->kind != DOC_OBJECT)
        return;
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        bool known = member->repeated;
        for (size_t k = 0; k < count && !known; k++)
            known = schema_find(kinds[k], member->key) != NULL;
        if (known)
            continue;
        begin(p, "other ");
        add_quoted(p->out, member->key);
        buf_add_char(p->out, ' ');
        add_value(p->out, member->value);
        end(p, member->value);
    }
}

static void print_others(struct printer *p, const struct doc_node *node, enum schema_kind kind)
{
    print_unknown(p, node, &kind, 1);
}

static void print_activity(struct printer *p, const struct ir_activity *activity);

/* A small object in the order of its kind's fields, whatever order it is written in. */
static void print_object(
    struct printer *p, const char *word, const struct doc_node *node, enum schema_kind kind)
{
    if (!node || node->kind != DOC_OBJECT) {
        print_value(p, word, node);
        return;
    }
    begin(p, word);
    end(p, node);
    p->depth++;
    const struct schema_object *object = &schema_objects[kind];
    for (size_t i = 0; i < object->field_count; i++) {
        const struct schema_field *field = &object->fields[i];
        const struct doc_node *value = doc_get(node, field->key);
        if (field->child != SCHEMA_KIND_NONE)
            print_object(p, field->key.ptr, value, (enum schema_kind)field->child);
        else
            print_value(p, field->key.ptr, value);
    }
    print_others(p, node, kind);
    p->depth--;
}

static void print_controls(struct printer *p, const struct ir_controls *controls)
{
    if (controls->node && controls->node->kind != DOC_ARRAY) {
        print_value(p, "controls", controls->node);
        return;
    }
    for (size_t i = 0; i < controls->count; i++) {
        const struct ir_control *control = &controls->items[i];
        begin(p, "control");
        end(p, control->node);
        p->depth++;
        if (control->node->kind != DOC_OBJECT)
            print_value(p, "value", control->node);
        print_string(p, "name", control->name);
        print_string(p, "ref", control->ref);
        print_string(p, "scope", control->scope);
        print_value(p, "automatic", control->automatic);
        if (control->provider && control->provider->kind == DOC_OBJECT) {
            begin(p, "provider");
            end(p, control->provider);
            p->depth++;
            print_string(p, "type", control->provider_type);
            print_string(p, "module", control->module);
            print_value(p, "arguments", control->arguments);
            print_value(p, "secrets", doc_get(control->provider, STR("secrets")));
            print_others(p, control->provider, SCHEMA_KIND_CONTROL_PROVIDER);
            p->depth--;
        } else {
            print_value(p, "provider", control->provider);
        }
        print_others(p, control->node, SCHEMA_KIND_CONTROL);
        p->depth--;
    }
}

static void print_provider(struct printer *p, const struct ir_provider *provider)
{
    static const char *const names[] = {"unknown", "http", "process", "python"};
    if (!provider)
        return;
    if (provider->node->kind != DOC_OBJECT || provider->kind == IR_PROVIDER_UNKNOWN) {
        print_value(p, "provider", provider->node);
        return;
    }
    begin(p, "provider ");
    buf_add_text(p->out, names[provider->kind]);
    end(p, provider->node);
    p->depth++;
    enum schema_kind kind = SCHEMA_KIND_PYTHON;
    if (provider->kind == IR_HTTP) {
        kind = SCHEMA_KIND_HTTP;
        print_string(p, "method", provider->as.http.method);
        print_string(p, "url", provider->as.http.url);
        print_value(p, "headers", provider->as.http.headers);
        print_value(p, "expected_status", provider->as.http.expected_status);
        print_value(p, "verify_tls", provider->as.http.verify_tls);
        print_value(p, "max_retries", provider->as.http.max_retries);
    } else if (provider->kind == IR_PROCESS) {
        kind = SCHEMA_KIND_PROCESS;
        print_string(p, "path", provider->as.process.path);
    } else {
        print_string(p, "module", provider->as.python.module);
        print_string(p, "func", provider->as.python.function);
    }
    print_value(p, "arguments", provider->arguments);
    print_value(p, "timeout", provider->timeout);
    print_value(p, "secrets", provider->secrets);
    print_others(p, provider->node, kind);
    p->depth--;
}

static void print_tolerance(struct printer *p, const struct ir_tolerance *tolerance)
{
    static const struct {
        const char *name;
        enum schema_kind kind;
    } rows[] = {
        [IR_TOLERANCE_ERROR] = {"invalid", SCHEMA_KIND_NONE},
        [IR_TOLERANCE_SCALAR] = {"scalar", SCHEMA_KIND_NONE},
        [IR_TOLERANCE_TEMPLATE] = {"template", SCHEMA_KIND_NONE},
        [IR_TOLERANCE_SEQUENCE] = {"sequence", SCHEMA_KIND_NONE},
        [IR_TOLERANCE_REGEX] = {"regex", SCHEMA_KIND_REGEX},
        [IR_TOLERANCE_JSONPATH] = {"jsonpath", SCHEMA_KIND_JSONPATH},
        [IR_TOLERANCE_RANGE] = {"range", SCHEMA_KIND_RANGE},
        [IR_TOLERANCE_PROBE] = {"probe", SCHEMA_KIND_NONE},
    };
    if (!tolerance)
        return;
    begin(p, "tolerance ");
    buf_add_text(p->out, rows[tolerance->kind].name);
    if (tolerance->kind < IR_TOLERANCE_REGEX) {
        buf_add_char(p->out, ' ');
        add_value(p->out, tolerance->node);
    }
    end(p, tolerance->node);
    p->depth++;
    print_string(p, "target", tolerance->target);
    if (tolerance->kind == IR_TOLERANCE_REGEX) {
        print_string(p, "pattern", tolerance->as.regex.pattern);
    } else if (tolerance->kind == IR_TOLERANCE_JSONPATH) {
        print_string(p, "path", tolerance->as.jsonpath.path);
        print_value(p, "count", tolerance->as.jsonpath.count);
        print_value(p, "expect", tolerance->as.jsonpath.expect);
    } else if (tolerance->kind == IR_TOLERANCE_RANGE) {
        print_value(p, "range", tolerance->as.range.node);
    } else if (tolerance->kind == IR_TOLERANCE_PROBE) {
        print_activity(p, tolerance->as.probe);
    }
    if (rows[tolerance->kind].kind != SCHEMA_KIND_NONE)
        print_others(p, tolerance->node, rows[tolerance->kind].kind);
    p->depth--;
}

static void print_activity(struct printer *p, const struct ir_activity *activity)
{
    static const char *const names[] = {"invalid", "probe", "action", "ref"};
    begin(p, names[activity->kind]);
    struct ir_string name = activity->kind == IR_REF ? activity->ref : activity->name;
    if (name.node) {
        buf_add_char(p->out, ' ');
        add_value(p->out, name.node);
    }
    if (activity->kind == IR_REF)
        buf_printf(p->out, " -> %s",
            !activity->target                             ? "nothing"
            : activity->target->block == IR_IN_HYPOTHESIS ? "hypothesis"
                                                          : "method");
    if (activity->target)
        buf_printf(p->out, "[%u]", activity->target->index);
    end(p, activity->node);
    p->depth++;
    if (activity->node->kind != DOC_OBJECT)
        print_value(p, "value", activity->node);
    if (activity->kind == IR_ACTIVITY_ERROR || activity->kind == IR_REF)
        print_string(p, "type", activity->type);
    if (activity->kind == IR_REF)
        print_string(p, "name", activity->name);
    print_value(p, "background", activity->background);
    print_provider(p, activity->provider);
    print_value(p, "configuration", activity->configuration);
    print_controls(p, &activity->controls);
    print_value(p, "timeout", activity->timeout);
    print_value(p, "dry", activity->dry);
    print_object(p, "pauses", activity->pauses, SCHEMA_KIND_PAUSES);
    print_tolerance(p, activity->tolerance);
    print_others(
        p, activity->node, activity->kind == IR_REF ? SCHEMA_KIND_REF : SCHEMA_KIND_ACTIVITY);
    p->depth--;
}

static void print_activities(
    struct printer *p, const char *word, const struct ir_activities *activities)
{
    if (!activities->node)
        return;
    begin(p, word);
    if (activities->node->kind != DOC_ARRAY) {
        buf_add_char(p->out, ' ');
        add_value(p->out, activities->node);
    }
    end(p, activities->node);
    p->depth++;
    for (size_t i = 0; i < activities->count; i++)
        print_activity(p, &activities->items[i]);
    p->depth--;
}

static void print_config(struct printer *p, const struct ir_config *config)
{
    begin(p, "configuration ");
    add_quoted(p->out, config->name);
    static const char *const names[] = {"inline", "env", "vault", "probe", "group"};
    buf_printf(p->out, " %s", names[config->kind]);
    end(p, config->node);
    p->depth++;
    if (config->kind == IR_SOURCE_INLINE)
        print_value(p, "value", config->node);
    print_string(p, "key", config->env_key);
    print_string(p, "env_var_type", config->env_var_type);
    print_value(p, "default", config->fallback);
    if (config->kind == IR_SOURCE_ENV)
        print_others(p, config->node, SCHEMA_KIND_CONFIG_ENV);
    if (config->probe)
        print_activity(p, config->probe);
    p->depth--;
}

static void print_secret(struct printer *p, const char *word, const struct ir_secret *secret)
{
    begin(p, word);
    add_quoted(p->out, secret->name);
    static const char *const names[] = {"inline", "env", "vault", "probe", "group"};
    buf_printf(p->out, " %s", names[secret->kind]);
    end(p, secret->node);
    p->depth++;
    if (secret->kind == IR_SOURCE_INLINE)
        print_value(p, "value", secret->node);
    print_string(p, "key", secret->env_key);
    print_string(p, "path", secret->vault_path);
    print_string(p, "key", secret->vault_key);
    if (secret->kind == IR_SOURCE_ENV)
        print_others(p, secret->node, SCHEMA_KIND_SECRET_ENV);
    if (secret->kind == IR_SOURCE_VAULT)
        print_others(p, secret->node, SCHEMA_KIND_SECRET_VAULT);
    for (size_t i = 0; i < secret->count; i++)
        print_secret(p, "secret ", &secret->items[i]);
    p->depth--;
}

static void print_experiment(struct printer *p, const struct ir_experiment *experiment)
{
    begin(p, "experiment");
    end(p, experiment->node);
    p->depth++;
    print_string(p, "version", experiment->version);
    print_string(p, "title", experiment->title);
    print_string(p, "description", experiment->description);
    print_value(p, "tags", doc_get(experiment->node, STR("tags")));
    print_value(p, "contributions", experiment->contributions);
    if (experiment->configuration_node && experiment->config_count == 0)
        print_value(p, "configuration", experiment->configuration_node);
    for (size_t i = 0; i < experiment->config_count; i++)
        print_config(p, &experiment->configuration[i]);
    if (experiment->secrets_node && experiment->secret_count == 0)
        print_value(p, "secrets", experiment->secrets_node);
    for (size_t i = 0; i < experiment->secret_count; i++)
        print_secret(p, "secrets ", &experiment->secrets[i]);
    print_controls(p, &experiment->controls);
    print_value(p, "extensions", experiment->extensions);
    if (experiment->hypothesis) {
        const struct ir_hypothesis *hypothesis = experiment->hypothesis;
        begin(p, "hypothesis");
        end(p, hypothesis->node);
        p->depth++;
        print_string(p, "title", hypothesis->title);
        print_controls(p, &hypothesis->controls);
        print_activities(p, "probes", &hypothesis->probes);
        print_others(p, hypothesis->node, SCHEMA_KIND_HYPOTHESIS);
        p->depth--;
    } else {
        print_value(p, "hypothesis", doc_get(experiment->node, STR("steady-state-hypothesis")));
    }
    print_activities(p, "method", &experiment->method);
    print_activities(p, "rollbacks", &experiment->rollbacks);
    print_object(p, "runtime", experiment->runtime.node, SCHEMA_KIND_RUNTIME);
    print_value(p, "dry", doc_get(experiment->node, STR("dry")));
    print_others(p, experiment->node, SCHEMA_KIND_EXPERIMENT);
    p->depth--;
}

/* Variables in the order of what they stand in; with spans they say where. */
static void print_uses(struct printer *p, const struct ir_experiment *experiment)
{
    static const char *const places[] = {
        "url", "headers", "arguments", "timeout", "pause", "tolerance", "control", "never"};
    for (size_t i = 0; i < experiment->use_count; i++) {
        const struct ir_use *use = &experiment->uses[i];
        begin(p, "variable ");
        buf_printf(p->out, "%.*s in %s -> %s", STR_ARG(use->name), places[use->place],
            use->config   ? "configuration"
            : use->secret ? "secrets"
                          : "nothing");
        if (p->spans)
            buf_printf(p->out, " @%u-%u", use->span.lo, use->span.hi);
        buf_add_char(p->out, '\n');
    }
}

void ir_print(struct buf *out, const struct ir *ir, struct ir_print_options options)
{
    struct printer p = {.out = out, .spans = options.spans};
    print_experiment(&p, ir->experiment);
    print_uses(&p, ir->experiment);
}
