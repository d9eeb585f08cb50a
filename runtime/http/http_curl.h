/* http_curl.h: the functions of libcurl and zlib the HTTP engine calls, so that no program pays for them
 * before its first request: loaded at run time, or linked where CHAOSC_LINK_CURL is defined (static
 * runners). The table is constant once loaded. */
#ifndef RUNTIME_HTTP_HTTP_CURL_H
#define RUNTIME_HTTP_HTTP_CURL_H

#include <stdbool.h>

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#undef curl_easy_setopt
#undef curl_easy_getinfo
#undef curl_multi_setopt

#define ZLIB_CONST
#include <zlib.h>

/* CURL_FUNCTION(name) */
#define CURL_FUNCTIONS                                                                             \
    CURL_FUNCTION(version_info)                                                                    \
    CURL_FUNCTION(global_init)                                                                     \
    CURL_FUNCTION(global_cleanup)                                                                  \
    CURL_FUNCTION(easy_init)                                                                       \
    CURL_FUNCTION(easy_cleanup)                                                                    \
    CURL_FUNCTION(easy_reset)                                                                      \
    CURL_FUNCTION(easy_setopt)                                                                     \
    CURL_FUNCTION(easy_getinfo)                                                                    \
    CURL_FUNCTION(easy_strerror)                                                                   \
    CURL_FUNCTION(slist_append)                                                                    \
    CURL_FUNCTION(slist_free_all)                                                                  \
    CURL_FUNCTION(multi_init)                                                                      \
    CURL_FUNCTION(multi_cleanup)                                                                   \
    CURL_FUNCTION(multi_setopt)                                                                    \
    CURL_FUNCTION(multi_add_handle)                                                                \
    CURL_FUNCTION(multi_remove_handle)                                                             \
    CURL_FUNCTION(multi_socket_action)                                                             \
    CURL_FUNCTION(multi_assign)                                                                    \
    CURL_FUNCTION(multi_info_read)                                                                 \
    CURL_FUNCTION(getdate)

/* ZLIB_FUNCTION(name) */
#define ZLIB_FUNCTIONS                                                                             \
    ZLIB_FUNCTION(inflateInit2_)                                                                   \
    ZLIB_FUNCTION(inflateReset2)                                                                   \
    ZLIB_FUNCTION(inflate)                                                                         \
    ZLIB_FUNCTION(inflateEnd)

struct curl_api {
#define CURL_FUNCTION(name) __typeof__(&curl_##name) name;
    CURL_FUNCTIONS
#undef CURL_FUNCTION
#define ZLIB_FUNCTION(name) __typeof__(&name) name;
    ZLIB_FUNCTIONS
#undef ZLIB_FUNCTION
};

/* Fills the table; false with a text that says what is missing. The libraries stay loaded. */
bool curl_api_load(struct curl_api *api, const char **error);

#endif
