"""Who is tested: the reference (`chaos`), chaosc with --compat, and chaosc; each runs command lines.

A subject is used inside one test of the reference, in a process and a scratch folder of its own.
"""

import contextlib
import json
import os
import re
import select
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

NAMES = ("reference", "compat", "plain")
SECONDS = 45  # after which a run counts as hanging


@dataclass
class Run:
    code: int
    log: str
    journal: object = None


@dataclass
class Subject:
    name: str
    chaosc: str
    zygote: str  # the socket of zygote.py
    scratch: Path
    runs: list = field(default_factory=list)
    pid: int = 0  # of the run that goes on
    signal_after: tuple = None  # seconds and signal, for the next run

    def start(self, args, env, log):
        """Starts a run; returns a function that waits at most so long and gives the exit code or None."""
        stdin = str(self.scratch / "stdin")
        if not os.path.exists(stdin):
            os.mkfifo(stdin)  # opened for both ways it never ends, as a terminal that nobody writes to
        if self.name == "reference":
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.zygote)
            stream = connection.makefile("rb", buffering=0)
            job = {"args": args, "cwd": os.getcwd(), "env": env, "log": str(log), "stdin": stdin}
            connection.sendall(json.dumps(job).encode() + b"\n")
            self.pid = int(stream.readline())

            def wait(seconds):
                ready, _, _ = select.select([connection], [], [], seconds)
                return int(stream.readline()) if ready else None
            return wait
        words = list(args)
        for command in ("run", "validate"):
            if self.name == "compat" and command in words:
                words.insert(words.index(command) + 1, "--compat")
        with open(log, "w") as out:
            child = subprocess.Popen([self.chaosc, "--no-log-file", *words], env=env, stdin=os.open(stdin, os.O_RDWR),
                                     stdout=out, stderr=out, start_new_session=True)
        self.pid = child.pid

        def wait_for_child(seconds):
            try:
                return child.wait(seconds)
            except subprocess.TimeoutExpired:
                return None
        return wait_for_child

    def run(self, args, env=None, journal_path=None):
        """One command line from its start to its end. Signals asked for by `signal_after` are sent meanwhile."""
        log = self.scratch / f"{len(self.runs)}.log"
        began = time.monotonic()
        wait = self.start(args, {**os.environ, **(env or {})}, log)
        code = None
        if self.signal_after:
            seconds, number = self.signal_after
            self.signal_after = None
            code = wait(max(0.01, began + seconds - time.monotonic()))
            if code is None:
                os.kill(self.pid, number)
        if code is None:
            code = wait(SECONDS)
        if code is None:
            os.killpg(self.pid, signal.SIGKILL)
            raise TimeoutError(f"{self.name} did not end: {args}")
        self.pid = 0
        run = Run(code, re.sub("\x1b\\[[0-9;]*m", "", log.read_text(errors="replace")))
        if journal_path and os.path.exists(journal_path):
            with contextlib.suppress(json.JSONDecodeError):  # the reference died while it wrote
                run.journal = json.loads(Path(journal_path).read_text())
            os.unlink(journal_path)
        self.runs.append({"args": args, "code": code, "log": run.log, "journal": run.journal})
        return run
