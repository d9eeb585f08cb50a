#!/usr/bin/env python3
"""Every published experiment without errors is emitted as C that both compilers take, and described rightly.

usage: corpus_test.py CHAOSC [CORPUS]
Exit 1 if one fails, 77 where there is no corpus, no kit or no compiler.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FLAGS = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-O0", "-c"]


def titles(path):
    """Title and block lengths by an independent reader."""
    if path.suffix == ".json":
        doc = json.loads(path.read_text())
    else:
        import yaml
        doc = yaml.safe_load(path.read_text())
    hypothesis = doc.get("steady-state-hypothesis") or {}
    return doc.get("title"), {"hypothesis": len(hypothesis.get("probes") or []), "method": len(doc.get("method") or []),
                              "rollbacks": len(doc.get("rollbacks") or [])}


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
        title, counts = titles(path)
    except ImportError:
        return wrong
    if (told["title"], told["activities"]) != (title, counts):
        wrong.append(f"described as {told['title']!r} {told['activities']}, is {title!r} {counts}")
    return wrong


def main():
    chaosc = Path(sys.argv[1]).resolve()
    corpus = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(__file__).resolve().parents[3] / "shared" / "corpus"
    compilers = [c for c in ("gcc", "clang") if shutil.which(c)]
    kits = sorted((chaosc.parent / "kit").glob("*/chaosrt.h"))
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
