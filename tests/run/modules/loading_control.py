"""A control of the loader that writes down what it is given, and into the experiment."""
from noting_control import short

seen = []


def before_loading_experiment_control(context, state, experiment, configuration, secrets, settings, **arguments):
    seen.append(["before", context, short([state, experiment, configuration, secrets, settings, arguments])])


def after_loading_experiment_control(context, state, experiment, configuration, secrets, settings, **arguments):
    seen.append(["after", context, short([experiment, configuration, secrets, settings, arguments])])
    if state is not None:
        state["contributions"]["loading"] = seen


def before_experiment_control(context, **arguments):
    context["contributions"]["same"] = [context["contributions"].get("loading") is seen]
