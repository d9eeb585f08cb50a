#include "runtime/runner/play_vars.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/json.h"
#include "runtime/exec/scope.h"

void play_vars_init(struct play_vars *vars)
{
    vars->configuration = vars->secrets = (struct value){.kind = VALUE_OBJECT};
}

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
    struct arena *arena, struct play_vars *vars, struct str item, struct str *message)
{
    const char *equals = memchr(item.ptr, '=', item.len);
    if (!equals) {
        *message = arena_printf(
            arena, "'%.*s': a variable needs to be in the format name[:type]=value", STR_ARG(item));
        return false;
    }
    struct str name = str_slice(item.ptr, equals), type = {NULL, 0};
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

bool play_vars_add(struct arena *arena, struct play_vars *vars, const struct option_list *items,
    struct str *message)
{
    for (size_t i = 0; i < items->count; i++)
        if (!add_item(arena, vars, str_from(items->items[i]), message))
            return false;
    return true;
}

/* False if the file's member is no mapping. */
static bool merge(
    struct arena *arena, struct value *into, const struct value *data, struct str name)
{
    const struct value *from = value_get(data, name);
    if (!from)
        return data->kind == VALUE_OBJECT;
    if (from->kind != VALUE_OBJECT)
        return false;
    for (size_t i = 0; i < from->as.object.count; i++)
        set_member(arena, into, from->as.object.members[i].key, &from->as.object.members[i].value);
    return true;
}

/* NAME=value lines, comments and blank lines left out; false at the first that is neither. */
static bool add_environment(struct arena *arena, struct str text, struct log *log, const char *path)
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
            return false;
        }
        struct str name = arena_str(arena, str_slice(line.ptr, equals));
        struct str value = arena_str(arena, str_slice(equals + 1, line.ptr + line.len));
        setenv(name.ptr, value.ptr, 1);
        log_debug(log, "Inject environment variable '%s' from file '%s'", name.ptr, path);
    }
    return true;
}

enum play_vars_reading play_vars_read_json(
    struct arena *arena, struct str path, struct str text, struct value *data, struct str *message)
{
    struct json_failure failure;
    if (!str_ends(path, STR(".json")))
        return PLAY_VARS_LINES;
    if (json_parse(arena, text, NULL, data, &failure))
        return PLAY_VARS_DATA;
    *message =
        arena_printf(arena, "%s, at byte %zu", json_error_text(failure.error), failure.offset);
    return PLAY_VARS_WRONG;
}

/* The whole file in the arena, with a NUL behind it. */
static bool read_file(struct arena *arena, const char *path, struct str *text)
{
    struct buf all = {0};
    char chunk[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n;
    while ((n = read(fd, chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0)
            buf_add(&all, chunk, (size_t)n);
    close(fd);
    *text = arena_str(arena, buf_str(&all));
    buf_free(&all);
    return n == 0;
}

static bool add_file(struct arena *arena, struct play_vars *vars, const char *path,
    play_vars_fn *read_data, struct log *log)
{
    struct str text, message;
    struct value data;
    log_debug(log, "Loading var from file '%s'", path);
    if (!read_file(arena, path, &text)) {
        log_error(log, "Cannot read var file '%s'", path);
        return true;
    }
    if (text.len == 0)
        return true;
    enum play_vars_reading reading = read_data(arena, str_from(path), text, &data, &message);
    if (reading == PLAY_VARS_WRONG) {
        log_error(log, "Failed to parse variable file '%s': %.*s", path, STR_ARG(message));
        return true;
    }
    if (reading != PLAY_VARS_DATA || !value_truthy(&data))
        return add_environment(arena, text, log, path);
    if (merge(arena, &vars->configuration, &data, STR("configuration")) &&
        merge(arena, &vars->secrets, &data, STR("secrets")))
        return true;
    log_error(log, "%s: it, its `configuration` or its `secrets` is no mapping", path);
    return false;
}

bool play_vars_add_files(struct arena *arena, struct play_vars *vars,
    const struct option_list *files, play_vars_fn *read_data, struct log *log)
{
    for (size_t i = 0; i < files->count; i++)
        if (!add_file(arena, vars, files->items[i], read_data, log))
            return false;
    return true;
}

static struct str type_of_inline(const struct rt_plan *plan, const struct plan_variable *row)
{
    static const struct str types[] = {[VALUE_BOOL] = STR_INIT("bool"),
        [VALUE_INT] = STR_INIT("int"),
        [VALUE_REAL] = STR_INIT("float"),
        [VALUE_STRING] = STR_INIT("str"),
        [VALUE_ARRAY] = STR_INIT("json"),
        [VALUE_OBJECT] = STR_INIT("json")};
    if (row->source == PLAN_ENVIRONMENT && plan_text(plan, row->type).len)
        return plan_text(plan, row->type);
    return row->source == PLAN_INLINE ? types[plan->value_rows[row->document].kind]
                                      : (struct str){NULL, 0};
}

bool play_vars_add_environment(
    struct arena *arena, struct play_vars *vars, const struct rt_plan *plan, struct log *log)
{
    const struct plan_experiment *e = plan_experiment(plan);
    bool good = true;
    for (uint32_t i = e->configuration; i < e->configuration + e->configuration_count; i++) {
        const struct plan_variable *row = &plan->variable_rows[i];
        struct str name = plan_text(plan, row->name);
        struct failure failure;
        struct value value;
        const char *variable = arena_printf(arena, "CHAOSC_VAR_%.*s", STR_ARG(name)).ptr;
        const char *given = getenv(variable);
        if (!given)
            continue;
        struct value text = value_string(arena_str(arena, str_from(given)));
        if (scope_convert(arena, type_of_inline(plan, row), &text, &value, &failure)) {
            set_member(arena, &vars->configuration, name, &value);
        } else {
            log_error(log, "%s: %.*s", variable, STR_ARG(failure.message));
            good = false;
        }
    }
    return good;
}

/* What cannot be read here is refused before anything is done with defaults in its place. */
static bool is_readable(const char *file, struct log *log)
{
    if (access(file, F_OK) != 0) {
        log_error(log, "--var-file: '%s' does not exist", file);
        return false;
    }
    if (str_ends(str_from(file), STR(".yaml")) || str_ends(str_from(file), STR(".yml"))) {
        log_error(log,
            "--var-file: '%s' is YAML, and a runner reads JSON and NAME=value lines: `chaosc "
            "convert` makes JSON of it",
            file);
        return false;
    }
    return true;
}

int play_vars_read(struct arena *arena, struct play_vars *vars, const struct play_options *options,
    const struct rt_plan *plan, struct log *log)
{
    struct str message;
    play_vars_init(vars);
    for (size_t i = 0; i < options->var_files.count; i++)
        if (!is_readable(options->var_files.items[i], log))
            return PLAY_WRONG_USAGE;
    if (!play_vars_add_files(arena, vars, &options->var_files, play_vars_read_json, log))
        return EXIT_FAILURE;
    if (!play_vars_add_environment(arena, vars, plan, log))
        return PLAY_WRONG_USAGE;
    if (!play_vars_add(arena, vars, &options->vars, &message)) {
        log_error(log, "--var: %.*s", STR_ARG(message));
        return PLAY_WRONG_USAGE;
    }
    return EXIT_SUCCESS;
}
