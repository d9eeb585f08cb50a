/* mem.h: the only callers of malloc; memory that runs out never returns NULL to the program.
 * Owner: whoever allocates frees with mem_free. Arenas and buffers sit on top of this. */
#ifndef RUNTIME_BASE_MEM_H
#define RUNTIME_BASE_MEM_H

#include <stddef.h>

/* Called once when memory has run out, with the size in bytes that could not be had. It may journal,
 * roll back and end the process; if it returns, the process aborts. */
typedef void mem_exhausted_fn(void *context, size_t size);

/* Sets what happens when memory runs out: the one process-wide setting, made by main and nobody else. */
void mem_on_exhausted(mem_exhausted_fn *fn, void *context);

/* Returns `size` bytes, uninitialised; size 0 is allowed and gives a unique pointer. Never NULL. */
void *mem_alloc(size_t size);

/* The same for a block of many MiB that will be filled soon: aligned to MEM_HUGE_PAGE and, where the system has
 * them, on huge pages, since touching small ones one by one costs more than reading a file. */
void *mem_alloc_huge(size_t size);
enum { MEM_HUGE_PAGE = 2 * 1024 * 1024 };

/* Resizes `old` (NULL allocates) to `size` bytes and returns the new place. Never NULL. */
void *mem_realloc(void *old, size_t size);

/* Frees what mem_alloc or mem_realloc returned; NULL is allowed. */
void mem_free(void *old);

#ifdef CHAOSC_HOSTILE
/* Makes the n-th allocation from now fail (1 is the next); 0 turns it off. For tests only. */
void mem_fail_at(size_t n);
#endif

#endif
