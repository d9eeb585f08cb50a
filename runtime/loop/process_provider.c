#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/base/buf.h"
#include "runtime/base/pytext.h"
#include "runtime/loop/decode.h"
#include "runtime/loop/process.h"

#define ACTIVITY_FAILED "chaoslib.exceptions.ActivityFailed"

static bool fail(
    struct failure *failure, enum failure_kind kind, const char *class_name, struct str message)
{
    *failure = (struct failure){kind, str_from(class_name), message, false};
    return false;
}

static bool is_executable(const char *path)
{
    struct stat status;
    return access(path, F_OK | X_OK) == 0 && stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* os.path.join of a folder and a name without a slash in front. */
static const char *join_path(struct arena *arena, struct str folder, struct str name)
{
    const char *slash = folder.len == 0 || str_ends(folder, STR("/")) ? "" : "/";
    return arena_printf(arena, "%.*s%s%.*s", STR_ARG(folder), slash, STR_ARG(name)).ptr;
}

const char *process_which(struct arena *arena, struct str path)
{
    if (memchr(path.ptr, '/', path.len)) {
        const char *name = arena_str(arena, path).ptr;
        return is_executable(name) ? name : NULL;
    }
    struct str left = str_from(getenv("PATH"));
    if (!left.ptr)
        left = STR("/bin:/usr/bin"); /* confstr(_CS_PATH) */
    if (!left.len)
        return NULL;
    for (;;) {
        const char *colon = memchr(left.ptr, ':', left.len);
        struct str folder = colon ? str_slice(left.ptr, colon) : left;
        const char *name = join_path(arena, folder, path);
        if (is_executable(name))
            return name;
        if (!colon)
            return NULL;
        left = str_slice(colon + 1, left.ptr + left.len);
    }
}

/* os.path.expanduser: `~` and `~name` at the start; a user nobody knows stays as it is. */
static struct str expand_user(struct arena *arena, struct str path)
{
    if (!str_starts(path, STR("~")))
        return path;
    const char *slash = memchr(path.ptr, '/', path.len);
    struct str name = str_slice(path.ptr + 1, slash ? slash : path.ptr + path.len);
    struct str rest = str_slice(name.ptr + name.len, path.ptr + path.len);
    const char *home = name.len ? NULL : getenv("HOME");
    if (!home) {
        const struct passwd *user =
            name.len ? getpwnam(arena_str(arena, name).ptr) : getpwuid(getuid());
        if (!user)
            return path;
        home = user->pw_dir;
    }
    struct str root = str_from(home);
    while (root.len && root.ptr[root.len - 1] == '/')
        root.len--;
    struct str expanded = arena_printf(arena, "%.*s%.*s", STR_ARG(root), STR_ARG(rest));
    return expanded.len ? expanded : STR("/");
}

struct arguments {
    struct arena *arena;
    char **items;
    size_t count, room;
    bool has_nul;
};

/* argv is `char *const *` since before const; nobody writes through it. */
static void push_argument(struct arguments *list, struct str text)
{
    if (memchr(text.ptr, '\0', text.len))
        list->has_nul = true;
    *ARENA_PUSH(list->arena, list->items, list->count, list->room) =
        (char *)(uintptr_t)arena_str(list->arena, text).ptr;
}

/* `p not in (None, "")`, then str(p). */
static void push_value(struct arguments *list, const struct value *value)
{
    if (value->kind == VALUE_NULL || (value->kind == VALUE_STRING && value->as.text.len == 0))
        return;
    push_argument(list, pytext_str(list->arena, value));
}

static const char *python_type(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NULL:
        return "NoneType";
    case VALUE_BOOL:
        return "bool";
    case VALUE_INT:
        return "int";
    case VALUE_REAL:
        return "float";
    case VALUE_STRING:
        return "str";
    case VALUE_ARRAY:
        return "list";
    case VALUE_OBJECT:
        break;
    }
    return "dict";
}

static bool read_timeout(
    struct arena *arena, const struct value *timeout, int64_t *span, struct failure *failure)
{
    *span = LOOP_NEVER;
    if (!timeout || timeout->kind == VALUE_NULL)
        return true;
    double seconds = timeout->kind == VALUE_BOOL ? timeout->as.truth : value_to_double(timeout);
    if (timeout->kind > VALUE_REAL)
        return fail(failure, FAILURE_EXCEPTION, "TypeError",
            arena_printf(arena, "unsupported operand type(s) for +: 'float' and '%s'",
                python_type(timeout->kind)));
    if (seconds * 1e3 > INT_MAX) /* what poll() takes */
        return fail(failure, FAILURE_EXCEPTION, "OverflowError", STR("timeout is too large"));
    *span = seconds > 0 ? (int64_t)(seconds * 1e9) : 0;
    return true;
}

bool process_prepare(struct arena *arena, const struct process_provider *provider,
    struct process_request *request, struct failure *failure)
{
    *request = (struct process_request){0};
    *failure = (struct failure){0};
    const char *path = process_which(arena, expand_user(arena, provider->path));
    const struct value *arguments = provider->arguments;
    struct arguments list = {.arena = arena};
    if (arguments && arguments->kind == VALUE_STRING) {
        /* A path that is not found becomes Python's None, and the shell says so. */
        const struct str command =
            arena_printf(arena, "%s %.*s", path ? path : "None", STR_ARG(arguments->as.text));
        request->path = "/bin/sh";
        push_argument(&list, STR("/bin/sh"));
        push_argument(&list, STR("-c"));
        push_argument(&list, command);
    } else {
        request->path = path;
        push_argument(&list, path ? str_from(path) : STR(""));
        if (arguments && arguments->kind == VALUE_ARRAY) {
            for (size_t i = 0; i < arguments->as.array.count; i++)
                push_value(&list, &arguments->as.array.items[i]);
        } else if (arguments && arguments->kind == VALUE_OBJECT) {
            for (size_t i = 0; i < arguments->as.object.count; i++) {
                const struct member *member = &arguments->as.object.members[i];
                push_value(&list, &(struct value){.kind = VALUE_STRING, .as.text = member->key});
                push_value(&list, &member->value);
            }
        } else if (arguments) {
            return fail(failure, FAILURE_EXCEPTION, "TypeError",
                arena_printf(arena, "'%s' object is not iterable", python_type(arguments->kind)));
        }
        if (!path)
            return fail(failure, FAILURE_EXCEPTION, "TypeError",
                STR("expected str, bytes or os.PathLike object, not NoneType"));
    }
    if (list.has_nul)
        return fail(failure, FAILURE_EXCEPTION, "ValueError", STR("embedded null byte"));
    *ARENA_PUSH(arena, list.items, list.count, list.room) = NULL;
    request->argv = list.items;
    return read_timeout(arena, provider->timeout, &request->timeout, failure);
}

/* The class and text of the OSError that subprocess raises. */
static bool fail_to_start(
    struct arena *arena, const struct process_result *result, struct failure *failure)
{
    const char *name = "OSError";
    if (result->error == ENOENT)
        name = "FileNotFoundError";
    else if (result->error == EACCES || result->error == EPERM)
        name = "PermissionError";
    else if (result->error == ENOTDIR)
        name = "NotADirectoryError";
    else if (result->error == EAGAIN)
        name = "BlockingIOError";
    struct buf text = {0};
    buf_printf(&text, "[Errno %d] %s: ", result->error, strerror(result->error));
    pytext_add_quoted(&text, str_from(result->path));
    struct str message = arena_str(arena, buf_str(&text));
    buf_free(&text);
    return fail(failure, FAILURE_EXCEPTION, name, message);
}

bool process_output(struct arena *arena, const struct process_result *result, struct value *output,
    struct failure *failure)
{
    *failure = (struct failure){0};
    switch (result->end) {
    case PROCESS_EXITED:
        break;
    case PROCESS_TIMED_OUT:
        fail(failure, FAILURE_ACTIVITY, ACTIVITY_FAILED,
            STR("process activity took too long to complete"));
        failure->timed_out = true;
        return false;
    case PROCESS_CANCELLED:
        return fail(failure, FAILURE_CANCELLED, "", STR("process activity was interrupted"));
    case PROCESS_NOT_STARTED:
        return fail_to_start(arena, result, failure);
    }
    struct member *members = ARENA_ARRAY(arena, struct member, 3);
    members[0] = (struct member){STR("status"), value_int(arena, result->status)};
    members[1] =
        (struct member){STR("stdout"), value_string(decode_buf(arena, result->output.bytes))};
    members[2] =
        (struct member){STR("stderr"), value_string(decode_buf(arena, result->errors.bytes))};
    *output = (struct value){.kind = VALUE_OBJECT, .as.object = {members, 3}};
    return true;
}
