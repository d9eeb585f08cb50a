"""Runs the reference's command line at the price of a fork; started once, with its own Python.

usage: zygote.py SOCKET
Each connection sends a line of JSON {"args", "cwd", "env", "log", "stdin"} and reads two: the pid, the exit code.
"""

import gc
import json
import os
import signal
import socket
import sys
import traceback

import chaostoolkit.cli as reference
import chaoslib.control.python  # noqa: F401  what a run loads late is loaded here, so that the children need not
import chaoslib.run  # noqa: F401
import hvac  # noqa: F401


def become(job):
    """The child that is one run of `chaos`; never returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setpgid(0, 0)
    os.chdir(job["cwd"])
    os.environ.clear()
    os.environ.update(job["env"])
    sys.path += [entry for entry in job["env"].get("PYTHONPATH", "").split(":") if entry not in sys.path]
    os.dup2(os.open(job["stdin"], os.O_RDWR), 0)
    out = os.open(job["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    code = 1
    try:
        reference.cli(["--no-version-check", "--no-log-file", *job["args"]], prog_name="chaos")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve(connection):
    stream = connection.makefile("rw")
    job = json.loads(stream.readline())
    pid = os.fork()
    if pid == 0:
        become(job)
    print(pid, file=stream, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), file=stream, flush=True)


def main():
    gc.freeze()  # what is loaded stays shared with the children
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(sys.argv[1])
    listener.listen(64)
    print("ready", flush=True)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # those that serve are not waited for
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            listener.close()
            serve(connection)
            os._exit(0)
        connection.close()


if __name__ == "__main__":
    main()
