"""Holds docs/language.md: its grammar is what bison prints, and its examples parse.

usage: chaos_docs_test.py REPOSITORY CHAOSC BISON    (CHAOSC_BLESS=1 rewrites the grammar)
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

MARK = "<!-- grammar -->\n```\n"


def printed_grammar(bison, grammar):
    """The rules of bison's report, without numbers and without those that only serve recovery."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report")
        subprocess.run(
            [bison, "--report=none", f"--report-file={report}", "-v", "-o", f"{folder}/parser.c", grammar],
            check=True,
        )
        text = report.read_text()
    rules = text[text.index("Grammar\n") : text.index("Terminals, with rules")]
    lines = []
    for line in rules.splitlines()[1:]:
        line = re.sub(r"^ *\d+ ?", "", line).rstrip()
        if "error RESUME" in line or line.startswith("$accept"):
            continue
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines).strip() + "\n"


def parses(chaosc, text):
    run = subprocess.run(
        [chaosc, "convert", "--to", "json", "-"], input=text, capture_output=True, text=True
    )
    return run.returncode == 0


def check_example(chaosc, text):
    """A whole file, or statements of a file, or activities."""
    whole = text.startswith("experiment") or "\nexperiment" in text
    wrapped = [text] if whole else ['experiment "t"\n' + text, 'experiment "t"\nmethod {\n' + text + "}\n"]
    return any(parses(chaosc, candidate) for candidate in wrapped)


def main():
    root, chaosc, bison = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    path = root / "docs/language.md"
    text = path.read_text()
    grammar = printed_grammar(bison, root / "frontend/chaos_parse.y")
    start = text.index(MARK) + len(MARK)
    end = text.index("```", start)
    if os.environ.get("CHAOSC_BLESS"):
        path.write_text(text[:start] + grammar + text[end:])
    elif text[start:end] != grammar:
        print("docs/language.md: the grammar is not that of frontend/chaos_parse.y; CHAOSC_BLESS=1 rewrites it")
        return 1
    failed = 0
    examples = re.findall(r"```chaos\n(.*?)```", text, re.S)
    for example in examples:
        if not check_example(chaosc, example):
            print("docs/language.md: this example does not parse:\n" + example)
            failed += 1
    print(f"{len(examples)} examples, {failed} do not parse")
    return 1 if failed or len(examples) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
