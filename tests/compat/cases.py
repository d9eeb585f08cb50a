"""The experiments that are run side by side with the reference implementation.

A case is a name, an experiment (or the text of one), further arguments of `run`, and the rows of
docs/compatibility.md by which the outcome may differ when --compat is not given. `{base}` in a string is the
URL of the target server, `{here}` the folder of the run. `group` stands before the command's name, `source` is
the file's name or URL, `env` sets variables, or takes them away where None.
"""

from dataclasses import dataclass, field

import target


@dataclass
class Case:
    name: str
    experiment: dict | str
    args: list = field(default_factory=list)
    rows: frozenset = frozenset()
    env: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    group: list = field(default_factory=list)
    source: str = "experiment.json"
    may: bool = False  # no rows are foreseen: any of those that show in one kind of place may


def process(path, *arguments, **more):
    provider = {"type": "process", "path": path, **more}
    if arguments:
        provider["arguments"] = list(arguments)
    return provider


def http(path, **more):
    return {"type": "http", "url": "{base}" + path, **more}


def probe(name, provider, **more):
    return {"type": "probe", "name": name, "provider": provider, **more}


def action(name, provider, **more):
    return {"type": "action", "name": name, "provider": provider, **more}


def experiment(method=(), probes=None, rollbacks=(), **more):
    doc = {"title": "a title", "description": "a description", "method": list(method), **more}
    if probes is not None:
        doc["steady-state-hypothesis"] = {"title": "steady", "probes": list(probes)}
    if rollbacks:
        doc["rollbacks"] = list(rollbacks)
    return doc


touch = action("touch", process("touch", "touched"))
undo = action("undo", process("rm", "-f", "touched"))

# Python's traceback in a tolerance, a probe, an action: the reference loses journal and rollbacks.
CRASH = frozenset({"R01"})


def cell(provider, kind, outcome, tolerance, rows=frozenset(), args=()):
    return Case(
        f"{provider[0]} {kind} {outcome}",
        experiment([touch], [probe("p", provider[1], tolerance=tolerance)], [undo]),
        list(args),
        rows,
    )


def tolerance_cells():
    json_text = '{"a": {"b": [1, 2, 3]}, "n": 5, "s": "x y"}'
    out = ("process", process("printf", "%s", json_text))
    five = ("process", process("printf", "5"))
    bad = ("process", process("sh", "-c", "echo oops >&2; exit 3"))
    late = ("process", process("sleep", "3", timeout=0.2))
    gone = ("process", process("chaosc-no-such-program", "x"))
    body = ("http", http("/json"))
    text = ("http", http("/five"))
    missing = ("http", http("/status/404"))
    slow = ("http", http("/slow", timeout=0.2))
    refused = ("http", {"type": "http", "url": "http://127.0.0.1:1/", "timeout": 2})
    status_kinds = [
        ("int", 0, 200),
        ("list", [0, 7, 9], [200, 201, 204]),
        ("pair", [0, 7], [200, 201]),
        ("bool", True, True),
        ("string", "0", "200"),
    ]
    for kind, for_process, for_http in status_kinds:
        for provider, tolerance in ((out, for_process), (body, for_http)):
            yield cell(provider, kind, "met", tolerance)
        for provider, tolerance in ((bad, for_process), (missing, for_http)):
            yield cell(provider, kind, "not met", tolerance)
        for provider, tolerance in ((late, for_process), (slow, for_http)):
            yield cell(provider, kind, "times out", tolerance)
        yield cell(refused, kind, "fails", for_http)
        yield cell(gone, kind, "fails", for_process, CRASH, ["--no-validation"])
    yield from expression_cells(out, five, bad, late, gone, body, text, missing, slow, refused)


def expression_cells(out, five, bad, late, gone, body, text, missing, slow, refused):
    def regex(pattern, target=None):
        return {"type": "regex", "pattern": pattern, **({"target": target} if target else {})}

    def path(p, target, **more):
        return {"type": "jsonpath", "path": p, "target": target, **more}

    def within(low, high, target=None):
        return {"type": "range", "range": [low, high], **({"target": target} if target else {})}

    judge_process = {
        "type": "probe",
        "name": "judge",
        "provider": {"type": "process", "path": "true", "arguments": {}},
    }
    judge_http = {
        "type": "probe",
        "name": "judge",
        "provider": {"type": "http", "url": "{base}/judge", "arguments": {"k": "v"}},
    }
    judge_fails = {
        "type": "probe",
        "name": "judge",
        "provider": {"type": "http", "url": "http://127.0.0.1:1/", "arguments": {}},
    }
    per_kind = [
        ("regex", regex("x y", "stdout"), regex("^nope", "stdout"), regex("x y$", "text"), regex("zz", "text")),
        ("jsonpath", path("$.a.b", "stdout"), path("$.nope", "stdout"), path("$.a", "body"), path("$.zz", "body")),
        ("jsonpath count", path("$.a.b[*]", "stdout", count=3), path("$.a.b[*]", "stdout", count=2),
         path("$.a.b[*]", "body", count=3), path("$.a.b[*]", "body", count=9)),
        ("jsonpath expect", path("$.n", "stdout", expect=5), path("$.n", "stdout", expect=[6]),
         path("$.a.b[*]", "body", expect=[1, 2, 3]), path("$.n", "body", expect="5")),
    ]
    for kind, yes_p, no_p, yes_h, no_h in per_kind:
        h = text if kind == "regex" else body
        if kind == "regex":
            yes_h, no_h = regex("^5", "body"), regex("six", "body")
        yield cell(out, kind, "met", yes_p)
        yield cell(out, kind, "not met", no_p)
        yield cell(late, kind, "times out", yes_p)
        yield cell(gone, kind, "fails", yes_p, CRASH, ["--no-validation"])
        yield cell(h, kind, "met", yes_h)
        yield cell(h, kind, "not met", no_h)
        yield cell(slow, kind, "times out", yes_h)
        yield cell(refused, kind, "fails", yes_h)
    for provider, target in ((five, "stdout"), (text, "body")):
        yield cell(provider, "range", "met", within(1, 9.5, target))
        yield cell(provider, "range", "not met", within(6, 9, target))
        yield cell(provider, "range", "no number", within(6, 9, "stderr" if target == "stdout" else "headers"),
                   CRASH if target == "body" else frozenset())
    yield cell(late, "range", "times out", within(1, 9, "stdout"))
    yield cell(slow, "range", "times out", within(1, 9, "body"))
    yield cell(gone, "range", "fails", within(1, 9, "stdout"), CRASH, ["--no-validation"])
    yield cell(refused, "range", "fails", within(1, 9, "body"))
    changed = frozenset({"R05"})
    for provider in (out, body):
        yield cell(provider, "probe", "met", judge_process, changed)
        yield cell(provider, "probe by http", "met", judge_http, changed)
        yield cell(provider, "probe", "not met", judge_fails, changed)
    yield cell(late, "probe", "times out", judge_process)
    yield cell(slow, "probe", "times out", judge_process)
    yield cell(refused, "probe", "fails", judge_process)
    yield cell(gone, "probe", "fails", judge_process, CRASH, ["--no-validation"])
    yield cell(out, "regex", "raises", regex("x"), CRASH)
    standard = frozenset({"R19"})
    yield cell(out, "jsonpath of RFC 9535", "met", path("$['a'].b[?@ == 3]", "stdout", count=1), standard)
    yield cell(out, "jsonpath of RFC 9535", "not met", path("$.a.b[?@ > 3]", "stdout"), standard)
    yield cell(out, "null", "never", None, frozenset(), ["--no-validation"])
    yield cell(out, "real", "never", 0.5, frozenset(), ["--no-validation"])


def flow_cases():
    ok = probe("ok", process("true"), tolerance=0)
    flip = probe("flips", process("test", "!", "-e", "touched"), tolerance=0)
    sleepy = action("bg", process("sleep", "0.3"), background=True)
    yield Case("empty method", experiment([], [ok]))
    yield Case("no hypothesis", experiment([touch], None, [undo]))
    yield Case("hypothesis without probes", experiment([touch], [], [undo]))
    yield Case("hypothesis null", {**experiment([touch]), "steady-state-hypothesis": None},
               ["--no-validation"], frozenset({"R14"}))
    yield Case("rollbacks null", {**experiment([touch]), "rollbacks": None}, ["--no-validation"], frozenset({"R14"}))
    yield Case("rollbacks null, validated", {**experiment([touch]), "rollbacks": None})
    yield Case("deviation", experiment([touch], [flip], [undo]))
    for strategy in ("default", "always", "never", "deviated"):
        args = ["--rollback-strategy", strategy]
        yield Case(f"deviation, rollbacks {strategy}", experiment([touch], [flip], [undo]), args)
        yield Case(f"no deviation, rollbacks {strategy}", experiment([touch], [ok], [undo]), args)
        gate = probe("no", process("false"), tolerance=0)
        yield Case(f"gate not met, rollbacks {strategy}", experiment([touch], [gate], [undo]), args)
        late = probe("late", process("sleep", "2", timeout=0.1), tolerance=0)
        yield Case(f"gate failed, rollbacks {strategy}", experiment([touch], [late], [undo]), args)
        gone = action("gone", process("chaosc-no-such-program", "x"))
        yield Case(f"aborted, rollbacks {strategy}", experiment([gone, touch], [ok], [undo]),
                   args + ["--no-validation"], frozenset({"R02"}))
        runtime = {"rollbacks": {"strategy": strategy}}
        yield Case(f"rollbacks {strategy} in the experiment", experiment([touch], [flip], [undo], runtime=runtime))
    for strategy in ("default", "before-method-only", "after-method-only", "during-method-only",
                     "continuously", "continously"):
        args = ["--hypothesis-strategy", strategy, "--hypothesis-frequency", "0.5"]
        nap = action("nap", process("sleep", "1.2"))
        wink = action("wink", process("sleep", "0.2"))
        yield Case(f"{strategy}, met", experiment([nap], [ok], [undo]), args)
        yield Case(f"{strategy}, deviates", experiment([wink, touch, nap], [flip], [undo]), args)
        yield Case(f"{strategy}, fail fast", experiment([wink, touch, nap, touch], [flip], [undo]), args + ["--fail-fast"])
    yield Case("skip in the experiment", experiment([touch], [flip], [undo], runtime={"hypothesis": {"strategy": "skip"}}))
    yield Case("background", experiment([sleepy, touch, {**sleepy, "name": "bg2"}], [ok], [undo]))
    yield Case("background fails", experiment(
        [action("late", process("sleep", "2", timeout=0.2), background=True), touch], [ok], [undo]))
    yield Case("background raises", experiment(
        [action("gone", process("chaosc-no-such-program", "x"), background=True), touch], [ok], [undo]),
        ["--no-validation"], frozenset({"R02"}))
    yield Case("background rollback", experiment([touch], [ok], [{**undo, "background": True}, undo]))
    yield Case("pauses", experiment([{**touch, "pauses": {"before": 0.2, "after": 0.1}}], [ok]))
    yield Case("pauses by variable", experiment([{**touch, "pauses": {"before": "${p}"}}], [ok], configuration={"p": 0.2}))
    yield Case("pause of a bad type", experiment([{**touch, "pauses": {"before": "${p}"}}, undo], [ok], [undo],
               configuration={"p": "soon"}), [], frozenset())
    yield Case("negative pause after", experiment([{**touch, "pauses": {"after": -1}}, undo], [ok], [undo]))
    yield Case("ref in method", experiment([touch, {"ref": "touch"}], [ok]))
    yield Case("ref to the hypothesis", experiment([{"ref": "ok"}], [ok]))
    yield Case("ref of a name used twice", experiment([touch, {**touch, "provider": process("true")}, {"ref": "touch"}], [ok]))
    yield Case("ref in rollbacks", experiment([touch, probe("look", process("ls", "touched"))], [ok], [{"ref": "look"}]))
    yield Case("ref in the hypothesis", experiment([probe("look", process("true"))], [ok, {"ref": "look", "tolerance": 0}]))
    yield Case("broken ref in rollbacks", experiment([touch], [ok], [{"ref": "nobody"}, undo]), [], frozenset({"R03"}))
    yield Case("broken ref in the method", experiment([{"ref": "nobody"}, touch], [ok], [undo]), ["--no-validation"])
    yield Case("rollback raises", experiment([touch], [ok], [action("gone", process("chaosc-no-such-program", "x")), undo]),
               ["--no-validation"], frozenset({"R03"}))
    yield Case("rollback fails", experiment([touch], [ok], [action("late", process("sleep", "2", timeout=0.1)), undo]))
    yield Case("several probes", experiment([touch], [ok, {**flip}, {**ok, "name": "last"}], [undo]))
    for dry in ("probes", "actions", "activities", "pause"):
        yield Case(f"dry {dry}", experiment(
            [{**touch, "pauses": {"after": 0.3}}, probe("look", process("ls", "touched"))], [ok], [undo]), ["--dry", dry])
    yield Case("activity with its own dry", experiment([{**touch, "dry": "activities"}], [ok]), [], frozenset({"R06"}))
    yield Case("activity timeout", experiment([{**touch, "provider": process("sleep", "1"), "timeout": 0.2}], [ok]), [],
               frozenset({"R07"}))
    yield Case("expected status", experiment(
        [probe("look", http("/status/404", expected_status=200))], [ok]), [], frozenset({"R08"}))


def settings_cases():
    ok = probe("ok", process("true"), tolerance=0)
    flip = probe("flips", process("test", "!", "-e", "touched"), tolerance=0)
    settings = {"s.yaml": "runtime:\n  rollbacks:\n    strategy: never\n  hypothesis:\n    strategy: after-method-only\n"}
    use = ["--settings", "s.yaml"]
    yield Case("settings", experiment([touch], [flip], [undo]), use, files=settings)
    yield Case("settings and experiment", experiment(
        [touch], [flip], [undo], runtime={"rollbacks": {"strategy": "always"}}), use, files=settings)
    yield Case("settings and command line", experiment([touch], [ok], [undo]),
               use + ["--rollback-strategy", "always", "--hypothesis-strategy", "default"], files=settings)
    yield Case("unknown rollback strategy", experiment(
        [touch], [ok], [undo], runtime={"rollbacks": {"strategy": "alwayss"}}))
    yield Case("unknown hypothesis strategy", experiment(
        [touch], [ok], [undo], runtime={"hypothesis": {"strategy": "afterr"}}))


def variable_cases():
    ok = probe("ok", process("true"), tolerance=0)
    echo = probe("say", process("printf", "%s|", "${a}", "$b", "$$", "x${a}y", "${nope}", "${n}", "${l}"))
    configuration = {"a": "one", "b": "two", "n": 3, "l": [1, "x", None, True, 1.5], "d": {"k": "v"}}
    yield Case("templates", experiment([echo], [ok], configuration=configuration, title="t ${a}"))
    yield Case("templates without configuration", experiment([echo], [ok]))
    yield Case("templates in a command line", experiment(
        [probe("say", {"type": "process", "path": "echo", "arguments": "${a} '${l}' ${d} $$"})], [ok],
        configuration=configuration))
    yield Case("arguments as a mapping", experiment(
        [probe("say", {"type": "process", "path": "echo", "arguments": {"-n": "${a}", "${b}": 1, "e": "", "z": None}})],
        [ok], configuration=configuration))
    yield Case("environment", experiment([echo], [ok], configuration={
        "a": {"type": "env", "key": "CHAOSC_A"}, "b": {"type": "env", "key": "CHAOSC_NONE", "default": "dflt"},
        "n": {"type": "env", "key": "CHAOSC_N", "env_var_type": "int"},
        "l": {"type": "env", "key": "CHAOSC_J", "env_var_type": "json"}}),
        env={"CHAOSC_A": "from env", "CHAOSC_N": " 0042 ", "CHAOSC_J": '{"x": [1]}'})
    yield Case("missing environment", experiment([echo], [ok], configuration={"a": {"type": "env", "key": "CHAOSC_NONE"}}))
    yield Case("var", experiment([echo], [ok], configuration=configuration),
               ["--var", "a=new", "--var", "n:int=7", "--var", "unknown=1", "--var", "l:float=2"])
    yield Case("var of a bad type", experiment([echo], [ok], configuration=configuration), ["--var", "n:int=x"])
    yield Case("var without value", experiment([echo], [ok], configuration=configuration), ["--var", "n"])
    yield Case("var file json", experiment([echo], [ok], configuration=configuration, secrets={"g": {"s": "hush-hush-77"}}),
               ["--var-file", "v.json"], frozenset({"R04"}), {},
               {"v.json": '{"configuration": {"a": "file", "n": 9}, "secrets": {"g": {"s": "other-Secret-5"}}}'})
    yield Case("var file yaml", experiment([echo], [ok], configuration=configuration),
               ["--var-file", "v.yaml", "--var", "b=cli"], frozenset(), {},
               {"v.yaml": "configuration:\n  a: yes\n  b: file\n"})
    yield Case("var file env", experiment([echo], [ok], configuration={"a": {"type": "env", "key": "CHAOSC_F"}}),
               ["--var-file", "v.env", "--no-validation"], frozenset(), {}, {"v.env": "# c\n\nCHAOSC_F=a=b \n"})
    secrets = {"g": {"token": "s3cr3t-Value-0815"}, "h": {"e": {"type": "env", "key": "CHAOSC_S"}}}
    leak = probe("leak", process("printf", "%s %s", "${token}", "${e}"))
    yield Case("secrets", experiment([leak], [ok], secrets=secrets), [], frozenset({"R04"}), {"CHAOSC_S": "env-Secret-4711"})
    yield Case("missing secret", experiment([leak], [ok], secrets=secrets))
    vault = {"g": {"all": {"type": "vault", "path": "foo"}, "one": {"type": "vault", "path": "foo", "key": "pw"}}}
    show = probe("show", process("printf", "%s %s", "${one}", "${all}"))
    at = {"vault_addr": "{base}", "vault_token": "tok"}
    hidden = frozenset({"R04"})
    yield Case("vault, version 2", experiment([show], [ok], configuration=at, secrets=vault), [], hidden)
    yield Case("vault, version 1", experiment(
        [show], [ok], configuration={**at, "vault_kv_version": "1"}, secrets=vault), [], hidden)
    yield Case("vault, another mount", experiment([show], [ok], configuration={
        **at, "vault_kv_version": "1", "vault_secrets_mount_point": "kv"}, secrets=vault), [], hidden)
    yield Case("vault, no such secret", experiment([show], [ok], configuration=at, secrets={
        "g": {"one": {"type": "vault", "path": "nothing"}}}))
    yield Case("vault, wrong token", experiment([show], [ok], configuration={**at, "vault_token": "no"}, secrets=vault))
    dynamic = probe("who", process("printf", " dyn "))
    yield Case("dynamic configuration", experiment([echo], [ok], configuration={"a": dynamic, "b": "after"}), [],
               frozenset({"R09"}))
    yield Case("dynamic configuration fails", experiment([echo], [ok], configuration={
        "a": probe("who", process("false")), "b": "after"}), [], frozenset({"R09"}))
    yield Case("dynamic configuration by http", experiment([echo], [ok], configuration={
        "a": probe("who", http("/five"))}), [], frozenset({"R09"}))
    yield Case("unknown members", experiment([{**touch, "x-team": {"k": [1, 2.50, 12345678901234567890]}}], [ok],
               tags=["a"], contributions={"availability": "high"}, **{"x-more": {"deep": [None, {}]}}))


def http_cases():
    ok = probe("ok", process("true"), tolerance=0)

    def call(name, path, **more):
        return probe(name, http(path, **more))

    yield Case("http methods and bodies", experiment([
        call("get", "/echo", arguments={"q": "a b", "l": [1, 2], "n": None}),
        call("post form", "/echo", method="POST", arguments={"a": "b c", "l": ["x", "y"]}),
        call("post json", "/echo", method="POST", arguments={"a": [1, None, True]}, headers={"Content-Type": "application/json"}),
        call("put text", "/echo", method="put", arguments="raw text"),
        call("delete", "/echo", method="DELETE"),
        call("head", "/five", method="HEAD")], [ok]))
    yield Case("http headers and templates", experiment([
        call("hdr", "/echo/${a}", headers={"X-A": "${a}", "Accept": "text/plain"}, timeout="${t}")], [ok],
        configuration={"a": "v1", "t": 3}))
    yield Case("http statuses", experiment([call(str(s), f"/status/{s}") for s in (200, 204, 301, 404, 500)], [ok]))
    yield Case("http redirects", experiment([
        call("302", "/redirect/302"), call("post 302", "/redirect/302", method="POST", arguments={"a": "b"}),
        call("307", "/redirect/307", method="POST", arguments={"a": "b"}), call("loop", "/loop")], [ok], [undo]), [],
        frozenset({"R02"}))
    yield Case("http redirects of methods with bodies", experiment([
        call(f"{m} {s}", f"/redirect/{s}", method=m, arguments={"q": "v"})
        for m in ("PUT", "PATCH", "DELETE", "POST", "OPTIONS") for s in (301, 302, 303, 307, 308)], [ok]))
    yield Case("http form of nothing", experiment([
        call("empty", "/status/200", method="POST", arguments={"a": None}),
        call("none", "/echo", method="POST", arguments={})], [ok]))
    undecodable = ("bad", "bad deflate", "six", "one known")
    yield Case("http bodies", experiment([
        call("json", "/json"), call("json charset", "/jsoncharset"), call("empty", "/empty")], [ok]))
    yield Case("http content codings", experiment([
        *(call(name, f"/coded/{name}") for name in target.CODED if name not in undecodable),
        call("redirect", "/coded-redirect"), call("head", "/coded/gzip", method="HEAD")], [ok]))
    for name in undecodable:
        yield Case(f"http {name} coding", experiment([call(name, f"/coded/{name}".replace(" ", "%20"))], [ok], [undo]), [],
                   frozenset({"R02"}))
    yield Case("http bad json", experiment([call("bad", "/badjson"), touch], [ok], [undo]), [], frozenset({"R02"}))
    yield Case("http timeout pair", experiment([call("slow", "/slow", timeout=[1, 0.2])], [ok]))
    yield Case("http bad url", experiment([probe("bad", {"type": "http", "url": "not a url"}), touch], [ok], [undo]), [],
               frozenset({"R02"}))


def all_cases():
    yield from tolerance_cells()
    yield from flow_cases()
    yield from settings_cases()
    yield from variable_cases()
    yield from http_cases()
