"""What expressed experiments call to show what they are given; loaded by the reference and by chaosc alike."""

import ast
import json

kept = None  # the experiment that runs, as the helper has it


def load(path):
    """The Python value that a file spells."""
    with open(path) as file:
        return ast.literal_eval(file.read())


def unpickle(path):
    import pickle

    with open(path, "rb") as file:
        return pickle.load(file)


def thing():
    """What JSON cannot carry."""
    return object()


def write(value, path):
    """Writes how Python spells a value."""
    with open(path, "w") as file:
        file.write(repr(value))
    return "written"


def environment(path):
    import os

    return write(dict(os.environ), path)


def note(path, hook, **more):
    with open(path, "a") as file:
        print(json.dumps({"hook": hook, **more}, default=repr), file=file)


def plain(doc):
    return json.loads(json.dumps(doc, default=repr))


def configure_control(experiment, configuration, secrets, path, who=None, values=None, events=False,
                      event_registry=None):
    global kept
    kept = experiment
    if values:
        write((configuration, secrets), values)
    if events:
        register(event_registry, path)


def register(registry, path):
    from chaoslib.run import RunEventHandler

    def noted(name):
        return lambda self, *arguments, **more: note(path, "event", name=name)

    names = [n for n in vars(RunEventHandler) if not n.startswith("_")]
    registry.register(type("Noting", (RunEventHandler,), {n: noted(n) for n in names})())


def hook(name):
    def noted(context, path, **more):
        note(path, name, who=more.get("who"), context=plain(context), doc=plain(kept if kept is not None else context))
    return noted


for _level in ("experiment", "hypothesis", "method", "rollback", "activity"):
    for _scope in ("before", "after"):
        globals()[f"{_scope}_{_level}_control"] = hook(f"{_scope}_{_level}")


def before_loading_experiment_control(context, path, **_):
    note(path, "before_loading", context=context)


def after_loading_experiment_control(context, state, path, **_):
    note(path, "after_loading", doc=plain(state))
