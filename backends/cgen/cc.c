#include "backends/cgen/cc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/cgen/cgen.h"

/* The full path of a program on PATH, or NULL. */
static const char *which(struct arena *arena, const char *name)
{
    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? name : NULL;
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t len = strcspn(p, ":");
        struct str full = arena_printf(arena, "%.*s/%s", (int)len, p, name);
        if (len && access(full.ptr, X_OK) == 0)
            return full.ptr;
        p += len + (p[len] == ':');
    }
    return NULL;
}

struct words {
    struct arena *arena;
    const char **items;
    size_t count, room;
};

static void add(struct words *words, const char *word)
{
    *ARENA_PUSH(words->arena, words->items, words->count, words->room) = word;
}

/* As make splits $CC: at blanks, without a shell's quotes. */
static void add_split(struct words *words, const char *text)
{
    for (const char *p = text; *p; p += strspn(p, " \t")) {
        size_t len = strcspn(p, " \t");
        if (len)
            add(words, arena_str(words->arena, (struct str){p, len}).ptr);
        p += len;
    }
}

/* The words of a command. The first becomes a path; false if it is not found. */
static bool split_command(struct words *words, const char *command)
{
    const char *whole = which(words->arena, command);
    if (whole)
        add(words, whole);
    else
        add_split(words, command);
    if (!whole && words->count)
        words->items[0] = which(words->arena, words->items[0]);
    bool found = words->count && words->items[0];
    add(words, NULL);
    return found;
}

static bool is_native(const struct kit *kit)
{
    return strcmp(kit->target, kit_native_target()) == 0;
}

/* "arm-linux-gnueabihf-gcc" is "arm-linux-musleabihf-gcc" of those who build toolchains for musl. */
static const char *musl_name(struct arena *arena, const char *compiler)
{
    const char *gnu = strstr(compiler, "-gnu");
    return gnu ? arena_printf(arena, "%.*s-musl%s", (int)(gnu - compiler), compiler, gnu + 4).ptr
               : compiler;
}

const char *const *cc_find(struct arena *arena, const struct kit *kit, struct str *looked)
{
    const char *names[4] = {0};
    size_t count = 0;
    const char *chosen = getenv("CC");
    if (!is_native(kit)) {
        names[count++] = kit->compiler;
        names[count++] = musl_name(arena, kit->compiler);
    } else if (chosen && chosen[strspn(chosen, " \t")]) {
        names[count++] = chosen;
    } else {
        names[count++] = "cc";
        names[count++] = "gcc";
        names[count++] = "clang";
    }
    *looked = (struct str){"", 0};
    for (size_t i = 0; i < count; i++) {
        struct words words = {.arena = arena};
        if (split_command(&words, names[i]))
            return words.items;
        *looked = arena_printf(arena, "%.*s%s%s", STR_ARG(*looked), i ? ", " : "", names[i]);
    }
    return NULL;
}

const char *const *cc_usual(struct arena *arena, const struct kit *kit)
{
    struct words words = {.arena = arena};
    add(&words, is_native(kit) ? "cc" : kit->compiler);
    add(&words, NULL);
    return words.items;
}

/* A source that is not named as one is told the compiler, and that it is no option. */
static void add_source(struct words *words, const char *source)
{
    size_t len = strlen(source);
    bool named = len > 2 && strcmp(source + len - 2, ".c") == 0;
    if (source[0] == '-')
        source = arena_printf(words->arena, "./%s", source).ptr;
    if (!named) {
        add(words, "-x");
        add(words, "c");
    }
    add(words, source);
    if (!named) {
        add(words, "-x");
        add(words, "none");
    }
}

const char *cc_advice(struct arena *arena, const struct kit *kit)
{
    size_t len = strlen(kit->compiler);
    if (is_native(kit) || len < 4 || strcmp(kit->compiler + len - 4, "-gcc") != 0)
        return "install one";
    /* No package has an underscore in its name: it is gcc-x86-64-linux-gnu. */
    char *name = arena_alloc(arena, len, 1);
    for (size_t i = 0; i < len - 4; i++)
        name[i] = kit->compiler[i] == '_' ? '-' : kit->compiler[i];
    name[len - 4] = '\0';
    return arena_printf(arena, "install it (on Debian and Ubuntu gcc-%s)", name).ptr;
}

static void add_file(struct words *words, const struct kit *kit, const char *name)
{
    add(words, arena_printf(words->arena, "%s/%s", kit->folder, name).ptr);
}

/* Everything comes from the kit, the C library too, so the result does not depend on the machine.
 */
static void add_static_link(struct words *words, const struct cc_request *request)
{
    const struct kit *kit = request->kit;
    bool tls = request->needs & CGEN_TLS;
    add(words, "-lchaosrt");
    if (request->needs & CGEN_HTTP) {
        add(words, tls ? "-lcurl" : "-lcurl-plain");
        if (tls) {
            add(words, "-lmbedtls");
            add(words, "-lmbedx509");
            add(words, "-lmbedcrypto");
        }
        add(words, "-lcares");
        add(words, "-lz");
    }
    if (request->needs & CGEN_REGEXP)
        add(words, "-lpcre2-8");
    add(words, "-Wl,--start-group"); /* on some machines libgcc asks libc, too */
    add(words, "-lc");
    add(words, "-lgcc");
    add(words, "-Wl,--end-group");
    add_file(words, kit, "crtn.o");
}

const char **cc_command(struct arena *arena, const struct cc_request *request)
{
    static const char *const compile[] = {"-std=c11", "-Os", "-Wall", "-Wextra", "-Werror",
        "-ffreestanding", "-fno-pie", "-fno-asynchronous-unwind-tables", "-fno-stack-protector"};
    static const char *const link_static[] = {"-nostdlib", "-static", "-Wl,--gc-sections",
        "-Wl,--build-id=none", "-Wl,-z,norelro", "-Wl,-z,noseparate-code"};
    struct words words = {.arena = arena};
    for (const char *const *word = request->compiler; *word; word++)
        add(&words, *word);
    add_split(&words, request->kit->flags);
    for (size_t i = 0; i < sizeof compile / sizeof compile[0]; i++)
        add(&words, compile[i]);
    add(&words, arena_printf(arena, "-I%s", request->kit->folder).ptr);
    add(&words, "-o");
    add(&words, request->output);
    if (!request->keep_symbols)
        add(&words, "-s");
    if (request->dynamic) {
        add(&words, "-no-pie");
        add_source(&words, request->source);
        add(&words, arena_printf(arena, "-L%s/dynamic", request->kit->folder).ptr);
        add(&words, "-lchaosrt");
        if (request->needs & CGEN_REGEXP)
            add(&words, "-lpcre2-8");
        add(&words, "-ldl"); /* libcurl is loaded by the first request */
        add(&words, "-lm");
    } else {
        for (size_t i = 0; i < sizeof link_static / sizeof link_static[0]; i++)
            add(&words, link_static[i]);
        add_file(&words, request->kit, "crt1.o");
        add_file(&words, request->kit, "crti.o");
        add_source(&words, request->source);
        add(&words, arena_printf(arena, "-L%s", request->kit->folder).ptr);
        add_static_link(&words, request);
    }
    add(&words, NULL);
    return words.items;
}

/* In single quotes, without a backslash; what would end or open a C comment or be a trigraph is torn apart by quotes,
 * which are nothing to a shell. */
static void add_quoted(struct buf *line, const char *word)
{
    buf_add_char(line, '\'');
    for (const char *p = word; *p; p++) {
        if (*p == '\'')
            buf_add_text(line, "'\"'\"'");
        else
            buf_add_char(line, *p);
        if ((p[0] == '*' && p[1] == '/') || (p[0] == '/' && p[1] == '*') ||
            (p[0] == '?' && p[1] == '?'))
            buf_add_text(line, "''");
    }
    buf_add_char(line, '\'');
}

struct str cc_command_line(struct arena *arena, const char *const *words)
{
    struct buf line = {0};
    for (size_t i = 0; words[i]; i++) {
        bool plain = words[i][0] != '\0';
        for (const char *p = words[i]; *p; p++)
            plain = plain && (strchr("+,-./:=@_", *p) || (*p >= '0' && *p <= '9') ||
                                 (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z'));
        if (i)
            buf_add_char(&line, ' ');
        if (plain)
            buf_add_text(&line, words[i]);
        else
            add_quoted(&line, words[i]);
    }
    struct str copy = arena_str(arena, buf_str(&line));
    buf_free(&line);
    return copy;
}
