#!/usr/bin/env python3
"""Records what the package jsonpath2 makes of paths and documents into jsonpath2.json, for check_jsonpath.

usage: record_jsonpath2.py [FOLDER] > jsonpath2.json      (a Python with jsonpath2 0.4.5)

With a folder of experiments, every jsonpath that stands in one of them is recorded too, over the documents
here and over one that is made to fit it.
"""

import contextlib
import io
import json
import pathlib
import re
import sys

from jsonpath2.path import Path

DOCUMENTS = {
    "store": {"store": {
        "book": [
            {"category": "reference", "author": "Nigel Rees", "title": "Sayings", "price": 8.95},
            {"category": "fiction", "author": "Evelyn Waugh", "title": "Sword", "price": 12.99},
            {"category": "fiction", "author": "Herman Melville", "title": "Moby Dick",
             "isbn": "0-553-21311-3", "price": 8.99},
            {"category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord", "price": 22}],
        "bicycle": {"color": "red", "price": 19.95}}, "expensive": 10},
    "prometheus": {"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": {"alertname": "APIHighInvocationRate", "instance": "a:9090"},
         "value": [1435781451.781, "1"]},
        {"metric": {"alertname": "Other", "instance": "b:9090"}, "value": [1435781451.781, "0"]}]}},
    "numbers": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    "few": ["a", "b", "c"],
    "one": ["only"],
    "none": [],
    "empty": {},
    "mixed": {"a": 1, "b": True, "c": None, "d": "x", "e": 1.0, "f": [], "g": {}, "h": [1, [2, [3]]],
              "i": 0, "j": "", "k": False, "l": {"a": {"a": {"a": 2}}}},
    "odd": {"a b": 1, "a.b": 2, "a\\u0020b": 3, "é": 4, "": 5, "$": 6, "length": 7, "0": 8,
            "a\"b": 9, "a\\\"b": 10, "and": 11},
    "index": {"i": 1, "k": "b", "l": ["p", "q", "r"], "b": {"c": "found"}, "yes": True, "neg": -1,
              "half": 0.5, "many": [0, 2, "1", None]},
    "status": {"status": 200, "headers": {"Content-Type": "application/json"},
               "body": {"healthy": True, "task": "t1", "error": "boom"}},
    "pods": {"items": [
        {"metadata": {"name": "web-1"}, "status": {"phase": "Running", "restarts": 0}},
        {"metadata": {"name": "web-2"}, "status": {"phase": "Pending", "restarts": 3}},
        {"metadata": {"name": "db-1"}, "status": {"phase": "Running", "restarts": 1}}]},
    "text": "naïve 漢字",
    "number": 42,
    "true": True,
    "null": None,
    "matrix": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    "ec2": {"Reservations": [{"Instances": [
        {"InstanceId": "${ec2_instance_id}", "State": {"Name": "running"}},
        {"InstanceId": "i-2", "State": {"Name": "stopped"}}]}]},
}

PATHS = """
$
$.*
$..*
$[*]
$..[*]
$.store.book[*].author
$..author
$.store.*
$.store..price
$..book[2]
$..book[-1]
$..book[-1:]
$..book[0,1]
$..book[:2]
$..book[?(@.isbn)]
$..book[*][?(@.isbn)]
$.store.book[*][?(@.price < 10)].title
$.store.book[*][?(@.price < $.expensive)].title
$.store.book[*][?(@.price > $.expensive)]["title","author"]
$..*[?(@.price <= 8.95)].title
$..*[?(@.price >= 22)].title
$.store.book[*][?(@.category = "fiction")].price
$.store.book[*][?(@.category != "fiction")].price
$.store.book[*][?(@.category = "fiction" and @.price < 10)].title
$.store.book[*][?(@.category = "reference" or @.price > 20)].title
$.store.book[*][?(not @.isbn)].title
$.store.book[*][?(not (@.isbn or @.price > 20))].title
$.store.book[*][?(not not @.isbn)].title
$.store.book[*][?(@.price < 10 and @.category = "fiction" or @.category = "reference")].title
$.store.book[*][?((@.price < 10 and @.category = "fiction") or @.category = "reference")].title
$.store.book.length()
$.store.book[length()]
$.store.book[*].title.length()
$.store.book[*][?(@.title.length() > 5)].title
$.store.book[*].title.substring(0, 3)
$.store.book[*].title.substring(2)
$.store.book[*].title.charAt(0)
$.store.keys()
$.store.bicycle.entries()
$.store.bicycle.values()
$.data.result.*[?(@.value[1]!="0")]
$.data.result.*[?(@.value!="0")]
$.data.result[*].value[1]
$.data.result[0].metric.instance
$.data.result[?(@.metric)]
$.data.result[?(@.value)]
$.status
$.error
$.body.error
$.*.task
$.*.healthy
$.*.a
$.a
$.a.b
$["a"]
$["a b"]
$["a.b"]
$["a\\u0020b"]
$["a\\"b"]
$["é"]
$[""]
$["$"]
$["0"]
$["and"]
$["a","b"]
$["b","a","b"]
$[*,*]
$[0]
$[1]
$[-1]
$[-3]
$[-4]
$[99]
$[-99]
$[-0]
$[99999999999999999999]
$[-99999999999999999999]
$[0,0]
$[0,-1,5]
$[:]
$[::]
$[1:]
$[:1]
$[:2]
$[1:3]
$[3:1]
$[-2:]
$[:-2]
$[-3:-1]
$[-9:]
$[-10:]
$[-99:]
$[:-99]
$[:99]
$[99:]
$[::1]
$[::2]
$[1::2]
$[:5:2]
$[1:8:3]
$[::-1]
$[5::-1]
$[:5:-1]
$[5:0:-1]
$[5:1:-2]
$[0:-9:-1]
$[1:-9:-1]
$[0:-99:-1]
$[2:-4:-3]
$[99:0:-1]
$[99:3:-2]
$[-1:-4:-1]
$[-1::-1]
$[:-1:-1]
$[::-99]
$[9:-1:-99999999999999999999]
$[7:99999999999999999999:99999999999999999999]
$[0:10:99999999999999999999]
$[::0]
$[1:2:0]
$..[::0]
$[*][::2]
$[*][0]
$[*][*]
$..[0]
$..[-1]
$..[1:]
$..a
$..a..a
$..["a"]
$..*..*
$..a.*
$.l..a
$[?(@)]
$[?($)]
$[?(@.a)]
$[?(@.zzz)]
$[?(not @.zzz)]
$[?(@.c)]
$[?(@.f)]
$[?(true)]
$[?(false)]
$[?(null)]
$[?(0)]
$[?(0.0)]
$[?(1)]
$[?("")]
$[?("x")]
$[?([])]
$[?([0])]
$[?({})]
$[?({"a": 1})]
$[?(1 = 1)]
$[?(1 = 1.0)]
$[?(1 = true)]
$[?(0 = false)]
$[?("1" = 1)]
$[?(null = null)]
$[?([1, 2] = [1, 2])]
$[?([1, 2] = [2, 1])]
$[?({"a": 1, "b": 2} = {"b": 2, "a": 1})]
$[?(1 < 2)]
$[?("a" < "b")]
$[?(false < true)]
$[?(true <= 1)]
$[?(null <= null)]
$[?(1e2 = 100)]
$[?(1.5e1 > 14)]
$[?(-1 < 0)]
$[?(@.a = 1)]
$[?(@.a = 1.0)]
$[?(@.a = true)]
$[?(@.b = 1)]
$[?(@.c = null)]
$[?(@.c != null)]
$[?(@.zzz = null)]
$[?(@.zzz != null)]
$[?(@.f = [])]
$[?(@.g = {})]
$[?(@.h = [1, [2, [3]]])]
$[?(@.d = "x")]
$[?(@.d < "y")]
$[?(@.b < 2)]
$[?(@.* = 1)]
$[?(@.* = "x")]
$[?(@.* != 1)]
$[?(1 = @.*)]
$[?("x" = @.*)]
$[?(@.* = @.*)]
$[?(@.a = @.*)]
$[?(@.d = @.*)]
$[?(@.* = @.d)]
$[?(@.* = @.a)]
$[?(@.i = @.*)]
$[?(@.*.a = @.*)]
$[?(@.zzz = @.zzz)]
$[?(@.zzz != @.zzz)]
$[?(@.a = $.a)]
$[*][?(@ = 1)]
$[*][?(@ > 1)]
$[*][?(@ >= 3 and @ < 7)]
$[*][?(@ < 2 or @ > 7)]
$[*][?(@ != "a")]
$[*][?(@ = $[0])]
$[*][?(@[0] > 1)]
$[*][?(@[1] = 5)][2]
$[*][?(@.length() > 2)]
$[?(@.length() > 2)]
$[?(@.length() = 3)][0]
$[?(@[0] = "a")]
$[?(@.a), ?(@.b)]
$[?(@.a), "a"]
$[$.i]
$.l[$.i]
$.l[$.neg]
$.l[$.yes]
$.l[$.half]
$.l[$.many[*]]
$[@.k]
$[@.k].c
$[$.zzz]
$.l[@[0]]
$[@.k, "k"]
$.length()
$.keys()
$.values()
$.entries()
$.*.length()
$..length()
$.length(1)
$.keys(1)
$.length().length()
$.keys().length()
$.keys()[0]
$.entries()[*][0]
$.charAt(0)
$.charAt(-1)
$.charAt(99)
$.charAt(-99)
$.charAt(true)
$.charAt(1.0)
$.charAt("0")
$.charAt()
$.charAt(0, 1)
$.charAt(99999999999999999999)
$.substring(1)
$.substring(-2)
$.substring(2, 4)
$.substring(4, 2)
$.substring(-4, -2)
$.substring(0, 99)
$.substring(0, -99)
$.substring(true, 3)
$.substring()
$.substring(0, 1, 2)
$.substring("a")
$.d.charAt($.i)
$.k.substring($.i)
$.k.substring(0, $.l.length())
$.few.charAt($.numbers[*])
$.l[*].charAt($.many[*])
$.l[*].substring($.many[*], $.many[*])
$[charAt(0)]
$[keys()]
$[keys(), values()]
$[length(), 0]
$.items[*].metadata.name
$.items[*][?(@.status.phase = "Running")].metadata.name
$.items[*][?(@.status.phase != "Running")].metadata.name
$.items[*][?(@.status.restarts > 0)].metadata.name
$.items[*].status.phase
$.items[?(@.status.phase = "Running")]
$.items.length()
$..phase
$..[?(@.phase)]
$..[?(@.phase)].phase
$..*[?(@.phase = "Running")]
$..[?(@.restarts >= 1 and @.restarts <= 3)].restarts
$.headers["Content-Type"]
$.matrix[*]
$[*][1]
$[0][0]
$[0:2][1:]
$[*][-1]
$.Reservations[0].Instances[*][?(@.InstanceId="${ec2_instance_id}")].State.Name
 $.a
$.a 
$ . a
$ [ 0 ]
$ .. a
$[ "a" , "b" ]
$[ 1 : 3 ]
$[?( @.a = 1 )]
$. a . length ( )
$[ ? ( not @.a ) ]
$.And
$.android
$.order
$.nothing
$.truely
$._a1
$.a[?(@.b)][?(@.c)]
$[?(@[?(@.a)])]
$[?(@[?(@.a = 1)].d = "x")]
$[?(@..a)]
$[?(@..a = 2)]
$[?($..a = 2)]
$[?(@.a = 1)][?(@.b = true)].d
$[?("\\"" = "\\"")]
$[?(@ = {"a": [1, {"b": null}], "c": "\\u0041"})]
$[?(@["a"] = 1 and (@["b"] = true or @["c"] = 5) and not @["zzz"])].d
"""

REFUSED = """
$[?metric.alertname=='x']
$.data.result[?metric.alertname=='APIHighInvocationRate']
$['a']
$.a-b
$.a b
$a
a
a.b
@
@.a
$.
$..
$...a
$.[0]
$.1
$.and
$.or
$.not
$.true
$.false
$.null
$.é
$[a]
$[]
$[
$]
$[1
$[1.0]
$[1e2]
$[01]
$[+1]
$[-]
$[1,]
$[,1]
$[1:2:3:4]
$[1.5:]
$[:1.5]
$[::1e1]
$[:-]
$["a]
$["a\\x"]
$["a\\'"]
$["a\\u12"]
$[?@.a]
$[?(@.a]
$[?()]
$[?(@.a == 1)]
$[?(@.a && @.b)]
$[?(@.a || @.b)]
$[?(!@.a)]
$[?(@.a =)]
$[?(= 1)]
$[?(@.a = 1 = 1)]
$[?(@.a = (1))]
$[?((@.a) = 1)]
$[?(@.a = 'x')]
$[?(@.a = x)]
$[?(@.a <> 1)]
$[?(@.a =~ "x")]
$[?(length(@.a) > 1)]
$[?(@.a = [1,])]
$[?(@.a = {"b"})]
$[?(@.a = {b: 1})]
$[?(@.a = .5)]
$[?(@.a = 1.)]
$[?(@.a = 01)]
$[?(@.a = +1)]
$[?(@.a and)]
$[?(and @.a)]
$[?(not)]
$[?(@a)]
$.foo()
$.size()
$.length(
$.length(1,)
$.length(a)
$[foo()]
$.*()
$.a$
$.a)
$.a,b
$#
$.a#b
$;
$$
$[(@.length-1)]
$.a~
$^
""".strip("\n").split("\n")


def read_path(path):
    with contextlib.redirect_stderr(io.StringIO()):
        try:
            return Path.parse_str(path)
        except ValueError:
            return None


def match(parsed, document):
    try:
        return [m.current_value for m in parsed.match(document)]
    except ValueError as x:
        return type(x).__name__


def paths_of(folder):
    """Every string that stands as the path of a jsonpath tolerance in the files of a folder."""
    found = set()
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if file.suffix not in (".json", ".yaml", ".yml", ".md"):
            continue
        text = file.read_text(errors="replace")
        for literal in re.findall(r'"path"\s*:\s*("(?:[^"\\]|\\.)*")', text):
            with contextlib.suppress(ValueError):
                found.add(json.loads(literal))
        for plain in re.findall(r"^\s*-?\s*path:\s*(\S.*?)\s*$", text, re.M):
            found.add(plain.strip("'\""))
    return sorted(p for p in found if p.startswith("$") and not p.startswith("${"))


def main():
    paths = [p.replace("\\\\", "\\") for p in PATHS.strip("\n").split("\n")]
    corpus = paths_of(sys.argv[1]) if len(sys.argv) > 1 else []
    print(f"{len(corpus)} paths in the folder: {corpus}", file=sys.stderr)
    paths += [p for p in corpus if p not in paths and read_path(p)]
    entries, triples = [], 0
    for path in paths:
        parsed = read_path(path)
        if parsed is None:
            raise SystemExit(f"jsonpath2 refuses {path}")
        results = {name: match(parsed, document) for name, document in DOCUMENTS.items()}
        # Of the documents in which nothing is found, two are enough.
        empty = [name for name, result in results.items() if result == []]
        for name in empty[2:]:
            del results[name]
        triples += len(results)
        entries.append({"path": path, "results": results})
    refused = [p.replace("\\\\", "\\") for p in REFUSED]
    refused += [p for p in corpus if not read_path(p) and p not in refused]
    for path in refused:
        if read_path(path) is not None:
            raise SystemExit(f"jsonpath2 accepts {path}")
    print(f"{len(entries)} paths, {triples} triples, {len(refused)} refused", file=sys.stderr)
    out = ",\n".join(json.dumps(e) for e in entries)
    print('{"documents": ' + json.dumps(DOCUMENTS) + ',\n"paths": [\n' + out + '\n],')
    print('"refused": ' + json.dumps(refused) + "}")


if __name__ == "__main__":
    main()
