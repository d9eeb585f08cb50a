"""Side-by-side cases of what is written oddly: `all_cases` are those that once went otherwise than in the reference."""

import json

from cases import Case, action, experiment, http, probe, process, touch, undo
from python_cases import python

UNCHECKED = ["--no-validation"]
ok = probe("ok", process("true"), tolerance=0)


def env(**more):
    return {"type": "env", **more}


def say(name, *words, **more):
    return probe(name, process("printf", "%s|", *words), **more)


def give(name, value, **more):
    return probe(name, python("give", value=value), **more)


def dynamic(provider, **more):
    return {"type": "probe", "name": "dyn", "provider": provider, **more}


def play(name, *method, args=(), rows=(), rollbacks=(undo,), variables=None, files=None, group=(), **more):
    """An experiment around a method; `more` are its other members."""
    return Case(f"odd {name}", experiment(method, [ok], rollbacks, **more), list(args), frozenset(rows),
                variables or {}, files or {}, list(group))


def http_cases():
    record = ("R02",)
    for method, rows in (("", ()), ("GE T", record), ("${m}", record), ("\u00c9", record), ("PURGE", ())):
        yield play(f"http method {method}", probe("p", http("/echo", method=method)), touch, rows=rows,
                   configuration={"m": "POST"})
    for headers in ("", {"User-Agent": None}, {"Accept": None, "Accept-Encoding": None, "Connection": None}):
        yield play(f"http headers {headers!r}", probe("p", http("/echo", headers=headers)),
                   probe("q", http("/echo", headers=headers, method="POST", arguments={"a": [1, None]})))
    for arguments in (False, 0, 5):
        yield play(f"http arguments {arguments}", probe("p", http("/echo", arguments=arguments)), touch,
                   rows=record if arguments else ())
    yield play("http timeout of ages", probe("p", http("/five", timeout=1e300)), touch, rows=record)
    for to in ("", "/echo?%C3%A9=1", "/echo?%E9=1"):
        yield play(f"redirect to '{to}'", probe("p", http("/to?status=302&raw=" + to)), touch,
                   rows=record if "?%E9" in to else ())
    for retries in ("2", [1], 1.5):
        yield play(f"http retries {retries!r}", probe("p", http("/five", max_retries=retries)), probe(
            "q", {"type": "http", "url": "http://127.0.0.1:1/", "max_retries": retries}), touch,
            rows=() if retries == 1.5 else record)
    yield play("http host of other letters", probe("p", {"type": "http", "url": "http://\u00fcn\u00ef.invalid/"}), touch,
               rows=("S13",))
    yield play("http verify_tls 1", probe("p", http("/five", verify_tls=1)), probe(
        "q", {"type": "http", "url": "https://127.0.0.1:1/", "verify_tls": 1}), touch, rows=record)
    for proxy in ("socks5://127.0.0.1:1", "http://", "http://127.0.0.1:1"):
        yield play(f"http proxy {proxy}", probe("p", http("/five")), touch, variables={"http_proxy": proxy},
                   rows=() if proxy.endswith(":1") and "http" in proxy else record)
    for body in ('{"a": 1, "a": 2}', '{"a": 1, "b": 0, "a": {"c": 1, "c": 2}}'):
        yield Case(f"odd JSON with a key twice {body}", experiment([touch], [
            probe("p", process("printf", "%s", body), tolerance={
                "type": "jsonpath", "path": "$.*", "target": "stdout", "count": 1})], [undo]))


def field_cases():
    record = ("R02",)
    yield play("process timeout of ages", probe("p", process("sleep", "0.01", timeout=1e9)), touch, rows=record)
    yield play("pause of ages", {**touch, "pauses": {"before": 1e300}}, touch)
    yield play("type that is no text", {**touch, "type": 5}, touch, args=UNCHECKED)
    for arguments, rows in (([1], ()), (None, record), ("x", record)):
        yield play(f"python arguments {arguments!r}", {**touch, "provider": {
            "type": "python", "module": "os", "func": "getpid", "arguments": arguments}}, touch, args=UNCHECKED, rows=rows)
    yield play("background function leaves", action("a", python("leave"), background=True),
               action("s", process("sleep", "0.4")), touch, rows=("R13",))
    for strategy in ("during-method-only", "continuously"):
        yield Case(f"odd check leaves, {strategy}", experiment(
            [action("s", process("sleep", "0.3")), touch],
            [probe("p", python("leave"), tolerance=0)], [undo]), ["--hypothesis-strategy", strategy], frozenset({"R13"}))


def configuration_cases():
    shown = [give("a", "${a}"), give("b", "${b}"), give("both", ["$a", "x${a}"])]

    def case(name, a, rows=(), **more):
        return play(f"configuration {name}", *shown, configuration={"a": a, "b": "bb"}, rows=rows, **more)

    yield case("sees what is above", dynamic(python("give", value="${b}")), ("R09",))
    yield case("is given no secrets", dynamic(python("context")), ("R09",))
    yield case("is given all secrets", dynamic(python("context")), ("R04", "R09"),
               secrets={"g": {"s": "hush-hush-4711"}, "h": {"t": "mum-mum-0815"}})
    for args in ([], UNCHECKED):
        for probe_ in ({"type": "probe", "name": "x"}, dynamic({"path": "x"}), dynamic({"type": "ssh"})):
            yield case(f"by {probe_.get('provider')} {args}", probe_, args=args,
                       rows=("R09",) if "ssh" in str(probe_) else ())
    for kind, text in (("float", "-inf"), ("float", "Infinity"), ("float", "nan"), ("int", "x"), ("int", " \u0664\u0662 "), ("float", "-\uff11.\u0665"), ("json", '{"k":1,"k":2}')):
        yield case(f"{kind} {text}", env(key="ODD", env_var_type=kind), variables={"ODD": text})
    for default in (5, None, True, [1]):
        yield case(f"bytes default {default}", env(key="ODD_MISSING", default=default, env_var_type="bytes"))
    for given in ("a:=5", 'a:json={"k":1,"k":2}', "a:float=-inf", "=5", "a=b=c"):
        yield case(f"--var {given}", "old", args=["--var", given])
    files = {"list.json": "[1]", "text.json": '"x"', "null.json": "null", "empty.json": "{}", "text.yaml": "hello",
             "lines.env": "ODD\n", "none.json": '{"configuration": null}', "word.json": '{"configuration": "ab"}',
             "good.json": '{"configuration": {"a": 1, "a": 2}}'}
    for name in files:
        yield case(f"--var-file {name}", "old", args=["--var-file", name], files=files)
    yield play("secret without a group", *shown, configuration={"b": "bb"}, secrets={"t": env(key="ODD")},
               variables={"ODD": "hush-hush-4711"}, rows=("R02",))
    for group in (None, "flat-secret-xyz", ["x"], 5):
        yield play(f"group of secrets {group!r}", *shown, configuration={"b": "bb"}, secrets={"g": group}, args=UNCHECKED,
                   rows=("R02", "R04"))


def block_cases():
    whole = experiment([touch], [ok], [undo])
    crash = frozenset({"R14"})
    for rollbacks in ("", {}):
        yield Case(f"odd rollbacks {rollbacks!r}", {**whole, "rollbacks": rollbacks})
    for name, wrong in (("method", ""), ("method", "x"), ("rollbacks", 5), ("rollbacks", "x"), ("configuration", "x"),
                        ("secrets", ["x"]), ("steady-state-hypothesis", []), ("controls", None), ("controls", "x"),
                        ("controls", ["x"]), ("controls", {"a": 1})):
        yield Case(f"odd block {name} {wrong!r}", {**whole, name: wrong}, UNCHECKED, crash)
    for runtime in ("x", ["x"], {"hypothesis": None}, {"hypothesis": {"strategy": None}}, {"rollbacks": "always"},
                    {"rollbacks": {"strategy": None}}, {"rollbacks": {"strategy": []}}, {"hypothesis": {"strategy": 5}}):
        yield Case(f"odd runtime {runtime}", {**whole, "runtime": runtime})
        yield Case(f"odd runtime in the settings {runtime}", whole, ["--settings", "s.json"], frozenset(), {},
                   {"s.json": json.dumps({"runtime": runtime})})
    for text in ("x", "runtime:\n", "controls:\n", "controls: []\n", "controls: {a: 5}\n", "[", "", "null"):
        yield Case(f"odd settings {text!r}", whole, ["--settings", "s.yaml"], files={"s.yaml": text})
    yield Case("odd runtime in both", {**whole, "runtime": {"x": 1}}, ["--settings", "s.json"], frozenset(), {}, {
        "s.json": json.dumps({"runtime": {"hypothesis": {"strategy": "unknown"}, "rollbacks": {"strategy": "never"}}})})
    yield Case("odd --change-dir", whole, group=["--change-dir", "nowhere"])
    yield Case("odd name .json", whole, source=".json")
    yield Case("odd keys of YAML", json.dumps(whole)[:-1] + ', "x": {1: a, 2.5: b, true: c, null: d, no: e}}',
               source="experiment.yaml")
    yield Case("odd values of YAML", json.dumps(whole)[:-1] + ', "x": {2024-01-02: a}}', source="experiment.yaml",
               rows=frozenset({"S08"}))


def all_cases():
    yield from http_cases()
    yield from field_cases()
    yield from configuration_cases()
    yield from block_cases()
