/* chaosrt.h: the one header that an emitted runner includes: the rows of its plan and what it may
 * link. Everything a runner hands over is constant and lives as long as the process. */
#ifndef RUNTIME_RUNNER_CHAOSRT_H
#define RUNTIME_RUNNER_CHAOSRT_H

#include "runtime/plan/plan_types.h"

/* The parts of the runtime; their insides are the runtime's own. */
struct rt_engine;
struct rt_provider;
struct rt_regexps;
struct rt_vault;

/* What a runner names here is what its linker keeps: a runner without http has no http client in
 * it. */
struct rt_parts {
    int plan_only;                  /* shows what it would do and has no code to do it */
    const struct rt_engine *engine; /* carries an experiment out; NULL where plan_only is set */
    const struct rt_provider *process, *http, *python; /* NULL where no activity needs it */
    const struct rt_regexps *regexps;                  /* NULL where no tolerance needs it */
    const struct rt_vault *vault;                      /* NULL where no secret comes from it */
    const char *cacerts; /* PEM of the authorities to trust, NULL for those of the system */
};

extern const struct rt_engine rt_engine;
extern const struct rt_provider provider_process, provider_http, provider_python;
extern const struct rt_regexps rt_regexps;
extern const struct rt_vault rt_vault;

/* Does what the command line asks of the experiment and returns the process's exit code
 * (docs/exit-codes.md). */
int rt_main(const struct rt_plan *plan, const struct rt_parts *parts, int argc, char **argv);

#endif
