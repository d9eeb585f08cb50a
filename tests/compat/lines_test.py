#!/usr/bin/env python3
"""Holds command lines side by side with the reference: exit codes, what is said and where, the files left behind.

usage: lines_test.py CHAOSC [--reference DIR]
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
GOOD = {"title": "t", "description": "d", "method": [
    {"type": "action", "name": "touch", "provider": {"type": "process", "path": "true"}}], "rollbacks": []}
FILES = {"e.json": GOOD, "bad.json": {"title": "t", "method": []}}
LINE = re.compile(r"(?:\x1b\[\d+m)?\[[\d :-]+ (\w+)\] (.*?)(?:\x1b\[0m)?$", re.M)

# Command lines, and what is held: "said" every line of the reference, in order; "keys" of the JSON lines;
# "files" left behind. The exit code and whether there is something on stdout are held for all.
SAME = [
    ("run e.json", "said files"), ("--no-log-file run e.json", "said files"), ("--log-file x.log run e.json", "said files"),
    ("--log-file x.log --log-file-level error run e.json", "said files"), ("--log-format json run e.json", "keys files"),
    ("--log-format json --verbose --no-log-file run e.json", "keys files"), ("run --journal-path j.json e.json", "said files"),
    ("run none.json", "said files"), ("run bad.json", "said files"), ("run --no-validation bad.json", "said files"),
    ("run --dry activities e.json", "said files"), ("run --rollback-strategy never e.json", "said files"),
    ("--change-dir . run e.json", "said files"), ("--change-dir sub run e.json", "said files"),
    ("--change-dir sub validate e.json", "files"), ("--change-dir sub run ../bad.json", "said files"), ("validate bad.json", "said files"), ("validate none.json", "said files"),
    ("--no-log-file validate e.json", "files"), ("info core", ""), ("info settings", ""), ("info extensions", ""),
    ("info nope", ""), ("info", ""), ("settings show", ""), ("settings get a", ""), ("settings remove a", ""), ("settings", ""),
    ("--version", ""), ("--help", ""), ("run", ""), ("run --help", ""), ("nope", ""), ("run --dry all e.json", ""),
    ("run --var x e.json", ""), ("run --var-file none.json e.json", ""), ("run e.json extra", ""), ("--log-format xml run e.json", ""),
    ("--change-dir nowhere run e.json", ""), ("run --hypothesis-frequency soon e.json", ""),
]


def run(program, line, folder, env):
    folder.mkdir()
    (folder / "sub").mkdir()
    for name, value in FILES.items():
        (folder / name).write_text(json.dumps(value))
    done = subprocess.run([program, *line.split()], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=60)
    files = sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if not p.name.endswith(".events"))
    return {"code": done.returncode, "stdout": bool(done.stdout), "files": files, "said": LINE.findall(done.stderr),
            "keys": {tuple(sorted(json.loads(text))) for text in done.stderr.splitlines() if text.startswith("{")}}


def wrong(held, ours, theirs):
    for name in ("code", "stdout", *held.split()):
        if name != "said" and ours[name] != theirs[name]:
            yield f"{name}: {theirs[name]} there, {ours[name]} here"
    at = 0
    for line in theirs["said"] if "said" in held else ():
        if line not in ours["said"][at:]:
            yield f"not said: {line}"
        else:
            at = ours["said"].index(line, at) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("chaosc", type=Path)
    parser.add_argument("--reference", type=Path, default=HERE.parent.parent / "build" / "reference")
    options = parser.parse_args()
    program = options.reference.resolve() / "bin" / "chaos"
    if not program.exists():
        print("SKIPPED: the reference implementation is not installed (scripts/reference)")
        return 77
    bad = 0
    with tempfile.TemporaryDirectory(prefix="chaosc-lines-") as scratch:
        env = {**os.environ, "HOME": scratch, "CHAOSTOOLKIT_NO_VERSION_CHECK": "1"}
        for number, (line, held) in enumerate(SAME):
            theirs = run(program, "--no-version-check " + line, Path(scratch) / f"{number}-reference", env)
            ours = run(options.chaosc.resolve(), "--no-version-check " + line, Path(scratch) / f"{number}-chaosc", env)
            found = list(wrong(held, ours, theirs))
            bad += bool(found)
            for text in found:
                print(f"{line}: {text}")
    print(f"{len(SAME)} command lines, {bad} not as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
