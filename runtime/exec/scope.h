/* scope.h: the names that templates see: configuration first, then the members of the groups of
 * secrets. Values live in the run's arena or the plan. */
#ifndef RUNTIME_EXEC_SCOPE_H
#define RUNTIME_EXEC_SCOPE_H

#include "runtime/base/value.h"
#include "runtime/loop/failure.h"
#include "runtime/plan/plan.h"

struct scope;

/* Fetches a secret that the experiment says is in Vault. */
typedef bool scope_vault_fn(
    struct scope *scope, const struct value *source, struct value *secret, struct failure *failure);

struct scope {
    struct arena *arena;
    const struct rt_plan *plan; /* whose templates are known; NULL: none are */
    struct member *configuration;
    size_t configuration_count, configuration_room;
    scope_vault_fn *vault; /* NULL: there is none in this program */
    struct member
        *objects; /* configuration that Python's helper has as objects: names and handles */
    size_t object_count, object_room;
    bool
        has_objects; /* there are some, or controls keep others: templates of Python calls are expanded there */
    struct value secrets; /* an object: groups, or secrets outside any group */
    bool tripped;         /* a name was looked for in what is no group, which Python cannot */
};

void scope_init(struct scope *scope, struct arena *arena);

/* Sets a configuration key; a stand-in for bytes (scope_convert) as the object that it is. */
void scope_configure(struct scope *scope, struct str name, struct value value);

/* Takes all of the configuration away; what scope_configuration gave before stays valid. */
void scope_forget(struct scope *scope);

/* A key whose value is an object in Python's helper, which `stand_in` stands for there; `value` is what templates put
 * in its place elsewhere. */
void scope_configure_object(
    struct scope *scope, struct str name, struct value value, struct value stand_in);

/* The configuration for Python's helper: handles stand for objects. */
struct value scope_for_python(const struct scope *scope, struct arena *arena);

/* The stand-in for an object that the helper has: {"$chaosc": handle}. */
struct value scope_handle(struct arena *arena, int64_t handle);

/* The configuration as an object; valid until the next scope_configure. */
struct value scope_configuration(const struct scope *scope);

/* True for a configuration key that opens Vault: its value counts as a secret. */
bool scope_opens_vault(struct str key);

/* True if there is neither configuration nor a secret: the reference then leaves arguments as they
 * are. */
bool scope_is_empty(const struct scope *scope);

/* True if a substitution since the last time came to a secret that stands in the place of a group: the reference raises
 * a TypeError there. */
bool scope_has_tripped(const struct scope *scope);

/* A template_lookup whose context is a scope. */
const struct value *scope_lookup(void *context, struct str name);

/* What substitutions with this scope work with; valid as long as the scope. */
struct template_source scope_templates(const struct scope *scope);

/* chaoslib's substitute(): the value with its templates expanded. */
struct value scope_substitute(
    const struct scope *scope, struct arena *arena, const struct value *data);

/* chaoslib's convert_to_type(): `type` is that of `env_var_type` or `--var name:type=`; absent (no pointer) keeps the value, and
 * `bytes` gives a stand-in for Python's helper: {"$chaosc": {"bytes": text}}. False with `failure` where Python would
 * raise. */
bool scope_convert(struct arena *arena, struct str type, const struct value *from, struct value *to,
    struct failure *failure);

/* Fills the configuration from the plan, the environment and `vars` (an object that overrides, or
 * NULL). Dynamic keys are left out: they take calls. False with `failure` in the reference's words.
 */
bool config_load(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    const struct value *vars, struct failure *failure);

/* The same for the secrets. */
bool secret_load(struct scope *scope, const struct rt_plan *plan, const struct value *values,
    const struct value *vars, struct failure *failure);

#endif
