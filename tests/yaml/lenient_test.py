#!/usr/bin/env python3
"""What only libyaml reads (W124): chaosc runs it, with --compat it refuses it, as the reference does.

usage: lenient_test.py CHAOSC REPOSITORY       the reference takes part where scripts/reference put it
"""

import pathlib
import subprocess
import sys
import tempfile

CHAOSC, REPOSITORY = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
EXPERIMENT = """title:{0}tabs
description: two anchors of one name
method:
- type: action
  name: {1}nothing
  provider: {{type: process, path: "true"}}
rollbacks: []
tags: [{2}a]
"""
CASES = {
    "tab": (EXPERIMENT.format("\t", "", ""), False),
    "anchor": (EXPERIMENT.format(" ", "&x ", "&x "), False),
    "plain": (EXPERIMENT.format(" ", "&x ", ""), True),
}


def run(folder, *command):
    return subprocess.run(list(map(str, command)), cwd=folder, capture_output=True, check=False).returncode


def main():
    chaos = REPOSITORY / "build/reference/bin/chaos"
    programs = {"chaosc": ([CHAOSC, "run"], lambda plain: 0),
                "chaosc --compat": ([CHAOSC, "run", "--compat"], lambda plain: 0 if plain else 1)}
    if chaos.exists():
        programs["chaos"] = ([chaos, "run"], lambda plain: 0 if plain else 1)
    else:
        print("SKIPPED the reference: scripts/reference did not install it")
    with tempfile.TemporaryDirectory() as folder:
        for name, (text, plain) in CASES.items():
            path = pathlib.Path(folder, f"{name}.yaml")
            path.write_text(text, encoding="utf-8")
            for program, (command, expected) in programs.items():
                code = run(folder, *command, path)
                if code != expected(plain):
                    sys.exit(f"lenient_test: {program} ends with {code} on {name}:\n{text}")
    print(f"{len(CASES)} files, {len(programs)} programs")


if __name__ == "__main__":
    main()
