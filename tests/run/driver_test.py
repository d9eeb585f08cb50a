#!/usr/bin/env python3
"""Holds executable drivers to docs/driver-protocol.md: who is called, with what, how calls end.

usage: driver_test.py CHAOSC
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

CHAOSC = None
DRIVERS = Path(__file__).parent / "drivers"
MODULES = Path(__file__).parent / "modules"


def activity(func, kind="probe", name=None, module="shop.cart", secrets=None, arguments=None, **more):
    provider = {"type": "python", "module": module, "func": func, "arguments": arguments or {}}
    if secrets:
        provider["secrets"] = secrets
    return {"type": kind, "name": name or func, "provider": provider, **more}


def experiment(*method, **more):
    return {"title": "t", "description": "d", "method": list(method), "rollbacks": [], **more}


class Driver(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="chaosc-driver-")
        self.addCleanup(self.scratch.cleanup)
        self.folder = Path(self.scratch.name)
        self.env = {**os.environ, "PATH": f"{DRIVERS}:{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}

    def chaosc(self, *args, **env):
        return subprocess.run([CHAOSC, *args], cwd=self.folder, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, env={**self.env, **env})

    def play(self, doc, *args, **env):
        """Returns the records of the method, and what was logged."""
        (self.folder / "e.json").write_text(json.dumps(doc))
        done = self.chaosc("run", "--no-log-file", *args, "e.json", **env)
        path = self.folder / "journal.json"
        self.assertTrue(path.exists(), done.stderr)
        return json.loads(path.read_text())["run"], done.stderr

    def refused(self, doc, **env):
        (self.folder / "journal.json").unlink(missing_ok=True)
        (self.folder / "e.json").write_text(json.dumps(doc))
        done = self.chaosc("run", "--no-log-file", "e.json", **env)
        self.assertEqual(done.returncode, 1)
        self.assertFalse((self.folder / "journal.json").exists())
        return done.stderr

    def test_calls_of_its_modules_go_to_the_driver(self):
        records, log = self.play(experiment(activity("twice", arguments={"number": 21}),
                                            activity("echo", arguments={"big": 12345678901234567890123, "r": 1.10})),
                                 "--python", "/no/python/is/needed")
        self.assertEqual([record["output"] for record in records], [42, {"big": 12345678901234567890123, "r": 1.1}])
        self.assertIn("INFO] the shop opens", log)
        self.assertEqual(log.count("the shop opens"), 1, "one process for checks and calls")

    def test_other_modules_stay_with_python(self):
        records, _ = self.play(experiment(activity("twice", arguments={"number": 1}),
                                          activity("add", module="helper_functions", arguments={"a": 2, "b": 3})),
                               PYTHONPATH=str(MODULES))
        self.assertEqual([record["output"] for record in records], [2, 5])

    def test_a_driver_gets_configuration_and_the_secrets_it_is_named(self):
        records, _ = self.play(experiment(
            activity("seen", name="who", secrets=["till", "safe"]), configuration={"floor": 2},
            secrets={"till": {"pin": "till-pin-8831", "key": "k1"}, "safe": {"key": "safe-key-1177"},
                     "other": {"x": "never-sent-5521"}}), "--no-redaction")
        self.assertEqual(records[0]["output"], {"name": "who", "configuration": {"floor": 2},
                                                "secrets": {"pin": "till-pin-8831", "key": "safe-key-1177"}})

    def test_tolerances_may_be_functions_of_drivers(self):
        for func, code in (("even", 0), ("odd", 3)):
            probe = activity("twice", arguments={"number": 3}, tolerance=activity(func))
            doc = experiment(**{"steady-state-hypothesis": {"title": "h", "probes": [probe]}})
            (self.folder / "e.json").write_text(json.dumps(doc))
            done = self.chaosc("run", "--no-log-file", "--exit-codes=detailed", "e.json")
            self.assertEqual(done.returncode, code, done.stderr)

    def test_failures_deaths_and_garbage_fail_the_call_alone(self):
        records, log = self.play(experiment(*(activity(func, "action") for func in ("fail", "die", "garbage", "mute")),
                                            activity("twice", arguments={"number": 4})))
        self.assertEqual([record["status"] for record in records], ["failed"] * 4 + ["succeeded"])
        for text in ("SoldOut: nothing left", "driver `shop` exited with status 7; its last words: the till is empty",
                     "driver `shop` sent a frame that is no JSON object",
                     "driver `shop` replied with neither a `value` nor a text `failed`"):
            self.assertIn("failed: " + text, log)
        self.assertIn("WARNING] the shop is closed", log)

    def test_a_deadline_ends_a_driver_that_ignores_it(self):
        start = time.monotonic()
        records, log = self.play(experiment(activity("sleep", "action", timeout=0.2),
                                            activity("twice", arguments={"number": 4})))
        self.assertLess(time.monotonic() - start, 15)
        self.assertEqual([record["status"] for record in records], ["failed", "succeeded"])
        self.assertIn("driver `shop` ignored that it was told to end a call: it was killed", log)

    def test_large_values(self):
        records, _ = self.play(experiment(activity("flood")))
        self.assertEqual(len(records[0]["output"]), 3000000)

    def test_the_checks_before_a_run_ask_the_driver(self):
        self.assertIn("driver `shop` has no function 'steal' in 'shop.cart' for action 'steal'",
                      self.refused(experiment(activity("steal", "action"))))
        self.assertIn("required argument 'number' is missing from activity 'twice'",
                      self.refused(experiment(activity("twice"))))
        self.assertIn("argument 'nmber' is not part of the function signature in activity 'fail'",
                      self.refused(experiment(activity("fail", "action", arguments={"nmber": 1}))))
        for answer in ('{"value": 5}', '{"failed": "no"}', '{}'):
            self.assertIn("driver `shop` does not say what it can do",
                          self.refused(experiment(activity("fail", "action")), SHOP_DESCRIBES=answer))

    def test_controls_of_drivers_are_refused(self):
        control = {"name": "guard", "provider": {"type": "python", "module": "shop.guard"}}
        doc = experiment(activity("twice", arguments={"number": 1}), controls=[control])
        self.assertIn("control 'guard' cannot be called: driver `shop` serves no controls, and Python has no module "
                      "'shop.guard'", self.refused(doc))
        (self.folder / "shop").mkdir()
        (self.folder / "shop" / "guard.py").write_text(
            "def after_activity_control(context, state): state['output'] = 'seen'\n")
        records, _ = self.play(doc, PYTHONPATH=str(self.folder))
        self.assertEqual(records[0]["output"], "seen")

    def test_compat_asks_python_alone(self):
        (self.folder / "shop").mkdir()
        (self.folder / "shop" / "cart.py").write_text("def twice(number): return 'python'\n")
        doc = experiment(activity("twice", arguments={"number": 1}))
        records, _ = self.play(doc, "--compat", PYTHONPATH=str(self.folder))
        self.assertEqual(records[0]["output"], "python")
        records, _ = self.play(doc, PYTHONPATH=str(self.folder))
        self.assertEqual(records[0]["output"], 2)

    def test_recover_asks_whom_the_run_would_have_asked(self):
        (self.folder / "shop").mkdir()
        (self.folder / "shop" / "cart.py").write_text("def twice(number): return 'python'\n")
        wait = {"type": "action", "name": "wait", "provider": {
            "type": "process", "path": "sh", "arguments": ["-c", "touch waiting; exec sleep 60"]}}
        doc = experiment(wait, rollbacks=[activity("twice", "action", arguments={"number": 1})])
        (self.folder / "e.json").write_text(json.dumps(doc))
        for args, expected in ((["--compat"], "python"), ([], 2)):
            child = subprocess.Popen([CHAOSC, "run", "--no-log-file", *args, "e.json"], cwd=self.folder,
                                     env={**self.env, "PYTHONPATH": str(self.folder)}, stdin=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
            until = time.monotonic() + 20
            while not (self.folder / "waiting").exists() and time.monotonic() < until:
                time.sleep(0.02)
            child.kill()
            child.wait()
            (self.folder / "waiting").unlink()
            done = self.chaosc("recover", "--no-log-file", "journal.json", PYTHONPATH=str(self.folder))
            self.assertEqual(done.returncode, 0, done.stderr)
            journal = json.loads((self.folder / "journal.json").read_text())
            self.assertEqual([run["output"] for run in journal["rollbacks"]], [expected])

    def test_the_configuration_names_programs(self):
        (self.folder / "bin").mkdir()
        shutil.copy(DRIVERS / "chaosc-driver-shop", self.folder / "bin" / "any-name")
        (self.folder / ".chaosc.yaml").write_text("driver-programs: {shop: bin/any-name}\n")
        doc = experiment(activity("twice", arguments={"number": 1}))
        records, _ = self.play(doc, PATH=os.environ["PATH"])
        self.assertEqual(records[0]["output"], 2)
        (self.folder / ".chaosc.yaml").write_text("driver-programs: {shop: bin/none, 2x: y, z: 3}\n")
        log = self.refused(doc)
        self.assertIn(".chaosc.yaml:1:35: a driver is named by the first part", log)
        self.assertIn(".chaosc.yaml:1:45: the path of a program is needed here", log)
        self.assertIn("driver `shop` does not say what it can do: No such file or directory", log)

    def test_describe_makes_a_signature_file(self):
        done = self.chaosc("driver", "describe", "shop")
        self.assertEqual(done.returncode, 0, done.stderr)
        (self.folder / "shop.signatures.json").write_text(done.stdout)
        (self.folder / ".chaosc.yaml").write_text("signatures: [shop.signatures.json]\n")
        (self.folder / "e.json").write_text(json.dumps(experiment(activity("twice", arguments={"numbr": 1}))))
        lint = self.chaosc("lint", "e.json")
        self.assertIn("[W504]: `twice` takes no argument `numbr` in ", lint.stdout)
        self.assertFalse((self.folder / "chaostoolkit.log").exists())
        self.assertEqual(self.chaosc("driver", "describe", "none").returncode, 2)
        self.assertEqual(self.chaosc("driver", "describe", "../shop").returncode, 2)
        self.assertEqual(self.chaosc("driver").returncode, 2)
        odd = self.chaosc("driver", "describe", "shop", SHOP_DESCRIBES='{"value": {"functions": [{"module": 1}]}}')
        self.assertEqual(odd.returncode, 1)
        self.assertIn("a signature file needs `python_package` here", odd.stderr)


if __name__ == "__main__":
    CHAOSC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
