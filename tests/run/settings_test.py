#!/usr/bin/env python3
"""Holds `settings` and `info` to what the reference's commands of these names do.

usage: settings_test.py CHAOSC
"""

import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

CHAOSC = None
SETTINGS = """# a comment
b: {x: [1, {k: "007"}], t: true, r: 1.50}
auths:
  example.com:8443: {type: bearer, value: "tok en"}
"""


class Settings(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory(prefix="chaosc-settings-")
        self.addCleanup(self.scratch.cleanup)
        self.home = Path(self.scratch.name)
        self.path = self.home / ".chaostoolkit" / "settings.yaml"
        self.path.parent.mkdir()
        self.path.write_text(SETTINGS)

    def chaosc(self, *args):
        done = subprocess.run([CHAOSC, *args], cwd=self.home, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=20, env={**os.environ, "HOME": str(self.home)})
        self.assertEqual([path.name for path in self.home.iterdir()], [".chaostoolkit"], "something else was written")
        return done

    def get(self, key, form="json"):
        done = self.chaosc("settings", "get", key, "--format", form)
        return done.stdout if done.returncode == 0 else done.returncode

    def test_get(self):
        self.assertEqual(self.get("b.t"), "true\n")
        self.assertEqual(self.get("b.x[1].k"), '"007"\n')
        self.assertEqual(self.get("b.x[1].k", "string"), "007\n")
        self.assertEqual(self.get("b.x[1]", "string"), "{'k': '007'}\n")
        self.assertEqual(self.get("b.x", "yaml"), '- 1\n- k: "007"\n\n')
        self.assertEqual(self.get(r"auths.example\.com:8443.type"), '"bearer"\n')
        for key in ("none", "b.none", "b.x[2]", "b.x[]", "b.t[0]", "b.x.k", "auths.example.com:8443", "", "b.x[99999999999]"):
            self.assertEqual(self.get(key), 1, key)

    def test_show(self):
        done = self.chaosc("settings", "show", "--format", "json")
        self.assertEqual(json.loads(done.stdout), {"b": {"x": [1, {"k": "007"}], "t": True, "r": 1.5},
                                                   "auths": {"example.com:8443": {"type": "bearer", "value": "tok en"}}})
        self.assertTrue(self.chaosc("settings", "show").stdout.startswith("auths:\n  example.com:8443:\n"))

    def test_set_and_remove(self):
        self.path.chmod(0o640)
        self.assertEqual(self.chaosc("settings", "set", "b.x[1].k", '{"new": ["off", 1.0, "é\\n"]}').returncode, 0)
        self.assertEqual(json.loads(self.get("b.x[1]")), {"k": {"new": ["off", 1.0, "é\n"]}})
        self.assertEqual(self.chaosc("settings", "remove", "b.x[0]").returncode, 0)
        self.assertEqual(self.chaosc("settings", "remove", r"auths.example\.com:8443.type").returncode, 0)
        self.assertEqual(json.loads(self.get("b")), {"x": [{"k": {"new": ["off", 1.0, "é\n"]}}], "t": True, "r": 1.5})
        self.assertEqual(json.loads(self.get("auths")), {"example.com:8443": {"value": "tok en"}})
        self.assertEqual(self.path.stat().st_mode & 0o777, 0o640)

    def test_remove_takes_the_first_that_is_equal(self):
        """As the reference's list.remove()."""
        self.path.write_text("a: [x, {b: 1}, y, {b: 1.0}, x]\n")
        self.assertEqual(self.chaosc("settings", "remove", "a[4]").returncode, 0)
        self.assertEqual(json.loads(self.get("a")), [{"b": 1}, "y", {"b": 1.0}, "x"])
        self.assertEqual(self.chaosc("settings", "remove", "a[2]").returncode, 0)
        self.assertEqual(json.loads(self.get("a")), ["y", {"b": 1.0}, "x"])

    def test_what_is_not_there_is_not_made(self):
        for args in (["set", "b.none", "1"], ["remove", "none"], ["set", "b.t", "no json"]):
            self.assertEqual(self.chaosc("settings", *args).returncode, 1, args)
            self.assertEqual(self.path.read_text(), SETTINGS)
        self.path.write_text("b: [")
        done = self.chaosc("settings", "set", "b", "1")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Failed parsing YAML settings", done.stderr)
        self.assertEqual(self.path.read_text(), "b: [")
        self.path.unlink()
        for args in (["show"], ["get", "b"], ["set", "b", "1"], ["remove", "b"]):
            done = self.chaosc("settings", *args)
            self.assertEqual(done.returncode, 1, args)
            self.assertIn(f"No settings file found at {self.path}", done.stderr)
        self.assertFalse(self.path.exists())

    def test_another_file(self):
        other = self.path.parent / "other.yaml"
        other.write_text("a: 1\n")
        for args in (["--settings", other, "settings", "set", "a", "2"], ["settings", "set", "a", "3", "--settings", other]):
            self.assertEqual(self.chaosc(*map(str, args)).returncode, 0)
        self.assertEqual(other.read_text(), "a: 3\n")
        self.assertEqual(self.path.read_text(), SETTINGS)

    def test_wrong_command_lines(self):
        for args in ([], ["show", "x"], ["get"], ["set", "a"], ["remove"], ["nope", "a"], ["get", "b", "--format", "xml"]):
            self.assertEqual(self.chaosc("settings", *args).returncode, 2, args)

    def test_info(self):
        self.assertRegex(self.chaosc("info", "core").stdout, r"^NAME +VERSION *\nCLI +\d.*\nCore library +1\.\d")
        self.assertEqual(self.chaosc("info", "settings").stdout, SETTINGS + "\n")
        self.path.unlink()
        self.assertEqual(self.chaosc("info", "settings").stdout, f"No settings file found at {self.path}\n")
        for name, summary in (("chaostoolkit-shop", "Chaos Toolkit Extension for shops"), ("chaostoolkit-lib", "x"),
                              ("other", "y")):
            package = self.path.parent / f"{name.replace('-', '_')}-2.5.dist-info"
            package.mkdir()
            (package / "METADATA").write_text(
                f"Metadata-Version: 2.1\nName: {name}\nVersion: 2.5\nLicense: MIT\nSummary: {summary}\n")
        os.environ["PYTHONPATH"] = str(self.path.parent)
        self.addCleanup(os.environ.pop, "PYTHONPATH")
        rows = [line.split() for line in self.chaosc("info", "extensions").stdout.splitlines()]
        self.assertEqual(rows[0], ["NAME", "VERSION", "LICENSE", "DESCRIPTION"])
        self.assertIn(["chaostoolkit-shop", "2.5", "MIT", "shops"], rows)
        self.assertFalse([row for row in rows if row[0] in ("chaostoolkit-lib", "other")])
        for args in ([], ["nope"], ["core", "core"]):
            self.assertEqual(self.chaosc("info", *args).returncode, 2, args)


if __name__ == "__main__":
    CHAOSC = os.path.abspath(sys.argv.pop(1))
    unittest.main()
