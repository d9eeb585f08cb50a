"""A module that is slow to import."""
import os

from waiting_functions import hang

hang("here", float(os.environ["WAITING_IMPORT"]))


def nothing():
    return None
