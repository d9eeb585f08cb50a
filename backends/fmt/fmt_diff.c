/* A unified diff of two texts, line by line: formatting moves little, so the plain algorithm of Myers is enough. */
#include "backends/fmt/fmt.h"

#include "runtime/base/arena.h"

/* The memory of a comparison grows with the square of the edits: 1000 take 8 MiB. */
enum { MOST_EDITS = 1000 };
static const size_t context_lines = 3;

struct lines {
    struct str *items;
    size_t count, room;
};

/* What happens to one line: kept, taken out of `before`, or put in from `after`. */
struct edit {
    char sign;
    struct str line;
    size_t old_line, new_line; /* counted from 0, where the edit stands in both */
};

struct script {
    struct edit *items;
    size_t count, room;
};

static struct lines split(struct arena *arena, struct str text)
{
    struct lines lines = {0};
    while (text.len) {
        const char *end = memchr(text.ptr, '\n', text.len);
        size_t length = end ? (size_t)(end - text.ptr) + 1 : text.len;
        *ARENA_PUSH(arena, lines.items, lines.count, lines.room) = (struct str){text.ptr, length};
        text = (struct str){text.ptr + length, text.len - length};
    }
    return lines;
}

static void push(
    struct arena *arena, struct script *script, char sign, struct str line, size_t x, size_t y)
{
    *ARENA_PUSH(arena, script->items, script->count, script->room) =
        (struct edit){sign, line, x, y};
}

/* Goes back through the saved frontiers, from the last edit to the first. */
static void trace(struct arena *arena, struct script *script, const struct lines *a,
    const struct lines *b, long *const *saved, long depth)
{
    long x = (long)a->count, y = (long)b->count;
    for (long d = depth; d >= 0; d--) {
        const long *v = saved[d] + d + 1;
        long k = x - y;
        bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
        long from_k = down ? k + 1 : k - 1;
        long from_x = d ? v[from_k] : 0, from_y = d ? from_x - from_k : 0;
        while (x > from_x && y > from_y && x > 0 && y > 0 && a->items) {
            x--;
            y--;
            push(arena, script, ' ', a->items[x], (size_t)x, (size_t)y);
        }
        if (d && down)
            push(arena, script, '+', b->items[from_y], (size_t)from_x, (size_t)from_y);
        else if (d)
            push(arena, script, '-', a->items[from_x], (size_t)from_x, (size_t)from_y);
        x = from_x;
        y = from_y;
    }
}

/* Too different: everything goes, everything comes. */
static void replace_all(
    struct arena *arena, struct script *script, const struct lines *a, const struct lines *b)
{
    script->count = 0;
    for (size_t i = b->count; i-- > 0;)
        push(arena, script, '+', b->items[i], a->count, i);
    for (size_t i = a->count; i-- > 0;)
        push(arena, script, '-', a->items[i], i, 0);
}

static void compare(
    struct arena *arena, struct script *script, const struct lines *a, const struct lines *b)
{
    long n = (long)a->count, m = (long)b->count;
    long most = n + m < MOST_EDITS ? n + m : MOST_EDITS;
    long *frontier = ARENA_ARRAY(arena, long, (size_t)(2 * most + 3));
    long *v = frontier + most + 1;
    long **saved = ARENA_ARRAY(arena, long *, (size_t)most + 1);
    for (long d = 0; d <= most; d++) {
        saved[d] = ARENA_ARRAY(arena, long, (size_t)(2 * d + 3));
        memcpy(saved[d], v - d - 1, sizeof(long) * (size_t)(2 * d + 3));
        for (long k = -d; k <= d; k += 2) {
            bool down = k == -d || (k != d && v[k - 1] < v[k + 1]);
            long x = d == 0 ? 0 : down ? v[k + 1] : v[k - 1] + 1;
            long y = x - k;
            while (x < n && y < m && str_equal(a->items[x], b->items[y])) {
                x++;
                y++;
            }
            v[k] = x;
            if (x >= n && y >= m) {
                trace(arena, script, a, b, saved, d);
                return;
            }
        }
    }
    replace_all(arena, script, a, b);
}

static void print_hunk(struct buf *out, const struct edit *edits, size_t count)
{
    size_t old_count = 0, new_count = 0;
    for (size_t i = 0; i < count; i++) {
        old_count += edits[i].sign != '+';
        new_count += edits[i].sign != '-';
    }
    buf_printf(out, "@@ -%zu,%zu +%zu,%zu @@\n", edits[0].old_line + (old_count > 0), old_count,
        edits[0].new_line + (new_count > 0), new_count);
    for (size_t i = 0; i < count; i++) {
        buf_add_char(out, edits[i].sign);
        buf_add_str(out, edits[i].line);
        if (!str_ends(edits[i].line, STR("\n")))
            buf_add_text(out, "\n\\ No newline at end of file\n");
    }
}

void fmt_diff(struct buf *out, struct str name, struct str before, struct str after)
{
    if (str_equal(before, after))
        return;
    struct arena arena;
    arena_init(&arena);
    struct lines a = split(&arena, before), b = split(&arena, after);
    struct script script = {0};
    compare(&arena, &script, &a, &b);
    for (size_t i = 0; i < script.count / 2; i++) {
        struct edit other = script.items[i];
        script.items[i] = script.items[script.count - 1 - i];
        script.items[script.count - 1 - i] = other;
    }
    buf_printf(out, "--- %.*s\n+++ %.*s\n", STR_ARG(name), STR_ARG(name));
    for (size_t i = 0; i < script.count;) {
        while (i < script.count && script.items[i].sign == ' ')
            i++;
        if (i == script.count)
            break;
        size_t start = i > context_lines ? i - context_lines : 0, end = i;
        for (size_t at = i; at < script.count && at <= end + 2 * context_lines; at++)
            if (script.items[at].sign != ' ')
                end = at;
        end = end + context_lines + 1 < script.count ? end + context_lines + 1 : script.count;
        print_hunk(out, script.items + start, end - start);
        i = end;
    }
    arena_free(&arena);
}
