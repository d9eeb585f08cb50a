"""`chaosc fmt`, `chaosc convert`, and a run of one experiment in three notations: the journals are the same.

usage: chaos_cli_test.py CHAOSC
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

TWIN = """\
experiment "The twins agree"
description "One experiment, three notations"
# what is asked of the system
config { word = "hello" }
steady-state "The machine answers" {
  probe "true is true": process "true" timeout 5s => 0
}
method {
  action "say it": process "echo" [${word}] timeout 5s pause after 50ms # half of a tenth
  probe "count": shell "printf" "a b" timeout 5s
}
rollbacks { action "nothing": process "true" timeout 5s }
runtime { rollbacks always }
"""
# What differs from run to run, whatever the notation.
VOLATILE = {"start", "end", "duration", "chaoslib-version", "platform", "node", "x-chaosc"}

failures = []


def expect(holds, what):
    if not holds:
        failures.append(what)


def chaosc(program, *arguments, stdin=None):
    return subprocess.run([program, *arguments], input=stdin, capture_output=True, text=True)


def still(value):
    """A journal without what changes by itself."""
    if isinstance(value, dict):
        return {key: still(child) for key, child in value.items() if key not in VOLATILE}
    return [still(child) for child in value] if isinstance(value, list) else value


def check_runs(program, folder):
    journals = {}
    for notation in ("chaos", "json", "yaml"):
        path = folder / f"twin.{notation}"
        path.write_text(chaosc(program, "convert", "-", "--to", notation, stdin=TWIN).stdout)
        journal = folder / f"{notation}.journal"
        run = chaosc(program, "run", "--journal-path", str(journal), str(path))
        expect(run.returncode == 0, f"the twin in {notation} ends with {run.returncode}: {run.stderr[-500:]}")
        journals[notation] = still(json.loads(journal.read_text())) if journal.exists() else None
    expect(journals["chaos"] == journals["json"], "the journals of .chaos and JSON differ")
    expect(journals["yaml"] == journals["json"], "the journals of YAML and JSON differ")


def check_convert(program, folder):
    path = folder / "twin.chaos"
    path.write_text(TWIN)
    as_json = chaosc(program, "convert", str(path), "--to", "json")
    expect("2 comments left out" in as_json.stderr, "comments that JSON cannot hold are counted")
    expect(json.loads(as_json.stdout)["method"][0]["pauses"] == {"after": 0.05}, "50ms is 0.05 s")
    as_yaml = chaosc(program, "convert", str(path), "--to", "yaml").stdout
    expect("# what is asked of the system" in as_yaml, "comments go into YAML")
    merged = chaosc(program, "convert", "-", "--to", "yaml", stdin="title: t\nx: &x {a: 1}\ny: {<<: *x}\n1: a\n1: b\n")
    expect(merged.stdout == "title: t\nx:\n  a: 1\n\"y\":\n  a: 1\n1: b\n", "anchors are expanded")
    odd = json.dumps({"title": "\U0001f389 \0 \u2028", "method": []})
    back = chaosc(program, "convert", "-", "--to", "yaml", stdin=odd)
    expect('title: "\U0001f389 \\u0000 \\u2028"' in back.stdout, "only what does not show is escaped")
    expect(json.loads(chaosc(program, "convert", "-", "--to", "json", stdin=back.stdout).stdout) == json.loads(odd), "and comes back")
    expect(chaosc(program, "convert", str(path)).returncode == 2, "convert needs --to")
    expect(chaosc(program, "convert", str(path), "--to", "toml").returncode == 2, "no other notation")
    broken = chaosc(program, "convert", "-", "--to", "json", stdin='experiment "t" metod {}')
    expect(broken.returncode == 1 and not broken.stdout, "a broken file is not converted")
    expect("did you mean" in broken.stderr or "change `metod`" in broken.stderr, "and it is said why")


def check_fmt(program, folder):
    path = folder / "ugly.chaos"
    path.write_text('experiment   "t" method{action "a":process "true"}')
    path.chmod(0o640)
    link = folder / "link.chaos"
    link.symlink_to(path)
    before = path.read_text()
    check = chaosc(program, "fmt", "--check", str(path))
    expect(check.returncode == 1 and check.stdout == f"{path}\n", "--check names the file")
    diff = chaosc(program, "fmt", "--diff", str(path)).stdout
    expect(diff.startswith(f"--- {path}\n+++ {path}\n@@ -1,1 +1,"), "--diff is a unified diff")
    expect(path.read_text() == before, "neither changes the file")
    expect(chaosc(program, "fmt", "-w", str(link)).returncode == 0, "-w writes")
    expect(link.is_symlink(), "a link stays a link")
    expect(path.stat().st_mode & 0o777 == 0o640, "the mode stays")
    expect(path.read_text() == 'experiment "t"\n\nmethod {\n  action "a": process "true"\n}\n', "in canonical layout")
    expect(chaosc(program, "fmt", "--check", str(path)).returncode == 0, "which is left alone")
    expect(sorted(os.listdir(folder)) == ["link.chaos", "ugly.chaos"], "no temporary file is left")
    stdout = chaosc(program, "fmt", "-", stdin='{"method":[],"title":"t"}').stdout
    expect(stdout == '{\n  "title": "t",\n  "method": []\n}\n', "standard input, the schema's order")
    expect(chaosc(program, "fmt", "-w", "-", stdin="{}").returncode == 2, "standard input cannot be written")
    expect(chaosc(program, "fmt", "--check", "-w", str(path)).returncode == 2, "check or write")
    expect(chaosc(program, "fmt").returncode == 2, "fmt needs a file")
    (folder / "below").mkdir()
    (folder / "below/ugly.json").write_text('{"title": "t", "method": []}')
    (folder / "below/else.yaml").write_text("a:   1\n")
    (folder / "below/broken.chaos").write_text('experiment "t" method {')
    check = chaosc(program, "fmt", "--check", str(folder))
    expect(check.stdout == f"{folder}/below/ugly.json\n", "of a directory the experiments are looked at")
    expect(check.returncode == 1 and "E142" in check.stderr, "and what is broken is reported")
    chaosc(program, "fmt", "-w", str(folder))
    expect(chaosc(program, "fmt", "--check", str(folder)).stdout == "", "-w formats a directory")
    expect((folder / "below/else.yaml").read_text() == "a:   1\n", "but nothing else in it")
    anchors = chaosc(program, "fmt", "-", stdin="title: t\nmethod: &m []\nrollbacks: *m\n")
    expect(anchors.returncode == 1 and "anchors" in anchors.stderr, "anchors are refused by name")


def main():
    program = os.path.abspath(sys.argv[1])
    for check in (check_runs, check_convert, check_fmt):
        with tempfile.TemporaryDirectory() as folder:
            check(program, pathlib.Path(folder))
    for failure in failures:
        print("not so:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
