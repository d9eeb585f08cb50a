#!/usr/bin/env python3
"""Kills a run whose controls changed the experiment, and recovers it.

usage: recover_controls_test.py CHAOSC

What was done is undone once, rollbacks that a control added included; an inline secret of the file is there again.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_test import read_events

MODULES = Path(__file__).resolve().parent.parent / "run" / "modules"


def note(name):
    return {"type": "action", "name": name, "provider": {
        "type": "process", "path": "sh", "arguments": ["-c", f"echo {name} $NOTE >> truth"]}}


def insert(at, on, index, value, *where):
    return {"name": f"insert {value['name']}", "provider": {"type": "python", "module": "changing_control", "arguments": {
        "at": at, "on": on, "do": "insert", "index": index, "where": list(where), "value": value}}}


def main():
    chaosc, python = Path(sys.argv[1]).resolve(), sys.executable
    secret = note("undo2")
    secret["provider"]["arguments"][1] = "echo undo2 ${password} >> truth"
    experiment = {
        "title": "changed", "description": "changed", "secrets": {"g": {"password": "S3cret-0815"}},
        "controls": [insert("before activity", "do1", 0, note("undo0"), "rollbacks"),
                     insert("before activity", "wait", 0, note("earlier"), "method"),
                     insert("after activity", "do1", 1, note("added"), "method"),
                     {"name": "n", "provider": {"type": "python", "module": "noting_control"}}],
        "method": [note("do1"), {"type": "action", "name": "wait", "provider": {
            "type": "process", "path": "sh", "arguments": ["-c", "echo wait >> truth; exec sleep 60"]}}, note("never")],
        "rollbacks": [note("undo1"), secret]}
    with tempfile.TemporaryDirectory(prefix="chaosc-recover-") as name:
        folder = Path(name)
        (folder / "e.json").write_text(json.dumps(experiment))
        environment = {**os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1"}
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": folder, "env": environment}
        with open(folder / "err", "w") as err:
            child = subprocess.Popen([chaosc, "run", "--no-log-file", "--python", python, "e.json"], stderr=err, **quiet)
            until = time.time() + 20
            while time.time() < until and not ((folder / "truth").exists() and "wait" in (folder / "truth").read_text()):
                time.sleep(0.05)
            child.kill()
            child.wait()
            events = (folder / "journal.json.events").read_text()
            assert "S3cret" not in events, "the secret stands in the events"
            assert any(e["event"] == "change" for e in read_events(folder / "journal.json.events"))
            subprocess.run([chaosc, "recover", "journal.json"], stderr=err, **quiet)
        said = (folder / "err").read_text()
        truth = [line.strip() for line in (folder / "truth").read_text().splitlines()]
        expected = ["undo0", "undo1", "undo2 S3cret-0815"]
        assert [line for line in truth if line.startswith("undo")] == expected, f"{truth}\n{said}"
        journal = json.loads((folder / "journal.json").read_text())
        names = [run["activity"]["name"] for run in journal["run"]]
        assert names == [line for line in truth if not line.startswith("undo")], f"{names} {truth}"
        assert [run["activity"]["name"] for run in journal["rollbacks"]] == ["undo0", "undo1", "undo2"]
        assert not (folder / "journal.json.events").exists()
    print("recovered what controls had changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
