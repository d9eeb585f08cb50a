"""A control that registers a handler of the run's events, which writes down what it is told into the experiment's
`contributions`; `at`, `do` and more arguments let it change something, as changing_control.py does."""
import changing_control
from chaoslib.run import RunEventHandler
from noting_control import short

EVENTS = [name for name in vars(RunEventHandler) if not name.startswith("_")]
ASIDE = ("start_continuous_hypothesis", "continuous_hypothesis_iteration", "continuous_hypothesis_completed")


def plain(value):
    if hasattr(value, "fail_fast_ratio"):
        return [value.continuous_hypothesis_frequency, value.fail_fast, value.fail_fast_ratio]
    if isinstance(value, Exception):
        return [type(value).__name__, str(value)]
    if isinstance(value, dict) and "method" in value:
        return value.get("title")
    if isinstance(value, dict) and "steady_states" in value:
        return {key: plain(item) if key == "experiment" else short(item) for key, item in value.items()
                if key in ("status", "deviated", "steady_states", "run", "rollbacks", "experiment")}
    return short(value)


def listener(experiment, at=None, on=None, do=None, counted=True, **more):
    """Not `counted` are the probes of continuous checks: how many there are depends on time."""
    def method(name):
        def told(self, *args):
            notes = experiment.setdefault("contributions", {})
            if name in ASIDE:
                shown = args[:1] if name.startswith("start") else [getattr(args[-1], "args", None), args[1]["status"]] \
                    if name.endswith("completed") else [args[1]["steady_state_met"]]
                notes[name] = [plain(arg) for arg in shown]
            elif counted or not (args and isinstance(args[0], dict) and args[0].get("type") == "probe"):
                notes.setdefault("events", []).append([name, *(plain(arg) for arg in args)])
            if at == name and on in (None, args and args[0].get("name")):
                given = dict(zip(("context", "state"), args)) if "activity" in name else {"state": args[-1] if args else None}
                getattr(changing_control, do)(**{"experiment": experiment, "context": None, **given, **more})
        return told
    return type("Listener", (RunEventHandler,), {name: method(name) for name in EVENTS})()


def configure_control(experiment, event_registry, **arguments):
    event_registry.register(object())  # which can do nothing
    event_registry.register(listener(experiment, **arguments))
