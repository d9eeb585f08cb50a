#!/usr/bin/env python3
"""Measures chaosc against the reference and against the floors, in one run on the same files.

usage: bench.py CHAOSC FOLDER [--reference VENV] [--quick]

FOLDER holds measure and the floors (scripts/bench builds them) and receives the files. Prints the
medians, their ratio, the limit, and peak memory (the largest of a command and its children); exit 1
when a limit is missed. --quick leaves out what takes the reference minutes.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples/two-workers/killed-worker.yaml"


class Bench:
    def __init__(self, options):
        self.options, self.folder = options, options.folder
        self.missed, self.seen = 0, {}

    def measure(self, runs, command, codes=(0,)):
        """(median seconds, peak KiB) of `runs` runs after one to warm up; None when it fails."""
        command = [str(part) for part in command]
        warm = 1 if runs > 1 else 0
        done = subprocess.run([self.folder / "measure", str(runs + warm), *command], text=True,
                              stdout=subprocess.PIPE, cwd=self.folder, check=True)
        rows = [[int(field) for field in line.split()] for line in done.stdout.splitlines()]
        wrong = {row[2] for row in rows} - set(codes)
        if wrong:
            print(f"  {' '.join(command)}: exit {wrong.pop()}, not measured")
            return None
        rows = rows[warm:]
        return statistics.median(row[0] for row in rows) / 1e9, max(row[1] for row in rows)

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

    def reference(self, runs, *arguments):
        if not self.options.reference:
            return None
        return self.measure(runs, [self.options.reference / "bin/chaos", "--no-version-check",
                                   "--no-log-file", *arguments], (0, 1))


def lint_rows(bench):
    chaosc, folder = bench.options.chaosc, bench.folder
    ours = bench.measure(200, [chaosc, "lint", EXAMPLE])
    bench.compare("cold lint of a small file", ours,
                  [("chaos validate", bench.reference(5, "validate", EXAMPLE), 1 / 150)])
    if ours:
        bench.limit("peak memory", ours[1] / 1024, 6, " MiB")
    for kind, floor in (("json", "cJSON_Parse"), ("yaml", "libyaml events")):
        big = folder / f"big.{kind}"
        slow = None if bench.options.quick else bench.reference(1, "validate", big)
        bench.compare(f"lint of 20,000 activities as {kind.upper()} ({big.stat().st_size} bytes)",
                      bench.measure(15, [chaosc, "lint", big]),
                      [(floor, bench.measure(15, [folder / f"floor_{kind}", big]), 1.6),
                       ("chaos validate", slow, None)])


def run_rows(bench):
    chaosc, folder = bench.options.chaosc, bench.folder
    run = [chaosc, "run", "--journal-path", folder / "journal.json"]
    play = ["run", "--journal-path", folder / "reference.json"]
    bench.compare("run of four processes", bench.measure(50, [*run, folder / "four.json"]), [
        ("shell script", bench.measure(50, ["/bin/sh", folder / "four.sh"]), 2),
        ("C program", bench.measure(50, [folder / "floor_spawn", "4", "/bin/echo", "hello"]), None),
        ("chaos run", bench.reference(5, *play, folder / "four.json"), 1 / 80)])
    ours = bench.measure(3, [*run, folder / "thousand.json"])
    bench.compare("1,000 background sleep 1", ours, [
        ("C program", bench.measure(3, [folder / "floor_spawn", "1000", "/bin/sleep", "1"]), 1.3),
        ("chaos run", None if bench.options.quick else
         bench.reference(1, *play, folder / "thousand.json"), None)])
    if ours:
        bench.limit("peak memory", ours[1] / 1024, 48, " MiB")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("chaosc", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--reference", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    options.chaosc, options.folder = options.chaosc.resolve(), options.folder.resolve()
    if not options.reference:
        print("no reference implementation: its columns are skipped")
    bench = Bench(options)
    print(f"chaosc: {os.path.getsize(options.chaosc)} bytes")
    lint_rows(bench)
    run_rows(bench)
    print(f"\n{bench.missed} limits missed" if bench.missed else "\nevery limit held")
    return 1 if bench.missed else 0


if __name__ == "__main__":
    sys.exit(main())
