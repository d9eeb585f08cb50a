/* carried.h: the prebuilt runner that chaosc carries itself, so that `--bundle` needs no file beside it.
 * A build without one (CHAOSC_CARRY in CMakeLists.txt) carries nothing: both are empty. The bytes are constants. */
#ifndef BACKENDS_CGEN_CARRIED_H
#define BACKENDS_CGEN_CARRIED_H

#include "runtime/base/str.h"

/* The runner of this machine's own target, as it stands in a kit. */
struct str carried_stub(void);

/* What it was made from: sources.tsv of the same kit. */
struct str carried_sources(void);

#endif
