"""Side-by-side cases of what goes over the wire and comes back: URLs, redirects, encodings, credentials, proxies;
and of how processes are started."""

from cases import Case, action, experiment, http, probe, process, touch, undo
from python_cases import python

ok = probe("ok", process("true"), tolerance=0)


def case(name, *method, variables=None, files=None, args=(), **more):
    return Case(name, experiment([*method, touch], [ok], [undo], **more), list(args), env=variables or {},
                files=files or {}, may=True)


def call(name, path, **more):
    return probe(name, http(path, **more))


def elsewhere(name, url, **more):
    return probe(name, {"type": "http", "url": url, "timeout": 5, **more})


def url_cases():
    for path in ("/echo?a=b", "/echo?a=b c", "/echo?\u00e9=\u00fc", "/echo/\u00e9", "/echo/a b", "/echo/%41%2f%zz",
                 "/echo?x=%41%2f%zz", "/echo?q#frag", "/echo//x/../y", "/echo?", "/echo?a=1&a=2", "/echo;p=1",
                 "/echo?a[]=1&b={x}", "/echo?a='b\"c<d>", "/echo?a=b%20c+d", "/echo?a=b|c\\d^e`f", "", "?x=1"):
        yield case(f"http URL {path}", call("plain", path), call("query", path, arguments={"z": "1 2", "\u00e9": "\u00fc"}),
                   call("form", path, method="POST", arguments={"z": "1 2"}))
    for url in ("http:{host}/echo", "//{host}/echo", "{host}/echo", "http://", "http:///echo", "http://127.0.0.1:99999/",
                "http://[::1]:1/", "http://a b/", "http://.x/", "http://*/", " {base}/echo", "{base}/echo ", "{base}\n/echo",
                "ftp://{host}/x", "file:///etc/passwd", "mailto:a@b", "HTTP://{host}/echo", "http://{host}x/"):
        yield case(f"http whole URL {url!r}", elsewhere("p", url))
    for user in ("user:pass", "user", "user:", "us%40er:p%3Ass"):
        yield case(f"http credentials {user}", elsewhere("p", f"http://{user}@{{host}}/echo"), elsewhere(
            "q", f"http://{user}@{{host}}/echo", headers={"Authorization": "Bearer x"}))


def redirect_cases():
    for status in (300, 301, 302, 303, 304, 307, 308, 201):
        yield case(f"http redirect {status}", *(call(method, f"/to?status={status}&to=/echo", method=method, headers={
            "Authorization": "x", "Cookie": "c=d", "X-A": "1"}, arguments={"a": "b"} if method == "POST" else None)
            for method in ("GET", "POST", "HEAD")))
    for to in ("/echo", "echo", "?q=1", "//{host}/echo", "{base}/echo#f", "http://localhost:{port}/echo", "http://127.0.0.1:1/x",
               "ftp://x/", "/a b", "http://user:pw@{host}/echo", "HTTP://{host}/echo", "{base}"):
        yield case(f"http redirect to {to}", call("p", "/to", arguments={"status": "302", "to": to},
                                                  headers={"Authorization": "Bearer abc"}))
    yield case("http redirect keeps the body", call("p", "/to?status=307&to=/echo", method="POST", arguments="raw text"),
               call("q", "/to?status=308&to=/echo", method="PUT", arguments={"a": 1},
                    headers={"Content-Type": "application/json"}))
    yield case("http redirect with a cookie", call("p", "/cookie?to=/echo"))


def reply_cases():
    for name in ("gzip", "deflate", "deflate-raw", "identity", "gzip, deflate", "x-gzip", "bogus", "gzip-bad", "gzip-trunc",
                 "GZIP"):
        yield case(f"http encoding {name}", call("p", "/encoded", arguments={"as": name}))
    for kind in ("text/plain; charset=latin-1", "text/plain; charset=utf-8", "text/plain;charset=\"utf-8\"", "text/html",
                 "application/json", "application/json ", "APPLICATION/JSON", "", "text/plain; charset=nope",
                 "text/plain; charset=windows-1252", "text/plain; CHARSET=utf-8", "application/problem+json"):
        body = "7b2261223a5b312c22c3a9225d7d" if "text" in kind else "7b2261223a5b312c2262225d7d"
        yield case(f"http type {kind}", call("p", f"/typed?body={body}", arguments={"type": kind}))
    for body in ("{}", "[]", "null", "1", '"t"\n', "\ufeff{}", "NaN", "1e400", "", " ", "{", "-0", '{"a":1} ', "nul", "[1,]"):
        yield case(f"http JSON {body!r}", call("p", f"/typed?body={body.encode().hex()}", arguments={
            "type": "application/json"}))
    for kind in ("close", "nolength", "chunked", "short", "dupheaders", "latin", "empty200", "100", "http10", "badstatus",
                 "bighead", "nocontenttype", "multi", "204body"):
        yield case(f"http reply {kind}", call("p", f"/raw?kind={kind}", timeout=5))


def setting_cases():
    entry = "machine {}\nlogin me\npassword secretpw\n"
    both = [call("p", "/echo"), call("q", "/echo", headers={"Authorization": "mine"}), call("r", "/to?status=302&to=/echo")]
    for name, text in (("of the host", entry.format("127.0.0.1")), ("of another", entry.format("other")),
                       ("default", "default login d password e\n"), ("broken", "machine\n bogus token")):
        yield case(f"http .netrc {name}", *both, variables={"NETRC": "{here}/nrc"}, files={"nrc": text})
    yield case("http .netrc at home", *both, variables={"HOME": "{here}"}, files={".netrc": entry.format("127.0.0.1")})
    outside = [call("p", "/echo?x=1"), elsewhere("q", "http://example.invalid/echo?y=2"),
               elsewhere("s", "https://127.0.0.1:1/echo")]
    for variables in ({"http_proxy": "{base}"}, {"HTTP_PROXY": "{base}"}, {"all_proxy": "{base}"}, {"http_proxy": "{host}"},
                      {"http_proxy": "http://u:p@{host}"}, {"http_proxy": ""}, {"https_proxy": "{base}"},
                      *({"http_proxy": "{base}", "no_proxy": no} for no in ("127.0.0.1", "*", "127.0.0.0/8", "127.0.0.1:1"))):
        yield case(f"http proxy {variables}", *outside, variables=variables)
    for variables in ({"REQUESTS_CA_BUNDLE": "/nowhere.pem"}, {"CURL_CA_BUNDLE": "/nowhere.pem"}):
        yield case(f"http bundle {variables}", call("p", "/echo"), elsewhere("s", "https://127.0.0.1:1/"),
                   elsewhere("t", "https://127.0.0.1:1/", verify_tls=False), variables=variables)
    for retries in (0, 2, None, True, -1):
        yield case(f"http retries {retries}", elsewhere("p", "http://127.0.0.1:1/", max_retries=retries),
                   call("q", "/raw?kind=close", max_retries=retries))
    for timeout in ([1], [1, 2], [None, 1], ["1", 2], "${pair}", 0.5, "${n}", None, True, 0, -1, [1, 0.2]):
        yield case(f"http timeout {timeout}", call("p", "/five", timeout=timeout), configuration={"pair": [1, 2], "n": 3})
    for arguments in ("a=b&c=d", "a b", [["a", "b"], ["c", "d"]], {"a": {"b": 1, "c": 2}}, {"a": [None, "x", None]},
                      {"a": "", "b": [], "c": {}}, {"a": True}, {"a": 1.0, "b": 1e20}, {"a&b": "c=d+e f/g?h#i%j~k"}, {},
                      [], "${map}", "${list}"):
        yield case(f"http arguments {arguments}", *(call(f"{m} {bool(h)}", "/echo", method=m, arguments=arguments, headers=h)
                   for m in ("GET", "POST", "DELETE") for h in (None, {"Content-Type": "application/json"})),
                   configuration={"map": {"k": "v"}, "list": [1, 2]})


def process_cases():
    def run(name, *words, **more):
        return probe(name, process(*words, **more))
    script = "#!/bin/sh\necho from the script\n"
    for path in ("~/x.sh", "~nosuchuser/x", "./x.sh", "x.sh", "/bin/true", "/bin", "", " true", "true ", "{here}/x.sh"):
        for args in ([], ["--no-validation"]):
            yield case(f"process path {path} {args}", run("made", "sh", "-c", "chmod +x x.sh"), run("p", path), args=args,
                       variables={"HOME": "{here}"}, files={"x.sh": script})
    yield case("process environment", run("e", "sh", "-c", "echo the value is $FOO and home is $HOME"),
               variables={"FOO": "bar", "HOME": "/nowhere"})
    yield case("process standard input", run("c", "cat"), run("r", "sh", "-c", "read x; echo status $?"))
    yield case("process descriptors", run("fds", "sh", "-c", "ls /proc/self/fd | tr '\\n' ' '"))
    yield case("process signal masks", run("mask", "grep", "-E", "SigBlk|SigIgn", "/proc/self/status"))
    yield case("process ends by signals", *(run(f"{s}", "sh", "-c", f"kill -{s} $$; echo still alive here")
                                            for s in ("KILL", "TERM", "PIPE", "INT", "HUP")))
    yield case("process leaves a child", run("p", "sh", "-c", "sleep 0.2 & echo it is done"))
    yield case("process is late and has said something", run("p", "sh", "-c", "echo before; sleep 3", timeout=0.2))
    yield case("process command line", probe("a", {"type": "process", "path": "echo", "arguments":
                                                   "one 'two  three' \"four\" | tr a-z A-Z; echo $?"}),
               probe("b", {"type": "process", "path": "sh", "arguments": "-c 'exit 7'"}), probe(
                   "c", {"type": "process", "path": "no-such", "arguments": "x"}), args=["--no-validation"])
    yield case("process without a path to search", run("l", "ls"), variables={"PATH": ""}, args=["--no-validation"])
    yield case("process with long arguments", run("a", "printf", "%s", "x" * 100000), run("b", "printf", "%s", "x" * 200000))
    yield case("process argument with a NUL", run("a", "printf", "a\0b"))


def order_cases():
    def nap(name, seconds, **more):
        return action(name, process("sleep", str(seconds)), **more)
    aside = {"background": True}
    yield case("flow background order", nap("a", 0.5, **aside), nap("b", 0.25, **aside), nap("c", 0.05))
    yield case("flow background pauses", nap("a", 0.05, **aside, pauses={"before": 0.3, "after": 0.1}), nap("b", 0.1, **aside))
    yield case("flow background fails", action("a", python("fail", message="x"), **aside), nap("b", 0.2))
    yield case("flow background interrupts", action("a", python("interrupt"), **aside), nap("b", 0.4))
    yield case("flow background pause that is none", nap("a", 0.1, **aside, pauses={"before": -1}), nap("b", 0.2))
    for strategy in ("default", "always", "never", "deviated"):
        for func in ("interrupt", "leave", "fail"):
            arguments = {"message": "m"} if func == "fail" else {}
            yield case(f"flow {func}, rollbacks {strategy}", action("a", python(func, **arguments)),
                       args=["--rollback-strategy", strategy])
    for mode in ("probes", "actions", "activities", "pause"):
        yield case(f"flow dry {mode}", nap("a", 0.2, pauses={"before": 0.05}), probe("g", python("give", value=1)),
                   call("h", "/five"), nap("b", 0.2, **aside), {"ref": "ok"}, args=["--dry", mode])


def all_cases():
    for cases in (url_cases, redirect_cases, reply_cases, setting_cases, process_cases, order_cases):
        yield from cases()
