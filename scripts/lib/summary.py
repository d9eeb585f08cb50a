#!/usr/bin/env python3
"""Closes a test run: every failure and every skip with its reason, then one line of numbers.

usage: summary.py CTEST.xml

The reason of a skip is the test's last line of output that has the word "skip", else its last line. What a test that
passed left out, a line with SKIPPED in it, is named too. Exit 1 when a test failed or none ran.
"""

import sys
import xml.etree.ElementTree as tree


def lines_of(case):
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    return [line for line in lines if line]


def reason(case):
    lines = lines_of(case)
    told = [line for line in lines if "skip" in line.lower()]
    return (told or lines or [case.get("status") or "no reason given"])[-1]


def was_skipped(case):
    """The test said so itself; one that could not be started also has a <skipped>, but failed."""
    mark = case.find("skipped")
    return mark is not None and (mark.get("message") or "").startswith("SKIP_")


def main():
    cases = tree.parse(sys.argv[1]).getroot().findall("testcase")
    skipped = [case for case in cases if was_skipped(case)]
    failed = [case for case in cases if case.get("status") != "run" and case not in skipped]
    print()
    for title, some in (("failed", failed), ("skipped", skipped)):
        for case in some:
            print(f"{title}: {case.get('name')}: {reason(case)}")
    for case in cases:
        for line in lines_of(case) if case not in skipped else ():
            if "SKIPPED" in line:
                print(f"in part: {case.get('name')}: {line}")
    passed = len(cases) - len(failed) - len(skipped)
    print(f"{passed} passed, {len(failed)} failed, {len(skipped)} skipped")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
