#include "runtime/base/mem.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static mem_exhausted_fn *exhausted_fn;
static void *exhausted_context;

void mem_on_exhausted(mem_exhausted_fn *fn, void *context)
{
    exhausted_fn = fn;
    exhausted_context = context;
}

#ifdef CHAOSC_HOSTILE
static size_t fail_countdown;

void mem_fail_at(size_t n)
{
    fail_countdown = n;
}

static bool fails_now(void)
{
    return fail_countdown != 0 && --fail_countdown == 0;
}
#define FAILS_NOW() fails_now()
#else
#define FAILS_NOW() 0
#endif

static _Noreturn void exhaust(size_t size)
{
    static const char text[] = "chaosc: out of memory\n";
    mem_exhausted_fn *fn = exhausted_fn;
    exhausted_fn = NULL; /* running out again while handling it must end, not recurse */
    if (fn)
        fn(exhausted_context, size);
    ssize_t ignored = write(STDERR_FILENO, text, sizeof text - 1);
    (void)ignored;
    abort();
}

void *mem_alloc(size_t size)
{
    void *p = FAILS_NOW() ? NULL : malloc(size ? size : 1);
    if (!p)
        exhaust(size);
    return p;
}

void *mem_alloc_huge(size_t size)
{
    void *p = NULL;
    if (FAILS_NOW() || posix_memalign(&p, MEM_HUGE_PAGE, size) != 0)
        exhaust(size);
#ifdef MADV_HUGEPAGE
    madvise(p, size, MADV_HUGEPAGE); /* advice only: without huge pages all works the same */
#endif
    return p;
}

void *mem_realloc(void *old, size_t size)
{
    void *p = FAILS_NOW() ? NULL : realloc(old, size ? size : 1);
    if (!p)
        exhaust(size);
    return p;
}

void mem_free(void *old)
{
    free(old);
}
