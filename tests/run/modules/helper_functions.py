"""Functions that the tests of the python provider call: they return, raise, print, wait, die."""
import ctypes
import datetime
import decimal
import logging
import os
import signal
import sys
import threading
import time
import uuid

logger = logging.getLogger("chaostoolkit")
calls = 0


class Odd:
    def __repr__(self):
        return "<odd>"


def add(a, b=1):
    return a + b


def count():
    global calls
    calls += 1
    return calls


def context(configuration=None, secrets=None):
    return {"configuration": configuration, "secrets": secrets}


def mutate(configuration):
    configuration["added"] = 1


def values():
    return {"date": datetime.date(2024, 2, 3), "time": datetime.datetime(2024, 2, 3, 4, 5, 6),
            "decimal": decimal.Decimal("1.10"), "uuid": uuid.UUID(int=5), "tuple": (1, 2), "set": {1},
            "odd": Odd(), 7: "key", "big": 12345678901234567890123, "nan": float("nan"), "bytes": b"x",
            "error": ValueError("bad")}


def odd():
    return Odd()


def is_odd(value):
    return isinstance(value, Odd)


def described(value=None, configuration=None, secrets=None):
    """What kinds of objects these are, and what str() makes of them."""
    return [[type(item).__name__, str(item)] for item in (value, *(configuration or {}).values(), *(secrets or {}).values())]


def appended(configuration, item):
    """Changes what is in the configuration, which others share."""
    for value in configuration.values():
        value.append(item)
    return len(configuration)


def an_object(kind):
    return {"decimal": decimal.Decimal("1.10"), "time": datetime.datetime(2024, 2, 3, 4, 5, 6), "odd": Odd(),
            "tuple": (1, "b"), "list": [decimal.Decimal("2.50"), 1], "uuid": uuid.UUID(int=5)}[kind]


def fail(message):
    raise ValueError(message)


def leave():
    sys.exit(3)


def speak():
    print("printed")
    print("complained", file=sys.stderr)
    logger.warning("logged %d", 5)


def on_main():
    return threading.current_thread() is threading.main_thread()


def wait(seconds):
    time.sleep(seconds)
    return "waited"


def spin(seconds):
    end = time.time() + seconds
    while time.time() < end:
        pass
    return "spun"


def ignore(seconds):
    """Holds on whatever is raised in it."""
    end = time.time() + seconds
    while time.time() < end:
        try:
            time.sleep(0.05)
        except BaseException:
            pass
    return "ignored"


def die():
    print("these are my last words", file=sys.stderr, flush=True)
    os._exit(7)


def crash():
    ctypes.string_at(0)


def stop():
    os.kill(os.getpid(), signal.SIGUSR1)
    time.sleep(5)


def path_zero():
    return sys.path[0]


def large(size):
    return "x" * size


def descriptors():
    return sorted(int(fd) for fd in os.listdir("/proc/self/fd"))


def give(value):
    return value


def look(file, there, missing, seconds=0):
    time.sleep(seconds)
    return there if os.path.exists(file) else missing


def holds(value, text):
    return text in str(value)


def typed():
    return {"date": datetime.date(2024, 2, 3), "time": datetime.datetime(2024, 2, 3, 4, 5, 6),
            "decimal": decimal.Decimal("1.10"), "uuid": uuid.UUID(int=5), "tuple": (1, 2), 7: "seven",
            "real": 1e100, "big": 12345678901234567890123}


def is_date(value):
    return value["date"] == datetime.date(2024, 2, 3) and value["tuple"] == (1, 2) and value[7] == "seven"


def is_value(value, wanted):
    return value == wanted


def interrupt():
    from chaoslib.exceptions import InterruptExecution
    raise InterruptExecution("enough")


def activity_failed():
    from chaoslib.exceptions import ActivityFailed
    raise ActivityFailed("said so")


def looked_up(name):
    from chaoslib.caching import lookup_activity
    return lookup_activity(name)["provider"]


def exit_now(gracefully):
    from chaoslib import exit
    (exit.exit_gracefully if gracefully else exit.exit_ungracefully)()
    time.sleep(10)


def defaults(a, b=2, *, c=3, **more):
    return [a, b, c, more]


def needs_configuration(configuration):
    configuration["changed"] = True
    return sorted(configuration)
