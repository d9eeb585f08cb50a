#!/usr/bin/env python3
"""Holds the notifications of the settings to the reference's: who is told what, and that nobody waits for it.

usage: notify_test.py CHAOSC [REFERENCE]

REFERENCE is the environment of scripts/reference; without it chaosc is held to what is written here alone.
"""

import http.server
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

CHAOSC = REFERENCE = None
MODULES = Path(__file__).parent / "modules"


def process(name, *words, **more):
    return {"type": "action", "name": name, "provider": {"type": "process", "path": words[0], "arguments": list(words[1:])},
            **more}


def experiment(gate="true", method=(), **more):
    probe = {**process("gate", "sh", "-c", gate), "type": "probe", "tolerance": 0}
    return {"title": "t", "description": "d", "steady-state-hypothesis": {"title": "h", "probes": [probe]},
            "method": list(method), "rollbacks": [], **more}


class Server:
    """Keeps what it is sent; `status` is what it answers, after `delay` seconds."""

    def __init__(self):
        self.seen, self.status, self.delay = [], 200, 0
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.seen.append([self.command, self.path, dict(self.headers), body.decode()])
                time.sleep(outer.delay)
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Notify(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.server.server_close)
        self.addCleanup(self.server.server.shutdown)
        scratch = tempfile.TemporaryDirectory(prefix="chaosc-notify-")
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def start(self, program, command, doc, channels, *args, group=()):
        (self.folder / "e.json").write_text(json.dumps(doc))
        (self.folder / "settings.yaml").write_text(json.dumps({"notifications": channels}))
        (self.folder / "notices").unlink(missing_ok=True)
        self.server.seen.clear()
        env = {**os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1",
               "NOTICES": str(self.folder / "notices")}
        if REFERENCE:
            env["PATH"] = f"{REFERENCE / 'bin'}:{env['PATH']}"
        return subprocess.run([program, *group, "--no-log-file", "--settings", "settings.yaml", command, *args, "e.json"],
                              cwd=self.folder, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)

    def notices(self):
        path = self.folder / "notices"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def told(self):
        """What came over HTTP: method, the headers that were asked for, the payload's members."""
        return [[method, headers.get("X-Own"), headers.get("Content-Type"), json.loads(body) if body else None]
                for method, _, headers, body in self.server.seen]

    def test_who_is_told_of_a_run(self):
        channels = [{"type": "http", "url": self.server.url, "headers": {"X-Own": "own"}},
                    {"type": "http", "url": self.server.url, "forward_event_payload": False, "events": ["run-failed"]},
                    {"type": "plugin", "module": "noting_plugin"},
                    {"type": "plugin", "module": "noting_plugin", "func": "other", "events": ["run-deviated"]},
                    {"type": "plugin", "module": "noting_plugin", "func": "broken"},
                    {"type": "plugin", "module": "noting_plugin", "func": "none"},
                    {"type": "plugin", "module": "no_such_module"},
                    {"type": "http"}, {"type": "pigeon"}]
        cases = {
            "completed": (experiment(), ["run-started", "run-completed"]),
            "failed": (experiment(method=[process("late", "sleep", "5")]) | {"method": []}, None),
            "deviated": (experiment("! test -e touched", [process("touch", "touch", "touched")]),
                         ["run-started", "run-completed", "run-deviated"]),
            "aborted": (experiment(method=[process("p", "true", pauses={"before": -1})]), ["run-started", "run-failed"]),
            "invalid": ({**experiment(), "title": ""}, ["run-started"]),
        }
        for name, (doc, events) in cases.items():
            (self.folder / "touched").unlink(missing_ok=True)
            done = self.start(CHAOSC, "run", doc, channels)
            if events is None:
                continue
            posts = [item for item in self.told() if item[0] == "POST"]
            gets = [item for item in self.told() if item[0] == "GET"]
            self.assertEqual(sorted(item[3]["name"] for item in posts), sorted(events), f"{name}\n{done.stderr}")
            self.assertEqual(len(gets), events.count("run-failed"), name)
            for _, own, kind, payload in posts:
                self.assertEqual((own, kind, payload["phase"]), ("own", "application/json", "run"))
                self.assertEqual(sorted(payload), ["name", "payload", "phase", "ts"])
                self.assertAlmostEqual(payload["ts"], time.time(), delta=60)
                shown = payload["payload"] if payload["name"] == "run-started" else payload["payload"]["experiment"]
                self.assertEqual(shown["title"], doc["title"])
            self.assertEqual(sorted(notice[2]["name"] for notice in self.notices() if notice[0] == "notify"), sorted(events))
            self.assertEqual([notice[2]["name"] for notice in self.notices() if notice[0] == "other"],
                             [event for event in events if event == "run-deviated"], name)
            self.assertNotIn("not supported", done.stderr)
            if REFERENCE:
                mine = self.normal(posts), sorted(map(self.normal, self.notices()), key=json.dumps)
                (self.folder / "touched").unlink(missing_ok=True)
                self.start(REFERENCE / "bin" / "chaos", "run", doc, channels, group=["--no-version-check"])
                theirs = (self.normal([item for item in self.told() if item[0] == "POST"]),
                          sorted(map(self.normal, self.notices()), key=json.dumps))
                self.assertEqual([sorted(map(json.dumps, part)) for part in mine],
                                 [sorted(map(json.dumps, part)) for part in theirs], name)

    def normal(self, value):
        """What is the same in every run."""
        dropped = ("ts", "start", "end", "duration", "node", "platform", "chaoslib-version", "x-chaosc")
        if isinstance(value, dict):
            return {key: self.normal(item) for key, item in sorted(value.items()) if key not in dropped and not (
                key == "status" and item is None)}
        return [self.normal(item) for item in value] if isinstance(value, list) else value

    def test_validate(self):
        channels = [{"type": "http", "url": self.server.url}, {"type": "plugin", "module": "noting_plugin"}]
        self.start(CHAOSC, "validate", experiment(), channels)
        self.assertEqual(sorted(item[3]["name"] for item in self.told()), ["validate-completed", "validate-started"])
        self.assertEqual({notice[2]["phase"] for notice in self.notices()}, {"validate"})
        self.start(CHAOSC, "validate", {**experiment(), "title": ""}, channels)
        failed = [item[3] for item in self.told() if item[3]["name"] == "validate-failed"]
        self.assertEqual([item["error"] for item in failed],
                         ["An exception was raised: InvalidExperiment('experiment requires a title')"])
        if REFERENCE:
            odd = process("p", "true") | {"background": 1}, process("q", "true") | {"type": "x"}
            for doc in ({**experiment(), "title": ""}, experiment(method=odd[:1]), experiment(method=odd[1:]),
                        experiment(controls=[{"name": "c"}]), {**experiment(), "rollbacks": odd[1:]}):
                told = []
                for program, *args in ([CHAOSC], [CHAOSC, "--compat"], [REFERENCE / "bin" / "chaos"]):
                    group = ["--no-version-check"] if program != CHAOSC else []
                    self.start(program, "validate", doc, channels, *args, group=group)
                    told.append([sorted(self.normal(item[3]).items(), key=str) for item in self.told() if "error" in item[3]])
                    told[-1].append([notice[2]["error"] for notice in self.notices() if "error" in notice[2]])
                self.assertEqual(told[0], told[2])
                self.assertEqual(told[1], told[2])
            self.start(CHAOSC, "validate", {**experiment(), "title": ""}, channels)
        errors = [notice[2]["error"] for notice in self.notices() if "error" in notice[2]]
        self.assertEqual(errors, [["InvalidExperiment" if REFERENCE else errors[0][0], "experiment requires a title"]])

    def test_secrets_are_not_told(self):
        doc = experiment(method=[process("echo", "echo", "${pw}")], secrets={"g": {
            "pw": "S3cret-0815-x", "e": {"type": "env", "key": "HOME"}}})
        channels = [{"type": "http", "url": self.server.url}, {"type": "plugin", "module": "noting_plugin"}]
        self.start(CHAOSC, "run", doc, channels)
        text = json.dumps([self.told(), self.notices()])
        self.assertNotIn("S3cret-0815-x", text)
        self.assertIn("[redacted]", text)
        self.assertIn('"key": "HOME"', text)
        self.start(CHAOSC, "run", doc, channels, "--no-redaction")
        self.assertIn("S3cret-0815-x", json.dumps(self.told()))

    def test_nobody_waits(self):
        """Row R24: a server that takes its time, or is not there, does not hold a run up, or fail it."""
        gone = socket.socket()
        gone.bind(("127.0.0.1", 0))  # refuses
        mute = socket.socket()
        mute.bind(("127.0.0.1", 0))
        mute.listen(8)  # accepts and says nothing
        self.addCleanup(gone.close)
        self.addCleanup(mute.close)
        channels = [{"type": "http", "url": f"http://127.0.0.1:{s.getsockname()[1]}/secret-path"} for s in (gone, mute)]
        channels.append({"type": "plugin", "module": "noting_plugin", "func": "slow"})
        start = time.monotonic()
        done = self.start(CHAOSC, "run", experiment(), channels, group=["--verbose"])
        journal = json.loads((self.folder / "journal.json").read_text())
        self.assertEqual((done.returncode, journal["status"]), (0, "completed"), done.stderr)
        self.assertLess(journal["duration"], 1)
        self.assertLess(time.monotonic() - start, 8)
        self.assertIn("a notification is given up: it takes too long", done.stderr)
        self.assertNotIn("secret-path", done.stderr)
        if REFERENCE:
            start = time.monotonic()
            self.start(CHAOSC, "run", experiment(), channels[:2], "--compat")
            self.assertGreater(time.monotonic() - start, 9, "the reference waits 5 s for each")

    def test_a_refusing_server_is_noted(self):
        self.server.status = 500
        done = self.start(CHAOSC, "run", experiment(), [{"type": "http", "url": self.server.url}], group=["--verbose"])
        self.assertEqual(done.returncode, 0)
        self.assertIn("failed with: 500", done.stderr)

    def test_module_state_is_one(self):
        """The plugins of a run's start and end and its activities share one interpreter."""
        doc = experiment(method=[{"type": "probe", "name": "c", "provider": {
            "type": "python", "module": "helper_functions", "func": "count"}}])
        self.start(CHAOSC, "run", doc, [{"type": "plugin", "module": "counting_plugin"}])
        self.assertEqual(len(self.notices()), 2)  # in the background: before or after the activity's count
        self.assertEqual(max(notice[2] for notice in self.notices()), 3)


if __name__ == "__main__":
    CHAOSC = os.path.abspath(sys.argv.pop(1))
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-") and not sys.argv[1].startswith("Notify"):
        given = Path(sys.argv.pop(1)).resolve()
        REFERENCE = given if (given / "bin" / "chaos").exists() else None
    unittest.main()
