#!/usr/bin/env python3
"""Builds a driver of examples/drivers and holds it to its README and to docs/driver-protocol.md.

usage: drivers_test.py CHAOSC FOLDER go|rust
Exits with 77, the sign for a skipped test, where the language's tools are not installed.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHAOSC, EXAMPLE, LANGUAGE = os.path.abspath(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
ENV = {**os.environ, "GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local"}
# Ends the driver as a crash does: the other child of the run.
KILL = ("import os, signal\n"
        "for pid in filter(str.isdigit, os.listdir('/proc')):\n"
        "    try:\n"
        "        fields = open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()\n"
        "        name = open(f'/proc/{pid}/cmdline').read()\n"
        "    except OSError:\n"
        "        continue\n"
        "    if int(fields[1]) == os.getppid() and 'chaosc-driver-' in name:\n"
        "        os.kill(int(pid), signal.SIGKILL)\n")


def free_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        return server.getsockname()[1]


def activity(module, func, arguments, kind="action", **more):
    provider = {"type": "python", "module": module, "func": func, "arguments": arguments}
    return {"type": kind, "name": func, "provider": provider, **more}


class Language:
    def __init__(self, folder):
        self.folder = folder


class Go(Language):
    tool, name, commands = "go", "tcp", [["go", "build"]]
    experiment, output = "occupied-port.yaml", True

    def variables(self):
        return ["--var", f"port:int={free_port()}"]

    def endless(self, **more):
        return activity("tcp.ports", "occupy", {"port": free_port(), "seconds": 60}, **more)

    def quick(self):
        return activity("tcp.ports", "accepts", {"port": free_port()}, "probe")

    def failing(self):
        return activity("tcp.ports", "occupy", {"port": -1}), "invalid port"


class Rust(Language):
    tool, name, commands = "cargo", "disk", [["cargo", "build", "--release", "--offline", "--locked"],
                                             ["cargo", "test", "--quiet", "--release", "--offline", "--locked"]]
    experiment, output = "full-disk.yaml", 10000000

    def variables(self):
        return ["--var", f"file={self.folder}/big \"ä\\ file"]

    def endless(self, **more):
        return activity("disk.space", "fill", {"path": f"{self.folder}/slow", "megabytes": 1, "seconds": 60}, **more)

    def quick(self):
        return activity("disk.space", "free", {"path": f"{self.folder}/slow"})

    def failing(self):
        return activity("disk.space", "size", {"path": f"{self.folder}/none"}, "probe"), "No such file or directory"


def run(*command, folder):
    done = subprocess.run([str(part) for part in command], cwd=folder, env=ENV, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=200)
    print(f"$ {' '.join(str(part) for part in command)}\n{done.stdout[-3000:]}{done.stderr[-6000:]}exit {done.returncode}")
    return done


def check(truth, what):
    if not truth:
        print(f"WRONG: {what}")
        sys.exit(1)


def play(folder, method):
    """Runs activities that stand beside the example's configuration; returns records, log and seconds."""
    experiment = {"title": "t", "description": "d", "method": method, "rollbacks": []}
    (folder / "test.json").write_text(json.dumps(experiment))
    start = time.monotonic()
    done = run(CHAOSC, "run", "--no-log-file", "test.json", folder=folder)
    return json.loads((folder / "journal.json").read_text())["run"], done.stderr, time.monotonic() - start


def check_example(language, folder):
    described = run(CHAOSC, "driver", "describe", language.name, folder=folder)
    kept = folder / f"{language.name}.signatures.json"
    check(described.returncode == 0, "it is not described")
    check(described.stdout == kept.read_text(), f"{kept.name} is not what `driver describe` prints")
    check(run(CHAOSC, "lint", language.experiment, folder=folder).returncode == 0, "lint finds errors")
    done = run(CHAOSC, "run", "--no-log-file", *language.variables(), language.experiment, folder=folder)
    journal = json.loads((folder / "journal.json").read_text())
    outputs = [record["output"] for record in journal["run"]]
    check(done.returncode == 0 and journal["status"] == "completed", "the example's run does not complete")
    check(outputs[-1] == language.output, f"outputs are {outputs}")
    check(journal["deviated"] is False, "it deviated")
    check(all(record["status"] == "succeeded" for record in journal["run"] + journal["rollbacks"]), "a call failed")


def check_ends(language, folder):
    records, log, seconds = play(folder, [language.endless(timeout=0.3), language.quick()])
    check([record["status"] for record in records] == ["failed", "succeeded"], "a deadline does not end the call")
    check("activity took too long to complete" in log and "was killed" not in log, "it does not heed a cancellation")
    check(seconds < 10, f"that took {seconds:.1f} s")
    failing, text = language.failing()
    records, log, _ = play(folder, [failing, language.quick()])
    check([record["status"] for record in records] == ["failed", "succeeded"], "a failure is none")
    check(text in log, f"the log lacks `{text}`")
    kill = {"type": "action", "name": "kill", "provider": {
        "type": "process", "path": sys.executable, "arguments": ["-c", KILL]}, "pauses": {"before": 0.3, "after": 0.3}}
    records, log, seconds = play(folder, [language.endless(background=True), kill, language.quick()])
    check([record["status"] for record in records] == ["failed", "succeeded", "succeeded"], "a death is not survived")
    check(re.search("driver `\\w+` was ended by signal 9", log), "the death is not told")
    check(seconds < 10, f"that took {seconds:.1f} s")


def main():
    kinds = {"go": Go, "rust": Rust}
    if not shutil.which(kinds[LANGUAGE].tool):
        print(f"SKIPPED: there is no `{kinds[LANGUAGE].tool}` on PATH, so the driver in {LANGUAGE} is not built")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-drivers-") as scratch:
        folder = Path(scratch) / "drivers"
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("target", "chaosc-driver-tcp", "journal.json*"))
        language = kinds[LANGUAGE](folder)
        for command in language.commands:
            check(run(*command, folder=folder / LANGUAGE).returncode == 0, "it does not build")
        check_example(language, folder)
        check_ends(language, folder)
    print(f"the driver in {LANGUAGE} does what its README says")
    return 0


sys.exit(main())
