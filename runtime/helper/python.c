#include "runtime/helper/python.h"

#include "runtime/base/buf.h"
#include "runtime/base/json_write.h"
#include "runtime/base/mem.h"
#include "runtime/loop/process.h"

/* python_worker.py and what it executes, put into the build by cmake/embed.cmake. */
extern const char python_worker_text[];
extern const size_t python_worker_size;
extern const char python_events_text[];
extern const size_t python_events_size;
extern const char python_controls_text[];
extern const size_t python_controls_size;

struct python {
    struct helper *helper;
    struct arena arena; /* of the two values */
    struct value settings, experiment;
    bool news;       /* the next call brings the experiment to the helper */
    struct buf name; /* argv[0]: by it Python finds its virtual environment */
    char *argv[4];
    struct buf setup;        /* the worker's first frame behind its own text */
    struct str greetings[2]; /* that text, and `setup` */
};

/* The folder of the `chaos` script, which that script would have in sys.path[0]. */
static struct str scripts_folder(struct arena *arena, const char *interpreter)
{
    const char *script = process_which(arena, STR("chaos"));
    struct str path = str_from(script ? script : interpreter ? interpreter : "");
    const char *slash = memrchr(path.ptr, '/', path.len);
    return slash ? str_slice(path.ptr, slash) : STR("");
}

static void write_file(struct json_writer *writer, const char *name, const char *text, size_t size)
{
    jw_open_array(writer);
    jw_string(writer, str_from(name));
    jw_string(writer, (struct str){text, size});
    jw_close_array(writer);
}

static void write_setup(struct python *python)
{
    struct arena arena;
    arena_init(&arena);
    buf_clear(&python->setup);
    struct json_writer writer = jw_start(&python->setup, (struct json_style){0});
    jw_open_object(&writer);
    jw_key_string(&writer, "scripts", scripts_folder(&arena, python->name.data));
    jw_key(&writer, STR("settings"));
    jw_value(&writer, &python->settings);
    jw_key(&writer, STR("experiment"));
    jw_value(&writer, &python->experiment);
    jw_key(&writer, STR("more"));
    jw_open_array(&writer);
    write_file(&writer, "python_events.py", python_events_text, python_events_size);
    write_file(&writer, "python_controls.py", python_controls_text, python_controls_size);
    jw_close_array(&writer);
    jw_close_object(&writer);
    arena_free(&arena);
    python->greetings[0] = (struct str){python_worker_text, python_worker_size};
    python->greetings[1] = buf_str(&python->setup);
}

void python_tell(struct python *python, const struct value *experiment)
{
    python->experiment = value_copy(&python->arena, experiment);
    python->news = helper_is_started(python->helper);
    write_setup(python);
}

struct python *python_open(struct loop *loop, const struct python_options *options)
{
    /* Reads the worker's text from the socket: no file is needed, and no argument shows it. */
    static char bootstrap[] =
        "import gc, os\n"
        "gc.disable()\n" /* until the worker listens: nothing of what starts is garbage */
        "def read(n):\n"
        " b = b''\n"
        " while len(b) < n:\n"
        "  p = os.read(3, n - len(b))\n"
        "  if not p: os._exit(1)\n"
        "  b += p\n"
        " return b\n"
        "exec(compile(read(int.from_bytes(read(4), 'big')), 'chaosc', 'exec'))\n";
    static char option[] = "-c";
    struct python *python = mem_alloc(sizeof *python);
    *python = (struct python){.settings = value_null(), .experiment = value_null()};
    arena_init(&python->arena);
    if (options->settings)
        python->settings = value_copy(&python->arena, options->settings);
    buf_add_text(&python->name, options->interpreter ? options->interpreter : "python");
    python->argv[0] = python->name.data;
    python->argv[1] = option;
    python->argv[2] = bootstrap;
    write_setup(python);
    python->helper = helper_open(loop, &(struct helper_options){
                                           .title = "the Python helper",
                                           .path = options->interpreter,
                                           .missing = "no Python interpreter was found",
                                           .argv = python->argv,
                                           .greetings = python->greetings,
                                           .greeting_count = 2,
                                           .say = options->say,
                                           .signalled = options->signalled,
                                           .context = options->context,
                                       });
    return python;
}

void python_close(struct python *python)
{
    helper_close(python->helper);
    buf_free(&python->setup);
    buf_free(&python->name);
    arena_free(&python->arena);
    mem_free(python);
}

bool python_is_started(const struct python *python)
{
    return helper_is_started(python->helper);
}

struct helper_call *python_start(struct python *python, const struct value *request,
    enum python_place place, helper_done_fn *done, void *context)
{
    struct arena arena;
    arena_init(&arena);
    size_t count = request->as.object.count;
    struct member *members = ARENA_ARRAY(&arena, struct member, count + 2);
    if (count)
        memcpy(members, request->as.object.members, count * sizeof *members);
    members[count++] = (struct member){
        STR("place"), value_string(place == PYTHON_MAIN ? STR("main") : STR("thread"))};
    if (python->news)
        members[count++] = (struct member){STR("experiment"), python->experiment};
    python->news = false;
    struct value placed = {.kind = VALUE_OBJECT, .as.object = {members, count}};
    struct helper_call *call =
        helper_start(python->helper, &placed, place == PYTHON_MAIN, done, context);
    arena_free(&arena);
    return call;
}
