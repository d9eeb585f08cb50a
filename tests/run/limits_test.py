#!/usr/bin/env python3
"""Time limits of runs and rollbacks, two runs in one directory, and records that runs leave behind.

usage: limits_test.py CHAOSC
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

CHAOSC = None
MODULES = Path(__file__).resolve().parent / "modules"
LIMIT, LIMIT_OF_ROLLBACKS = "the time limit", "the time limit of rollbacks"


def process(command):
    return {"type": "process", "path": "sh", "arguments": ["-c", command]}


def action(name, command, **more):
    return {"type": "action", "name": name, "provider": process(command), **more}


def hang(**more):
    return action("hang", "touch here; sleep 987", **more)


def experiment(*method, rollbacks=(), probe="true", **more):
    return {"title": "limits", "description": "limits", "method": [action("act", "touch acted"), *method],
            "steady-state-hypothesis": {"title": "h", "probes": [
                {"type": "probe", "name": "steady", "tolerance": 0, "provider": process(probe)}]},
            "rollbacks": list(rollbacks) or [action("undo", "touch undone")], **more}


class Limits(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="chaosc-limits-")
        self.folder = Path(self.scratch.name)

    def tearDown(self):
        self.scratch.cleanup()

    def start(self, *words):
        return subprocess.Popen([CHAOSC, *words], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={
                                    **os.environ, "PYTHONPATH": str(MODULES), "PYTHONDONTWRITEBYTECODE": "1"})

    def begin(self, doc, *options, name="e.json"):
        (self.folder / name).write_text(json.dumps(doc))
        return self.start("run", "--no-log-file", "--python", sys.executable, *options, name)

    def end(self, child):
        """(exit code, what it said)"""
        try:
            _, said = child.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            raise
        return child.returncode, said

    def run_it(self, doc, *options):
        return self.end(self.begin(doc, *options))

    def journal(self, name="journal.json"):
        return json.loads((self.folder / name).read_text())

    def wait_for(self, name):
        end = time.monotonic() + 30
        while not (self.folder / name).exists():
            self.assertLess(time.monotonic(), end, f"{name} never came")
            time.sleep(0.01)

    def marks(self):
        return {name for name in ("acted", "undone") if (self.folder / name).exists()}

    # ---- the run's limit ----

    def test_it_ends_whatever_runs_as_a_signal_would(self):
        call = {"type": "python", "module": "waiting_functions", "arguments": {"mark": "here", "seconds": 987}}
        control = {"name": "c", "provider": {**call}}
        cases = {
            "process": experiment(hang()),
            "background": experiment(hang(background=True)),
            "pause": experiment(action("a", "true", pauses={"before": 987})),
            "gate": experiment(probe="sleep 987"),
            "after": experiment(probe="test -e acted || exit 0; sleep 987"),
            "python": experiment({**hang(), "provider": {**call, "func": "hang"}}),
            "deaf": experiment({**hang(), "provider": {**call, "func": "hang_deaf"}}),
            "control": experiment({**action("b", "true"), "controls": [control]}),
            "control on the way out": experiment(hang(controls=[control])),
        }
        for name, doc in cases.items():
            for strategy in ("default", "always"):
                with self.subTest(name, strategy=strategy):
                    for mark in self.folder.iterdir():
                        mark.unlink()
                    code, said = self.run_it(doc, "--timeout", "0.8", "--rollback-strategy", strategy)
                    journal = self.journal()
                    self.assertEqual((code, journal["status"], journal["x-chaosc"]["interrupted-by"]),
                                     (1, "interrupted", LIMIT), said)
                    self.assertEqual("undone" in self.marks(), strategy == "always", said)
                    self.assertIn("The time for the experiment is over", said)

    def test_the_command_line_goes_before_the_experiment(self):
        doc = experiment(action("nap", "sleep 1"), runtime={"timeout": 0.2})
        self.assertEqual(self.run_it(doc)[0], 1)
        self.assertEqual(self.run_it(doc, "--timeout", "30")[0], 0)

    def test_it_never_cuts_a_rollback(self):
        slow = [action("undo", "sleep 1; touch undone")]
        code, said = self.run_it(experiment(hang(), rollbacks=slow), "--timeout", "0.3", "--rollback-strategy", "always")
        self.assertEqual((code, self.marks()), (1, {"acted", "undone"}), said)
        (self.folder / "undone").unlink()
        # One that passes while rollbacks are played is none of a run that had ended its method in time.
        code, said = self.run_it(experiment(rollbacks=slow, runtime={"timeout": 0.7}))
        self.assertEqual((code, self.journal()["status"], self.marks()), (0, "completed", {"acted", "undone"}), said)

    def test_a_hook_after_the_end_has_some_seconds(self):
        hook = {"name": "c", "provider": {"type": "python", "module": "waiting_functions",
                                          "arguments": {"mark": "here", "seconds": 987, "at": "the end"}}}
        doc = experiment(controls=[hook])
        for words in (["--timeout", "60"], []):
            with self.subTest(words):
                child = self.begin(doc, *words)
                if not words:
                    self.wait_for("here")
                    child.terminate()
                code, said = self.end(child)
                (self.folder / "here").unlink()
                self.assertEqual((code, self.journal()["status"]), (0, "completed"), said)

    # ---- that of rollbacks ----

    def test_the_limit_of_rollbacks_ends_one_and_skips_the_others(self):
        doc = experiment(action("nap", "sleep 1"), rollbacks=[
            action("first", "touch first"), action("second", "test -e again && exit 0; sleep 987"),
            action("third", "touch third")])
        code, said = self.run_it(doc, "--rollback-timeout", "0.6", "--exit-codes", "detailed")
        journal = self.journal()
        self.assertEqual((code, journal["status"], journal["x-chaosc"]["interrupted-by"]),
                         (7, "interrupted", LIMIT_OF_ROLLBACKS), said)
        self.assertEqual([r["status"] for r in journal["rollbacks"]], ["succeeded", "failed"])
        self.assertEqual(journal["x-chaosc"]["rollbacks"], {"played": 2, "failed": 1, "skipped": 1})
        self.assertIn("Left undone: 'act' (e.json:1:", said)
        self.assertIn("To undo it: chaosc recover ./journal.json.events", said)
        # And that does it: what had succeeded is not played again.
        (self.folder / "first").unlink()
        (self.folder / "again").touch()
        code, said = self.end(self.start("recover", "--no-log-file", "journal.json"))
        self.assertEqual(code, 0, said)
        self.assertIn("Rollback 'second' had failed: it is played again", said)
        self.assertFalse((self.folder / "first").exists())
        self.assertTrue((self.folder / "third").exists())
        self.assertFalse((self.folder / "journal.json.events").exists())
        self.assertEqual(self.journal()["steady_states"], journal["steady_states"])
        self.assertEqual(self.journal()["run"], journal["run"])

    def test_recovery_has_only_the_limit_of_rollbacks(self):
        doc = experiment(hang(), rollbacks=[action("undo", "sleep 1; touch undone")], runtime={"timeout": 0.4})
        child = self.begin(doc, "--timeout", "60")
        self.wait_for("here")
        child.kill()
        self.end(child)
        code, said = self.end(self.start("recover", "--no-log-file", "--rollback-timeout", "0.2", "journal.json"))
        self.assertEqual((code, self.marks()), (1, {"acted"}), said)
        code, said = self.end(self.start("recover", "--no-log-file", "journal.json"))
        self.assertEqual((code, self.marks()), (0, {"acted", "undone"}), said)

    # ---- what is left undone ----

    def test_an_action_that_a_rollback_names_is_undone_by_it(self):
        named = [action("undo act", "true", **{"x-chaosc": {"undoes": "act"}}),
                 action("undo hang", "sleep 987", **{"x-chaosc": {"undoes": ["hang"]}})]
        _, said = self.run_it(experiment(hang(), rollbacks=named), "--timeout", "0.4", "--rollback-strategy", "always",
                              "--rollback-timeout", "0.3")
        self.assertIn("Left undone: 'hang' (", said)
        self.assertNotIn("'act' (", said)

    def test_without_rollbacks_what_was_cut_is_named(self):
        doc = experiment(hang())
        doc["rollbacks"] = []
        _, said = self.run_it(doc, "--timeout", "0.4")
        self.assertIn("no rollback is declared", said)
        self.assertFalse((self.folder / "journal.json.events").exists())

    # ---- several runs ----

    def test_two_runs_in_one_directory(self):
        nap = action("nap", "touch here; sleep 0.6")
        children = [self.begin(experiment(nap), name=f"{n}.json") for n in range(4)]
        for child in children:
            code, said = self.end(child)
            self.assertEqual(code, 0, said)
            self.assertNotIn("its record is kept", said)
        self.assertEqual(self.journal()["status"], "completed")
        self.assertEqual(list(self.folder.glob("*.events*")), [])

    def test_the_second_of_two_that_was_killed_is_announced(self):
        first = self.begin(experiment(action("nap", "touch first; sleep 4")))
        self.wait_for("first")
        second = self.begin(experiment(hang(), rollbacks=[action("undo", "touch undone")]), name="second.json")
        self.wait_for("here")
        second.kill()
        self.end(second)
        left = self.folder / f"journal.json.{second.pid}.events"
        self.assertTrue(left.exists())
        _, said = self.run_it(experiment(), "--journal-path", "./journal.json")
        self.assertIn(f"To undo it: chaosc recover ./{left.name}", said)
        (self.folder / "undone").unlink()
        before = (self.folder / "journal.json").read_text()
        code, said = self.end(self.start("recover", "--no-log-file", left.name))
        self.assertEqual((code, "undone" in self.marks(), left.exists()), (0, True, False), said)
        self.assertEqual((self.folder / "journal.json").read_text(), before, "another run's journal was overwritten")
        self.assertEqual(self.journal(left.name.replace(".events", ""))["status"], "interrupted")
        self.end(first)

    def test_what_was_killed_is_kept_by_the_next_run_and_recovered_later(self):
        child = self.begin(experiment(hang()))
        self.wait_for("here")
        child.send_signal(signal.SIGKILL)
        self.end(child)
        _, said = self.run_it(experiment())
        kept, = self.folder.glob("journal.json.events.unfinished-*")
        self.assertIn(f"To undo it: chaosc recover ./{kept.name}", said)
        (self.folder / "undone").unlink()
        before = (self.folder / "journal.json").read_text()
        (self.folder / "e.json").write_text(json.dumps(experiment(hang())))
        code, said = self.end(self.start("recover", "--no-log-file", kept.name))
        self.assertEqual((code, "undone" in self.marks(), kept.exists()), (0, True, False), said)
        self.assertEqual((self.folder / "journal.json").read_text(), before)


if __name__ == "__main__":
    CHAOSC = str(Path(sys.argv.pop(1)).resolve())
    unittest.main()
