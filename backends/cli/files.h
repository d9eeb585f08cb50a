/* files.h: whole files read and written, for commands.
 * What is read lives in the arena given; errno tells why something failed. */
#ifndef BACKENDS_CLI_FILES_H
#define BACKENDS_CLI_FILES_H

#include <stdbool.h>
#include <sys/types.h>

#include "runtime/base/arena.h"

/* Reads a file, with a NUL behind its text. */
bool files_read(struct arena *arena, const char *path, struct str *text);

/* Writes a file beside its place and renames it over what is there, so that a reader sees the old or the new one;
 * `mode` is lessened by the umask. */
bool files_write(const char *path, struct str text, mode_t mode);

/* True if both names mean one file that is there. */
bool files_are_same(const char *a, const char *b);

#endif
