#!/usr/bin/env python3
"""Runs experiments that give their secrets away in every way, and looks for them in what the runs leave.

usage: canary_test.py CHAOSC [RUNS [SEED]]

A run has some of 200 odd strings as secrets: from the environment, from a Vault, inline. Processes, HTTP and Python
are given them and return, print, log and raise them, plain, in pieces and encoded. None of them, in none of their
forms, may be in log, journal, events file or an argument list of ours. Then `1`, `default` and `minikube` are secrets,
and the journal must be readable. Where there is a kit (scripts/build-kit), some runs are those of built runners.
"""

import base64
import html
import json
import os
import random
import re
import string
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, quote_plus

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "compat"))
import target  # noqa: E402

COUNT = 200
TOKEN = "hvs.Canary-0815-of-the-Vault"
SHORT = 4  # shorter ones are hidden only as the whole of a text


# ---- the secrets ----

def canaries(rng):
    """200 strings, each unlike anything else that a run says."""
    def text(size, of=string.ascii_letters + string.digits):
        return "".join(rng.choice(of) for _ in range(size))

    odd = string.ascii_letters + string.digits + "!#%&()*+,-./:;<=>?@[]^_{|}~ \"'\\`$"
    wide = "äöüßéèñçøπжщ中文字漢字日本語한글😀🔒«»„“–…" + string.ascii_letters
    words = ["winter", "elephant", "sunflower", "tomcat", "monkey", "dragon", "shadow", "trustno", "letmein", "zebra"]
    shapes = [
        lambda n: text(rng.randint(6, 40), odd).strip() + "x",
        lambda n: text(rng.randint(8, 30), wide),
        lambda n: f"-----BEGIN KEY {n}-----\n" + "\n".join(text(64) for _ in range(4)) + "\n-----END KEY-----\n",
        lambda n: f" {text(9)} {n} ",
        lambda n: f"\t{text(6)}\n{text(8)}\r\n",
        lambda n: text(5000, odd).strip() + "z",
        lambda n: str(10**9 + rng.randrange(10**9)),
        lambda n: str(rng.randrange(10**5, 10**6)),
        lambda n: f"{words[n % len(words)]}{text(2, string.ascii_lowercase)}",
        lambda n: f"{rng.choice(words)}-{rng.choice(words)}-{n}",
        lambda n: f"postgres://u{n}:{text(10)}@db.example/{text(4)}?x=1&y=2",
        lambda n: json.dumps({"token": text(12), "n": n}),
        lambda n: base64.b64encode(os.urandom(rng.randint(9, 30))).decode(),
        lambda n: f"it's \"{text(5)}\" \\ {n}",
        lambda n: f"${{{text(5)}}} $x $$ %s %d {{0}} {n}",
        lambda n: f"<b>{text(6)}</b> & '{n}'",
        lambda n: f"{text(3)}\\n\\t{text(3)}\\u00e9{n}",
        lambda n: f"a{n % 10}B$" + text(1),
        lambda n: f"{text(4)}%20{text(4)}+{n}",
        lambda n: f"\x01\x1b[31m{text(8)}\x7f{n}",
    ]
    found = []
    while len(found) < COUNT:
        canary = shapes[len(found) % len(shapes)](len(found))
        if canary not in found:
            found.append(canary)
    return found


def is_ordinary(secret):
    """One of a single kind of character: it could stand anywhere, so that only what it feeds hides it."""
    if len(secret) > 10:
        return False
    kinds = {(c.islower() and c.isascii() and "a") or (c.isupper() and c.isascii() and "A") or
             (c.isdigit() and c.isascii() and "0") or "-" for c in secret}
    return len(kinds) == 1 and not (kinds == {"0"} and len(secret) > 6)


def forms(secret):
    """(name, text) of each form that must not be found."""
    found = {"itself": secret, "stripped": secret.strip()}
    for line in secret.splitlines():
        if len(line) > 10:
            found["a line: " + line[:20]] = line
    for name, part in list(found.items()):
        found[f"{name}, quoted"] = quote(part, safe="")
        found[f"{name}, quoted as a path"] = quote(part)
        found[f"{name}, in a form"] = quote_plus(part)
        found[f"{name}, in JSON"] = json.dumps(part)[1:-1]
        found[f"{name}, in plain JSON"] = json.dumps(part, ensure_ascii=False)[1:-1]
        found[f"{name}, by repr"] = repr(part)[1:-1]
        found[f"{name}, in HTML"] = html.escape(part)
    data = secret.encode()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in (b"", b"u", b"u:"):
            skip = (8 * len(before) + 5) // 6
            digits = encode(before + data).decode().rstrip("=")
            sure = digits[skip:8 * (len(before) + len(data)) // 6]
            if len(sure) >= 6:
                found[f"{encode.__name__} behind {len(before)}"] = sure
    return [(name, text) for name, text in found.items() if len(text) >= SHORT]


# ---- the runs ----

def action(name, provider, **more):
    return {"type": "action", "name": name, "provider": provider, **more}


def shell(script, *words):
    return {"type": "process", "path": "sh", "arguments": ["-c", script, "sh", *words]}


def python(function, arguments=None, **more):
    return {"type": "python", "module": "leaking_functions", "func": function, "arguments": arguments or {}, **more}


def leaks(rng, name, secret, base, source):
    """Activities that give one secret away."""
    value = "${" + name + "}"
    half = rng.randrange(1, max(2, len(secret.encode())))
    url = f"{base}/echo"
    yield shell('printf %s "$1"', value)
    yield shell('printf %s "$1" >&2; exit 3', value)
    yield shell('printf %s "before $1 after"', value)
    yield shell('echo $1', value)
    yield shell('printf %s "$1" | base64 -w0; printf "u:%s" "$1" | base64 -w0; printf "x%s" "$1" | base64 -w0', value)
    yield shell(f'printf %s "$1" | head -c {half}; sleep 0.02; printf %s "$1" | tail -c +{half + 1}', value)
    yield shell('set -x; : "$1"', value)
    yield shell("tr '\\0' ' ' < /proc/$PPID/cmdline")
    if source == "env" and not is_ordinary(secret):
        yield shell(f'printenv CANARY_{name}')
    if "'" not in secret and "\n" not in secret:
        yield {"type": "process", "path": "echo", "arguments": f"'{value}'"}
    yield {"type": "http", "url": url, "method": "POST", "arguments": {"password": value}}
    yield {"type": "http", "url": url, "method": "POST", "headers": {"Content-Type": "application/json"},
           "arguments": {"deep": [{"password": value}]}}
    yield {"type": "http", "url": f"{url}?q={value}", "timeout": 5}
    yield {"type": "http", "url": url, "arguments": {"q": value}, "timeout": 5}
    yield {"type": "http", "url": f"http://127.0.0.1:1/{value}/x", "timeout": 5}
    if secret.isascii() and secret.isprintable():
        yield {"type": "http", "url": url, "headers": {"X-Token": f"Bearer {value}"}, "timeout": 5}
    for function in ("give", "represent", "fail", "log", "write"):
        yield python(function, {"value": value})
    yield python("fetch", {"url": "http://127.0.0.1:1/none", "value": value})
    yield python("fail_with_key", secrets=["g"])
    yield python("command_line")


def sources(rng, chosen):
    """(the block of secrets, environment, what is in the Vault, where each comes from)"""
    block, environment, vault, where = {}, {}, {}, {}
    for name, secret in chosen.items():
        where[name] = rng.choice(["env", "vault", "inline"])
        if where[name] == "env":
            environment[f"CANARY_{name}"] = secret
            block[name] = {"type": "env", "key": f"CANARY_{name}"}
        elif where[name] == "vault":
            vault[name] = secret
            block[name] = {"type": "vault", "path": "foo", "key": name}
        else:
            block[name] = secret
    return {"g": block}, environment, vault, where


def make(rng, chosen, base):
    block, environment, vault, where = sources(rng, chosen)
    target.Handler.kept.update(vault)
    method = []
    for name, secret in chosen.items():
        kinds = list(leaks(rng, name, secret, base, where[name]))
        for number, provider in enumerate(rng.sample(kinds, min(9, len(kinds)))):
            method.append(action(f"leak {name} {number}", provider, background=rng.random() < 0.2))
    # This one may raise what ends the run: a header must be of one line, and Latin.
    name = rng.choice(list(chosen))
    method.append(action("the last", {"type": "http", "url": base, "headers": {"X-Token": f"${{{name}}}"}, "timeout": 5}))
    return {"title": "canaries", "description": "canaries", "secrets": block, "method": method,
            "configuration": {"vault_addr": base, "vault_token": {"type": "env", "key": "CANARY_VAULT"}},
            "rollbacks": [action("never played", shell("true"))]}, environment


def command(chaosc, rng, folder, builds):
    """The run, or the runner that was made of it. Rollbacks are left out, so that the events file stays."""
    options = ["--rollback-strategy", "never", "--verbose"]
    options += ["--log-format", "json"] if rng.random() < 0.3 else []
    options += ["--python", sys.executable]
    if not builds:
        return [chaosc, "run", *options, "e.json"]
    made = subprocess.run([chaosc, "build", "--allow-python", "--allow-errors", "e.json", "-o", "runner"], cwd=folder,
                          capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    return ["./runner", *options]


def left_behind(folder, done):
    texts = {"standard error": done.stderr, "standard output": done.stdout}
    for path in folder.iterdir():
        if path.name not in ("e.json", "runner"):
            texts[path.name] = path.read_bytes()
    return {name: text.decode(errors="replace") for name, text in texts.items()}


def run_once(chaosc, seed, secrets, base, builds):
    rng = random.Random(seed)
    chosen = {f"s{seed}_{i}": secret for i, secret in enumerate(secrets)}
    experiment, environment = make(rng, chosen, base)
    wrong = []
    with tempfile.TemporaryDirectory(prefix="chaosc-canary-") as name:
        folder = Path(name)
        (folder / "e.json").write_text(json.dumps(experiment))
        done = subprocess.run(command(chaosc, rng, folder, builds), cwd=folder, stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=120, env={
                                  **os.environ, **environment, "CANARY_VAULT": TOKEN, "PYTHONPATH": str(HERE / "modules"),
                                  "PYTHONDONTWRITEBYTECODE": "1"})
        texts = left_behind(folder, done)
        if done.returncode != 0 and "method 36 of" not in texts["standard error"]:
            fatal = texts["standard error"].find("fatal error")
            wrong.append(f"run {seed}: exit {done.returncode}: {texts['standard error'][fatal:][:600]}")
        for wanted in ("journal.json", "journal.json.events", "chaostoolkit.log"):
            if wanted not in texts:
                wrong.append(f"{wanted} is missing: {texts['standard error'][-600:]}")
        for secret in [*secrets, TOKEN]:
            for kind, form in forms(secret):
                wrong += [f"run {seed}: {secret[:40]!r} ({kind}) is in {where}: ...{around(text, form)}"
                          for where, text in texts.items() if form in text]
        if "journal.json" in texts:
            json.loads(texts["journal.json"])
        if not wrong and seed % 10 == 0:
            wrong += recover(chaosc, folder, environment)
    return wrong


def recover(chaosc, folder, environment):
    """What its record hides, a recovery loads anew."""
    done = subprocess.run([chaosc, "recover", "--no-log-file", "journal.json"], cwd=folder, capture_output=True, text=True,
                          env={**os.environ, **environment, "CANARY_VAULT": TOKEN}, stdin=subprocess.DEVNULL)
    return [] if done.returncode == 0 else [f"recover: exit {done.returncode}: {done.stderr[-400:]}"]


def around(text, form):
    at = text.index(form)
    return text[max(0, at - 120):at + 30]


# ---- ordinary words ----

def ordinary(chaosc, base):
    """With such words as secrets nothing but what they feed is hidden."""
    experiment = {
        "title": "a run with default values on minikube 1", "description": "the default of 1 minikube",
        "secrets": {"g": {"one": "1", "word": "default", "place": "minikube", "port": 8080, "yes": True}},
        "steady-state-hypothesis": {"title": "default", "probes": [
            {"type": "probe", "name": "minikube", "tolerance": 0, "provider": shell("echo default 1 minikube")}]},
        "method": [action("default", shell("echo default 1 minikube 8080 True")),
                   action("fed", shell('echo "$1 in the $2 of 1"', "${word}", "${place}")),
                   action("fed with a digit", shell('echo "$1"', "${one}")),
                   action("fed with one among others", shell('echo "11 $1 1"', "${one}")),
                   action("python", python("give", {"value": "${word}"})),
                   action("number", python("give", {"value": "${port}"})),
                   action("asked", {"type": "http", "url": f"{base}/echo?x=${{word}}", "timeout": 5})],
        "rollbacks": []}
    with tempfile.TemporaryDirectory(prefix="chaosc-canary-") as name:
        folder = Path(name)
        (folder / "e.json").write_text(json.dumps(experiment))
        done = subprocess.run([chaosc, "run", "--verbose", "--python", sys.executable, "e.json"], cwd=folder,
                              capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PYTHONPATH": str(HERE / "modules")})
        journal = json.loads((folder / "journal.json").read_text())
        log = done.stderr + (folder / "chaostoolkit.log").read_text()
    plain = [run["output"]["stdout"] if "stdout" in run["output"] else run["output"] for run in journal["run"]]
    hidden = "[redacted]"
    expected = [
        (journal["experiment"]["title"], experiment["title"]),
        (journal["experiment"]["description"], experiment["description"]),
        (journal["experiment"]["method"], experiment["method"]),
        (journal["experiment"]["secrets"], {"g": dict.fromkeys(experiment["secrets"]["g"], hidden)}),
        (journal["steady_states"]["before"]["probes"][0]["output"]["stdout"], "default 1 minikube\n"),
        (plain[0], "default 1 minikube 8080 True\n"),
        (plain[1], f"{hidden} in the {hidden} of 1\n"),
        (plain[2], hidden),
        (plain[3], "11 1 1\n"),
        (plain[4], {"value": hidden, "inside": [f"<{hidden}>", {"nested": hidden}]}),
        (plain[6]["body"]["path"], f"/echo?x={hidden}"),
        (journal["status"], "completed")]
    wrong = [f"ordinary words: {seen!r}, expected {wanted!r}" for seen, wanted in expected if seen != wanted]
    for line in re.findall(r"Running: .*", log):
        if "$1 in the" in line and ("'default'" in line or "'minikube'" in line):
            wrong.append(f"ordinary words: {line}")
    return wrong


def main():
    chaosc, runs = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 40
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    target.Handler.token = TOKEN
    base, secrets = target.start(), canaries(random.Random(seed))
    kit = (chaosc.parent / "kit").exists()
    if not kit:
        print("there is no kit to build runners from (scripts/build-kit): only `chaosc run` is tried")
    # Every secret turns up; each run has four of them, from different shapes.
    shares = [[secrets[(run * 7 + i * 51) % COUNT] for i in range(4)] for run in range(runs)]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda n: run_once(chaosc, seed * 1000 + n, shares[n], base, kit and n % 8 == 0), range(runs)))
    wrong = [line for lines in found for line in lines] + ordinary(chaosc, base)
    for line in wrong[:20]:
        print(line)
    print(f"{len({s for share in shares for s in share})} secrets in {runs} runs, {len(wrong)} found where they may not be")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
