#!/usr/bin/env python3
"""Kills runs at random instants and recovers them: what was done must be undone, and nothing undone twice.

usage: recover_test.py CHAOSC [RUNS]

Ten actions and their rollbacks note themselves in a file and sync it. The runs differ in their strategy of rollbacks,
and have activities in the background, a steady state that is checked all the time, or controls. After `kill -9` and
`chaosc recover`, which some of the time is killed as well and called again, every action noted there has its rollback
noted behind it; a rollback that the record calls finished is not played again; one that is played again is named; the
journal is complete and the events file gone.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kill_test import read_events

COUNT = 10
MODULES = Path(__file__).resolve().parent.parent / "run" / "modules"
STRATEGIES = ["default", "always", "never", "deviated"]
KINDS = {"plain": [], "background": [], "mixed": [], "controls": [],
         "continuous": ["--hypothesis-strategy", "continuously", "--hypothesis-frequency", "0.02"]}


def note(text):
    return {"type": "process", "path": "sh",
            "arguments": ["-c", f"echo {text} | dd of=truth oflag=append conv=notrunc,fsync status=none"]}


def experiment(kind):
    method = [{"type": "action", "name": f"do{i}", "provider": note(f"do{i}"),
               "background": kind == "background" or (kind == "mixed" and i % 4 == 3)} for i in range(COUNT)]
    rollbacks = [{"type": "action", "name": f"undo{i}", "x-chaosc": {"undoes": f"do{i}"}, "provider": note(f"undo{i}"),
                  "background": kind == "mixed" and i % 4 == 1} for i in range(COUNT)]
    doc = {"title": "killed", "description": "killed", "method": method, "rollbacks": rollbacks,
           "steady-state-hypothesis": {"title": "h", "probes": [{
               "type": "probe", "name": "steady", "tolerance": 0, "provider": {"type": "process", "path": "true"}}]},
           "secrets": {"g": {"inline": "S3cret-0815"}}}
    if kind == "controls":
        doc["controls"] = [{"name": "c", "provider": {"type": "python", "module": "noting_control"}}]
    return doc


class Record:
    """What the events file says at a moment."""

    def __init__(self, folder):
        path = folder / "journal.json.events"
        self.begun, self.finished, self.unknown = False, set(), set()
        if not path.exists():
            return
        events = read_events(path)
        names = {e["id"]: e["name"] for e in events if e["event"] == "start"}
        ended = {e["id"]: e["record"]["status"] for e in events if e["event"] == "end"}
        undos = {number: name for number, name in names.items() if name.startswith("undo")}
        self.begun = any(e["event"] == "begin" for e in events)
        self.finished = {name for number, name in undos.items() if ended.get(number) == "succeeded"}
        self.unknown = {name for number, name in undos.items() if number not in ended} - self.finished


def truth(folder):
    path = folder / "truth"
    return path.read_text().split() if path.exists() else []


def start(chaosc, folder, error, *words):
    return subprocess.Popen([chaosc, *words], cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=error, env={**os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1"})


def kill_after(child, seconds):
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
    time.sleep(0.02)  # its children die with it, but not in the same instant


def recover(chaosc, folder, rng):
    """(exit code, what is wrong, what was said); killed itself up to twice."""
    tries = rng.choice([0, 0, 1, 2])
    said = ""
    while True:
        before, noted = Record(folder), truth(folder)
        with open(folder / "said", "w") as error:
            child = start(chaosc, folder, error, "recover", "--no-log-file", "journal.json")
            if tries:
                kill_after(child, rng.uniform(0.002, 0.15))
            else:
                child.wait(60)
        words = (folder / "said").read_text()
        said += words
        after = truth(folder)
        for name in before.finished:
            if after.count(name) > noted.count(name):
                return 1, f"played again although finished: {name}", said
        for name in before.unknown:
            if after.count(name) > noted.count(name) and f"Rollback '{name}' had started" not in words:
                return 1, f"played again, and not said: {name}", said
        if not tries or not (folder / "journal.json.events").exists():
            return child.returncode if not tries else 0, None, said
        tries -= 1


def judge(folder, said):
    noted = truth(folder)
    for i in range(COUNT):
        if f"do{i}" in noted and f"undo{i}" not in noted[noted.index(f"do{i}"):]:
            return f"do{i} is not undone: {noted}"
    journal = json.loads((folder / "journal.json").read_text())
    if (folder / "journal.json.events").exists() or journal["status"] not in ("interrupted", "completed"):
        return f"journal {journal['status']}"
    if "S3cret-0815" in (folder / "journal.json").read_text() + said:
        return "the secret leaked"
    return ""


def run_once(chaosc, kind, strategy, delay, rng):
    """What is wrong; empty if nothing is, None if there was nothing to recover. And how long the run took."""
    with tempfile.TemporaryDirectory(prefix="chaosc-recover-") as name:
        folder = Path(name)
        (folder / "e.json").write_text(json.dumps(experiment(kind)))
        with open(folder / "err", "w") as error:
            begun = time.monotonic()
            child = start(chaosc, folder, error, "run", "--no-log-file", "--rollback-strategy", strategy, *KINDS[kind],
                          *(["--python", sys.executable] if kind == "controls" else []), "e.json")
            kill_after(child, delay)
            took = time.monotonic() - begun
        try:
            if not Record(folder).begun:
                return None, took  # it had not begun, or was over
        except ValueError:
            return None, took
        code, wrong, said = recover(chaosc, folder, rng)
        if not wrong and code != 0:
            wrong = f"recover ended with {code}: {said[-400:]}"
        return wrong or judge(folder, said + (folder / "err").read_text()), took


def main():
    chaosc, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 50
    rng = random.Random(7)
    bad = recovered = 0
    lengths = {kind: run_once(chaosc, kind, "always", 30, rng)[1] for kind in KINDS}
    for number in range(runs):
        kind, strategy = list(KINDS)[number % len(KINDS)], rng.choice(STRATEGIES)
        wrong, _ = run_once(chaosc, kind, strategy, rng.uniform(0.005, lengths[kind] * 1.1), rng)
        recovered += wrong is not None
        if wrong:
            bad += 1
            print(f"{kind}, {strategy}: {wrong}")
    print(f"{runs} runs killed, {recovered} recovered, {bad} wrong")
    return 1 if bad or not recovered else 0


if __name__ == "__main__":
    sys.exit(main())
