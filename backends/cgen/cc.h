/* cc.h: finds a C compiler and has it make a runner of emitted source.
 * Command lines live in the arena given; temporary files are removed before the call returns. */
#ifndef BACKENDS_CGEN_CC_H
#define BACKENDS_CGEN_CC_H

#include <signal.h>
#include <stdbool.h>

#include "backends/cgen/kit.h"
#include "runtime/base/arena.h"
#include "runtime/base/buf.h"

struct cc_request {
    const struct kit *kit;
    const char *const *compiler; /* from cc_find or cc_usual */
    const char *source;          /* path of the C file */
    const char *output;          /* path of the runner */
    unsigned needs;              /* CGEN_* */
    bool dynamic;                /* link the system's shared libraries */
    bool keep_symbols;           /* do not strip */
};

/* The compiler for a kit: $CC, which may have arguments ("ccache gcc"), else cc, gcc or clang on PATH for this
 * machine; for another the one that its kit names, or that name's toolchain of musl. Its words, NULL-terminated; NULL
 * if there is none: *looked then tells what was looked for. */
const char *const *cc_find(struct arena *arena, const struct kit *kit, struct str *looked);

/* The name that compilers for a kit usually have, as words. */
const char *const *cc_usual(struct arena *arena, const struct kit *kit);

/* How to get the compiler that cc_find did not find: "install one", or the name of a package. */
const char *cc_advice(struct arena *arena, const struct kit *kit);

/* The words of the command that makes the runner, NULL-terminated. */
const char **cc_command(struct arena *arena, const struct cc_request *request);

/* The same as one line for a shell, which can stand in a C comment. */
struct str cc_command_line(struct arena *arena, const char *const *words);

/* The signals that end a command: who calls cc_run holds them back until nothing is left to clean up. */
sigset_t cc_ending_signals(void);

/* Runs a command and waits; its output goes to `output` (at most 64 KiB is kept). A signal of cc_ending_signals that is
 * held back ends it. The exit code, 128 and the number of the signal that ended it, or -1 if it could not be started
 * (errno tells). */
int cc_run(const char *const *words, struct buf *output);

#endif
