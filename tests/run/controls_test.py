#!/usr/bin/env python3
"""Holds what controls see and change to docs/compatibility.md, where the reference does otherwise or dies.

usage: controls_test.py CHAOSC
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHAOSC = None
MODULES = Path(__file__).parent / "modules"


def control(module, **arguments):
    return {"name": module, "provider": {"type": "python", "module": module, "arguments": arguments}}


def changing(at, do, **arguments):
    return {**control("changing_control", at=at, do=do, **arguments), "name": f"{do} {at} {arguments.get('on')}"}


def python(name, func, **arguments):
    return {"type": "action", "name": name, "provider": {
        "type": "python", "module": "helper_functions", "func": func, "arguments": arguments}}


def process(name, *words, **more):
    return {"type": "action", "name": name, "provider": {"type": "process", "path": words[0], "arguments": list(words[1:])},
            **more}


class Controls(unittest.TestCase):
    def play(self, *method, rollbacks=(), **more):
        """The journal and what was logged."""
        with tempfile.TemporaryDirectory(prefix="chaosc-controls-") as folder:
            doc = {"title": "t", "description": "d", "method": list(method), "rollbacks": list(rollbacks),
                   "contributions": {}, **more}
            (Path(folder) / "e.json").write_text(json.dumps(doc))
            done = subprocess.run([CHAOSC, "run", "--no-log-file", "--python", sys.executable, "e.json"], cwd=folder, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=60,
                                  env={**os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1"})
            return json.loads((Path(folder) / "journal.json").read_text()), done.stderr

    @unittest.skipIf(subprocess.run([sys.executable, "-c", "import chaoslib"], stderr=subprocess.DEVNULL).returncode,
                     "chaostoolkit-lib is not installed for this Python")
    def test_a_dry_mode_in_a_record(self):
        """Row S08: the reference's encoder dies of it."""
        (run,) = self.play(process("touch", "touch", "x"), controls=[
            changing("before activity", "put", on="touch", where=["marked"], value=1),
            changing("before activity", "dry", on="touch", mode="activities")])[0]["run"]
        self.assertEqual((run["activity"]["dry"], run["activity"]["marked"], run["output"]), ("<Dry.ACTIVITIES: 'activities'>", 1, None))

    def test_an_object_in_a_record(self):
        (run,) = self.play(process("touch", "touch", "x"), controls=[
            changing("after activity", "put_object", into="state", where=["extra"], kind="odd")])[0]["run"]
        self.assertEqual(run["extra"], "<odd>")

    def test_death_of_the_helper(self):
        """Row S07: the run goes on without controls, and what they had changed in records is lost."""
        journal, log = self.play(
            process("first", "true"), python("die", "die"), process("last", "true"), rollbacks=[process("undo", "true")],
            controls=[changing("after activity", "put", on="first", into="state", where=["output"], value="changed"),
                      changing("after activity", "put", on="last", into="state", where=["output"], value="changed")])
        self.assertEqual([run["status"] for run in journal["run"]], ["succeeded", "failed", "succeeded"])
        self.assertEqual([run["output"]["status"] for run in (journal["run"][0], journal["run"][2])], [0, 0])
        self.assertEqual([run["status"] for run in journal["rollbacks"]], ["succeeded"])
        self.assertEqual(log.count("controls are not called any more: "), 1, log)
        self.assertIn("these are my last words", log)

    def test_a_list_of_objects_in_a_template(self):
        """Row S09: a process gets the list with what the journal shows of the objects."""
        journal, _ = self.play(process("say", "printf", "%s", "${word}"), python("whole", "described", value="${word}"),
                               configuration={"word": "w"}, controls=[
                                   changing("before experiment", "put_object", where=["word"], kind="list",
                                            into="configuration")])
        self.assertEqual(journal["run"][0]["output"]["stdout"], "['2.50', 1]")
        self.assertEqual(journal["run"][1]["output"][0], ["list", "[Decimal('2.50'), 1]"])

    def test_what_functions_change_in_the_configuration(self):
        """Row S10: the others see it, the embedded experiment does not."""
        journal, _ = self.play(python("a", "appended", item=1), python("b", "described"), configuration={"l": [0]})
        self.assertEqual(journal["run"][1]["output"][1], ["list", "[0, 1]"])
        self.assertEqual(journal["experiment"]["configuration"], {"l": [0]})

    def test_checks_beside_the_method_leave_it_the_main_thread(self):
        journal, _ = self.play(
            *(python(f"f{i}", "on_main") for i in range(30)),
            **{"runtime": {"hypothesis": {"strategy": "during-method-only"}}, "steady-state-hypothesis": {
                "title": "h", "probes": [{**python("p", "on_main"), "type": "probe", "tolerance": False}] * 3}})
        self.assertEqual([run["output"] for run in journal["run"]], [True] * 30)
        during = journal["steady_states"]["during"]
        self.assertTrue(during and all(check["steady_state_met"] for check in during), during)

    def test_global_controls_without_python(self):
        """What they would guard is not carried out; that is said once."""
        with tempfile.TemporaryDirectory(prefix="chaosc-controls-") as folder:
            (Path(folder) / "e.json").write_text(json.dumps({
                "title": "t", "description": "d", "method": [process("touch", "touch", "touched")]}))
            (Path(folder) / "c.json").write_text(json.dumps({"n": {"provider": {"type": "python", "module": "m"}}}))
            for python in ("/no/such/python", "/bin/false"):
                done = subprocess.run([CHAOSC, "run", "--no-log-file", "--python", python, "--control-file", "c.json",
                                       "e.json"], cwd=folder, capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 1)
                self.assertEqual(done.stderr.count("the global controls cannot be loaded: "), 1, done.stderr)
                self.assertEqual(sorted(os.listdir(folder)), ["c.json", "e.json"])

    def test_changes_in_the_background_are_not_taken_back(self):
        """Many hooks at once: whoever counts last, the engine knows the last count."""
        many = [{**process(f"b{i}", "true"), "background": True} for i in range(40)]
        journal, _ = self.play(*many, process("wait", "sleep", "0.5"), process("say", "printf", "%s", "${seen}"),
                               configuration={"seen": 0}, controls=[control("counting_control")])
        self.assertEqual(journal["run"][-1]["output"]["stdout"], "83")


if __name__ == "__main__":
    CHAOSC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
