#include "runtime/record/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/mem.h"

enum { FLUSH_AT = 64 * 1024, INDENT = 2 };

static char *copy_text(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(mem_alloc(size), text, size);
}

bool journal_file_open(struct journal_file *file, const char *path)
{
    *file = (struct journal_file){.fd = -1};
    struct stat st;
    file->in_place = stat(path, &st) == 0 && !S_ISREG(st.st_mode);
    struct buf draft = {0};
    buf_printf(&draft, "%s.%d.tmp", path, (int)getpid());
    file->fd = file->in_place ? open(path, O_WRONLY | O_CLOEXEC)
                              : open(draft.data, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        int error = errno;
        buf_free(&draft);
        errno = error;
        return false;
    }
    file->path = copy_text(path);
    file->draft = draft.data;
    return true;
}

static void flush(struct journal_file *file)
{
    struct str text = buf_str(&file->out);
    while (text.len && !file->error) {
        ssize_t n = write(file->fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0) {
            file->error = errno;
            break;
        }
        text.ptr += n;
        text.len -= (size_t)n;
    }
    buf_clear(&file->out);
}

static void new_line(struct journal_file *file)
{
    buf_add_char(&file->out, '\n');
    buf_add_repeat(&file->out, ' ', (size_t)file->depth * INDENT);
}

/* Inside a string everything is kept as it is. */
static void put_in_string(struct journal_file *file, char c)
{
    buf_add_char(&file->out, c);
    if (file->escaped)
        file->escaped = false;
    else if (c == '\\')
        file->escaped = true;
    else if (c == '"')
        file->in_string = false;
}

static void put_outside(struct journal_file *file, char c)
{
    if (c == ' ' || c == '\n')
        return;
    bool closing = c == ']' || c == '}';
    if (closing)
        file->depth--;
    if (closing ? !file->fresh : file->fresh)
        new_line(file);
    file->fresh = c == '[' || c == '{';
    buf_add_char(&file->out, c);
    if (file->fresh)
        file->depth++;
    if (c == ',')
        new_line(file);
    if (c == ':')
        buf_add_char(&file->out, ' ');
    if (c == '"')
        file->in_string = true;
}

void journal_file_put(struct journal_file *file, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (file->in_string)
            put_in_string(file, text.ptr[i]);
        else
            put_outside(file, text.ptr[i]);
        if (file->out.len >= FLUSH_AT)
            flush(file);
    }
}

bool journal_file_close(struct journal_file *file)
{
    flush(file);
    if (!file->error && !file->in_place && fdatasync(file->fd) != 0)
        file->error = errno;
    if (close(file->fd) != 0 && !file->error)
        file->error = errno;
    if (!file->in_place) {
        if (!file->error && rename(file->draft, file->path) != 0)
            file->error = errno;
        if (file->error)
            unlink(file->draft);
    }
    mem_free(file->path);
    mem_free(file->draft);
    buf_free(&file->out);
    errno = file->error;
    return !file->error;
}
