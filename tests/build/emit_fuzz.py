#!/usr/bin/env python3
"""Hostile experiments through the C emitter: every output compiles, and its strings are those that went in.

usage: emit_fuzz.py CHAOSC [--seconds N] [--seed N]
Exit 1 with the experiment kept if one fails, 77 where there is no kit.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NASTY = ['"', "\\", "*/", "/*", "//", "\n", "\r", "\0", "??/", "??'", "??<", "?", "\\\n", "%s%n", "#include <x>", "\t",
         "\u202e", "\u2066", "\ufeff", "\x7f", "\x80", "\u00e9", "\U0001f600", "\ud800", "${x}", "$", "}", "{", "'",
         "\\u0022", "\\x22", "R\"(", ")\"", "_Pragma(\"x\")", "__FILE__", "\x1b[31m", "a" * 300, "0", "", " "]


def text(rng):
    return "".join(rng.choice(NASTY) for _ in range(rng.randint(0, 8)))


def value(rng, depth=0):
    kind = rng.randint(0, 7 if depth < 3 else 4)
    if kind <= 2:
        return text(rng)
    if kind == 3:
        return rng.choice([0, -1, 9007199254740993, 1.5, 1e300])
    if kind == 4:
        return rng.choice([None, True, False])
    if kind == 5:
        return [value(rng, depth + 1) for _ in range(rng.randint(0, 3))]
    return {text(rng): value(rng, depth + 1) for _ in range(rng.randint(0, 3))}


def experiment(rng):
    def activity(i):
        provider = rng.choice([
            {"type": "process", "path": "p" + text(rng).replace("$", ""), "arguments": [text(rng) for _ in range(3)]},
            {"type": "http", "url": "http://h/" + text(rng), "headers": {"h" + text(rng): text(rng)},
             "arguments": {text(rng): value(rng)}},
        ])
        return {"type": "action", "name": f"n{i}" + text(rng), "provider": provider, "x-note" + text(rng): value(rng)}
    return {"title": "t" + text(rng), "description": "d" + text(rng), "tags": ["t" + text(rng)],
            "configuration": {"c" + text(rng): "v" + text(rng)},
            "method": [activity(i) for i in range(rng.randint(1, 6))], "rollbacks": [], "x-" + text(rng): value(rng)}


def hold(chaosc, folder, doc):
    """Runs the emitted runner's own description and preview; None, or what is wrong."""
    source = folder / 'e "*\\??.json'
    source.write_text(json.dumps(doc))
    made = subprocess.run([chaosc, "build", "--plan-only", source, "-o", folder / "runner"], capture_output=True, text=True)
    if made.returncode != 0:
        return None if "has errors" in made.stderr else made.stderr
    bundled = subprocess.run([chaosc, "build", "--bundle", source, "-o", folder / "bundled"], capture_output=True, text=True)
    if bundled.returncode != 0:
        return bundled.stderr
    shown = [subprocess.run([folder / r, *o], capture_output=True).stdout
             for r, o in (("runner", ["--json"]), ("bundled", ["--plan", "--json"]))]
    if shown[0] != shown[1]:
        return "the emitted and the bundled plan differ"
    if json.loads(shown[0].decode("utf-8", "surrogatepass"))["title"] != doc["title"]:
        return "the title differs"
    told = [json.loads(subprocess.run([folder / r, "--describe"], capture_output=True).stdout) for r in ("runner", "bundled")]
    return None if told[0]["hash"] == told[1]["hash"] else "the hashes of the plans differ"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chaosc", type=Path)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chaosc = options.chaosc.resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    rng = random.Random(options.seed)
    end = time.monotonic() + options.seconds
    count = 0
    with tempfile.TemporaryDirectory(prefix="chaosc-emit-") as scratch:
        while time.monotonic() < end:
            doc = experiment(rng)
            wrong = hold(str(chaosc), Path(scratch), doc)
            count += 1
            if wrong:
                kept = Path(tempfile.mkstemp(prefix="chaosc-emit-", suffix=".json")[1])
                kept.write_text(json.dumps(doc))
                print(f"FAILED: {wrong}\nthe experiment is kept in {kept}")
                return 1
    print(f"{count} hostile experiments emitted, compiled and read back")
    return 0 if count else 1


if __name__ == "__main__":
    sys.exit(main())
