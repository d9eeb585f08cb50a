"""Runs the reference implementation many times at the price of one import; started with its own Python.

Reads JSON lines {"dir", "args", "env"} and answers each with {"code"}: its command line in a forked child.
"""

import json
import os
import signal
import sys

import chaostoolkit.cli as reference
import chaoslib.run  # noqa: F401  imported here, so that the children need not


def run(job):
    pid = os.fork()
    if pid == 0:
        os.chdir(job["dir"])
        for name, value in job["env"].items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        signal.alarm(60)
        out = os.open("reference.err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        code = 0
        try:
            reference.cli(["--no-version-check", *job["args"]], prog_name="chaos")
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        except BaseException:
            import traceback

            traceback.print_exc()
            code = 1
        os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


for line in sys.stdin:
    print(json.dumps({"code": run(json.loads(line))}), flush=True)
