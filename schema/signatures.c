#include "schema/signatures.h"

#include <stdio.h>

#define PACKAGE(name) extern const struct signature_package signature_package_##name;
#include "schema/drivers/packages.def"
#undef PACKAGE

static const struct signature_package *const packages[] = {
#define PACKAGE(name) &signature_package_##name,
#include "schema/drivers/packages.def"
#undef PACKAGE
};
enum { PACKAGE_COUNT = sizeof packages / sizeof packages[0] };

const struct signature_package *const *signature_packages(size_t *count)
{
    *count = PACKAGE_COUNT;
    return packages;
}

const struct signature_package *signature_package(struct str module)
{
    const char *dot = module.len ? memchr(module.ptr, '.', module.len) : NULL;
    struct str first = {module.ptr, dot ? (size_t)(dot - module.ptr) : module.len};
    for (size_t i = 0; i < PACKAGE_COUNT; i++)
        if (str_equal(str_from(packages[i]->package), first))
            return packages[i];
    return NULL;
}

static int compare(const struct signature *row, struct str module, struct str function)
{
    int order = str_compare(str_from(row->module), module);
    return order != 0 ? order : str_compare(str_from(row->function), function);
}

const struct signature *signature_find(
    const struct signature_package *package, struct str module, struct str function)
{
    size_t low = 0, high = package->function_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(&package->functions[middle], module, function);
        if (order == 0)
            return &package->functions[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

bool signature_has_module(const struct signature_package *package, struct str module)
{
    for (size_t i = 0; i < package->function_count; i++) {
        struct str name = str_from(package->functions[i].module);
        if (str_starts(name, module) && (name.len == module.len || name.ptr[module.len] == '.'))
            return true;
    }
    return false;
}

const struct signature_argument *signature_argument(
    const struct signature *signature, struct str name)
{
    for (size_t i = 0; i < signature->argument_count; i++)
        if (str_equal(str_from(signature->arguments[i].name), name))
            return &signature->arguments[i];
    return NULL;
}

bool signature_takes_any(const struct signature *signature)
{
    for (size_t i = 0; i < signature->argument_count; i++)
        if (signature->arguments[i].flags & ARGUMENT_EXTRA_NAMED)
            return true;
    return false;
}

const char *signature_renamed(const struct signature_package *package, struct str module,
    struct str function, char buffer[256])
{
    for (size_t i = 0; i < package->rename_count; i++) {
        struct str from = str_from(package->renames[i].from);
        const char *to = package->renames[i].to;
        if (str_ends(from, STR(".*"))) {
            if (!str_equal((struct str){from.ptr, from.len - 2}, module))
                continue;
            snprintf(buffer, 256, "%.*s.%.*s", (int)strlen(to) - 2, to, STR_ARG(function));
            return buffer;
        }
        if (from.len == module.len + 1 + function.len && str_starts(from, module) &&
            from.ptr[module.len] == '.' && str_ends(from, function))
            return to;
    }
    return NULL;
}

const struct signature *signature_nearest(
    const struct signature_package *package, struct str module, struct str function)
{
    const struct signature *best = NULL;
    unsigned best_score = 7; /* twice the distance, and one for another module */
    for (size_t i = 0; i < package->function_count; i++) {
        const struct signature *row = &package->functions[i];
        unsigned score = 2 * str_distance(function, str_from(row->function), 3);
        if (!str_equal(str_from(row->module), module))
            score++;
        if (row->kind != SIGNATURE_HELPER && score < best_score) {
            best_score = score;
            best = row;
        }
    }
    return best;
}
