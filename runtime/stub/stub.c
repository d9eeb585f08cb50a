/* The prebuilt runner: `chaosc build --bundle` puts a plan behind it, which it finds in its own file. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/plan/attached.h"
#include "runtime/plan/plan.h"
#include "runtime/runner/chaosrt.h"

/* The name this was started by stays right in a chroot without /proc; /proc where that name is gone. */
static int open_self(void)
{
    /* getauxval gives a number that is an address. */
    const char *name = (const char *)getauxval(AT_EXECFN);
    int fd = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
    return fd >= 0 ? fd : open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

/* NULL, or what is wrong. */
static const char *find_plan(struct rt_plan *plan)
{
    static const char magic[8] = ATTACHED_MAGIC;
    struct attached_trailer trailer;
    struct stat status;
    int fd = open_self();
    if (fd < 0 || fstat(fd, &status) != 0)
        return "this program cannot read its own file";
    size_t size = (size_t)status.st_size;
    const char *bytes = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (bytes == MAP_FAILED || size < sizeof trailer)
        return "this program cannot read its own file";
    memcpy(&trailer, bytes + size - sizeof trailer, sizeof trailer);
    if (memcmp(trailer.magic, magic, sizeof magic) != 0)
        return "this is a prebuilt runner without an experiment: `chaosc build --bundle` adds one";
    if (trailer.offset % 16 || trailer.length > size || trailer.offset > size - trailer.length)
        return "the plan behind this program is damaged";
    return plan_load(plan, (struct str){bytes + trailer.offset, (size_t)trailer.length});
}

int main(int argc, char **argv)
{
    static const struct rt_parts parts = {
        .engine = &rt_engine,
        .process = &provider_process,
        .http = &provider_http,
        .python = &provider_python,
        .regexps = &rt_regexps,
        .vault = &rt_vault,
    };
    struct rt_plan plan;
    const char *wrong = find_plan(&plan);
    if (wrong) {
        fprintf(stderr, "%s: error: %s\n", argc > 0 ? argv[0] : "runner", wrong);
        return 1;
    }
    return rt_main(&plan, &parts, argc, argv);
}
