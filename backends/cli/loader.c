#include "backends/cli/loader.h"

#include <stdlib.h>

#include "backends/interp/interp.h"
#include "backends/lower/lower.h"
#include "runtime/base/json_write.h"

static bool is_python(const struct value *control)
{
    const struct value *provider = value_get(control, STR("provider"));
    const struct value *type = provider ? value_get(provider, STR("type")) : NULL;
    return type && type->kind == VALUE_STRING && str_is(type->as.text, "python");
}

static bool is_needed(const struct loader *loader)
{
    for (size_t i = 0; i < loader->controls->as.array.count; i++)
        if (is_python(&loader->controls->as.array.items[i]))
            return true;
    return false;
}

static void end(struct loader *loader, int code)
{
    loader->ended = true;
    loader->code = code;
}

static void take_end(struct loader *loader, const struct value *reply)
{
    const struct value *why = value_get(reply, STR("interrupted")),
                       *left = value_get(reply, STR("left")),
                       *raised = value_get(reply, STR("raised")),
                       *message = value_get(reply, STR("message"));
    if (why) {
        log_critical(loader->log, "a control interrupted the loading of the experiment: %.*s",
            STR_ARG(why->as.text));
        end(loader, EXIT_FAILURE);
    } else if (left) {
        int code = (int)value_to_double(left);
        log_error(
            loader->log, "a control ended Python, with %d, while the experiment was loaded", code);
        end(loader, code);
    } else if (raised) {
        log_error(loader->log, "the global controls cannot be loaded: %.*s: %.*s",
            STR_ARG(raised->as.text), STR_ARG(message ? message->as.text : STR("")));
        end(loader, EXIT_FAILURE);
    }
}

/* Calls the hooks; what they made of the experiment, or NULL. */
static const struct value *call(struct loader *loader, struct member *members, size_t count)
{
    struct value *reply = ARENA_NEW(&loader->cli->arena, struct value);
    struct value request = {.kind = VALUE_OBJECT, .as.object = {members, count}};
    struct str message = {"", 0};
    if (interp_ask(loader->started, loader->log, &loader->cli->arena, &request, reply, &message) !=
        PREFLIGHT_ANSWERED) {
        log_error(loader->log, "the global controls cannot be loaded: %.*s", STR_ARG(message));
        loader->lost = true;
        end(loader, EXIT_FAILURE);
        return NULL;
    }
    take_end(loader, reply);
    return value_get(reply, STR("read"));
}

static void call_before(struct loader *loader, const char *source)
{
    struct member members[] = {{STR("op"), value_string(STR("control"))},
        {STR("hook"), value_string(STR("before_loading"))},
        {STR("source"), value_string(str_from(source))}, {STR("everywhere"), *loader->controls}};
    call(loader, members, sizeof members / sizeof *members);
}

/* `read` is NULL if the experiment could not be read. */
static const struct value *call_after(
    struct loader *loader, const char *source, const struct value *read)
{
    struct member members[] = {{STR("op"), value_string(STR("control"))},
        {STR("hook"), value_string(STR("after_loading"))},
        {STR("source"), value_string(str_from(source))},
        {STR("read"), read ? *read : value_null()}};
    return call(loader, members, sizeof members / sizeof *members);
}

static void rewrite(struct loader *loader, struct experiment_file *file, const struct value *as)
{
    struct buf text = {0};
    struct json_writer writer = jw_start(&text, (struct json_style){.indent = 2});
    jw_value(&writer, as);
    log_info(loader->log, "Controls have rewritten the experiment");
    experiment_rewrite(loader->cli, file, buf_finish(&text, &loader->cli->arena));
}

static bool load_between_hooks(
    struct loader *loader, const struct fetch *from, bool compat, struct experiment_file *file)
{
    call_before(loader, from->url);
    if (loader->lost)
        return false;
    bool failed = loader->ended; /* the reference's hooks behind it are called all the same */
    bool read = !failed && experiment_read(loader->cli, from, compat, loader->log, file);
    struct value document =
        read ? lower_value(&loader->cli->arena, file->unit.doc.root) : value_null();
    const struct value *rewritten = call_after(loader, from->url, read ? &document : NULL);
    if (read && loader->ended)
        experiment_unload(file);
    if (!read || loader->ended)
        return false;
    if (rewritten)
        rewrite(loader, file, rewritten);
    experiment_check(file);
    return true;
}

bool loader_load(
    struct loader *loader, const struct fetch *from, bool compat, struct experiment_file *file)
{
    loader->code = EXIT_FAILURE;
    if (!is_needed(loader))
        return experiment_load(loader->cli, from, compat, loader->log, file);
    return load_between_hooks(loader, from, compat, file);
}
