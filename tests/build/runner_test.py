#!/usr/bin/env python3
"""Built runners from outside: where they run, what they weigh, what they say, what they have no code for.

usage: runner_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from.
"""

import hashlib
import http.server
import json
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ACTING = {"fork", "vfork", "clone", "__clone", "posix_spawn", "execve", "execv", "execvp", "execl", "fexecve",
          "socket", "connect", "kill", "unlink", "rename"}
LIMITS = {"process": 300, "regex": 600, "http": 800, "https": 1331}  # KiB, stripped (1.3 MiB)


def probe(name, provider, tolerance):
    return {"type": "probe", "name": name, "provider": provider, "tolerance": tolerance}


def experiment(*probes, **more):
    return {"title": "a title", "description": "a description", "method": [],
            "steady-state-hypothesis": {"title": "h", "probes": list(probes)}, **more}


def process(*command):
    return {"type": "process", "path": command[0], "arguments": list(command[1:]), "timeout": 5}


def serve(context=None, location=None):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(302 if location else 200)
            if location:
                self.send_header("Location", location)
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


class Runner:
    def __init__(self, chaosc, scratch):
        self.chaosc, self.scratch, self.failures, self.skips, self.count = chaosc, scratch, [], [], 0

    def check(self, holds, what):
        self.count += 1
        if not holds:
            self.failures.append(what)
            print(f"FAILED: {what}")

    def skip(self, what):
        self.skips.append(what)
        print(f"SKIPPED: {what}")

    def chaosc_build(self, doc, name, *options, **env):
        source = self.scratch / f"{name}.json"
        source.write_text(doc if isinstance(doc, str) else json.dumps(doc))
        return subprocess.run([self.chaosc, "build", *options, str(source), "-o", str(self.scratch / name)],
                              capture_output=True, text=True, env={**os.environ, **env})

    def build(self, doc, name, *options):
        done = self.chaosc_build(doc, name, *options)
        self.check(done.returncode == 0, f"{name} is built: {done.stdout}{done.stderr}")
        return self.scratch / name

    def run(self, command, **options):
        return subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60,
                              cwd=options.pop("cwd", self.scratch), **options)


def https_server(scratch):
    """A server with a certificate of its own authority, which is the certificate."""
    made = subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                           "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", scratch / "key.pem",
                           "-out", scratch / "cert.pem"], capture_output=True)
    if made.returncode != 0:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / "cert.pem", scratch / "key.pem")
    return serve(context)


def check_places(t):
    """In an empty directory made a chroot, with only the runner and what the experiment calls."""
    helper = t.scratch / "helper"
    (t.scratch / "helper.c").write_text("int main(void) { return 0; }\n")
    subprocess.run(["cc", "-static", "-o", helper, t.scratch / "helper.c"], check=True)
    port, tls_port = serve(), https_server(t.scratch)
    wanted = {
        "process": experiment(probe("p", process("/helper"), 0)),
        "regex": experiment(probe("p", process("/helper"), {"type": "regex", "pattern": "^$", "target": "stdout"})),
        "http": experiment(probe("p", {"type": "http", "url": f"http://127.0.0.1:{port}/", "timeout": 5}, 200)),
    }
    if tls_port:
        wanted["https"] = experiment(
            probe("p", {"type": "http", "url": f"https://127.0.0.1:{tls_port}/", "timeout": 5}, 200))
    else:
        t.skip("https: there is no openssl to make a certificate")
    for name, doc in wanted.items():
        options = ["--embed-ca", str(t.scratch / "cert.pem")] if name == "https" else []
        runner = t.build(doc, name, *options)
        told = t.run(["ldd", runner])
        t.check("not a dynamic executable" in told.stderr + told.stdout, f"{name} is static")
        size = runner.stat().st_size / 1024
        t.check(size <= LIMITS[name], f"{name} runner is {size:.0f} KiB, at most {LIMITS[name]} are allowed")
        print(f"{name}: {size:.0f} KiB of {LIMITS[name]}")
        if os.geteuid() != 0:
            t.skip(f"{name} in a chroot: only root can make one")
            continue
        root = t.scratch / f"root-{name}"
        root.mkdir()
        shutil.copy(runner, root / "runner")
        if name in ("process", "regex"):
            shutil.copy(helper, root / "helper")
        done = t.run([shutil.which("chroot") or "/usr/sbin/chroot", root, "/runner", "--no-log-file"], env={})
        journal = root / "journal.json"
        status = json.loads(journal.read_text())["status"] if journal.exists() else "no journal"
        t.check(done.returncode == 0 and status == "completed",
                f"{name} completes in an empty chroot: {done.returncode} {status} {done.stderr}")


def check_bundle(t):
    doc = experiment(probe("p", process("true"), 0))
    runner = t.build(doc, "bundled", "--bundle")
    done = t.run([runner, "--no-log-file"])
    t.check(done.returncode == 0, f"a bundled runner completes: {done.stderr}")
    data = bytearray(runner.read_bytes())
    for at in (len(data) - 40, len(data) - 20, len(data) - 2):
        data[at] ^= 0xFF
        broken = t.scratch / "broken"
        broken.write_bytes(bytes(data))
        broken.chmod(0o755)
        done = t.run([broken])
        t.check(done.returncode == 1 and "error:" in done.stderr, f"a damaged bundle is refused: {done}")
        data[at] ^= 0xFF


def check_plan_only(t):
    doc = experiment(probe("p", process("true"), 0), rollbacks=[
        {"type": "action", "name": "a", "provider": {"type": "http", "url": "http://127.0.0.1:1/${x}"}}],
        configuration={"x": {"type": "env", "key": "X_OF_TEST", "default": "there"}},
        secrets={"g": {"s": {"type": "env", "key": "S_OF_TEST"}}})
    runner = t.build(doc, "plan-only", "--plan-only", "--keep-symbols")
    symbols = {line.split()[-1] for line in t.run(["nm", runner]).stdout.splitlines()}
    t.check("main" in symbols and not symbols & ACTING, f"plan-only has no {sorted(symbols & ACTING)}")
    shown = t.run([runner], env={"S_OF_TEST": "do-not-show"})
    t.check("http://127.0.0.1:1/there" in shown.stdout and "do-not-show" not in shown.stdout,
            f"plan-only shows the call: {shown.stdout}{shown.stderr}")
    t.check(json.loads(t.run([runner, "--json"]).stdout)["rollbacks"][0]["url"] == "http://127.0.0.1:1/there",
            "plan-only shows JSON")
    check_plan_variables(t, runner)
    if not shutil.which("strace"):
        t.skip("strace of a plan-only runner: there is no strace")
        return
    for command in ([runner], [runner, "--var-file", t.scratch / "vars.json"],
                    [t.chaosc, "plan", t.scratch / "plan-only.json"]):
        # A sanitizer looks for leaks from a process of its own, which is none of ours.
        traced = t.run(["strace", "-f", "-E", "ASAN_OPTIONS=detect_leaks=0", "-e",
                        "trace=open,openat,creat,write,pwrite64,writev,fork,vfork,clone,clone3,"
                        "execve,socket,connect,kill,unlink,unlinkat,rename,renameat,renameat2", *command])
        for line in traced.stderr.splitlines():
            call = line.split("(")[0].split()[-1] if "(" in line else ""
            bad = (call.startswith("open") and ("O_WRONLY" in line or "O_RDWR" in line or "O_CREAT" in line)
                   or call.startswith(("write", "pwrite")) and not line.split("(")[1].startswith(("1,", "2,"))
                   or call in ACTING and call != "execve" or call in ("clone3", "unlinkat", "renameat2"))
            t.check(not bad, f"showing a plan only reads: {line}")


def check_plan_variables(t, plan_only):
    """A plan is shown with the values that a run would be given, by runners of both kinds."""
    doc = json.loads((t.scratch / "plan-only.json").read_text())
    (t.scratch / "vars.json").write_text(json.dumps({"configuration": {"x": "from-file"}}))
    (t.scratch / "vars.env").write_text("# a comment\nX_OF_TEST=from-lines\n")
    for runner in ([plan_only], [t.build(doc, "plan-too"), "--plan"]):
        for options, env, url in ((["--var", "x=given"], {}, "given"), ([], {"CHAOSC_VAR_x": "named"}, "named"),
                                  (["--var-file", "vars.json"], {}, "from-file"),
                                  (["--var-file", "vars.env"], {}, "from-lines"),
                                  (["--var", "x=given"], {"CHAOSC_VAR_x": "named"}, "given")):
            done = t.run([*runner, *options], env=env)
            t.check(f"http://127.0.0.1:1/{url}" in done.stdout, f"{runner} {options} {env}: {done.stdout}{done.stderr}")
        for options in (["--var", "x:int=y"], ["--var", "x"], ["--var-file", "nowhere.json"]):
            done = t.run([*runner, *options])
            t.check(done.returncode == 2 and not done.stdout and options[1] in done.stderr, f"{runner} {options}: {done}")
    done = t.run([t.scratch / "plan-too", "--plan", "--rollback-strategy", "always"])
    t.check("rollback strategy: always" in done.stdout, f"--plan shows the strategy that was asked for: {done.stdout}")
    done = t.run([t.scratch / "plan-too", "--no-log-file", "--var-file", "nowhere.json"])
    t.check(done.returncode == 2, f"a runner refuses a variable file that is not there: {done.stderr}")


def check_plan_calls(t):
    """Nothing that would be called is left out: probes that configuration comes from, and controls."""
    doc = experiment(probe("p", process("true", "${asked}"), 0),
                     configuration={"asked": {"type": "probe", "name": "who asks", "provider": process("hostname")}},
                     controls=[{"name": "c", "provider": {"type": "python", "module": "noting.control"}}])
    runner = t.build(doc, "calls", "--plan-only", "--allow-python")
    shown = t.run([runner]).stdout
    t.check("who asks" in shown and "hostname" in shown and "noting.control" in shown, f"every call is shown: {shown}")
    shown = json.loads(t.run([runner, "--json"]).stdout)
    t.check([p["path"] for p in shown["configuration-probes"]] == ["hostname"]
            and [c["around"] for c in shown["controls"]] == ["experiment"], f"in JSON, too: {shown}")
    shown = json.loads(t.run([runner, "--json", "--var", "asked=me"]).stdout)
    t.check(shown["configuration-probes"] == [], "a probe is not called where its value is given")


def check_face(t):
    doc = experiment(probe("p", process("true", "${wanted}", "${token}"), 0),
                     configuration={"wanted": {"type": "env", "key": "WANTED_OF_TEST"}, "size": 3},
                     secrets={"g": {"token": {"type": "env", "key": "TOKEN_OF_TEST"}}})
    runner = t.build(doc, "face", "--sbom", str(t.scratch / "face.spdx.json"))
    clean = {"PATH": os.environ["PATH"]}
    done = t.run([runner, "--no-log-file"], env=clean)
    t.check(done.returncode == 1 and "WANTED_OF_TEST" in done.stderr and "TOKEN_OF_TEST" in done.stderr,
            f"everything missing is said at once: {done.stderr}")
    done = t.run([runner, "--no-log-file"], env={**clean, "WANTED_OF_TEST": "a", "TOKEN_OF_TEST": "canary-token-9"})
    t.check(done.returncode == 0, f"with them it completes: {done.stderr}")
    t.check("canary-token-9" not in (t.scratch / "journal.json").read_text() + done.stderr, "the secret is not shown")
    told = json.loads(t.run([runner, "--describe"]).stdout)
    t.check(told["title"] == "a title" and told["systems"]["programs"] == ["true"] and told["drivers"] == ["process"],
            f"--describe tells: {told}")
    required = {i["variable"]: i["required"] for i in told["inputs"] if i["source"] == "env"}
    t.check(required == {"WANTED_OF_TEST": True, "TOKEN_OF_TEST": True}, f"--describe tells what is needed: {required}")
    t.check("WANTED_OF_TEST" in t.run([runner, "--help"]).stdout, "--help tells what is needed")
    for options, more in ((["--var", "wanted=a"], {}), ([], {"CHAOSC_VAR_wanted": "a"})):
        done = t.run([runner, "--no-log-file", *options], env={**clean, **more, "TOKEN_OF_TEST": "canary-token-9"})
        t.check(done.returncode == 0, f"what is given otherwise need not be set: {options} {more} {done.stderr}")
    overridden = t.build(experiment(probe("p", process("test", "${size}", "-eq", "7"), 0), configuration={"size": 3}), "vars")
    for options, env, code in (([], {}, 1), (["--var", "size:int=7"], {}, 0), ([], {"CHAOSC_VAR_size": "7"}, 0),
                               ([], {"CHAOSC_VAR_size": "seven"}, 2)):
        done = t.run([overridden, "--no-log-file", "--exit-codes=detailed", *options], env={**clean, **env})
        wanted = {1: (3,), 0: (0,), 2: (2,)}[code]
        t.check(done.returncode in wanted, f"configuration is overridden by {options or env}: {done.returncode} {done.stderr}")
    done = t.run([runner, "--bogus"])
    t.check(done.returncode == 2 and "--bogus" in done.stderr, "a wrong option is refused with 2")
    sbom = json.loads((t.scratch / "face.spdx.json").read_text())
    names = {p["name"] for p in sbom["packages"]}
    t.check(sbom["spdxVersion"] == "SPDX-2.3" and "musl" in names and "curl" not in names, f"the SBOM tells: {names}")


def check_recovery(t):
    """A runner that was killed undoes what it had done."""
    touch = {"type": "action", "name": "do", "provider": process("touch", "done.txt")}
    wait = {"type": "action", "name": "wait", "provider": {**process("sleep", "30"), "timeout": 40}}
    undo = {"type": "action", "name": "undo", "provider": process("rm", "done.txt")}
    runner = t.build({"title": "a title", "description": "a description", "method": [touch, wait], "rollbacks": [undo]},
                     "recovered")
    journal, done = t.scratch / "recovered.journal", t.scratch / "done.txt"
    killed = subprocess.Popen([runner, "--no-log-file", "--journal-path", journal], cwd=t.scratch,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 10
    while not done.exists() and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.2)
    killed.kill()
    killed.wait()
    again = t.run([runner, "--no-log-file", "--recover", journal])
    t.check(again.returncode == 0 and not done.exists(), f"--recover undoes: {again.returncode} {again.stderr}")
    told = json.loads(journal.read_text())
    t.check(told["status"] == "interrupted" and [r["status"] for r in told["rollbacks"]] == ["succeeded"],
            f"--recover completes the journal: {told['status']} {told['rollbacks']}")


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


def other_machines(t):
    """Targets that runners can be built and run for here, with their emulators; what is missing is skipped."""
    listed = (Path(__file__).parents[2] / "scripts/static/targets").read_text().splitlines()
    rows = [line.split() for line in listed if not line.startswith("#")]
    headers = {kit.parent.name: kit.read_text() for kit in (Path(t.chaosc).parent / "kit").glob("*/chaosrt.h")}
    triplet_here = t.run(["gcc", "-dumpmachine"]).stdout.strip()
    here = next((row[0] for row in rows if row[1] == triplet_here), f"{os.uname().machine}-linux")
    without = [row[0] for row in rows if row[0] != here and row[0] not in headers]
    if without:
        t.skip(f"{', '.join(without)}: there are no kits (scripts/build-kit TARGET)")
    for target, triplet, _, machine, *_ in rows:
        emulator = shutil.which(f"qemu-{machine}") or shutil.which(f"qemu-{machine}-static")
        if target == here or target in without:
            continue
        if headers[target] != headers.get(here):
            t.skip(f"{target}: its kit is of another version (scripts/build-kit {target})")
        elif not shutil.which(f"{triplet}-gcc"):
            t.skip(f"{target}: there is no {triplet}-gcc")
        elif not emulator:
            t.skip(f"{target}: there is no qemu-{machine}")
        else:
            yield target, emulator


def without_times(node):
    """What two runs of an experiment have in common, whatever machine they believe to be on."""
    if isinstance(node, list):
        return [without_times(item) for item in node]
    if not isinstance(node, dict):
        return node
    varying = {"start", "end", "duration", "platform", "node", "Date"}
    return {key: without_times(value) for key, value in node.items() if key not in varying}


def outcome(t, command):
    """The exit code of a runner, its journal, and what it tells and shows of itself."""
    journal, env = t.scratch / "journal.json", {"PATH": os.environ["PATH"]}
    journal.unlink(missing_ok=True)
    done = t.run([*command, "--no-log-file"], env=env)
    return [done.returncode, without_times(json.loads(journal.read_text())) if journal.exists() else done.stderr,
            *(t.run([*command, option], env=env).stdout for option in ("--describe", "--plan"))]


def other_machines_docs(t):
    """What is built for each of them: name, experiment, options."""
    matches = {"type": "regex", "pattern": "^[a-z\u00e9]+ 1\\.50$", "target": "stdout"}
    http = {"type": "http", "url": f"http://127.0.0.1:{serve()}/", "timeout": 20}
    called = experiment(probe("p", process("printf", "h\u00e9 1.50"), matches), probe("q", process("true"), 0),
                        configuration={"ratio": 1.5},
                        rollbacks=[{"type": "action", "name": "a", "provider": process("false", "${ratio}")}])
    asked = experiment(probe("p", http, 200), probe("q", http, {"type": "jsonpath", "path": "$.status"}))
    yield "process", called, []
    yield "http", asked, []
    yield "bundle", {**called, "method": [{"type": "probe", "name": "p", "provider": http}]}, ["--bundle"]
    tls_port = https_server(t.scratch)
    if tls_port:
        yield ("https", experiment(probe("p", {**http, "url": f"https://127.0.0.1:{tls_port}/"}, 200)),
               ["--embed-ca", str(t.scratch / "cert.pem")])


def check_other_machines(t):
    """Runners for other machines, under emulation, do what this machine's do."""
    machines = list(other_machines(t))
    for name, doc, options in other_machines_docs(t) if machines else []:
        here = outcome(t, [t.build(doc, name, *options)])
        t.check(here[0] == 0, f"{name} completes here: {here}")
        for target, emulator in machines:
            there = outcome(t, [emulator, t.build(doc, name, *options, "--target", target)])
            t.check(there == here, f"{name} for {target}: {there}, here {here}")
    for target, emulator in machines:
        doc = json.loads((t.scratch / "process.json").read_text())
        here = t.run([t.build(doc, "shown", "--plan-only")]).stdout
        there = t.run([emulator, t.build(doc, "shown", "--plan-only", "--target", target)]).stdout
        t.check("printf" in there and there == here, f"plan-only for {target}: {there}, here {here}")


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


def check_misuse(t):
    """An option that does nothing alone was meant otherwise: nothing is run."""
    touched = t.scratch / "touched"
    doc = experiment(method=[{"type": "action", "name": "a", "provider": process("touch", str(touched))}])
    runner = t.build(doc, "misused")
    (t.scratch / "vars.yaml").write_text("configuration: {}\n")
    for options in (["--json"], ["--skip-unknown"], ["--plan", "--recover", "x"], ["--var-file", "vars.yaml"],
                    ["--change-dir", "/no/such/place"]):
        done = t.run([runner, "--no-log-file", *options])
        t.check(done.returncode == 2 and not touched.exists() and options[0].lstrip("-") in done.stderr,
                f"{options}: {done.returncode} {done.stderr}")
    (t.scratch / "elsewhere").mkdir()
    done = t.run([runner, "--no-version-check", "--no-log-file", "--change-dir", "elsewhere"])
    t.check(done.returncode == 0 and (t.scratch / "elsewhere/journal.json").exists(), f"--change-dir: {done.stderr}")


def check_redirect(t):
    """A runner without TLS that is sent to https says what it lacks; --tls gives it."""
    tls_port = https_server(t.scratch)
    if not tls_port:
        t.skip("redirects to https: there is no openssl to make a certificate")
        return
    port = serve(location=f"https://127.0.0.1:{tls_port}/")
    doc = experiment(probe("p", {"type": "http", "url": f"http://127.0.0.1:{port}/", "timeout": 5}, 200))
    env = {k: v for k, v in os.environ.items() if k not in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}
    env["SSL_CERT_FILE"] = str(t.scratch / "cert.pem")
    for options, code, told in (([], 1, "built without: `chaosc build --tls`"), (["--tls"], 0, ""), (["--bundle"], 0, "")):
        runner = t.build(doc, "redirected", *options)
        done = t.run([runner, "--no-log-file", "--exit-codes=detailed"], env=env)
        t.check((done.returncode != 0) == bool(code) and told in done.stderr, f"{options}: {done.returncode} {done.stderr}")
    blank = t.build(experiment(probe("p", {"type": "http", "url": f" https://127.0.0.1:{tls_port}/", "timeout": 5}, 200)), "blank")
    t.check(t.run([blank, "--no-log-file"], env=env).returncode == 0, "an address behind a blank may be https")
    done = t.chaosc_build(experiment(), "no-http", "--tls")
    t.check(done.returncode == 2 and "--tls" in done.stderr, f"--tls without HTTP: {done.stderr}")


def check_given_probe(t):
    """A variable file may bring a probe of a provider that the runner has not: it is refused before anything is run."""
    touched = t.scratch / "acted"
    doc = experiment(method=[{"type": "action", "name": "a", "provider": process("touch", str(touched), "${x}")}],
                     configuration={"x": "1"})
    given = t.scratch / "given.json"
    given.write_text(json.dumps({"configuration": {"x": {"type": "probe", "name": "n", "provider": {
        "type": "http", "url": "http://127.0.0.1:1/"}}}}))
    done = t.run([t.build(doc, "given-probe"), "--no-log-file", "--var-file", given])
    t.check(done.returncode == 2 and not touched.exists() and "http provider" in done.stderr, f"a given probe: {done.stderr}")


def check_vault_described(t):
    """Vault is a system that is asked, and what opens it is a secret of the plan, too."""
    doc = experiment(probe("p", process("true", "${s}"), 0), secrets={"g": {"s": {"type": "vault", "path": "a/b"}}},
                     configuration={"vault_addr": "http://vault.local:8200", "vault_token": {"type": "env", "key": "VT"}})
    runner = t.build(doc, "vaulted")
    told = json.loads(t.run([runner, "--describe"]).stdout)
    t.check(told["systems"]["hosts"] == ["vault.local:8200"] and told["drivers"] == ["process", "vault"], f"{told}")
    for options in (["--plan"], ["--plan", "--json"]):
        shown = t.run([runner, *options], env={"VT": "canary-of-vault"}).stdout
        t.check("canary-of-vault" not in shown and "secret vault_token" in shown, f"{options} hides the token: {shown}")


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
    for options, told in ((["--bundle", "--plan-only"], "--plan-only"), (["--bundle", "--dynamic"], "--dynamic"),
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


def main():
    chaosc = Path(sys.argv[1]).resolve()
    if not (chaosc.parent / "kit").exists():
        print("SKIPPED: there are no runner libraries beside chaosc (scripts/build-kit)")
        return 77
    with tempfile.TemporaryDirectory(prefix="chaosc-runner-") as scratch:
        t = Runner(str(chaosc), Path(scratch))
        for check in (check_places, check_bundle, check_plan_only, check_plan_calls, check_face, check_recovery, check_reproducible, check_dynamic,
                      check_other_machines, check_refusals, check_compilers, check_places_of_output, check_one_file, check_inputs_stay,
                      check_emitted_command, check_comments, check_misuse, check_redirect, check_given_probe,
                      check_vault_described, check_ended_build, check_impossible):
            check(t)
        print(f"{t.count} checks, {len(t.failures)} failed, {len(t.skips)} skipped")
        return 1 if t.failures else 0


if __name__ == "__main__":
    sys.exit(main())
