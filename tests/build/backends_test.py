#!/usr/bin/env python3
"""Two back ends, one meaning: each experiment is interpreted, built and run, bundled and run.

usage: backends_test.py CHAOSC [OPTION]...
   OPTION   which experiments, as tests/compat/compare.py has them: --only, --grid, --sweep, --random, --seed, --no-lists

The experiments are those that are held against the reference implementation, without the ones that need Python or files
a runner does not read. Exit code and journal must be equal, apart from times and host. Exit 1 if something differs, 77
where there is no kit to build runners from.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "compat"))

import compare  # noqa: E402
import target  # noqa: E402


def needs_python(value):
    if isinstance(value, dict):
        return value.get("type") == "python" or "controls" in value or any(map(needs_python, value.values()))
    return isinstance(value, list) and any(map(needs_python, value))


def for_runners(case):
    """Whether a runner can be made of the case: no Python, no settings, no YAML, nothing over HTTP, no broken file."""
    given = " ".join(case.args)
    try:
        doc = json.loads(case.experiment) if isinstance(case.experiment, str) else case.experiment
    except ValueError:
        return False
    return (not needs_python(doc) and not case.group and case.source == "experiment.json"
            and not any(part in given for part in ("--settings", "--control-file", ".yaml", ".yml", "--no-verify-tls"))
            and ".settings" not in " ".join(case.files))


def run(command, folder, args, env):
    with open(folder / "chaosc.err", "w") as err:
        done = subprocess.run([*command, "--no-log-file", *args], cwd=folder, stdin=subprocess.DEVNULL, stdout=err,
                              stderr=err, env={k: v for k, v in {**os.environ, **env}.items() if v is not None}, timeout=60)
    return {"code": done.returncode, "journal": compare.journal(folder / "journal.json", folder),
            "left": [name for name in compare.left_behind(folder) if name != "runner"]}


def build(chaosc, folder, *options):
    done = subprocess.run([chaosc, "build", "--allow-errors", *options, "experiment.json", "-o", "runner"], cwd=folder,
                          capture_output=True, text=True)
    return done.returncode == 0, done.stdout + done.stderr


def hold(case, number, scratch, base, chaosc):
    """What differs between the interpreter and the two kinds of runner, a list of texts."""
    results = {}
    for who, options in (("run", None), ("build", []), ("bundle", ["--bundle"])):
        folder = scratch / f"{number}-{who}"
        _, (*args, _), env = compare.prepare(case, folder, base)
        if options is None:
            results[who] = run([chaosc, "run", "experiment.json"], folder, args, env)
            continue
        built, said = build(chaosc, folder, *options)
        if not built:
            return [f"{who}: {said}"]
        results[who] = run(["./runner"], folder, args, env)
    return [f"{who}: {text}" for who in ("build", "bundle")
            for text in compare.differences(results["run"], results[who])]


def hold_again(case, *more):
    """What happens beside something else may come out otherwise: such a case gets a second try, and it is said."""
    found = hold(case, *more)
    if found and any(word in case.name for word in compare.BESIDE):
        print(f"        only when tried again: {case.name}: {found[0]}", flush=True)
        number, *rest = more
        found = hold(case, f"{number}-again", *rest)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chaosc", type=Path)
    compare.add_choice(parser)
    options = parser.parse_args()
    chaosc = options.chaosc.resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    chosen = [case for _, case in compare.choose(options) if for_runners(case)]
    base = target.start()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="chaosc-backends-") as scratch, ThreadPoolExecutor(compare.WORKERS) as pool:
        jobs = [pool.submit(hold_again, case, i, Path(scratch), base, chaosc) for i, case in enumerate(chosen)]
        for case, job in zip(chosen, jobs):
            found = job.result()
            if found:
                failed += 1
                print(f"DIFFERS {case.name}")
                for text in found[:6]:
                    print(f"        {text}")
    print(f"{len(chosen)} experiments interpreted, built and bundled: {failed} differ")
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
