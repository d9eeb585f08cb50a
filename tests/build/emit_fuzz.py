#!/usr/bin/env python3
"""Hostile experiments through the C emitter: every output compiles, and its strings are those that went in.

Both compilers take turns, and so do runners that act and those that only show. The names of files are as hostile as
what stands in them, bytes that are no text included; a file that is no text is refused.

usage: emit_fuzz.py CHAOSC [--seconds N] [--seed N]
Exit 1 with the experiment kept if one fails, 77 where there is no kit.
"""

import argparse
import json
import os
import random
import shutil
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


def file_name(rng):
    """Bytes of any kind but what ends a name or a path."""
    name = text(rng).encode("utf-8", "surrogatepass") + rng.choice([b"", b"\xff\xfe", b"\x80", b"-"])
    return b"e" + name.replace(b"\0", b"0").replace(b"/", b"%")[:80] + b".json"


def experiment(rng):
    def activity(i):
        provider = rng.choice([
            {"type": "process", "path": "p" + text(rng).replace("$", ""), "arguments": [text(rng) for _ in range(3)]},
            {"type": "http", "url": "http://h/" + text(rng), "headers": {"h" + text(rng): text(rng)},
             "arguments": {text(rng): value(rng)}},
        ])
        return {"type": "action", "name": f"n{i}" + text(rng), "provider": provider, "x-note" + text(rng): value(rng)}
    hypothesis = {"title": "h" + text(rng), "probes": [
        {**activity(90), "type": "probe", "name": "p" + text(rng), "tolerance": {
            "type": rng.choice(["jsonpath", "regex"]), "path": "$." + rng.choice(["a", "b[?(@.c)]", text(rng)]),
            "pattern": text(rng), "target": "stdout"}}]}
    return {"title": "t" + text(rng), "description": "d" + text(rng), "tags": ["t" + text(rng)],
            **({"steady-state-hypothesis": hypothesis} if rng.random() < 0.5 else {}),
            "configuration": {"c" + text(rng): "v" + text(rng), "x": {"type": "env", "key": "K", "default": text(rng)}},
            "controls": [{"name": "c" + text(rng), "provider": {"type": "python", "module": "m", "x": text(rng)}}],
            "method": [activity(i) for i in range(rng.randint(1, 6))], "rollbacks": [], "x-" + text(rng): value(rng)}


def refuses_bytes(chaosc, folder, rng, doc):
    """A file with bytes that are no text; None, or what is wrong."""
    broken = bytearray(json.dumps(doc).encode())
    broken[rng.randrange(12, len(broken)):0] = rng.choice([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf5"])
    (folder / "broken.json").write_bytes(broken)
    done = subprocess.run([chaosc, "build", "--emit", "c", folder / "broken.json"], capture_output=True)
    return None if done.returncode == 1 and b"error" in done.stderr and not done.stdout else f"bytes: {done}"


def hold(chaosc, folder, rng, doc):
    """Runs the emitted runner's own description and preview; None, or what is wrong. The hash that a runner prints is of
    its tables and strings, as they are when it runs."""
    source = os.fsencode(folder) + b"/" + file_name(rng)
    with open(source, "wb") as out:
        out.write(json.dumps(doc, ensure_ascii=rng.random() < 0.7 or has_surrogates(doc)).encode())
    compiler = rng.choice([c for c in ("gcc", "clang") if shutil.which(c)])
    only = rng.random() < 0.5
    made = subprocess.run([chaosc, "build", "--allow-python", "--allow-errors", *(["--plan-only"] if only else []), source, "-o",
                           folder / "runner"], capture_output=True, env={**os.environ, "CC": compiler})
    if made.returncode != 0:
        return f"{compiler}: {made.stderr}"
    bundled = subprocess.run([chaosc, "build", "--allow-python", "--allow-errors", "--bundle", source, "-o", folder / "bundled"],
                             capture_output=True)
    if bundled.returncode != 0:
        return f"bundle: {bundled.stderr}"
    os.unlink(source)
    shown = [subprocess.run([folder / r, *o], capture_output=True).stdout
             for r, o in (("runner", ["--json"] if only else ["--plan", "--json"]), ("bundled", ["--plan", "--json"]))]
    if shown[0] != shown[1]:
        return "the emitted and the bundled plan differ"
    # What validation would refuse has no plan to show, and still a hash.
    if shown[0] and json.loads(shown[0].decode("utf-8", "surrogatepass"))["title"] != doc["title"]:
        return "the title differs"
    told = [json.loads(subprocess.run([folder / r, "--describe"], capture_output=True).stdout) for r in ("runner", "bundled")]
    return None if told[0]["hash"] == told[1]["hash"] else "the hashes of the plans differ"


def has_surrogates(value):
    if isinstance(value, dict):
        return any(has_surrogates(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return any(map(has_surrogates, value))
    return isinstance(value, str) and any("\ud800" <= c <= "\udfff" for c in value)


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
            wrong = hold(str(chaosc), Path(scratch), rng, doc) or refuses_bytes(str(chaosc), Path(scratch), rng, doc)
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
