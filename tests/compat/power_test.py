#!/usr/bin/env python3
"""Cuts the power, as far as that can be done on paper: what is on the disk when an action starts must say so.

usage: power_test.py CHAOSC

A run is traced; what its events file held at the last sync is what a power cut leaves. Whenever a program of an
action or a rollback starts, that must name it: as started, or as what may start any moment. Then such a file is
recovered, once as if the machine had been started anew since, once as if only the run had been killed.
"""

import binascii
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CALL = re.compile(r'(?:\[pid +)?(\d*)\]? *(\w+)\((.*)')


def note(kind, name, **more):
    return {"type": kind, "name": name, "provider": {"type": "process", "path": "/bin/echo", "arguments": [name]}, **more}


def undo(name):
    return note("action", f"undo-{name}", **{"x-chaosc": {"undoes": name}})


METHOD = [note("action", "a0"), note("action", "a1"), note("probe", "look"), note("action", "a2"),
          note("action", "a3", background=True), note("action", "a4"), note("action", "a5", pauses={"after": 0.05}),
          note("action", "a6", pauses={"before": 0.05}), note("action", "a7"), note("action", "a8"),
          {"type": "action", "name": "slow", "provider": {"type": "process", "path": "sleep", "arguments": "1"}},
          *(note("action", f"b{i}") for i in range(12))]
EXPERIMENT = {"title": "power", "description": "cut", "method": METHOD,
              "rollbacks": [undo(f"a{i}") for i in range(9)]}


def unquote(text):
    """The bytes of strace -xx."""
    return bytes(int(pair, 16) for pair in re.findall(r"\\x(..)", text))


class Trace:
    """Follows the events file through a trace: what was written, and what of that is safe."""

    def __init__(self):
        self.fd, self.written, self.safe, self.starts, self.syncs = None, bytearray(), b"", [], 0

    def see(self, line):
        found = CALL.match(line)
        if not found:
            return
        call, rest = found.group(2), found.group(3)
        if call == "open" and b".events" in unquote(rest) and "O_CREAT" in rest:
            self.fd = rest.rsplit("= ", 1)[1].strip()
        elif call == "pwrite64" and rest.startswith(f"{self.fd}, "):
            at = int(re.search(r'", \d+, (\d+)', rest).group(1))
            data = unquote(rest)
            self.written[at:at + len(data)] = data
        elif call == "fdatasync" and re.match(rf"{self.fd}\b", rest):
            self.safe, self.syncs = bytes(self.written), self.syncs + 1
        elif call == "execve":
            words = [unquote(word).decode() for word in re.findall(r'"((?:\\x..)*)"', rest)]
            if words[:1] == ["/bin/echo"]:
                self.starts.append((words[2], self.safe))


def events_of(text):
    return [json.loads(line)["event"] for line in text.split(b"\n") if line]


def named(text):
    """What a file says to have started, or to be about to."""
    names, ahead = [], []
    for event in events_of(text):
        if event["event"] == "start":
            names.append(event["name"])
        elif event["event"] == "next":
            ahead = event["names"]
    return names + ahead


def trace(chaosc, folder):
    log = folder / "trace"
    subprocess.run(["strace", "-f", "-xx", "-s", "100000", "-o", log, "-e",
                    "trace=open,openat,pwrite64,fdatasync,execve", chaosc, "run", "--no-log-file", "e.json"],
                   cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    seen = Trace()
    for line in log.read_text().splitlines():
        seen.see(line.replace("openat(AT_FDCWD, ", "open("))
    return seen


def with_boot(events, boot):
    """The file as if its run had begun after another start of the machine."""
    lines = events.split(b"\n")
    event = json.loads(lines[0])["event"]
    text = json.dumps({**event, "boot": boot}).encode()
    lines[0] = b'{"length":%d,"crc32":"%08x","event":%s}' % (len(text), binascii.crc32(text), text)
    return b"\n".join(lines)


def recover(chaosc, folder, events):
    (folder / "journal.json.events").write_bytes(events)
    done = subprocess.run([chaosc, "recover", "--no-log-file", "journal.json"], cwd=folder, capture_output=True, text=True,
                          timeout=60)
    journal = json.loads((folder / "journal.json").read_text())
    return {record["activity"]["name"] for record in journal["rollbacks"]}, journal, done.stderr


def main():
    chaosc = Path(sys.argv[1]).resolve()
    if not shutil.which("strace"):
        print("SKIPPED: there is no strace")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-power-") as name:
        folder, wrong = Path(name), []
        (folder / "e.json").write_text(json.dumps(EXPERIMENT))
        seen = trace(str(chaosc), folder)
        if not seen.starts:
            print("SKIPPED: this sandbox lets nothing be traced")
            return 77
        for program, safe in seen.starts:
            if program != "look" and program not in named(safe):
                wrong.append(f"{program} starts, and the disk knows only of {named(safe)}")
        if len(seen.starts) != 31:
            wrong.append(f"{len(seen.starts)} programs were started")
        # What runs for a while is alone: none behind it is about to start.
        waited = events_of(next(safe for program, safe in seen.starts if program == "b0"))
        started = [e["name"] if e["event"] == "start" else None for e in waited]
        between = waited[started.index("slow"):started.index("b0")]
        if [e["names"] for e in between if e["event"] == "next"][-1:] != [[]]:
            wrong.append("an action that takes its time leaves others announced")
        # When a0 starts, a1 is announced; whether it has started by the time of the cut, nobody can tell.
        cut = next(safe for program, safe in seen.starts if program == "a0")
        for boot, due in (("another", {"undo-a0", "undo-a1"}), (None, {"undo-a0"})):
            played, journal, said = recover(chaosc, folder, with_boot(cut, boot) if boot else cut)
            if played != due:
                wrong.append(f"boot {boot}: {sorted(played)} were played, not {sorted(due)}: {said}")
            if [run["activity"]["name"] for run in journal["run"]] != ["a0", "a1"][:len(due)]:
                wrong.append(f"boot {boot}: the journal tells of {journal['run']}")
        print(f"{len(seen.starts)} programs, {seen.syncs} syncs")
        for line in wrong:
            print(f"FAILED: {line}")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
