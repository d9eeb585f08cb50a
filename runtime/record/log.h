/* log.h: what a run says: lines in the reference's wording on standard error and in the log file,
 * and the status line of a terminal. The log owns its file; secrets are replaced in every line. */
#ifndef RUNTIME_RECORD_LOG_H
#define RUNTIME_RECORD_LOG_H

#include <stdbool.h>

#include "runtime/base/buf.h"
#include "runtime/base/str.h"
#include "runtime/record/redact.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR, LOG_CRITICAL };

struct log_options {
    enum log_level level; /* of the console */
    bool places;          /* [module:line] on the console too */
    bool json;            /* console lines as JSON objects with the reference's keys */
    bool color;           /* the console takes colours */
    bool terminal;        /* the console is a terminal: it gets a status line */
    const char *file;     /* NULL: none; always text, always with places */
    enum log_level file_level;
};

struct log {
    struct log_options options;
    int file;                        /* -1: none */
    bool file_broken;                /* a write failed; said once, and the run goes on */
    bool status_shown;               /* the status line has to be cleared before the next line */
    char context_id[37];             /* of this run, a random UUID */
    const struct redactor *redactor; /* NULL before there are secrets */
    const struct redactor *told; /* for what extensions say, who have them all; NULL: the same */
    struct buf line, message;
};

/* Opens the log file for appending. False with errno set if that fails; the log works without it
 * then. */
bool log_open(struct log *log, const struct log_options *options);

void log_close(struct log *log);

/* Writes one record; `file` is the caller's __FILE__. Line ends inside the message are indented. */
void log_write(struct log *log, enum log_level level, const char *file, int line,
    const char *format, ...) __attribute__((format(printf, 5, 6)));

#define log_debug(log, ...) log_write((log), LOG_DEBUG, __FILE__, __LINE__, __VA_ARGS__)
#define log_info(log, ...) log_write((log), LOG_INFO, __FILE__, __LINE__, __VA_ARGS__)
#define log_warning(log, ...) log_write((log), LOG_WARNING, __FILE__, __LINE__, __VA_ARGS__)
#define log_error(log, ...) log_write((log), LOG_ERROR, __FILE__, __LINE__, __VA_ARGS__)
#define log_critical(log, ...) log_write((log), LOG_CRITICAL, __FILE__, __LINE__, __VA_ARGS__)

/* What hides secrets in lines from here on; NULL leaves it. Returns what did until now, to be put back. */
const struct redactor *log_hide(struct log *log, const struct redactor *redactor);

/* The level of a record of Python's logging (10 debug ... 50 critical). */
enum log_level log_level_from(int python_level);

/* Replaces the status line of a terminal; nothing is shown elsewhere. Empty text removes it. */
void log_status(struct log *log, struct str text);

#endif
