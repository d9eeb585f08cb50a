"""Side-by-side experiments made by machine: one experiment with each of its fields changed to each odd value, and
with several changes at random. Nothing says beforehand what the reference makes of them."""

import copy
import json
import random

from cases import Case, action, http, probe, process, undo
from python_cases import python

WORDS = "some words that are long enough for anybody to guess their character set"


def base():
    """An experiment that uses about everything, quick and without races."""
    return {
        "title": "a title of $word", "description": "a description", "tags": ["a", "b"],
        "contributions": {"availability": "high"},
        "configuration": {
            "word": "a word", "n": 3, "list": [1, "two", None], "map": {"k": "v"}, "empty": "", "nothing": None,
            "env": {"type": "env", "key": "SWEEP_N", "env_var_type": "int"},
            "preset": {"type": "env", "key": "SWEEP_MISSING", "default": "preset"},
            "found": {"type": "probe", "name": "find", "provider": process("printf", "%s", "found ${word}")}},
        "secrets": {"group": {"token": "a-Secret-4711", "env": {"type": "env", "key": "SWEEP_SECRET"}}},
        "steady-state-hypothesis": {"title": "steady", "probes": [
            probe("status", process("true"), tolerance=0),
            probe("words", process("printf", "%s", WORDS), tolerance={
                "type": "regex", "pattern": "^some", "target": "stdout"}),
            probe("answer", http("/json", timeout=5), tolerance={
                "type": "jsonpath", "path": "$.a.b[*]", "target": "body", "count": 3}),
            probe("number", python("give", value=5), tolerance={"type": "range", "range": [1, 9]})]},
        "method": [
            action("touch", process("touch", "touched"), pauses={"before": 0.01, "after": 0.01}),
            probe("say", {"type": "process", "path": "printf", "timeout": 5, "arguments": [
                f"%s {WORDS} ", "${word}", "$n", "${list}", "x${map}y", "${missing}"]}),
            probe("ask", http("/echo", method="POST", timeout=5, headers={"X-Word": "${word}"},
                              arguments={"q": "${word}", "l": [1, 2]})),
            probe("call", {**python("context"), "secrets": ["group"]}),
            probe("give", python("give", value={"w": "${word}", "l": ["$n", "${n}"], "s": "${env}"})),
            {"ref": "status"},
            action("late", process("true"), background=True)],
        "rollbacks": [undo, probe("look", process("sh", "-c", "test -e touched; echo $?"))],
    }


# What a field may also be; {n} and its like mean something in some places.
VALUES = [None, True, False, 0, 1, -1, 0.5, 1e300, 10**25, "", "x", "0", "5", "${n}", "$word", "${missing}", "${list}",
          "${map}", "${empty}", "${nothing}", "${env} ${token}", "l\u00e0 o\u00f9 l'\u00e9t\u00e9 s'ach\u00e8ve, tout est possible", [], [1], ["x", None], [0, 200],
          {}, {"k": "v"}, {"type": "probe"}]
# Fields that the base has not, and what they may be there.
ACTIVITY = {"timeout": [5, "5", None], "background": [True, None, "yes"], "pauses": [{"before": "${n}x"}, 5, {"after": None}],
            "controls": [None, [], [{}]], "tolerance": [0, None, {"type": "range", "range": [9, 1]}], "secrets": ["group"],
            "dry": ["nope", None], "x-more": [{"deep": [1.50]}]}
PROVIDER = {"timeout": [5, "${n}", None, [1, 2]], "arguments": [None, "a b $word", {"a": 1}, ["${list}", ""]],
            "max_retries": [1, "1", None], "verify_tls": [False, "x"], "headers": [{"A": 1}, {"A": "b", "a": "c"}, None],
            "method": ["put", "", None], "secrets": [["group"], ["nobody"], "group", None], "expected_status": [None]}
TOLERANCE = {"count": [1, 3, None, "3"], "expect": [[1, 2, 3], 5, None, "${n}"], "target": ["status", "nope", None, 5]}


def places(value, path=()):
    """The path of everything within the value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def additions(doc):
    """(path, value) of fields that could be there and are not."""
    for path in places(doc):
        owner = at(doc, path)
        table = (PROVIDER if path[-1] == "provider" else TOLERANCE if path[-1] == "tolerance" else
                 ACTIVITY if isinstance(owner, dict) and "provider" in owner else {})
        for key, values in table.items():
            if isinstance(owner, dict) and key not in owner:
                for value in values:
                    yield (*path, key), value


def at(doc, path):
    for key in path:
        doc = doc[key]
    return doc


def change(doc, path, value):
    at(doc, path[:-1])[path[-1]] = value


def case(name, doc, args=()):
    return Case(name, doc, list(args), env={"SWEEP_N": "7", "SWEEP_SECRET": "b-Secret-0815"}, may=True)


def all_cases():
    """Each field changed, added and taken away, as it is and without validation in turn."""
    whole = base()
    changes = [(path, value) for path in places(whole) for value in VALUES if value != at(whole, path)]
    changes += list(additions(whole))
    for number, (path, value) in enumerate(changes):
        doc = copy.deepcopy(whole)
        change(doc, path, copy.deepcopy(value))
        yield case(f"sweep {'.'.join(map(str, path))} = {json.dumps(value)[:40]}", doc,
                   ["--no-validation"] if number % 2 else [])
    for path in places(whole):
        for args in ([], ["--no-validation"]):
            doc = copy.deepcopy(whole)
            del at(doc, path[:-1])[path[-1]]
            yield case(f"sweep {'.'.join(map(str, path))} gone {''.join(args)}", doc, args)


def mutate(rng, doc):
    path = rng.choice(list(places(doc)))
    owner, key = at(doc, path[:-1]), path[-1]
    what = rng.random()
    if what < 0.45:
        owner[key] = copy.deepcopy(rng.choice(VALUES))
    elif what < 0.6:
        path, value = rng.choice(list(additions(doc)) or [(path, None)])
        change(doc, path, copy.deepcopy(value))
    elif what < 0.7:
        del owner[key]
    elif what < 0.8 and isinstance(owner, list):
        owner.insert(rng.randrange(len(owner) + 1), copy.deepcopy(owner[key]))
    elif what < 0.9 and isinstance(owner, list):
        rng.shuffle(owner)
    elif isinstance(owner[key], str):
        where = rng.randrange(len(owner[key]) + 1)
        name = rng.choice(["${word}", "$n", "$$", "${missing}", "${found}", "${token}", "$", "${list}", "{n}", "${env}"])
        owner[key] = owner[key][:where] + name + owner[key][where:]


def random_case(seed):
    rng = random.Random(seed)
    doc = copy.deepcopy(base())  # what other cases hold as well stays as it is
    for _ in range(rng.randint(1, 4)):
        mutate(rng, doc)
    args = []
    if rng.random() < 0.6:
        args += ["--no-validation"]
    if rng.random() < 0.4:
        args += ["--rollback-strategy", rng.choice(["default", "always", "never", "deviated"])]
    if rng.random() < 0.4:
        args += ["--hypothesis-strategy", rng.choice(["default", "before-method-only", "after-method-only"])]
    if rng.random() < 0.2:
        args += ["--dry", rng.choice(["probes", "actions", "activities", "pause"])]
    if rng.random() < 0.3:
        args += ["--var", rng.choice(["word=w x", "n:int=12", "n:json=[1,null]", "found=f", "list:float=1.5", "env=5"])]
    return case(f"random {seed}", doc, args)
