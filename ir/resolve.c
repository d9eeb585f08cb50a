#include "ir/check.h"

/* Names of one experiment. Values are const IR nodes: the map does not know, see `stored`. */
struct names {
    struct map configuration, secrets, activities;
    struct map groups;    /* of secrets */
    struct map namesakes; /* of activities, lists */
    struct map rollbacks, controls;
    size_t compared; /* names that were compared in looking for near ones */
    bool open;       /* a source supplies a whole group: its secrets are only known in the run */
};

static void *stored(const void *node)
{
    return (void *)(uintptr_t)node;
}

/* Activities of one name, in the engine's own order. */
struct namesake {
    const struct ir_activity *activity;
    struct namesake *next, *last; /* `last` in the first of a list only */
};

/* Looking for a near name costs a look at all. After so many there is more wrong than a slip of the finger. */
enum { MOST_COMPARED = 4 * 1000 * 1000 };

static bool may_compare(struct names *names, size_t count)
{
    if (names->compared > MOST_COMPARED)
        return false;
    names->compared += count;
    return true;
}

/* ---- variables ---- */

static void collect_variables(const struct check *c, struct names *names)
{
    const struct ir_experiment *experiment = c->ir->experiment;
    map_init(&names->configuration, c->arena);
    map_init(&names->secrets, c->arena);
    map_init(&names->groups, c->arena);
    for (size_t i = 0; i < experiment->config_count; i++)
        map_set(&names->configuration, experiment->configuration[i].name,
            stored(&experiment->configuration[i]));
    /* Templates see the second level of the secrets: the entries of every group, first group first.
     */
    for (size_t i = 0; i < experiment->secret_count; i++) {
        const struct ir_secret *group = &experiment->secrets[i];
        map_add(&names->groups, group->name, stored(group));
        names->open = names->open || group->kind == IR_SOURCE_VAULT || group->kind == IR_SOURCE_ENV;
        for (size_t k = 0; k < group->count; k++)
            map_add(&names->secrets, group->items[k].name, stored(&group->items[k]));
    }
}

/* The declared name that `name` was probably meant to be, or an empty string. */
static struct str nearest_variable(
    const struct ir_experiment *experiment, struct names *names, struct str name)
{
    struct str best = {"", 0};
    unsigned best_distance = schema_slip_limit(name) + 1;
    if (!may_compare(names, experiment->config_count + names->secrets.count))
        return best;
    for (size_t i = 0; i < experiment->config_count; i++) {
        unsigned distance = str_distance(name, experiment->configuration[i].name, best_distance);
        if (distance < best_distance) {
            best = experiment->configuration[i].name;
            best_distance = distance;
        }
    }
    for (size_t i = 0; i < experiment->secret_count; i++)
        for (size_t k = 0; k < experiment->secrets[i].count; k++) {
            struct str other = experiment->secrets[i].items[k].name;
            unsigned distance = str_distance(name, other, best_distance);
            if (distance < best_distance) {
                best = other;
                best_distance = distance;
            }
        }
    return best;
}

/* In a string of arguments that a shell reads, ${HOME} is the shell's. */
static bool is_for_shell(const struct ir_use *use)
{
    return use->place == IR_USE_ARGUMENTS && use->activity && use->activity->provider &&
           use->activity->provider->kind == IR_PROCESS;
}

static bool is_word(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] == '-' || name.ptr[i] == '.')
            return false;
    return true;
}

static void fix_name(struct check *c, struct diag *d, const struct ir_use *use, struct str name)
{
    if (use->span.hi - use->span.lo != use->name.len + 3 || !is_word(name))
        return;
    struct diag_fix *fix = diag_fix(c->bag, d, DIAG_UNSAFE, "write `${%.*s}`", STR_ARG(name));
    diag_edit(c->bag, fix, span_make(use->span.lo + 2, use->span.hi - 1), name);
}

static void report_undefined(struct check *c, struct names *names, const struct ir_use *use)
{
    struct str near = nearest_variable(c->ir->experiment, names, use->name);
    if ((use->form == IR_USE_BARE || is_for_shell(use)) && near.len == 0)
        return;
    struct diag *d;
    if (map_get(&names->groups, use->name))
        d = check_add(c, W405, use->span,
            "`%.*s` is a group of secrets, and templates see only the secrets in it: the text "
            "`${%.*s}` itself is used",
            STR_ARG(use->name), STR_ARG(use->name));
    else
        d = check_add(c, W405, use->span,
            "neither the configuration nor the secrets declare `%.*s`: the text `%s%.*s%s` itself "
            "is used",
            STR_ARG(use->name), use->form == IR_USE_BARE ? "$" : "${", STR_ARG(use->name),
            use->form == IR_USE_BARE ? "" : "}");
    if (c->has_controls)
        d->level = DIAG_INFO; /* a control may supply it */
    if (near.len > 0) {
        diag_help(c->bag, d, "did you mean `%.*s`?", STR_ARG(near));
        fix_name(c, d, use, near);
    }
}

/* ${some-service}: no name for the engine, whatever is declared. */
static void report_unreadable(struct check *c, struct names *names, struct ir_use *use)
{
    const struct ir_config *config = map_get(&names->configuration, use->name);
    const struct ir_secret *secret = map_get(&names->secrets, use->name);
    struct str near = nearest_variable(c->ir->experiment, names, use->name);
    if (!config && !secret && near.len == 0)
        return;
    struct diag *d = check_add(c, E311, use->span,
        "names in templates are made of letters, digits and underscores, so `${%.*s}` is not "
        "substituted: the text itself is used",
        STR_ARG(use->name));
    if (config || secret) {
        diag_relate(c->bag, d, config ? config->name_span : secret->name_span,
            "`%.*s` is declared here, where no template can reach it", STR_ARG(use->name));
    } else {
        diag_help(c->bag, d, "did you mean `%.*s`?", STR_ARG(near));
        fix_name(c, d, use, near);
    }
}

static void report_never(struct check *c, const struct ir_use *use)
{
    const struct ir_activity *activity = use->activity;
    check_add(c, E310, use->span,
        "the engine substitutes no variables here: the text `${%.*s}` itself is used%s",
        STR_ARG(use->name),
        activity && activity->provider && activity->provider->kind == IR_PROCESS &&
                activity->provider->as.process.path.node == use->node
            ? ", and no program has that name"
            : "");
}

static void resolve_use(struct check *c, struct names *names, struct ir_use *use)
{
    if (use->form == IR_USE_UNREADABLE) {
        report_unreadable(c, names, use);
        return;
    }
    use->config = map_get(&names->configuration, use->name);
    if (!use->config)
        use->secret = map_get(&names->secrets, use->name);
    if (use->place == IR_USE_NEVER) {
        if (use->form == IR_USE_BRACED)
            report_never(c, use);
        return;
    }
    bool later = use->config && use->activity && use->activity->block == IR_IN_CONFIGURATION &&
                 use->config->name_span.lo > use->span.lo;
    if (later) {
        struct diag *d = check_add(c, W405, use->span,
            "`%.*s` is declared below this probe, which runs first: the text `${%.*s}` itself is "
            "used",
            STR_ARG(use->name), STR_ARG(use->name));
        diag_relate(c->bag, d, use->config->name_span, "declared here");
    } else if (!use->config && !use->secret && !c->partial && !names->open) {
        report_undefined(c, names, use);
    }
}

/* ---- references ---- */

static void each_activity(const struct ir_experiment *experiment,
    void (*visit)(struct check *, struct names *, const struct ir_activity *), struct check *c,
    struct names *names)
{
    for (size_t i = 0; i < experiment->method.count; i++)
        visit(c, names, &experiment->method.items[i]);
    const struct ir_hypothesis *hypothesis = experiment->hypothesis;
    for (size_t i = 0; hypothesis && i < hypothesis->probes.count; i++)
        visit(c, names, &hypothesis->probes.items[i]);
}

/* The engine's own order: the method, then the hypothesis; of equal names the last counts. */
static void collect_name(struct check *c, struct names *names, const struct ir_activity *activity)
{
    if (activity->name.text.len == 0)
        return;
    map_set(&names->activities, activity->name.text, stored(activity));
    struct namesake *entry = ARENA_NEW(c->arena, struct namesake);
    struct namesake *first = map_add(&names->namesakes, activity->name.text, entry);
    *entry = (struct namesake){.activity = activity};
    if (first != entry)
        first->last->next = entry;
    first->last = entry;
}

static bool has_refs(const struct ir_activities *activities)
{
    for (size_t i = 0; i < activities->count; i++)
        if (activities->items[i].kind == IR_REF)
            return true;
    return false;
}

static struct str nearest_activity(struct names *names, struct str name)
{
    struct str best = {"", 0};
    if (!may_compare(names, names->activities.count))
        return best;
    unsigned best_distance = (name.len > 15 ? 4 : schema_slip_limit(name)) + 1;
    for (size_t i = 0; i < names->activities.room; i++) {
        const struct map_slot *slot = &names->activities.slots[i];
        const struct ir_activity *activity = slot->value;
        if (!activity || activity->kind == IR_REF)
            continue;
        unsigned distance = str_distance(name, slot->key, best_distance);
        if (distance < best_distance || (distance == best_distance && best.len > 0 &&
                                            distance < 4 && str_compare(slot->key, best) < 0)) {
            best = slot->key;
            best_distance = distance;
        }
    }
    return best;
}

static void report_broken(struct check *c, struct names *names, const struct ir_activity *activity)
{
    struct str name = activity->ref.text;
    const char *happens = activity->block == IR_IN_METHOD ? "the run is refused"
                          : activity->block == IR_IN_ROLLBACKS
                              ? "the rollbacks end here with an exception"
                              : "the run is aborted when it is reached";
    const struct ir_activity *rollback = map_get(&names->rollbacks, name);
    struct diag *d;
    if (rollback) {
        d = check_add(c, E401, activity->ref.node->span,
            "`%.*s` is declared in the rollbacks, where no reference finds it: %s", STR_ARG(name),
            happens);
        diag_relate(c->bag, d, rollback->name.node->span, "declared here");
        return;
    }
    d = check_add(c, E401, activity->ref.node->span,
        "nothing in the hypothesis or the method is named `%.*s`: %s", STR_ARG(name), happens);
    struct str near = nearest_activity(names, name);
    if (near.len > 0) {
        diag_help(c->bag, d, "did you mean `%.*s`?", STR_ARG(near));
        struct diag_fix *fix = diag_fix(c->bag, d, DIAG_UNSAFE, "refer to `%.*s`", STR_ARG(near));
        check_edit_text(c, fix, activity->ref.node, near);
    }
}

/* Says so where other activities that a reference could mean have the same name; the first few are shown. */
static void report_ambiguous(struct check *c, const struct ir_activity *activity,
    const struct ir_activity *target, const struct namesake *others)
{
    enum { MOST_SHOWN = 8 };
    struct diag *d = NULL;
    for (; others && !(d && d->related_count > MOST_SHOWN); others = others->next) {
        const struct ir_activity *other = others->activity;
        if (other == target || other->kind == IR_REF)
            continue;
        if (!d) {
            d = check_add(c, W402, activity->ref.node->span,
                "more than one activity is named `%.*s`: the last one is played, and the "
                "hypothesis counts as last",
                STR_ARG(activity->ref.text));
            diag_relate(c->bag, d, target->name.node->span, "this one is played");
        }
        diag_relate(c->bag, d, other->name.node->span, "this one has the same name");
    }
}

static void resolve_refs(
    struct check *c, struct names *names, const struct ir_activities *activities)
{
    for (size_t i = 0; i < activities->count; i++) {
        struct ir_activity *activity = stored(&activities->items[i]);
        if (activity->kind != IR_REF || activity->ref.text.len == 0)
            continue;
        const struct ir_activity *target = map_get(&names->activities, activity->ref.text);
        if (!target) {
            if (!c->partial)
                report_broken(c, names, activity);
        } else if (target->kind == IR_REF) {
            struct diag *d = check_add(c, E401, activity->ref.node->span,
                "`%.*s` is itself a reference, which the engine does not follow: the run is "
                "aborted when it is reached",
                STR_ARG(activity->ref.text));
            diag_relate(c->bag, d, target->name.node->span, "named here");
        } else {
            activity->target = target;
            report_ambiguous(c, activity, target, map_get(&names->namesakes, activity->ref.text));
        }
    }
}

/* ---- references to controls ---- */

static void resolve_controls(
    struct check *c, const struct names *names, const struct ir_controls *controls)
{
    for (size_t i = 0; i < controls->count; i++) {
        struct ir_control *control = stored(&controls->items[i]);
        if (!ir_is_text(control->ref))
            continue;
        control->target = map_get(&names->controls, control->ref.text);
        if (!control->target && !c->partial)
            check_add(c, E407, control->ref.node->span,
                "the experiment declares no control named `%.*s`: the run is refused",
                STR_ARG(control->ref.text));
    }
}

static void resolve_all_controls(struct check *c, struct names *names)
{
    const struct ir_experiment *experiment = c->ir->experiment;
    const struct ir_controls *declared = &experiment->controls;
    map_init(&names->controls, c->arena);
    for (size_t i = 0; i < declared->count; i++)
        if (!declared->items[i].ref.node)
            map_add(&names->controls, declared->items[i].name.text, stored(&declared->items[i]));
    const struct ir_activities *blocks[] = {&experiment->method, &experiment->rollbacks,
        experiment->hypothesis ? &experiment->hypothesis->probes : NULL};
    resolve_controls(c, names, declared);
    if (experiment->hypothesis)
        resolve_controls(c, names, &experiment->hypothesis->controls);
    for (size_t b = 0; b < 3; b++)
        for (size_t i = 0; blocks[b] && i < blocks[b]->count; i++)
            resolve_controls(c, names, &blocks[b]->items[i].controls);
}

void names_resolve(struct check *c)
{
    const struct ir_experiment *experiment = c->ir->experiment;
    struct names names = {0};
    if (c->use_count > 0) {
        collect_variables(c, &names);
        for (size_t i = 0; i < c->use_count; i++)
            resolve_use(c, &names, &c->uses[i]);
    }
    bool in_hypothesis = experiment->hypothesis && has_refs(&experiment->hypothesis->probes);
    if (in_hypothesis || has_refs(&experiment->method) || has_refs(&experiment->rollbacks)) {
        map_init(&names.activities, c->arena);
        map_init(&names.namesakes, c->arena);
        map_init(&names.rollbacks, c->arena);
        each_activity(experiment, collect_name, c, &names);
        for (size_t i = 0; i < experiment->rollbacks.count; i++)
            if (experiment->rollbacks.items[i].kind != IR_REF)
                map_add(&names.rollbacks, experiment->rollbacks.items[i].name.text,
                    stored(&experiment->rollbacks.items[i]));
        if (in_hypothesis)
            resolve_refs(c, &names, &experiment->hypothesis->probes);
        resolve_refs(c, &names, &experiment->method);
        resolve_refs(c, &names, &experiment->rollbacks);
    }
    if (c->has_controls)
        resolve_all_controls(c, &names);
}
