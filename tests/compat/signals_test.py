#!/usr/bin/env python3
"""Holds docs/signals.md: sends signals to runs at known places and looks at journal, rollbacks and processes.

usage: signals_test.py CHAOSC [ROUNDS]

Every place {gate, process, http, pause, background, continuous, after, rollback} x signal {INT, TERM, HUP, USR1,
USR2} x rollback strategy, ROUNDS times (1 by default).
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2]
STRATEGIES = ["default", "always", "never", "deviated"]
PLACES = ["gate", "process", "http", "pause", "background", "continuous", "after", "rollback"]


class Slow(BaseHTTPRequestHandler):
    def do_GET(self):
        Path(self.path.split("?file=")[1]).touch()
        time.sleep(30)

    def log_message(self, *_):
        pass


def process(command, **more):
    return {"type": "process", "path": "sh", "arguments": ["-c", command], **more}


def hang(mark):
    """A process that says it is there and stays, with a child of its own in its group."""
    return process(f"sleep 987 & touch {mark}; sleep 987")


def experiment(place, base, folder):
    touch = {"type": "action", "name": "touch", "provider": process("touch done")}
    steady = {"type": "probe", "name": "steady", "tolerance": 0, "provider": process("true")}
    # Hangs the second time it is called, or the first.
    later = process("test -e done || exit 0; touch here; sleep 987")
    slow_probe = {"type": "probe", "name": "slow", "tolerance": 0, "provider": later}
    doc = {"title": place, "description": place, "method": [touch],
           "steady-state-hypothesis": {"title": "h", "probes": [steady]},
           "rollbacks": [{"type": "action", "name": "undo", "provider": process("echo x >> undone")}]}
    if place == "gate":
        doc["steady-state-hypothesis"]["probes"] = [{**steady, "provider": hang("here")}]
    elif place == "process":
        doc["method"].append({"type": "action", "name": "hang", "provider": hang("here")})
    elif place == "http":
        doc["method"].append({"type": "probe", "name": "slow", "provider": {
            "type": "http", "url": f"{base}/?file={folder}/here"}})
    elif place == "pause":
        doc["method"].append({**touch, "name": "mark", "provider": process("touch here"), "pauses": {"after": 987}})
    elif place == "background":
        doc["method"].append({"type": "action", "name": "hang", "background": True, "provider": hang("here")})
    elif place in ("continuous", "after"):
        doc["steady-state-hypothesis"]["probes"] = [slow_probe]
        if place == "continuous":
            doc["method"].append({"type": "action", "name": "hang", "provider": hang("other")})
    elif place == "rollback":
        doc["rollbacks"].insert(0, {"type": "action", "name": "nap", "provider": process("touch here; sleep 0.4")})
    return doc


def wait_for(path, seconds=10):
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def strays(folder):
    """Processes that still run in the run's own folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if os.readlink(entry / "cwd") == str(folder):
                    found.append((entry / "cmdline").read_bytes())
            except OSError:
                pass
    return found


def lasting_strays(folder):
    """What was killed may take an instant to be gone."""
    for _ in range(50):
        left = strays(folder)
        if not left:
            break
        time.sleep(0.01)
    return left


def expected(place, number, strategy):
    """(status, rollbacks recorded, exit code)"""
    declared = 2 if place == "rollback" else 1
    if place == "rollback":
        played = declared if strategy in ("default", "always") else 0
        return "completed", played, 0
    played = declared if strategy == "always" and number != signal.SIGUSR2 else 0
    return "interrupted", played, 1


def run_once(chaosc, base, place, number, strategy):
    with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
        folder = Path(name).resolve()
        (folder / "e.json").write_text(json.dumps(experiment(place, base, folder)))
        args = [chaosc, "run", "--no-log-file", "--rollback-strategy", strategy, "--hypothesis-frequency", "0.05"]
        if place == "continuous":
            args += ["--hypothesis-strategy", "continuously"]
        with open(folder / "err", "w") as err:
            child = subprocess.Popen([*args, "e.json"], cwd=folder, stdin=subprocess.DEVNULL, stdout=err, stderr=err,
                                     start_new_session=True)
        status, played, code = expected(place, number, strategy)
        reached = played or place != "rollback"
        if reached and not wait_for(folder / "here"):
            child.kill()
            return f"never got there: {(folder / 'err').read_text()[-300:]}"
        if reached:
            child.send_signal(number)
        try:
            got = child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
            return "did not end"
        if got != code:
            return f"exit {got}, expected {code}: {(folder / 'err').read_text()[-300:]}"
        journal = json.loads((folder / "journal.json").read_text())
        if journal["status"] != status:
            return f"status {journal['status']}, expected {status}"
        if len(journal["rollbacks"]) != played:
            return f"{len(journal['rollbacks'])} rollbacks, expected {played}"
        if (folder / "undone").exists() != bool(played):
            return "the rollback's own mark disagrees"
        left = lasting_strays(folder)
        if left:
            return f"left running: {left}"
        undone = (place not in ("gate",) and not played and bool(journal["run"]))
        if (folder / "journal.json.events").exists() != undone:
            return f"the events file is {'missing' if undone else 'left'}"
    return None


def second_signal(chaosc):
    """The first signal during rollbacks is noted, the second ends them."""
    with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
        folder = Path(name).resolve()
        doc = experiment("rollback", "", folder)
        doc["rollbacks"][0]["provider"] = hang("here")
        (folder / "e.json").write_text(json.dumps(doc))
        child = subprocess.Popen([chaosc, "run", "--no-log-file", "e.json"], cwd=folder, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if not wait_for(folder / "here"):
            child.kill()
            return "never got there"
        child.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        if child.poll() is not None:
            return "the first signal ended it"
        child.send_signal(signal.SIGINT)
        if child.wait(10) != 1:
            return "exit code"
        journal = json.loads((folder / "journal.json").read_text())
        if journal["status"] != "interrupted" or len(journal["rollbacks"]) != 1 or lasting_strays(folder):
            return f"{journal['status']}, {len(journal['rollbacks'])} rollbacks, {lasting_strays(folder)}"
    return None


def start(chaosc, folder, doc, *args):
    (folder / "e.json").write_text(json.dumps(doc))
    return subprocess.Popen([chaosc, "run", "--no-log-file", *args, "e.json"], cwd=folder, stdin=subprocess.DEVNULL,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def both_ways(chaosc, place, number, look, change=None):
    """What `look` says of a run that got a signal: as it is, and with --compat."""
    seen = []
    for args in ((), ("--compat",)):
        with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
            folder = Path(name).resolve()
            doc = experiment(place, "", folder)
            if change:
                change(doc)
            child = start(chaosc, folder, doc, *args)
            if not wait_for(folder / "here"):
                child.kill()
                return "never got there"
            child.send_signal(number)
            code = child.wait(15)
            path = folder / "journal.json"
            seen.append(look(code, json.loads(path.read_text()) if path.exists() else None, folder))
    return seen


def listed_differences(chaosc):
    """R10 to R13 of docs/compatibility.md: (name, what was seen, what is expected)."""
    def slow_background(doc):
        doc["method"][1]["provider"] = process("touch here; sleep 0.6; touch over")

    yield ("R10", both_ways(chaosc, "background", signal.SIGTERM,
                            lambda code, journal, folder: (folder / "over").exists(), slow_background), [False, True])
    yield ("R11", both_ways(chaosc, "pause", signal.SIGHUP,
                            lambda code, journal, folder: (code, journal is None)), [(1, False), (-1, True)])
    yield ("R12", both_ways(chaosc, "rollback", signal.SIGTERM,
                            lambda code, journal, folder: (journal["status"], (folder / "undone").exists())),
           [("completed", True), ("interrupted", False)])
    yield ("R13", both_ways(chaosc, "process", signal.SIGTERM,
                            lambda code, journal, folder: journal["run"][-1].get("status")), ["failed", None])


def main():
    chaosc, rounds = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 1
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    cells = [(p, s, r) for p in PLACES for s in SIGNALS for r in STRATEGIES for _ in range(rounds)]
    bad = 0
    with ThreadPoolExecutor(6) as pool:
        for cell, wrong in zip(cells, pool.map(lambda c: run_once(chaosc, base, *c), cells)):
            if wrong:
                bad += 1
                print(f"{cell[0]} {cell[1].name} {cell[2]}: {wrong}")
    for _ in range(rounds):
        wrong = second_signal(chaosc)
        if wrong:
            bad += 1
            print(f"second signal: {wrong}")
    for name, seen, wanted in listed_differences(chaosc):
        if seen != wanted:
            bad += 1
            print(f"{name}: {seen}, expected {wanted}")
    print(f"{len(cells) + rounds} runs, {bad} not as docs/signals.md says")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
