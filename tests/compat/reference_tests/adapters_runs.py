"""What the reference's tests call for whole experiments: loading, validating, running, controls, exits."""

import copy
import json
import os
import re
import signal
import time
import warnings
from types import SimpleNamespace
from unittest.mock import Mock, NonCallableMock

import requests
import yaml
from bench import Refused, absorb, experiment
from chaoslib.exceptions import ActivityFailed
from chaoslib.types import Dry, Strategy

# What is logged about notifications, by the reference, by chaosc, and by plugins.
SAID = re.compile(r"^\[[-0-9: ]+ DEBUG\] \[(?:notification|notifier|notify|python):[0-9]+\] (.*)$")


def adapters(bench):
    """Name in the reference to what stands for it."""

    # -- loading --

    def load_experiment(experiment_source, settings=None, verify_tls=True):
        """What is loaded stands in the journal; what is no experiment is completed to one first."""
        args = ["--dry", "activities", *([] if verify_tls else ["--no-verify-tls"])]
        settings = {k: v for k, v in (settings or {}).items() if k != "notifications"}  # those are broken
        try:
            done = bench.run(None, *args, settings=settings, source=completed(experiment_source))
        except Refused as x:
            if "certificate" in x.args[0].lower():
                raise requests.exceptions.SSLError(str(x)) from x
            raise
        return done.journal["experiment"]

    def completed(path):
        ending = os.path.splitext(path)[1]
        if not os.path.exists(path) or ending not in (".json", ".yaml", ".yml"):
            return path
        with open(path) as file:
            text = file.read()
        try:
            doc = yaml.safe_load(text)
        except yaml.YAMLError:
            return path
        if not isinstance(doc, dict) or "title" in doc:
            return path
        new = bench.path(ending)
        with open(new, "w") as file:
            doc |= {"title": "t", "description": "d", "method": []}
            file.write(json.dumps(doc) if ending == ".json" else yaml.safe_dump(doc))
        return new

    def parse_experiment_from_file(path):
        return load_experiment(path)

    # -- validating --

    def ensure_experiment_is_valid(experiment):
        bench.validate(experiment)

    def validate_extensions(experiment):
        bench.validate(experiment)

    def ensure_activity_is_valid(activity):
        bench.validate(experiment([activity], configuration={"pause_before": 0, "pause_after": 0}))

    def validate_python_control(control):
        bench.validate(experiment(controls=[control]))

    def warn_about_deprecated_features(experiment):
        from chaoslib import deprecation

        said = bench.command("validate", bench.write(experiment)).log
        for message in (deprecation.DeprecatedDictArgsMessage, deprecation.DeprecatedVaultMissingPathMessage):
            for _ in range(said.count(f"WARNING] {message}")):
                warnings.warn_explicit(message, DeprecationWarning, deprecation.__file__, 1)

    # -- running --

    def run_experiment(experiment, settings=None, experiment_vars=None, strategy=Strategy.DEFAULT, schedule=None,
                       event_handlers=None, validate=False):
        args = ["--hypothesis-strategy", "continuously" if strategy == Strategy.CONTINUOUS else strategy.value]
        if schedule:
            args += ["--hypothesis-frequency", str(schedule.continuous_hypothesis_frequency)]
            args += ["--fail-fast"] if schedule.fail_fast else []
        watched = event_handlers or bench.module.__name__ == "test_control"
        doc, path = (experiment, None) if not watched else bench.watch(experiment, events=bool(event_handlers))
        done = bench.run(doc, *args, settings=settings, validate=validate)
        if path:
            bench.taken(experiment, path)
        for handler in event_handlers or ():
            # The event before controls are configured cannot be heard through one; the log tells of it.
            called = ["started"] if "Running experiment:" in done.log else []
            called += [line["name"] for line in bench.noted(path) if line["hook"] == "event"]
            for name in called:
                if name in type(handler).__dict__:
                    getattr(handler, name)(experiment, done.journal)
        bench.settings, bench.control_files = None, []
        return done.journal

    class Runner:
        def __init__(self, strategy, schedule=None):
            self.strategy, self.schedule = strategy, schedule

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def run(self, experiment, settings=None, **_):
            """Validated first, for then Python's start is no part of what is measured."""
            return run_experiment(experiment, settings, strategy=self.strategy, schedule=self.schedule, validate=True)

    def send(number):
        while not bench.subject.pid:
            time.sleep(0.01)
        os.kill(bench.subject.pid, number)

    def exit_gracefully():
        send(signal.SIGUSR1)

    def exit_ungracefully():
        send(signal.SIGUSR2)

    def run_activity(activity, configuration, secrets):
        activity = {"type": "probe", "name": "p", **activity}
        activity["provider"] = {"type": "http", **activity["provider"]}
        doc = experiment([activity], configuration=configuration or {}, secrets=secrets or {})
        record = bench.run(doc).journal["run"][0]
        if record["status"] != "succeeded":
            raise ActivityFailed("".join(record["exception"]))
        return record["output"]

    def run_process_activity(activity, configuration, secrets):
        return run_activity(activity, configuration, secrets)

    def run_http_activity(activity, configuration, secrets):
        provider = activity["provider"]
        provider = {**provider, "url": provider["url"].replace("https://", "http://")}  # the world has no certificates
        return run_activity({"provider": provider}, configuration, secrets)

    # -- the installation --

    def load_settings(settings_path):
        asked = bench.subject.run(["--settings", settings_path, "settings", "show", "--format", "json"], bench.web.env)
        start = asked.log.find("{")
        return (json.loads(asked.log[start:]) or None) if not asked.code and start >= 0 else None

    def locate_settings_entry(settings, key):
        """Whether there is such an entry."""
        return bench.command("settings", "get", key, settings=settings).code == 0 or None

    def list_extensions():
        """The distributions that the test imagines are laid down as packages are."""
        from chaoslib import info

        site = bench.path(".site")
        os.mkdir(site)
        for n, distribution in enumerate(info.importlib_metadata.distributions.return_value):
            folder = os.path.join(site, f"p{n}.dist-info")
            os.mkdir(folder)
            with open(os.path.join(folder, "METADATA"), "w") as file:
                file.write(distribution.read_text("METADATA"))
        done = bench.command("info", "extensions", env={"PYTHONPATH": f"{os.environ['PYTHONPATH']}:{site}"})
        lines = [line.split() for line in done.log.splitlines() if line.startswith("chaostoolkit-")]
        return [SimpleNamespace(name=words[0], version=words[1]) for words in lines]

    # -- notifications --

    def notify(settings, event, payload=None, error=None):
        """Notified of the start of a run, whatever the event: what is tested does not depend on it."""
        import chaoslib.notification as library
        from fixtures import notifier

        done = bench.run({**experiment(), "dry": Dry.ACTIVITIES}, settings=settings, verbose=True)
        said = [match[1] for match in map(SAID.match, done.log.splitlines()) if match]
        for logger in (library.logger, notifier.logger):
            if isinstance(logger, NonCallableMock):
                for text in said:
                    logger.debug(text)
        for channel in (settings or {}).get("notifications", ()):
            if isinstance(library.notify_with_http, Mock) and any(
                    url.startswith(channel["url"]) for _, url, _, _ in bench.web.asked):
                library.notify_with_http(channel, payload)

    def notify_with_http(channel, payload):
        """The payload is that of the run's own event."""
        notify({"notifications": [channel]}, None)

    # -- controls --

    class controls:  # noqa: N801  the reference's name
        """What the hooks before a block made of the experiment; those after it are of the run inside."""

        def __init__(self, level, experiment, context):
            self.level, self.experiment, self.context = level, experiment, context

        def __enter__(self):
            doc, path = bench.watch(copy.deepcopy(self.experiment), automatic=True)
            try:
                bench.run(doc, "--dry", "activities")
            except Refused:
                pass
            name = self.context.get("name")
            for line in bench.noted(path):
                if line["hook"] == f"before_{self.level}" and (not name or line["context"].get("name") == name):
                    state = {k: v for k, v in line["doc"].items() if k not in ("dry", "controls")}
                    absorb(self.experiment, state)
                    break

        def __exit__(self, *_):
            pass

    def execute_activity(experiment, activity, *_, **__):
        journal = run_experiment(experiment)
        state = journal["steady_states"]
        runs = [*(state["before"] or {"probes": []})["probes"], *journal["run"], *journal["rollbacks"]]
        return [r for r in runs if isinstance(r, dict) and r["activity"]["name"] == activity["name"]][0]

    def seen_control(control, path):
        return {**control, "provider": {"type": "python", "module": "seen",
                                        "arguments": {"path": path, "who": control["name"]}}}

    def get_context_controls(level, experiment, context):
        """The controls by name in the order in which the context's are called first."""
        path = bench.path(".seen")
        doc = copy.deepcopy(experiment)
        owners = [doc, doc.get("steady-state-hypothesis", {}), *doc["method"], *doc.get("rollbacks", []),
                  *doc.get("steady-state-hypothesis", {}).get("probes", [])]
        for owner in owners:
            if "controls" in owner:
                owner["controls"] = [seen_control(c, path) for c in owner["controls"]]
        bench.run(doc, "--dry", "activities")
        called, found = [], False
        for line in bench.noted(path):
            mine = line["hook"] == f"before_{level}" and (
                level != "activity" or line["context"].get("name") == context.get("name"))
            if mine:
                if line["who"] in called:
                    break
                called.append(line["who"])
            found = found or mine
        return [{"name": who} for who in called]

    def initialize_controls(experiment, configuration=None, secrets=None, **_):
        doc, path = bench.watch({**experiment, "configuration": configuration or {}})
        bench.run(doc, "--dry", "activities")
        bench.taken(experiment, path)
        experiment.pop("configuration", None)

    def cleanup_controls(experiment):
        bench.run(experiment, "--dry", "activities")

    def load_global_controls(settings, control_files=None):
        bench.settings = settings
        bench.control_files = [bench.copied(file) for file in control_files or ()]

    def initialize_global_controls(*_, **__):
        pass

    def cleanup_global_controls():
        bench.settings, bench.control_files = None, []

    def get_global_controls():
        """The controls of settings and control files whose hooks a run calls."""
        if bench.settings is None and not bench.control_files:
            return []
        path = bench.path(".seen")
        settings = copy.deepcopy(bench.settings or {})
        files, bench.control_files = bench.control_files, []
        declared = dict(settings.get("controls", {}))
        for file in files:
            with open(file) as source:
                more = json.load(source)
            declared |= more
            seen = {name: {k: v for k, v in seen_control({**c, "name": name}, path).items() if k != "name"}
                    for name, c in more.items()}
            bench.control_files.append(bench.write(seen, os.path.splitext(file)[1]))
        settings["controls"] = {name: {k: v for k, v in seen_control({**c, "name": name}, path).items() if k != "name"}
                                for name, c in settings.get("controls", {}).items()}
        try:
            bench.run(experiment(), settings=settings)
        finally:
            bench.control_files = files
        called = dict.fromkeys(line["who"] for line in bench.noted(path) if line["hook"] == "before_experiment")
        return [{**declared[who], "name": who} for who in called]

    own = ("send", "seen_control", "completed")
    return {k: v for k, v in locals().items() if callable(v) and k not in own}
