#!/usr/bin/env python3
"""What a run bears: a crowd of activities with a check every 50 ms beside them, and a flood of output.

usage: strain.py CHAOSC FOLDER

FOLDER holds floor_tick (scripts/bench builds it) and receives the files. Prints how long the run paused between two
checks (the end of one to the start of the next, by its journal) beside how long a program took that only sleeps, the
peak memory of the run itself, and how many descriptors it had more after the method than before; exit 1 when a limit
is missed.
"""

import asyncio
import json
import multiprocessing
import pathlib
import subprocess
import sys
import time
from datetime import datetime

COUNT, SECONDS, FREQUENCY = 1000, 8, 0.05  # long enough for some hundred checks
FLOOD = 300_000_000


async def answer(reader, writer):
    """Answers late, and keeps the connection: whose descriptor it is then shows."""
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(0 if b"GET /first" in request else SECONDS)
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def serve(ports):
    async def run():
        server = await asyncio.start_server(answer, "127.0.0.1", 0, backlog=COUNT)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()
    asyncio.run(run())


def process(path, *arguments):
    return {"type": "process", "path": path, "arguments": list(arguments)}


def probe(name, provider):
    return {"type": "probe", "name": name, "provider": provider}


def crowd(port):
    """What counts the descriptors is a child of the run: it lists its parent's. The first request is not counted,
    for the client of HTTP keeps some descriptors of its own until the end."""
    url = f"http://127.0.0.1:{port}/"
    count = process("/bin/sh", "-c", "ls /proc/$PPID/fd | wc -l")
    activities = [{"type": "action", "name": f"activity {i}", "background": True,
                   "provider": process("/bin/sleep", str(SECONDS)) if i % 2 else
                   {"type": "http", "url": f"{url}{i}"}} for i in range(COUNT)]
    return {"title": "a crowd", "description": "a crowd",
            "steady-state-hypothesis": {"title": "it goes on", "probes": [
                {**probe("check", process("/bin/true")), "tolerance": 0}]},
            "method": [probe("first", {"type": "http", "url": f"{url}first"}), probe("before", count), *activities],
            "rollbacks": [probe("after", count)]}


def own_peak(pid):
    try:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0])
    except (OSError, IndexError):
        return 0


def run(chaosc, folder, experiment, *options):
    """(journal, peak MiB, seconds)"""
    path, journal = folder / "strain.json", folder / "strain.journal.json"
    path.write_text(json.dumps(experiment))
    peak, begun = 0, time.monotonic()
    child = subprocess.Popen([chaosc, "run", "--no-log-file", "--journal-path", journal, *options, path],
                             stderr=subprocess.PIPE, text=True, cwd=folder)
    while True:
        peak = max(peak, own_peak(child.pid))
        try:
            _, errors = child.communicate(timeout=0.02)
            break
        except subprocess.TimeoutExpired:
            continue
    took = time.monotonic() - begun
    if child.returncode != 0:
        sys.exit(f"strain: exit {child.returncode}: {errors[-1000:]}")
    return json.loads(journal.read_text()), peak / 1024, took


def pauses(journal):
    """Milliseconds between checks, sorted."""
    checks = [check["probes"] for check in journal["steady_states"]["during"] if check["probes"]]
    return sorted((datetime.fromisoformat(after[0]["start"]) - datetime.fromisoformat(before[-1]["end"]))
                  .total_seconds() * 1e3 for before, after in zip(checks, checks[1:]))


def missed(name, value, limit, unit):
    print(f"  {name}: {value:.4g} {unit}, limit {limit} {unit}: {'held' if value <= limit else 'MISSED'}")
    return value > limit


def crowd_row(chaosc, folder):
    ports = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(ports,), daemon=True)
    server.start()
    experiment = crowd(ports.get(timeout=30))
    with subprocess.Popen([folder / "floor_tick"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as tick:
        journal, peak, _ = run(chaosc, folder, experiment, "--hypothesis-strategy", "continuously",
                               "--hypothesis-frequency", str(FREQUENCY))
        floor, _ = tick.communicate("\n")
    server.terminate()
    wrong = sum(record["status"] != "succeeded" for record in journal["run"])
    left = int(journal["rollbacks"][0]["output"]["stdout"]) - int(journal["run"][1]["output"]["stdout"])
    took = pauses(journal)
    print(f"\n{COUNT} background activities, a check every {FREQUENCY * 1e3:.0f} ms")
    print(f"  {len(took)} pauses, median {took[len(took) // 2]:.1f} ms, longest {took[-1]:.1f} ms; "
          f"a program that only sleeps: 99th percentile {floor.strip()} ms")
    return (missed("pause, 99th percentile", took[len(took) * 99 // 100], 55, "ms")
            + missed("peak memory", peak, 64, "MiB") + missed("descriptors left", left, 0, "")
            + missed("activities that did not succeed", wrong, 0, ""))


def flood_row(chaosc, folder):
    """Nothing else hears the child, so that it would stay for ever if it were not read to its end."""
    script = f"yes 'a line of what a program says' | head -c {FLOOD}"
    begun = time.monotonic()
    subprocess.run(["/bin/sh", "-c", f"{script} | cat > /dev/null"], check=True)
    floor = time.monotonic() - begun
    journal, peak, took = run(chaosc, folder, {
        "title": "a flood", "description": "a flood", "method": [probe("flood", process("/bin/sh", "-c", script))]})
    record = journal["run"][0]
    print(f"\n{FLOOD // 1000000} MB on a child's standard output: {took:.2f} s, a pipe into nothing {floor:.2f} s")
    return (missed("peak memory", peak, 128, "MiB")
            + missed("the child's exit code", record["output"]["status"], 0, "")
            + missed("runs that do not say what was dropped", not record["x-chaosc"]["truncated"], 0, ""))


def main():
    chaosc, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
    return 1 if crowd_row(chaosc, folder) + flood_row(chaosc, folder) else 0


if __name__ == "__main__":
    sys.exit(main())
