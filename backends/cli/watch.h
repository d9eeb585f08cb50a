/* watch.h: waits until files change, for `chaosc lint --watch`. Looks every tenth of a second, which finds a
 * rename-save as well as a write, on any file system. Owns nothing. */
#ifndef BACKENDS_CLI_WATCH_H
#define BACKENDS_CLI_WATCH_H

#include <stddef.h>
#include <stdint.h>

/* A number that differs when a file below the paths was written, replaced, added or removed. */
uint64_t watch_state(char **paths, size_t count);

/* Returns once the state is no longer `state`. */
void watch_wait(char **paths, size_t count, uint64_t state);

#endif
