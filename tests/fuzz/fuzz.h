/* fuzz.h: the one function a fuzz target defines, called by libFuzzer or by replay.c.
 * Owner: the caller keeps `data`; a target frees everything it made before it returns. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* Reads one input of `size` bytes (not NUL-terminated) and returns 0; what is wrong aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
