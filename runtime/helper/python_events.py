"""Handlers of a run's events: those that extensions register with the `event_registry` that `configure_control` gets.

python_worker.py executes this text before python_controls.py. The names and arguments are chaoslib.run's.
"""
EVENTS = ("started", "running", "finish", "interrupted", "signal_exit", "start_continuous_hypothesis",
          "continuous_hypothesis_iteration", "continuous_hypothesis_completed", "start_hypothesis_before",
          "hypothesis_before_completed", "start_hypothesis_after", "hypothesis_after_completed", "start_method",
          "method_completed", "start_rollbacks", "rollbacks_completed", "start_cooldown", "cooldown_completed",
          "start_activity", "activity_completed")


class Registry:
    """chaoslib.run.EventHandlerRegistry: `registry.started(...)` tells all handlers; one that fails is none."""

    def __init__(self):
        self.handlers = []

    def register(self, handler):
        self.handlers.append(handler)

    def tell(self, event, *arguments):
        for handler in self.handlers:
            try:
                getattr(handler, event)(*arguments)
            except Exception:
                worker.logger.debug("Handler {} failed".format(type(handler).__name__), exc_info=True)


for event in EVENTS:
    setattr(Registry, event, functools.partialmethod(Registry.tell, event))


class Timetable:
    """What stands for chaoslib.types.Schedule where chaoslib is missing."""

    def __init__(self, continuous_hypothesis_frequency, fail_fast, fail_fast_ratio):
        self.continuous_hypothesis_frequency = continuous_hypothesis_frequency
        self.fail_fast, self.fail_fast_ratio = fail_fast, fail_fast_ratio


def schedule_of(frequency, fail_fast, ratio):
    try:
        from chaoslib.types import Schedule
    except ImportError:
        Schedule = Timetable
    return Schedule(frequency, fail_fast, ratio or 0)
