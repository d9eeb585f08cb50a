"""A control that counts its hooks around activities in the configuration."""
import threading

lock = threading.Lock()


def before_activity_control(context, configuration, **_):
    with lock:
        configuration["seen"] += 1


after_activity_control = before_activity_control
