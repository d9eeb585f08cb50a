"""Side-by-side cases of controls; the modules are those of tests/run/modules."""

import itertools
import json

from cases import Case, action, experiment, probe, process, touch, undo
from python_cases import python

ok = probe("ok", process("true"), tolerance=0)


def control(name, module="noting_control", /, arguments=None, **more):
    provider = {"type": "python", "module": module}
    if arguments is not None:
        provider["arguments"] = arguments
    return {"name": name, "provider": provider, **more}


def changing(at, do, /, **arguments):
    return control(f"{do} {at}", "changing_control", {"at": at, "do": do, **arguments})


def noted(*method, **more):
    return experiment(method or [touch], [ok], [undo], **{"controls": [control("notes")], **more})


say = action("say", process("printf", "%s", "${word}"))


def order_cases():
    yield Case("control order of hooks", noted(touch, say, configuration={"word": "w"}, secrets={"g": {"s": "xyz1"}},
                                               extensions=[{"name": "e", "a": 1}]), rows=frozenset({"R04"}))
    yield Case("control arguments", noted(controls=[control("notes", arguments={
        "a": "${word}", "b": ["$s", "$$x ${no}"], "c": {"d": "${n}"}})],
        configuration={"word": "w", "n": 5}, secrets={"g": {"s": "xyz1"}}), rows=frozenset({"R04"}))
    yield Case("control before only", noted(controls=[control("notes", scope="before")]))
    yield Case("control after only", noted(controls=[control("notes", scope="after")]))
    yield Case("control not automatic", noted(controls=[control("notes", automatic=False)]))
    yield Case("control of an activity", experiment([{**touch, "controls": [control("notes")]}, say], [ok], [undo]))
    yield Case("control of the hypothesis", {**experiment([touch], [ok], [undo]), "steady-state-hypothesis": {
        "title": "h", "probes": [ok], "controls": [control("notes")]}})
    yield Case("control by reference", experiment([{**touch, "controls": [{**control("use"), "ref": "notes"}]}, say],
                                                  [ok], [undo], controls=[control("notes", automatic=False)]))
    yield Case("control both here and there", noted({**touch, "controls": [control("own")]}, say, controls=[
        control("notes"), control("more", arguments={"second": True})]))
    yield Case("control of the same name", noted({**touch, "controls": [control("notes", arguments={"own": 1})]}))
    yield Case("control of an activity that is referred to", noted(touch, {"ref": "touch"}, {"ref": "ok"}))
    yield Case("control of background activities", noted({**touch, "background": True}))
    yield Case("control of a failing activity", noted(action("f", process("chaosc-no-such-program")), touch),
               ["--no-validation"], frozenset({"R02"}))
    yield Case("control and a hypothesis not met", noted(touch) | {"steady-state-hypothesis": {
        "title": "h", "probes": [probe("no", process("false"), tolerance=0)]}})
    yield Case("control and a failing probe", noted(touch) | {"steady-state-hypothesis": {
        "title": "h", "probes": [probe("no", python("fail", message="m"), tolerance=0)]}})
    yield Case("control and rollbacks always", noted(action("f", python("fail", message="m"))),
               ["--rollback-strategy", "always"])
    yield Case("control and no rollbacks", noted(), ["--rollback-strategy", "never"])
    for strategy in ("before-method-only", "after-method-only", "skip"):
        yield Case(f"control and strategy {strategy}", noted(), ["--hypothesis-strategy", strategy])
    yield Case("control and dry activities", noted(), ["--dry", "activities"])
    yield Case("control and python values", noted(action("typed", python("typed"))))
    yield Case("control whose module is missing", noted(controls=[control("gone", "no_such_module")]))
    yield Case("control of another provider", noted(controls=[{"name": "c", "provider": {"type": "process", "path": "true"}}]))


def global_cases():
    def case(name, *args, **more):
        return Case(f"control {name}", experiment([touch, say], [ok], [undo], **more.pop("blocks", {})), list(args), **more)

    notes = {"notes": {k: v for k, v in control("", arguments={"n": 5}).items() if k != "name"}}
    settings = json.dumps({"controls": notes})
    files = {"settings.yaml": settings, "c.json": json.dumps(notes), "c.yaml": json.dumps({"more": notes["notes"]}),
             "bad.json": "{"}
    own = {"controls": [control("own")]}
    yield case("of the settings", "--settings", "settings.yaml", files=files)
    yield case("of a JSON file", "--control-file", "c.json", files=files)
    yield case("of two files", "--control-file", "c.json", "--control-file", "c.yaml", files=files)
    yield case("of a broken file", "--control-file", "bad.json", files=files)
    yield case("of a missing file", "--control-file", "nowhere.json", files=files)
    yield case("of a file and the settings", "--control-file", "c.yaml", "--settings", "settings.yaml", files=files)
    yield case("of a file and the experiment", "--control-file", "c.json", files=files, blocks=own)
    yield case("of the settings and the experiment", "--settings", "settings.yaml", files=files, blocks=own)


def refused_cases():
    for name, wrong in (
            ("without name", {"provider": {"type": "python", "module": "noting_control"}}),
            ("without provider", {"name": "c"}), ("without module", {"name": "c", "provider": {"type": "python"}}),
            ("of no such scope", control("c", scope="never")),
            ("of no such reference", {**control("c"), "ref": "nobody"}),
            ("refused by itself", control("c", arguments={"refuse": True}))):
        yield Case(f"control {name}", noted(controls=[wrong]))


HOOKS = [f"{scope} {level}" for level in ("experiment", "hypothesis", "method", "rollback", "activity")
         for scope in ("before", "after")]


def change_cases():
    def case(name, *controls, method=(touch,), rows=frozenset(), args=(), **more):
        return Case(f"control {name}", experiment(method, [ok], [undo], controls=list(controls), **more), list(args), rows)

    for at in HOOKS:
        rows = frozenset({"R13"} if at.endswith("activity") or at == "after hypothesis" else ())
        yield case(f"interrupts {at}", changing(at, "interrupt"), control("notes"), rows=rows)
        yield case(f"interrupts {at}, rollbacks always", changing(at, "interrupt"), rows=rows,
                   args=["--rollback-strategy", "always"])
        rows = frozenset({"R13"} if at.endswith("activity") or at == "after hypothesis" else
                         {"R12"} if at.endswith("rollback") else {"R23"} if at == "after experiment" else ())
        yield case(f"leaves {at}", changing(at, "leave"), control("notes"), rows=rows)
        yield case(f"fails {at}", changing(at, "fail"), control("notes"))
        yield case(f"sets configuration {at}", changing(at, "put", into="configuration", where=["word"], value="new"),
                   method=[say, touch, say], configuration={"word": "old"})
        yield case(f"sets secrets {at}", changing(at, "put", into="secrets", where=["g", "word"], value="new"),
                   method=[say], secrets={"g": {"word": "old"}}, rows=frozenset({"R04"}))
        yield case(f"adds to the experiment {at}", changing(at, "put", into="experiment", where=["tags"], value=["t"]))
    for name in ("say", "touch", "ok", "undo"):
        for scope in ("before", "after"):
            yield case(f"interrupts {scope} {name}", changing(f"{scope} activity", "interrupt", on=name),
                       control("notes"), method=[touch, say], rows=frozenset({"R13"} if name == "ok" else ()))
    yield case("sets arguments", changing("before activity", "put", on="say", where=["provider", "arguments"],
                                          value=["%s", "other"]), method=[say, touch])
    yield case("sets the tolerance", changing("before activity", "put", on="ok", where=["tolerance"], value=7))
    yield case("sets the tolerance afterwards", changing("after activity", "put", on="ok", where=["tolerance"], value=7))
    yield case("sets the output", changing("after activity", "put", on="ok", into="state", where=["output"],
                                           value={"status": 3}))
    yield case("sets the status", changing("after activity", "put", on="ok", into="state", where=["status"],
                                           value="failed"))
    yield case("sets the output of the method", changing("after activity", "put", on="touch", into="state",
                                                         where=["output"], value="nothing"))
    yield case("sets a member of the record", changing("after method", "put", into="state", where=[0, "extra"],
                                                       value=[1]))
    yield case("sets the verdict", changing("after hypothesis", "put", into="state", where=["steady_state_met"],
                                            value=False))
    yield case("sets a member of the journal", changing("after experiment", "put", into="state", where=["extra"],
                                                        value={"a": 1.5}))
    yield case("sets the status of the journal", changing("after experiment", "put", into="state", where=["status"],
                                                          value="failed"))
    for mode in ("activities", "actions", "probes", "pause"):
        yield case(f"sets dry {mode}", changing("before activity", "dry", mode=mode, on="touch"),
                   changing("after experiment", "forget_dry"), method=[{**touch, "pauses": {"before": 0.1}}])
    yield case("sets a dry mode by name", changing("before activity", "put", where=["dry"], value="activities",
                                                   on="touch"), rows=frozenset({"R06"}))
    yield case("sets pauses", changing("before activity", "put", where=["pauses"], value={"after": 0.1}, on="touch"))
    for where in (0, 1, 2, 9):
        for at, on in (("before method", None), ("before activity", "touch"), ("after activity", "touch"),
                       ("before experiment", None)):
            if on and where == 0:
                continue  # it comes to stand before itself, again and again
            yield case(f"inserts at {where} {at}", changing(at, "insert", index=where, on=on, value={
                **say, "name": "added"}), method=[touch, {**say, "name": "last"}])
    yield case("inserts a rollback", changing("before rollback", "insert", index=0, where=["rollbacks"],
                                              value={**touch, "name": "first"}))
    yield case("inserts a probe", changing("before hypothesis", "insert", index=0,
                                           where=["steady-state-hypothesis", "probes"], value={**ok, "name": "first"}))
    yield case("inserts a background activity", changing("after activity", "insert", index=1, on="touch", value={
        **say, "name": "added", "background": True, "pauses": {"before": 0.3}}), method=[
            touch, say, {**touch, "background": True, "name": "b", "pauses": {"before": 1}}])
    def described(name, value=None, **more):
        provider = python("described", value=value) if value else python("described")
        return action(name, {**provider, **more})

    for kind in ("decimal", "time", "odd", "tuple", "uuid"):
        yield case(f"keeps a {kind} in the configuration", changing("before experiment", "put_object", where=["word"], kind=kind),
                   method=[say, described("whole", "${word}"), described("part", {"a": ["a ${word}", "${word}", "$word"]}), touch],
                   configuration={"word": "w"})
    for at in ("before activity", "before hypothesis"):
        yield case(f"keeps an object in the configuration {at}", changing(at, "put_object", where=["word"], kind="odd"),
                   method=[say, described("whole", "${word}")], configuration={"word": "w"})
    yield case("keeps a list of objects in the configuration", changing(
        "before experiment", "put_object", where=["word"], kind="list"), configuration={"word": "w"},
        method=[described("whole", "${word}"), described("part", "a ${word}"), action("a", python("appended", item=5)),
                described("again", "${word}")])
    yield case("keeps an object in the secrets", changing(
        "before experiment", "put_object", into="secrets", where=["g", "word"], kind="decimal"), rows=frozenset({"R04"}),
        method=[say, described("whole", "${word}"), described("group", secrets=["g"])], secrets={"g": {"word": "old"}})
    judge = {"type": "probe", "name": "judge", "provider": python("is_value", value="", wanted="${word}")}
    yield Case("control judges with an object", experiment([say], [
        probe("p", python("an_object", kind="decimal"), tolerance=judge)], [undo], configuration={"word": "w"}, controls=[
            changing("before experiment", "put_object", where=["word"], kind="decimal")]), rows=frozenset({"R05"}))
    yield case("removes an activity", changing("after activity", "remove", index=1, on="touch"),
               method=[touch, say, {**say, "name": "last"}])
    yield case("replaces the method while it is played", changing("before activity", "replace_method", on="touch",
                                                                  value=[]), method=[touch, say])
    yield case("replaces the method before it", changing("before experiment", "replace_method", value=[say]))


def loader_cases():
    def case(name, *controls, args=(), files=None, **more):
        named = {c["name"]: {key: item for key, item in c.items() if key != "name"} for c in controls}
        return Case(f"control {name}", {**experiment([say, touch], [ok], [undo], configuration={"word": "w"}), **more},
                    ["--control-file", "c.json", *args], files={"c.json": json.dumps(named), **(files or {})})

    def loading(*args, **more):
        return control("load", "loading_control", *args, **more)

    def put(*where, value, at="after loading"):
        return changing(at, "put", into="state", where=list(where), value=value)

    yield case("of the loader", loading())
    yield case("of the loader with arguments", loading(arguments={"a": "${word}"}), control("notes"))
    yield case("of the loader, before only", loading(scope="before"))
    yield case("of the loader, after only", loading(scope="after"))
    yield case("of the loader in the settings", loading(), args=["--settings", "settings.yaml"], files={
        "settings.yaml": json.dumps({"auths": {"h": {}}, "controls": {"own": {"provider": loading()["provider"]}}})})
    yield case("of the experiment is none of the loader", control("notes"), controls=[loading()])
    yield case("rewrites the title", put("title", value="new ${word}"))
    yield case("rewrites the method", put("method", value=[{**touch, "name": "other"}, {"ref": "other"}]))
    yield case("rewrites the configuration", put("configuration", value={"word": {"type": "env", "key": "NO_SUCH",
                                                                              "default": "z"}}), control("notes"))
    yield case("rewrites the hypothesis", put("steady-state-hypothesis", "probes", 0, "tolerance", value=5))
    yield case("adds a control", put("controls", value=[control("own")]))
    yield case("adds a Python activity", put("method", 0, value=action("p", python("give", value=5))))
    yield case("makes the experiment invalid", put("method", value=None))
    yield case("makes the experiment valid", put("method", value=[touch]), method=None)
    yield case("makes no experiment of it", changing("after loading", "clear"))
    yield case("removes an activity while loading", changing("after loading", "remove_first"))
    yield case("writes the experiment", changing("before loading", "write", path="experiment.json", text=json.dumps(
        {**experiment([touch], [ok]), "contributions": {"written": {}}})))
    for at in ("before loading", "after loading"):
        yield case(f"interrupts {at}", changing(at, "interrupt"))
        yield case(f"leaves {at}", changing(at, "leave"))
        yield case(f"fails {at}", changing(at, "fail"), control("notes"))
    yield case("of the loader whose module is missing", control("gone", "no_such_module"), loading())
    yield case("of the loader whose module is broken", control("broken", "broken_module"), loading())
    yield case("of the loader without a module", {"name": "x", "provider": {"type": "python"}}, loading())
    yield case("of the loader, not validated", put("title", value=""), args=["--no-validation"])


def listening(name="listens", /, **arguments):
    return control(name, "listening_control", arguments)


def event_cases():
    def case(name, *controls, method=(touch, say), rows=frozenset(), args=(), **more):
        return Case(f"events {name}", experiment(method, [ok], [undo], controls=list(controls), configuration={
            "word": "w"}, **more), list(args), rows)

    slow = action("slow", process("sleep", "1.2"))
    short_pace = ["--hypothesis-strategy", "continuously", "--hypothesis-frequency", "0.5"]
    yield case("of a run", listening(), control("notes"))
    yield case("of a run with other controls", control("notes"), listening(), listening("twice"))
    yield case("of an empty method", listening(), method=[])
    yield Case("events of a control file", experiment([touch], [ok], [undo]), ["--control-file", "c.json"], files={
        "c.json": json.dumps({"l": {"provider": listening()["provider"]}})})
    yield Case("events of the settings' control", experiment([touch], [ok], [undo]), ["--settings", "s.yaml"], files={
        "s.yaml": json.dumps({"controls": {"l": {"provider": listening()["provider"]}}})})
    yield case("of background activities", listening(), method=[{**touch, "background": True}])
    yield case("of a dry run", listening(), args=["--dry", "activities"], method=[{**touch, "pauses": {"after": 0.1}}])
    yield case("of python", listening(), method=[action("typed", python("typed")), action("f", python("fail", message="m"))])
    yield case("of a reference", listening(), method=[touch, {"ref": "touch"}, {"ref": "ok"}])
    yield case("without rollbacks", listening(), args=["--rollback-strategy", "never"])
    yield case("with strategies", listening(), args=["--rollback-strategy", "always", "--hypothesis-strategy",
                                                     "after-method-only", "--fail-fast"])
    yield case("with a runtime block", listening(), runtime={"rollbacks": {"strategy": "always"}})
    yield Case("events of a gate not met", experiment([touch], [probe("no", process("false"), tolerance=0)], [undo],
                                                      controls=[listening()]))
    yield Case("events of a failing probe", experiment([touch], [probe("no", python("fail", message="m"), tolerance=0)],
                                                       [undo], controls=[listening()]))
    yield Case("events of a deviation", experiment([action("rm", process("touch", "gone"))], [
        probe("look", process("ls", "gone"), tolerance=2)], [undo], controls=[listening()]))
    yield case("of continuous checks", listening(counted=False), method=[slow], args=short_pace)
    yield Case("events of failing fast", experiment([slow, touch], [probe("no", process("false"), tolerance=0)], [undo],
                                                    controls=[listening(counted=False)]),
               ["--hypothesis-strategy", "during-method-only", "--fail-fast"])
    yield Case("events of an interrupted check", experiment([slow, touch], [ok], [undo], controls=[
        listening(counted=False), changing("before hypothesis", "interrupt")]), ["--hypothesis-strategy", "during-method-only"])
    for at in ("before experiment", "before hypothesis", "before method", "after method", "before activity",
               "before rollback", "after rollback"):
        rows = frozenset({"R13"} if at.endswith("activity") else ())
        yield case(f"of an interruption {at}", listening(), changing(at, "interrupt"), rows=rows)
    yield case("of an exit", listening(), method=[action("e", python("exit_now", gracefully=True)), touch],
               rows=frozenset({"R13"}))
    yield case("of another exit", listening(), method=[action("e", python("exit_now", gracefully=False)), touch],
               rows=frozenset({"R13"}))
    for name in ("INT", "TERM", "USR1", "USR2"):
        send = process("sh", "-c", f"kill -{name} $PPID; exec sleep 3")
        yield case(f"of SIG{name}", listening(), method=[action("signal", send), touch], rows=frozenset({"R13"}))
        yield case(f"of SIG{name}, rollbacks always", listening(), method=[action("signal", send), touch],
                   args=["--rollback-strategy", "always"], rows=frozenset({"R13"}))
        yield Case(f"events of SIG{name} in the gate", experiment([touch], [probe("signal", send, tolerance=0)], [undo],
                                                                  controls=[listening()]), rows=frozenset({"R13"}))
        yield Case(f"events of SIG{name} in rollbacks", experiment([touch], [ok], [action("signal", send), undo],
                                                                   controls=[listening()]), rows=frozenset({"R12"}))
    yield case("of an aborted method", listening(), method=[{**touch, "pauses": {"before": -1}}, say])
    arguments = {"where": ["provider", "arguments"], "value": ["%s", "other"]}
    visited = {"type": "python", "module": "thread_control", "func": "visited"}
    yield Case("events and hooks of one thread", experiment([
        action("foreground", visited), *(action(f"b{i}", visited, background=True, pauses={"before": 0.2 + i / 4}) for i in range(3)),
        action("again", visited)], [ok],
        [action("undo", visited, background=True)], controls=[control("threads", "thread_control")]))
    yield case("set arguments", listening(at="start_activity", do="put", on="say", **arguments), method=[say, touch])
    yield case("set an output", listening(at="activity_completed", do="put", on="ok", into="state", where=["output"],
                                          value={"status": 3}))
    yield case("set a member of a record", listening(at="activity_completed", do="put", on="say", into="state",
                                                     where=["extra"], value=[1]))
    yield case("set a status", listening(at="activity_completed", do="put", on="touch", into="state", where=["status"],
                                         value="failed"))
    yield case("insert an activity", listening(at="start_method", do="insert", index=0, value={**say, "name": "added"}))
    yield case("insert an activity on the way", listening(at="activity_completed", do="insert", index=1, on="touch",
                                                          value={**say, "name": "added"}))
    yield case("fail", listening(at="start_activity", do="fail"), method=[say])
    yield case("interrupt nothing", listening(at="start_activity", do="interrupt"), method=[say])
    for at in ("running", "finish", "rollbacks_completed", "hypothesis_after_completed"):
        into = {"running": {"at": at, "do": "fail"}}.get(at, {"at": at, "do": "put", "into": "state",
                                                              "where": ["extra"], "value": 5})
        yield case(f"set a member of the journal at {at}", listening(**into))
    yield case("set the status of the journal", listening(at="rollbacks_completed", do="put", into="state",
                                                          where=["status"], value="failed"))
    yield case("set the verdict", listening(at="finish", do="put", into="state", where=["deviated"], value=True))


def all_cases():
    for case in itertools.chain(order_cases(), global_cases(), refused_cases(), loader_cases(), change_cases(), event_cases()):
        # What controls add to it is seen in the journal, whose experiment is a shallow copy from before them.
        case.experiment.setdefault("contributions", {})
        yield case
