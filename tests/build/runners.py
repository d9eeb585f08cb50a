"""What the tests of runners share: experiments, servers to ask, and the making of runners in a folder of their own."""

import http.server
import json
import os
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path


def probe(name, provider, tolerance):
    return {"type": "probe", "name": name, "provider": provider, "tolerance": tolerance}


def experiment(*probes, **more):
    return {"title": "a title", "description": "a description", "method": [],
            "steady-state-hypothesis": {"title": "h", "probes": list(probes)}, **more}


def process(*command):
    return {"type": "process", "path": command[0], "arguments": list(command[1:]), "timeout": 5}


def serve(context=None, location=None):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302 if location else 200)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Runner:
    def __init__(self, chaosc, scratch):
        self.chaosc, self.scratch, self.failures, self.skips, self.count = chaosc, scratch, [], [], 0

    def check(self, holds, what):
        self.count += 1
        if not holds:
            self.failures.append(what)
            print(f"FAILED: {what}")

    def skip(self, what):
        self.skips.append(what)
        print(f"SKIPPED: {what}")

    def chaosc_build(self, doc, name, *options, **env):
        source = self.scratch / f"{name}.json"
        source.write_text(doc if isinstance(doc, str) else json.dumps(doc))
        return subprocess.run([self.chaosc, "build", *options, str(source), "-o", str(self.scratch / name)],
                              capture_output=True, text=True, env={**os.environ, **env})

    def build(self, doc, name, *options):
        done = self.chaosc_build(doc, name, *options)
        self.check(done.returncode == 0, f"{name} is built: {done.stdout}{done.stderr}")
        return self.scratch / name

    def run(self, command, **options):
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60,
                              cwd=options.pop("cwd", self.scratch), **options)


def https_server(scratch):
    """A server with a certificate of its own authority, which is the certificate."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", scratch / "key.pem",
                           "-out", scratch / "cert.pem"], capture_output=True)
    if made.returncode != 0:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / "cert.pem", scratch / "key.pem")
    return serve(context)


def hold(*checks):
    """Carries the checks out with the chaosc of the command line; the exit code."""
    chaosc = Path(sys.argv[1]).resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-runner-") as scratch:
        t = Runner(str(chaosc), Path(scratch))
        for check in checks:
            check(t)
        print(f"{t.count} checks, {len(t.failures)} failed, {len(t.skips)} skipped")
        return 1 if t.failures else 0
