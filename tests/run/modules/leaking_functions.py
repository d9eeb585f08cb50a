"""Functions that give away what they are told, in every way a careless extension does."""
import logging
import sys
import urllib.request

logger = logging.getLogger("chaostoolkit")


def give(value):
    return {"value": value, "inside": [f"<{value}>", {"nested": value}]}


def represent(value):
    return repr({"password": value})


def fail(value):
    raise RuntimeError(f"cannot log in with {value!r}, {value}")


def fail_with_key(secrets=None):
    raise KeyError(*(secrets or {}).values())


def log(value):
    logger.debug("debug %s", value)
    logger.warning("warning %r", value)
    logging.getLogger("other").error("of another logger %s", value)
    try:
        fail(value)
    except RuntimeError:
        logger.error("caught", exc_info=True)
    return True


def write(value):
    print("printed", value)
    print("to standard error", repr(value), file=sys.stderr)
    return None


def fetch(url, value):
    with urllib.request.urlopen(url + "?" + urllib.parse.urlencode({"q": value}), timeout=5) as answer:
        return answer.read().decode()


def command_line():
    with open("/proc/self/cmdline", encoding="utf-8") as file:
        return file.read().replace("\0", " ")
