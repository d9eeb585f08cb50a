#include "runtime/helper/driver.h"

#include "runtime/base/mem.h"
#include "runtime/loop/process.h"

#define DESCRIBE_SPAN 10000000000LL

struct drivers {
    struct arena arena;
    struct loop *loop;
    const struct driver_search *search;
    struct log *log;
    struct driver *first; /* every name that was asked for; without a path there is no driver */
};

struct drivers *drivers_open(struct loop *loop, const struct driver_search *search, struct log *log)
{
    struct drivers *drivers = mem_alloc(sizeof *drivers);
    *drivers = (struct drivers){.loop = loop, .search = search, .log = log};
    arena_init(&drivers->arena);
    return drivers;
}

void drivers_close(struct drivers *drivers)
{
    for (struct driver *driver = drivers->first; driver; driver = driver->next)
        if (driver->helper)
            helper_close(driver->helper);
    arena_free(&drivers->arena);
    mem_free(drivers);
}

/* ---- finding ---- */

/* The package of a module; empty for what is no name, so that no path is looked up by it. */
static struct str first_part(struct str module)
{
    size_t length = 0;
    while (length < module.len && module.ptr[length] != '.') {
        char c = module.ptr[length];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(length && c >= '0' && c <= '9'))
            return STR("");
        length++;
    }
    return (struct str){module.ptr, length};
}

static const char *find_program(struct drivers *drivers, struct str name)
{
    const struct driver_search *search = drivers->search;
    for (size_t i = 0; i < search->count; i++)
        if (str_equal(search->rows[i].name, name))
            return search->rows[i].path;
    return process_which(
        &drivers->arena, arena_printf(&drivers->arena, DRIVER_PREFIX "%.*s", STR_ARG(name)));
}

static void say(void *context, int level, struct str logger, struct str message)
{
    struct driver *driver = context;
    (void)logger;
    struct log *log = driver->drivers->log;
    const struct redactor *before = log_hide(log, log->told);
    log_write(log, log_level_from(level), driver->name.ptr, 0, "%.*s", STR_ARG(message));
    log_hide(log, before);
}

/* Only chaoslib's functions end a run by a signal. */
static void ignore_signal(void *context, int number)
{
    (void)context;
    (void)number;
}

static void open_driver(struct drivers *drivers, struct driver *driver)
{
    struct arena *arena = &drivers->arena;
    char **argv = ARENA_ARRAY(arena, char *, 2);
    struct str *greeting = ARENA_NEW(arena, struct str);
    struct str path = str_from(driver->path);
    argv[0] = ARENA_ARRAY(arena, char, path.len + 1);
    memcpy(argv[0], path.ptr, path.len + 1);
    argv[1] = NULL;
    *greeting =
        arena_printf(arena, "{\"protocol\": 1, \"driver\": \"%.*s\"}", STR_ARG(driver->name));
    driver->helper = helper_open(
        drivers->loop, &(struct helper_options){
                           .title = arena_printf(arena, "driver `%.*s`", STR_ARG(driver->name)).ptr,
                           .path = driver->path,
                           .argv = argv,
                           .greetings = greeting,
                           .greeting_count = 1,
                           .say = say,
                           .signalled = ignore_signal,
                           .context = driver,
                       });
}

struct driver *drivers_find(struct drivers *drivers, struct str module)
{
    struct str name = first_part(module);
    if (!name.len || !drivers->search)
        return NULL;
    for (struct driver *driver = drivers->first; driver; driver = driver->next)
        if (str_equal(driver->name, name))
            return driver->path ? driver : NULL;
    struct driver *driver = ARENA_NEW(&drivers->arena, struct driver);
    *driver = (struct driver){
        .name = arena_str(&drivers->arena, name), .drivers = drivers, .next = drivers->first};
    driver->path = find_program(drivers, driver->name);
    drivers->first = driver;
    if (!driver->path)
        return NULL;
    open_driver(drivers, driver);
    return driver;
}

/* ---- describe ---- */

struct description {
    struct driver *driver;
    struct helper_call *call; /* NULL once it has ended */
    struct loop_timer timer;
    struct str problem;
};

static void give_up(void *context)
{
    struct description *description = context;
    helper_cancel(description->call);
}

static void take_description(void *context, const struct helper_result *result)
{
    struct description *description = context;
    struct driver *driver = description->driver;
    struct arena *arena = &driver->drivers->arena;
    const struct value *value = result->reply ? value_get(result->reply, STR("value")) : NULL;
    const struct value *failed = result->reply ? value_get(result->reply, STR("failed")) : NULL;
    const struct value *functions = value_get(value ? value : &(struct value){0}, STR("functions"));
    description->call = NULL;
    if (functions && functions->kind == VALUE_ARRAY) {
        struct value *copy = ARENA_NEW(arena, struct value);
        *copy = value_copy(arena, value);
        driver->described = copy;
        return;
    }
    struct str why = STR("its answer is no object with a list `functions`");
    if (failed && failed->kind == VALUE_STRING)
        why = failed->as.text;
    else if (result->end == HELPER_DIED || result->end == HELPER_NOT_STARTED)
        why = result->message;
    else if (result->end != HELPER_REPLIED)
        why = STR("it does not answer");
    description->problem = arena_printf(arena, "driver `%.*s` does not say what it can do: %.*s",
        STR_ARG(driver->name), STR_ARG(why));
}

const struct value *driver_describe(struct driver *driver, struct str *problem)
{
    struct loop *loop = driver->drivers->loop;
    static const struct member op = {
        STR_INIT("op"), {.kind = VALUE_STRING, .as.text = STR_INIT("describe")}};
    static const struct value request = {.kind = VALUE_OBJECT, .as.object = {&op, 1}};
    struct description description = {.driver = driver};
    if (driver->described)
        return driver->described;
    description.call = helper_start(driver->helper, &request, true, take_description, &description);
    loop_timer_set(loop, &description.timer, loop_deadline(DESCRIBE_SPAN), give_up, &description);
    while (description.call)
        loop_turn(loop, LOOP_NEVER);
    loop_timer_cancel(loop, &description.timer);
    *problem = description.problem;
    return driver->described;
}

/* ---- does it take a call? ---- */

static bool has_text(const struct value *object, struct str key, struct str text)
{
    const struct value *value = value_get(object, key);
    return value && value->kind == VALUE_STRING && str_equal(value->as.text, text);
}

static bool is_true(const struct value *object, struct str key)
{
    const struct value *value = value_get(object, key);
    return value && value_truthy(value);
}

static const struct value *find_function(
    const struct value *described, const struct driver_asked *use)
{
    const struct value *functions = value_get(described, STR("functions"));
    for (size_t i = 0; i < functions->as.array.count; i++) {
        const struct value *function = &functions->as.array.items[i];
        if (has_text(function, STR("module"), use->module) &&
            has_text(function, STR("func"), use->func))
            return function;
    }
    return NULL;
}

static bool is_given(const struct driver_asked *use, struct str name)
{
    return (use->arguments && value_get(use->arguments, name)) ||
           (use->judges && str_is(name, "value"));
}

bool driver_takes(const struct driver *driver, const struct driver_asked *use, struct arena *arena,
    struct str *problem)
{
    const struct value *function = find_function(driver->described, use);
    const struct value *args = function ? value_get(function, STR("args")) : NULL;
    size_t count = args && args->kind == VALUE_ARRAY ? args->as.array.count : 0;
    bool takes_any = false;
    if (!function) {
        *problem = arena_printf(arena,
            "driver `%.*s` has no function '%.*s' in '%.*s' for %s '%.*s'", STR_ARG(driver->name),
            STR_ARG(use->func), STR_ARG(use->module), use->kind, STR_ARG(use->name));
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct value *arg = &args->as.array.items[i];
        const struct value *name = value_get(arg, STR("name"));
        takes_any |= has_text(arg, STR("style"), STR("var_keyword"));
        if (!name || name->kind != VALUE_STRING || !is_true(arg, STR("required")) ||
            is_true(arg, STR("injected")) || is_given(use, name->as.text))
            continue;
        *problem = arena_printf(arena, "required argument '%.*s' is missing from activity '%.*s'",
            STR_ARG(name->as.text), STR_ARG(use->name));
        return false;
    }
    size_t given = use->arguments && use->arguments->kind == VALUE_OBJECT && !takes_any
                       ? use->arguments->as.object.count
                       : 0;
    for (size_t g = 0; g < given; g++) {
        struct str key = use->arguments->as.object.members[g].key;
        size_t i = 0;
        while (i < count && !has_text(&args->as.array.items[i], STR("name"), key))
            i++;
        if (i < count)
            continue;
        *problem = arena_printf(arena,
            "argument '%.*s' is not part of the function signature in activity '%.*s'",
            STR_ARG(key), STR_ARG(use->name));
        return false;
    }
    return true;
}
