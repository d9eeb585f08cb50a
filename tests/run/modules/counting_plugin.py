"""A notification plugin that counts with helper_functions."""
import json
import os

import helper_functions


def notify(channel, payload):
    with open(os.environ["NOTICES"], "a") as f:
        f.write(json.dumps(["count", channel, helper_functions.count()]) + "\n")
