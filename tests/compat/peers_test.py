#!/usr/bin/env python3
"""Runs extensions of the registry, unmodified, against real peers: with `chaos run` and with `chaosc run`.

usage: peers_test.py CHAOSC [--peers DIR] [--peer NAME] [--short] [--only TEXT]...

Each experiment of peers/ runs three times: chaos run, chaosc run --compat, chaosc run. Exit code, journal and what
was left at the peer must be equal, as compare.py compares them. Closes with a row for each function of an extension.
Exit 1 if something differs, 77 where a peer that was asked for is not there (scripts/peers gets them).
"""

import argparse
import importlib
import os
import re
import subprocess
import sys
import tempfile
import traceback
from collections import defaultdict
from pathlib import Path

import compare
from peers import servers

HERE = Path(__file__).resolve().parent
NAMES = ("prometheus", "toxiproxy", "aws", "addons", "reliably", "opentracing", "vault")


def form(value):
    is_date = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]", value)
    return re.sub(r"\d+", "0", value) if is_date else "volatile"


def steady(value, volatile):
    """The value without what no two runs share: the members of these names (of a date its form), addresses of objects."""
    if isinstance(value, dict):
        return {k: form(v) if k in volatile else steady(v, volatile) for k, v in value.items()}
    if isinstance(value, list):
        return [steady(v, volatile) for v in value]
    if isinstance(value, str):
        return re.sub(r"0x[0-9a-f]{6,}", "0x", value)
    return value


def outcome(case, folder, code):
    seen = {"code": code, "journal": compare.journal(folder / "journal.json", folder)}
    if case.state:
        seen["left at the peer"] = case.state()
    return steady(seen, set(case.volatile))


def run(command, folder, env):
    with open(folder / "log", "w") as log:
        return subprocess.run(command, cwd=folder, env={**os.environ, **env}, stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log, timeout=180).returncode


def play(case, number, scratch, running, chaosc, chaos):
    """What reference, chaosc --compat and chaosc end with."""
    results = []
    for who in ("reference", "compat", "plain"):
        for server in running:
            server.reset()
        folder = scratch / f"{number}-{who}"
        group, own, env = compare.prepare(case, folder, "")
        group = ["--no-log-file", "--no-version-check", *group]
        program = chaos if who == "reference" else chaosc
        compat = ["--compat"] if who == "compat" else []
        code = run([program, *group, "run", *compat, *own], folder, {"HOME": str(folder), **env})
        results.append(outcome(case, folder, code))
    return results


def how_it_ended(journal):
    before = ((journal or {}).get("steady_states") or {}).get("before") or {}
    if before.get("steady_state_met") is False and not any("exception" in p for p in before.get("probes", [])):
        return "not met"
    return (journal or {}).get("status", "no journal")


def verdict(case, results):
    """A word, and the texts of what is not as expected."""
    reference, compat, plain = results
    ended = how_it_ended(reference["journal"])
    if case.ends and ended != case.ends:
        return "UNFIT", [f"the reference ends with {ended}, not {case.ends}"]
    with_compat, without = (list(compare.differences(reference, other)) for other in (compat, plain))
    if case.both:
        return (" ".join(sorted(case.both)), []) if with_compat and without else ("NO ROW", [])
    if with_compat:
        return "DIFFERS", with_compat
    if without and not case.rows:
        return "UNLISTED", without
    if case.rows and not without:
        return "NO ROW", []
    return " ".join(sorted(case.rows)) or "same", []


def functions(case, reference):
    """The functions that the reference ran, each with how that ended; and the modules of controls."""
    journal = reference["journal"] or {}
    runs = [done for key in ("run", "rollbacks") for done in journal.get(key) or [] if isinstance(done, dict)]
    for side in (journal.get("steady_states") or {}).values():
        for state in side if isinstance(side, list) else [side]:
            runs += (state or {}).get("probes") or []
    for done in runs:
        activity = done.get("activity", {})
        provider = activity.get("provider", {})
        if provider.get("type") == "python":
            yield f"{provider['module']}.{provider['func']}", done.get("status", "not run")
        tolerance = activity.get("tolerance")
        if isinstance(tolerance, dict) and tolerance.get("provider", {}).get("type") == "python":
            judge = tolerance["provider"]
            yield f"{judge['module']}.{judge['func']}", "succeeded" if done.get("tolerance_met") else "not met"
    if any(one.get("type") == "vault" for group in case.experiment.get("secrets", {}).values()
           for one in group.values() if isinstance(one, dict)):
        yield "secrets of Vault", how_it_ended(journal)
    for control in case.experiment.get("controls", []):
        yield f"{control['provider']['module']} (hooks)", how_it_ended(journal)


def print_table(table):
    print(f"\n{'function':66} {'runs':>4}  ended with                            outcome")
    for name, rows in sorted(table.items()):
        ends = defaultdict(int)
        for end, _ in rows:
            ends[end] += 1
        words = sorted({word for _, word in rows})
        ended = ", ".join(f"{end} {n}" for end, n in sorted(ends.items()))
        print(f"{name:66} {len(rows):4}  {ended:37} {', '.join(words)}")


def run_peer(name, options, scratch, table):
    """How many cases there were and were not as expected; None where the peer cannot be had."""
    part = importlib.import_module(f"peers.{name}")
    gone = servers.missing(part.SERVERS, options.peers)
    if gone:
        print(f"SKIPPED: {name}: {gone} is not there (scripts/peers --fetch)")
        return None
    running, bad, chosen = [], 0, []
    scratch = scratch / name
    scratch.mkdir()
    try:
        for server in part.SERVERS:
            started = server(options.peers, scratch)
            started.start()
            running.append(started)
        chosen = [c for c in part.cases(*running) if (c.short or not options.short) and
                  (not options.only or any(text in c.name for text in options.only))]
        for number, case in enumerate(chosen):
            results = play(case, number, scratch, running, options.chaosc.resolve(), options.peers / "bin" / "chaos")
            word, texts = verdict(case, results)
            failed = word in ("DIFFERS", "UNLISTED", "NO ROW", "UNFIT")
            bad += failed
            print(f"{word:10} {case.name}", flush=True)
            for text in texts:
                print(f"           {text}")
            for function, end in functions(case, results[0]):
                table[function].append((end, "differs" if failed else word))
    finally:
        for server in running:
            server.stop()
    return len(chosen), bad


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chaosc", type=Path, help="the executable")
    parser.add_argument("--peers", type=Path, default=HERE.parent.parent / "build" / "peers")
    parser.add_argument("--peer", choices=NAMES, action="append", help="only what is run against this one")
    parser.add_argument("--short", action="store_true", help="the shorter form")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="cases whose name holds TEXT")
    parser.add_argument("--keep", type=Path, help="an empty directory to leave logs and journals in")
    options = parser.parse_args()
    options.peers = options.peers.resolve()
    if not (options.peers / "bin" / "chaos").exists():
        print("SKIPPED: the extensions and their peers are not installed (scripts/peers --fetch)")
        return 77
    os.environ["PATH"] = f"{options.peers / 'bin'}:{os.environ['PATH']}"
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    for name in ("VIRTUAL_ENV", "PYTHONPATH", "VAULT_ADDR", "VAULT_TOKEN"):
        os.environ.pop(name, None)
    table, total, bad, skipped = defaultdict(list), 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="chaosc-peers-") as scratch:
        for name in options.peer or NAMES:
            try:
                done = run_peer(name, options, options.keep or Path(scratch), table)
            except RuntimeError:
                traceback.print_exc(file=sys.stdout)
                done = (1, 1)
            skipped += done is None
            total, bad = (total + done[0], bad + done[1]) if done else (total, bad)
    print_table(table)
    print(f"\n{total} experiments, {bad} not as expected, {skipped} peers not there")
    return 1 if bad else 77 if skipped else 0


if __name__ == "__main__":
    sys.exit(main())
