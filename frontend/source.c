#include "frontend/source.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/utf8.h"

enum { LARGEST_SOURCE = 1 << 30, FIRST_ROOM = 64 * 1024 };

/* Reads all of `fd` into the arena, with a NUL behind it. */
static enum source_status read_all(struct source *source, int fd)
{
    struct stat info;
    if (fstat(fd, &info) != 0)
        return SOURCE_UNREADABLE;
    if (S_ISDIR(info.st_mode)) {
        errno = EISDIR;
        return SOURCE_IS_DIRECTORY;
    }
    /* A regular file of unchanged size is read without growing: its bytes, the NUL, and one for the
     * read that finds the end. */
    size_t room = S_ISREG(info.st_mode) && info.st_size > 0 && info.st_size < LARGEST_SOURCE
                      ? (size_t)info.st_size + 2
                      : FIRST_ROOM;
    size_t len = 0;
    char *text = arena_alloc(&source->arena, room, 1);
    for (;;) {
        ssize_t got = read(fd, text + len, room - len - 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SOURCE_UNREADABLE;
        if (got == 0)
            break;
        len += (size_t)got;
        if (len > LARGEST_SOURCE) {
            errno = EFBIG;
            return SOURCE_TOO_LARGE;
        }
        if (len + 1 == room) {
            text = arena_grow(&source->arena, text, room, room * 2, 1);
            room *= 2;
        }
    }
    text[len] = '\0';
    source->text = (struct str){text, len};
    return SOURCE_OK;
}

enum source_status source_open(struct source *source, const char *path)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return SOURCE_UNREADABLE;
    *source = (struct source){0};
    arena_init(&source->arena);
    source->name = arena_str(&source->arena, str_from(is_stdin ? "<stdin>" : path));
    enum source_status status = read_all(source, fd);
    int reason = errno;
    if (!is_stdin)
        close(fd);
    if (status != SOURCE_OK)
        arena_free(&source->arena);
    errno = reason;
    return status;
}

void source_from_text(struct source *source, struct str name, struct str text)
{
    *source = (struct source){0};
    arena_init(&source->arena);
    source->name = arena_str(&source->arena, name);
    source->text = arena_str(&source->arena, text);
}

void source_free(struct source *source)
{
    arena_free(&source->arena);
    *source = (struct source){0};
}

static void find_lines(struct source *source)
{
    if (source->line_starts)
        return;
    const char *start = source->text.ptr, *end = start + source->text.len;
    size_t count = 0, room = 0;
    uint32_t *starts = NULL;
    *ARENA_PUSH(&source->arena, starts, count, room) = 0;
    for (const char *p = start; p < end; p++) {
        if (*p == '\n' || (*p == '\r' && p[1] != '\n'))
            *ARENA_PUSH(&source->arena, starts, count, room) = (uint32_t)(p + 1 - start);
    }
    source->line_starts = starts;
    source->line_count = (uint32_t)count;
}

uint32_t source_line_count(struct source *source)
{
    find_lines(source);
    return source->line_count;
}

uint32_t source_line_at(struct source *source, uint32_t offset)
{
    find_lines(source);
    uint32_t low = 0, high = source->line_count; /* the line's index is in [low, high) */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low + 1;
}

struct place source_place(struct source *source, uint32_t offset)
{
    if (offset > source->text.len)
        offset = (uint32_t)source->text.len;
    struct place place = {.line = source_line_at(source, offset), .column = 1};
    uint32_t from = source->line_starts[place.line - 1];
    if (source->last.place.line == place.line && source->last.offset <= offset) {
        from = source->last.offset;
        place.column = source->last.place.column;
    }
    place.column += (uint32_t)utf8_count(source_slice(source, (struct span){from, offset}));
    source->last.offset = offset;
    source->last.place = place;
    return place;
}

uint32_t source_line_start(struct source *source, uint32_t line)
{
    find_lines(source);
    return line > source->line_count ? (uint32_t)source->text.len : source->line_starts[line - 1];
}

struct str source_line(struct source *source, uint32_t line)
{
    struct span span = {source_line_start(source, line), source_line_start(source, line + 1)};
    struct str text = source_slice(source, span);
    if (text.len && text.ptr[text.len - 1] == '\n')
        text.len--;
    if (text.len && text.ptr[text.len - 1] == '\r')
        text.len--;
    return text;
}
