#!/usr/bin/env python3
"""Holds what a run shows of itself: exit codes, limits, log lines, last lines, redaction, what a crash left.

usage: face_test.py CHAOSC
"""

import base64
import http.server
import json
import os
import pty
import random
import string
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse
from pathlib import Path

import target

CHAOSC = None


def process(path, *arguments, **more):
    return {"type": "process", "path": path, "arguments": list(arguments), **more}


def activity(name, provider, kind="action", **more):
    return {"type": kind, "name": name, "provider": provider, **more}


def experiment(method, gate="true", rollbacks=(), **more):
    probe = activity("gate", process("sh", "-c", gate), "probe", tolerance=0)
    return {"title": "t", "description": "d", "steady-state-hypothesis": {"title": "h", "probes": [probe]},
            "method": list(method), "rollbacks": list(rollbacks), **more}


TOUCH = activity("touch", process("touch", "touched"))
UNDO = activity("undo", process("rm", "-f", "touched"))
LATE = activity("late", process("sleep", "5", timeout=0.1))


class Face(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="chaosc-face-")
        self.folder = Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def run_it(self, doc, *args, env=None, log=("--no-log-file",)):
        (self.folder / "e.json").write_text(json.dumps(doc))
        return subprocess.run([CHAOSC, "run", *log, *args, "e.json"], cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, env={**os.environ, **(env or {})})

    def journal(self):
        return json.loads((self.folder / "journal.json").read_text())

    def code(self, doc, *args):
        return self.run_it(doc, "--exit-codes=detailed", *args).returncode

    def test_detailed_exit_codes(self):
        deviates = "! test -e touched"
        self.assertEqual(self.code(experiment([TOUCH], "true", [UNDO])), 0)
        self.assertEqual(self.code(experiment([TOUCH], "false", [UNDO])), 3)
        self.assertEqual(self.code(experiment([TOUCH], deviates, [UNDO])), 4)
        self.assertEqual(self.code(experiment([activity("gone", process("no-such-program"), "probe")], "true", [UNDO]),
                                   "--no-validation"), 5)
        self.assertEqual(self.code(experiment([activity("nap", process("sleep", "9"), "probe")]), "--timeout", "0.2"), 6)
        self.assertEqual(self.code(experiment([TOUCH], "true", [LATE])), 7)
        self.assertEqual(self.code(experiment([TOUCH], "true", [UNDO]), "--rollback-strategy", "never"), 7)

    def test_wrong_command_lines_end_with_2(self):
        for args in (["--dry", "all"], ["--nope"], ["--var", "x"], ["--var-file", "none.json"]):
            self.assertEqual(self.run_it(experiment([]), *args).returncode, 2, args)

    def test_what_cannot_be_loaded_ends_with_1(self):
        for text in ("", "[", "{}", "null", '{"title": "t"}'):
            (self.folder / "bad.json").write_text(text)
            done = subprocess.run([CHAOSC, "run", "--no-log-file", "bad.json"], cwd=self.folder, capture_output=True)
            self.assertEqual(done.returncode, 1, text)
            self.assertEqual(done.stdout, b"")

    def test_strict_refuses_what_lint_finds(self):
        doc = experiment([{**TOUCH, "backgroud": True}])
        self.assertEqual(self.run_it(doc).returncode, 0)
        done = self.run_it(doc, "--strict")
        self.assertEqual(done.returncode, 1)
        self.assertIn("backgroud", done.stderr)

    def validate(self, doc, *args):
        (self.folder / "e.json").write_text(json.dumps(doc))
        return subprocess.run([CHAOSC, "validate", "--no-log-file", *args, "e.json"], cwd=self.folder, capture_output=True,
                              text=True, timeout=60)

    def test_validate(self):
        done = self.validate(experiment([TOUCH]))
        self.assertEqual((done.returncode, done.stdout), (0, ""))
        self.assertIn("experiment syntax and semantic look valid", done.stderr)
        done = self.validate({**experiment([TOUCH]), "title": ""})
        self.assertEqual(done.returncode, 1)
        self.assertIn("ERROR] experiment requires a title", done.stderr)
        self.assertEqual(self.validate(experiment([{**TOUCH, "backgroud": True}])).returncode, 1)

    def test_validate_looks_at_neither_environment_nor_programs(self):
        doc = experiment([activity("a", process("no-such-a"))],
                         configuration={"x": {"type": "env", "key": "CHAOSC_MISSING_X"}})
        self.assertEqual(self.validate(doc).returncode, 0)
        done = self.validate(doc, "--compat")
        self.assertEqual(done.returncode, 1)
        for word in ("no-such-a", "CHAOSC_MISSING_X"):
            self.assertIn(word, done.stderr)

    def fetch(self, answers, path, env=None, settings=None):
        """Runs what a server of `answers` (path to status, type, text) gives; returns the run and what was asked."""
        asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                status, kind, text = answers[self.path]
                asked.append((self.headers.get("Accept"), self.headers.get("Authorization")))
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        host = f"127.0.0.1:{server.server_port}"
        (self.folder / "s.yaml").write_text((settings or "").replace("HOST", host))
        done = subprocess.run([CHAOSC, "--settings", "s.yaml", "run", "--no-log-file", f"http://{host}{path}"],
                              cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**os.environ, **(env or {})})
        server.shutdown()
        server.server_close()
        return done, asked

    def test_experiments_over_http(self):
        doc = json.dumps(experiment([TOUCH]))
        answers = {"/j": (200, "application/json", doc), "/y": (200, "text/yaml", doc), "/p": (200, "text/plain", doc),
                   "/h": (200, "text/html", doc), "/n": (404, "application/json", "not here"),
                   "/b": (200, "application/json", "{")}
        for path, code in (("/j", 0), ("/y", 0), ("/p", 0), ("/h", 1), ("/n", 1), ("/b", 1)):
            done, asked = self.fetch(answers, path)
            self.assertEqual(done.returncode, code, done.stderr)
            self.assertEqual(asked, [("application/json, application/x-yaml", None)])
        self.assertIn("Failed to fetch the experiment: not here", self.fetch(answers, "/n")[0].stderr)

    def test_credentials_of_experiments_over_http(self):
        answers = {"/j": (200, "application/json", json.dumps(experiment([TOUCH])))}
        settings = 'auths:\n  "HOST":\n    type: basic\n    value: XYZ\n'
        self.assertEqual(self.fetch(answers, "/j", settings=settings)[1][0][1], "basic XYZ")
        env = {"CHAOSTOOLKIT_LOADER_AUTH_BEARER_TOKEN": " tok \n"}
        self.assertEqual(self.fetch(answers, "/j", env, settings)[1][0][1], "bearer tok")

    def test_vault_logins(self):
        secrets = {"g": {"one": {"type": "vault", "path": "foo", "key": "pw"}}}
        (self.folder / "jwt").write_text("the-jwt")
        at = {"vault_addr": target.start()}
        check = activity("check", process("test", "${one}", "=", "V4ult-Secret-0815"), "probe")
        for login in ({"vault_role_id": "r", "vault_role_secret": "s"},
                      {"vault_sa_role": "demo", "vault_sa_token_path": str(self.folder / "jwt")}):
            done = self.run_it(experiment([check], secrets=secrets, configuration={**at, **login}))
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(self.journal()["run"][0]["output"]["status"], 0)
        done = self.run_it(experiment([check], secrets=secrets, configuration={
            **at, "vault_role_id": "x", "vault_role_secret": "y"}))
        self.assertEqual(done.returncode, 1)
        self.assertIn("auth/approle/login", done.stderr)
        self.assertEqual(self.run_it(experiment([check], secrets=secrets, configuration={
            "vault_addr": "http://127.0.0.1:1", "vault_token": "t"})).returncode, 1)

    def test_everything_missing_is_said_at_once(self):
        doc = experiment([activity("a", process("no-such-a"))], "true", [activity("b", process("no-such-b"))],
                         configuration={"x": {"type": "env", "key": "CHAOSC_MISSING_X"}},
                         secrets={"g": {"y": {"type": "env", "key": "CHAOSC_MISSING_Y"}}})
        done = self.run_it(doc)
        self.assertEqual(done.returncode, 1)
        for word in ("no-such-a", "no-such-b", "CHAOSC_MISSING_X", "CHAOSC_MISSING_Y"):
            self.assertIn(word, done.stderr)

    def test_timeout_interrupts_and_never_cuts_rollbacks(self):
        slow_undo = activity("undo", process("sh", "-c", "sleep 0.5; rm -f touched"))
        doc = experiment([TOUCH, activity("nap", process("sleep", "9"))], "true", [slow_undo])
        done = self.run_it(doc, "--timeout", "0.3", "--rollback-strategy", "always")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(self.journal()["status"], "interrupted")
        self.assertEqual(self.journal()["x-chaosc"]["interrupted-by"], "the time limit")
        self.assertFalse((self.folder / "touched").exists())

    def test_timeout_of_the_experiment(self):
        doc = experiment([activity("nap", process("sleep", "9"))], runtime={"timeout": 0.2})
        self.assertEqual(self.run_it(doc).returncode, 1)
        self.assertEqual(self.journal()["status"], "interrupted")

    def test_rollback_timeout(self):
        doc = experiment([TOUCH], "true", [activity("hang", process("sleep", "9")), UNDO])
        self.assertEqual(self.run_it(doc, "--rollback-timeout", "0.3").returncode, 1)
        self.assertEqual(len(self.journal()["rollbacks"]), 1)

    def test_last_lines(self):
        done = self.run_it(experiment([TOUCH, LATE], "true", [LATE, UNDO]))
        self.assertIn("Gate met, method 2 of 2, not deviated, rollbacks: 2 played, 1 failed, 0 skipped", done.stderr)
        self.assertIn("Left undone: 'touch' (e.json:1:", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_json_log_lines(self):
        done = self.run_it(experiment([TOUCH]), "--log-format", "json", "--verbose")
        lines = [json.loads(line) for line in done.stderr.splitlines()]
        keys = {"process", "asctime", "levelname", "module", "lineno", "message", "context_id", "timestamp"}
        self.assertTrue(all(set(line) == keys for line in lines))
        self.assertEqual(len({line["context_id"] for line in lines}), 1)
        self.assertIn("DEBUG", {line["levelname"] for line in lines})

    def test_log_file_has_everything(self):
        self.run_it(experiment([TOUCH]), log=())
        text = (self.folder / "chaostoolkit.log").read_text()
        self.assertIn("DEBUG] [", text)
        self.assertIn("Action: touch", text)

    def test_a_terminal_shows_what_runs(self):
        (self.folder / "e.json").write_text(json.dumps(experiment([activity("long nap", process("sleep", "0.7"))])))
        try:
            main, side = pty.openpty()
        except OSError as error:
            print(f"SKIPPED: there are no pseudo terminals here: {error}", flush=True)
            self.skipTest("no pseudo terminals")
        child = subprocess.Popen([CHAOSC, "run", "--no-log-file", "e.json"], cwd=self.folder, stdin=side, stderr=side,
                                 stdout=subprocess.DEVNULL)
        os.close(side)
        seen = b""
        while True:
            try:
                piece = os.read(main, 4096)
            except OSError:
                break
            if not piece:
                break
            seen += piece
        child.wait()
        self.assertIn(b"... long nap: ", seen)
        self.assertTrue(seen.rstrip().endswith(b"skipped") or b"\x1b[K" in seen)

    def test_a_journal_that_cannot_be_written(self):
        done = self.run_it(experiment([TOUCH], "true", [UNDO]), "--journal-path", "no/such/folder/j.json")
        self.assertIn("cannot be written", done.stderr)
        self.assertFalse((self.folder / "touched").exists(), "rollbacks run all the same")

    def test_a_record_left_behind_is_kept_and_said(self):
        (self.folder / "journal.json.events").write_text("{}\n")
        done = self.run_it(experiment([TOUCH]))
        self.assertIn("its record is kept as", done.stderr)
        self.assertEqual(len(list(self.folder.glob("journal.json.events.unfinished-*"))), 1)

    def test_numbers_keep_their_spelling(self):
        doc = experiment([TOUCH])
        text = json.dumps(doc)[:-1] + ', "x-n": [9007199254740993, 1.0, 1e400, 0.10]}'
        (self.folder / "e.json").write_text(text)
        subprocess.run([CHAOSC, "run", "--no-log-file", "e.json"], cwd=self.folder, capture_output=True, check=True)
        written = (self.folder / "journal.json").read_text()
        for number in ("9007199254740993", "1.0", "1e400", "0.10"):
            self.assertIn(f" {number}", written)

    def test_canary_secrets_stay_hidden(self):
        rng = random.Random(4)
        odd = string.ascii_letters + string.digits + "!#%&()*+,-./:;<=>?@[]^_{|}~ \"'\\äß€"
        for number in range(20):
            canaries = ["".join(rng.choice(odd) for _ in range(rng.randint(8, 40))) for _ in range(10)]
            # A template must not change them, and a shell must not see them.
            canaries = [c.strip() or "fallback-Canary-1" for c in canaries]
            secrets = {"g": {f"s{i}": c for i, c in enumerate(canaries)}}
            echo = [activity(f"echo{i}", process("printf", "%s", "${s%d}" % i), "probe") for i in range(10)]
            encoded = activity("b64", process("sh", "-c", "printf %s \"$0\" | base64 -w0", "${s0}"), "probe")
            failing = activity("fail", {"type": "http", "url": "http://127.0.0.1:1/${s1}", "timeout": 1}, "probe")
            done = self.run_it(experiment([*echo, encoded, failing], secrets=secrets), "--verbose", log=())
            self.assertEqual(done.returncode, 0, done.stderr)
            shown = done.stderr + (self.folder / "journal.json").read_text() + (
                self.folder / "chaostoolkit.log").read_text()
            for canary in canaries:
                for form in (canary, json.dumps(canary)[1:-1], json.dumps(canary, ensure_ascii=False)[1:-1],
                             urllib.parse.quote(canary, safe="")):
                    self.assertNotIn(form, shown, f"round {number}")
            self.assertNotIn(base64.b64encode(canaries[0].encode()).decode().rstrip("=")[:-1], shown)

    def test_ordinary_secrets_leave_the_journal_readable(self):
        doc = experiment([TOUCH], secrets={"g": {"a": "1", "b": "default", "c": "minikube"}},
                         tags=["default", "minikube"])
        self.run_it(doc)
        self.assertEqual(self.journal()["experiment"]["tags"], ["default", "minikube"])
        self.assertEqual(self.journal()["experiment"]["secrets"]["g"]["b"], "[redacted]")

    def test_big_outputs_are_cut_and_marked(self):
        doc = experiment([activity("big", process("head", "-c", "3000000", "/dev/zero"), "probe")])
        self.assertEqual(self.run_it(doc, "--output-limit", "1000").returncode, 0)
        run = self.journal()["run"][0]
        self.assertEqual(len(run["output"]["stdout"]), 1000)
        self.assertTrue(run["x-chaosc"]["truncated"])


if __name__ == "__main__":
    CHAOSC = Path(sys.argv.pop(1)).resolve()
    unittest.main()
