#!/usr/bin/env python3
"""Measures chaosc against the reference and against the floors, in one run on the same files.

usage: bench.py CHAOSC FOLDER [--reference VENV] [--quick]

FOLDER holds measure and the floors (scripts/bench builds them) and receives the files. Prints the
medians, their ratio, the limit, and peak memory (the largest of a command and its children); exit 1
when a limit is missed. --quick leaves out what takes the reference minutes.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples/two-workers/killed-worker.yaml"


class Bench:
    def __init__(self, options):
        self.options, self.folder = options, options.folder
        self.missed, self.seen = 0, {}

    def measure(self, runs, *commands):
        """(median seconds, peak KiB) of each command, or None for one that fails or is None.

        They take turns, so that what else the machine does falls on all of them alike.
        """
        rows = [[] for _ in commands]
        for turn in range(runs + 1):
            for row, command in zip(rows, commands):
                if command and row is not None and (turn or runs > 1):
                    row.append(self.run_once(command))
        return [self.summarize(row, command) for row, command in zip(rows, commands)]

    def run_once(self, command):
        done = subprocess.run([self.folder / "measure", "1", *command.words], text=True,
                              stdout=subprocess.PIPE, cwd=self.folder, check=True)
        seconds, peak, code, _ = done.stdout.split()
        return int(seconds) / 1e9, int(peak), int(code)

    @staticmethod
    def summarize(row, command):
        wrong = {code for _, _, code in row} - set(command.codes if command else ())
        if wrong:
            print(f"  {' '.join(command.words)}: exit {min(wrong)}, not measured")
        if not row or wrong:
            return None
        row = row[1:] or row  # the first one warms up
        return statistics.median(seconds for seconds, _, _ in row), max(peak for _, peak, _ in row)

    def limit(self, name, value, limit, unit=""):
        good = value <= limit
        self.missed += not good
        print(f"  {name}: {value:.4g}{unit}, limit {limit:.4g}{unit}: {'held' if good else 'MISSED'}")

    def compare(self, title, ours, others):
        """others: (name, (seconds, KiB) or None, limit of ours / theirs or None)."""
        print(f"\n{title}")
        if ours is None:
            self.missed += 1
            print("  chaosc: not measured: MISSED")
            return
        print(f"  {'chaosc':<28}{ours[0] * 1e3:>11.2f} ms{ours[1]:>9} KiB")
        for name, other, limit in others:
            if other is None:
                print(f"  {name:<28}{'-':>11}")
                continue
            print(f"  {name:<28}{other[0] * 1e3:>11.2f} ms{other[1]:>9} KiB")
            if limit:
                self.limit(f"chaosc / {name}", ours[0] / other[0], limit)

    def reference(self, *arguments):
        """A command of the reference, or None where there is none."""
        if not self.options.reference:
            return None
        return Command(self.options.reference / "bin/chaos", "--no-version-check", "--no-log-file",
                       *arguments, codes=(0, 1))


class Command:
    def __init__(self, *words, codes=(0,)):
        self.words, self.codes = [str(word) for word in words], codes


def lint_rows(bench):
    chaosc, folder = bench.options.chaosc, bench.folder
    ours, = bench.measure(200, Command(chaosc, "lint", EXAMPLE))
    validate, = bench.measure(5, bench.reference("validate", EXAMPLE))
    bench.compare("cold lint of a small file", ours, [("chaos validate", validate, 1 / 150)])
    if ours:
        bench.limit("peak memory", ours[1] / 1024, 6, " MiB")
    for kind, name in (("json", "cJSON_Parse"), ("yaml", "libyaml events")):
        big = folder / f"big.{kind}"
        ours, floor = bench.measure(25, Command(chaosc, "lint", big),
                                    Command(folder / f"floor_{kind}", big))
        validate, = bench.measure(1, None if bench.options.quick else
                                  bench.reference("validate", big))
        bench.compare(f"lint of 20,000 activities as {kind.upper()} ({big.stat().st_size} bytes)",
                      ours, [(name, floor, 1.6), ("chaos validate", validate, None)])


def many_rows(bench):
    """Many files in one call, and one file with many findings."""
    chaosc, folder = bench.options.chaosc, bench.folder
    ours, serial, floor = bench.measure(25, Command(chaosc, "lint", folder / "files"),
                                        Command(chaosc, "lint", "--jobs", 1, folder / "files"),
                                        Command(folder / "floor_files", folder / "files"))
    bench.compare("lint of 5,000 files in one call", ours,
                  [("bare parsers", floor, 2), ("chaosc --jobs 1", serial, None)])
    if ours:
        bench.limit("peak memory", ours[1] / 1024, 64, " MiB")
    wide, few = bench.measure(5, Command(chaosc, "lint", folder / "wide.json"),
                              Command(chaosc, "lint", folder / "few.json"))
    bench.compare("100,000 activities with a finding each", wide, [("10,000 of them", few, 14)])


def notation_rows(bench):
    """The same experiment in the terse notation, which is to be no slower to read than its JSON."""
    chaosc, folder = bench.options.chaosc, bench.folder
    with open(folder / "big.chaos", "w") as out:
        subprocess.run([chaosc, "convert", folder / "big.json", "--to", "chaos"], stdout=out, check=True)
    ours, json = bench.measure(25, Command(chaosc, "lint", folder / "big.chaos"),
                               Command(chaosc, "lint", folder / "big.json"))
    bench.compare(f"lint of 20,000 activities as .chaos ({(folder / 'big.chaos').stat().st_size} bytes)",
                  ours, [("as JSON", json, 1)])
    reader = chaosc.with_name("read_document")
    ours, json = bench.measure(50, Command(reader, folder / "big.chaos"), Command(reader, folder / "big.json"))
    bench.compare("the same, only read into a tree", ours, [("as JSON", json, 1)])


def run_rows(bench):
    chaosc, folder = bench.options.chaosc, bench.folder
    run = [chaosc, "run", "--no-log-file", "--journal-path", folder / "journal.json"]
    play = ["run", "--journal-path", folder / "reference.json"]
    ours, shell, c_program = bench.measure(
        50, Command(*run, folder / "four.json"), Command("/bin/sh", folder / "four.sh"),
        Command(folder / "floor_spawn", "4", "/bin/echo", "hello"))
    reference, = bench.measure(5, bench.reference(*play, folder / "four.json"))
    bench.compare("run of four processes", ours, [
        ("shell script", shell, 2), ("C program, all at once", c_program, None),
        ("chaos run", reference, 1 / 80)])
    ours, c_program = bench.measure(3, Command(*run, folder / "thousand.json"),
                                    Command(folder / "floor_spawn", "1000", "/bin/sleep", "1"))
    reference, = bench.measure(1, None if bench.options.quick else
                               bench.reference(*play, folder / "thousand.json"))
    bench.compare("1,000 background sleep 1", ours, [
        ("C program", c_program, 1.3), ("chaos run", reference, None)])
    if ours:
        bench.limit("peak memory", ours[1] / 1024, 48, " MiB")


def helper_start():
    """A command of Python that imports what the helper imports when it starts, its own text included."""
    text = ROOT / "runtime/helper/python_worker.py"
    names = re.findall(r"^import (\w+)$", text.read_text(), re.MULTILINE)
    return f"import {', '.join(names)}; compile(open('{text}').read(), 'worker', 'exec')"


def python_rows(bench):
    """A run with calls of Python beside the same run without: one start of Python, with its imports, is the limit."""
    folder = bench.folder
    run = [bench.options.chaosc, "run", "--no-log-file", "--journal-path", folder / "journal.json"]
    with_python = [*run, "--python", sys.executable]
    ours, twenty, without, start = bench.measure(
        100, Command(*with_python, folder / "python_1.json"), Command(*with_python, folder / "python_20.json"),
        Command(*run, folder / "four.json"), Command(sys.executable, "-c", helper_start()))
    bench.compare("run of four processes and a call of Python", ours, [
        ("with twenty calls", twenty, None), ("with none", without, None), ("a start of Python, imports", start, None)])
    if ours and without and start:
        bench.limit("what the call adds / a start of Python", (ours[0] - without[0]) / start[0], 1)
    else:
        bench.missed += 1


def runner_rows(bench):
    """Programs that `chaosc build` makes: their size, and what they cost beside a shell script."""
    folder = bench.folder
    print("\nrunners, stripped")
    for kind, most in (("process", 300), ("regex", 600), ("http", 800), ("https", 1300)):
        made = subprocess.run([bench.options.chaosc, "build", folder / f"runner_{kind}.json", "-o",
                               folder / f"runner_{kind}"], capture_output=True, text=True)
        if made.returncode != 0:
            bench.missed += 1
            print(f"  {kind}: not built: MISSED\n{made.stderr}")
            continue
        size = (folder / f"runner_{kind}").stat().st_size
        bench.limit(f"{kind} only" if kind == "process" else f"with {kind}", size / 1000, most, " KB")
    runner = folder / "runner_process"
    if not runner.exists():
        return
    help_, = bench.measure(100, Command(runner, "--help"))
    subprocess.run([bench.options.chaosc, "build", folder / "runner_probes.json", "-o", folder / "runner_probes"],
                   capture_output=True, check=True)
    for kind, program in (("actions", runner), ("probes", folder / "runner_probes")):
        ours, shell = bench.measure(50, Command(program, "--no-log-file", "--journal-path", folder / "journal.json"),
                                    Command("/bin/sh", folder / "four.sh"))
        bench.compare(f"built runner of four {kind}", ours, [("shell script", shell, 1.3)])
    if help_:
        bench.limit("start and end of a runner", help_[0] * 1e3, 2, " ms")
        bench.limit("peak memory", help_[1] / 1024, 3, " MiB")


def start_row(bench):
    """From the start of a runner to its first activity, which itself tells when it was there."""
    folder, times, peak = bench.folder, [], 0
    subprocess.run([bench.options.chaosc, "build", folder / "runner_start.json", "-o", folder / "runner_start"],
                   capture_output=True, check=True)
    for _ in range(50):
        done = subprocess.run([folder / "measure", "1", folder / "runner_start", "--no-log-file"], text=True,
                              stdout=subprocess.PIPE, cwd=folder, check=True)
        _, kibibytes, _, start = map(int, done.stdout.split())
        record = json.loads((folder / "journal.json").read_text())["run"][0]
        times.append((int(record["output"]["stdout"]) - start) / 1e6)
        peak = max(peak, kibibytes)
    print("\nfirst activity of a built runner, an action")
    bench.limit("from the runner's start to the activity's main", statistics.median(times), 2, " ms")
    bench.limit("peak memory", peak / 1024, 3, " MiB")


def build_rows(bench):
    """Making runners, of a small experiment and of a large one."""
    chaosc, folder = bench.options.chaosc, bench.folder
    small, = bench.measure(5, Command(chaosc, "build", folder / "four.json", "-o", folder / "runner_small"))
    large, = bench.measure(1, Command(chaosc, "build", folder / "big.json", "--allow-python", "-o", folder / "runner_big"))
    for title, ours, seconds in (("build of a small experiment", small, 0.5), ("build of 20,000 activities", large, 5)):
        bench.compare(title, ours, [])
        if ours:
            bench.limit("time", ours[0], seconds, " s")
            bench.limit("peak memory, compiler included", ours[1] / 1024, 512, " MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chaosc", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--reference", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.chaosc, options.folder = options.chaosc.resolve(), options.folder.resolve()
    if options.reference:
        options.reference = options.reference.absolute()
    else:
        print("no reference implementation: its columns are skipped")
    bench = Bench(options)
    print(f"chaosc: {os.path.getsize(options.chaosc)} bytes")
    lint_rows(bench)
    many_rows(bench)
    notation_rows(bench)
    run_rows(bench)
    python_rows(bench)
    runner_rows(bench)
    start_row(bench)
    build_rows(bench)
    print(f"\n{bench.missed} limits missed" if bench.missed else "\nevery limit held")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
