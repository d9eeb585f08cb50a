#!/usr/bin/env python3
"""Built runners from outside: where they run, what they weigh, what they say, what they have no code for.

usage: runner_test.py CHAOSC
Exit 1 if a check fails, 77 where there is no kit to build runners from.
"""

import json
import os
import shutil
import subprocess
import sys
import time

from runners import experiment, hold, https_server, probe, process, serve

ACTING = {"fork", "vfork", "clone", "__clone", "posix_spawn", "execve", "execv", "execvp", "execl", "fexecve",
          "socket", "connect", "kill", "unlink", "rename"}
LIMITS = {"process": 300, "regex": 600, "http": 800, "https": 1300}  # KB, stripped

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
        size = runner.stat().st_size / 1000
        t.check(size <= LIMITS[name], f"{name} runner is {size:.0f} KB, at most {LIMITS[name]} are allowed")
        print(f"{name}: {size:.0f} KB of {LIMITS[name]}")
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


def check_hash(t):
    """The hash is the experiment's, whatever its file is called and from wherever it is run."""
    doc = experiment(probe("p", process("true"), 0))
    runner = t.build(doc, "hashed")
    (t.scratch / "renamed.json").write_text(json.dumps(doc))
    wanted = json.loads(t.run([runner, "--describe"]).stdout)["hash"]
    for command in ([runner], [t.chaosc, "run", t.scratch / "hashed.json"], [t.chaosc, "run", "./renamed.json"]):
        t.run([command[0], *command[1:2], "--no-log-file", *command[2:]])
        plan = json.loads((t.scratch / "journal.json").read_text())["x-chaosc"]["plan"]
        t.check(plan == wanted, f"{command}: {plan}, described as {wanted}")


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
    given.write_text(json.dumps({"configuration": {"x": {"provider": {"type": "http"}}}}))
    done = t.run([t.scratch / "given-probe", "--no-log-file", "--var-file", given])
    t.check(done.returncode == 0 and touched.exists(), f"what only looks like one is a value: {done.stderr}")


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


if __name__ == "__main__":
    sys.exit(hold(check_places, check_bundle, check_plan_only, check_plan_calls, check_face, check_hash, check_recovery, check_misuse, check_redirect, check_given_probe, check_vault_described))
