"""Side-by-side cases of the python provider; the functions are those of tests/run/modules."""

import json

from cases import Case, action, experiment, probe, process, touch, undo

ok = probe("ok", process("true"), tolerance=0)


def python(func, /, **arguments):
    provider = {"type": "python", "module": "helper_functions", "func": func}
    if arguments:
        provider["arguments"] = arguments
    return provider


def cell(kind, outcome, provider, tolerance, rows=frozenset(), **more):
    return Case(f"python {kind} {outcome}",
                experiment([touch], [probe("p", provider, tolerance=tolerance, **more)], [undo]), [], rows)


def tolerance_cells():
    value = {"a": {"b": [1, 2, 3]}, "n": 5, "s": "x y"}
    judge = {"type": "probe", "name": "judge", "provider": python("is_value", value="", wanted=5)}
    typed = {"type": "probe", "name": "judge", "provider": python("is_date", value="")}
    kinds = [
        ("int", 5, 5, 6), ("string", "s", "s", "t"), ("bool", True, True, False), ("list", 5, [4, 5], [1, 2]),
        ("null", None, None, 1), ("real", 1.5, 1.5, 2.5),
        ("regex", "x y", {"type": "regex", "pattern": "^x"}, {"type": "regex", "pattern": "^z"}),
        ("range", 5, {"type": "range", "range": [1, 9]}, {"type": "range", "range": [6, 9]}),
        ("jsonpath", value, {"type": "jsonpath", "path": "$.a.b"}, {"type": "jsonpath", "path": "$.zz"}),
        ("jsonpath expect", value, {"type": "jsonpath", "path": "$.n", "expect": 5},
         {"type": "jsonpath", "path": "$.n", "expect": 6}),
        ("probe", 5, judge, {**judge, "provider": python("is_value", value="", wanted=6)}),
    ]
    for kind, given, yes, no in kinds:
        rows = frozenset({"R05"}) if kind == "probe" else frozenset()
        yield cell(kind, "met", python("give", value=given), yes, rows)
        yield cell(kind, "not met", python("give", value=given), no, rows)
        yield cell(kind, "fails", python("fail", message="no luck"), yes)
        if kind not in ("null", "real"):  # those are refused, or not judged, from the start
            yield cell(kind, "times out", python("wait", seconds=1), yes, frozenset({"R07"}), timeout=0.2)
    yield cell("probe", "gets the object itself", python("typed"), typed, frozenset({"R05"}))
    raises = {"type": "probe", "name": "judge", "provider": python("fail", message="", value="")}
    yield cell("probe", "raises", python("give", value=1), raises)


def flow_cases():
    def act(name, provider, **more):
        return action(name, provider, **more)

    def call(name, func, /, **arguments):
        return act(name, python(func, **arguments))

    yield Case("python values", experiment([call("typed", "typed"), call("none", "give", value=None),
                                            call("list", "give", value=[1, 2.5, "\u00e9", None, True, {}])], [ok]))
    yield Case("python arguments", experiment([
        call("a", "defaults", a=1), call("b", "defaults", a=1, b=5, c="x", d="more"),
        call("c", "defaults", a="${n}", b="v-${s}", c=["${s}", {"k": "$n"}])], [ok], configuration={"n": 5, "s": "t"}))
    both = {"configuration": {"a": 1, "b": {"c": "d"}}, "secrets": {"g": {"s": "xx"}, "h": {"u": "yy"}}}
    yield Case("python configuration and secrets", experiment([
        act("none", python("context")),
        act("one", {**python("context"), "secrets": ["g"]}),
        act("two", {**python("context"), "secrets": ["g", "h", "nobody"]}),
        act("copy", python("needs_configuration")), act("again", python("context"))], [ok], **both), ["--no-validation"],
        frozenset({"R04"}))
    yield Case("python fails", experiment([call("f", "fail", message="bad"), call("g", "activity_failed"), touch],
                                          [ok], [undo]))
    yield Case("python wrong call", experiment([call("f", "add"), touch], [ok]), ["--no-validation"])
    yield Case("python interrupts", experiment([call("i", "interrupt"), touch], [ok], [undo]))
    yield Case("python leaves", experiment([call("l", "leave"), touch], [ok], [undo]), [], frozenset({"R13"}))
    yield Case("python in background", experiment([
        act("bg", python("wait", seconds=0.3), background=True), act("fg", python("add", a=1))], [ok]))
    yield Case("python main thread", experiment([act("fg", python("on_main")),
                                                 act("bg", python("on_main"), background=True)], [ok]))
    yield Case("python module state", experiment([call(str(i), "count") for i in range(3)], [ok]))
    yield Case("python rollback", experiment([touch], [ok], [call("r", "add", a=2), call("f", "fail", message="m"), undo]))
    yield Case("python prints", experiment([call("s", "speak")], [ok]))
    yield Case("python cache", experiment([touch, call("l", "looked_up", name="touch"),
                                           call("p", "looked_up", name="ok")], [ok]))
    yield Case("python exits gracefully", experiment([call("e", "exit_now", gracefully=True), touch], [ok], [undo]),
               ["--rollback-strategy", "always"], frozenset({"R13"}))
    yield Case("python dry", experiment([call("a", "fail", message="m"), probe("p", python("give", value=1))], [ok]),
               ["--dry", "actions"])
    yield Case("python dynamic configuration", experiment([call("a", "give", value="${d}")], [ok], configuration={
        "d": probe("d", python("give", value=7))}), [], frozenset({"R09"}))
    for kind in ("decimal", "time", "odd", "tuple", "list"):
        method = [call("a", "described", value="${d}"), call("b", "described", value="a ${d}"), call("c", "described")]
        if kind != "list":  # row S09
            method.append(act("p", process("printf", "%s", "${d}")))
        yield Case(f"python dynamic configuration is a {kind}", experiment(method, [ok], configuration={
            "d": probe("d", python("an_object", kind=kind)), "e": probe("e", python("described", value="${d}"))}),
            [], frozenset({"R09"}))
    yield Case("python changes what is in the configuration", experiment([
        call("a", "appended", item=1), call("b", "appended", item=2), act("c", python("described")),
        act("bg", python("appended", item=3), background=True)], [ok],
        configuration={"l": {"type": "env", "key": "A_LIST", "env_var_type": "json"}}), env={"A_LIST": "[0]"})
    described = [call("a", "described", value="${v}"), call("b", "described", value="a ${v}"), call("c", "described"),
                 act("p", process("printf", "%s", "${v}"))]
    yield Case("python bytes of the command line", experiment(described, [ok], configuration={"v": "x"}), [
        "--var", "v:bytes=it's \"\u00e9\" \\ \t"])
    yield Case("python bytes of the environment", experiment(described, [ok], configuration={"v": {
        "type": "env", "key": "SOME_BYTES", "env_var_type": "bytes"}}), env={"SOME_BYTES": "it's"})
    for name, given in (("probe", probe("d", python("an_object", kind="decimal"))),
                        ("process probe", probe("d", process("echo", "${w}"))), ("probe that fails", probe("d", python(
                            "fail", message="m"))), ("probe without provider", {"type": "probe"}),
                        ("environment", {"type": "env", "key": "NO_SUCH", "default": 5})):
        # of a short text without any value the reference guesses a character set (row S01)
        yield Case(f"python variable file makes it a {name}", experiment(described[:3 if "fails" in name else 4], [ok], configuration={
            "w": "before", "v": "x", "z": "behind"}), ["--var-file", "v.json"], files={
                "v.json": json.dumps({"configuration": {"v": given}})})
    yield Case("python variable file takes a probe away", experiment(described, [ok], configuration={
        "v": probe("d", python("give", value=7))}), ["--var-file", "v.json"], files={
            "v.json": json.dumps({"configuration": {"v": "plain"}})})
    yield Case("python dynamic configuration fails", experiment([touch], [ok], configuration={
        "d": probe("d", python("fail", message="m"))}), [], frozenset({"R09"}))


def refused_cases():
    def refused(name, provider, *args, rows=frozenset()):
        return Case(f"python {name}", experiment([action("a", provider), touch], [ok], [undo]), list(args), rows)

    module = {"type": "python", "module": "no_such_module", "func": "f"}
    for name, provider in (
            ("no such module", module), ("no such function", python("nope")), ("missing argument", python("add")),
            ("unknown argument", python("add", a=1, z=2)), ("class as function", python("Odd")),
            ("empty module", {"type": "python", "module": "", "func": "f"}),
            ("no func", {"type": "python", "module": "os"})):
        yield refused(name, provider)
    yield refused("no such module, not validated", module, "--no-validation", rows=frozenset({"R02"}))
    yield refused("no such function, not validated", python("nope"), "--no-validation", rows=frozenset({"R02"}))
    yield Case("python refused in rollbacks", experiment([touch], [ok], [action("r", module)]))


def all_cases():
    yield from tolerance_cells()
    yield from flow_cases()
    yield from refused_cases()
