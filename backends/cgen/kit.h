/* kit.h: where the libraries of runners are: one folder a target, found relative to the executable.
 * Paths live in the arena given. */
#ifndef BACKENDS_CGEN_KIT_H
#define BACKENDS_CGEN_KIT_H

#include <stdbool.h>

#include "runtime/base/arena.h"
#include "runtime/base/str.h"

struct kit {
    const char
        *folder; /* holds chaosrt.h, libchaosrt.a, the static libraries, crt1.o ... and stub */
    const char *target;   /* "x86_64-linux" */
    const char *compiler; /* its usual name: "aarch64-linux-gnu-gcc"; this machine's is any */
    const char *flags;    /* what every compiler is told, between blanks; often nothing */
};

/* The target of this machine: "x86_64-linux". */
const char *kit_native_target(void);

/* Finds the kit of a target: below `folder` if given (--kit), else
 * <executable>/../lib/chaosc/<target>, else <executable>/kit/<target> as the build tree has it.
 * False with the places looked at in *looked. */
bool kit_find(struct arena *arena, const char *folder, const char *target, struct kit *kit,
    struct str *looked);

/* The targets that have a kit beside this one, separated by ", "; for messages. */
struct str kit_targets(struct arena *arena, const char *folder);

#endif
