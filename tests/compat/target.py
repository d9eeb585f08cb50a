"""The HTTP server that the compared experiments call: the same answers to every caller."""

import gzip
import json
import os
import re
import threading
import time
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import strange


USUAL_AGENT = re.compile(r"python-(requests|urllib3)/[\d.]+|chaosc/[\d.]+")  # row R16 is about it

ZIPPED = gzip.compress(b"zipped text", mtime=0)
# Bodies, and the coding that they are said to be in.
CODED = {
    "gzip": ("gzip", ZIPPED), "upper": ("X-GZIP", ZIPPED), "members": ("gzip", ZIPPED * 3),
    "garbage": ("gzip", ZIPPED + b"no member"), "cut": ("gzip", ZIPPED[:-9]), "nothing": ("gzip", b""),
    "long": ("gzip", gzip.compress(b"0123456789" * 5000, mtime=0)),
    "deflate": ("deflate", zlib.compress(b"zipped text")), "raw": ("deflate", zlib.compress(b"zipped text")[2:-4]),
    "behind": ("deflate", zlib.compress(b"zipped text") + b"what is behind"),
    "two": ("gzip, deflate", zlib.compress(ZIPPED)), "list": ("deflate,", zlib.compress(zlib.compress(b"twice"))),
    "br": ("br", b"as it is"), "unknown": ("aws-chunked", b"as it is"), "unknowns": ("br, identity", b"as it is"),
    "bad": ("gzip", b"no gzip"), "bad deflate": ("deflate", b"no deflate"), "six": (", ".join(["gzip"] * 6), ZIPPED),
    "one known": ("gzip, br", b"neither"),
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    token = "tok"  # what opens its Vault
    kept = {"pw": "V4ult-Secret-0815", "user": "jane"}  # in its Vault

    def log_message(self, *_):
        pass

    def send(self, status, body=b"", kind="text/plain", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        while self.headers.get("Transfer-Encoding") == "chunked":
            size = int(self.rfile.readline(), 16)
            body += self.rfile.read(size)
            self.rfile.readline()
            if not size:
                break
        path = self.path.split("?")[0]
        if path.startswith("/status/"):
            self.send(int(path.split("/")[2]), b"" if path.endswith("204") else b"a status")
        elif path.startswith("/redirect/"):
            self.send(int(path.split("/")[2]), b"", Location="/echo")
        elif path.startswith("/v1/"):
            self.answer_as_vault(path[4:], body)
        elif path == "/loop":
            self.send(302, b"", Location="/loop")
        elif path == "/slow":
            time.sleep(1)
            self.send(200, b"slow")
        elif path.startswith("/echo"):
            seen = {k.lower(): v for k, v in self.headers.items()}
            seen.pop("host", None)
            seen["user-agent"] = USUAL_AGENT.sub("the usual", seen.get("user-agent", ""))
            text = json.dumps({"method": self.command, "path": self.path, "headers": seen, "body": body.decode()},
                              sort_keys=True)
            self.send(200, text.encode(), "application/json")
        elif path in ("/to", "/cookie", "/encoded", "/typed", "/raw"):
            strange.answer(self, path, self.query())
        elif path == "/look":
            self.look()
        elif path == "/json":
            self.send(200, b'{"a": {"b": [1, 2, 3]}, "n": 5, "big": 9007199254740993, "s": "x"}', "application/json")
        elif path == "/jsoncharset":
            self.send(200, b'{"a": 1}', "application/json; charset=utf-8")
        elif path == "/badjson":
            self.send(200, b"{nope", "application/json")
        elif path.startswith("/coded/"):
            coding, packed = CODED[path[7:].replace("%20", " ")]
            self.send(200, packed, Content_Encoding=coding)
        elif path == "/coded-redirect":
            self.send(302, b"no gzip", Content_Encoding="gzip", Location="/five")
        elif path == "/five":
            self.send(200, b"5")
        else:
            self.send(200, b"ok" if path != "/empty" else b"")

    do_OPTIONS = do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = answer


    def query(self):
        return {k: v[0] for k, v in urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query).items()}

    def look(self):
        """Answers `there` or `missing`, each status:text, by whether the file is there; `late` slows it down once it is."""
        asked = self.query()
        there = os.path.exists(asked["file"])
        time.sleep(0.8 if "late" in asked and there else float(asked["seconds"]))
        status, _, text = asked["there" if there else "missing"].partition(":")
        self.send(int(status), text.encode())

    def answer_as_vault(self, path, body):
        """As much of Vault's HTTP API as the reference and chaosc ask for: KV 1 and 2, two logins."""
        logins = {"auth/approle/login": {"role_id": "r", "secret_id": "s"},
                  "auth/kubernetes/login": {"role": "demo", "jwt": "the-jwt"}}
        status, reply = 404, {"errors": []}
        if path in logins:
            good = json.loads(body or b"{}") == logins[path]
            status, reply = (200, {"auth": {"client_token": self.token}}) if good else (400, {"errors": ["no"]})
        elif self.headers.get("X-Vault-Token") != self.token:
            status, reply = 403, {"errors": ["permission denied"]}
        elif path == "secret/data/foo":
            status, reply = 200, {"data": {"data": self.kept, "metadata": {"version": 1}}}
        elif path in ("secret/foo", "kv/foo"):
            status, reply = 200, {"data": self.kept}
        self.send(status, json.dumps(reply).encode(), "application/json")


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


def start():
    """Serves on a free port in a thread; returns the base URL."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
