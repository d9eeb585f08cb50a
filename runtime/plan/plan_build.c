#include "runtime/plan/plan_build.h"

#include <assert.h>
#include <string.h>

#include "runtime/base/map.h"
#include "runtime/expr/tolerance.h"

/* Growing tables; a row's address is not stable, its index is. */
struct builder {
    struct arena *arena;
    const struct plan_input *input;
    struct map texts; /* string to text index */
    struct map keys;  /* the numbers of an object's keys, as bytes, to the first one's index + 1 */
    struct map referable; /* name to activity row + 1, as the reference's cache has it */
    struct buf bytes;
#define PLAN_ROOM(name, NAME)                                                                      \
    struct plan_##name *name##_rows;                                                               \
    size_t name##_count, name##_room;
    PLAN_TABLES(PLAN_ROOM)
#undef PLAN_ROOM
};

/* A value of the document together with the row it became. */
struct node {
    const struct value *value; /* NULL if absent */
    uint32_t row;              /* PLAN_NONE if absent */
};

static const struct node absent = {NULL, PLAN_NONE};

static uint32_t append_text(struct builder *b, struct str text)
{
    uint32_t index = (uint32_t)b->text_count;
    *ARENA_PUSH(b->arena, b->text_rows, b->text_count, b->text_room) =
        (struct plan_text){(uint32_t)b->bytes.len, (uint32_t)text.len};
    buf_add_str(&b->bytes, text);
    buf_add_char(&b->bytes, '\0');
    return index;
}

static uint32_t add_text(struct builder *b, struct str text)
{
    void *known = map_get(&b->texts, text);
    if (known)
        return (uint32_t)(uintptr_t)known;
    uint32_t index = append_text(b, text);
    map_set(&b->texts, text, (void *)(uintptr_t)index);
    return index;
}

/* Makes room for `count` rows of a table and returns the first one's index. */
static uint32_t reserve_values(struct builder *b, size_t count)
{
    uint32_t first = (uint32_t)b->value_count;
    for (size_t i = 0; i < count; i++)
        *ARENA_PUSH(b->arena, b->value_rows, b->value_count, b->value_room) =
            (struct plan_value){0};
    return first;
}

static void fill_value(struct builder *b, uint32_t row, const struct value *value);

static void fill_array(struct builder *b, struct plan_value *row, const struct value *value)
{
    row->count = (uint32_t)value->as.array.count;
    row->first = reserve_values(b, value->as.array.count);
    for (uint32_t i = 0; i < row->count; i++)
        fill_value(b, row->first + i, &value->as.array.items[i]);
}

/* The keys of an object; another one with the same keys in the same order has them already. */
static uint32_t add_keys(struct builder *b, const struct value *object)
{
    size_t count = object->as.object.count;
    struct plan_key *keys = ARENA_ARRAY(b->arena, struct plan_key, count + 1);
    for (size_t i = 0; i < count; i++)
        keys[i].text = add_text(b, object->as.object.members[i].key);
    struct str name = {(const char *)keys, count * sizeof *keys};
    void *known = map_get(&b->keys, name);
    if (known)
        return (uint32_t)((uintptr_t)known - 1);
    uint32_t first = (uint32_t)b->key_count;
    for (size_t i = 0; i < count; i++)
        *ARENA_PUSH(b->arena, b->key_rows, b->key_count, b->key_room) = keys[i];
    map_set(&b->keys, name, (void *)((uintptr_t)first + 1));
    return first;
}

static void fill_object(struct builder *b, struct plan_value *row, const struct value *value)
{
    row->count = (uint32_t)value->as.object.count;
    row->first = reserve_values(b, value->as.object.count);
    row->keys = add_keys(b, value);
    for (uint32_t i = 0; i < row->count; i++)
        fill_value(b, row->first + i, &value->as.object.members[i].value);
}

static void fill_value(struct builder *b, uint32_t index, const struct value *value)
{
    struct plan_value row = {.kind = (uint32_t)value->kind};
    switch (value->kind) {
    case VALUE_NULL:
        break;
    case VALUE_BOOL:
        row.first = value->as.truth;
        break;
    case VALUE_STRING:
    case VALUE_INT:
    case VALUE_REAL:
        row.first = add_text(b, value->as.text);
        break;
    case VALUE_ARRAY:
        fill_array(b, &row, value);
        break;
    case VALUE_OBJECT:
        fill_object(b, &row, value);
        break;
    }
    b->value_rows[index] = row;
}

/* The member that counts, the last of its name. */
static struct node member(struct builder *b, struct node object, const char *key)
{
    if (!object.value || object.value->kind != VALUE_OBJECT)
        return absent;
    struct str name = str_from(key);
    for (size_t i = object.value->as.object.count; i-- > 0;)
        if (str_equal(object.value->as.object.members[i].key, name))
            return (struct node){&object.value->as.object.members[i].value,
                b->value_rows[object.row].first + (uint32_t)i};
    return absent;
}

static struct node item(struct builder *b, struct node array, size_t i)
{
    return (struct node){
        &array.value->as.array.items[i], b->value_rows[array.row].first + (uint32_t)i};
}

static size_t item_count(struct node node)
{
    return node.value && node.value->kind == VALUE_ARRAY ? node.value->as.array.count : 0;
}

static size_t member_count(struct node node)
{
    return node.value && node.value->kind == VALUE_OBJECT ? node.value->as.object.count : 0;
}

/* The members of an object that no later one of the same name replaces: one flag each. */
static const bool *find_last(struct builder *b, struct node object)
{
    struct map seen;
    size_t count = member_count(object);
    bool *last = ARENA_ARRAY(b->arena, bool, count + 1);
    map_init(&seen, b->arena);
    for (size_t i = count; i-- > 0;) {
        struct str key = object.value->as.object.members[i].key;
        last[i] = !map_get(&seen, key);
        map_set(&seen, key, last);
    }
    return last;
}

static uint32_t text_of(struct builder *b, struct node node)
{
    return node.value && node.value->kind == VALUE_STRING ? add_text(b, node.value->as.text)
                                                          : PLAN_NONE;
}

static bool is_text(struct node node, const char *text)
{
    return node.value && node.value->kind == VALUE_STRING &&
           str_equal(node.value->as.text, str_from(text));
}

static void add_controls(struct builder *b, struct node owner, uint32_t *first, uint32_t *count)
{
    struct node controls = member(b, owner, "controls");
    *first = (uint32_t)b->control_count;
    *count = (uint32_t)item_count(controls);
    for (size_t i = 0; i < *count; i++) {
        struct node control = item(b, controls, i);
        struct plan_control row = {control.row, text_of(b, member(b, control, "name"))};
        *ARENA_PUSH(b->arena, b->control_rows, b->control_count, b->control_room) = row;
    }
}

static enum plan_provider provider_of(struct builder *b, struct node settings)
{
    struct node type = member(b, settings, "type");
    if (!type.value)
        return PLAN_PROVIDER_NONE;
    if (is_text(type, "process"))
        return PLAN_PROCESS;
    if (is_text(type, "http"))
        return PLAN_HTTP;
    if (is_text(type, "python"))
        return PLAN_PYTHON;
    return PLAN_PROVIDER_OTHER;
}

static uint32_t flags_of(struct builder *b, struct node activity)
{
    uint32_t flags = 0;
    struct node background = member(b, activity, "background"), ref = member(b, activity, "ref");
    if (background.value && value_truthy(background.value))
        flags |= PLAN_ACTIVITY_BACKGROUND;
    if (ref.value && value_truthy(ref.value))
        flags |= PLAN_ACTIVITY_REF;
    if (member(b, activity, "tolerance").value)
        flags |= PLAN_ACTIVITY_TOLERANCE;
    return flags;
}

static struct plan_activity describe(struct builder *b, struct node activity, enum plan_role role)
{
    struct node settings = member(b, activity, "provider"), type = member(b, activity, "type");
    struct plan_activity row = {
        .document = activity.row,
        .name = text_of(b, member(b, activity, "name")),
        .role = role,
        .kind = is_text(type, "probe")    ? PLAN_KIND_PROBE
                : is_text(type, "action") ? PLAN_KIND_ACTION
                                          : PLAN_KIND_OTHER,
        .provider = provider_of(b, settings),
        .flags = flags_of(b, activity),
        .pauses = member(b, activity, "pauses").row,
        .timeout = member(b, activity, "timeout").row,
        .expected_status = member(b, settings, "expected_status").row,
        .dry = member(b, activity, "dry").row,
        .tolerance = PLAN_NONE,
        .settings = settings.row,
        .path = member(b, settings, "path").row,
        .url = member(b, settings, "url").row,
        .method = member(b, settings, "method").row,
        .headers = member(b, settings, "headers").row,
        .verify_tls = member(b, settings, "verify_tls").row,
        .max_retries = member(b, settings, "max_retries").row,
        .module = member(b, settings, "module").row,
        .func = member(b, settings, "func").row,
        .arguments = member(b, settings, "arguments").row,
        .limit = member(b, settings, "timeout").row,
        .secrets = member(b, settings, "secrets").row,
    };
    add_controls(b, activity, &row.controls, &row.control_count);
    return row;
}

/* `place` is its position in what it belongs to. */
static uint32_t add_activity(
    struct builder *b, struct node activity, enum plan_role role, uint32_t place)
{
    struct plan_activity row = describe(b, activity, role);
    uint32_t index = (uint32_t)b->activity_count;
    row.target = index;
    if (b->input->place)
        b->input->place(b->input->context, role, place, &row.line, &row.column);
    *ARENA_PUSH(b->arena, b->activity_rows, b->activity_count, b->activity_room) = row;
    return index;
}

static void add_activities(
    struct builder *b, struct node list, enum plan_role role, uint32_t *first, uint32_t *count)
{
    *first = (uint32_t)b->activity_count;
    *count = (uint32_t)item_count(list);
    for (uint32_t i = 0; i < *count; i++)
        add_activity(b, item(b, list, i), role, i);
}

static enum plan_tolerance_kind tolerance_kind(struct builder *b, struct node tolerance)
{
    if (tolerance.value->kind != VALUE_OBJECT)
        return tolerance.value->kind == VALUE_NULL || tolerance.value->kind == VALUE_REAL
                   ? PLAN_TOLERANCE_OTHER
                   : PLAN_TOLERANCE_VALUE;
    struct node type = member(b, tolerance, "type");
    if (is_text(type, "probe"))
        return PLAN_TOLERANCE_PROBE;
    if (is_text(type, "regex"))
        return PLAN_TOLERANCE_REGEX;
    if (is_text(type, "jsonpath"))
        return PLAN_TOLERANCE_JSONPATH;
    if (is_text(type, "range"))
        return PLAN_TOLERANCE_RANGE;
    return PLAN_TOLERANCE_OTHER;
}

static uint32_t add_words(struct builder *b, const uint32_t *words, size_t count)
{
    uint32_t first = (uint32_t)b->word_count;
    for (size_t i = 0; i < count; i++)
        *ARENA_PUSH(b->arena, b->word_rows, b->word_count, b->word_room) =
            (struct plan_word){words[i]};
    return first;
}

/* The program of a path without references; one that has some, or is wrong, is read when it is judged. */
static void add_program(struct builder *b, const struct value *value, struct plan_tolerance *row)
{
    struct tolerance tolerance;
    struct tolerance_error error;
    if (!tolerance_read(b->arena, value, &tolerance, NULL, &error) || !tolerance.compiled)
        return;
    row->words = add_words(b, tolerance.path.words, tolerance.path.word_count);
    row->word_count = (uint32_t)tolerance.path.word_count;
    row->constants = add_text(b, tolerance.path.text);
    row->dialect = (uint32_t)tolerance.path.dialect;
}

/* Tolerances of hypothesis probes; those that are probes themselves become activities behind all
 * others. */
static void add_tolerances(struct builder *b, struct node probes, uint32_t first)
{
    for (size_t i = 0; i < item_count(probes); i++) {
        struct node tolerance = member(b, item(b, probes, i), "tolerance");
        if (!tolerance.value)
            continue;
        struct plan_tolerance row = {.document = tolerance.row,
            .kind = tolerance_kind(b, tolerance),
            .probe = PLAN_NONE,
            .constants = PLAN_NONE};
        if (row.kind == PLAN_TOLERANCE_JSONPATH)
            add_program(b, tolerance.value, &row);
        if (row.kind == PLAN_TOLERANCE_PROBE)
            row.probe = add_activity(b, tolerance, PLAN_TOLERANCE, (uint32_t)i);
        b->activity_rows[first + i].tolerance = (uint32_t)b->tolerance_count;
        *ARENA_PUSH(b->arena, b->tolerance_rows, b->tolerance_count, b->tolerance_room) = row;
    }
}

static struct plan_variable describe_variable(
    struct builder *b, struct str name, struct node source, bool secret, uint32_t place)
{
    struct node type = member(b, source, "type");
    struct plan_variable row = {.name = add_text(b, name),
        .source = PLAN_INLINE,
        .document = source.row,
        .key = text_of(b, member(b, source, "key")),
        .preset = member(b, source, "default").row,
        .type = text_of(b, member(b, source, "env_var_type")),
        .probe = PLAN_NONE};
    if (is_text(type, "env"))
        row.source = PLAN_ENVIRONMENT;
    else if (secret && is_text(type, "vault"))
        row.source = PLAN_VAULT;
    else if (!secret && is_text(type, "probe")) {
        row.source = PLAN_DYNAMIC;
        row.probe = add_activity(b, source, PLAN_CONFIGURATION, place);
    } else if (secret && source.value->kind == VALUE_OBJECT)
        row.source = PLAN_GROUP;
    return row;
}

/* A level of variables stands together; what groups hold follows behind it. */
static void add_variables(
    struct builder *b, struct node object, bool secret, uint32_t *first, uint32_t *count)
{
    uint32_t start = (uint32_t)b->variable_count;
    const bool *last = find_last(b, object);
    for (size_t i = 0; i < member_count(object); i++) {
        const struct member *m = &object.value->as.object.members[i];
        if (!last[i])
            continue;
        struct node source = {&m->value, b->value_rows[object.row].first + (uint32_t)i};
        struct plan_variable row =
            describe_variable(b, m->key, source, secret, (uint32_t)(b->variable_count - start));
        *ARENA_PUSH(b->arena, b->variable_rows, b->variable_count, b->variable_room) = row;
    }
    uint32_t end = (uint32_t)b->variable_count;
    for (size_t i = 0, at = start; i < member_count(object); i++) {
        if (!last[i])
            continue;
        if (b->variable_rows[at].source == PLAN_GROUP) {
            struct node group = {&object.value->as.object.members[i].value,
                b->value_rows[object.row].first + (uint32_t)i};
            uint32_t members, members_count;
            add_variables(b, group, secret, &members, &members_count);
            b->variable_rows[at].members = members;
            b->variable_rows[at].member_count = members_count;
        }
        at++;
    }
    *first = start;
    *count = end - start;
}

/* What a `ref` may mean: activities of the method, then the hypothesis' probes, the last of a name
 * counts. */
static void resolve_references(struct builder *b, const struct plan_experiment *e)
{
    const uint32_t firsts[] = {e->method, e->probes}, counts[] = {e->method_count, e->probe_count};
    for (size_t part = 0; part < 2; part++)
        for (uint32_t i = firsts[part]; i < firsts[part] + counts[part]; i++) {
            uint32_t name = b->activity_rows[i].name;
            if (name != PLAN_NONE && b->text_rows[name].length)
                map_set(&b->referable,
                    (struct str){b->bytes.data + b->text_rows[name].at, b->text_rows[name].length},
                    (void *)((uintptr_t)i + 1));
        }
}

static void resolve_targets(struct builder *b, struct node list, uint32_t first)
{
    for (size_t i = 0; i < item_count(list); i++) {
        struct plan_activity *row = &b->activity_rows[first + i];
        if (!(row->flags & PLAN_ACTIVITY_REF))
            continue;
        struct node ref = member(b, item(b, list, i), "ref");
        void *target =
            ref.value->kind == VALUE_STRING ? map_get(&b->referable, ref.value->as.text) : NULL;
        row->target = target ? (uint32_t)((uintptr_t)target - 1) : PLAN_NONE;
    }
}

/* The programs of all strings that variables can change. */
static void add_templates(struct builder *b)
{
    for (uint32_t i = 0; i < b->text_count; i++) {
        const struct plan_text *row = &b->text_rows[i];
        struct str text = {b->bytes.data + row->at, row->length};
        if (!template_can_change(text))
            continue;
        struct template template = template_parse(b->arena, text);
        *ARENA_PUSH(b->arena, b->template_rows, b->template_count, b->template_room) =
            (struct plan_template){
                i, add_words(b, template.words, template.count), (uint32_t) template.count};
    }
}

static struct plan_experiment build_experiment(struct builder *b, struct node document)
{
    struct plan_experiment e = {.document = document.row,
        .refusal = b->input->refusal.len ? add_text(b, b->input->refusal) : PLAN_NONE,
        .refusal_line = b->input->refusal_line,
        .refusal_column = b->input->refusal_column,
        .title = text_of(b, member(b, document, "title")),
        .hypothesis = PLAN_NONE};
    struct node hypothesis = member(b, document, "steady-state-hypothesis");
    if (hypothesis.value && value_truthy(hypothesis.value))
        e.hypothesis = hypothesis.row;
    struct node probes = member(b, hypothesis, "probes"), method = member(b, document, "method"),
                rollbacks = member(b, document, "rollbacks"),
                runtime = member(b, document, "runtime");
    add_activities(b, probes, PLAN_PROBE, &e.probes, &e.probe_count);
    add_activities(b, method, PLAN_METHOD, &e.method, &e.method_count);
    add_activities(b, rollbacks, PLAN_ROLLBACK, &e.rollbacks, &e.rollback_count);
    add_tolerances(b, probes, e.probes);
    resolve_references(b, &e);
    resolve_targets(b, probes, e.probes);
    resolve_targets(b, method, e.method);
    resolve_targets(b, rollbacks, e.rollbacks);
    add_variables(
        b, member(b, document, "configuration"), false, &e.configuration, &e.configuration_count);
    add_variables(b, member(b, document, "secrets"), true, &e.secrets, &e.secret_count);
    add_controls(b, document, &e.controls, &e.control_count);
    add_controls(b, hypothesis, &e.hypothesis_controls, &e.hypothesis_control_count);
    if (runtime.value && value_truthy(runtime.value))
        e.flags |= PLAN_EXPERIMENT_RUNTIME;
    e.hypothesis_strategy = text_of(b, member(b, member(b, runtime, "hypothesis"), "strategy"));
    e.rollback_strategy = text_of(b, member(b, member(b, runtime, "rollbacks"), "strategy"));
    e.timeout = member(b, runtime, "timeout").row;
    return e;
}

/* Row 0 of each table that others refer to. */
static void add_nothing(struct builder *b)
{
    append_text(b, STR(""));
    reserve_values(b, 1);
    *ARENA_PUSH(b->arena, b->activity_rows, b->activity_count, b->activity_room) =
        (struct plan_activity){.kind = PLAN_KIND_OTHER, .provider = PLAN_PROVIDER_NONE};
    *ARENA_PUSH(b->arena, b->tolerance_rows, b->tolerance_count, b->tolerance_room) =
        (struct plan_tolerance){.kind = PLAN_TOLERANCE_OTHER};
}

void plan_build(struct arena *arena, const struct plan_input *input, struct rt_plan *plan)
{
    struct builder b = {.arena = arena, .input = input};
    map_init(&b.texts, arena);
    map_init(&b.keys, arena);
    map_init(&b.referable, arena);
    add_nothing(&b);
    struct node document = {input->document, reserve_values(&b, 1)};
    fill_value(&b, document.row, document.value);
    struct plan_experiment experiment = build_experiment(&b, document);
    add_templates(&b);
    /* Last of all, and its own even if it is said elsewhere: plan_hash leaves it out. */
    experiment.file = append_text(&b, input->file);
    *ARENA_PUSH(arena, b.experiment_rows, b.experiment_count, b.experiment_room) = experiment;
    *plan = (struct rt_plan){
        .bytes = arena_str(arena, buf_str(&b.bytes)).ptr, .byte_count = (uint32_t)b.bytes.len};
    buf_free(&b.bytes);
#define PLAN_TAKE(name, NAME)                                                                      \
    plan->name##_rows = b.name##_rows;                                                             \
    plan->name##_count = (uint32_t)b.name##_count;
    PLAN_TABLES(PLAN_TAKE)
#undef PLAN_TAKE
    assert(!plan_check(plan));
}
