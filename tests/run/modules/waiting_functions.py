"""Functions and a control that say where they are and stay there, obediently or not."""
import time
from pathlib import Path


def hang(mark, seconds):
    Path(mark).touch()
    time.sleep(seconds)


def hang_deaf(mark, seconds):
    """Ignores that it is told to end."""
    Path(mark).touch()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            time.sleep(0.05)
        except BaseException:
            pass


def after_activity_control(context, mark=None, seconds=0, at="an activity", **_):
    if at == "an activity":
        hang(mark, seconds)


def after_experiment_control(context, mark=None, seconds=0, at="an activity", **_):
    if at == "the end":
        hang(mark, seconds)
