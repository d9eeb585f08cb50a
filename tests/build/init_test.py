#!/usr/bin/env python3
"""A built runner as process 1: every signal of docs/signals.md with every strategy, and orphans reaped meanwhile.

usage: init_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from, or no namespace to be process 1 of.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPACE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--pid", "--fork", "--mount-proc"]
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")
ALWAYS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1")  # the others forbid rollbacks


def action(name, script, **more):
    return {"type": "action", "name": name,
            "provider": {"type": "process", "path": "sh", "arguments": ["-c", script], "timeout": 30}, **more}


# Orphans: their parents have gone, so that process 1 must reap them.
ORPHANS = "for i in 1 2 3 4 5; do (sleep 0.1 & sleep 0.0$i &) >/dev/null 2>&1; done"
ZOMBIES = "grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l"


def experiment(first, *method, rollbacks=("undo",)):
    return {"title": "process 1", "description": "of a container",
            "method": [action("orphans", ORPHANS), action("act", first), *method],
            "rollbacks": [action(name, "touch " + name) if isinstance(name, str) else name for name in rollbacks]}


class Init:
    def __init__(self, chaosc, folder):
        self.chaosc, self.folder, self.wrong, self.count = chaosc, folder, [], 0

    def check(self, holds, what):
        self.count += 1
        if not holds:
            self.wrong.append(what)
            print(f"FAILED: {what}")

    def build(self, name, doc, *options):
        source = self.folder / f"{name}.json"
        source.write_text(json.dumps(doc))
        done = subprocess.run([self.chaosc, "build", *options, source, "-o", self.folder / name], capture_output=True,
                              text=True)
        self.check(done.returncode == 0, f"{name} is built: {done.stderr}")
        return self.folder / name

    def start(self, runner, *options):
        for left in ("journal.json", "journal.json.events", "ready", "undo"):
            (self.folder / left).unlink(missing_ok=True)
        return subprocess.Popen([*SPACE, runner, "--no-log-file", "--exit-codes=detailed", *options], cwd=self.folder,
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def wait_for(self, name):
        end = time.monotonic() + 20
        while not (self.folder / name).exists() and time.monotonic() < end:
            time.sleep(0.01)

    def end(self, process):
        try:
            _, said = process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            return None, {}, "it did not end"
        journal = self.folder / "journal.json"
        return process.returncode, json.loads(journal.read_text()) if journal.exists() else {}, said


def first_process(unshare):
    """Process 1 as it is known out here: the child of unshare."""
    return int(Path(f"/proc/{unshare.pid}/task/{unshare.pid}/children").read_text().split()[0])


def check_signals(t, kind, runner):
    for name in SIGNALS:
        for strategy in ("default", "always", "never", "deviated"):
            process = t.start(runner, "--rollback-strategy", strategy)
            t.wait_for("ready")
            os.kill(first_process(process), getattr(signal, name))
            code, journal, said = t.end(process)
            played = [r["status"] for r in journal.get("rollbacks", [])]
            due = ["succeeded"] if strategy == "always" and name in ALWAYS else []
            what = f"{kind}, {name}, {strategy}"
            t.check(journal.get("status") == "interrupted" and journal["x-chaosc"]["interrupted-by"] == name,
                    f"{what}: {journal.get('status')} {journal.get('x-chaosc')} {said}")
            t.check(played == due, f"{what}: rollbacks {played}, not {due}")
            t.check(code == (6 if due else 7), f"{what}: exit code {code}")
            records = {r["activity"]["name"]: r["status"] for r in journal.get("run", [])}
            t.check(records == {"orphans": "succeeded", "act": "failed"}, f"{what}: {records}")


def check_inside(t):
    """A signal that comes from within the container; one to a group; none that kills process 1 by default."""
    for name in ("TERM", "HUP"):
        runner = t.build(f"inside-{name}", experiment(f"kill -{name} 1; sleep 30"))
        code, journal, said = t.end(t.start(runner, "--rollback-strategy", "always"))
        t.check(journal.get("status") == "interrupted" and code == 6, f"kill -{name} 1: {code} {said}")
        t.check((t.folder / "undo").exists(), f"kill -{name} 1: the rollback was played")
    runner = t.build("piped", experiment("kill -PIPE 1; kill -WINCH 1; kill -CHLD 1; sleep 0.3", action("zombies", ZOMBIES)))
    code, journal, said = t.end(t.start(runner))
    t.check(code == 0 and journal.get("status") == "completed", f"what means nothing ends nothing: {code} {said}")
    t.check(journal["run"][-1]["output"]["stdout"].strip() == "0", f"orphans are reaped: {journal['run'][-1]}")


def check_rollbacks(t):
    """The first signal while rollbacks are played is noted, a second ends them."""
    rollbacks = (action("slow", "touch ready; sleep 1; touch slowed"), "undo")
    runner = t.build("rollbacks", experiment("true", rollbacks=rollbacks))
    for times, done, code_due in ((1, ["succeeded", "succeeded"], 0), (2, ["failed"], 7)):
        process = t.start(runner)
        t.wait_for("ready")
        for _ in range(times):
            os.kill(first_process(process), signal.SIGTERM)
            time.sleep(0.2)
        code, journal, said = t.end(process)
        played = [r["status"] for r in journal.get("rollbacks", [])]
        t.check(played == done and code == code_due, f"{times} signals while rolling back: {played} {code} {said}")


def check_kill(t):
    """Whoever kills the run inside ends the container, and the record tells what had been started."""
    runner = t.build("killed", experiment("touch ready; kill -9 $PPID; sleep 30"))
    code, _, said = t.end(t.start(runner))
    t.check(code == 137, f"the run was killed: {code} {said}")
    t.check(b'"event":"start"' in (t.folder / "journal.json.events").read_bytes(), "the events file stays")
    done = subprocess.run([*SPACE, runner, "--no-log-file", "--recover", "journal.json"], cwd=t.folder, capture_output=True,
                          text=True, timeout=30)
    t.check(done.returncode == 0 and (t.folder / "undo").exists(), f"--recover as process 1: {done.returncode} {done.stderr}")


def main():
    chaosc = Path(sys.argv[1]).resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    if not shutil.which("unshare") or subprocess.run([*SPACE, "true"], capture_output=True).returncode != 0:
        print("SKIPPED: this sandbox refuses a PID namespace")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-init-") as name:
        t = Init(chaosc, Path(name))
        doc = experiment("touch ready; sleep 30 & sleep 30")
        check_signals(t, "compiled", t.build("compiled", doc))
        check_signals(t, "bundled", t.build("bundled", doc, "--bundle"))
        check_inside(t)
        check_rollbacks(t)
        check_kill(t)
    print(f"{t.count} checks, {len(t.wrong)} failed")
    return 1 if t.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
