#include "backends/cli/run_vars.h"

#include <stdlib.h>

#include "backends/lower/lower.h"
#include "frontend/doc.h"
#include "runtime/base/json.h"
#include "runtime/exec/scope.h"

/* Sets a member of an object that lives in the arena; a later value replaces an earlier one. */
static void set_member(
    struct arena *arena, struct value *object, struct str key, const struct value *value)
{
    size_t count = object->as.object.count;
    struct member *members = ARENA_ARRAY(arena, struct member, count + 1);
    size_t at = count;
    for (size_t i = 0; i < count; i++) {
        members[i] = object->as.object.members[i];
        if (str_equal(members[i].key, key))
            at = i;
    }
    members[at] = (struct member){key, *value};
    object->as.object.members = members;
    object->as.object.count = count + (at == count);
}

static bool add_item(
    struct arena *arena, struct run_vars *vars, struct str item, struct str *message)
{
    const char *equals = memchr(item.ptr, '=', item.len);
    if (!equals) {
        *message = arena_printf(
            arena, "'%.*s': a variable needs to be in the format name[:type]=value", STR_ARG(item));
        return false;
    }
    struct str name = str_slice(item.ptr, equals), type = {"", 0};
    const char *colon = memrchr(name.ptr, ':', name.len);
    if (colon) {
        type = str_slice(colon + 1, name.ptr + name.len);
        name = str_slice(name.ptr, colon);
    }
    struct value text = value_string(str_slice(equals + 1, item.ptr + item.len)), value;
    struct failure failure;
    if (!scope_convert(arena, type, &text, &value, &failure)) {
        *message = arena_printf(arena, "'%.*s': %.*s", STR_ARG(item), STR_ARG(failure.message));
        return false;
    }
    set_member(arena, &vars->configuration, name, &value);
    return true;
}

bool run_vars_add(struct arena *arena, struct run_vars *vars, const struct option_list *items,
    struct str *message)
{
    for (size_t i = 0; i < items->count; i++)
        if (!add_item(arena, vars, str_from(items->items[i]), message))
            return false;
    return true;
}

static void merge(struct arena *arena, struct value *into, const struct value *from)
{
    if (!from || from->kind != VALUE_OBJECT)
        return;
    for (size_t i = 0; i < from->as.object.count; i++)
        set_member(arena, into, from->as.object.members[i].key, &from->as.object.members[i].value);
}

/* NAME=value lines, comments and blank lines left out. */
static void add_environment(struct arena *arena, struct str text, struct log *log, const char *path)
{
    const char *end = text.ptr + text.len;
    for (const char *p = text.ptr; p < end;) {
        const char *eol = memchr(p, '\n', (size_t)(end - p));
        struct str line = str_slice(p, eol ? eol : end);
        p = eol ? eol + 1 : end;
        while (line.len && strchr(" \t\r", line.ptr[0]))
            line = str_slice(line.ptr + 1, line.ptr + line.len);
        while (line.len && strchr(" \t\r", line.ptr[line.len - 1]))
            line.len--;
        if (!line.len || line.ptr[0] == '#')
            continue;
        const char *equals = memchr(line.ptr, '=', line.len);
        if (!equals) {
            log_error(log, "%s: '%.*s' is no NAME=value line", path, STR_ARG(line));
            continue;
        }
        struct str name = arena_str(arena, str_slice(line.ptr, equals));
        struct str value = arena_str(arena, str_slice(equals + 1, line.ptr + line.len));
        setenv(name.ptr, value.ptr, 1);
        log_debug(log, "Inject environment variable '%s' from file '%s'", name.ptr, path);
    }
}

/* True if the file is data; false if it is not, or has an error, which is logged (then `*failed`). */
static bool read_data(
    struct arena *arena, struct source *source, struct log *log, struct value *data, bool *failed)
{
    bool yaml = str_ends(source->name, STR(".yaml")) || str_ends(source->name, STR(".yml"));
    if (!yaml && !str_ends(source->name, STR(".json")))
        return false;
    struct diag_bag bag;
    struct doc doc;
    diag_bag_init(&bag);
    if (yaml)
        doc_read_yaml(&doc, source, &bag);
    else
        doc_read_json(&doc, source, &bag);
    *failed = doc.broken;
    if (doc.broken)
        log_error(log, "Failed to parse variable file '%.*s': %.*s", STR_ARG(source->name),
            STR_ARG(bag.count ? bag.items[0]->message : STR("it cannot be read")));
    else
        *data = lower_value(arena, doc.root);
    doc_free(&doc);
    diag_bag_free(&bag);
    return true;
}

static void add_file(struct arena *arena, struct run_vars *vars, const char *path, struct log *log)
{
    struct source source;
    log_debug(log, "Loading var from file '%s'", path);
    if (source_open(&source, path) != SOURCE_OK) {
        log_error(log, "Cannot read var file '%s'", path);
        return;
    }
    struct value data = value_null();
    bool failed = false;
    if (source.text.len && read_data(arena, &source, log, &data, &failed) && !failed &&
        value_truthy(&data)) {
        merge(arena, &vars->configuration, value_get(&data, STR("configuration")));
        merge(arena, &vars->secrets, value_get(&data, STR("secrets")));
    } else if (!failed) {
        add_environment(arena, source.text, log, path);
    }
    source_free(&source);
}

void run_vars_add_files(
    struct arena *arena, struct run_vars *vars, const struct option_list *files, struct log *log)
{
    for (size_t i = 0; i < files->count; i++)
        add_file(arena, vars, files->items[i], log);
}
