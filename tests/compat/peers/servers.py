"""The peers that extensions talk to: real programs on free ports of 127.0.0.1, and recorders for two that are none.

Each server is started by start() and ended by stop(); reset() puts it back to how it was when it had started, so
that the reference and chaosc meet the same. What get() needs is where scripts/peers has put it.
"""

import json
import os
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def ask(method, url, body=None, headers=()):
    """Status and text of an answer; a body that is no text is sent as JSON."""
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
    request = urllib.request.Request(url, body, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Program:
    """A server that is a program of its own."""

    ready = "/"  # what it answers once it serves
    needs = ()  # files under the folder of the peers

    def __init__(self, home, scratch):
        self.home, self.scratch = home, scratch
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def command(self):
        raise NotImplementedError

    def start(self):
        self.log = open(self.scratch / f"{type(self).__name__}.log", "w")
        self.process = subprocess.Popen([str(a) for a in self.command()], cwd=self.scratch, stdin=subprocess.DEVNULL,
                                        stdout=self.log, stderr=self.log)
        self.wait_for(lambda: ask("GET", self.url + self.ready)[0])
        self.reset()

    def wait_for(self, condition):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.process.args[0]} ended with {self.process.returncode}: see {self.log.name}")
            try:
                if condition():
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError(f"{self.process.args[0]} does not serve")

    def reset(self):
        pass

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Prometheus(Program):
    """Scrapes itself every second."""

    ready = "/-/ready"
    needs = ("bin/prometheus",)

    def command(self):
        config = self.scratch / "prometheus.yml"
        config.write_text("global: {scrape_interval: 1s}\nscrape_configs:\n- job_name: itself\n"
                          f"  static_configs: [{{targets: ['127.0.0.1:{self.port}']}}]\n")
        return [self.home / "bin" / "prometheus", f"--config.file={config}", "--log.level=warn",
                f"--web.listen-address=127.0.0.1:{self.port}", f"--storage.tsdb.path={self.scratch / 'prometheus'}"]

    def start(self):
        super().start()
        self.wait_for(lambda: '"1"' in ask("GET", self.url + "/api/v1/query?query=up")[1])


class Pushgateway(Program):
    ready = "/-/ready"
    needs = ("bin/prometheus-pushgateway",)

    def command(self):
        return [self.home / "bin" / "prometheus-pushgateway", f"--web.listen-address=127.0.0.1:{self.port}",
                "--web.enable-admin-api"]

    def reset(self):
        ask("PUT", self.url + "/api/v1/admin/wipe")

    def state(self):
        return json.loads(ask("GET", self.url + "/api/v1/metrics")[1])["data"]


class Toxiproxy(Program):
    ready = "/version"
    needs = ("bin/toxiproxy-server",)

    def __init__(self, home, scratch):
        super().__init__(home, scratch)
        self.listen = free_port()  # of the proxy that the experiments make

    def command(self):
        return [self.home / "bin" / "toxiproxy-server", "-host", "127.0.0.1", "-port", self.port]

    def reset(self):
        for name in self.state():
            ask("DELETE", f"{self.url}/proxies/{name}")

    def state(self):
        return json.loads(ask("GET", self.url + "/proxies")[1])


class Aws(Program):
    """moto's server with a bucket and two machines; its random numbers start anew at each reset."""

    ready = "/moto-api/data.json"
    needs = ("bin/moto_server",)

    def command(self):
        return [self.home / "bin" / "moto_server", "-H", "127.0.0.1", "-p", self.port]

    def send(self, service, method, path, body=b""):
        scope = f"AWS4-HMAC-SHA256 Credential=any/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"
        kind = "application/x-www-form-urlencoded"
        status, text = ask(method, self.url + path, body,
                           {"Authorization": scope + ", Signature=none", "Content-Type": kind})
        assert status < 300, text

    def reset(self):
        ask("POST", self.url + "/moto-api/reset", b"")
        ask("POST", self.url + "/moto-api/seed?a=42", b"")
        self.send("s3", "PUT", "/kept")
        self.send("s3", "PUT", "/kept/thing", b"a thing")
        self.send("ec2", "POST", "/", b"Action=RunInstances&Version=2016-11-15&ImageId=ami-12c6146b&MinCount=2&"
                  b"MaxCount=2&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=team&"
                  b"TagSpecification.1.Tag.1.Value=blue")


class Recorder:
    """Answers what `answers` says, a mapping from (method, path) to (status, JSON), and notes what was asked."""

    needs = ()

    def __init__(self, home=None, scratch=None, answers=None):
        recorder = self
        self.answers = answers or {}
        self.asked = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                recorder.asked.append((self.command, self.path, dict(self.headers), body))
                status, reply = recorder.answers.get((self.command, self.path), recorder.otherwise)
                reply = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(reply)))
                self.end_headers()
                self.wfile.write(reply)

            do_GET = do_POST = do_PUT = do_DELETE = answer

        self.otherwise = (200, {})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def start(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self):
        self.asked.clear()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class TokenReview(Recorder):
    """Stands in for the one answer of Kubernetes' API that Vault asks for: whose token that is."""

    def start(self):
        user = {"username": "system:serviceaccount:default:runner", "uid": "u-1", "groups": []}
        self.otherwise = (201, {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview",
                                "status": {"authenticated": True, "user": user}})
        super().start()


class Vault(Program):
    """Vault's own code (vault/main.go), unsealed; `sealed` is a second one that stays sealed."""

    ready = "/v1/sys/seal-status"
    needs = ("bin/vault-peer",)

    def command(self):
        return [self.home / "bin" / "vault-peer", self.port]

    def call(self, method, path, body=None, token=None):
        status, text = ask(method, f"{self.url}/v1/{path}", body, {"X-Vault-Token": token or self.root})
        assert status < 300, (path, status, text)
        return json.loads(text) if text else None

    def start(self):
        self.root = "none"
        super().start()
        keys = self.call("PUT", "sys/init", {"secret_shares": 1, "secret_threshold": 1})
        if self.stays_sealed:
            return
        self.call("PUT", "sys/unseal", {"key": keys["keys"][0]})
        self.root = keys["root_token"]
        self.wait_for(lambda: ask("GET", self.url + "/v1/sys/health")[0] == 200)
        self.fill()

    stays_sealed = False

    def fill(self):
        held = {"pw": "V4ult-Secret-0815", "user": "jane", "more": {"list": [1, "two"], "none": None}}
        self.call("POST", "sys/mounts/secret", {"type": "kv", "options": {"version": "2"}})
        self.call("POST", "sys/mounts/first", {"type": "kv", "options": {"version": "1"}})
        self.wait_for(lambda: ask("POST", self.url + "/v1/secret/data/app/db", {"data": held},
                                  {"X-Vault-Token": self.root})[0] == 200)
        self.call("POST", "first/app/db", held)
        self.call("POST", "secret/data/app/gone", {"data": held})
        self.call("DELETE", "secret/data/app/gone")
        self.call("PUT", "sys/policies/acl/app", {
            "policy": 'path "secret/data/app/*" { capabilities = ["read"] }\n'
                      'path "first/app/*" { capabilities = ["read"] }'})
        self.token = self.call("POST", "auth/token/create", {"policies": ["app"]})["auth"]["client_token"]
        self.call("POST", "sys/auth/approle", {"type": "approle"})
        self.call("POST", "auth/approle/role/runner", {"token_policies": ["app"]})
        self.role = self.call("GET", "auth/approle/role/runner/role-id")["data"]["role_id"]
        self.role_secret = self.call("POST", "auth/approle/role/runner/secret-id")["data"]["secret_id"]
        self.review = TokenReview()
        self.review.start()
        self.call("POST", "sys/auth/kubernetes", {"type": "kubernetes"})
        self.call("POST", "auth/kubernetes/config", {
            "kubernetes_host": self.review.url, "disable_local_ca_jwt": True, "token_reviewer_jwt": self.account_token(),
            "disable_iss_validation": True})
        self.call("POST", "auth/kubernetes/role/runner", {
            "bound_service_account_names": "runner", "bound_service_account_namespaces": "default",
            "token_policies": ["app"]})

    def account_token(self):
        """A service account's token; only the stand-in of Kubernetes looks at it, and trusts everybody."""
        import base64

        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
        claims = {"iss": "kubernetes/serviceaccount", "sub": "system:serviceaccount:default:runner",
                  "kubernetes.io/serviceaccount/namespace": "default",
                  "kubernetes.io/serviceaccount/service-account.name": "runner",
                  "kubernetes.io/serviceaccount/service-account.uid": "u-1", "exp": 4102444800, "iat": 1700000000}
        return f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}.{base64.urlsafe_b64encode(b'x' * 32).decode().rstrip('=')}"

    def stop(self):
        super().stop()
        if not self.stays_sealed and hasattr(self, "review"):
            self.review.stop()


class SealedVault(Vault):
    stays_sealed = True


def missing(servers, home):
    """The first file that one of them needs and that is not there."""
    for server in servers:
        for name in server.needs:
            if not os.access(home / name, os.X_OK):
                return name
    return None
