/* driver_call.h: judges one call of an extension's function against the signature tables.
 * Works on document nodes, so activities, tolerance probes, dynamic configuration and controls
 * share it; owns nothing. */
#ifndef BACKENDS_LINT_DRIVER_CALL_H
#define BACKENDS_LINT_DRIVER_CALL_H

#include "frontend/diag.h"
#include "frontend/doc.h"
#include "schema/signatures.h"

/* How the experiment uses the function. */
enum driver_use { DRIVER_ACTION, DRIVER_PROBE, DRIVER_TOLERANCE, DRIVER_CONTROL };

struct driver_call {
    enum driver_use use;
    const struct doc_node *module;    /* strings; anything else is not judged */
    const struct doc_node *function;  /* NULL for a control: its module's hooks are looked up */
    const struct doc_node *arguments; /* NULL if absent */
    const struct doc_node *secrets;   /* the provider's `secrets`, NULL if absent */
    struct span provider;             /* where a missing argument is reported */
};

/* A version that the project says it uses. */
struct driver_pin {
    struct str package; /* the distribution's name or the Python package's */
    struct str version; /* "0.26.0", or "0.26" for all of those */
};

/* What a call is judged with. */
struct driver_context {
    struct diag_bag *bag;
    struct source *source;
    /* A project's own tables (from *.signatures.json), looked at first; may be empty. */
    const struct signature_package *const *extra;
    size_t extra_count;
    /* Where the table was read from the very version that is in use, what is wrong is an error. */
    const struct driver_pin *pins;
    size_t pin_count;
    /* The type a value has once templates are filled in. */
    type_set (*type_of)(void *context, const struct doc_node *value);
    void *type_context;
};

/* Reports what is wrong with the call, nothing if no table knows the package. Returns the
 * signature, or NULL. */
const struct signature *driver_check_call(
    const struct driver_context *context, const struct driver_call *call);

/* The signature of a call without reporting anything, or NULL. */
const struct signature *driver_find(const struct driver_context *context,
    const struct doc_node *module, const struct doc_node *function);

#endif
