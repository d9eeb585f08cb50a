#!/usr/bin/env python3
"""Kills runs at random instants: what activities recorded themselves must be in the events file or the journal.

usage: kill_test.py CHAOSC [RUNS]

Each activity appends its name to a file and syncs it. After `kill -9` every name there must stand in a `start`
event of the events file, each of whose lines must be whole and have the right checksum, or in the journal.
"""

import binascii
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path



def activity(name, **more):
    # dd syncs what it appends; the shell is quicker to start than an interpreter.
    note = f"echo {name} | dd of=truth oflag=append conv=notrunc,fsync status=none"
    return {"type": "action", "name": name, "provider": {"type": "process", "path": "sh", "arguments": ["-c", note]},
            **more}


def experiment():
    probe = activity("gate", type="probe", tolerance=0)
    method = [activity(f"a{i}", background=i % 3 == 0) for i in range(12)]
    return {"title": "killed", "description": "killed at random", "method": method,
            "steady-state-hypothesis": {"title": "h", "probes": [probe]},
            "rollbacks": [activity(f"r{i}") for i in range(4)]}


def read_events(path):
    """The events; a last line that was being written is not one. Any other bad line is an error."""
    events = []
    lines = [line for line in path.read_bytes().split(b"\n") if line]
    for number, line in enumerate(lines):
        try:
            outer = json.loads(line)
        except ValueError:
            if number == len(lines) - 1:
                continue
            raise
        text = line[line.index(b'"event":') + 8:-1]
        assert len(text) == outer["length"], "length"
        assert f"{binascii.crc32(text):08x}" == outer["crc32"], "checksum"
        events.append(outer["event"])
    return events


def names_in_journal(journal):
    runs = journal["run"] + journal["rollbacks"]
    for when in ("before", "after"):
        runs += (journal["steady_states"][when] or {"probes": []})["probes"]
    return {run["activity"]["name"] for run in runs}


def check(folder):
    """What the activities said against what is recorded; the number of names."""
    truth = (folder / "truth").read_text().split() if (folder / "truth").exists() else []
    journal, events = folder / "journal.json", folder / "journal.json.events"
    recorded = set()
    if journal.exists():
        recorded |= names_in_journal(json.loads(journal.read_text()))
    if events.exists():
        recorded |= {e["name"] for e in read_events(events) if e["event"] == "start"}
    missing = set(truth) - recorded
    if missing:
        print(f"not recorded: {sorted(missing)}")
    return not missing, len(set(truth))


def run_once(chaosc, delay):
    with tempfile.TemporaryDirectory(prefix="chaosc-kill-") as name:
        folder = Path(name)
        (folder / "experiment.json").write_text(json.dumps(experiment()))
        child = subprocess.Popen([chaosc, "run", "--no-log-file", "experiment.json"], cwd=folder,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        child.kill()
        child.wait()
        time.sleep(0.05)  # the children die with it, but not in the same instant
        return check(folder)


def main():
    chaosc, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 50
    random.seed(20)
    start = time.monotonic()
    good, seen = 0, []
    for _ in range(runs):
        fine, count = run_once(chaosc, random.uniform(0, 0.25))
        good += fine
        seen.append(count)
    print(f"{good} of {runs} runs well recorded; {min(seen)} to {max(seen)} activities had started "
          f"({time.monotonic() - start:.0f} s)")
    return 0 if good == runs else 1


if __name__ == "__main__":
    sys.exit(main())
