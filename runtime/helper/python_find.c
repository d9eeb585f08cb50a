#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/loop/process.h"
#include "runtime/helper/python.h"

/* What the first line of a script names: "#!/path/python3" or "#!/usr/bin/env python3". */
static const char *interpreter_of(struct arena *arena, const char *script)
{
    char line[512];
    int fd = open(script, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
    if (fd >= 0)
        close(fd);
    if (got < 3 || line[0] != '#' || line[1] != '!')
        return NULL;
    line[got] = '\0';
    line[strcspn(line, "\n")] = '\0';
    char *path = line + 2 + strspn(line + 2, " ");
    char *end = path + strcspn(path, " ");
    if (*end && str_ends(str_slice(path, end), STR("/env")))
        return process_which(arena, str_from(end + strspn(end, " ")));
    if (!strstr(path, "python"))
        return NULL; /* pip writes a shell line where the path is too long */
    *end = '\0';
    return process_which(arena, str_from(path));
}

const char *python_find(struct arena *arena, const char *given)
{
    if (given)
        return process_which(arena, str_from(given));
    const char *environment = getenv("VIRTUAL_ENV");
    const char *path = NULL;
    if (environment && *environment)
        path = process_which(arena, arena_printf(arena, "%s/bin/python", environment));
    const char *script = path ? NULL : process_which(arena, STR("chaos"));
    if (script)
        path = interpreter_of(arena, script);
    return path ? path : process_which(arena, STR("python3"));
}
