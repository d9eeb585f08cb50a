/* config.h: `.chaosc.yaml`, the configuration of lint, found upward from the linted file.
 * A configuration owns its text and all that it points to, until config_free; a set owns its configurations. */
#ifndef BACKENDS_LINT_CONFIG_H
#define BACKENDS_LINT_CONFIG_H

#include "backends/lint/baseline.h"
#include "backends/lint/lint.h"
#include "frontend/doc.h"
#include "runtime/base/arena.h"
#include "runtime/base/map.h"

/* docs/configuration.md says what may stand in it. Paths in it are relative to its folder. */

enum { CONFIG_UNCHANGED = -1 };

struct config_override {
    const struct str *patterns;
    size_t pattern_count;
    signed char levels[DIAG_CODE_COUNT]; /* enum diag_level or CONFIG_UNCHANGED */
};

/* An executable driver; docs/driver-protocol.md. Lint starts none. */
struct config_program {
    struct str name; /* the first part of its modules' names */
    struct str path; /* absolute */
};

/* Another file that a configuration names. */
struct config_file {
    struct source source;
    struct doc doc;
    struct str folder; /* absolute: names in it are relative to it */
    struct config_file *next;
};

struct lint_config {
    struct arena arena;
    struct source source; /* empty if there is no file */
    struct doc doc;
    struct str path;   /* of the file, empty if there is none */
    struct str folder; /* absolute, without a slash at its end */
    signed char levels[DIAG_CODE_COUNT];
    struct config_override *overrides;
    size_t override_count;
    const struct signature_package **signatures; /* what they hold, for lint_run */
    size_t signature_count, signature_room;
    struct driver_pin *drivers;
    size_t driver_count;
    struct config_program *programs;
    size_t program_count;
    bool require_reason;
    struct config_file *files;             /* all that it names and that could be read */
    const struct config_file *ignore_file; /* one of them, or NULL */
    struct baseline *baseline;             /* or NULL */
};

/* The catalogue's levels and nothing else. */
void config_init(struct lint_config *config);

/* Reads the file `path`; what it cannot mean is reported as E054 and left out. False if the file cannot be
 * opened (errno tells); the configuration is then as config_init leaves it. */
bool config_read(struct lint_config *config, const char *path, struct diag_bag *bag);

void config_free(struct lint_config *config);

/* The nearest `.chaosc.yaml` (or .yml) in the folder of `file` or above it, in the arena; empty if there is none.
 * A file that does not exist yet counts by its folder; "-" is the working directory. */
struct str config_find(struct arena *arena, const char *file);

/* The levels that hold for a file. */
void config_levels(
    const struct lint_config *config, const char *file, enum diag_level levels[DIAG_CODE_COUNT]);

/* Sets the level of each finding. */
void config_apply(const enum diag_level levels[DIAG_CODE_COUNT], struct diag_bag *bag);

/* What a configuration has for lint_run. */
struct lint_input config_input(const struct lint_config *config);

/* True if a path matches a pattern: `*` and `?` within a name, `**` over folders. A pattern without a slash
 * matches the file's name in any folder. */
bool config_matches(struct str pattern, struct str path);

/* The configurations of one call, each file read once. */
struct config_set {
    struct arena arena;
    struct map by_folder, by_path;
    struct lint_config fallback;
    struct lint_config **items;
    size_t count, room;
    const char *forced;     /* --config: this one for every file */
    struct diag_bag bag;    /* what is wrong in them */
    const char *unreadable; /* a configuration that could not be opened; errno told */
};

void config_set_init(struct config_set *set, const char *forced);
void config_set_free(struct config_set *set);

/* The configuration that holds for a file; never NULL. */
const struct lint_config *config_for(struct config_set *set, const char *file);

#endif
