#!/usr/bin/env python3
"""Writes the experiments that scripts/bench measures.

usage: generate.py FOLDER

files/: 5,000 small experiments; wide.json: 100,000 activities with a finding each, few.json: a tenth of
them; big.json and big.yaml: 20,000 activities, about 5 and 2.6 MB; four.json: four processes, one after
the other; python_N.json: the same and N calls of Python; thousand.json: a thousand background `sleep 1`;
runner_*.json: what runners are built from; runner_start.json's only activity tells when it was there.
"""

import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def process(name, path, arguments, **more):
    return {"type": "action", "name": name, **more,
            "provider": {"type": "process", "path": path, "arguments": arguments, "timeout": 30}}


def experiment(title, method):
    return {"version": "1.0.0", "title": title, "description": "Measured by scripts/bench.",
            "method": method, "rollbacks": []}


def write_yaml(path, count):
    """By hand and in block style, as people write it; no YAML library is needed."""
    with open(path, "w", encoding="utf-8") as file:
        file.write("version: 1.0.0\ntitle: Twenty thousand activities\n"
                   "description: Measured by scripts/bench.\nmethod:\n")
        for i in range(count):
            file.write(f"- type: action\n  name: activity-{i}\n  provider:\n    type: process\n"
                       f"    path: /bin/echo\n    arguments: [hello, \"{i}\"]\n    timeout: 30\n")
        file.write("rollbacks: []\n")


def write_files(folder):
    """Half of them JSON, half YAML; as different as the place in the list makes them."""
    folder.mkdir(exist_ok=True)
    yaml = (ROOT / "examples/two-workers/killed-worker.yaml").read_text(encoding="utf-8")
    for i in range(0, 5000, 2):
        method = [process(f"activity-{k}", "/bin/echo", ["hello", str(k)]) for k in range(1 + i % 9)]
        text = json.dumps(experiment(f"Experiment {i}", method), indent=2)
        (folder / f"{i:04}.json").write_text(text + "\n")
        (folder / f"{i + 1:04}.yaml").write_text(yaml.replace("A killed", f"{i}, a killed"))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)

    def write(name, value):
        (folder / name).write_text(json.dumps(value, indent=2) + "\n")

    many = [process(f"activity-{i}", "/bin/echo", ["hello", str(i)]) for i in range(20000)]
    write("big.json", experiment("Twenty thousand activities", many))
    write_yaml(folder / "big.yaml", 20000)
    write("four.json", experiment("Four processes", [
        process(f"process-{i}", "/bin/echo", ["hello", str(i)]) for i in range(4)]))
    exists = {"type": "python", "module": "posixpath", "func": "exists", "arguments": {"path": "/"}}
    four = json.loads((folder / "four.json").read_text())
    for count in (1, 20):
        write(f"python_{count}.json", {**four, "method": [*four["method"], *(
            {"type": "probe", "name": f"exists-{i}", "provider": exists} for i in range(count))]})
    write("thousand.json", experiment("A thousand sleepers", [
        process(f"sleeper-{i}", "/bin/sleep", ["1"], background=True) for i in range(1000)]))
    write_files(folder / "files")
    for name, count in (("few", 10000), ("wide", 100000)):
        write(f"{name}.json", experiment("A finding each", [
            process(f"activity-{i}", "/bin/echo", ["hello"], unheard_of=i) for i in range(count)]))

    def probe(name, tolerance, provider):
        return {**four, "steady-state-hypothesis": {"title": "Measured", "probes": [
            {"type": "probe", "name": name, "tolerance": tolerance, "provider": provider}]}}

    write("runner_process.json", four)
    write("runner_start.json", experiment("When it starts", [process("clock", str(folder.resolve() / "clock"), [])]))
    # Before an action the record is synced, before a probe it is not.
    write("runner_probes.json", {**four, "method": [{**a, "type": "probe"} for a in four["method"]]})
    write("runner_regex.json", probe("pattern", {
        "type": "regex", "target": "stdout", "pattern": "^h.llo"},
        process("", "/bin/echo", ["hello"])["provider"]))
    for scheme in ("http", "https"):
        write(f"runner_{scheme}.json", probe("page", 200, {
            "type": "http", "url": f"{scheme}://localhost:1/", "timeout": 1}))
    (folder / "four.sh").write_text(
        "".join(f"/bin/echo hello {i}\n" for i in range(4)))


if __name__ == "__main__":
    main()
