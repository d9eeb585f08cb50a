#!/usr/bin/env python3
"""Runs experiments with the reference implementation and with chaosc, and holds outcome and journal side by side.

usage: compare.py CHAOSC [--reference DIR] [--only TEXT]...

Each experiment runs three times: reference, chaosc --compat, chaosc. Exit code and journal must be equal, apart
from times, host, versions and x-chaosc; without --compat exactly the cases with rows of docs/compatibility.md
differ. Exit 1 if something else differs, 77 where there is no reference.
"""

import argparse
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cases
import control_cases
import grid
import odd_cases
import python_cases
import sweep
import target
import transport_cases

WORKERS = 4
HERE = Path(__file__).resolve().parent
MODULES = HERE.parent / "run" / "modules"  # what experiments with Python call
DROPPED = {"start", "end", "duration", "platform", "node", "chaoslib-version", "x-chaosc"}
VOLATILE_HEADERS = {"Date", "Server"}


def short(exception):
    """Class and fixed beginning of what an activity failed with."""
    last = exception[-1].strip() if isinstance(exception, list) else exception
    kind, _, message = last.partition(": ")
    return [kind, message[:20]]


def normal(value, key=None):
    if key == "exception":
        return short(value)
    if isinstance(value, dict):
        left_out = DROPPED | VOLATILE_HEADERS
        return {k: normal(v, k) for k, v in value.items() if k not in left_out}
    if isinstance(value, list):
        items = [normal(v) for v in value]
        # How often a check beside the method fits in is a matter of speed.
        return [item for i, item in enumerate(items) if key != "during" or not i or item != items[i - 1]]
    return value


def journal(path, folder):
    try:
        text = path.read_text().replace(str(folder), "{here}")
    except FileNotFoundError:
        return None
    # Numbers by their kind: an integer must not become a real.
    real = lambda s: f"real {float(s)!r}"
    try:
        return normal(json.loads(text, parse_float=real, parse_constant=real, parse_int=lambda s: f"int {int(s)}"))
    except ValueError:
        return "broken off"


def place(value, word, meant):
    """The value with what is meant in place of the word, in all of its strings."""
    if isinstance(value, str):
        return value.replace(word, meant)
    if isinstance(value, dict):
        return {k: place(v, word, meant) for k, v in value.items()}
    if isinstance(value, list):
        return [place(v, word, meant) for v in value]
    return value


def differences(a, b, where="$"):
    if type(a) is type(b) is dict:
        for key in sorted(a.keys() | b.keys()):
            if key not in a or key not in b:
                yield f"{where}.{key}: only in the {'reference' if key in a else 'other'}"
            else:
                yield from differences(a[key], b[key], f"{where}.{key}")
    elif type(a) is type(b) is list and len(a) == len(b):
        for i, (x, y) in enumerate(zip(a, b)):
            yield from differences(x, y, f"{where}[{i}]")
    elif a != b:
        yield f"{where}: {json.dumps(a)[:600]} / {json.dumps(b)[:600]}"


class Reference:
    """One long-lived driver process of the reference's own Python."""

    def __init__(self, folder):
        self.process = subprocess.Popen([folder / "bin" / "python", HERE / "reference_driver.py"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run(self, folder, args, env):
        job = {"dir": str(folder), "args": args, "env": env}
        print(json.dumps(job), file=self.process.stdin, flush=True)
        return json.loads(self.process.stdout.readline())["code"]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def prepare(case, folder, base):
    """Lays out what the case needs in its folder; returns the options before and after the command's name, and the variables."""
    folder.mkdir()

    def placed(value):
        words = {"{base}": base, "{host}": base.removeprefix("http://"), "{port}": base.rpartition(":")[2], "{here}": str(folder)}
        for word, meant in words.items():
            value = place(value, word, meant)
        return value

    if "://" not in placed(case.source):
        text = placed(case.experiment)
        (folder / case.source).write_text(text if isinstance(text, str) else json.dumps(text))
    for name, text in case.files.items():
        (folder / name).write_text(placed(text))
    args = placed(case.args)
    # --settings stands before the command's name in the reference.
    group = [a for i, a in enumerate(args) if a == "--settings" or (i and args[i - 1] == "--settings")]
    own = [a for i, a in enumerate(args) if a != "--settings" and not (i and args[i - 1] == "--settings")]
    return [*group, *placed(case.group)], [*own, placed(case.source)], placed(case.env)


def run_chaosc(chaosc, folder, args, env):
    with open(folder / "chaosc.err", "w") as err:
        done = subprocess.run([chaosc, *args], cwd=folder,
                              env={k: v for k, v in {**os.environ, **env}.items() if v is not None},
                              stdin=subprocess.DEVNULL, stdout=err, stderr=err, timeout=60)
    return done.returncode


def left_behind(folder):
    """What else a run left in its folder: the traces of what was carried out."""
    own = {"journal.json", "reference.err", "chaosc.err"}
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*")
                  if p.name not in own and not p.name.endswith(".events"))


def outcome(who, case, number, scratch, base, chaosc, reference):
    folder = scratch / f"{number}-{who}"
    group, own, env = prepare(case, folder, base)
    line = ["--no-log-file", *group, "run", *(["--compat"] if who == "compat" else []), *own]
    code = reference.run(folder, line, env) if who == "reference" else run_chaosc(chaosc, folder, line, env)
    return {"code": code, "journal": journal(folder / "journal.json", folder), "left": left_behind(folder)}


def compare(case, number, scratch, base, chaosc, reference):
    """The differences (with --compat, without it) from the reference, each a list of texts; whether it ran at all."""
    results = [outcome(who, case, number, scratch, base, chaosc, reference) for who in ("reference", "compat", "plain")]
    ran = any(result["journal"] for result in results)
    return [*(list(differences(results[0], other)) for other in results[1:]), ran]


# Where a row shows, for those that show in one kind of place alone; the others may show anywhere.
CRASH = re.compile(r"\$\.(journal: null / |journal: \"broken off\" / |code: |left: )")
PLACES = {
    "R01": CRASH, "R03": CRASH, "R14": CRASH, "S08": re.compile(r"\$\.(journal: \"broken off\" / |code: |left: )"),
    "R02": re.compile(r"\$\.journal\..*\.(status|exception): only in the other"),
    "R04": re.compile(r".*\[redacted\]"),
    "R05": re.compile(r"\$\.journal\..*\.tolerance\.|" + CRASH.pattern),
    "R09": re.compile(r"\$\.journal\.experiment\.configuration\..*\.secrets\b"),
    "R13": re.compile(r"\$\.journal\..*\.(status|exception): only in the other|\$\.journal\.(.*\.)?steady_states\."),
    "R16": re.compile(r".*user-agent"),
}


def verdict(case, with_compat, without):
    """The rows that the case shows, "same", or what is wrong, in capitals."""
    rows = {r for r in case.rows if r.startswith("S")}  # those differ with --compat, too
    broken = with_compat and case.may and all(PLACES["S08"].match(text) for text in with_compat)
    if with_compat and not rows and not broken:
        return "DIFFERS"
    if case.may:
        found = {next((r for r in PLACES if PLACES[r].match(text)), "UNLISTED") for text in without}
        return "UNLISTED" if "UNLISTED" in found else " ".join(sorted(found)) or "same"
    if not without:
        return "NO ROW" if case.rows else "same"
    anywhere = case.rows - PLACES.keys()
    if not anywhere and any(not any(PLACES[r].match(text) for r in case.rows) for text in without):
        return "UNLISTED"
    if any(not any(PLACES[r].match(text) for text in without) for r in case.rows & PLACES.keys()):
        return "NO ROW"
    return " ".join(sorted(case.rows))


# What happens beside something else may come out otherwise on either side: such a case gets a second try, and it is said.
BESIDE = ("during", "continuous", "background", "beside")
WRONG = ("DIFFERS", "UNLISTED", "NO ROW", "NOT RUN")
LISTS = (cases, python_cases, control_cases, odd_cases, transport_cases)


def add_choice(parser):
    """The options that say which experiments are meant, for choose."""
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="cases whose name holds TEXT")
    parser.add_argument("--grid", choices=("short", "full", "only"), help="the cells of grid.py as well: one strategy of "
                        "each provider, kind and outcome; all of them; all of them and nothing else")
    parser.add_argument("--sweep", type=int, default=0, metavar="N", help="each N-th of the experiments that have one field "
                        "with an odd value, as well")
    parser.add_argument("--random", type=int, default=0, metavar="N", help="N experiments put together by chance, as well")
    parser.add_argument("--seed", type=int, default=1, help="the first one's; the next ones follow")
    parser.add_argument("--no-lists", action="store_true", help="not the cases that are written out")


def choose(options):
    """(place in the grid, case) of what is to be compared; the place is None outside of the grid."""
    if options.grid != "only" and not options.no_lists:
        for module in LISTS:
            for case in module.all_cases():
                if not options.only or any(text in case.name for text in options.only):
                    yield None, case
    for seed in range(options.seed, options.seed + options.random):
        yield None, sweep.random_case(seed)
    if options.sweep:
        for case in itertools.islice(sweep.all_cases(), 0, None, options.sweep):
            if not options.only or any(text in case.name for text in options.only):
                yield None, case
    if options.grid:
        for where, case in grid.all_cells(options.grid != "short"):
            if not options.only or any(text in case.name for text in options.only):
                yield where, case


def compare_all(chosen, scratch, base, options):
    """What `compare` says of each, in order, a few of them at a time: most of the time they wait."""
    workers = [Reference(options.reference) for _ in range(WORKERS)]

    def job(item):
        number, (_, case) = item
        reference = workers.pop()
        try:
            result = compare(case, number, scratch, base, options.chaosc.resolve(), reference)
            if verdict(case, *result[:2]) in WRONG and any(word in case.name for word in BESIDE):
                print(f"           only when tried again: {case.name}", flush=True)
                result = compare(case, f"{number}-again", scratch, base, options.chaosc.resolve(), reference)
            return result
        finally:
            workers.append(reference)
    with ThreadPoolExecutor(WORKERS) as pool:
        yield from pool.map(job, enumerate(chosen))
    for reference in workers:
        reference.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chaosc", type=Path, help="the executable")
    parser.add_argument("--reference", type=Path, default=HERE.parent.parent / "build" / "reference")
    add_choice(parser)
    options = parser.parse_args()
    if not options.chaosc.exists():
        print(f"SKIPPED: there is no {options.chaosc} (scripts/test builds it where static libraries can be had)")
        return 77
    if not (options.reference / "bin" / "chaos").exists():
        print("SKIPPED: the reference implementation is not installed (scripts/reference)")
        return 77
    # One Python for both, so that both find chaoslib.
    os.environ["PATH"] = f"{options.reference.resolve() / 'bin'}:{os.environ['PATH']}"
    os.environ["PYTHONPATH"] = str(MODULES)
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    os.environ.pop("VIRTUAL_ENV", None)
    base = target.start()
    chosen = list(choose(options))
    verdicts, bad = {}, 0
    with tempfile.TemporaryDirectory(prefix="chaosc-compat-") as scratch:
        os.environ["HOME"] = scratch  # nobody's settings
        for (place_, case), (with_compat, without, ran) in zip(chosen, compare_all(chosen, Path(scratch), base, options)):
            # A cell that was refused would agree, and say nothing.
            word = verdict(case, with_compat, without) if ran or not place_ else "NOT RUN"
            failed = word in WRONG
            bad += failed
            verdicts[place_] = word
            if failed or not (place_ or case.may):
                print(f"{word:10} {case.name}", flush=True)
            for text in (with_compat or without) if failed else []:
                print(f"           {text}")
    if any(verdicts):
        print(*grid.show(verdicts), sep="\n")
    print(f"{len(chosen)} experiments, {bad} not as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
