"""The outside world as the reference's tests imagine it: a proxy that answers for every host, and Vault.

Both implementations are sent to it by `http_proxy`; it also stands in for the package requests_mock, which works inside
one process only.
"""

import contextlib
import http.client
import json
import ssl
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Web:
    def __init__(self, scratch):
        self.scratch = scratch
        self.routes = []  # as requests_mock was told
        self.vault = None  # a function of method, path, token and body
        self.asked = []
        web = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_CONNECT(self):
                self.send_response(200)
                self.end_headers()
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain(web.certificate())
                host = self.path.rsplit(":", 1)[0]
                with contextlib.suppress(OSError):
                    with context.wrap_socket(self.connection, server_side=True) as secured:
                        line = secured.makefile("rb").readline().decode().split()
                        secured.sendall(web.answer(line[0], f"https://{host}{line[1]}", {}, b""))
                self.close_connection = True

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.wfile.write(web.answer(self.command, self.path, self.headers, body))
                self.close_connection = True

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        proxy = f"http://127.0.0.1:{self.server.server_port}"
        names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
        self.env = {**dict.fromkeys(names, proxy), **dict.fromkeys(("no_proxy", "NO_PROXY"), "localhost,127.0.0.1")}

    def certificate(self):
        """A certificate that nobody trusts."""
        path = self.scratch / "tls.pem"
        if not path.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                            "/CN=example.com", "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
            path.write_text(path.read_text() + (self.scratch / "tls.pem.crt").read_text())
        return path

    def route(self, method, url, status=200, headers=None, content=b"", request_headers=None):
        self.routes.append({"method": method, "url": url, "request_headers": request_headers or {},
                            "reply": (status, headers or {}, content)})

    def answer(self, method, url, headers, body):
        """The bytes of a whole reply."""
        self.asked.append((method, url, dict(headers), body))
        status, fields, content = 200, {"Content-Type": "text/plain"}, b"ok"
        if self.vault:
            path = "/" + url.split("://", 1)[-1].split("/", 1)[-1]
            status, content = self.vault(method, path, headers.get("X-Vault-Token"), body)
            fields = {"Content-Type": "application/json"}
        for route in [r for r in self.routes if r["url"].rstrip("/") == url.rstrip("/")]:
            wrong = [k for k, v in route["request_headers"].items() if headers.get(k) != v]
            status, fields, content = (400, {}, b"wrong headers") if wrong else route["reply"]
            if route["method"] == method:
                break
            status, fields, content = 405, {}, b""
        reason = http.client.responses.get(status, "Status")
        lines = [f"HTTP/1.1 {status} {reason}", *(f"{k}: {v}" for k, v in fields.items()),
                 f"Content-Length: {len(content)}", "Connection: close", "", ""]
        return "\r\n".join(lines).encode() + content


class Mocker:
    """What requests_mock.mock() gives: routes, for as long as it is entered."""

    def __init__(self, web):
        self.web = web

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.web.routes.clear()

    def route(self, method, url, status_code=200, headers=None, request_headers=None, text=None, json=None, exc=None):
        # Where a test serves the name of an experiment's file, its text is meant.
        for told in (text, json):
            with contextlib.suppress(ValueError, OSError, TypeError):
                name = _loads(told)
                if isinstance(name, str):
                    with open(name) as file:
                        text, json = file.read(), None
        content = text.encode() if text is not None else b"" if json is None else _dumps(json)
        self.web.route(method, url, status_code, headers, content, request_headers)

    def get(self, url, **more):
        self.route("GET", url, **more)

    def post(self, url, **more):
        self.route("POST", url, **more)


def _loads(text):
    return json.loads(text)


def _dumps(value):
    return json.dumps(value).encode()


def vault_of(client):
    """A Vault that answers with what a mock of hvac's client was given."""
    def failing(method):
        return method.side_effect is not None

    def answer(method, path, token, body):
        from unittest.mock import MagicMock

        if path.startswith("/v1/auth/"):
            kind = path.split("/")[3] if len(path.split("/")) > 3 else ""
            login = client.auth_approle if kind == "approle" else client.auth_kubernetes
            if failing(login):
                return 400, b'{"errors": ["invalid"]}'
            given = login.return_value
            token = given["auth"]["client_token"] if isinstance(given, dict) else "a-token"
            return 200, _dumps({"auth": {"client_token": token}})
        kv = client.secrets.kv
        payload = kv.v2.read_secret_version.return_value if "/data/" in path else kv.v1.read_secret.return_value
        if isinstance(payload, MagicMock):
            payload = {"data": {"data": {"k": "v"}, "metadata": {}}} if "/data/" in path else {"data": {"k": "v"}}
        return 200, _dumps(payload)
    return answer


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
