#include "backends/cli/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/cli/cli.h"
#include "runtime/base/buf.h"

bool files_read(struct arena *arena, const char *path, struct str *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    struct buf all = {0};
    ssize_t n;
    do {
        buf_reserve(&all, 64 * 1024);
        n = read(fd, all.data + all.len, 64 * 1024);
        if (n > 0)
            all.len += (size_t)n;
    } while (n > 0 || (n < 0 && errno == EINTR));
    int saved = errno;
    close(fd);
    *text = arena_str(arena, buf_str(&all));
    buf_free(&all);
    errno = saved;
    return n == 0;
}

bool files_write(const char *path, struct str text, mode_t mode)
{
    struct buf beside = {0};
    struct stat now;
    buf_printf(&beside, "%s.XXXXXX", path);
    /* What is no plain file (a device, a pipe) is written as it is. */
    bool plain = stat(path, &now) != 0 || S_ISREG(now.st_mode);
    mode_t mask = umask(0);
    umask(mask);
    int fd = plain ? mkstemp(beside.data) : open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && cli_write(fd, text);
    if (written && plain)
        written = fchmod(fd, mode & ~mask) == 0;
    int saved = errno;
    if (fd >= 0 && close(fd) != 0)
        written = false;
    if (plain && written)
        written = rename(beside.data, path) == 0;
    if (plain && !written && fd >= 0) {
        saved = errno;
        unlink(beside.data);
    }
    buf_free(&beside);
    if (!written)
        errno = saved;
    return written;
}

bool files_are_same(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino && S_ISREG(first.st_mode);
}
