#!/usr/bin/env python3
"""Runners for other machines, under emulation, do what this machine's do.

usage: machines_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from. A machine without kit, compiler or emulator is
skipped by name.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from runners import experiment, hold, https_server, probe, process, serve


def other_machines(t):
    """Targets that runners can be built and run for here, with their emulators; what is missing is skipped."""
    listed = (Path(__file__).parents[2] / "scripts/static/targets").read_text().splitlines()
    rows = [line.split() for line in listed if not line.startswith("#")]
    headers = {kit.parent.name: kit.read_text() for kit in (Path(t.chaosc).parent / "kit").glob("*/chaosrt.h")}
    triplet_here = t.run(["gcc", "-dumpmachine"]).stdout.strip()
    here = next((row[0] for row in rows if row[1] == triplet_here), f"{os.uname().machine}-linux")
    without = [row[0] for row in rows if row[0] != here and row[0] not in headers]
    if without:
        t.skip(f"{', '.join(without)}: there are no kits (scripts/build-kit TARGET)")
    for target, triplet, _, machine, *_ in rows:
        emulator = shutil.which(f"qemu-{machine}") or shutil.which(f"qemu-{machine}-static")
        if target == here or target in without:
            continue
        if headers[target] != headers.get(here):
            t.skip(f"{target}: its kit is of another version (scripts/build-kit {target})")
        elif not shutil.which(f"{triplet}-gcc"):
            t.skip(f"{target}: there is no {triplet}-gcc")
        elif not emulator:
            t.skip(f"{target}: there is no qemu-{machine}")
        else:
            yield target, emulator


def without_times(node):
    """What two runs of an experiment have in common, whatever machine they believe to be on."""
    if isinstance(node, list):
        return [without_times(item) for item in node]
    if not isinstance(node, dict):
        return node
    varying = {"start", "end", "duration", "platform", "node", "Date"}
    return {key: without_times(value) for key, value in node.items() if key not in varying}


def outcome(t, command):
    """The exit code of a runner, its journal, and what it tells and shows of itself."""
    journal, env = t.scratch / "journal.json", {"PATH": os.environ["PATH"]}
    journal.unlink(missing_ok=True)
    done = t.run([*command, "--no-log-file"], env=env)
    return [done.returncode, without_times(json.loads(journal.read_text())) if journal.exists() else done.stderr,
            *(t.run([*command, option], env=env).stdout for option in ("--describe", "--plan"))]


def other_machines_docs(t):
    """What is built for each of them: name, experiment, options."""
    matches = {"type": "regex", "pattern": "^[a-z\u00e9]+ 1\\.50$", "target": "stdout"}
    http = {"type": "http", "url": f"http://127.0.0.1:{serve()}/", "timeout": 20}
    called = experiment(probe("p", process("printf", "h\u00e9 1.50"), matches), probe("q", process("true"), 0),
                        configuration={"ratio": 1.5},
                        rollbacks=[{"type": "action", "name": "a", "provider": process("false", "${ratio}")}])
    asked = experiment(probe("p", http, 200), probe("q", http, {"type": "jsonpath", "path": "$.status"}))
    yield "process", called, []
    yield "http", asked, []
    yield "bundle", {**called, "method": [{"type": "probe", "name": "p", "provider": http}]}, ["--bundle"]
    tls_port = https_server(t.scratch)
    if tls_port:
        yield ("https", experiment(probe("p", {**http, "url": f"https://127.0.0.1:{tls_port}/"}, 200)),
               ["--embed-ca", str(t.scratch / "cert.pem")])


def check_other_machines(t):
    """Runners for other machines, under emulation, do what this machine's do."""
    machines = list(other_machines(t))
    for name, doc, options in other_machines_docs(t) if machines else []:
        here = outcome(t, [t.build(doc, name, *options)])
        t.check(here[0] == 0, f"{name} completes here: {here}")
        for target, emulator in machines:
            there = outcome(t, [emulator, t.build(doc, name, *options, "--target", target)])
            t.check(there == here, f"{name} for {target}: {there}, here {here}")
    for target, emulator in machines:
        doc = json.loads((t.scratch / "process.json").read_text())
        here = t.run([t.build(doc, "shown", "--plan-only")]).stdout
        there = t.run([emulator, t.build(doc, "shown", "--plan-only", "--target", target)]).stdout
        t.check("printf" in there and there == here, f"plan-only for {target}: {there}, here {here}")


if __name__ == "__main__":
    sys.exit(hold(check_other_machines))
