#!/usr/bin/env python3
"""Holds docs/signals.md: sends signals to runs at known places and looks at journal, rollbacks and processes.

usage: signals_test.py CHAOSC [ROUNDS] [--load] [--built]

Every place {load, import, gate, process, http, python, deaf, pause, background, continuous, after, control, rollback,
journal} x {INT, TERM, HUP, USR1, USR2, a second one, a reader that is gone, a full disk} x rollback strategy, ROUNDS
times (1 by default); with --load beside two processes for each processor that do nothing but burn it; with --built by
programs that `chaosc build` makes (scripts/build-kit).
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from signal_places import COLUMNS, EVER, PLACES, SIGNALS, STRATEGIES, Expected, experiment, is_reached
from signal_places import process, seconds_of, table

MODULES = Path(__file__).resolve().parent.parent / "run" / "modules"
PATIENCE = 60


class Slow(BaseHTTPRequestHandler):
    """/SECONDS/path/of/mark: says that it was called, and answers after that time, as a Vault too."""

    def do_GET(self):
        _, seconds, mark = self.path.split("?")[0].split("/", 2)
        Path("/" + mark).touch()
        time.sleep(min(float(seconds), PATIENCE))
        body = json.dumps({"data": {"data": {"k": "a-Secret-0815"}}}).encode()
        try:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:
            pass

    def log_message(self, *_):
        pass


def wait_for(path, child, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not path.exists():
        if time.monotonic() > end or child.poll() is not None:
            return path.exists()
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
    for _ in range(200):
        left = strays(folder)
        if not left:
            break
        time.sleep(0.01)
    return left


# ---- one cell ----

class Run:
    """A run at its place. Its standard error and its log are pipes where their reader is to go."""

    def __init__(self, program, base, cell, folder):
        self.folder, (self.place, self.column, self.strategy) = folder, cell
        seconds = seconds_of(self.place, self.column)
        (folder / "e.json").write_text(json.dumps(experiment(self.place, base, folder, seconds)))
        args = [*program(folder), "--rollback-strategy", self.strategy, "--hypothesis-frequency", "0.05",
                "--python", sys.executable]
        args += ["--hypothesis-strategy", "continuously"] if self.place == "continuous" else []
        self.readers = []
        if self.place == "journal":
            self.make_journal_path()
            args += ["--journal-path", "fifo"]
        error = open(folder / "err", "w")
        if self.column == "pipe":
            reader, writer = os.pipe()
            os.mkfifo(folder / "log")
            self.readers = [reader, os.open(folder / "log", os.O_RDONLY | os.O_NONBLOCK)]
            error.close()
            error = os.fdopen(writer, "w")
            args += ["--log-file", "log"]
        with error:
            self.child = subprocess.Popen(
                args, cwd=folder, stdin=subprocess.DEVNULL, stdout=error, stderr=error,
                start_new_session=True, env={
                    **os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1",
                    "WAITING_IMPORT": str(seconds)})

    def make_journal_path(self):
        if self.column == "full":
            (self.folder / "fifo").symlink_to("/dev/full")
        else:
            os.mkfifo(self.folder / "fifo")

    def said(self):
        return (self.folder / "err").read_text()[-400:]

    def arrive(self):
        """False if it never got there."""
        if not is_reached(self.place, self.strategy) or (self.place, self.column) == ("journal", "full"):
            return True
        if self.place != "journal":
            return wait_for(self.folder / "here", self.child)
        # It opens the pipe that its journal goes to, and waits for a reader.
        plays = self.strategy in ("default", "always")
        return wait_for(self.folder / ("undone" if plays else "acted"), self.child) and self.is_opening()

    def is_opening(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.child.poll() is None:
            if "fifo_open" in Path(f"/proc/{self.child.pid}/wchan").read_text() or "wait_for_partner" in Path(
                    f"/proc/{self.child.pid}/wchan").read_text():
                return True
            time.sleep(0.005)
        return False

    def strike(self):
        """What the column says."""
        if self.column == "pipe":
            for reader in self.readers:
                os.close(reader)
            self.send(signal.SIGPIPE)
        elif self.column == "full" and self.place != "journal":
            try:
                resource.prlimit(self.child.pid, resource.RLIMIT_FSIZE, (0, 0))
            except ProcessLookupError:
                pass
        for number in SIGNALS.get(self.column, []):
            self.send(number)
            time.sleep(0.03)

    def send(self, number):
        if self.child.poll() is None:
            self.child.send_signal(number)

    def read_fifo(self):
        """The journal that comes through a pipe; the reader goes soon, where that is the matter."""
        fd = os.open(self.folder / "fifo", os.O_RDONLY)
        if self.column == "pipe":
            os.read(fd, 1)
            os.close(fd)
            return
        with os.fdopen(fd) as file:
            (self.folder / "journal.json").write_text(file.read())

    def end(self):
        """The exit code; None if it does not end."""
        if self.place == "journal" and self.column != "full":
            self.read_fifo()
        try:
            return self.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
            return None


def look(run, code):
    """What is not as expected, or None."""
    folder, wanted = run.folder, Expected(run.place, run.column, run.strategy)
    if code != wanted.code:
        return f"exit {code}, expected {wanted.code}"
    path = folder / "journal.json"
    if path.exists() != wanted.journal:
        return f"the journal is {'there' if path.exists() else 'missing'}"
    if wanted.journal:
        journal = json.loads(path.read_text())
        if (journal["status"], len(journal["rollbacks"])) != (wanted.status, wanted.played):
            return f"{journal['status']} with {len(journal['rollbacks'])} rollbacks, expected {wanted.status} with {wanted.played}"
    if (folder / "acted").exists() != wanted.acted or (folder / "undone").exists() != wanted.undone:
        return "the marks of action and rollback disagree"
    if any(folder.glob("*.events")) != wanted.record:
        return f"the events file is {'missing' if wanted.record else 'left'}"
    if wanted.record and run.column != "pipe" and wanted.journal and "To undo it: " not in run.said():
        return "it does not say how to recover"
    left = lasting_strays(folder)
    return f"left running: {left}" if left else None


def interpreted(chaosc):
    return lambda folder: [chaosc, "run", "e.json"]


def built(chaosc):
    def build(folder):
        subprocess.run([chaosc, "build", "--allow-python", "--allow-errors", "e.json", "-o", "runner"], cwd=folder,
                       check=True, capture_output=True)
        return ["./runner"]
    return build


def run_once(program, base, cell):
    with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
        run = Run(program, base, cell, Path(name).resolve())
        if not run.arrive():
            run.send(signal.SIGKILL)
            return f"never got there: {run.said()}"
        if is_reached(run.place, run.strategy):
            run.strike()
        wrong = look(run, run.end())
        return wrong and f"{wrong}: {run.said()}"


# ---- a disk that is really full ----

def full_disk(chaosc):
    """Log, events and journal on a file system without room: rollbacks are played. A string: why it was not tried."""
    with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
        folder = Path(name)
        (folder / "small").mkdir()
        fill = process("dd if=/dev/zero of=small/filler bs=4k status=none; touch here", timeout=20)
        doc = experiment("process", "", folder, 0)
        doc["method"][1]["provider"] = fill
        doc["method"].append({"type": "action", "name": "more", "provider": process("seq 20000")})
        (folder / "e.json").write_text(json.dumps(doc))
        command = ("mount -t tmpfs -o size=128k none small && exec \"$0\" run --log-file small/log "
                   "--journal-path small/journal.json e.json")
        done = subprocess.run(["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", command, chaosc],
                              cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=PATIENCE)
        if not (folder / "here").exists():
            return f"SKIPPED, no small file system could be made: {done.stderr[-200:]}"
        for words in ("No space left on device", "the journal small/journal.json cannot be written",
                      "the log file cannot be written", "a crash would leave no record"):
            assert words in done.stderr, f"{words!r} is not said: {done.stderr}"
        assert done.returncode == 1 and (folder / "undone").exists(), done.stderr
        return None


# ---- rows of docs/compatibility.md ----

def both_ways(chaosc, place, number, look_at, change=None):
    """What `look_at` says of a run that got a signal: as it is, and with --compat."""
    seen = []
    for args in ((), ("--compat",)):
        with tempfile.TemporaryDirectory(prefix="chaosc-signal-") as name:
            folder = Path(name).resolve()
            doc = experiment(place, "", folder, 0.4 if place == "rollback" else EVER)
            if change:
                change(doc)
            (folder / "e.json").write_text(json.dumps(doc))
            child = subprocess.Popen([chaosc, "run", "--no-log-file", *args, "e.json"], cwd=folder,
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if not wait_for(folder / "here", child):
                child.kill()
                return "never got there"
            child.send_signal(number)
            code = child.wait(PATIENCE)
            path = folder / "journal.json"
            seen.append(look_at(code, json.loads(path.read_text()) if path.exists() else None, folder))
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


def page_is_right():
    """The table of docs/signals.md is the one that the cells are held to."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "signals.md").read_text()
    return "\n".join(table()) in page


def burn(count):
    return [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chaosc", type=Path)
    parser.add_argument("rounds", type=int, nargs="?", default=1)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--built", action="store_true")
    options = parser.parse_args()
    chaosc = options.chaosc.resolve()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    cells = [(p, c, s) for _ in range(options.rounds) for p in PLACES for c in COLUMNS for s in STRATEGIES]
    if options.built and not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    program = (built if options.built else interpreted)(chaosc)
    bad, burning = 0, burn(2 * os.cpu_count() if options.load else 0)
    with ThreadPoolExecutor(6) as pool:
        for cell, wrong in zip(cells, pool.map(lambda c: run_once(program, base, c), cells)):
            if wrong:
                bad += 1
                print(f"{' '.join(cell)}: {wrong}", flush=True)
    for child in burning:
        child.kill()
        child.wait()
    for name, seen, wanted in listed_differences(chaosc):
        if seen != wanted:
            bad += 1
            print(f"{name}: {seen}, expected {wanted}")
    skipped = full_disk(chaosc) if shutil.which("unshare") else "SKIPPED, there is no unshare"
    if skipped:
        print(f"a full file system: {skipped}")
    if not page_is_right():
        bad += 1
        print("the table of docs/signals.md is not that of tests/compat/signal_places.py, which prints it")
    print(f"{len(cells)} runs, {bad} not as docs/signals.md says")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
