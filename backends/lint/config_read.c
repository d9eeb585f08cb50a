/* From the text of a .chaosc.yaml to a configuration: one row a key. */
#include <errno.h>
#include <glob.h>
#include <string.h>

#include "backends/lint/config.h"
#include "backends/lint/path.h"
#include "backends/lint/signature_file.h"
#include "backends/lint/suppress.h"

struct config_reader {
    struct lint_config *config;
    struct diag_bag *bag;
    signed char *levels; /* the configuration's, or an override's */
};

#define COMPLAIN(r, node, ...)                                                                     \
    diag_add((r)->bag, &(r)->config->source, DIAG_E054, (node)->span, __VA_ARGS__)

static const char *const level_names[] = {"off", "info", "warning", "error"};

/* ---- selecting rules ---- */

/* Calls for every rule that a code, slug, group or `all` names; false if it names none. */
static bool for_rules(
    struct str text, void (*fn)(signed char *level, int value), signed char *levels, int value)
{
    bool found = false;
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);
        if (!str_equal(text, str_from(info->id)) && !str_equal(text, str_from(info->slug)) &&
            !str_equal(text, str_from(info->group)) && !str_is(text, "all"))
            continue;
        fn(&levels[i], value);
        found = true;
    }
    return found;
}

static void set_level(signed char *level, int value)
{
    *level = (signed char)value;
}

static void mark(signed char *level, int value)
{
    (void)value;
    *level = 1;
}

static void complain_rule(struct config_reader *r, struct span span, struct str text)
{
    struct diag *diag = diag_add(r->bag, &r->config->source, DIAG_E054, span,
        "`%.*s` is no rule's code or name and no group of rules", STR_ARG(text));
    enum diag_code near;
    if (!suppress_near(text, &near))
        return;
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_UNSAFE, "write `%s`", diag_info(near)->slug);
    diag_edit(r->bag, fix, span, str_from(diag_info(near)->slug));
}

/* The strings of a list; what is none is reported. */
static size_t strings_of(
    struct config_reader *r, const struct doc_node *node, const struct doc_node ***out)
{
    size_t count = 0;
    if (node->kind != DOC_ARRAY) {
        COMPLAIN(
            r, node, "a list is needed here, not %s", doc_kind_name((enum doc_kind)node->kind));
        return 0;
    }
    *out = ARENA_ARRAY(&r->config->arena, const struct doc_node *, node->as.array.count);
    for (size_t i = 0; i < node->as.array.count; i++) {
        const struct doc_node *item = node->as.array.items[i];
        if (item->kind == DOC_STRING)
            (*out)[count++] = item;
        else
            COMPLAIN(r, item, "a string is needed here, not %s",
                doc_kind_name((enum doc_kind)item->kind));
    }
    return count;
}

static void read_select(struct config_reader *r, const struct doc_node *node)
{
    signed char selected[DIAG_CODE_COUNT] = {0};
    const struct doc_node **items = NULL;
    for (size_t count = strings_of(r, node, &items), i = 0; i < count; i++)
        if (!for_rules(items[i]->as.text, mark, selected, 1))
            complain_rule(r, items[i]->span, items[i]->as.text);
    for (int i = 0; i < DIAG_CODE_COUNT; i++) {
        const struct diag_info *info = diag_info((enum diag_code)i);
        /* A file that cannot be read is never all right. */
        bool always = strcmp(info->group, "input") == 0 || strcmp(info->group, "syntax") == 0;
        if (!selected[i] && !always)
            r->levels[i] = DIAG_OFF;
        else if (selected[i] && info->level == DIAG_INFO)
            r->levels[i] = DIAG_WARNING; /* asked for by name: shown */
    }
}

static void read_ignore(struct config_reader *r, const struct doc_node *node)
{
    const struct doc_node **items = NULL;
    for (size_t count = strings_of(r, node, &items), i = 0; i < count; i++)
        if (!for_rules(items[i]->as.text, set_level, r->levels, DIAG_OFF))
            complain_rule(r, items[i]->span, items[i]->as.text);
}

static int level_of(const struct doc_node *node)
{
    /* YAML's `off` is false. */
    if (node->kind == DOC_BOOL && !node->as.truth)
        return DIAG_OFF;
    for (int i = 0; node->kind == DOC_STRING && i < 4; i++)
        if (str_equal(node->as.text, str_from(level_names[i])))
            return i;
    return -1;
}

static void read_severity(struct config_reader *r, const struct doc_node *node)
{
    if (node->kind != DOC_OBJECT) {
        COMPLAIN(r, node, "a mapping from rules to levels is needed here");
        return;
    }
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        int level = level_of(member->value);
        if (level < 0)
            COMPLAIN(r, member->value, "a level is off, info, warning or error");
        else if (!for_rules(member->key, set_level, r->levels, level))
            complain_rule(r, member->key_span, member->key);
    }
}

static void read_extends(struct config_reader *r, const struct doc_node *node)
{
    bool strict = node->kind == DOC_STRING && str_is(node->as.text, "strict");
    if (!strict && !(node->kind == DOC_STRING && str_is(node->as.text, "recommended"))) {
        COMPLAIN(r, node, "what can be extended is `recommended` or `strict`");
        return;
    }
    for (int i = 0; strict && i < DIAG_CODE_COUNT; i++)
        if (r->levels[i] == DIAG_INFO)
            r->levels[i] = DIAG_WARNING;
}

/* ---- the rest ---- */

static struct str resolve(struct config_reader *r, struct str path)
{
    if (str_starts(path, STR("/")))
        return arena_str(&r->config->arena, path);
    return arena_printf(&r->config->arena, "%.*s/%.*s", STR_ARG(r->config->folder), STR_ARG(path));
}

static void read_drivers(struct config_reader *r, const struct doc_node *node)
{
    struct lint_config *config = r->config;
    if (node->kind != DOC_OBJECT) {
        COMPLAIN(r, node, "a mapping from packages to versions is needed here");
        return;
    }
    config->drivers = ARENA_ARRAY(&config->arena, struct driver_pin, node->as.object.count);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        const struct doc_node *version = member->value;
        if (version->kind != DOC_STRING && version->kind != DOC_REAL && version->kind != DOC_INT)
            COMPLAIN(r, version, "a version is needed here, such as 0.26.0");
        else
            config->drivers[config->driver_count++] =
                (struct driver_pin){member->key, version->as.text};
    }
}

static bool is_package_name(struct str name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";
    bool digit_first = name.len && name.ptr[0] >= '0' && name.ptr[0] <= '9';
    return name.len && !digit_first && strspn(name.ptr, letters) >= name.len;
}

static void read_driver_programs(struct config_reader *r, const struct doc_node *node)
{
    struct lint_config *config = r->config;
    if (node->kind != DOC_OBJECT) {
        COMPLAIN(r, node, "a mapping from packages to programs is needed here");
        return;
    }
    config->programs = ARENA_ARRAY(&config->arena, struct config_program, node->as.object.count);
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        struct str name = arena_str(&config->arena, member->key);
        if (!is_package_name(name))
            diag_add(r->bag, &config->source, DIAG_E054, member->key_span,
                "a driver is named by the first part of its modules' names: a letter, then "
                "letters, "
                "digits and `_`");
        else if (member->value->kind != DOC_STRING || !member->value->as.text.len)
            COMPLAIN(r, member->value, "the path of a program is needed here");
        else
            config->programs[config->program_count++] =
                (struct config_program){name, resolve(r, member->value->as.text)};
    }
}

static void read_require_reason(struct config_reader *r, const struct doc_node *node)
{
    if (node->kind == DOC_BOOL)
        r->config->require_reason = node->as.truth;
    else
        COMPLAIN(r, node, "true or false is needed here");
}

/* Opens and reads a file that a node names; NULL after reporting why not. */
static struct config_file *open_file(
    struct config_reader *r, const struct doc_node *node, const char *path)
{
    struct lint_config *config = r->config;
    struct config_file *file = ARENA_NEW(&config->arena, struct config_file);
    if (source_open(&file->source, path) != SOURCE_OK) {
        COMPLAIN(r, node, "`%.*s` cannot be read: %s", STR_ARG(node->as.text), strerror(errno));
        return NULL;
    }
    file->folder = path_folder(&config->arena, path);
    doc_read(&file->doc, &file->source, r->bag);
    file->next = config->files;
    config->files = file;
    return file;
}

static struct config_file *read_file(struct config_reader *r, const struct doc_node *node)
{
    if (node->kind == DOC_STRING && node->as.text.len)
        return open_file(r, node, resolve(r, node->as.text).ptr);
    COMPLAIN(r, node, "the name of a file is needed here");
    return NULL;
}

static void read_signature_file(
    struct config_reader *r, const struct doc_node *node, const char *path)
{
    struct lint_config *config = r->config;
    struct config_file *file = open_file(r, node, path);
    const struct signature_package *package =
        file ? signature_file_read(&config->arena, &file->doc, r->bag) : NULL;
    if (package)
        *ARENA_PUSH(&config->arena, config->signatures, config->signature_count,
            config->signature_room) = package;
}

static void read_signatures(struct config_reader *r, const struct doc_node *node)
{
    const struct doc_node **items = NULL;
    for (size_t count = strings_of(r, node, &items), i = 0; i < count; i++) {
        glob_t found;
        if (glob(resolve(r, items[i]->as.text).ptr, 0, NULL, &found) != 0) {
            COMPLAIN(
                r, items[i], "no file of signatures is called `%.*s`", STR_ARG(items[i]->as.text));
            continue;
        }
        for (size_t j = 0; j < found.gl_pathc; j++)
            read_signature_file(r, items[i], found.gl_pathv[j]);
        globfree(&found);
    }
}

static void read_ignore_file(struct config_reader *r, const struct doc_node *node)
{
    r->config->ignore_file = read_file(r, node);
}

static void read_baseline(struct config_reader *r, const struct doc_node *node)
{
    struct lint_config *config = r->config;
    const struct config_file *file = read_file(r, node);
    if (!file)
        return;
    config->baseline = ARENA_NEW(&config->arena, struct baseline);
    baseline_init(config->baseline, file->source.name.ptr);
    baseline_read(config->baseline, &file->doc, r->bag);
}

static void read_overrides(struct config_reader *r, const struct doc_node *node);

/* Levels are read in this order, whatever the file's is. `files` stands in overrides only. */
static const struct config_key {
    struct str name;
    void (*read)(struct config_reader *r, const struct doc_node *node);
    bool in_override;
} keys[] = {
    {STR_INIT("extends"), read_extends, false},
    {STR_INIT("select"), read_select, true},
    {STR_INIT("ignore"), read_ignore, true},
    {STR_INIT("severity"), read_severity, true},
    {STR_INIT("overrides"), read_overrides, false},
    {STR_INIT("signatures"), read_signatures, false},
    {STR_INIT("drivers"), read_drivers, false},
    {STR_INIT("driver-programs"), read_driver_programs, false},
    {STR_INIT("require-reason"), read_require_reason, false},
    {STR_INIT("ignore-file"), read_ignore_file, false},
    {STR_INIT("baseline"), read_baseline, false},
    {STR_INIT("files"), NULL, true},
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static void complain_key(struct config_reader *r, const struct doc_member *member, bool in_override)
{
    struct diag *diag =
        diag_add(r->bag, &r->config->source, DIAG_E054, member->key_span, "`%.*s` is no key of %s",
            STR_ARG(member->key), in_override ? "an override" : "the configuration");
    unsigned least = member->key.len > 4 ? 2 : 1;
    struct str near = STR("");
    for (size_t i = 0; i < KEY_COUNT; i++) {
        bool allowed = in_override ? keys[i].in_override : keys[i].read != NULL;
        unsigned distance = str_distance(member->key, keys[i].name, least);
        if (!allowed || distance > least)
            continue;
        near = keys[i].name;
        least = distance ? distance - 1 : 0;
    }
    if (near.len == 0)
        return;
    struct diag_fix *fix = diag_fix(r->bag, diag, DIAG_SAFE, "write `%.*s`", STR_ARG(near));
    diag_edit(r->bag, fix, member->key_span, near);
}

static void read_keys(struct config_reader *r, const struct doc_node *node, bool in_override)
{
    for (size_t k = 0; k < KEY_COUNT; k++) {
        const struct doc_node *value = doc_get(node, keys[k].name);
        if (value && keys[k].read && (!in_override || keys[k].in_override))
            keys[k].read(r, value);
    }
    for (size_t i = 0; i < node->as.object.count; i++) {
        const struct doc_member *member = &node->as.object.members[i];
        bool known = false;
        for (size_t k = 0; k < KEY_COUNT; k++)
            known |= str_equal(member->key, keys[k].name) &&
                     (in_override ? keys[k].in_override : keys[k].read != NULL);
        if (!known)
            complain_key(r, member, in_override);
    }
}

static void read_override(struct config_reader *r, const struct doc_node *node)
{
    struct config_override *override = &r->config->overrides[r->config->override_count];
    const struct doc_node *files = doc_get(node, STR("files"));
    if (node->kind != DOC_OBJECT || !files) {
        COMPLAIN(r, node, "an override is a mapping with `files`, a list of patterns");
        return;
    }
    const struct doc_node **items = NULL;
    override->pattern_count = strings_of(r, files, &items);
    struct str *patterns = ARENA_ARRAY(&r->config->arena, struct str, override->pattern_count);
    for (size_t i = 0; i < override->pattern_count; i++)
        patterns[i] = items[i]->as.text;
    override->patterns = patterns;
    memset(override->levels, CONFIG_UNCHANGED, sizeof override->levels);
    r->config->override_count++;
    struct config_reader inner = *r;
    inner.levels = override->levels;
    read_keys(&inner, node, true);
}

static void read_overrides(struct config_reader *r, const struct doc_node *node)
{
    if (node->kind != DOC_ARRAY) {
        COMPLAIN(r, node, "a list of overrides is needed here");
        return;
    }
    r->config->overrides =
        ARENA_ARRAY(&r->config->arena, struct config_override, node->as.array.count);
    for (size_t i = 0; i < node->as.array.count; i++)
        read_override(r, node->as.array.items[i]);
}

bool config_read(struct lint_config *config, const char *path, struct diag_bag *bag)
{
    config_init(config);
    if (source_open(&config->source, path) != SOURCE_OK)
        return false;
    config->path = arena_str(&config->arena, str_from(path));
    config->folder = path_folder(&config->arena, path);
    size_t before = bag->count;
    doc_read_yaml(&config->doc, &config->source, bag);
    if (bag->count > before && bag->items[before]->code == DIAG_E003)
        bag->count = before; /* nothing but comments: a configuration that changes nothing */
    struct config_reader r = {.config = config, .bag = bag, .levels = config->levels};
    const struct doc_node *root = config->doc.root;
    if (root->kind == DOC_OBJECT)
        read_keys(&r, root, false);
    else if (root->kind != DOC_ERROR && root->kind != DOC_NULL)
        COMPLAIN(&r, root, "the configuration is a mapping, not %s",
            doc_kind_name((enum doc_kind)root->kind));
    return true;
}
