#!/usr/bin/env python3
"""`chaosc build` from outside: what it makes, of what, where to, and what it refuses.

usage: making_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from.
"""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from runners import experiment, hold, probe, process


def check_reproducible(t):
    doc = experiment(probe("p", process("true"), 0))
    sums = set()
    for folder in ("one", "two"):
        (t.scratch / folder).mkdir()
        (t.scratch / folder / "e.json").write_text(json.dumps(doc))
        t.run([t.chaosc, "build", "e.json", "-o", "r"], cwd=t.scratch / folder)
        t.run([t.chaosc, "build", t.scratch / folder / "e.json", "-o", "r2"], cwd=t.scratch,
              env={**os.environ, "TMPDIR": str(t.scratch / folder)})
        for runner in (t.scratch / folder / "r", t.scratch / "r2"):
            sums.add(hashlib.sha256(runner.read_bytes()).hexdigest())
            t.check(str(Path(t.chaosc).parents[2]).encode() not in runner.read_bytes(),
                    "a runner does not tell where its libraries were built")
    t.check(len(sums) == 1, "the same input gives the same bytes")


def check_dynamic(t):
    """Against this machine's shared libraries."""
    if not list(Path(t.chaosc).parent.glob("kit/*/dynamic/libchaosrt.a")):
        t.skip("--dynamic: the kit has no libraries for it")
        return
    runner = t.build(experiment(probe("p", process("true"), 0)), "dynamic", "--dynamic")
    t.check("libc.so" in t.run(["ldd", runner]).stdout, "--dynamic links shared libraries")
    t.check(t.run([runner, "--no-log-file"]).returncode == 0, "and completes")


def check_refusals(t):
    python = experiment(probe("p", {"type": "python", "module": "m", "func": "f"}, True))
    done = t.chaosc_build(json.dumps(python, indent=1), "python")
    t.check(done.returncode == 1 and "E900" in done.stderr and "python.json:" in done.stderr,
            f"Python is named with its place: {done.stderr}")
    t.check(not (t.scratch / "python").exists(), "nothing is left of a refused build")
    done = t.chaosc_build(experiment(), "nocc", PATH="/nowhere")
    t.check(done.returncode == 1 and "--bundle" in done.stderr, f"without a compiler the way out is named: {done.stderr}")
    done = t.chaosc_build(experiment(), "nocc", "--bundle", PATH="/nowhere")
    t.check(done.returncode == 0, f"--bundle needs no compiler: {done.stderr}")
    done = t.chaosc_build("{\"title\": ", "broken")
    t.check(done.returncode == 1 and "broken.json:1:" in done.stderr, "a broken file is refused with its place")


def check_compilers(t):
    """Which compiler is asked, and what becomes of one that fails: what was there before stays."""
    doc = experiment(probe("p", process("true"), 0))
    runner = t.build(doc, "compiled")
    before = runner.read_bytes()

    def script(name, text):
        path = t.scratch / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return str(path)
    for cc, code, told in ((script("fails", "echo broken >&2; exit 3"), 1, "failed with 3:\nbroken"),
                           (script("dies", "kill -9 $$"), 1, "ended by signal 9"),
                           (script("lies", "exit 0"), 1, "made no program"), ("/no/such/cc", 1, "/no/such/cc"),
                           ("gcc-of-nobody -O2", 1, "gcc-of-nobody -O2"), ("cc -DUNUSED  -g0", 0, ""), (" ", 0, "")):
        done = t.chaosc_build(doc, "compiled", CC=cc)
        t.check(done.returncode == code and told in done.stderr, f"CC={cc!r}: {done.returncode} {done.stderr}")
        t.check(runner.exists() and runner.read_bytes() == before, f"CC={cc!r} leaves the runner as it was")
    if shutil.which("clang"):
        done = t.chaosc_build(doc, "by-clang", CC="clang")
        t.check(done.returncode == 0 and t.run([t.scratch / "by-clang", "--no-log-file"]).returncode == 0,
                f"clang makes a runner: {done.stderr}")
    else:
        t.skip("a runner made by clang: there is none")
    t.check(not [p for p in t.scratch.iterdir() if p.name.startswith(("compiled.", "chaosc-")) and p.suffix != ".json"],
            "no draft is left")
    for described in sorted(Path(t.chaosc).parent.glob("kit/*/target")):
        target, compiler, *flags = described.read_text().split()
        emitted = t.run([t.chaosc, "build", "--emit", "c", "--target", target, t.scratch / "compiled.json"]).stdout
        native = described.parent / "dynamic" # only this machine's kit has it
        wanted = " ".join(["cc" if native.exists() else compiler, *flags])
        t.check(f" *   {wanted} -std=c11" in emitted, f"--emit c names the compiler of {target}: {emitted[:300]}")
        if native.exists():
            continue
        done = t.chaosc_build(doc, "no-cross", "--target", target, PATH="/nowhere")
        t.check(done.returncode == 1 and f"looked for {compiler}," in done.stderr and "--bundle" in done.stderr and
                f"gcc-{compiler.removesuffix('-gcc')}" in done.stderr, f"what to install for {target}: {done.stderr}")


def check_places_of_output(t):
    """Names that a shell would stumble over, places that cannot be written, a runner that runs."""
    doc = experiment(probe("p", process("true"), 0))
    (t.scratch / "a folder").mkdir()
    for name in ("a folder/-o", "$(touch x) 'q\".run", "\u00e9\u00e8.run"):
        done = t.run([t.chaosc, "build", t.scratch / "compiled.json", "-o", t.scratch / name])
        t.check(done.returncode == 0 and t.run([t.scratch / name, "--version"]).returncode == 0, f"-o {name}: {done.stderr}")
    for options in ([], ["--bundle"]):
        for place, told in (("a folder", "directory"), ("no/such/x", "No such file"), ("/dev/full", "No space"),
                            ("/proc/x", "")):
            done = t.run([t.chaosc, "build", *options, t.scratch / "compiled.json", "-o", place])
            t.check(done.returncode == 1 and f"cannot write {place}: " in done.stderr and told in done.stderr,
                    f"-o {place} {options}: {done.returncode} {done.stderr}")
        runner = t.build(experiment(probe("p", process("sleep", "1"), 0)), "running", *options)
        running = subprocess.Popen([runner, "--no-log-file"], cwd=t.scratch, stderr=subprocess.DEVNULL)
        time.sleep(0.2)
        t.build(doc, "running", *options)
        t.check(running.wait() == 0, "a runner that is replaced runs to its end")
    t.check(Path("/dev/null").is_char_device() and
            t.run([t.chaosc, "build", t.scratch / "compiled.json", "-o", "/dev/null"]).returncode == 0 and
            Path("/dev/null").is_char_device(), "a device stays one")


def check_one_file(t):
    """What is shipped can be one file: without its libraries beside it chaosc still makes bundles."""
    shipped = Path(t.chaosc).resolve().parents[1] / "release/chaosc"
    if not shipped.exists():
        t.skip("one file to download: there is no build/release/chaosc")
        return
    folder = t.scratch / "download"
    folder.mkdir()
    shutil.copy(shipped, folder / "chaosc")
    (folder / "one.json").write_text(json.dumps(experiment(probe("p", process("true"), 0))))
    done = t.run(["./chaosc", "build", "one.json", "--bundle", "--sbom", "one.spdx.json"], cwd=folder, env={"PATH": "/nowhere"})
    t.check(done.returncode == 0, f"chaosc alone bundles: {done.stderr}")
    t.check(t.run(["./one", "--no-log-file"], cwd=folder).returncode == 0, "and the bundle completes")
    t.check("mbedtls" in (folder / "one.spdx.json").read_text(), "and it tells what is inside")
    done = t.run(["./chaosc", "build", "one.json"], cwd=folder)
    t.check(done.returncode == 1 and "--bundle needs none" in done.stderr, f"chaosc alone names the way out: {done.stderr}")


def check_inputs_stay(t):
    """What is read is never written over, and nothing but certificates gets into a runner."""
    source, pem = t.scratch / "kept.json", t.scratch / "kept.pem"
    key = "-----BEGIN PRIVATE KEY-----\nKEYOFTEST\n-----END PRIVATE KEY-----\n"
    certificate = "-----BEGIN CERTIFICATE-----\nQ0VSVE9GVEVTVA==\n-----END CERTIFICATE-----\n"
    text, pem_text = json.dumps(experiment(probe("p", process("true"), 0))), key + certificate + "# a comment\n" + certificate
    source.write_text(text)
    pem.write_text(pem_text)
    os.symlink(source, t.scratch / "link.json")
    for options in (["-o", source], ["-o", t.scratch / "link.json"], ["--bundle", "-o", source], ["--emit", "c", "-o", source],
                    ["-o", t.scratch / "new", "--sbom", source], ["-o", t.scratch / "new", "--sbom", t.scratch / "new"],
                    ["-o", pem, "--embed-ca", pem]):
        done = t.run([t.chaosc, "build", source, *options])
        t.check(done.returncode == 2 and "error:" in done.stderr, f"build {options}: {done.returncode} {done.stderr}")
        t.check(source.read_text() == text and pem.read_text() == pem_text, f"build {options} leaves what it reads")
    (t.scratch / "bare").write_text(text)
    done = t.run([t.chaosc, "build", "bare"])
    t.check(done.returncode == 0 and (t.scratch / "bare.runner").exists() and (t.scratch / "bare").read_text() == text,
            f"a name without an extension gets one: {done.stderr}")
    emitted = t.run([t.chaosc, "build", "--emit", "c", source, "--embed-ca", pem]).stdout
    t.check("KEYOFTEST" not in emitted and "a comment" not in emitted and emitted.count("BEGIN CERTIFICATE") == 2,
            "only certificates are embedded")
    pem.write_text(certificate[:40] + certificate)
    done = t.run([t.chaosc, "build", "--emit", "c", source, "--embed-ca", pem])
    t.check(done.returncode == 2 and "no end" in done.stderr, f"a certificate cut short is refused: {done.stderr}")


def check_emitted_command(t):
    """The command in an emitted source makes the runner, whatever the source is called."""
    source = t.scratch / "emitted.json"
    source.write_text(json.dumps(experiment(probe("p", process("true"), 0))))
    folder = t.scratch / "emitted"
    for name in ("plain.c", "no extension", "it's.c", "a*b???(x).c", "-z.c", "runner", "back\\slash\\.c", "$(id).c"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        done = t.run([t.chaosc, "build", "--emit", "c", source, "-o", name], cwd=folder)
        command = next((line[3:].strip() for line in (folder / name).read_text().splitlines() if "-std=c11" in line), "")
        made = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
        ran = [t.run([p, "--no-log-file"]).returncode for p in folder.iterdir() if os.access(p, os.X_OK) and p.is_file()]
        t.check(done.returncode == 0 and made.returncode == 0 and ran == [0], f"{name!r}: {command} {made.stderr} {ran}")
        t.check((folder / name).read_text().startswith("/* Experiment"), f"{name!r}: the source stays")


def check_comments(t):
    """Whoever reviews the C sees every call with its place, those of tolerances, configuration and controls, too."""
    doc = experiment(
        probe("asked", {"type": "http", "url": "http://h/", "timeout": 3, "max_retries": 2},
              {"type": "probe", "name": "judge", "provider": {**process("judge-it"), "arguments": {}}}),
        configuration={"x": {"type": "probe", "name": "finds x", "provider": process("find-it")}},
        controls=[{"name": "watcher", "provider": {"type": "python", "module": "watching.control"}}])
    text = json.dumps(doc, indent=1)
    (t.scratch / "comments.json").write_text(text)
    emitted = t.run([t.chaosc, "build", "--emit", "c", "--allow-python", "comments.json"]).stdout
    lines = text.splitlines()
    for name, call in (("asked", "max_retries 2"), ("judge", "process judge-it"), ("finds x", "process find-it")):
        at = emitted.index(f'"{name}"  comments.json:')
        line, column = map(int, emitted[at:].split("comments.json:")[1].split()[0].split(":"))
        t.check(lines[line - 1][column - 1] == "{" and call in emitted[at:at + 200], f"{name}: {emitted[at:at + 200]}")
    long = {**doc, "method": [{"type": "action", "name": "long", "provider": process("sh", "-c", "true" + " " * 5000 + "; evil")}]}
    (t.scratch / "long.json").write_text(json.dumps(long))
    comment = t.run([t.chaosc, "build", "--emit", "c", "--allow-python", "long.json"]).stdout.split('action "long"')[1].split("*/")[0]
    t.check("; evil" in comment and max(map(len, comment.splitlines())) < 130, "no call is hidden behind blanks")
    t.check('control "watcher"' in emitted and "watching.control" in emitted.split('control "watcher"')[1][:200],
            "a control says what Python it calls")


def check_ended_build(t):
    """A build that is told to end leaves nothing behind, the compiler neither."""
    slow, temporary = t.scratch / "slow-cc", t.scratch / "temporary"
    slow.write_text("#!/bin/sh\nsleep 31.25 & wait\n")
    slow.chmod(0o755)
    temporary.mkdir()
    (t.scratch / "ended.json").write_text(json.dumps(experiment()))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        building = subprocess.Popen([t.chaosc, "build", "ended.json"], cwd=t.scratch, stderr=subprocess.DEVNULL,
                                    env={**os.environ, "CC": str(slow), "TMPDIR": str(temporary)})
        end = time.monotonic() + 10
        while not list(temporary.glob("*/experiment.c")) and time.monotonic() < end:
            time.sleep(0.01)
        building.send_signal(number)
        code = building.wait(timeout=10)
        t.check(code == -number and not list(temporary.iterdir()), f"{number!r}: {code} {list(temporary.iterdir())}")
    left = subprocess.run(["pgrep", "-f", "sleep 31.25"], capture_output=True, text=True).stdout
    t.check(not left, f"the compiler is ended: {left}")


def check_impossible(t):
    """What cannot be asked together is refused before anything is made."""
    (t.scratch / "no.pem").write_text("no certificate")
    doc = experiment()
    for options, told in ((["--bundle", "--plan-only"], "--plan-only"), (["--bundle", "--dynamic"], "--dynamic"), (["--bundle", "--tls"], "--tls"),
                          (["--tls", "--plan-only"], "--plan-only"), (["--tls", "--dynamic"], "--dynamic"),
                          (["--bundle", "--keep-symbols"], "--keep-symbols"), (["--bundle", "--emit", "c"], "--emit"),
                          (["--embed-ca", str(t.scratch / "no.pem")], "no.pem"), (["--embed-ca", "nowhere.pem"], "nowhere")):
        done = t.chaosc_build(doc, "impossible", *options)
        t.check(done.returncode == 2 and told in done.stderr, f"{options}: {done.returncode} {done.stderr}")
    for options in (["--target", "vax-vms"], ["--kit", "/nowhere"]):
        done = t.chaosc_build(doc, "impossible", *options)
        t.check(done.returncode == 1 and "no runner libraries" in done.stderr, f"{options}: {done.returncode} {done.stderr}")
    for kit in Path(t.chaosc).parent.glob("kit/*/target"):
        if (kit.parent / "dynamic").exists():
            continue
        done = t.chaosc_build(doc, "impossible", "--dynamic", "--target", kit.parent.name)
        t.check(done.returncode == 1 and "shared libraries" in done.stderr, f"--dynamic for another machine: {done.stderr}")
    t.check(not (t.scratch / "impossible").exists(), "nothing is left of what is refused")


if __name__ == "__main__":
    sys.exit(hold(check_reproducible, check_dynamic, check_refusals, check_compilers, check_places_of_output, check_one_file, check_inputs_stay, check_emitted_command, check_comments, check_ended_build, check_impossible))
