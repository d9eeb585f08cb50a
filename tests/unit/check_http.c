/* The HTTP engine against a real server (tests/run/httpd.py): what is sent, what comes back, what goes wrong. */
#include "runtime/http/http.h"

#include <check.h>
#include <dirent.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/base/json.h"

#define MS 1000000LL

static struct loop *loop;
static struct http_client *client;
static struct arena arena;
static int port, tls_port, server_input;
static pid_t server;
static char ca_file[512];

static struct http_result last;
static struct value output;
static struct failure failure;
static bool ok;
static size_t done_count, wanted;

/* The server lives as long as our end of its standard input is open. */
static void start_server(void)
{
    int input[2], out[2];
    ck_assert(pipe(input) == 0 && pipe(out) == 0);
    server = fork();
    if (server == 0) {
        dup2(input[0], 0);
        dup2(out[1], 1);
        close(input[1]);
        close(out[0]);
        execlp("python3", "python3", TESTS_DIR "/run/httpd.py", NULL);
        _exit(127);
    }
    close(input[0]);
    close(out[1]);
    server_input = input[1];
    FILE *lines = fdopen(out[0], "r");
    ck_assert_int_eq(fscanf(lines, "ready %d %d %511s", &port, &tls_port, ca_file), 3);
    fclose(lines);
}

static void stop_server(void)
{
    close(server_input);
    waitpid(server, NULL, 0);
}

static void setup(void)
{
    static const char *const cleared[] = {"HOME", "NETRC", "http_proxy", "HTTP_PROXY",
        "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
        "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"};
    for (size_t i = 0; i < sizeof cleared / sizeof *cleared; i++)
        unsetenv(cleared[i]);
    loop = loop_open();
    client = http_open(loop);
    arena_init(&arena);
    done_count = 0;
    wanted = 1;
}

static void teardown(void)
{
    http_close(client);
    loop_close(loop);
    arena_free(&arena);
}

static const char *text_of(struct str s)
{
    return arena_str(&arena, s).ptr;
}

static void collect(void *context, const struct http_result *result)
{
    last = *result;
    last.url = arena_str(&arena, result->url);
    last.message = arena_str(&arena, result->message);
    struct str url = {context, context ? strlen(context) : 0};
    ok = http_output(&arena, url, result, &output, &failure);
    if (++done_count >= wanted)
        loop_stop(loop);
}

static struct value text(const char *s)
{
    return value_string(str_from(s));
}

static struct value parse(const char *json)
{
    struct value value;
    ck_assert(json_parse(&arena, str_from(json), NULL, &value, NULL));
    return value;
}

static struct value *place(struct value value)
{
    struct value *copy = ARENA_NEW(&arena, struct value);
    *copy = value;
    return copy;
}

/* What an experiment would say; `more` is JSON with the provider's other fields. */
static struct http_call *start(const char *method, const char *url, const char *more)
{
    struct value fields = parse(more);
    struct http_provider provider = {
        .url = place(text(url)),
        .method = str_from(method),
        .headers = value_get(&fields, STR("headers")),
        .timeout = value_get(&fields, STR("timeout")),
        .arguments = value_get(&fields, STR("arguments")),
        .verify_tls = value_get(&fields, STR("verify_tls")),
        .max_retries = value_get(&fields, STR("max_retries")),
        .compat = value_get(&fields, STR("compat")) != NULL,
    };
    struct http_request *request = ARENA_NEW(&arena, struct http_request);
    ok = http_prepare(&arena, &provider, request, &failure);
    return ok ? http_start(client, request, collect, (char *)(uintptr_t)url) : NULL;
}

static void call_url(const char *method, const char *url, const char *more)
{
    wanted = done_count + 1;
    ck_assert_ptr_nonnull(start(method, url, more));
    loop_run(loop);
}

static const char *url_of(const char *path)
{
    return arena_printf(&arena, "http://127.0.0.1:%d%s", port, path).ptr;
}

static void call(const char *method, const char *path, const char *more)
{
    call_url(method, url_of(path), more);
}

static const struct value *body(void)
{
    ck_assert_msg(ok, "%.*s", STR_ARG(failure.message));
    return value_get(&output, STR("body"));
}

static const char *body_text(void)
{
    ck_assert_int_eq(body()->kind, VALUE_STRING);
    return text_of(body()->as.text);
}

static const char *reply_header(const char *name)
{
    const struct value *value = value_get(value_get(&output, STR("headers")), str_from(name));
    return value ? text_of(value->as.text) : NULL;
}

/* Of what /echo has seen. */
static const char *echoed(const char *member)
{
    return text_of(value_get(body(), str_from(member))->as.text);
}

static const char *sent_header(const char *name)
{
    const struct value *pairs = value_get(body(), STR("headers"));
    for (size_t i = 0; i < pairs->as.array.count; i++) {
        const struct value *pair = pairs->as.array.items[i].as.array.items;
        if (str_equal(pair[0].as.text, str_from(name)))
            return text_of(pair[1].as.text);
    }
    return NULL;
}

/* ---- what is sent ---- */

START_TEST(get_with_query_and_default_headers)
{
    call("GET", "/echo?x=1", "{\"arguments\": {\"a\": [1, 2], \"none\": null}}");
    ck_assert_str_eq(echoed("method"), "GET");
    ck_assert_str_eq(echoed("path"), "/echo?x=1&a=1&a=2");
    ck_assert_str_eq(sent_header("User-Agent"), "chaosc/" CHAOSC_VERSION);
    ck_assert_str_eq(sent_header("Accept"), "*/*");
    ck_assert_str_eq(sent_header("Accept-Encoding"), "gzip, deflate");
    ck_assert_str_eq(sent_header("Connection"), "keep-alive");
    ck_assert_uint_eq(value_get(body(), STR("headers"))->as.array.count, 5); /* and Host */
    ck_assert_int_eq(last.status, 200);
    call("GET", "/echo", "{\"compat\": true}");
    ck_assert_str_eq(sent_header("User-Agent"), "python-requests/2.34.2");
}
END_TEST

START_TEST(form_and_json_bodies)
{
    call("POST", "/echo", "{\"arguments\": {\"a\": \"b c\"}}");
    ck_assert_str_eq(echoed("body"), "a=b+c");
    ck_assert_str_eq(sent_header("Content-Type"), "application/x-www-form-urlencoded");
    ck_assert_str_eq(sent_header("Content-Length"), "5");
    call("POST", "/echo",
        "{\"arguments\": {\"a\": \"\\u00fc\", \"b\": [1]}, \"headers\": {\"Content-Type\": "
        "\"application/json\"}}");
    ck_assert_str_eq(echoed("body"), "{\"a\": \"\\u00fc\", \"b\": [1]}");
    ck_assert_str_eq(sent_header("Content-Type"), "application/json");
    call("POST", "/echo", /* not the exact spelling: a form, under the header as given */
        "{\"arguments\": {\"a\": 1}, \"headers\": {\"content-type\": \"application/json\"}}");
    ck_assert_str_eq(echoed("body"), "a=1");
    ck_assert_str_eq(sent_header("content-type"), "application/json");
    call("PUT", "/echo", "{\"arguments\": \"plain text\"}");
    ck_assert_str_eq(echoed("body"), "plain text");
    ck_assert_ptr_null(sent_header("Content-Type"));
    call("DELETE", "/echo", "{}");
    ck_assert_str_eq(echoed("method"), "DELETE");
    ck_assert_str_eq(sent_header("Content-Length"), "0");
    ck_assert_ptr_null(sent_header("Content-Type"));
    call("POST", "/echo",
        "{\"arguments\": {}, \"headers\": {\"Content-Type\": \"application/json\"}}");
    ck_assert_str_eq(echoed("body"), "{}");
}
END_TEST

START_TEST(headers_replace_defaults)
{
    call("GET", "/echo",
        "{\"headers\": {\"user-agent\": \"me\", \"Accept\": null, \"X-Empty\": \"\", \"X-Latin\": "
        "\"\\u00e9\"}}");
    ck_assert_str_eq(sent_header("user-agent"), "me");
    ck_assert_ptr_null(sent_header("Accept"));
    ck_assert_str_eq(sent_header("X-Empty"), "");
    ck_assert_str_eq(sent_header("X-Latin"), "\xC3\xA9");
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"headers\": {\"X\": 5}}"));
    ck_assert_str_eq(text_of(failure.class_name), "requests.exceptions.InvalidHeader");
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"headers\": {\"X\": \"a\\nb\"}}"));
    ck_assert_str_eq(text_of(failure.message), "Invalid leading whitespace, reserved character(s), "
                                               "or return character(s) in header value: 'a\\nb'");
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"headers\": {\"X\": \"\\u20ac\"}}"));
    ck_assert_str_eq(text_of(failure.class_name), "UnicodeEncodeError");
}
END_TEST

START_TEST(credentials_from_url_and_netrc)
{
    call_url("GET", arena_printf(&arena, "http://us%%65r:p%%40ss@127.0.0.1:%d/echo", port).ptr,
        "{\"headers\": {\"Authorization\": \"mine\"}}");
    ck_assert_str_eq(sent_header("Authorization"), "Basic dXNlcjpwQHNz");
    call("GET", "/echo", "{\"headers\": {\"Authorization\": \"mine\"}}");
    ck_assert_str_eq(sent_header("Authorization"), "mine");
    char path[] = "/tmp/chaosc-netrc-XXXXXX";
    FILE *file = fdopen(mkstemp(path), "w");
    fputs("# logins\nmachine other login x password y\nmacdef m\nmachine 127.0.0.1 login no "
          "password no\n\n"
          "machine 127.0.0.1\n  login \"a\" password b\ndefault login d password e\n",
        file);
    fclose(file);
    setenv("NETRC", path, 1);
    call("GET", "/echo", "{\"headers\": {\"Authorization\": \"mine\"}}");
    ck_assert_str_eq(sent_header("Authorization"), "Basic YTpi");
    call_url("GET", arena_printf(&arena, "http://localhost:%d/echo", port).ptr, "{}");
    ck_assert_str_eq(sent_header("Authorization"), "Basic ZDpl");
    unlink(path);
}
END_TEST

START_TEST(proxies_from_environment)
{
    setenv("http_proxy", url_of(""), 1);
    call_url("GET", "http://nowhere.invalid/echo?p", "{}");
    ck_assert_str_eq(echoed("path"), "http://nowhere.invalid/echo?p");
    setenv("no_proxy", "x, .invalid", 1);
    call_url("GET", "http://nowhere.invalid/echo", "{}");
    ck_assert(!ok);
    setenv("no_proxy", "10.0.0.0/8,127.0.0.0/8", 1);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    call("GET", "/echo", "{}");
    ck_assert_str_eq(echoed("path"), "/echo");
    setenv("no_proxy", "", 1);
    call("GET", "/echo", "{}");
    ck_assert(!ok);
}
END_TEST

/* ---- what comes back ---- */

START_TEST(bodies_by_content_type)
{
    call("GET", "/content?type=application/json&body={\"n\": 9007199254740993, \"r\": 1.50}", "{}");
    ck_assert_str_eq(text_of(value_get(body(), STR("n"))->as.text), "9007199254740993");
    ck_assert_str_eq(text_of(value_get(body(), STR("r"))->as.text), "1.50");
    call("GET", "/content?type=application/json;%20charset=utf-8&body={}", "{}");
    ck_assert_str_eq(body_text(), "{}"); /* not exactly application/json */
    call("GET", "/content?type=text/plain&hex=c3a9", "{}");
    ck_assert_str_eq(body_text(), "\xC3\x83\xC2\xA9"); /* ISO-8859-1 */
    call("GET", "/content?type=text/plain;charset=utf-8&hex=c3a9ff", "{}");
    ck_assert_str_eq(body_text(), "\xC3\xA9\xEF\xBF\xBD");
    call("GET", "/content?type=text/x;%20Charset=%22UTF-16%22&hex=fffe6900", "{}");
    ck_assert_str_eq(body_text(), "i");
    call("GET", "/content?type=x/y;charset=klingon&body=qapla", "{}");
    ck_assert_str_eq(body_text(), "qapla");
    call("GET", "/content?body=", "{}");
    ck_assert_str_eq(body_text(), "");
    call("GET", "/content?type=application/json&body=nope", "{}");
    ck_assert(!ok);
    ck_assert_int_eq(failure.kind, FAILURE_EXCEPTION);
    ck_assert_str_eq(text_of(failure.class_name), "requests.exceptions.JSONDecodeError");
}
END_TEST

START_TEST(compressed_and_chunked_bodies)
{
    static const char *const paths[][2] = {
        {"/gzip", "gzip"}, {"/deflate", "deflate"}, {"/raw-deflate", "raw"}};
    for (int i = 0; i < 3; i++) {
        call("GET", paths[i][0], "{}");
        ck_assert_str_eq(text_of(value_get(body(), STR("packed"))->as.text), paths[i][1]);
    }
    call("GET", "/chunked/3", "{}");
    ck_assert_str_eq(body_text(), "chunk\nchunk\nchunk\n");
    call("GET", "/encoding/aws-chunked", "{}"); /* requests leaves alone what it cannot decode */
    ck_assert_str_eq(body_text(), "plain");
    call("GET", "/bad-gzip", "{}");
    ck_assert_int_eq(last.error, HTTP_CONTENT_DECODING_ERROR);
    ck_assert_str_eq(text_of(failure.class_name), "requests.exceptions.ContentDecodingError");
}
END_TEST

START_TEST(headers_keep_case_and_join)
{
    call("GET", "/headers?X-One=1&x-ONE=2&X-two=%20padded%20&X-Latin=%C3%A9", "{}");
    ck_assert_str_eq(reply_header("X-One"), "1, 2");
    ck_assert_ptr_null(reply_header("x-ONE"));
    ck_assert_str_eq(reply_header("X-two"), "padded ");
    ck_assert_str_eq(reply_header("X-Latin"), "\xC3\xA9");
    ck_assert_str_eq(reply_header("Server"), "chaosc-test ");
}
END_TEST

START_TEST(statuses_are_no_failures)
{
    call("GET", "/status/404", "{}");
    ck_assert_str_eq(body_text(), "status 404");
    ck_assert_int_eq(last.status, 404);
    call("HEAD", "/status/503", "{}");
    ck_assert_str_eq(body_text(), "");
    ck_assert_int_eq(last.status, 503);
}
END_TEST

/* ---- redirects ---- */

START_TEST(redirects_change_methods_as_browsers_do)
{
    static const struct {
        const char *method, *status, *then;
        bool keeps_body;
    } rows[] = {
        {"POST", "301", "GET", false},
        {"PUT", "301", "PUT", false},
        {"POST", "302", "GET", false},
        {"PUT", "302", "GET", false},
        {"DELETE", "303", "GET", false},
        {"POST", "307", "POST", true},
        {"PUT", "308", "PUT", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct str path = arena_printf(&arena, "/redirect/%s?to=/echo", rows[i].status);
        call(rows[i].method, path.ptr, "{\"arguments\": {\"a\": 1}}");
        ck_assert_str_eq(echoed("method"), rows[i].then);
        ck_assert_str_eq(echoed("body"), rows[i].keeps_body ? "a=1" : "");
        ck_assert_int_eq(sent_header("Content-Type") != NULL, rows[i].keeps_body);
        ck_assert(str_ends(last.url, STR("/echo")));
    }
}
END_TEST

START_TEST(credentials_stay_on_their_host)
{
    const char *more = "{\"headers\": {\"Authorization\": \"secret\", \"X-Other\": \"kept\"}}";
    call("GET", "/redirect/302?to=/echo", more);
    ck_assert_str_eq(sent_header("Authorization"), "secret");
    call("GET", arena_printf(&arena, "/redirect/302?to=http://localhost:%d/echo", port).ptr, more);
    ck_assert_ptr_null(sent_header("Authorization"));
    ck_assert_str_eq(sent_header("X-Other"), "kept");
}
END_TEST

START_TEST(cookies_live_within_a_call)
{
    call("GET", "/cookie?to=/echo", "{}");
    ck_assert_str_eq(sent_header("Cookie"), "taste=sweet");
    call("GET", "/echo", "{}");
    ck_assert_ptr_null(sent_header("Cookie"));
}
END_TEST

START_TEST(redirects_end)
{
    call("GET", "/redirect/302", "{}");
    ck_assert_int_eq(last.error, HTTP_TOO_MANY_REDIRECTS);
    ck_assert_str_eq(text_of(failure.message), "Exceeded 30 redirects.");
    ck_assert_str_eq(text_of(failure.class_name), "requests.exceptions.TooManyRedirects");
    call("GET", "/redirect/302?to=ftp://x/y", "{}");
    ck_assert_int_eq(last.error, HTTP_INVALID_SCHEMA);
    call("GET", "/redirect/302?to=http://x:port/", "{}");
    ck_assert_int_eq(last.error, HTTP_INVALID_URL);
}
END_TEST

/* ---- what goes wrong ---- */

static void expect_failed(const char *message)
{
    ck_assert(!ok);
    ck_assert_int_eq(failure.kind, FAILURE_ACTIVITY);
    ck_assert_str_eq(text_of(failure.class_name), "chaoslib.exceptions.ActivityFailed");
    ck_assert_str_eq(text_of(failure.message), message);
}

START_TEST(refused_and_unresolved)
{
    call_url("GET", "http://127.0.0.1:1/x?y", "{}");
    expect_failed(
        "failed to connect to http://127.0.0.1:1/x?y: HTTPConnectionPool(host='127.0.0.1', "
        "port=1): Max "
        "retries exceeded with url: /x?y (Caused by "
        "NewConnectionError(\"HTTPConnection(host='127.0.0.1', "
        "port=1): Failed to establish a new connection: [Errno 111] Connection refused\"))");
    call_url("GET", "http://nowhere.invalid/", "{}");
    ck_assert_int_eq(last.error, HTTP_CONNECTION_ERROR);
    ck_assert(str_contains(failure.message, STR("NameResolutionError")));
}
END_TEST

START_TEST(timeouts_bound_each_wait)
{
    int64_t before = loop_now();
    call("GET", "/delay/5", "{\"timeout\": 0.2}");
    expect_failed("activity took too long to complete");
    ck_assert(failure.timed_out);
    ck_assert_int_lt(loop_now() - before, 3000 * MS);
    call("GET", "/slow/0.05/10",
        "{\"timeout\": 0.4}"); /* longer than 0.4 s in all, but never between bytes */
    ck_assert_str_eq(body_text(), "xxxxxxxxxx");
    call("GET", "/stall/3", "{\"timeout\": [5, 0.2]}");
    ck_assert_int_eq(last.error, HTTP_CONNECTION_ERROR);
    ck_assert(failure.timed_out);
    ck_assert(str_ends(failure.message, STR("Read timed out.")));
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"timeout\": 0}"));
    ck_assert_str_eq(text_of(failure.message),
        "Attempted to set connect timeout to 0, but the timeout cannot "
        "be set to a value less than or equal to 0.");
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"timeout\": [1, 2, 3]}"));
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"timeout\": \"5\"}"));
    ck_assert_ptr_null(start("GET", url_of("/echo"), "{\"timeout\": true}"));
}
END_TEST

START_TEST(broken_connections)
{
    call("GET", "/drop", "{}");
    ck_assert(str_contains(failure.message, STR("('Connection aborted.', RemoteDisconnected(")));
    ck_assert_int_eq(failure.kind, FAILURE_ACTIVITY);
    call("GET", "/reset", "{}");
    ck_assert(str_contains(failure.message, STR("('Connection aborted.', ")));
    call("GET", "/garbage", "{}");
    ck_assert(str_contains(failure.message, STR("('Connection aborted.', ")));
    call("GET", "/short/10", "{}");
    ck_assert_int_eq(last.error, HTTP_CHUNKED_ENCODING_ERROR);
    ck_assert_int_eq(failure.kind, FAILURE_EXCEPTION);
}
END_TEST

static const char *count_of(const char *key)
{
    call("GET", arena_printf(&arena, "/count/%s", key).ptr, "{}");
    return body_text();
}

START_TEST(retries_as_urllib3)
{
    call("GET", "/flaky/a/2/0", "{\"max_retries\": 2}");
    ck_assert_str_eq(body_text(), "at last");
    ck_assert_str_eq(count_of("a"), "3");
    call("GET", "/flaky/b/9/0", "{\"max_retries\": 2}");
    ck_assert_int_eq(last.error, HTTP_CONNECTION_ERROR);
    ck_assert_str_eq(count_of("b"), "3");
    call("POST", "/flaky/c/9/0", "{\"max_retries\": 2}"); /* not again: it may have been done */
    ck_assert_int_eq(last.error, HTTP_CONNECTION_ERROR);
    ck_assert_str_eq(count_of("c"), "1");
    call("GET", "/flaky/d/9/500", "{\"max_retries\": 2}"); /* an answer is an answer */
    ck_assert_int_eq(last.status, 500);
    call("GET", "/busy/e/1/1", "{\"max_retries\": 1}"); /* unless it says when to come back */
    ck_assert_str_eq(body_text(), "at last");
    call("GET", "/busy/f/1/1", "{}");
    ck_assert_int_eq(last.status, 503);
    call("GET", "/busy/g/2/0", "{\"max_retries\": 1}");
    ck_assert_int_eq(last.status, 503);
}
END_TEST

START_TEST(bodies_have_a_limit)
{
    struct value url = text(url_of("/bytes/3000000"));
    struct http_provider provider = {.url = &url};
    struct http_request request;
    ck_assert(http_prepare(&arena, &provider, &request, &failure));
    request.body_limit = 1000;
    http_start(client, &request, collect, NULL);
    loop_run(loop);
    ck_assert_uint_eq(body()->as.text.len, 1000);
    ck_assert_uint_eq(last.body_total, 3000000);
    ck_assert(last.body_truncated);
}
END_TEST

START_TEST(tls_is_verified)
{
    if (!tls_port) {
        fputs("SKIPPED: no openssl command to make certificates with\n", stderr);
        return;
    }
    const char *url = arena_printf(&arena, "https://localhost:%d/echo", tls_port).ptr;
    call_url("GET", url, "{}");
    ck_assert_int_eq(last.error, HTTP_CONNECTION_ERROR);
    ck_assert(str_contains(failure.message, STR("Caused by SSLError(")));
    call_url("GET", url, "{\"verify_tls\": false}");
    ck_assert_str_eq(echoed("path"), "/echo");
    call_url("GET", url, arena_printf(&arena, "{\"verify_tls\": \"%s\"}", ca_file).ptr);
    ck_assert_str_eq(echoed("path"), "/echo");
    static const char *const names[] = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (int i = 0; i < 3; i++) {
        setenv(names[i], ca_file, 1);
        call_url("GET", url, "{}");
        ck_assert_str_eq(echoed("path"), "/echo");
        unsetenv(names[i]);
    }
    setenv("REQUESTS_CA_BUNDLE", "/nonexistent.pem", 1);
    ck_assert_ptr_null(start("GET", url, "{}"));
    ck_assert_str_eq(text_of(failure.class_name), "OSError");
    call("GET", "/echo", "{}"); /* no matter without TLS */
    ck_assert_str_eq(echoed("path"), "/echo");
}
END_TEST

/* ---- many, and none for long ---- */

static int count_descriptors(void)
{
    int count = 0;
    DIR *list = opendir("/proc/self/fd");
    while (readdir(list))
        count++;
    closedir(list);
    return count;
}

START_TEST(many_at_once_leave_no_descriptor)
{
    enum { COUNT = 200 };
    struct http_call *calls[COUNT];
    call("GET", "/echo", "{}");
    int before = count_descriptors();
    wanted = done_count + COUNT;
    for (int i = 0; i < COUNT; i++)
        calls[i] = start(i % 2 ? "GET" : "POST", url_of(i % 4 == 3 ? "/delay/30" : "/echo"), "{}");
    for (int i = 3; i < COUNT; i += 4)
        http_cancel(calls[i]);
    loop_run(loop);
    ck_assert_uint_eq(done_count, COUNT + 1);
    ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

START_TEST(cancel_at_any_time)
{
    static const char *const paths[] = {"/delay/30", "/stall/5", "/slow/0.01/1000"};
    for (int i = 0; i < 3; i++) {
        wanted = done_count + 1;
        struct http_call *under_way = start("GET", url_of(paths[i]), "{}");
        loop_turn(loop, 50 * MS);
        loop_turn(loop, 50 * MS);
        http_cancel(under_way);
        http_cancel(under_way);
        loop_run(loop);
        ck_assert_int_eq(last.error, HTTP_CANCELLED);
        ck_assert_int_eq(failure.kind, FAILURE_CANCELLED);
    }
}
END_TEST

/* Stands in front of the C library's for libcurl too: a name server that does not answer. */
int getaddrinfo(const char *restrict node, const char *restrict service,
    const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
    (void)service, (void)hints;
    *result = NULL;
    if (strcmp(node, "silent.invalid") == 0)
        sleep(5);
    return EAI_NONAME;
}

START_TEST(slow_name_servers_block_nobody)
{
    int64_t before = loop_now();
    wanted = 3;
    struct http_call *stuck = start("GET", "http://silent.invalid/", "{}");
    start("GET", "http://silent.invalid/", "{\"timeout\": 0.3}");
    start("GET", url_of("/echo"), "{}");
    loop_turn(loop, 100 * MS);
    http_cancel(stuck);
    loop_run(loop);
    ck_assert_uint_eq(done_count, 3);
    ck_assert(failure.timed_out); /* the second one was the last */
    ck_assert_int_lt(loop_now() - before, 2500 * MS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http");
    TCase *tests = tcase_create("http");
    tcase_set_timeout(tests, 40);
    tcase_add_unchecked_fixture(tests, start_server, stop_server);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, get_with_query_and_default_headers);
    tcase_add_test(tests, form_and_json_bodies);
    tcase_add_test(tests, headers_replace_defaults);
    tcase_add_test(tests, credentials_from_url_and_netrc);
    tcase_add_test(tests, proxies_from_environment);
    tcase_add_test(tests, bodies_by_content_type);
    tcase_add_test(tests, compressed_and_chunked_bodies);
    tcase_add_test(tests, headers_keep_case_and_join);
    tcase_add_test(tests, statuses_are_no_failures);
    tcase_add_test(tests, redirects_change_methods_as_browsers_do);
    tcase_add_test(tests, credentials_stay_on_their_host);
    tcase_add_test(tests, cookies_live_within_a_call);
    tcase_add_test(tests, redirects_end);
    tcase_add_test(tests, refused_and_unresolved);
    tcase_add_test(tests, timeouts_bound_each_wait);
    tcase_add_test(tests, broken_connections);
    tcase_add_test(tests, retries_as_urllib3);
    tcase_add_test(tests, bodies_have_a_limit);
    tcase_add_test(tests, tls_is_verified);
    tcase_add_test(tests, many_at_once_leave_no_descriptor);
    tcase_add_test(tests, cancel_at_any_time);
    tcase_add_test(tests, slow_name_servers_block_nobody);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
