"""The pytest plugin that carries the reference's own tests out against a command line instead of the library.

Every test runs in a process of its own, once for each subject, several at a time; what came of it is written to
$CHAOSC_RESULTS, a line of JSON each.
"""

import fcntl
import gc
import json
import os
import signal
import sys
import time
import traceback
from pathlib import Path
from unittest.mock import MagicMock

from _pytest.runner import runtestprotocol

import adapters_runs
import adapters_values
import bench as benches
import subjects
import table
import web

AT_ONCE = int(os.environ["CHAOSC_AT_ONCE"])
SCRATCH = Path(os.environ["CHAOSC_SCRATCH"])

# What works inside one process only is not needed where the tests act through another: web.py stands for it.
for name in ("responses", "freezegun", "callee", "requests_mock"):
    sys.modules[name] = MagicMock(name=name)
sys.modules["responses"].activate = lambda function: function
sys.modules["responses"].GET, sys.modules["responses"].POST = "GET", "POST"
sys.modules["freezegun"].freeze_time = lambda _: lambda function: function


def dress(module, bench):
    """Puts the adapters in the place of what a test module imported."""
    stand_ins = {**adapters_values.adapters(bench), **adapters_runs.adapters(bench)}
    for name, stand_in in stand_ins.items():
        if hasattr(module, name):
            setattr(module, name, stand_in)
    if hasattr(module, "requests_mock"):
        module.requests_mock.mock = lambda: web.Mocker(bench.web)
    if hasattr(module, "responses"):
        module.responses.add = lambda method, url, status=200, **_: bench.web.route(method, url, status)
    if hasattr(module, "WSGIServer"):
        port = int(bench.moved["localhost:8700"].split(":")[1])
        server = module.WSGIServer
        module.WSGIServer = lambda address, handler: server(("127.0.0.1", port), handler)


def carry_out(item, subject_name, number):
    """In the child: one test with one subject."""
    scratch = SCRATCH / f"{number}-{subject_name}"
    scratch.mkdir()
    os.environ["PWD"] = os.getcwd()
    subject = subjects.Subject(subject_name, os.environ["CHAOSC"], os.environ["CHAOSC_ZYGOTE"], scratch)
    dress(item.module, benches.Bench(subject, item.module))
    began = time.monotonic()
    with open(SCRATCH / "lock", "w") as lock:
        if item.module.__name__ in table.ALONE:  # what it makes beside the tests, others would make at the same time
            fcntl.flock(lock, fcntl.LOCK_EX)
        reports = runtestprotocol(item, log=False)
    bad = [r for r in reports if r.failed]
    skipped = any(r.skipped for r in reports)
    return {"test": name_of(item), "subject": subject_name, "runs": subject.runs,
            "verdict": "failed" if bad else "skipped" if skipped else "passed", "seconds": time.monotonic() - began,
            "why": "\n".join(str(r.longrepr) for r in bad)[-6000:]}


def name_of(item):
    return f"{item.module.__name__}::{item.name}"


def pytest_runtestloop(session):
    chosen = os.environ["CHAOSC_CHOSEN"].split()
    items = [i for i in session.items if name_of(i) in chosen and name_of(i) not in table.CANNOT]
    jobs = [(item, subject, n) for n, item in enumerate(items) for subject in subjects.NAMES]
    jobs.sort(key=lambda job: -table.SLOW.get(job[0].module.__name__, 0))  # long sleepers first
    running = {}
    gc.freeze()  # what is loaded stays shared with the children
    with open(os.environ["CHAOSC_RESULTS"], "a") as results:
        while jobs or running:
            while jobs and len(running) < AT_ONCE:
                item, subject, number = jobs.pop(0)
                pid = os.fork()
                if pid == 0:
                    os.setpgid(0, 0)
                    code = 0
                    try:
                        line = json.dumps(carry_out(item, subject, number), default=repr)
                        results.write(line + "\n")
                        results.flush()
                    except BaseException:
                        traceback.print_exc()
                        code = 1
                    os._exit(code)
                running[pid] = (item, subject, time.monotonic())
            pid, _ = os.waitpid(-1, os.WNOHANG)
            if pid:
                running.pop(pid)
                continue
            for late in [p for p, (_, _, began) in running.items() if time.monotonic() - began > 90]:
                item, subject, _ = running[late]
                print(f"gave up: {item.name} with {subject}")
                os.kill(late, signal.SIGKILL)
            time.sleep(0.005)
    return True
