"""Where one test of the reference is carried out: writes experiments, has the subject run them, reads what they did."""

import json
import os
import re
import signal
import sys
from unittest.mock import NonCallableMock

import web
from chaoslib.exceptions import ActivityFailed, InterruptExecution, InvalidActivity, InvalidExperiment, InvalidSource

LINE = re.compile(r"^\[[-0-9: ]+ (DEBUG|INFO|WARNING|ERROR|CRITICAL)\] (?:\[[^\]]*\] )?(.*)$")


class Refused(InvalidSource, InvalidExperiment, InvalidActivity, InterruptExecution, ActivityFailed):
    """A command that ended with an error; outside of the process, the log alone says which."""

    def __str__(self):
        errors = [m[2] for m in map(LINE.match, self.args[0].splitlines()) if m and m[1] == "ERROR"]
        if errors:
            return "\n".join(errors)
        return self.args[0].strip().rsplit("\n", 1)[-1].partition(": ")[2] or self.args[0]  # a traceback's last line


class Bench:
    def __init__(self, subject, module):
        self.subject = subject
        self.scratch = subject.scratch
        self.web = web.Web(self.scratch)
        self.module = module  # the test's own
        self.moved = {"localhost:8700": f"localhost:{web.free_port()}"}
        self.settings = None  # as load_global_controls was told
        self.control_files = []
        self.made = 0

    # -- files --

    def path(self, ending):
        self.made += 1
        return str(self.scratch / f"{self.made}{ending}")

    def write(self, doc, ending=".json"):
        path = self.path(ending)
        text = json.dumps(doc, default=lambda o: getattr(o, "value", None) or repr(o))
        for old, new in self.moved.items():
            text = text.replace(old, new)
        with open(path, "w") as file:
            file.write(text)
        return path

    def copied(self, file):
        """A control file as it is now, with its ending: the test takes its own away before the run."""
        path = self.path(os.path.splitext(file)[1])
        with open(file) as source, open(path, "w") as copy:
            copy.write(source.read())
        return path

    def spell(self, value):
        path = self.path(".txt")
        with open(path, "w") as file:
            file.write(repr(value))
        return path

    # -- commands --

    def command(self, *args, settings=None, env=None, journal=None, verbose=False):
        group = ["--settings", self.write(settings or {}), *(["--verbose"] if verbose else [])]
        return self.subject.run([*group, *args], {**self.web.env, **(env or {})}, journal)

    def run(self, doc, *args, settings=None, env=None, source=None, validate=False, verbose=False):
        """Runs an experiment; without a journal it counts as refused."""
        words = [*args, *([] if validate else ["--no-validation"])]
        dry = doc and getattr(doc.get("dry"), "value", None)  # an option where the library looks into the experiment
        if dry:
            doc = {k: v for k, v in doc.items() if k != "dry"}
            words += ["--dry", dry]
        path = self.path(".journal")
        files = [word for file in self.control_files for word in ("--control-file", file)]
        self.take_alarm()
        done = self.command("run", *words, *files, "--journal-path", path, source or self.write(doc),
                            settings=settings or self.settings, env=env, journal=path, verbose=verbose)
        self.replay(done.log)
        if done.journal is None:
            raise Refused(done.log)
        return done

    def validate(self, doc):
        """Valid is what neither `validate` nor the validation before a run refuses."""
        path = self.write(doc)
        said = self.command("validate", path)
        journal = self.path(".journal")
        done = self.command("run", "--dry", "activities", "--journal-path", journal, path, journal=journal)
        self.replay(done.log.partition("Experiment looks valid")[0])
        if said.code or done.journal is None:
            raise Refused(said.log + done.log)

    def take_alarm(self):
        """An alarm whose handler raises becomes the signal that raises the same in a run."""
        seconds, _ = signal.setitimer(signal.ITIMER_REAL, 0)
        if not seconds:
            return
        handler = signal.getsignal(signal.SIGALRM)
        try:
            handler(signal.SIGALRM, None)
        except KeyboardInterrupt:
            number = signal.SIGINT
        except SystemExit:
            number = signal.SIGUSR1
        except InterruptExecution:
            number = signal.SIGTERM
        self.subject.signal_after = (seconds, number)

    def replay(self, log):
        """What was logged goes to the loggers that the test replaced."""
        for module in ("chaoslib.control.python", "chaoslib.provider.process"):
            logger = getattr(sys.modules.get(module), "logger", None)
            if isinstance(logger, NonCallableMock):
                for line in log.splitlines():
                    if match := LINE.match(line):
                        getattr(logger, match[1].lower())(match[2])

    # -- experiments --

    def watch(self, doc, automatic=False, **more):
        """The experiment with a control that notes what it sees, last at the top; returns also where it notes."""
        path = self.path(".seen")
        control = {"name": "what is seen", "automatic": automatic,
                   "provider": {"type": "python", "module": "seen", "arguments": {"path": path, **more}}}
        return {**doc, "controls": [*doc.get("controls", []), control]}, path

    @staticmethod
    def noted(path):
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return [json.loads(line) for line in file]

    def taken(self, doc, path):
        """Brings what the run made of an experiment into the test's own objects."""
        lines = [line for line in self.noted(path) if "doc" in line]
        if lines:
            final = {k: v for k, v in lines[-1]["doc"].items() if k not in ("dry", "controls")}
            absorb(doc, final)


def absorb(target, source):
    """Makes `target` hold what `source` does, in place: others refer to its parts."""
    if isinstance(target, dict) and isinstance(source, dict):
        for key, value in source.items():
            if key in target and type(target[key]) is type(value) and isinstance(value, (dict, list)):
                absorb(target[key], value)
            else:
                target[key] = value
    elif isinstance(target, list) and isinstance(source, list):
        for i, value in enumerate(source):
            if i < len(target):
                absorb(target[i], value)
            else:
                target.append(value)


def experiment(method=(), probes=None, **more):
    doc = {"title": "t", "description": "d", "method": list(method), **more}
    if probes is not None:
        doc["steady-state-hypothesis"] = {"title": "h", "probes": list(probes)}
    return doc


def python(func, module="seen", **arguments):
    return {"type": "python", "module": module, "func": func, "arguments": arguments}


def probe(provider, **more):
    return {"type": "probe", "name": "p", "provider": provider, **more}
