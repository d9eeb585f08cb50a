/* diag.h: diagnostics as data: what was found, where, why it matters and how to mend it.
 * The bag's arena owns every diagnostic and its texts; sources are borrowed and must outlive the bag. */
#ifndef FRONTEND_DIAG_H
#define FRONTEND_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/source.h"
#include "runtime/base/arena.h"

/* The one catalogue of everything that can be reported; ids are never reused. */
enum diag_code {
#define DIAG(id, slug, level, group, fix, summary) DIAG_##id,
#include "frontend/codes.def"
#undef DIAG
    DIAG_CODE_COUNT
};

enum diag_level { DIAG_OFF, DIAG_INFO, DIAG_WARNING, DIAG_ERROR };

/* Whether the rule offers a fix: never, sometimes, always. */
enum diag_fixability { DIAG_FIX_NEVER, DIAG_FIX_SOMETIMES, DIAG_FIX_ALWAYS };

struct diag_info {
    const char *id;        /* "E204" */
    const char *slug;      /* "misplaced-key": reads as "allow misplaced-key" */
    enum diag_level level; /* default level */
    const char
        *group; /* "syntax", "structure", "types", "names", "drivers", "flow", "security", "yaml" */
    enum diag_fixability fixability;
    const char *summary; /* one sentence */
};

/* The catalogue row of a code. */
const struct diag_info *diag_info(enum diag_code code);

/* Finds a code by id or slug; false if there is none. */
bool diag_find(struct str id_or_slug, enum diag_code *code);

/* A second place: "first declared here". */
struct diag_related {
    struct span span;
    struct str text;
};

struct diag_edit {
    struct span span; /* empty: insertion */
    struct str text;
};

/* By consequence: safe keeps what the experiment means to do (or makes it what it evidently says); unsafe
 * may change what happens; display-only is a hint to read, never applied. */
enum diag_applicability { DIAG_SAFE, DIAG_UNSAFE, DIAG_DISPLAY_ONLY };

struct diag_fix {
    enum diag_applicability applicability;
    struct str title; /* "rename to `rollbacks`" */
    struct diag_edit *edits;
    size_t edit_count, edit_room;
};

struct diag {
    enum diag_code code;
    enum diag_level level; /* as effective after configuration */
    bool suppressed;       /* by a comment, an ignore file or the baseline; still shown by SARIF */
    bool suppressed_outside; /* by what does not stand in the file: an ignore file, the baseline */
    struct str suppression;  /* the reason given, or empty */
    struct source *source;
    struct span span;
    struct str
        message; /* one sentence without full stop; names the thing, the reason, what would happen */
    struct str pointer; /* JSON pointer of the node, empty if unknown */
    struct diag_related *related;
    size_t related_count, related_room;
    struct str help;      /* what to do, empty if the fix says it */
    struct diag_fix *fix; /* NULL if there is none */
    uint32_t order;       /* order of addition, for a stable sort */
};

struct diag_bag {
    struct arena arena;
    struct diag **items;
    size_t count, room;
    uint32_t added; /* how many there ever were: the next order of addition */
    size_t errors,
        warnings; /* by effective level, suppressed ones not counted; diag_bag_finish sets them */
};

void diag_bag_init(struct diag_bag *bag);
void diag_bag_free(struct diag_bag *bag);

/* Adds a finding at the code's default level and returns it, so that notes and fixes can be attached. */
struct diag *diag_add(struct diag_bag *bag, struct source *source, enum diag_code code,
    struct span span, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Attaches a second place. */
void diag_relate(struct diag_bag *bag, struct diag *diag, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Sets the help line. */
void diag_help(struct diag_bag *bag, struct diag *diag, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Starts a fix; edits are added with diag_edit. */
struct diag_fix *diag_fix(struct diag_bag *bag, struct diag *diag,
    enum diag_applicability applicability, const char *title_format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds an edit to a fix: replaces `span` of the diagnostic's source by `text` (copied). */
void diag_edit(struct diag_bag *bag, struct diag_fix *fix, struct span span, struct str text);

/* Drops the findings below a level, so that formats need not know of levels. */
void diag_bag_drop_below(struct diag_bag *bag, enum diag_level level);

/* Sorts by source (in order of first appearance), place and order of addition, removes repetitions (same code,
 * place and message) and counts errors and warnings. */
void diag_bag_finish(struct diag_bag *bag);

#endif
