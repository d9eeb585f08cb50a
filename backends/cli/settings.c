#include "backends/cli/settings.h"

#include <stdlib.h>
#include <unistd.h>

#include "backends/lower/lower.h"
#include "frontend/doc.h"

const char *settings_path(struct arena *arena, const char *given)
{
    if (given)
        return given;
    const char *home = getenv("HOME");
    return arena_printf(arena, "%s/.chaostoolkit/settings.yaml", home ? home : "").ptr;
}

struct value settings_load(struct arena *arena, const char *path, struct log *log)
{
    struct value nothing = {.kind = VALUE_OBJECT}, settings = nothing;
    struct source source;
    path = settings_path(arena, path);
    log_debug(log, "Using settings file '%s'", path);
    if (source_open(&source, path) != SOURCE_OK) {
        log_debug(log, "The Chaos Toolkit settings file could not be found at '%s'.", path);
        return nothing;
    }
    struct diag_bag bag;
    struct doc doc;
    diag_bag_init(&bag);
    doc_read_yaml(&doc, &source, &bag);
    if (doc.broken)
        log_error(log, "Failed parsing YAML settings: %s: %.*s", path,
            STR_ARG(bag.count ? bag.items[0]->message : STR("it cannot be read")));
    else
        settings = lower_value(arena, doc.root);
    doc_free(&doc);
    diag_bag_free(&bag);
    source_free(&source);
    return settings.kind == VALUE_OBJECT ? settings : nothing;
}

/* settings["runtime"][block]["strategy"], or an empty string. */
static struct str strategy_of(const struct value *settings, struct str block)
{
    const struct value *runtime = value_get(settings, STR("runtime"));
    const struct value *part = runtime ? value_get(runtime, block) : NULL;
    const struct value *strategy = part ? value_get(part, STR("strategy")) : NULL;
    return strategy && strategy->kind == VALUE_STRING ? strategy->as.text : STR("");
}

static void warn_of_others(const struct value *settings, struct log *log)
{
    static const struct str known[] = {STR_INIT("runtime"), STR_INIT("vaults"), STR_INIT("dry"),
        STR_INIT("auths"), STR_INIT("controls"), STR_INIT("notifications")};
    for (size_t i = 0; i < settings->as.object.count; i++) {
        struct str key = settings->as.object.members[i].key;
        bool is_known = false;
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            is_known |= str_equal(key, known[k]);
        if (!is_known && value_truthy(&settings->as.object.members[i].value))
            log_warning(log,
                "the settings' `%.*s` are not supported by this version: they are "
                "left out",
                STR_ARG(key));
    }
}

bool settings_apply(const struct value *settings, struct run_options *options, struct log *log)
{
    struct str hypothesis = strategy_of(settings, STR("hypothesis"));
    struct str rollbacks = strategy_of(settings, STR("rollbacks"));
    warn_of_others(settings, log);
    if (!options->has_rollbacks && rollbacks.len &&
        !run_rollbacks_of(rollbacks, &options->rollbacks))
        options->rollbacks = RUN_ROLLBACKS_UNKNOWN;
    if (options->has_hypothesis || !hypothesis.len ||
        run_hypothesis_of(hypothesis, &options->hypothesis))
        return true;
    log_error(log, "the settings name an unknown hypothesis strategy: '%.*s'", STR_ARG(hypothesis));
    return false;
}
