#include "runtime/record/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "runtime/base/json_write.h"
#include "runtime/base/utf8.h"

static const struct {
    const char *name, *color;
} levels[] = {
    [LOG_DEBUG] = {"DEBUG", "\033[36m"},
    [LOG_INFO] = {"INFO", "\033[32m"},
    [LOG_WARNING] = {"WARNING", "\033[33m"},
    [LOG_ERROR] = {"ERROR", "\033[31m"},
    [LOG_CRITICAL] = {"CRITICAL", "\033[31m"},
};

static void make_context_id(char out[37])
{
    unsigned char bytes[16];
    if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
        memset(bytes, 0, sizeof bytes);
    bytes[6] = (unsigned char)((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (unsigned char)((bytes[8] & 0x3F) | 0x80);
    char *p = out;
    for (size_t i = 0; i < sizeof bytes; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            *p++ = '-';
        p += snprintf(p, 3, "%02x", bytes[i]);
    }
}

bool log_open(struct log *log, const struct log_options *options)
{
    *log = (struct log){.options = *options, .file = -1};
    make_context_id(log->context_id);
    if (!options->file)
        return true;
    log->file = open(options->file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    return log->file >= 0;
}

void log_close(struct log *log)
{
    log_status(log, STR(""));
    if (log->file >= 0)
        close(log->file);
    buf_free(&log->line);
    buf_free(&log->message);
}

static bool write_all(int fd, struct str text)
{
    while (text.len) {
        ssize_t n = write(fd, text.ptr, text.len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        text.ptr += n;
        text.len -= (size_t)n;
    }
    return true;
}

/* "[2026-01-31 12:00:00 INFO] message", further lines indented by four columns. */
static void format_text(struct log *log, enum log_level level, const struct timespec *now,
    const char *place, bool color)
{
    struct buf *out = &log->line;
    char stamp[32];
    struct tm local;
    localtime_r(&now->tv_sec, &local);
    strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S", &local);
    buf_clear(out);
    buf_printf(out, "%s[%s %s]", color ? levels[level].color : "", stamp, levels[level].name);
    if (place)
        buf_printf(out, " [%s]", place);
    buf_add_text(out, color ? "\033[39m " : " ");
    for (const char *p = log->message.data, *end = p + log->message.len; p < end; p++) {
        buf_add_char(out, *p);
        if (*p == '\n')
            buf_add_text(out, "    ");
    }
    buf_add_char(out, '\n');
}

static void format_json(
    struct log *log, enum log_level level, const struct timespec *now, struct str module, int line)
{
    char local_stamp[40], utc_stamp[40];
    struct tm local, utc;
    localtime_r(&now->tv_sec, &local);
    gmtime_r(&now->tv_sec, &utc);
    size_t n = strftime(local_stamp, sizeof local_stamp, "%Y-%m-%d %H:%M:%S", &local);
    snprintf(local_stamp + n, sizeof local_stamp - n, ",%03d", (int)(now->tv_nsec / 1000000));
    n = strftime(utc_stamp, sizeof utc_stamp, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(utc_stamp + n, sizeof utc_stamp - n, ".%06d+00:00", (int)(now->tv_nsec / 1000));
    buf_clear(&log->line);
    struct json_writer w = jw_start(&log->line, (struct json_style){.spaced = true, .ascii = true});
    jw_open_object(&w);
    jw_key_int(&w, "process", getpid());
    jw_key_text(&w, "asctime", local_stamp);
    jw_key_text(&w, "levelname", levels[level].name);
    jw_key_string(&w, "module", module);
    jw_key_int(&w, "lineno", line);
    jw_key_string(&w, "message", buf_str(&log->message));
    jw_key_text(&w, "context_id", log->context_id);
    jw_key_text(&w, "timestamp", utc_stamp);
    jw_close_object(&w);
    buf_add_char(&log->line, '\n');
}

/* "runtime/exec/run.c" is the module "run". */
static struct str module_of(const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    const char *dot = strchr(name, '.');
    return str_slice(name, dot ? dot : name + strlen(name));
}

__attribute__((format(printf, 2, 0))) static void format_message(
    struct log *log, const char *format, va_list args)
{
    struct buf raw = {0};
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    buf_reserve(&raw, (size_t)len + 1);
    vsnprintf(raw.data, (size_t)len + 1, format, again);
    va_end(again);
    raw.len = (size_t)len;
    buf_clear(&log->message);
    buf_add(&log->message, "", 0);
    if (log->redactor)
        redact_text(log->redactor, &log->message, buf_str(&raw));
    else
        buf_add_str(&log->message, buf_str(&raw));
    buf_free(&raw);
}

void log_write(
    struct log *log, enum log_level level, const char *file, int line, const char *format, ...)
{
    bool console = level >= log->options.level;
    bool to_file = log->file >= 0 && !log->file_broken && level >= log->options.file_level;
    if (!console && !to_file)
        return;
    va_list args;
    va_start(args, format);
    format_message(log, format, args);
    va_end(args);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct str module = module_of(file);
    char place[80];
    snprintf(
        place, sizeof place, "%.*s:%d", (int)(module.len < 60 ? module.len : 60), module.ptr, line);
    if (console) {
        if (log->options.json)
            format_json(log, level, &now, module, line);
        else
            format_text(log, level, &now, log->options.places ? place : NULL, log->options.color);
        if (log->status_shown)
            write_all(STDERR_FILENO, STR("\r\033[K"));
        log->status_shown = false;
        write_all(STDERR_FILENO, buf_str(&log->line));
    }
    if (to_file) {
        format_text(log, level, &now, place, false);
        log->file_broken = !write_all(log->file, buf_str(&log->line));
        if (log->file_broken)
            log_write(log, LOG_WARNING, file, line, "the log file cannot be written: %s",
                strerror(errno));
    }
}

const struct redactor *log_hide(struct log *log, const struct redactor *redactor)
{
    const struct redactor *before = log->redactor;
    if (redactor)
        log->redactor = redactor;
    return before;
}

/* How many bytes of `text` fit into the terminal's width. */
static size_t fitting(struct str text)
{
    struct winsize size;
    unsigned room =
        ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col - 1u : 79u;
    const char *p = text.ptr, *end = p + text.len;
    while (p < end) {
        const char *next = p;
        unsigned width = utf8_width(utf8_decode(&next, end));
        if (width > room)
            break;
        room -= width;
        p = next;
    }
    return (size_t)(p - text.ptr);
}

enum log_level log_level_from(int python_level)
{
    static const enum log_level of[] = {
        LOG_DEBUG, LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_CRITICAL};
    int step = python_level / 10;
    return of[step < 0 ? 0 : step > 5 ? 5 : step];
}

void log_status(struct log *log, struct str text)
{
    if (!log->options.terminal || log->options.json || (!text.len && !log->status_shown))
        return;
    struct buf clean = {0};
    if (log->redactor)
        redact_text(log->redactor, &clean, text);
    else
        buf_add_str(&clean, text);
    buf_clear(&log->line);
    buf_add_text(&log->line, "\r\033[K");
    buf_add(&log->line, clean.data ? clean.data : "", fitting(buf_str(&clean)));
    write_all(STDERR_FILENO, buf_str(&log->line));
    log->status_shown = text.len > 0;
    buf_free(&clean);
}
