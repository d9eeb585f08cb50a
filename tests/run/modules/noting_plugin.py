"""Notification plugins: they write down what they are told, a line each, into the file NOTICES names."""
import json
import os
import time


def note(name, channel, payload):
    error = payload.get("error")
    shown = {**payload, "error": [type(error).__name__, str(error)]} if error else payload
    with open(os.environ["NOTICES"], "a") as f:
        f.write(json.dumps([name, channel, shown], default=str) + "\n")


def notify(channel, payload):
    note("notify", channel, payload)


def other(channel, payload):
    note("other", channel, payload)


def slow(channel, payload):
    time.sleep(20)


def broken(channel, payload):
    raise ValueError("a broken plugin")
