#!/usr/bin/env python3
"""Kills runs at random instants and recovers them: what was done must be undone, and nothing undone twice.

usage: recover_test.py CHAOSC [RUNS]

Ten actions and their rollbacks note themselves in a file and sync it. After `kill -9` and `chaosc recover` every
action noted there has its rollback noted behind it; a rollback that the record calls finished is not played again;
the journal is complete and the events file gone.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_test import read_events

COUNT = 10


def note(text):
    return {"type": "process", "path": "sh",
            "arguments": ["-c", f"echo {text} | dd of=truth oflag=append conv=notrunc,fsync status=none"]}


def experiment():
    method = [{"type": "action", "name": f"do{i}", "background": i % 4 == 3, "provider": note(f"do{i}")}
              for i in range(COUNT)]
    rollbacks = [{"type": "action", "name": f"undo{i}", "x-chaosc": {"undoes": f"do{i}"}, "provider": note(f"undo{i}")}
                 for i in range(COUNT)]
    return {"title": "killed", "description": "killed", "method": method, "rollbacks": rollbacks,
            "secrets": {"g": {"inline": "S3cret-0815"}}}


def finished_before(folder):
    """Rollbacks that the record calls ended."""
    path = folder / "journal.json.events"
    if not path.exists():
        return set()
    events = read_events(path)
    names = {e["id"]: e["name"] for e in events if e["event"] == "start"}
    return {names[e["id"]] for e in events if e["event"] == "end" and names[e["id"]].startswith("undo")}


def run_once(chaosc, delay):
    with tempfile.TemporaryDirectory(prefix="chaosc-recover-") as name:
        folder = Path(name)
        (folder / "e.json").write_text(json.dumps(experiment()))
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "cwd": folder}
        with open(folder / "err", "w") as err:
            child = subprocess.Popen([chaosc, "run", "--no-log-file", "e.json"], stderr=err, **quiet)
            time.sleep(delay)
            child.kill()
            child.wait()
            finished = finished_before(folder)
            if not (folder / "journal.json.events").exists():
                return None  # it had not begun, or was over
            try:
                begun = any(e["event"] == "begin" for e in read_events(folder / "journal.json.events"))
            except ValueError:
                begun = False
            if not begun:
                return None
            done = subprocess.run([chaosc, "recover", "--no-log-file", "journal.json"], stderr=err, timeout=30, **quiet)
        said = (folder / "err").read_text()
        truth = (folder / "truth").read_text().split() if (folder / "truth").exists() else []
        if done.returncode != 0:
            return f"recover ended with {done.returncode}: {said[-400:]}"
        for i in range(COUNT):
            if f"do{i}" in truth and f"undo{i}" not in truth[truth.index(f"do{i}"):]:
                return f"do{i} is not undone: {truth}"
        twice = [n for n in finished if truth.count(n) > 1]
        if twice:
            return f"played again although finished: {twice}"
        journal = json.loads((folder / "journal.json").read_text())
        if (folder / "journal.json.events").exists() or journal["status"] not in ("interrupted", "completed"):
            return f"journal {journal['status']}"
        if "S3cret-0815" in (folder / "journal.json").read_text() + said:
            return "the secret leaked"
        return ""


def main():
    chaosc, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    random.seed(7)
    bad = recovered = 0
    for _ in range(runs):
        wrong = run_once(chaosc, random.uniform(0.005, 0.3))
        recovered += wrong is not None
        if wrong:
            bad += 1
            print(wrong)
    print(f"{runs} runs killed, {recovered} recovered, {bad} wrong")
    return 1 if bad or not recovered else 0


if __name__ == "__main__":
    sys.exit(main())
