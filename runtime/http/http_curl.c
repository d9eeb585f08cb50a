#include "runtime/http/http_curl.h"

#ifdef CHAOSC_LINK_CURL

#include <errno.h>
#include <sys/random.h>

/* mbedTLS's source of randomness (MBEDTLS_ENTROPY_HARDWARE_ALT): its own opens /dev/urandom, which an empty root has
 * not. The name and the result are mbedTLS's. */
int mbedtls_hardware_poll(void *context, unsigned char *output, size_t size, size_t *filled);

int mbedtls_hardware_poll(void *context, unsigned char *output, size_t size, size_t *filled)
{
    (void)context;
    *filled = 0;
    while (*filled < size) {
        ssize_t got = getrandom(output + *filled, size - *filled, 0);
        if (got < 0 && errno != EINTR)
            return -1;
        *filled += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

bool curl_api_load(struct curl_api *api, const char **error)
{
    (void)error;
#define CURL_FUNCTION(name) api->name = curl_##name;
    CURL_FUNCTIONS
#undef CURL_FUNCTION
#define ZLIB_FUNCTION(name) api->name = name;
    ZLIB_FUNCTIONS
#undef ZLIB_FUNCTION
    return true;
}

#else

#include <dlfcn.h>
#include <string.h>

/* Debian's other build, with GnuTLS, has the same interface. */
static const char *const curl_names[] = {"libcurl.so.4", "libcurl-gnutls.so.4", NULL};
static const char *const zlib_names[] = {"libz.so.1", NULL};

static void *load(const char *const *names)
{
    void *library = NULL;
    for (; *names && !library; names++)
        library = dlopen(*names, RTLD_NOW | RTLD_NODELETE);
    return library;
}

/* Puts the function where `to` is; `*error` stays NULL if there is one. */
static void find(void *library, const char *name, void *to, const char **error)
{
    void *symbol = dlsym(library, name);
    if (!symbol)
        *error = name;
    else
        memcpy(to, &symbol, sizeof symbol);
}

bool curl_api_load(struct curl_api *api, const char **error)
{
    void *curl = load(curl_names), *zlib = load(zlib_names);
    if (!curl || !zlib) {
        *error = curl ? "the http provider needs zlib, and libz.so.1 cannot be loaded"
                      : "the http provider needs libcurl, and libcurl.so.4 cannot be loaded";
        return false;
    }
    const char *missing = NULL;
#define CURL_FUNCTION(name) find(curl, "curl_" #name, &api->name, &missing);
    CURL_FUNCTIONS
#undef CURL_FUNCTION
    if (missing)
        *error = "the http provider needs libcurl 7.80 or later, and libcurl.so.4 is older";
#define ZLIB_FUNCTION(name) find(zlib, #name, &api->name, &missing);
    ZLIB_FUNCTIONS
#undef ZLIB_FUNCTION
    if (missing && !*error)
        *error = "the http provider needs zlib 1.2.3.4 or later, and libz.so.1 is older";
    return !missing;
}

#endif
