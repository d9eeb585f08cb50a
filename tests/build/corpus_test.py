#!/usr/bin/env python3
"""Every published experiment without errors is emitted as C that both compilers take, and described rightly.

usage: corpus_test.py CHAOSC [CORPUS]
Exit 1 if one fails, 77 where there is no corpus, no kit or no compiler.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O0", "-c"]


def read(path):
    """The document by an independent reader."""
    if path.suffix == ".json":
        return json.loads(path.read_text())
    import yaml
    return yaml.safe_load(path.read_text())


def source_of(value):
    kind = value.get("type") if isinstance(value, dict) else None
    return {"env": "env", "vault": "vault", "probe": "probe"}.get(kind, "inline")


def secrets_of(name, value, group):
    if not isinstance(value, dict) or value.get("type") in ("env", "vault"):
        return [(name, "secret", group, source_of(value), value)]
    inside = f"{group}.{name}" if group else name
    return [row for key, member in value.items() for row in secrets_of(key, member, inside)]


def inputs_of(doc):
    """(name, kind, group, source, environment variable) of everything that is configured."""
    rows = [(name, "configuration", None, source_of(value), value) for name, value in (doc.get("configuration") or {}).items()]
    for group, members in (doc.get("secrets") or {}).items():
        rows += secrets_of(group, members, None)
    return [(name, kind, group, source, value["key"] if source == "env" else None)
            for name, kind, group, source, value in rows]


def calls_of(value):
    """Every provider, wherever it stands: of activities, of what is configured, of tolerances, of controls."""
    if isinstance(value, dict):
        if isinstance(value.get("provider"), dict):
            yield value["provider"]
        for key, inner in value.items():
            if key != "arguments":  # what a call makes of them is its own affair
                yield from calls_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from calls_of(inner)


def systems_of(doc):
    hosts, programs, packages = set(), set(), set()
    for call in calls_of(doc):
        if call.get("type") == "http":
            url = call["url"]
            hosts.add(re.split(r"[/?#]", url.split("://", 1)[1])[0].rsplit("@", 1)[-1] if "://" in url else url)
        elif call.get("type") == "process":
            programs.add(call["path"])
        elif call.get("type") == "python":
            packages.add(call["module"].split(".")[0])
    return hosts, programs, packages


def expected(doc):
    hypothesis = doc.get("steady-state-hypothesis") or {}
    hosts, programs, packages = systems_of(doc)
    requests, vault = bool(hosts), any(source == "vault" for _, _, _, source, _ in inputs_of(doc))
    if vault:
        address = (doc.get("configuration") or {}).get("vault_addr")
        hosts.add(address.split("://")[-1].split("/")[0] if isinstance(address, str) else "${vault_addr}")
    return {"title": doc.get("title"),
            "activities": {"hypothesis": len(hypothesis.get("probes") or []), "method": len(doc.get("method") or []),
                           "rollbacks": len(doc.get("rollbacks") or [])},
            "inputs": sorted(inputs_of(doc), key=str), "hosts": sorted(hosts), "programs": sorted(programs),
            "packages": sorted(packages),
            "drivers": [kind for kind, used in (("process", programs), ("http", requests), ("python", packages),
                                               ("vault", vault)) if used]}


def described(told):
    inputs = [(i["name"], i["kind"], i.get("group"), i["source"], i.get("variable")) for i in told["inputs"]]
    return {"title": told["title"], "activities": told["activities"], "inputs": sorted(inputs, key=str),
            **{key: sorted(names) for key, names in told["systems"].items()}, "drivers": told["drivers"]}


def hold(chaosc, kit, compilers, path, folder):
    source, runner = folder / "e.c", folder / "runner"
    emitted = subprocess.run([chaosc, "build", "--emit", "c", "--allow-python", path, "-o", source],
                             capture_output=True, text=True)
    if emitted.returncode != 0:
        return None if "has errors" in emitted.stderr else [f"not emitted: {emitted.stderr}"]
    wrong = []
    for compiler in compilers:
        done = subprocess.run([compiler, *FLAGS, f"-I{kit}", source, "-o", "/dev/null"], capture_output=True, text=True)
        if done.returncode != 0:
            wrong.append(f"{compiler}: {done.stderr[:400]}")
    made = subprocess.run([chaosc, "build", "--plan-only", "--allow-python", path, "-o", runner],
                          capture_output=True, text=True)
    if made.returncode != 0:
        return [*wrong, f"not built: {made.stderr}"]
    told = json.loads(subprocess.run([runner, "--describe"], capture_output=True, text=True).stdout)
    try:
        doc = read(path)
    except ImportError:
        return wrong
    wanted, got = expected(doc), described(told)
    return wrong + [f"{key}: described as {got[key]!r}, is {wanted[key]!r}" for key in wanted if wanted[key] != got[key]]


def main():
    chaosc = Path(sys.argv[1]).resolve()
    corpus = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parents[3] / "shared" / "corpus"
    compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
    kits = sorted((chaosc.parent / "kit").glob("*/chaosrt.h"))
    for compiler in {"gcc", "clang"} - set(compilers):
        print(f"SKIPPED: {compiler} did not compile them: there is none")
    for missing, what in ((not corpus.is_dir(), f"no corpus in {corpus}"), (not compilers, "no C compiler"),
                          (not kits, "no runner libraries (scripts/build-kit)")):
        if missing:
            print(f"SKIPPED: there is {what}")
            return 77
    kit = next((k.parent for k in kits if k.parent.name.startswith("x86_64")), kits[0].parent)
    files = sorted(p for p in corpus.rglob("*") if p.suffix in (".json", ".yaml", ".yml"))
    failed = refused = 0
    with tempfile.TemporaryDirectory(prefix="chaosc-corpus-") as scratch, ThreadPoolExecutor(2) as pool:
        def job(item):
            number, path = item
            folder = Path(scratch) / str(number)
            folder.mkdir()
            return hold(str(chaosc), kit, compilers, path, folder)
        for path, wrong in zip(files, pool.map(job, enumerate(files))):
            refused += wrong is None
            if wrong:
                failed += 1
                print(f"FAILED {path.relative_to(corpus)}: {wrong}")
    print(f"{len(files)} files: {refused} have errors, {len(files) - refused} emitted and compiled by "
          f"{' and '.join(compilers)}, {failed} failed")
    return 1 if failed or len(files) == refused else 0


if __name__ == "__main__":
    sys.exit(main())
