#!/usr/bin/env python3
"""Runs examples/two-workers as its README says, and holds exit codes and journals to it.

usage: two_workers_test.py CHAOSC EXAMPLE_FOLDER
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

CHAOSC, EXAMPLE = sys.argv[1], pathlib.Path(sys.argv[2])
# (patience of the proxy, experiment, exit code, status, deviated, hypothesis met afterwards)
ROWS = [
    ([], "killed-worker.yaml", 0, "completed", False, True),
    ([], "frozen-worker.yaml", 1, "failed", True, False),
    (["--patience", "0.5"], "frozen-worker.yaml", 0, "completed", False, True),
]


def run(*command, env):
    done = subprocess.run([str(part) for part in command], cwd=EXAMPLE, env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    print(f"$ {' '.join(str(part) for part in command)}\n{done.stdout}exit {done.returncode}")
    return done.returncode


def play(row, folder):
    """Returns what differs from the row, as text; empty when nothing does."""
    patience, experiment, code, status, deviated, met = row
    env = dict(os.environ, SHOP_DIR=str(folder))
    path = folder / "journal.json"
    try:
        if run("./shop", "start", "--port", "0", *patience, env=env) != 0:
            return "the shop does not start"
        env["SHOP_URL"] = "http://127.0.0.1:" + (folder / "proxy.port").read_text()
        got = run(CHAOSC, "run", "--no-log-file", "--journal-path", path, experiment, env=env)
    finally:
        run("./shop", "stop", env=env)
    journal = json.loads(path.read_text())
    after = journal["steady_states"]["after"]["steady_state_met"]
    undone = [entry["status"] for entry in journal["rollbacks"]]
    found = (got, journal["status"], journal["deviated"], after, undone)
    wanted = (code, status, deviated, met, ["succeeded"])
    return "" if found == wanted else f"{experiment}: {found}, expected {wanted}"


def main():
    wrong = []
    if run(CHAOSC, "lint", ".", env=dict(os.environ)) != 0:
        wrong.append("lint finds errors in the example")
    for row in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            wrong.append(play(row, pathlib.Path(folder)))
    wrong = [text for text in wrong if text]
    print("\n".join(wrong) or f"{len(ROWS)} runs as described")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
