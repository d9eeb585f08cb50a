#!/usr/bin/env python3
"""Prints what a journal says, a line an activity.

usage: show_journal.py JOURNAL.json
"""

import json
import sys


def line(run, indent="  "):
    mark = "" if "tolerance_met" not in run else ", in tolerance" if run["tolerance_met"] else \
        ", out of tolerance"
    output = run.get("output")
    if isinstance(output, dict):
        output = output.get("stdout", output.get("status"))
    told = f": {str(output).strip()}" if output not in (None, "") else ""
    return f"{indent}{run['activity']['name']}: {run['status']}{mark}{told}"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        journal = json.load(file)
    print(f"journal: {journal['status']}, deviated: {str(journal['deviated']).lower()},"
          f" {journal['duration']:.2f} s")
    for moment in ("before", "after"):
        state = journal["steady_states"].get(moment)
        if state:
            met = "met" if state["steady_state_met"] else "not met"
            print(f" hypothesis {moment} the method: {met}")
            print("\n".join(line(run) for run in state["probes"]))
    for title, runs in (("method", journal["run"]), ("rollbacks", journal["rollbacks"])):
        print(f" {title}:")
        print("\n".join(line(run) for run in runs) if runs else "  none")


if __name__ == "__main__":
    main()
