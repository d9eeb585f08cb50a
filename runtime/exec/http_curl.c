#include "runtime/exec/http_curl.h"

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
    return true;
}

#else

#include <dlfcn.h>
#include <string.h>

bool curl_api_load(struct curl_api *api, const char **error)
{
    /* Debian's other build, with GnuTLS, has the same interface. */
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_NODELETE);
    if (!library)
        library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_NODELETE);
    if (!library) {
        *error = "the http provider needs libcurl, and libcurl.so.4 cannot be loaded";
        return false;
    }
    void *symbol;
#define CURL_FUNCTION(name)                                                                        \
    symbol = dlsym(library, "curl_" #name);                                                        \
    if (!symbol) {                                                                                 \
        *error = "this libcurl has no curl_" #name;                                                \
        return false;                                                                              \
    }                                                                                              \
    memcpy(&api->name, &symbol, sizeof symbol);
    CURL_FUNCTIONS
#undef CURL_FUNCTION
    return true;
}

#endif
