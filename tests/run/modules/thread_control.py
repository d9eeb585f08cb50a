"""A control, a handler and a function that find each other in the thread: what one has left there, the next returns."""
import threading

from chaoslib.run import RunEventHandler

here = threading.local()


def visit(name):
    here.visits = getattr(here, "visits", []) + [name]
    return here.visits


def visited():
    """The function of an activity."""
    return [threading.current_thread() is threading.main_thread(), *visit("call")]


class Handler(RunEventHandler):
    def start_activity(self, activity):
        visit("start")

    def activity_completed(self, activity, run):
        run["ending"] = list(visit("completed"))


def configure_control(event_registry):
    event_registry.register(Handler())


def before_activity_control(context, **_):
    here.visits = [context["name"]]


def after_activity_control(context, state, **_):
    state["visits"] = list(visit("after"))
