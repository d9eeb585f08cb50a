#!/usr/bin/env python3
"""Built runners whose Python activities an executable driver carries out: without any Python where they run.

usage: driver_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

DRIVERS = Path(__file__).resolve().parents[1] / "run/drivers"


def shop(kind, name, func, **more):
    provider = {"type": "python", "module": "shop.cart", "func": func, "arguments": more.pop("arguments", {})}
    return {"type": kind, "name": name, "provider": provider, **more}


def experiment(*method):
    return {"title": "t", "description": "d", "configuration": {"floor": 2},
            "steady-state-hypothesis": {"title": "h", "probes": [
                shop("probe", "the gate", "twice", arguments={"number": 21}, tolerance=42),
                shop("probe", "judged", "echo", arguments={"n": 1}, tolerance={
                    "type": "jsonpath", "path": "$.n", "expect": [1]})]},
            "method": list(method),
            "rollbacks": [shop("action", "undo", "twice", arguments={"number": "${floor}"})]}


class Driver:
    def __init__(self, chaosc, folder):
        self.chaosc, self.folder, self.wrong, self.count = chaosc, folder, [], 0

    def check(self, holds, what):
        self.count += 1
        if not holds:
            self.wrong.append(what)
            print(f"FAILED: {what}")

    def build(self, doc, name, *options):
        source = self.folder / f"{name}.json"
        source.write_text(json.dumps(doc, indent=1))
        return subprocess.run([self.chaosc, "build", *options, source.name, "-o", name], cwd=self.folder,
                              capture_output=True, text=True)

    def run(self, *words, drivers=True):
        path = f"{DRIVERS}:{os.environ['PATH']}" if drivers else os.environ["PATH"]
        return subprocess.run([f"./{words[0]}", *words[1:]], cwd=self.folder, capture_output=True, text=True, timeout=60,
                              env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL)

    def journal(self):
        return json.loads((self.folder / "journal.json").read_text())


def check_refusal(t):
    done = t.build(experiment(shop("action", "seen", "seen")), "refused")
    places = [line for line in done.stderr.splitlines() if line.startswith("refused.json:")]
    t.check(done.returncode == 1 and len(places) == 4 and all("E900" in p for p in places),
            f"each call is named with its place: {done.stderr}")
    t.check("chaosc-driver-shop" in done.stderr, f"and what may take its place: {done.stderr}")


def check_run(t):
    for name, options in (("compiled", ()), ("bundled", ("--bundle",))):
        done = t.build(experiment(shop("action", "seen", "seen")), name, "--allow-python", *options)
        t.check(done.returncode == 0, f"{name} is built: {done.stderr}")
        done = t.run(name, "--no-log-file", "--python", "/no/python")
        t.check(done.returncode == 0, f"{name} completes: {done.stderr}")
        journal = t.journal()
        t.check(journal["run"][0]["output"]["configuration"] == {"floor": 2} and journal["rollbacks"][0]["output"] == 4,
                f"{name}: the driver was called: {journal['run']} {journal['rollbacks']}")
        t.check(done.stderr.count("the shop opens") == 1, f"{name}: one process serves all calls")
        for more, drivers in (((), False), (("--compat",), True)):
            done = t.run(name, "--no-log-file", "--python", "/no/python", *more, drivers=drivers)
            t.check(done.returncode == 1 and "no Python interpreter" in done.stderr, f"{name}, no driver {more}: {done.stderr}")
        told = json.loads(t.run(name, "--describe").stdout)
        t.check(told["systems"]["packages"] == ["shop"] and told["drivers"] == ["python"], f"{name}: --describe: {told}")
        shown = t.run(name, "--plan", drivers=False)
        t.check("shop.cart seen" in shown.stdout and "opens" not in shown.stderr, f"{name}: --plan: {shown}")


def check_wrong_call(t):
    t.build(experiment(shop("action", "no such", "nothing")), "wrong", "--allow-python")
    (t.folder / "journal.json").unlink(missing_ok=True)
    done = t.run("wrong", "--no-log-file", "--python", "/no/python")
    t.check(done.returncode == 1 and "nothing" in done.stderr and not (t.folder / "journal.json").exists(),
            f"a function that the driver has not is said before the run: {done.stderr}")


def check_recovery(t):
    """A runner that is killed in a driver's call undoes by the driver, too."""
    done = t.build(experiment(shop("action", "seen", "seen"), shop("action", "sleeps", "sleep")), "killed", "--allow-python")
    t.check(done.returncode == 0, f"killed is built: {done.stderr}")
    events = t.folder / "journal.json.events"
    (t.folder / "journal.json").unlink(missing_ok=True)
    process = subprocess.Popen(["./killed", "--no-log-file", "--python", "/no/python"], cwd=t.folder,
                               env={**os.environ, "PATH": f"{DRIVERS}:{os.environ['PATH']}"},
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    end = time.monotonic() + 20
    while time.monotonic() < end and not (events.exists() and b'"name":"sleeps","time"' in events.read_bytes()):
        time.sleep(0.02)
    time.sleep(0.1)
    process.kill()
    process.wait()
    done = t.run("killed", "--no-log-file", "--python", "/no/python", "--recover", "journal.json")
    t.check(done.returncode == 0, f"--recover completes: {done.stderr}")
    journal = t.journal()
    t.check([r["output"] for r in journal["rollbacks"]] == [4] and len(journal["run"]) == 2,
            f"--recover undoes by the driver: {journal['rollbacks']}")


def main():
    chaosc = Path(sys.argv[1]).resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-driver-") as name:
        t = Driver(chaosc, Path(name))
        for check in (check_refusal, check_run, check_wrong_call, check_recovery):
            check(t)
    print(f"{t.count} checks, {len(t.wrong)} failed")
    return 1 if t.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
