#include "backends/cli/controls.h"

#include "backends/lower/lower.h"
#include "frontend/doc.h"

struct list {
    struct arena *arena;
    struct value *items;
    size_t count, room;
};

/* A mapping of names to controls; each gets its name as a member. */
static void add_all(struct list *list, const struct value *controls)
{
    if (!controls || controls->kind != VALUE_OBJECT)
        return;
    for (size_t i = 0; i < controls->as.object.count; i++) {
        const struct member *named = &controls->as.object.members[i];
        if (named->value.kind != VALUE_OBJECT)
            continue;
        struct value control = named->value;
        size_t count = control.as.object.count;
        struct member *members = ARENA_ARRAY(list->arena, struct member, count + 1);
        for (size_t m = 0; m < count; m++)
            members[m] = control.as.object.members[m];
        members[count] = (struct member){STR("name"), value_string(named->key)};
        control.as.object.members = members;
        control.as.object.count = count + 1;
        *ARENA_PUSH(list->arena, list->items, list->count, list->room) = control;
    }
}

static void add_file(struct list *list, const char *path, struct log *log)
{
    struct source source;
    struct diag_bag bag;
    struct doc doc;
    if (source_open(&source, path) != SOURCE_OK) {
        log_error(log, "Failed to read control file '%s'", path);
        return;
    }
    diag_bag_init(&bag);
    doc_read(&doc, &source, &bag);
    if (doc.broken) {
        struct str why = bag.count ? bag.items[0]->message : STR("it cannot be read");
        log_error(log, "Failed to parse control file '%s': %.*s", path, STR_ARG(why));
    } else {
        struct value controls = lower_value(list->arena, doc.root);
        add_all(list, &controls);
    }
    doc_free(&doc);
    source_free(&source);
    diag_bag_free(&bag);
}

struct value controls_load(struct arena *arena, const struct value *settings,
    const struct option_list *files, struct log *log)
{
    struct list list = {.arena = arena};
    add_all(&list, value_get(settings, STR("controls")));
    for (size_t i = 0; i < files->count; i++)
        add_file(&list, files->items[i], log);
    return (struct value){.kind = VALUE_ARRAY, .as.array = {list.items, list.count}};
}
