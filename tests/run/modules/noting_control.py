"""A control that writes down every hook with what it is given, into the experiment's `contributions`."""


def short(value):
    """What is the same in every run."""
    if isinstance(value, dict):
        left_out = ("start", "end", "duration", "platform", "node", "chaoslib-version", "exception", "contributions",
                    "headers", "x-chaosc")
        return {key: short(item) for key, item in value.items() if key not in left_out}
    if isinstance(value, list):
        return [short(item) for item in value]
    return repr(value)


def note(hook, experiment, context, **given):
    notes = experiment.setdefault("contributions", {}).setdefault("notes", [])
    notes.append({"hook": hook, "context": context.get("name") or context.get("title"),
                  **{name: short(value) for name, value in given.items()}})


def configure_control(experiment, configuration, secrets, settings, **arguments):
    note("configure", experiment, experiment, configuration=configuration, secrets=secrets, arguments=arguments)


def cleanup_control():
    with open("cleaned", "a") as f:
        f.write("x")


def validate_control(control):
    if control["provider"].get("arguments", {}).get("refuse"):
        raise ValueError("this control is not wanted")


def before_experiment_control(context, experiment, configuration, secrets, extensions, settings, **arguments):
    note("before experiment", experiment, context, configuration=configuration, secrets=secrets,
         extensions=extensions, settings=settings, arguments=arguments)


def after_experiment_control(context, experiment, state, configuration=None, **arguments):
    note("after experiment", experiment, context, state=state, arguments=arguments)


def before_hypothesis_control(context, experiment, **arguments):
    note("before hypothesis", experiment, context, arguments=arguments)


def after_hypothesis_control(context, experiment, state, **arguments):
    note("after hypothesis", experiment, context, state=state)


def before_method_control(context, experiment, **arguments):
    note("before method", experiment, context, arguments=arguments)


def after_method_control(context, experiment, state, **arguments):
    note("after method", experiment, context, state=state)


def before_rollback_control(context, experiment, **arguments):
    note("before rollback", experiment, context, arguments=arguments)


def after_rollback_control(context, experiment, state, **arguments):
    note("after rollback", experiment, context, state=state)


def before_activity_control(context, experiment, **arguments):
    note("before activity", experiment, context, arguments=arguments)


def after_activity_control(context, experiment, state, **arguments):
    note("after activity", experiment, context, state=state)
