/* Stands in for the runtime behind an emitted runner: writes its plan to standard output as one
 * block. */
#include <stdio.h>

#include "runtime/plan/plan.h"
#include "runtime/runner/chaosrt.h"

struct rt_engine {
    int unused;
};
struct rt_provider {
    int unused;
};
struct rt_vault {
    int unused;
};
struct rt_regexps {
    int unused;
};
const struct rt_engine rt_engine;
const struct rt_provider provider_process, provider_http, provider_python;
const struct rt_regexps rt_regexps;
const struct rt_vault rt_vault;

int rt_main(const struct rt_plan *plan, const struct rt_parts *parts, int argc, char **argv)
{
    struct buf out = {0};
    (void)argc, (void)argv, (void)parts;
    const char *wrong = plan_check(plan);
    if (wrong) {
        fprintf(stderr, "the emitted plan is damaged: %s\n", wrong);
        return 1;
    }
    plan_save(&out, plan);
    size_t written = fwrite(out.data, 1, out.len, stdout);
    bool good = written == out.len && fflush(stdout) == 0;
    buf_free(&out);
    return good ? 0 : 1;
}
