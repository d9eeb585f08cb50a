#!/usr/bin/env python3
"""Holds the YAML reader against PyYAML's safe_load.

usage: compare_yaml.py TREE_JSON FOLDER... [--random N]

Every YAML file below the folders, and N texts put together at random from what YAML is made of: what PyYAML
reads has the same value and no error here (repeated keys aside, which are an error of our own); what it refuses
has at least one finding. Exit 77, said loudly, where PyYAML is not installed.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile

try:
    import yaml
    from yaml_values import in_order, typed
except ImportError:
    python = pathlib.Path(__file__).parents[2] / "build/reference/bin/python"
    if python.exists() and pathlib.Path(sys.executable).parent != python.parent:
        os.execv(python, [str(python), "-B", *sys.argv])
    print("SKIPPED: this Python has no PyYAML (scripts/reference installs one)")
    sys.exit(77)

PIECES = ["a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "[", "]", "{", "}", ", ", "'", '"', "#", " #c", "|\n",
          ">-\n", "&x ", "*x", "!!str ", "!t ", "---\n", "...\n", "\\", "\\x41", "x", "1", " ", "  ", ":", "-", "?",
          "<<: ", "=", "é", "@", "`", "%", "~", "key: ", "k:\n  ", "\n- ", "${a}", "a:b", "\r\n", ",", "'x'", '"y"',
          "!", "[a]", "{a: b}", "1e3", "0x1F", "2020-01-01", "!!int ", "!!float ", "1:30", "yes", "!!set ", "!!omap ",
          "!!binary ", "<<: *x", "&x {a: 1}", "\n  - ", "\t"]
# Ours beyond the reader's verdict: a file without a value, a repeated key, and nesting that PyYAML's stack allows.
OWN = ("E003", "E110")
# Known and accepted: PyYAML checks these less or more strictly than libyaml, and nobody writes them.
KNOWN = ("expected chomping or indentation indicators",)

# What PyYAML lets pass: a tag on a mapping that is merged, a tab as a block's only text, a lone surrogate, a value
# that contains itself.
ALLOWED = (("E122", "<<"), ("E128", "\t"), ("E120", "\\ud"), ("E123", "*"))


def reference(text):
    try:
        return typed(yaml.safe_load(text)), None
    except yaml.YAMLError as error:
        return None, getattr(error, "problem", None) or str(error)
    except (ValueError, KeyError, IndexError, AttributeError, RecursionError) as error:
        return None, f"{type(error).__name__}: {error}"


def judge(text, ours):
    value, problem = reference(text)
    findings = [f for f in ours["findings"] if f[0] not in OWN]
    if problem:
        if findings or problem.startswith(KNOWN):
            return None
        return f"PyYAML refuses ({problem}), the reader says nothing"
    errors = [f for f in findings if f[0].startswith("E")]
    if errors:
        if any(code == errors[0][0] and sign in text for code, sign in ALLOWED):
            return None
        return f"PyYAML reads it, the reader says {errors[0]}"
    if any(f[0] == "E003" for f in ours["findings"]):
        return None if value is None else "no value here, one in PyYAML"
    if in_order(ours["tree"]) != value:
        return f"values differ: {json.dumps(in_order(ours['tree']))[:300]} for {json.dumps(value)[:300]}"
    return None


def read(tree_json, paths):
    lines = []
    for at in range(0, len(paths), 500):
        done = subprocess.run([tree_json, *map(str, paths[at:at + 500])], capture_output=True, check=False)
        lines += done.stdout.decode().splitlines()
        if done.returncode:
            sys.exit(f"{tree_json}: {done.returncode} at {paths[len(lines)]}: {done.stderr.decode()[:2000]}")
    return [json.loads(line) for line in lines]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("tree_json")
    parser.add_argument("folders", nargs="+", type=pathlib.Path)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    paths = sorted(p for f in args.folders for p in f.rglob("*") if p.suffix in (".yaml", ".yml") and p.is_file())
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        random.seed(args.seed)
        for i in range(args.random):
            path = pathlib.Path(folder, f"{i}.yaml")
            path.write_bytes("".join(random.choice(PIECES) for _ in range(random.randint(1, 10))).encode())
            paths.append(path)
        for path, ours in zip(paths, read(args.tree_json, paths)):
            try:
                text = path.read_bytes().decode()
            except UnicodeDecodeError:
                continue
            verdict = judge(text, ours)
            if verdict:
                bad += 1
                print(f"{path}: {verdict}\n    {text[:200]!r}")
    print(f"{len(paths)} texts compared, {bad} differ")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
