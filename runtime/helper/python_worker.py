"""The helper interpreter of a chaosc run: calls the functions of extensions as chaoslib would.

Frames on descriptor 3, both ways: four bytes of length, big-endian, then JSON.

To the helper, after its own text:
    {"scripts": sys.path[0], "experiment": ..., "settings": ..., "more": [[name, text of such a file]...]}
    {"id": 1, "place": "main"|"thread", "lane": 3, "op": "call", ...}   see Worker.lane, Worker.op_call; with "experiment" if it was not
                                                              known at first
    {"id": 1, "op": "cancel"}                                 raises in call 1
From it:
    {"id": 1, "value": ..., "handle": 7, "text": ...}  the value is only an image where there is a handle: another
                                             request may say {"$chaosc": 7} where it means the object itself; the text
                                             is its str(), where it is no list or mapping; "bytes" is what
                                             bytes say as UTF-8
    {"id": 1, "failed": "message"}           chaoslib would raise ActivityFailed(message)
    {"id": 1, "raised": "class", "message": "..."}            another exception leaves the provider
    {"id": 1, "exit": 3}                     sys.exit(3): chaoslib ends the run
    {"id": 1, "cancelled": true}
    {"log": [level, logger, message]}        a record of the logging module
    {"signal": 10}                           an extension asks for the end of the run
"""
import collections
import enum
import functools
import gc
import importlib
import inspect
import json
import logging
import os
import queue
import re
import signal
import socket
import sys
import threading
import time
import traceback

CANCEL_SIGNAL = signal.SIGRTMIN + 3
KEPT_OBJECTS = 1024
DEEPEST = 200
TEMPLATE = re.compile(r"\$(?:(?P<escaped>\$)|(?P<name>(?a:[_a-z][_a-z0-9]*))|{(?P<braced>(?a:[_a-z][_a-z0-9]*))})",
                      re.IGNORECASE)


class Cancelled(BaseException):
    """Raised in a call that has to end; no `except Exception` of an extension keeps it."""


# ---- values ----

def is_plain(value, depth=0):
    """Whether JSON gives back the very same value."""
    kind = type(value)
    if kind in (str, int, bool, float, type(None)):
        return True
    if depth > DEEPEST:
        return False
    if kind is list:
        return all(is_plain(item, depth + 1) for item in value)
    if kind is dict:
        return all(type(key) is str and is_plain(item, depth + 1) for key, item in value.items())
    return False


def is_a(value, module, name):
    """isinstance without the import: there is no such value before somebody has imported the class."""
    loaded = sys.modules.get(module)
    return loaded is not None and isinstance(value, getattr(loaded, name))


def image(value, depth=0):
    """What a journal shows of any value: as the reference's encoder, and repr() where that would fail."""
    if value is None or isinstance(value, (bool, int, float, str)):
        if isinstance(value, enum.Enum):
            return image(value.value, depth + 1)
        return value
    if is_a(value, "datetime", "date"):
        return value.isoformat()
    if is_a(value, "uuid", "UUID") or is_a(value, "decimal", "Decimal"):
        return str(value)
    if depth <= DEEPEST:
        if isinstance(value, dict):
            return {key if isinstance(key, str) else key_image(key): image(item, depth + 1)
                    for key, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [image(item, depth + 1) for item in value]
    return repr(value)


def key_image(key):
    if key is None or isinstance(key, (bool, int, float)):
        return json.dumps(key)
    return repr(key)


def exception_of(class_name, message):
    """An exception that was met outside of Python, as that class where it can be had, else as Exception."""
    module, _, name = class_name.rpartition(".")
    try:
        kind = getattr(importlib.import_module(module or "builtins"), name)
        return kind(message) if issubclass(kind, Exception) else Exception(message)
    except Exception:
        return Exception(message)


class Objects:
    """What calls returned and JSON cannot carry, the latest ones, by number."""

    def __init__(self):
        self.kept = collections.OrderedDict()
        self.last = 0
        self.lock = threading.Lock()

    def keep(self, value):
        with self.lock:
            self.last += 1
            self.kept[self.last] = value
            if len(self.kept) > KEPT_OBJECTS:
                self.kept.popitem(last=False)
            return self.last

    def object_of(self, handle):
        if isinstance(handle, dict):
            return handle["bytes"].encode()
        with self.lock:
            if handle in self.kept:
                self.kept.move_to_end(handle)  # what the configuration has is asked for again and again
            return self.kept.get(handle)

    def resolve(self, value):
        """The value with the objects that its handles stand for."""
        if isinstance(value, dict):
            if len(value) == 1 and "$chaosc" in value:
                return self.object_of(value["$chaosc"])
            return {key: self.resolve(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.resolve(item) for item in value]
        return value


def substitute(value, names):
    """chaoslib's substitution in arguments; a text that is one template keeps the value's type."""
    if isinstance(value, dict):
        return {key: substitute(item, names) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [substitute(item, names) for item in value]
    if not isinstance(value, str):
        return value
    whole = TEMPLATE.fullmatch(value)
    name = whole and whole["braced"]
    if name and name in names:
        return names[name]

    def put(match):
        if match["escaped"]:
            return "$"
        key = match["name"] or match["braced"]
        return str(names[key]) if key in names else match[0]
    return TEMPLATE.sub(put, value)


def names_of(configuration, secrets):
    """What templates see: the configuration first, then the members of the groups of secrets."""
    return collections.ChainMap(configuration or {}, *(secrets.values() if secrets else []))


def class_path(kind):
    return kind.__name__ if kind.__module__ == "builtins" else "{}.{}".format(kind.__module__, kind.__qualname__)


# ---- the channel ----

class Channel:
    """Frames in and out; `send` may be called from anywhere, signal handlers included."""

    def __init__(self, fd):
        self.socket = socket.socket(fileno=fd)
        self.out = queue.SimpleQueue()
        self.writer = threading.Thread(target=self.write, daemon=True)
        self.writer.start()

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            piece = self.socket.recv(min(count - len(data), 1 << 20))
            if not piece:
                return None
            data += piece
        return bytes(data)

    def receive(self):
        head = self.read(4)
        body = head and self.read(int.from_bytes(head, "big"))
        return json.loads(body) if body else None

    def send(self, message):
        self.out.put(message)

    def write(self):
        while True:
            message = self.out.get()
            if message is None:
                return
            try:
                body = json.dumps(message).encode()
            except (TypeError, ValueError) as x:
                body = json.dumps({"id": message.get("id"), "raised": class_path(type(x)),
                                   "message": str(x)}).encode()
            try:
                self.socket.sendall(len(body).to_bytes(4, "big") + body)
            except OSError:
                return

    def finish(self):
        self.out.put(None)
        self.writer.join(1)


class ChannelHandler(logging.Handler):
    def __init__(self, channel):
        super().__init__()
        self.channel = channel

    def emit(self, record):
        try:
            message = record.getMessage()
            if record.exc_info:
                message += "\n" + "".join(traceback.format_exception(*record.exc_info)).rstrip()
        except Exception:
            message = str(record.msg)
        self.channel.send({"log": [record.levelno, record.name, message]})


class ChaoslibFiller:
    """Gives chaoslib the state that the reference's run has given it, when somebody first imports it."""

    def __init__(self, worker):
        self.setup, self.worker = worker.setup, worker

    def find_spec(self, name, path, target=None):
        if name not in ("chaoslib.caching", "chaoslib.settings", "chaoslib.control"):
            return None
        others = (finder for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, (finder.find_spec(name, path, target) for finder in others)), None)
        if spec and spec.loader:
            execute = spec.loader.exec_module

            def execute_and_fill(module):
                execute(module)
                self.fill(module)
            spec.loader.exec_module = execute_and_fill
        return spec

    def fill(self, module):
        if module.__name__ == "chaoslib.caching" and self.setup["experiment"]:
            module.cache_activities(self.setup["experiment"])
        elif module.__name__ == "chaoslib.settings" and self.setup["settings"]:
            module.loaded_settings.set(self.setup["settings"])
        elif module.__name__ == "chaoslib.control" and self.worker.control:
            self.worker.control.share(module.global_controls)


# ---- the work ----


def validate(activity):
    """The messages of chaoslib's validate_python_activity; at most one."""
    name, module_name, func_name = activity["name"], activity["module"], activity["func"]
    if not module_name:
        return ["a Python activity must have a module path"]
    if not func_name:
        return ["a Python activity must have a function name"]
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        return ["could not find Python module '{}' in activity '{}'".format(module_name, name)]
    except Exception as x:
        return ["Python module '{}' of activity '{}' cannot be imported: {}".format(
            module_name, name, traceback.format_exception_only(type(x), x)[-1].strip())]
    func = inspect.getmembers(module, lambda m: inspect.isfunction(m) or inspect.isbuiltin(m))
    func = dict(func).get(func_name)
    if func is None:
        return ["The python module '{}' does not expose a function called '{}' in {} '{}'".format(
            module_name, func_name, activity["type"], name)]
    signature = inspect.signature(func)
    arguments = dict(activity["arguments"])
    arguments.update((key, None) for key in ("secrets", "configuration") if key in signature.parameters)
    try:
        signature.bind(**arguments)
    except TypeError as x:
        text = str(x)
        if "missing" in text:
            return ["required argument {} is missing from activity '{}'".format(
                text.rsplit(":", 1)[1].strip(), name)]
        if "unexpected" in text:
            return ["argument {} is not part of the function signature in activity '{}'".format(
                text.rsplit(" ", 1)[1].strip(), name)]
        return ["{} in activity '{}'".format(text, name)]
    return []


class Worker:
    def __init__(self, channel, setup):
        self.channel = channel
        self.setup = setup
        self.filler = ChaoslibFiller(self)
        self.control = None  # see python_controls.py
        self.scope = {}  # the latest configuration and secrets: their JSON, and what it stands for
        self.objects = Objects()
        self.jobs = queue.SimpleQueue()
        self.lock = threading.Lock()
        self.current = None  # the id of the call on the main thread
        self.cancelling = self.raised_in = None  # the ids of the last one to end, and that was told so
        self.dropped = set()  # cancelled before they began
        self.threads = {}  # by the id of what runs there: the thread, and its lane
        self.lanes = {}
        self.logger = logging.getLogger("chaostoolkit")

    # -- threads and cancellation --

    def receive(self):
        """Runs in a thread of its own, so that a cancellation gets through while the main thread is busy."""
        while True:
            request = self.channel.receive()
            if request is None:
                self.jobs.put(None)
                return
            if "experiment" in request:
                self.learn(request["experiment"])
            if request["op"] == "cancel":
                self.cancel(request["id"])
            elif request["place"] == "thread":
                self.lane(request.get("lane")).put(request)
            else:
                self.jobs.put(request)

    def learn(self, experiment):
        """The experiment is known now; controls that were there while it was loaded have it already."""
        if self.setup["experiment"] is None:
            self.setup["experiment"] = experiment
            for name in ("chaoslib.caching",):
                if name in sys.modules:
                    self.filler.fill(sys.modules[name])

    def lane(self, number):
        """What a thread of its own is asked to do; of equal numbers it is one thread until a request ends the lane,
        as the reference has one thread for an activity in the background and all that belongs to it."""
        with self.lock:
            jobs = self.lanes.get(number) if number else None
            if not jobs:
                jobs = queue.SimpleQueue()
                if number:
                    self.lanes[number] = jobs
                threading.Thread(target=self.run_lane, args=(number, jobs), daemon=True).start()
            return jobs

    def run_lane(self, number, jobs):
        while True:
            request = jobs.get()
            try:
                self.run_thread(request, number)
            except Cancelled:  # it was over by then
                pass
            with self.lock:
                if request.get("ends_lane") and self.lanes.get(number) is jobs:
                    del self.lanes[number]
                if not number or self.lanes.get(number) is not jobs:
                    return

    def cancel(self, number):
        with self.lock:
            if number == self.current:
                threading.Thread(target=self.insist, args=(number,), daemon=True).start()
            elif number in self.threads:
                import ctypes
                thread, lane = self.threads[number]
                self.lanes.pop(lane, None)  # what ignores this must not hold up what comes next
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(Cancelled))
            else:
                self.dropped.add(number)

    def insist(self, number):
        """A signal that comes right before a blocking call does not end it: then the next one does."""
        while self.current == number and self.raised_in != number:
            self.cancelling = number
            signal.pthread_kill(threading.main_thread().ident, CANCEL_SIGNAL)
            time.sleep(0.05)

    def on_cancel(self, *_):
        if self.current is not None and self.current == self.cancelling != self.raised_in:
            self.raised_in = self.current  # once: what the function does to clean up is left alone
            raise Cancelled()

    def on_stop(self, number, _):
        self.channel.send({"signal": number})

    def run_main(self, request):
        number = request["id"]
        try:
            with self.lock:
                if number in self.dropped:
                    raise Cancelled()
                self.current = number
            try:
                reply = self.perform(request)
            finally:
                self.current = None
        except Cancelled:
            self.current = None
            reply = {"cancelled": True}
        if reply is not None:
            self.channel.send({"id": number, **reply})

    def run_thread(self, request, lane):
        number = request["id"]
        try:
            with self.lock:
                if number in self.dropped:
                    raise Cancelled()
                self.threads[number] = (threading.get_ident(), lane)
            try:
                reply = self.perform(request)
            finally:
                with self.lock:
                    self.threads.pop(number, None)
        except Cancelled:
            reply = {"cancelled": True}
        if reply is not None:
            self.channel.send({"id": number, **reply})

    def run(self):
        signal.signal(CANCEL_SIGNAL, self.on_cancel)
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGTERM):
            signal.signal(number, self.on_stop)
        threading.Thread(target=self.receive, daemon=True).start()
        while True:
            request = self.jobs.get()
            if request is None:
                return
            self.run_main(request)

    # -- operations --

    def perform(self, request):
        try:
            return getattr(self, "op_" + request["op"])(request)
        except Cancelled:
            raise
        except SystemExit as x:
            return {"exit": x.code if isinstance(x.code, int) else 1}
        except BaseException as x:
            return {"raised": class_path(type(x)), "message": str(x)}

    def reply_value(self, value):
        reply = {"value": image(value)}
        if not is_plain(value):
            reply["handle"] = self.objects.keep(value)
            if not isinstance(value, (dict, list)):
                reply["text"] = str(value)
            if isinstance(value, bytes):
                reply["bytes"] = value.decode(errors="replace")
        return reply

    def scope_of(self, request):
        """The configuration and the secrets: one object each while the engine says the same, as in the reference, or
        those that the controls know."""
        if self.control and self.control.started:
            return self.control.configuration, self.control.secrets
        with self.lock:
            for name in ("configuration", "secrets"):
                text = json.dumps(request[name])
                if self.scope.get(name, (None,))[0] != text:
                    self.scope[name] = (text, self.objects.resolve(request[name]))
            return self.scope["configuration"][1], self.scope["secrets"][1]

    def op_validate(self, request):
        """activities: name, type, module, func, arguments of each. The value is a list of what chaoslib's
        validation would refuse. drivers: the modules of controls that drivers exist for."""
        errors = [error for activity in request["activities"] for error in validate(activity)]
        if request.get("controls"):
            errors += filter(None, [self.controls().refusal(request["drivers"])])
        return {"value": errors}

    def controls(self):
        if not self.control:
            names = {**globals(), "worker": self}
            for name, text in self.setup["more"]:
                exec(compile(text, name, "exec"), names)
            self.control = names["Controls"]()
            if "chaoslib.control" in sys.modules:
                self.filler.fill(sys.modules["chaoslib.control"])
        return self.control

    def op_control(self, request):
        """hook: a method of Controls, which says what else there is in the request and the reply, and sends that."""
        self.controls().answer(request, lambda reply: self.channel.send({"id": request["id"], **reply}))

    def op_notify(self, request):
        """A notification of the user's settings: channel, payload; error: class and text of the payload's exception. What
        fails is only said, as in chaoslib."""
        channel, payload = request["channel"], request["payload"]
        name, func_name = channel.get("module"), channel.get("func", "notify")
        try:
            module = importlib.import_module(name)
        except ImportError:
            self.logger.debug("could not find Python plugin '{}' for notification".format(name))
            return {"value": None}
        func = dict(inspect.getmembers(module, inspect.isfunction)).get(func_name)
        if not func:
            self.logger.debug("could not find function '{}' in plugin '{}' for notification".format(func_name, name))
            return {"value": None}
        if request["error"] is not None:
            payload["error"] = exception_of(*request["error"])
        try:
            func(channel, payload)
        except Exception as x:
            self.logger.debug("failed calling notification plugin", exc_info=x)
        return {"value": None}

    def op_call(self, request):
        """module, func, name; arguments, configuration, secrets (all groups); groups (names of the secret groups the
        provider asks for; absent if it does not); substitute: the templates in the arguments are not expanded yet."""
        func = getattr(importlib.import_module(request["module"]), request["func"])
        try:
            self.logger.debug("Activity '{}' loaded from '{}'".format(request.get("name"), inspect.getfile(func)))
        except TypeError:
            pass
        arguments = self.objects.resolve(request["arguments"]).copy()  # which only mappings and lists have
        configuration, secrets = self.scope_of(request)
        if request.get("substitute") and (configuration or secrets):
            arguments = substitute(arguments, names_of(configuration, secrets))
        parameters = inspect.signature(func).parameters
        if "groups" in request and "secrets" in parameters:
            arguments["secrets"] = {}
            for group in request["groups"]:
                arguments["secrets"].update(secrets.get(group, {}).copy())
        if "configuration" in parameters:
            arguments["configuration"] = configuration.copy()
        try:
            return self.reply_value(func(**arguments))
        except Exception as x:
            self.logger.debug("Activity failed", exc_info=True)
            return {"failed": traceback.format_exception_only(type(x), x)[0].strip()}


def main():
    os.set_inheritable(3, False)
    channel = Channel(3)
    setup = channel.receive()
    sys.argv = ["chaos", "run"]
    if sys.path and setup.get("scripts"):
        sys.path[0] = setup["scripts"]  # as for the console script
    sys.stdout.reconfigure(line_buffering=True)
    worker = Worker(channel, setup)
    sys.meta_path.insert(0, worker.filler)
    logger = logging.getLogger("chaostoolkit")  # chaoslib's and its extensions'; others go to stderr as ever
    logger.addHandler(ChannelHandler(channel))
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    gc.freeze()
    gc.enable()
    channel.send({"started": os.getpid()})
    worker.run()
    channel.finish()


main()
