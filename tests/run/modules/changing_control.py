"""A control that does what its arguments say, at the hook `at`: `do` is a function below, `on` the name of the
context it is meant for."""


def interrupt(text="stop here", **_):
    from chaoslib.exceptions import InterruptExecution
    raise InterruptExecution(text)


def leave(code=20, **_):
    raise SystemExit(code)


def fail(**_):
    raise ValueError("a broken control")


def put(where, value, into="context", **given):
    """Sets a member, down a path of names and numbers, of what the hook was given."""
    target = given[into]
    for step in where[:-1]:
        target = target[step]
    target[where[-1]] = value


def put_object(where, kind, into="configuration", **given):
    """Sets a member as `put` does, to an object that JSON cannot carry."""
    import helper_functions
    put(where, helper_functions.an_object(kind), into, **given)


def insert(value, index, into="experiment", where=("method",), **given):
    target = given[into]
    for step in where:
        target = target[step]
    target.insert(index, value)


def remove(index, where=("method",), **given):
    target = given["experiment"]
    for step in where:
        target = target[step]
    del target[index]


def clear(state, **_):
    state.clear()


def remove_first(state, **_):
    del state["method"][0]


def write(path, text, **_):
    with open(path, "w") as f:
        f.write(text)


def dry(mode, context, **_):
    from chaoslib.types import Dry
    context["dry"] = Dry(mode)


def forget_dry(state, experiment, **_):
    """The reference's journal cannot hold what `dry` sets."""
    for activity in [*experiment["method"], *(run["activity"] for run in state["run"])]:
        activity.pop("dry", None)


def replace_method(value, experiment, **_):
    experiment["method"] = value


def hook(name):
    def call(context, experiment, configuration, secrets, state=None, *, at=None, on=None, do=None, **more):
        if at == name and on in (None, context.get("name")):
            globals()[do](context=context, experiment=experiment, configuration=configuration, secrets=secrets,
                          state=state, **more)
    return call


before_loading_experiment_control, after_loading_experiment_control = hook("before loading"), hook("after loading")
before_experiment_control, after_experiment_control = hook("before experiment"), hook("after experiment")
before_hypothesis_control, after_hypothesis_control = hook("before hypothesis"), hook("after hypothesis")
before_method_control, after_method_control = hook("before method"), hook("after method")
before_rollback_control, after_rollback_control = hook("before rollback"), hook("after rollback")
before_activity_control, after_activity_control = hook("before activity"), hook("after activity")
configure_control = None
