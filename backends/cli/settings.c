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
    return value_truthy(&settings) ? settings : nothing;
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

/* What the reference would end with a traceback for. */
static bool names_controls(const struct value *settings)
{
    const struct value *controls = value_get(settings, STR("controls"));
    if (controls && controls->kind != VALUE_OBJECT)
        return false;
    for (size_t i = 0; controls && i < controls->as.object.count; i++)
        if (controls->as.object.members[i].value.kind != VALUE_OBJECT)
            return false;
    return true;
}

bool settings_check(const struct value *settings, struct log *log)
{
    if (settings->kind != VALUE_OBJECT)
        return true; /* the run refuses them */
    warn_of_others(settings, log);
    if (names_controls(settings))
        return true;
    log_error(log, "the settings' `controls` are no mapping of names to controls");
    return false;
}
