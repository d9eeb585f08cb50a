#!/usr/bin/env python3
"""Records what chaoslib's within_tolerance says of tolerances and values into tolerance.json.

usage: record_tolerance.py > tolerance.json      (a Python with chaostoolkit-lib[jsonpath])

A result is true, false, null (which is "not met"), or an object with the class and message of the exception.
check_tolerance replays all of it; of what jsonpath2's parser says only the class is compared.
"""

import contextlib
import io
import json
import sys

from chaoslib import substitute
from chaoslib.hypothesis import within_tolerance

CONFIGURATION = {"n": 200, "word": "ok", "list": [1, 5], "yes": True, "none": None, "half": 0.5,
                 "pattern": "^o", "name": "a", "range": {"type": "range", "range": [1, 5]},
                 "bad": "(", "empty": ""}

NAN = float("nan")
INF = float("inf")


def regex(pattern, **more):
    return {"type": "regex", "pattern": pattern, **more}


def path(text, **more):
    return {"type": "jsonpath", "path": text, **more}


def between(*bounds, **more):
    return {"type": "range", "range": list(bounds), **more}


VALUES = [None, True, False, 0, 1, 2, 200, -1, 1.0, 0.5, NAN, INF, "", "a", "ok", "200", "1", " 3 ", [], [1],
          [1, 2], ["a"], [None], {}, {"status": 200}, {"status": 404, "body": "ok"}, {"a": 1},
          {"a": "ok"}, {"a": [1, 2]}, {"status": None}, '{"a": 1}', '[1, {"a": 2}]',
          12345678901234567890, {"status": 200, "body": '{"a": "ok"}'}]

TOLERANCES = [
    None, True, False, 0, 1, 200, -1, 0.5, 1.0, "", "a", "ok", "200", "${n}", "${word}", "$word",
    "${yes}", "${list}", "${none}", "${half}", "${range}", "${missing}", "x${n}", "$$", [], [1], [200],
    [200, 404], [0, 1], [1, 0], [200, 201, 404], ["a", "z"], ["a"], [None], [None, None], [[1], [3]],
    [[1, 2], [1, 2]], [0, "z"], ["a", 3], [{}, {}], [True, 300], [0.5, 1.5], [NAN, 1], [1, NAN],
    [[None], [1]], [[["a"]], [["b"]]], ["${n}", "${n}"], {}, {"type": "other"}, {"type": None},
    {"type": ["regex"]}, {"type": 3},
]

CASES = [
    (regex(p, **more), values)
    for p, more, values in [
        ("o", {}, VALUES),
        ("^$", {}, ["", "a", 1]),
        ("${pattern}", {}, ["ok", "no", 3]),
        ("${word}$", {}, ["ok", "okay", "x ok\n"]),
        ("a$$b", {}, ["a", "ab", "a$b"]),
        ("${bad}", {}, ["x"]),
        ("${n}", {}, ["200"]),
        ("${missing}", {}, ["x"]),
        ("${list}", {}, ["x"]),
        ("(", {}, ["x", 3]),
        ("a\nb(", {}, ["x"]),
        ("é(", {}, ["x"]),
        ("(?<=a*)b", {}, ["x"]),
        ("(?a)(?u)x", {}, []),
        (None, {}, ["x"]), (5, {}, ["x"]), (True, {}, ["x"]), (1.5, {}, ["x"]), ([], {}, ["x"]),
        (["a"], {}, ["x"]), ({}, {}, ["x"]), ("", {}, ["x", "", 3]),
        ("o", {"target": "a"}, VALUES),
        ("o", {"target": "body"}, VALUES),
        ("o", {"target": ""}, ["ok"]), ("o", {"target": None}, ["ok"]), ("o", {"target": 3}, [{"a": 1}, "o"]),
        ("o", {"target": ["a"]}, [{"a": 1}]), ("o", {"target": {"a": 1}}, [{"a": 1}]),
        ("o", {"target": "${name}"}, [{"a": "ok", "${name}": "no"}]),
    ]
] + [
    (path(p, **more), values)
    for p, more, values in [
        ("$.a", {}, VALUES),
        ("$", {}, VALUES),
        ("$.*", {}, VALUES),
        ("$.a", {"count": 1}, VALUES),
        ("$.*", {"count": 2}, VALUES),
        ("$.zzz", {"count": 0}, VALUES),
        ("$.a", {"expect": 1}, VALUES),
        ("$.a", {"expect": "ok"}, VALUES),
        ("$.a", {"expect": ["ok"]}, VALUES),
        ("$.a", {"expect": [[1, 2]]}, VALUES),
        ("$.a", {"expect": [1, 2]}, VALUES),
        ("$[*]", {"expect": [1, 2]}, VALUES),
        ("$.status", {"expect": None}, VALUES),
        ("$.a", {"expect": []}, [{"a": 1}, {}]),
        ("$.a", {"expect": True}, [{"a": 1}, {}]),
        ("$.a", {"expect": "${word}"}, [{"a": "ok"}, {"a": 1}]),
        ("$.a", {"expect": ["${word}"]}, [{"a": "ok"}, {"a": 1}]),
        ("$.a", {"expect": "${list}"}, [{"a": 1}, [1, 5]]),
        ("$[*]", {"expect": "${list}"}, [{"a": 1}, [1, 5]]),
        ("$.a", {"expect": {"k": "${n}"}}, [{"a": {"k": 200}}, {"a": {"k": "200"}}]),
        ("$.a", {"count": 2, "expect": 1}, [{"a": 1}]),
        *[("$.a", {"count": c}, [{"a": 1}]) for c in (1.0, True, "1", None, 0, False, [1], "x")],
        ("$.${name}", {}, [{"a": 1}, {"b": 1}]),
        ("${none}", {}, [{"a": 1}]),
        ("${n}", {}, [{"a": 1}]),
        ("$$.a", {}, [{"a": 1}]),
        ("  $.a  ", {}, [{"a": 1}]),
        ("$[?(@.a > 0)]", {}, VALUES),
        ("$[::0]", {}, [[1], {"a": 1}]),
        ("$.a", {"target": "body"}, VALUES),
        ("$.a", {"target": "zzz"}, VALUES),
        ("$.a", {"target": "body", "expect": "ok"}, VALUES),
        (None, {}, [{"a": 1}]), (5, {}, [{"a": 1}]), (1.5, {}, [{"a": 1}]), (True, {}, [{"a": 1}]),
        ([], {}, [{"a": 1}]), ({}, {}, [{"a": 1}]), ("", {}, [{"a": 1}]), ("  ", {}, [1]), ("$[", {}, [1]),
        ("$.a", {}, ["{bad", "[NaN]", '{"a": NaN}', "5", '"a"', " {\"a\": 1} ", "{'a': 1}", "{\"a\":1,}",
                     "\ufeff{\"a\": 1}"]),
    ]
] + [
    ({k: v for k, v in t.items()}, values)
    for t, values in [
        (between(1, 10), VALUES + [3, "5", "5.5", "1e1", "1E+1", "+2", "-2", "1_0", "_1_", "nan", "NaN", "sNaN",
                                   "-inf", "Infinity", "infinit", "nan12", "0x1", "1e", "1e+", ".5", "5.", ".",
                                   "1 2", "\x1c3\t", "1e99999999999999999999", "0e99999999999999999999",
                                   "1e999999999999999999", [1, 2, 3], [0], "1.0000000000000000000000001"]),
        (between(0.1, 0.3), [0.1, "0.1", 0.3, "0.3", "0.10000000000000001", 0.2, "0.30", "0.29999999999999999"]),
        (between(-5, -1), [-1, -5, -3, -6, "-1.0", "-0.99", 0, -1.5]),
        (between(0, 0), [0, "-0", "0.00", -0.0, 0.0, "0e5", 1e-300, "-1e-400", False]),
        (between(1e300, 1e308), ["1e305", 1e305, 10 ** 305, INF, "1e309", 1]),
        (between(-1e-5, 12345678901234567890), [12345678901234567890, 12345678901234567891, 1e-6,
                                                "12345678901234567890.5", 12345678901234567168.0]),
        (between(NAN, 3), [1]), (between(1, NAN), [2, 0]), (between(-INF, INF), [1, "inf", NAN, -INF]),
        (between(True, 3), [1, 2, 0]), (between("1", "5"), [3, 7]), (between("a", 5), [3]),
        (between(1, "a"), [3, 0]), (between(None, 5), [3]), (between(1, None), [3, 0]), (between(1, [2]), [3]),
        (between(1), [3]), (between(), [3]), (between(1, 2, 3), [2]),
        ({"type": "range"}, [3]), ({"type": "range", "range": "12"}, [1, 3]),
        ({"type": "range", "range": "1"}, [1]), ({"type": "range", "range": {"a": 1}}, [1]),
        ({"type": "range", "range": 5}, [1]), ({"type": "range", "range": True}, [1, "x"]),
        (between(1, 10, target="a"), VALUES), (between(1, 10, target="status"), VALUES),
        (between(1, 10, target=["a"]), [{"a": 1}]),
    ]
]


def judge(tolerance, value):
    # Copies: the reference changes what it is given.
    tolerance, value = json.loads(json.dumps([tolerance, value]))
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            if isinstance(tolerance, str):
                tolerance = substitute(tolerance, CONFIGURATION, {})
            return within_tolerance(tolerance, value, configuration=CONFIGURATION, secrets={})
        except Exception as x:
            kind = type(x)
            name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
            return {"class": name, "message": str(x)}


def main():
    cases = [(t, VALUES) for t in TOLERANCES] + CASES
    entries = [{"tolerance": t, "judged": [[v, judge(t, v)] for v in values]} for t, values in cases]
    print(sum(len(e["judged"]) for e in entries), "judgements", file=sys.stderr)
    out = ",\n".join(json.dumps(e) for e in entries)
    print('{"configuration": ' + json.dumps(CONFIGURATION) + ',\n"entries": [\n' + out + "\n]}")


if __name__ == "__main__":
    main()
