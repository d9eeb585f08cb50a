/* ir.h: the typed experiment: what the document means, with every node's place and every name
 * resolved. The IR's arena owns its nodes; strings and doc nodes are borrowed from the document. */
#ifndef IR_IR_H
#define IR_IR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontend/diag.h"
#include "frontend/doc.h"
#include "runtime/base/arena.h"

/* Everything here is const after ir_build. A pointer to a doc node is NULL where the field is
 * absent, and may point to a node of a wrong type (which was reported): what the engine does with
 * that is the lowering's business. Values that the Open API leaves free (arguments, headers,
 * expectations) stay doc nodes. A key with the value null counts as absent where the reference
 * says so, and its node is kept. */

/* A field that should be a string: `text` is empty unless the node is one. */
struct ir_string {
    struct str text;
    const struct doc_node *node; /* NULL: absent */
};

static inline bool ir_is_text(struct ir_string s)
{
    return s.node && s.node->kind == DOC_STRING;
}

/* A list of nodes that should be strings: tags, names of secret groups. */
struct ir_nodes {
    const struct doc_node *const *items;
    size_t count;
};

/* ---- providers ---- */

enum ir_provider_kind { IR_PROVIDER_UNKNOWN, IR_HTTP, IR_PROCESS, IR_PYTHON };

struct ir_provider {
    enum ir_provider_kind kind;
    const struct doc_node *node; /* the mapping, or what stands in its place */
    struct ir_string type;
    const struct doc_node *arguments; /* free-form; substituted */
    const struct doc_node *timeout;   /* seconds; for http also [connect, read] and "${name}" */
    const struct doc_node *secrets;   /* should be an array of names of groups */
    struct ir_nodes secret_names;     /* its items; the node itself if it is a string */
    union {
        struct {
            struct ir_string url, method; /* method absent: GET */
            const struct doc_node *headers, *verify_tls, *max_retries, *expected_status;
        } http;
        struct {
            struct ir_string path;
        } process;
        struct {
            struct ir_string module, function;
        } python;
    } as;
};

/* ---- tolerances ---- */

enum ir_tolerance_kind {
    IR_TOLERANCE_ERROR,    /* none that the engine has; reported */
    IR_TOLERANCE_SCALAR,   /* node: a boolean, an integer or a string without ${name} */
    IR_TOLERANCE_TEMPLATE, /* node: a string with ${name}, whose value is only known in the run */
    IR_TOLERANCE_SEQUENCE, /* node: an array */
    IR_TOLERANCE_REGEX,
    IR_TOLERANCE_JSONPATH,
    IR_TOLERANCE_RANGE,
    IR_TOLERANCE_PROBE
};

struct ir_activity;

struct ir_tolerance {
    enum ir_tolerance_kind kind;
    const struct doc_node *node;
    struct ir_string target; /* regex, jsonpath, range */
    union {
        struct {
            struct ir_string pattern;
        } regex;
        struct {
            struct ir_string path;
            const struct doc_node *count, *expect;
        } jsonpath;
        struct {
            const struct doc_node *node, *lower, *upper; /* bounds NULL if `range` is no pair */
        } range;
        const struct ir_activity *probe;
    } as;
};

/* ---- controls ---- */

struct ir_control {
    const struct doc_node *node;
    struct ir_string name, ref, scope; /* scope absent: before and after */
    const struct ir_control *target;   /* of a ref: the experiment's control of that name */
    const struct doc_node *automatic;
    const struct doc_node *provider; /* the mapping, or what stands in its place */
    struct ir_string provider_type, module;
    const struct doc_node *arguments;
};

struct ir_controls {
    const struct doc_node *node; /* the array, or what stands in its place; NULL: absent */
    const struct ir_control *items;
    size_t count;
};

/* ---- activities ---- */

enum ir_activity_kind {
    IR_ACTIVITY_ERROR, /* no mapping, or of a type that is neither; reported */
    IR_PROBE,
    IR_ACTION,
    IR_REF
};

/* Where an activity stands. */
enum ir_block {
    IR_IN_HYPOTHESIS,
    IR_IN_METHOD,
    IR_IN_ROLLBACKS,
    IR_IN_TOLERANCE,
    IR_IN_CONFIGURATION
};

struct ir_activity {
    enum ir_activity_kind kind;
    enum ir_block block;
    uint32_t index;              /* position in the block, from 0 */
    const struct doc_node *node; /* the mapping, or what stands in its place */
    struct ir_string type, name;
    struct ir_string ref; /* IR_REF */
    const struct ir_activity
        *target; /* IR_REF: what the engine plays; NULL: nothing has the name */
    const struct ir_provider *provider;   /* NULL: absent */
    const struct ir_tolerance *tolerance; /* NULL: absent */
    const struct doc_node *background;
    bool is_background;                                         /* Python's truth of `background` */
    const struct doc_node *pauses, *pause_before, *pause_after; /* seconds or "${name}" */
    const struct doc_node *timeout, *dry, *configuration;
    struct ir_controls controls;
};

struct ir_activities {
    const struct doc_node *node; /* the array, or what stands in its place; NULL: absent */
    const struct ir_activity *items;
    size_t count;
};

/* ---- configuration and secrets ---- */

enum ir_source_kind {
    IR_SOURCE_INLINE, /* node: the value */
    IR_SOURCE_ENV,
    IR_SOURCE_VAULT, /* secrets only: in the configuration the engine takes the object itself for
                        the value */
    IR_SOURCE_PROBE, /* configuration only: the result of a probe that is run first */
    IR_SOURCE_GROUP  /* secrets only: a mapping of further secrets */
};

/* An entry of the configuration. */
struct ir_config {
    struct str name;
    struct span name_span;
    const struct doc_node *node;
    enum ir_source_kind kind;
    struct ir_string env_key, env_var_type;
    const struct doc_node *fallback; /* `default`; NULL: none (a null node is a default) */
    const struct ir_activity *probe;
};

/* A secret or a group of them. A group is of kind GROUP, or ENV or VAULT when a source supplies all
 * of it, or INLINE when a scalar stands where a group should. */
struct ir_secret {
    struct str name;
    struct span name_span;
    const struct doc_node *node;
    enum ir_source_kind kind;
    struct ir_string env_key, vault_path, vault_key;
    const struct ir_secret *items; /* IR_SOURCE_GROUP */
    size_t count;
};

/* ---- hypothesis, runtime, variables, experiment ---- */

struct ir_hypothesis {
    const struct doc_node *node;
    struct ir_string title;
    struct ir_controls controls;
    struct ir_activities probes;
};

struct ir_runtime {
    const struct doc_node *node;
    struct ir_string rollback_strategy, hypothesis_strategy; /* absent: "default" */
};

/* Where a ${name} stands. */
enum ir_use_place {
    IR_USE_URL,
    IR_USE_HEADERS,
    IR_USE_ARGUMENTS,
    IR_USE_TIMEOUT,
    IR_USE_PAUSE,
    IR_USE_TOLERANCE, /* a string tolerance, a pattern, a path, an expectation */
    IR_USE_CONTROL,   /* arguments of a control */
    IR_USE_NEVER      /* a field in which the engine does not substitute */
};

enum ir_use_form {
    IR_USE_BRACED,    /* ${name} */
    IR_USE_BARE,      /* $name */
    IR_USE_UNREADABLE /* ${some-name}: looks like one, but the engine leaves it as it is */
};

/* One reference to a variable in a template. */
struct ir_use {
    struct str name;
    struct span span;                   /* of the whole reference, `${name}` */
    const struct doc_node *node;        /* the string it stands in */
    const struct ir_activity *activity; /* NULL: not inside one */
    enum ir_use_place place;
    enum ir_use_form form;
    bool whole; /* the string is this reference and nothing else: it has the variable's own type */
    const struct ir_config *config; /* what it resolves to; both NULL: undefined */
    const struct ir_secret *secret;
};

struct ir_experiment {
    const struct doc_node *node; /* the root */
    struct ir_string title, description, version;
    struct ir_nodes tags;
    const struct doc_node *contributions, *extensions;
    const struct doc_node *configuration_node, *secrets_node;
    const struct ir_config *configuration;
    size_t config_count;
    const struct ir_secret *secrets; /* the groups */
    size_t secret_count;
    struct ir_controls controls;
    const struct ir_hypothesis *hypothesis; /* NULL: absent or null */
    struct ir_activities method, rollbacks;
    struct ir_runtime runtime;
    const struct ir_use *uses; /* of all variables */
    size_t use_count;
    bool has_controls; /* anywhere: they may supply what looks undefined */
};

struct ir {
    struct arena arena;
    const struct doc *doc;
    struct ir_experiment *experiment; /* never NULL after ir_build */
};

/* Builds the IR of a document and reports what is wrong with it. Works on partial documents: what
 * could not be read is accepted as anything. */
void ir_build(struct ir *ir, const struct doc *doc, struct diag_bag *bag);

void ir_free(struct ir *ir);

/* Why the reference's own validation refuses the experiment: its first complaint. */
struct ir_refusal {
    struct str message; /* the reference's wording; ours where it dies with a traceback */
    struct span span;
    bool crash;         /* it dies with a traceback */
    const char *raises; /* which of chaoslib.exceptions, otherwise */
};

/* True if the reference's validation refuses the experiment whatever the environment (variables
 * set, programs and modules present); then fills `refusal`, whose text lives in the IR's arena. A
 * JSONPath that only RFC 9535 reads is let pass unless `compat` is set. */
bool ir_reference_invalid(struct ir *ir, bool compat, struct ir_refusal *refusal);

/* The forms that the reference's validation accepts with a warning. */
struct ir_deprecated {
    bool mapping;      /* a process has a mapping for its arguments */
    size_t vault_keys; /* secrets of Vault with a `key` and without a `path` */
};

struct ir_deprecated ir_reference_deprecated(const struct ir *ir);

#endif
