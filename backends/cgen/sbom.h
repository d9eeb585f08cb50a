/* sbom.h: what is inside a runner, as an SPDX 2.3 document (JSON).
 * The text is appended to the caller's buffer. */
#ifndef BACKENDS_CGEN_SBOM_H
#define BACKENDS_CGEN_SBOM_H

#include <stdbool.h>
#include <time.h>

#include "runtime/base/buf.h"
#include "runtime/plan/plan.h"

struct sbom_request {
    const struct rt_plan *plan;
    struct str runner; /* file name of the runner */
    struct str
        sources; /* the kit's sources.tsv: package, version, SHA-256 of its source, a line each */
    unsigned needs; /* CGEN_*: what is linked in */
    bool dynamic;   /* then all but the runtime is the system's */
    time_t created; /* SOURCE_DATE_EPOCH where it is set */
};

void sbom_write(struct buf *out, const struct sbom_request *request);

#endif
