/* yaml_time.h: YAML 1.1 timestamps, read as PyYAML reads them into dates and datetimes. */
#ifndef FRONTEND_YAML_TIME_H
#define FRONTEND_YAML_TIME_H

#include <stdbool.h>

#include "runtime/base/str.h"

struct yaml_time {
    bool has_time, has_zone;
    int year, month, day, hour, minute, second;
    int microsecond;
    int zone; /* minutes east of Greenwich */
};

/* Reads a timestamp. Returns NULL, or why Python has no such date. */
const char *yaml_read_time(struct str text, struct yaml_time *time);

enum { YAML_TIME_SIZE = 64 };

/* Python's isoformat(), with `separator` between day and hour ('T' in a journal, ' ' in str()).
 * Returns the length; NUL-terminated. */
size_t yaml_spell_time(const struct yaml_time *time, char separator, char out[YAML_TIME_SIZE]);

#endif
