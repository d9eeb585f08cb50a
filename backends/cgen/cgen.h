/* cgen.h: a plan as C source: constant tables in the experiment's order, and a main that hands them
 * to the runtime. The source is appended to the caller's buffer; the plan is only read. */
#ifndef BACKENDS_CGEN_CGEN_H
#define BACKENDS_CGEN_CGEN_H

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

struct cgen_options {
    bool plan_only; /* the runner shows what it would do and has no code to do it */
    struct str
        command; /* the command that compiles the source, for its first lines; may be empty */
    struct str cacerts; /* PEM text to embed, or empty */
};

/* Which parts of the runtime a plan needs, as bits. */
enum {
    CGEN_PROCESS = 1,
    CGEN_HTTP = 2,
    CGEN_PYTHON = 4,
    CGEN_TLS = 8,     /* an http URL that is, or by a variable can become, https */
    CGEN_REGEXP = 16, /* a tolerance that needs PCRE2 */
    CGEN_VAULT = 32,  /* a secret that Vault keeps, which takes HTTP */
    CGEN_EVERYTHING = 63
};
unsigned cgen_needs(const struct rt_plan *plan);

/* Appends the C source; it includes chaosrt.h alone and compiles as C11 without warnings. */
void cgen_emit(struct buf *out, const struct rt_plan *plan, const struct cgen_options *options);

#endif
