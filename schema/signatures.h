/* signatures.h: what is known of the functions of Chaos Toolkit extensions: arguments, types,
 * effect, inverse. The tables are constant data, generated into schema/drivers/ by
 * scripts/generate-drivers; nothing is owned. */
#ifndef SCHEMA_SIGNATURES_H
#define SCHEMA_SIGNATURES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/str.h"
#include "schema/types.h"

enum signature_kind {
    SIGNATURE_ACTION,
    SIGNATURE_PROBE,
    SIGNATURE_TOLERANCE,
    SIGNATURE_CONTROL,
    SIGNATURE_NOTIFICATION,
    SIGNATURE_HELPER /* public but none of the above; callable all the same */
};

enum signature_argument_flags {
    ARGUMENT_REQUIRED = 1,
    ARGUMENT_INJECTED = 2,    /* `configuration` or `secrets`: the engine supplies it */
    ARGUMENT_EXTRA_NAMED = 4, /* **kwargs: any further name is taken */
    ARGUMENT_EXTRA_PLACED = 8 /* *args: cannot be given by name */
};

struct signature_argument {
    const char *name;
    type_set type;
    uint8_t flags;
    const char *fallback;       /* the default as JSON, NULL if there is none */
    const char *const *choices; /* NULL-terminated values of an enumeration, or NULL */
};

/* What a call does to the system. */
enum signature_effect {
    EFFECT_READS,   /* probes, tolerances */
    EFFECT_CHANGES, /* an action that can be undone or ends by itself */
    EFFECT_DESTROYS /* an action that removes or stops things: pods, instances, resources */
};

struct signature {
    const char *module, *function;
    enum signature_kind kind;
    enum signature_effect effect;
    bool deprecated;
    type_set returns;
    const struct signature_argument *arguments;
    size_t argument_count;
    const char *inverse;   /* "module.function" that undoes it, or NULL */
    const char *selectors; /* space-separated arguments that choose what is acted on, or NULL */
};

/* A function or module that was known under another name. */
struct signature_rename {
    const char *from, *to; /* "module.function" or, ending in ".*", a whole module */
};

struct signature_package {
    const char *distribution;          /* "chaostoolkit-kubernetes" */
    const char *package;               /* "chaosk8s": the first part of its modules' names */
    const char *version;               /* the version the table was read from */
    const struct signature *functions; /* sorted by module, then function */
    size_t function_count;
    const struct signature_rename *renames;
    size_t rename_count;
};

/* The package a module belongs to by its first part, or NULL if no table is known. */
const struct signature_package *signature_package(struct str module);

/* The function, or NULL. */
const struct signature *signature_find(
    const struct signature_package *package, struct str module, struct str function);

/* True if the package has a module of that name, or one below it. */
bool signature_has_module(const struct signature_package *package, struct str module);

/* The argument of that name, or NULL. */
const struct signature_argument *signature_argument(
    const struct signature *signature, struct str name);

/* True if the function takes arguments of any name (**kwargs). */
bool signature_takes_any(const struct signature *signature);

/* Where a function that is not in the table went to ("module.function"), or NULL. `buffer` gets the
 * text of a renamed module's function. */
const char *signature_renamed(const struct signature_package *package, struct str module,
    struct str function, char buffer[256]);

/* The function of the same package whose name is nearest (any module; the same module first), or
 * NULL. */
const struct signature *signature_nearest(
    const struct signature_package *package, struct str module, struct str function);

/* All packages, for listings. */
const struct signature_package *const *signature_packages(size_t *count);

#endif
