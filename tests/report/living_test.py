#!/usr/bin/env python3
"""Lint as people live with it: a baseline through edits, the configuration above a file, the files for CI.

usage: living_test.py CHAOSC REPOSITORY
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import textwrap

CHAOSC, REPOSITORY = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def lint(folder, *arguments):
    done = subprocess.run([CHAOSC, "lint", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"chaosc lint {arguments}: {done.returncode}: {done.stderr}")
    return done


def findings(folder, *arguments):
    output = lint(folder, "--format", "jsonl", *arguments).stdout
    return [f for f in map(json.loads, output.splitlines()) if "suppressed" not in f]


def expect(holds, message):
    if not holds:
        sys.exit(f"living_test: {message}")


def activity(name, mistake):
    provider = {"type": "process", "path": "echo", mistake: 5}
    return {"type": "action", "name": name, "provider": provider}


def experiment(number):
    method = [activity(f"step {number}-{i}", random.choice(["timout", "argumnts", "unheard-of"])) for i in range(6)]
    return {"title": f"experiment {number}", "description": "d", "method": method}


def write(path, value):
    path.write_text(json.dumps(value, indent=2), encoding="utf-8")


def check_baseline():
    """After inserting, moving and renaming in 20 files no old finding is new, and each new one is seen."""
    random.seed(3)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        values = [experiment(i) for i in range(20)]
        for i, value in enumerate(values):
            write(folder / f"e{i}.json", value)
        before = findings(folder, ".")
        expect(len(before) == 120, f"{len(before)} findings before")
        expect(lint(folder, "--write-baseline", "known.json", ".").returncode == 0, "writing the baseline fails")
        expect(findings(folder, "--baseline", "known.json", ".") == [], "what is written is not known")
        for i, value in enumerate(values):
            method = value["method"]
            method.insert(random.randrange(len(method)), {"type": "action", "name": f"fine {i}",
                                                          "provider": {"type": "process", "path": "ls"}})
            random.shuffle(method)
            random.choice([a for a in method if not a["name"].startswith("fine")])["name"] = f"renamed {i}"
            value["contributions"] = {"reliability": "high"}
            target = folder / f"e{i}.json"
            if i % 5 == 0:
                target.unlink()
                target = folder / f"moved-{i}.json"
            write(target, dict(sorted(value.items(), reverse=True)))
        after = findings(folder, "--baseline", "known.json", ".")
        expect(after == [], f"old findings are new: {[(f['file'], f['pointer'], f['code']) for f in after]}")
        values[3]["method"].append(activity("really new", "timout"))
        write(folder / "e3.json", values[3])
        after = findings(folder, "--baseline", "known.json", ".")
        expect([f["file"].split("/")[-1] for f in after] == ["e3.json"], f"a new finding among old ones: {after}")
        expect("6" in after[0]["pointer"] or "7" in after[0]["pointer"], "another finding than the new one")
        write(folder / ".chaosc.yaml", {"baseline": "known.json"})
        expect(len(findings(folder, ".")) == 1, "the configuration's baseline")
        expect(len(findings(folder, "--no-config", ".")) == 121, "--no-config")


def check_configuration():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "deep/below").mkdir(parents=True)
        write(folder / "deep/below/e.json", experiment(0))
        levels = {f["level"] for f in findings(folder, ".")}
        expect(levels <= {"error", "warning"}, "levels without a configuration")
        (folder / ".chaosc.yaml").write_text("severity: {all: warning}\n", encoding="utf-8")
        expect({f["level"] for f in findings(folder, ".")} == {"warning"}, "a configuration two folders up")
        expect(lint(folder / "deep", ".").returncode == 0, "warnings fail")
        (folder / "deep/.chaosc.yaml").write_text("ignore: [all]\n", encoding="utf-8")
        expect(findings(folder, ".") == [], "the nearest configuration counts")
        expect(findings(folder, "--config", ".chaosc.yaml", "."), "--config")
        (folder / "deep/.chaosc.yaml").write_text("ignore: [al]\n", encoding="utf-8")
        done = lint(folder, ".")
        expect(done.returncode == 1 and "deep/.chaosc.yaml:1:10: error[E054]" in done.stdout, "a mistake in it")
        missing = subprocess.run([CHAOSC, "lint", "--config", "no.yaml", "."], cwd=folder, capture_output=True,
                                 check=False)
        expect(missing.returncode == 2, "a configuration that is not there")


def check_signatures():
    """A project's own signatures, and a version that makes warnings errors."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        provider = {"type": "python", "module": "chaosk8s.pod.actions", "func": "terminate_podz", "arguments": {}}
        write(folder / "e.json", {"title": "t", "description": "d", "method": [
            {"type": "action", "name": "kill", "provider": provider}]})
        found = [f for f in findings(folder, "e.json") if f["code"] == "W502"]
        expect(len(found) == 1 and found[0]["level"] == "warning", "an unknown function is a warning")
        version = re.search(r"chaostoolkit-kubernetes (\d[\w.]*)", found[0]["message"])
        expect(version, f"no version in: {found[0]['message']}")
        for pin, level in ((version[1], "error"), ("0.0.1", "warning")):
            write(folder / ".chaosc.yaml", {"drivers": {"chaostoolkit-kubernetes": pin}})
            found = [f for f in findings(folder, "e.json") if f["code"] == "W502"]
            expect(found[0]["level"] == level, f"pinned to {pin}")


def check_files():
    matcher = json.loads((REPOSITORY / "editors/problem-matcher.json").read_text())["problemMatcher"][0]["pattern"][0]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder / "e.json", experiment(0))
        lines = lint(folder, "e.json").stdout.splitlines()
        matches = [m for m in (re.match(matcher["regexp"], line) for line in lines) if m]
        shown = findings(folder, "e.json")
        expect(len(matches) == len(shown) > 0, "the problem matcher misses findings")
        for match, finding in zip(matches, shown):
            got = [match[matcher[key]] for key in ("file", "line", "column", "severity", "code", "message")]
            start = finding["start"]
            expect(got == ["e.json", str(start["line"]), str(start["column"]), finding["level"], finding["code"],
                           finding["message"]], f"the problem matcher reads {got}")


def scripts_of(action):
    """The shell scripts of an action's steps, by the step's name."""
    steps = re.findall(r"    - name: (\w+).*\n(?:      (?!run).*\n)*      run: (\|\n(?:        .*\n)+|.+\n)", action)
    return {name: textwrap.dedent(script.removeprefix("|\n")) for name, script in steps}


def check_action():
    """The steps that lint and run, as GitHub's runner would call them; building is scripts/setup's test."""
    scripts = scripts_of((REPOSITORY / "action.yml").read_text() + "\n")
    expect(set(scripts) == {"Build", "Lint", "Run"}, f"the action's steps: {set(scripts)}")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "bin").mkdir()
        (folder / "bin/chaosc").symlink_to(CHAOSC)
        write(folder / "bad.json", experiment(0))
        write(folder / "good.json", {"title": "t", "description": "d", "method": [
            {"type": "action", "name": "nothing", "provider": {"type": "process", "path": "true"}}]})

        def step(script, **inputs):
            environment = {**os.environ, "PATH": f"{folder}/bin:{os.environ['PATH']}",
                           **{f"CHAOSC_{key.upper()}": value for key, value in inputs.items()}}
            return subprocess.run(["bash", "-e", "-o", "pipefail", "-c", scripts[script]], cwd=folder,
                                  env=environment, capture_output=True, text=True, check=False)

        done = step("Lint", paths=".", fail_on="error", sarif="out.sarif")
        expect(done.returncode == 1 and "::error file=" in done.stdout, "the action's lint passes what is wrong")
        expect(json.loads((folder / "out.sarif").read_text())["runs"][0]["results"], "the action's SARIF is empty")
        done = step("Lint", paths="good.json", fail_on="warning", sarif="")
        expect(done.returncode == 0, f"the action's lint refuses what is right: {done.stdout}")
        done = step("Run", run="good.json", journal="j.json")
        expect(done.returncode == 0, f"the action's run: {done.stderr}")
        expect(json.loads((folder / "j.json").read_text())["status"] == "completed", "the action's journal")


def check_hooks():
    entries = re.findall(r"entry: chaosc (.+)", (REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    expect(len(entries) == 2, "the hooks' entries")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write(folder / "e.json", experiment(0))
        (folder / "compose.yaml").write_text("services: {a: {image: x}}\n", encoding="utf-8")
        for entry in entries:
            done = lint(folder, *entry.split()[1:], "e.json")
            expect(done.returncode == 1, f"the hook `{entry}` passes what is wrong")
        done = lint(folder, *entries[0].split()[1:], "compose.yaml")
        expect(done.returncode == 0 and done.stdout == "", "the hook looks at files that are no experiments")


def main():
    check_baseline()
    check_configuration()
    check_signatures()
    check_files()
    check_hooks()
    check_action()
    print("baseline, configuration, signatures and the files for CI hold")


if __name__ == "__main__":
    main()
