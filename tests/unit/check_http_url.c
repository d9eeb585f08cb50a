/* URLs and forms against what requests 2.34 and urllib made of the same input (recorded). */
#include "runtime/http/http_url.h"

#include <check.h>
#include <stdlib.h>

#include "runtime/base/json.h"
#include "runtime/http/http.h"

static struct arena arena;

static void setup(void)
{
    arena_init(&arena);
    unsetenv("HOME");
}

static void teardown(void)
{
    arena_free(&arena);
}

static const char *text_of(struct str s)
{
    return arena_str(&arena, s).ptr;
}

static struct value parse(const char *json)
{
    struct value value;
    ck_assert(json_parse(&arena, str_from(json), NULL, &value, NULL));
    return value;
}

static const struct {
    const char *url, *sent;
} urls[] = {
    {"http://h", "http://h/"},
    {"HTTP://Host:80/A", "http://host:80/A"},
    {"http://h:8080?x=1", "http://h:8080/?x=1"},
    {"http://h/a b", "http://h/a%20b"},
    {"http://h/a%20b", "http://h/a%20b"},
    {"http://h/a%2fb%7e", "http://h/a%2Fb~"},
    {"http://h/%zz", "http://h/%25zz"},
    {"http://h/a?b c=d&e", "http://h/a?b%20c=d&e"},
    {"http://h/\xC3\xBC?\xC3\xBC=1", "http://h/%C3%BC?%C3%BC=1"},
    {"http://h/a/../b/./c", "http://h/b/c"},
    {"http://h//a//b", "http://h//a//b"},
    {"http://h/a#frag", "http://h/a"},
    {"http://h/?q=a+b%2B", "http://h/?q=a+b%2B"},
    {"http://u:p@h/x", "http://h/x"},
    {"http://h/a;b=c?x[]=1|2", "http://h/a;b=c?x%5B%5D=1%7C2"},
    {"http://h/100%", "http://h/100%25"},
    {"http://h/?100%&b=%41", "http://h/?100%25&b=%2541"},
    {"http://[::1]:81/x", "http://[::1]:81/x"},
    {"  http://h/x", "http://h/x"},
    {"http://h/a?b?c", "http://h/a?b?c"},
    {"http://h/~a'\"<>", "http://h/~a'%22%3C%3E"},
    {"http://h/..", "http://h/"},
    {"http://h/a/..", "http://h/"},
    {"http://h:/x", "http://h/x"},
    {"http://h?", "http://h/"},
    {"http://h/%7Ea%zz", "http://h/%257Ea%25zz"},
    {"http://h/a\\b", "http://h/a%5Cb"},
    {"http://h/x?y=http://z/?k=v", "http://h/x?y=http://z/?k=v"},
    {"http://h/a^b`{c}", "http://h/a%5Eb%60%7Bc%7D"},
    {"http://h/%e2%82%ac", "http://h/%E2%82%AC"},
    {"http://h/%2e%2e/x", "http://h/../x"},
};

static bool prepare(const char *url, const char *method, const struct value *arguments,
    struct http_request *request, struct failure *failure)
{
    struct value text = value_string(str_from(url));
    struct http_provider provider = {
        .url = &text, .method = str_from(method), .arguments = arguments};
    return http_prepare(&arena, &provider, request, failure);
}

START_TEST(urls_are_quoted_as_requests_does)
{
    struct http_request request;
    struct failure failure;
    ck_assert(prepare(urls[_i].url, "get", NULL, &request, &failure));
    ck_assert_str_eq(text_of(request.url), urls[_i].sent);
    ck_assert_str_eq(text_of(request.method), "GET");
}
END_TEST

static const struct {
    const char *arguments, *url, *body;
} forms[] = {
    {"{\"a\": 1, \"b\": \"x y\"}", "http://h/p?q=1&a=1&b=x+y", "a=1&b=x+y"},
    {"{\"a\": [1, null, \"z\"], \"n\": null, \"t\": true, \"f\": 1.5, \"e\": \"\"}",
        "http://h/p?q=1&a=1&a=z&t=True&f=1.5&e=", "a=1&a=z&t=True&f=1.5&e="},
    {"{\"k&=\": \"\xC3\xBC/\xC3\xA9~\"}", "http://h/p?q=1&k%26%3D=%C3%BC%2F%C3%A9~",
        "k%26%3D=%C3%BC%2F%C3%A9~"},
    {"{\"d\": {\"x\": 1, \"y\": 2}}", "http://h/p?q=1&d=x&d=y", "d=x&d=y"},
    {"{\"l\": [[1, 2], [3]], \"m\": [{\"p\": 1}]}", "http://h/p?q=1&l=1&l=2&l=3&m=p",
        "l=1&l=2&l=3&m=p"},
    {"[[\"a\", \"b\"], [\"a\", [\"c\", \"d\"]]]", "http://h/p?q=1&a=b&a=c&a=d", "a=b&a=c&a=d"},
    {"\"raw=1&x y\"", "http://h/p?q=1&raw=1&x%20y", "raw=1&x y"}, {"{}", "http://h/p?q=1", NULL},
    {"{\"a\": \"*()!'\"}", "http://h/p?q=1&a=%2A%28%29%21%27", "a=%2A%28%29%21%27"},
    {"{\"a\": []}", "http://h/p?q=1", ""}, /* chunked, and of no chunk */
};

static const char *header(const struct http_request *request, const char *name)
{
    for (size_t i = 0; i < request->header_count; i++)
        if (str_equal(request->headers[i].name, str_from(name)))
            return text_of(request->headers[i].value);
    return NULL;
}

START_TEST(arguments_become_query_or_form)
{
    struct http_request request;
    struct failure failure;
    struct value arguments = parse(forms[_i].arguments);
    ck_assert(prepare("http://h/p?q=1", "GET", &arguments, &request, &failure));
    ck_assert_str_eq(text_of(request.url), forms[_i].url);
    ck_assert(!request.has_body);
    ck_assert(prepare("http://h/p?q=1", "post", &arguments, &request, &failure));
    ck_assert_str_eq(text_of(request.url), "http://h/p?q=1");
    ck_assert_str_eq(text_of(request.method), "POST");
    ck_assert_int_eq(request.has_body, forms[_i].body != NULL);
    if (forms[_i].body)
        ck_assert_str_eq(text_of(request.body), forms[_i].body);
    if (forms[_i].body && arguments.kind != VALUE_STRING)
        ck_assert_str_eq(header(&request, "Content-Type"), "application/x-www-form-urlencoded");
    else if (arguments.kind == VALUE_STRING)
        ck_assert_ptr_null(header(&request, "Content-Type"));
}
END_TEST

static const struct {
    const char *url, *class_name, *message;
} bad_urls[] = {
    {"localhost:80/x", "InvalidSchema", "No connection adapters were found for 'localhost:80/x'"},
    {"example.com/x", "MissingSchema",
        "Invalid URL 'example.com/x': No scheme supplied. Perhaps you meant "
        "https://example.com/x?"},
    {"ftp://h/x", "InvalidSchema", "No connection adapters were found for 'ftp://h/x'"},
    {"http://", "InvalidURL", "Invalid URL 'http://': No host supplied"},
    {"http:///x", "InvalidURL", "Invalid URL 'http:///x': No host supplied"},
    {"http://*.h/", "InvalidURL", "URL has an invalid label."},
    {"http://h:99999/", "InvalidURL", "Failed to parse: http://h:99999/"},
    {"http://h:port/", "InvalidURL", "Failed to parse: 'h:port' is not a valid host or port"},
    {"http://[::g]/", "InvalidURL", "Failed to parse: '[::g]' is not a valid host or port"},
    {"http://b\xC3\xBC"
     "cher.example/",
        "InvalidURL",
        "Failed to parse: the host 'b\xC3\xBC"
        "cher.example' is not ASCII; write it in its encoded form (xn--...)"},
    {"httpx://h/", "InvalidSchema", "No connection adapters were found for 'httpx://h/'"},
};

START_TEST(bad_urls_fail_as_in_requests)
{
    struct http_request request;
    struct failure failure;
    ck_assert(!prepare(bad_urls[_i].url, "GET", NULL, &request, &failure));
    ck_assert_int_eq(failure.kind, FAILURE_EXCEPTION);
    ck_assert_str_eq(text_of(failure.class_name),
        arena_printf(&arena, "requests.exceptions.%s", bad_urls[_i].class_name).ptr);
    ck_assert_str_eq(text_of(failure.message), bad_urls[_i].message);
}
END_TEST

static const struct {
    const char *base, *reference, *result;
} joins[] = {
    {"http://h/a/b?q", "c", "http://h/a/c"},
    {"http://h/a/b", "../c?x=1", "http://h/c?x=1"},
    {"http://h/a/b", "?y", "http://h/a/b?y"},
    {"http://h/a/b", "/r", "http://h/r"},
    {"http://h/a", "//o/x", "http://o/x"},
    {"http://h", "c", "http://h/c"},
    {"http://h/a/b/", "./", "http://h/a/b/"},
    {"http://h/a/b/c", "../../../../d", "http://h/d"},
    {"http://h/a", "https://z/", "https://z/"},
    {"http://h/a?b", "#f", "http://h/a?b#f"},
};

START_TEST(references_are_resolved)
{
    struct str joined =
        http_url_join(&arena, str_from(joins[_i].base), str_from(joins[_i].reference));
    ck_assert_str_eq(text_of(joined), joins[_i].result);
}
END_TEST

START_TEST(basic_credentials)
{
    ck_assert_str_eq(text_of(http_basic_auth(&arena, STR("a"), STR("b"))), "Basic YTpi");
    ck_assert_str_eq(text_of(http_basic_auth(&arena, STR("ab"), STR("b"))), "Basic YWI6Yg==");
    ck_assert_str_eq(text_of(http_basic_auth(&arena, STR("user"), STR(""))), "Basic dXNlcjo=");
}
END_TEST

#define COUNT(array) (int)(sizeof(array) / sizeof *(array))

int main(void)
{
    Suite *suite = suite_create("http_url");
    TCase *tests = tcase_create("http_url");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_loop_test(tests, urls_are_quoted_as_requests_does, 0, COUNT(urls));
    tcase_add_loop_test(tests, arguments_become_query_or_form, 0, COUNT(forms));
    tcase_add_loop_test(tests, bad_urls_fail_as_in_requests, 0, COUNT(bad_urls));
    tcase_add_loop_test(tests, references_are_resolved, 0, COUNT(joins));
    tcase_add_test(tests, basic_credentials);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
