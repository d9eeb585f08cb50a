#include "backends/lint/baseline.h"

#include <unistd.h>

#include "backends/lint/path.h"
#include "backends/lint/place.h"
#include "runtime/base/json_write.h"

enum { LONGEST_TEXT = 80 };

void baseline_init(struct baseline *baseline, const char *path)
{
    *baseline = (struct baseline){0};
    arena_init(&baseline->arena);
    map_init(&baseline->by_file, &baseline->arena);
    baseline->folder = path_folder(&baseline->arena, path);
}

void baseline_free(struct baseline *baseline)
{
    arena_free(&baseline->arena);
    *baseline = (struct baseline){0};
}

/* ---- reading and writing ---- */

static struct str text_of(const struct doc_node *entry, const char *key)
{
    const struct doc_node *node = doc_get(entry, str_from(key));
    return node && node->kind == DOC_STRING ? node->as.text : STR("");
}

static bool is_gone(struct baseline *baseline, struct str file)
{
    struct str path = str_starts(file, STR("/")) ? arena_str(&baseline->arena, file)
                                                 : arena_printf(&baseline->arena, "%.*s/%.*s",
                                                       STR_ARG(baseline->folder), STR_ARG(file));
    return !str_is(file, "-") && access(path.ptr, F_OK) != 0;
}

/* Keeps an entry in the list of its file, or of those whose file is gone if that is looked at. */
static void add_entry(struct baseline *baseline, const struct baseline_entry *entry, bool look)
{
    struct baseline_entry *kept = ARENA_NEW(&baseline->arena, struct baseline_entry);
    *kept = *entry;
    struct baseline_entry *first = map_get(&baseline->by_file, entry->file);
    if (look)
        kept->gone = first ? first->gone : is_gone(baseline, entry->file);
    *ARENA_PUSH(&baseline->arena, baseline->entries, baseline->count, baseline->room) = kept;
    map_add(&baseline->by_file, kept->file, kept);
    if (first) {
        kept->next = first->next;
        first->next = kept;
    }
    if (kept->gone) {
        kept->next_gone = baseline->gone;
        baseline->gone = kept;
    }
}

void baseline_read(struct baseline *baseline, const struct doc *doc, struct diag_bag *bag)
{
    const struct doc_node *findings = doc_get(doc->root, STR("findings"));
    if (!findings || findings->kind != DOC_ARRAY) {
        if (doc->root->kind != DOC_ERROR)
            diag_add(bag, doc->source, DIAG_E055, doc->root->span,
                "a baseline is an object with the array `findings`");
        return;
    }
    for (size_t i = 0; i < findings->as.array.count; i++) {
        const struct doc_node *item = findings->as.array.items[i];
        struct baseline_entry entry = {.file = text_of(item, "file"),
            .code = text_of(item, "code"),
            .at = text_of(item, "at"),
            .text = text_of(item, "text")};
        if (entry.file.len == 0 || entry.code.len == 0) {
            diag_add(bag, doc->source, DIAG_E055, item->span,
                "an entry of a baseline has at least `file` and `code`");
            continue;
        }
        add_entry(baseline, &entry, true);
    }
}

void baseline_write(struct buf *out, const struct baseline *baseline)
{
    buf_add_text(out, "{\"version\": 1, \"findings\": [");
    for (size_t i = 0; i < baseline->count; i++) {
        const struct baseline_entry *entry = baseline->entries[i];
        buf_add_text(out, i ? ",\n  " : "\n  ");
        struct json_writer w = jw_start(out, (struct json_style){.spaced = true});
        jw_open_object(&w);
        jw_key_string(&w, "file", entry->file);
        jw_key_string(&w, "code", entry->code);
        jw_key_string(&w, "at", entry->at);
        jw_key_string(&w, "text", entry->text);
        jw_close_object(&w);
    }
    buf_add_text(out, baseline->count ? "\n]}\n" : "]}\n");
}

/* ---- what a finding is known by ---- */

/* The underlined text with its blanks made one each, cut at LONGEST_TEXT bytes between characters. */
static struct str known_text(struct arena *arena, const struct doc *doc, struct span span)
{
    char *out = arena_alloc(arena, LONGEST_TEXT + 1, 1);
    size_t len = 0;
    bool blank = false;
    for (uint32_t i = span.lo; i < span.hi && len < LONGEST_TEXT; i++) {
        char c = doc->source->text.ptr[i];
        if (memchr(" \t\r\n", c, 4)) {
            blank = true;
            continue;
        }
        if (blank && len && len < LONGEST_TEXT - 1)
            out[len++] = ' ';
        blank = false;
        out[len++] = c;
    }
    /* A character that was cut in two is left out. */
    size_t end = len;
    while (end && ((unsigned char)out[end - 1] & 0xC0) == 0x80)
        end--;
    if (len == LONGEST_TEXT && end && (unsigned char)out[end - 1] >= 0xC0)
        len = end - 1;
    return (struct str){out, len};
}

static struct baseline_entry describe(
    struct arena *arena, struct str file, const struct doc *doc, const struct diag *diag)
{
    return (struct baseline_entry){.file = file,
        .code = str_from(diag_info(diag->code)->id),
        .at = place_names(arena, doc, diag->span),
        .text = known_text(arena, doc, diag->span)};
}

static bool takes_part(const struct diag *diag, const struct doc *doc)
{
    return diag->source == doc->source && !diag->suppressed && diag->level != DIAG_OFF;
}

void baseline_add(
    struct baseline *baseline, const char *file, const struct doc *doc, const struct diag_bag *bag)
{
    struct str name = path_below(&baseline->arena, baseline->folder, file);
    for (size_t i = 0; i < bag->count; i++)
        if (takes_part(bag->items[i], doc)) {
            struct baseline_entry entry = describe(&baseline->arena, name, doc, bag->items[i]);
            add_entry(baseline, &entry, false);
        }
}

size_t baseline_unused(const struct baseline *baseline)
{
    size_t count = 0;
    for (size_t i = 0; i < baseline->count; i++)
        count += !baseline->entries[i]->used;
    return count;
}

/* ---- matching ---- */

/* How much must be the same; each round is more lenient than the one before. */
enum round { ROUND_SAME, ROUND_PLACE, ROUND_TEXT, ROUND_NAME, ROUND_COUNT };

static struct str next_token(struct str *path)
{
    const char *end = path->ptr + path->len;
    const char *slash = path->len ? memchr(path->ptr + 1, '/', path->len - 1) : NULL;
    struct str token = str_slice(path->ptr, slash ? slash : end);
    *path = str_slice(slash ? slash : end, end);
    return token;
}

/* The same way down but for one name on it: somebody renamed an activity. */
static bool but_one_name(struct str a, struct str b)
{
    unsigned different = 0;
    while (a.len && b.len) {
        struct str one = next_token(&a), other = next_token(&b);
        different += !str_equal(one, other);
    }
    return a.len == b.len && different <= 1;
}

static bool is_match(
    const struct baseline_entry *known, const struct baseline_entry *found, enum round round)
{
    if (!str_equal(known->code, found->code))
        return false;
    switch (round) {
    case ROUND_SAME:
        return str_equal(known->at, found->at) && str_equal(known->text, found->text);
    case ROUND_PLACE:
        return str_equal(known->at, found->at);
    case ROUND_TEXT:
        return known->text.len && str_equal(known->text, found->text);
    case ROUND_NAME:
        return but_one_name(known->at, found->at);
    case ROUND_COUNT:
        break;
    }
    return false;
}

/* One finding of the file, and whether it has found its entry. */
struct candidate {
    struct diag *diag;
    struct baseline_entry known;
};

static void match(
    struct candidate *candidate, enum round round, struct baseline_entry *list, bool gone)
{
    for (struct baseline_entry *e = list; e; e = gone ? e->next_gone : e->next) {
        if (e->used || !is_match(e, &candidate->known, round))
            continue;
        e->used = true;
        candidate->diag->suppressed = candidate->diag->suppressed_outside = true;
        candidate->diag->suppression = STR("in the baseline");
        return;
    }
}

void baseline_apply(
    struct baseline *baseline, const char *file, const struct doc *doc, struct diag_bag *bag)
{
    struct arena arena;
    arena_init(&arena);
    struct str name = path_below(&arena, baseline->folder, file);
    struct candidate *candidates = ARENA_ARRAY(&arena, struct candidate, bag->count);
    size_t count = 0;
    for (size_t i = 0; i < bag->count; i++)
        if (takes_part(bag->items[i], doc))
            candidates[count++] =
                (struct candidate){bag->items[i], describe(&arena, name, doc, bag->items[i])};
    struct baseline_entry *own = map_get(&baseline->by_file, name);
    for (int round = 0; own && round < ROUND_COUNT; round++)
        for (size_t i = 0; i < count; i++)
            if (!candidates[i].diag->suppressed)
                match(&candidates[i], (enum round)round, own, false);
    /* A file that was renamed keeps what is in it. */
    for (int round = 0; !own && round < ROUND_NAME; round++)
        for (size_t i = 0; i < count; i++)
            if (!candidates[i].diag->suppressed)
                match(&candidates[i], (enum round)round, baseline->gone, true);
    arena_free(&arena);
}
