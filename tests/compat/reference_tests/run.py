#!/usr/bin/env python3
"""Carries out the reference's own tests against its command line and against chaosc's, and holds them side by side.

usage: run.py CHAOSC [--only TEXT]... [--details FILE]

The tests are those of chaostoolkit-lib (scripts/reference gets them), unmodified: what they call of the library is
answered by running an experiment with its input (adapters_*.py), and their own assertions judge. A test agrees where
chaosc passes it, and with --compat exit codes and journals equal the reference's. What is not expected (table.py) is an
error, and so are figures that docs/compatibility.md has not. Exit 77 where the reference is missing.
"""

import argparse
import ast
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
sys.path.insert(0, str(HERE.parent))

import compare  # noqa: E402
import table  # noqa: E402

BEGIN, END = "<!-- figures of tests/compat/reference_tests/run.py -->", "<!-- end of the figures -->"


def all_tests(folder):
    """The names of all test functions, found or not by pytest."""
    for file in sorted(folder.glob("test_*.py")):
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield f"{file.stem}::{node.name}"


def carry_out(options, reference, folder, scratch, chosen, at_once=8):
    """Runs pytest with the plugin; returns the results by test and subject."""
    scratch.mkdir()
    paths = [HERE, HERE / "modules", folder / "site", folder / "tests"]
    env = {**os.environ, "PYTHONPATH": ":".join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1",
           "PATH": f"{reference / 'bin'}:{os.environ['PATH']}", "HOME": str(scratch),
           "CHAOSC": str(options.chaosc.resolve()), "CHAOSC_RESULTS": str(scratch / "results"),
           "CHAOSC_SCRATCH": str(scratch), "CHAOSC_CHOSEN": " ".join(chosen), "CHAOSC_AT_ONCE": str(at_once),
           "CHAOSC_ZYGOTE": str(scratch / "zygote")}
    for name in [n for n in env if n.lower().endswith("_proxy") or n in ("CI", "VIRTUAL_ENV")]:
        del env[name]
    python = reference / "bin" / "python"
    zygote = subprocess.Popen([python, HERE / "zygote.py", env["CHAOSC_ZYGOTE"]], env=env, stdout=subprocess.PIPE)
    try:
        zygote.stdout.readline()
        subprocess.run([python, "-m", "pytest", "-q", "-p", "plugin", "-p", "no:cacheprovider", "-W", "ignore",
                        "-o", "addopts=", "--rootdir", folder, folder / "tests"], env=env, cwd=folder, check=False,
                       stdin=subprocess.DEVNULL, stdout=None if options.verbose else subprocess.DEVNULL, timeout=600)
    finally:
        zygote.terminate()
        zygote.wait()
    results = defaultdict(dict)
    if (scratch / "results").exists():
        for line in (scratch / "results").read_text().splitlines():
            result = json.loads(line)
            results[result["test"]][result["subject"]] = result
    return results


def comparable(run, module):
    """Exit code and journal of a run without what differs from run to run."""
    text = json.dumps(run["journal"])
    text = re.sub(r"/[^ \"]*chaosc-reference-tests-[^/ ]*/[^/ ]*/[0-9]+-(reference|compat|plain)", "SCRATCH", text)
    text = re.sub(r"(localhost|127\.0\.0\.1):[0-9]+", r"\1:PORT", text)
    for pattern in table.VARYING.get(module, ()):
        text = re.sub(pattern, '"VARYING"', text)
    text = re.sub(r'"[0-9]{4}-[0-9]{2}-[0-9]{2}[^" ]*"', '"A TIME"', text)
    text = re.sub(r'"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"', '"A UUID"', text)
    journal = compare.normal(json.loads(text))
    if isinstance(journal, dict):
        during = (journal.get("steady_states") or {}).get("during")
        if during:  # how often is a matter of time, and so is whether at all before an interruption
            found = {check.get("steady_state_met") for check in during}
            interrupted = {True} if journal["status"] == "interrupted" else set()
            journal["steady_states"]["during"] = sorted(found - interrupted, key=repr)
    return {"code": run["code"], "journal": journal}


def differences(of):
    """What differs between the reference and chaosc --compat, in the runs of one test."""
    if len(of) < 3:
        return
    a, b = of["reference"]["runs"], of["compat"]["runs"]
    module = of["reference"]["test"].split("::")[0]
    if len(a) != len(b):
        yield f"{len(a)} runs / {len(b)} runs"
    for n, (one, other) in enumerate(zip(a, b)):
        yield from compare.differences(comparable(one, module), comparable(other, module), f"run {n}")


def outcome(of):
    """One word for a test: agrees; else who does not."""
    if len(of) < 3:
        return "lost"
    if not of["plain"]["runs"]:
        return "nothing run"
    verdicts = {name: of[name]["verdict"] for name in of}
    if verdicts["reference"] != "passed":
        return "reference fails" if verdicts["plain"] == "passed" else "differs"
    if verdicts["compat"] != "passed":
        return "differs"
    if list(differences(of)):
        return "journal differs" if verdicts["plain"] == "passed" else "differs"
    return "agrees" if verdicts["plain"] == "passed" else "agrees by --compat"


def expected(test):
    if test in table.CANNOT:
        return "cannot"
    for word, tests in (("agrees by --compat", table.BY_ROW), ("differs", table.DIFFERS),
                        ("journal differs", table.JOURNAL_DIFFERS), ("reference fails", table.REFERENCE_FAILS)):
        if test in tests:
            return word
    return "agrees"


def tell(test, of, out):
    """At length, what a test did with each subject."""
    print(f"######## {test}: {outcome(of)}", file=out)
    print(*differences(of), sep="\n", file=out)
    for name, result in of.items():
        if result["why"]:
            print(f"#### {name}\n{result['why']}", file=out)
            for run in result["runs"]:
                print("  $", *run["args"], "->", run["code"], "\n" + run["log"][-2500:], file=out)


def summary(tests, found):
    """The figures, as docs/compatibility.md has them."""
    cannot = Counter(table.CANNOT[t] for t in tests if found[t] == "cannot")
    expressed = [t for t in tests if found[t] != "cannot"]
    agree = [t for t in expressed if found[t] in ("agrees", "agrees by --compat")]
    rows = {**table.BY_ROW, **table.DIFFERS, **table.JOURNAL_DIFFERS, **table.REFERENCE_FAILS}
    named = [t for t in expressed if found[t] != "agrees"]
    share = 100 * len(agree) / max(1, len(expressed))
    lines = [f"Of the {len(tests)} tests of chaostoolkit-lib {table.VERSION}, {len(expressed)} can be expressed as "
             f"command lines. Of these {len(agree)} agree",
             f"({share:.1f} %): chaosc passes the test's own assertions, and with `--compat` exit codes and journals are",
             "the reference's. Those that a row is about:", "", "| Test | Row | |", "|---|---|---|"]
    said = {"agrees by --compat": "agrees with `--compat`", "differs": "differs",
            "journal differs": "chaosc passes it; the reference writes no journal",
            "reference fails": "chaosc passes it; the reference does not"}
    lines += [f"| `{t.replace('::', '.')}` | {rows.get(t, '?')} | {said.get(found[t], found[t])} |" for t in named]
    lines += ["", f"The {sum(cannot.values())} others cannot be expressed:", ""]
    lines += [f"- {count}: {why}." for why, count in cannot.most_common()]
    return "\n".join(lines)


def hold_document(text):
    """The figures stand in the document, or are written there with CHAOSC_BLESS=1."""
    document = ROOT / "docs" / "compatibility.md"
    old = document.read_text()
    head, _, rest = old.partition(BEGIN)
    _, _, tail = rest.partition(END)
    new = f"{head}{BEGIN}\n{text}\n{END}{tail}"
    if new == old:
        return True
    if os.environ.get("CHAOSC_BLESS"):
        document.write_text(new)
        return True
    print("docs/compatibility.md does not say so (CHAOSC_BLESS=1 writes it)")
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chaosc", type=Path, help="the executable")
    parser.add_argument("--reference", type=Path, default=ROOT / "build" / "reference")
    parser.add_argument("--tests", type=Path, default=ROOT / "build" / "reference-tests")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT", help="tests whose name holds TEXT")
    parser.add_argument("--details", type=argparse.FileType("w"), help="where the unexpected is told at length")
    parser.add_argument("--verbose", action="store_true", help="show what pytest prints")
    options = parser.parse_args()
    if not (options.reference / "bin" / "chaos").exists() or not (options.tests / "tests").exists():
        print("SKIPPED: the reference implementation and its tests are not installed (scripts/reference)")
        return 77
    reference, folder = options.reference.absolute(), options.tests.resolve()
    tests = [t for t in all_tests(folder / "tests") if not options.only or any(text in t for text in options.only)]
    with tempfile.TemporaryDirectory(prefix="chaosc-reference-tests-") as scratch:
        results = carry_out(options, reference, folder, Path(scratch) / "first", tests)
        found = {t: "cannot" if t in table.CANNOT else outcome(results.get(t, {})) for t in tests}
        wrong = [t for t in tests if found[t] != expected(t)]
        if wrong:  # some measure time: once more, with nothing beside them
            again = carry_out(options, reference, folder, Path(scratch) / "again", wrong, 2)
            for t in wrong:
                if outcome(again.get(t, {})) == expected(t):
                    print(f"only when tried again: {t} ({found[t]} at first)",
                          *differences(results.get(t, {})), sep="\n    ")
                    results[t], found[t] = again[t], expected(t)
    wrong = [t for t in tests if found[t] != expected(t)]
    for t in wrong:
        print(f"{found[t]:18} (expected: {expected(t)}) {t}")
        tell(t, results.get(t, {}), options.details or sys.stdout)
    text = summary(tests, found)
    print(text)
    print(f"{len(tests)} tests, {len(wrong)} not as expected")
    return 1 if wrong or not (options.only or hold_document(text)) else 0


if __name__ == "__main__":
    sys.exit(main())
