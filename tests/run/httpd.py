#!/usr/bin/env python3
"""A server for tests that behaves well or badly as the path asks; the list of paths is PATHS below.

    httpd.py [--folder DIR]

Prints one line, `ready HTTP_PORT HTTPS_PORT CA_FILE` (0 and - without openssl), and serves until its
standard input ends, so it never outlives the test that started it. With --folder the line also goes to
DIR/ready, and the certificates are made there.
"""
import argparse
import collections
import gzip
import http.server
import json
import os
import shutil
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import zlib

PATHS = """
/echo                 the request as JSON: method, path, headers as pairs, body
/status/N             status N, body "status N"
/delay/S              waits S seconds before the reply
/slow/S/N             N bytes, S seconds between each
/stall/N              announces 100 bytes, sends N, then nothing for a minute
/short/N              announces 100 bytes, sends N, closes
/redirect/N?to=URL    status N with that Location; without `to`, back to itself
/gzip /deflate /raw-deflate /bad-gzip   JSON, compressed so (or said to be)
/encoding/NAME        plain text said to be encoded so
/chunked/N            N chunks of "chunk\\n"
/bytes/N              N zero bytes
/content?type=T&body=B   that body under that Content-Type (none if absent); hex=H for any bytes
/headers?Name=value...   those headers, repeated ones repeated
/cookie?to=URL        sets a cookie and redirects
/drop /reset /garbage closes without a word; resets the connection; answers what is not HTTP
/flaky/ID/N/STATUS    answers the first N requests for ID with STATUS (0: drops), then 200
/busy/ID/N/S          answers the first N requests for ID with 503 and Retry-After: S, then 200
/count/ID             how many requests ID had
"""

counts = collections.Counter()
lock = threading.Lock()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "chaosc-test"
    sys_version = ""

    def log_message(self, *args):
        pass

    def reply(self, body=b"", status=200, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_json(self, value, headers=()):
        self.reply(json.dumps(value).encode(), 200, [("Content-Type", "application/json"), *headers])

    def handle_any(self):
        parts = urllib.parse.urlsplit(self.path)
        name, *rest = parts.path.strip("/").split("/")
        self.query = urllib.parse.parse_qsl(parts.query, keep_blank_values=True)
        self.asked = dict(self.query)
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        method = getattr(self, "do_" + name.replace("-", "_"), None)
        if parts.netloc:  # somebody takes us for a proxy
            method, rest = self.do_echo, []
        if method is None:
            self.reply(b"no such path\n" + PATHS.encode(), 404)
        else:
            method(*rest)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = do_TRACE = handle_any

    def do_CONNECT(self):
        self.reply(b"no tunnels here", 403)

    def do_echo(self, *_):
        pairs = [[key, value] for key, value in self.headers.items()]
        self.reply_json({"method": self.command, "path": self.path, "headers": pairs,
                         "body": self.body.decode("utf-8", "replace")})

    def do_status(self, number):
        self.reply(b"status " + number.encode(), int(number), [("Content-Type", "text/plain; charset=utf-8")])

    def do_delay(self, seconds):
        time.sleep(float(seconds))
        self.reply(b"late", 200, [("Content-Type", "text/plain")])

    def start_body(self, length):
        self.send_response(200)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.flush()

    def do_slow(self, seconds, number):
        self.start_body(int(number))
        for _ in range(int(number)):
            time.sleep(float(seconds))
            self.wfile.write(b"x")
            self.wfile.flush()

    def do_stall(self, number):
        self.start_body(100)
        self.wfile.write(b"x" * int(number))
        self.wfile.flush()
        time.sleep(60)

    def do_short(self, number):
        self.start_body(100)
        self.wfile.write(b"x" * int(number))
        self.close_connection = True

    def do_redirect(self, number):
        self.reply(b"moved", int(number), [("Location", self.asked.get("to", self.path))])

    def do_gzip(self):
        self.reply(gzip.compress(b'{"packed": "gzip"}'), 200,
                   [("Content-Type", "application/json"), ("Content-Encoding", "gzip")])

    def do_deflate(self):
        self.reply(zlib.compress(b'{"packed": "deflate"}'), 200,
                   [("Content-Type", "application/json"), ("Content-Encoding", "deflate")])

    def do_raw_deflate(self):
        self.reply(zlib.compress(b'{"packed": "raw"}')[2:-4], 200,
                   [("Content-Type", "application/json"), ("Content-Encoding", "deflate")])

    def do_bad_gzip(self):
        self.reply(b"this is not gzip", 200, [("Content-Encoding", "gzip")])

    def do_encoding(self, name):
        self.reply(b"plain", 200, [("Content-Type", "text/plain"), ("Content-Encoding", name)])

    def do_chunked(self, number):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(int(number)):
            self.wfile.write(b"6\r\nchunk\n\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def do_bytes(self, number):
        left = int(number)
        self.start_body(left)
        block = bytes(1 << 16)
        while left:
            self.wfile.write(block[:left])
            left -= min(left, len(block))

    def do_content(self):
        body = bytes.fromhex(self.asked["hex"]) if "hex" in self.asked else self.asked.get("body", "").encode()
        self.reply(body, 200, [("Content-Type", self.asked["type"])] if "type" in self.asked else [])

    def do_headers(self):
        self.reply(b"ok", 200, self.query)

    def do_cookie(self):
        self.reply(b"", 302, [("Set-Cookie", "taste=sweet; Path=/"), ("Location", self.asked["to"])])

    def do_drop(self):
        self.close_connection = True

    def do_reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def do_garbage(self):
        self.wfile.write(b"\x00\x01 nothing like HTTP\r\n\r\n")
        self.close_connection = True

    def count(self, key):
        with lock:
            counts[key] += 1
            return counts[key]

    def do_flaky(self, key, number, status):
        if self.count(key) > int(number):
            self.reply(b"at last")
        elif status == "0":
            self.close_connection = True
        else:
            self.reply(b"not yet", int(status))

    def do_busy(self, key, number, seconds):
        if self.count(key) > int(number):
            self.reply(b"at last")
        else:
            self.reply(b"busy", 503, [("Retry-After", seconds)])

    def do_count(self, key):
        self.reply(str(counts[key]).encode())


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True
    request_queue_size = 1024

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            super().handle_error(request, client_address)


def make_certificates(folder):
    """A CA and a certificate for localhost and 127.0.0.1, made with the openssl command."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, cwd=folder, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with open(os.path.join(folder, "ext"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=chaosc test CA",
            "-keyout", "ca.key", "-out", "ca.pem")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost",
            "-keyout", "server.key", "-out", "server.csr")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", "ext", "-out", "server.pem")


def serve(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as own:
        place = folder or own
        port, tls_port, ca = serve(Server(("127.0.0.1", 0), Handler)), 0, "-"
        if shutil.which("openssl"):
            make_certificates(place)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(os.path.join(place, "server.pem"), os.path.join(place, "server.key"))
            secure = Server(("127.0.0.1", 0), Handler)
            secure.socket = context.wrap_socket(secure.socket, server_side=True, do_handshake_on_connect=False)
            tls_port, ca = serve(secure), os.path.join(place, "ca.pem")
        line = f"ready {port} {tls_port} {ca}"
        if folder:
            with open(os.path.join(folder, "ready.tmp"), "w") as file:
                file.write(line + "\n")
            os.rename(os.path.join(folder, "ready.tmp"), os.path.join(folder, "ready"))
        print(line, flush=True)
        while sys.stdin.buffer.read(4096):
            pass


if __name__ == "__main__":
    main()
