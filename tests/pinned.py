"""Lets a test use packages that the machine need not have: pinned, in an environment in the user's cache."""

import hashlib
import importlib.util
import os
import pathlib
import subprocess
import sys


def enter(requirements, modules, purpose):
    """Goes on with an interpreter that has the modules; exits with 77, said loudly, where they cannot be had."""
    if all(importlib.util.find_spec(module) for module in modules):
        return
    recipe = requirements.read_bytes() + sys.version.encode()
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    folder = cache / "chaosc" / f"formats-{hashlib.sha256(recipe).hexdigest()[:16]}"
    python = folder / "bin/python"
    if sys.executable == str(python):
        sys.exit(f"{folder} lacks {modules}")
    if not (folder / "complete").exists():
        steps = ([sys.executable, "-m", "venv", "--clear", str(folder)],
                 [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", str(requirements)])
        for step in steps:
            if subprocess.run(step, check=False).returncode:
                print(f"SKIPPED: {purpose} cannot be installed here (above)")
                sys.exit(77)
        (folder / "complete").touch()
    os.execv(python, [str(python), "-B", *sys.argv])
