"""Controls: calls the hooks that an experiment names, with the live objects the reference would hand them.

python_worker.py executes this text at the first request of the kind `control`, behind python_events.py, with `worker`
and its own functions in scope. The experiment, the configuration, the secrets, the records and the journal of the run
live here as Python objects, so that what a hook or a handler changes is seen by every later one and by the journal.
Each request has the run's `status` and `deviated`. Replies are objects, sent in the order of what they say:

    experiment, configuration, secrets    their new values, where a hook changed them
    objects                               there are values that JSON cannot carry in the two: what the engine is told
                                          of them is for templates, calls are given them here
    state                                 the journal's `status` and `deviated`, where a handler changed them
    handlers                              extensions listen to the run's events: `start_activity` and such are wanted
    interrupted                           a hook raised InterruptExecution: its message
    at                                    of an activity: its place in the list now, or -1
    dry                                   before an activity: its own `dry` if that is one of chaoslib.types.Dry
    status, output, handle                after an activity: of its record, where it was changed
    met                                   after a hypothesis: the state's `steady_state_met`
    value                                 the journal, after the experiment and where the clean-up changed it
"""
import copy

HOOKS = {level: (f"before_{name}_control", f"after_{name}_control") for level, name in (
    ("loader", "loading_experiment"), ("experiment", "experiment"), ("hypothesis", "hypothesis"),
    ("method", "method"), ("rollback", "rollback"), ("activity", "activity"))}
ROLES = {"method": "method", "rollback": "rollbacks"}
RUNS = {"method": "run", "rollbacks": "rollbacks"}  # where the journal has the records of a list


class Interrupted(Exception):
    """Leaves everything that is being carried out, as chaoslib's InterruptExecution does."""


def is_interruption(error):
    return any(kind.__module__ == "chaoslib.exceptions" and kind.__name__ == "InterruptExecution"
               for kind in type(error).__mro__)


def exit_code(left):
    """Of the program that a SystemExit leaves."""
    return left.code if isinstance(left.code, int) else int(left.code is not None)


def is_dry_mode(value):
    return isinstance(value, enum.Enum) and type(value).__module__ == "chaoslib.types"


def module_of(control):
    path = control["provider"]["module"]
    try:
        return importlib.import_module(path)
    except ImportError:
        worker.logger.debug("Control module '{}' could not be loaded. Have you installed it?".format(path))
        return None


def function_of(control, name):
    module = module_of(control)
    func = getattr(module, name, None) if module else None
    if module and not func:
        worker.logger.debug("Control module '{}' does not declare '{}'".format(
            getattr(module, "__file__", module.__name__), name))
    return func


def is_python(control):
    provider = control.get("provider")
    return bool(provider) and provider["type"] == "python"


def named_once(controls):
    seen = set()
    for control in controls:
        name = control.get("name")
        if name and name not in seen:
            seen.add(name)
            yield control


def keep_judged(run):
    """The reference writes the value that a probe judges into the experiment."""
    tolerance = run["activity"].get("tolerance")
    if isinstance(tolerance, dict) and tolerance.get("type") == "probe":
        tolerance["provider"]["arguments"]["value"] = run.get("output")


def fingerprint(value):
    """What two values have in common only if the engine need not tell them apart. It is asked for at every hook, of the
    whole experiment: `image` alone would be slow."""
    try:
        return json.dumps(value, default=image)
    except (TypeError, ValueError):
        return json.dumps(image(value))


def variables(values, depth=1):
    """What the engine puts into templates: the text of an object, where it is not a list or mapping of such."""
    if depth and isinstance(values, dict):
        return {key if isinstance(key, str) else key_image(key): variables(item, depth - 1)
                for key, item in values.items()}
    return image(values) if is_plain(values) or isinstance(values, (dict, list)) else str(values)


class Controls:
    def __init__(self):
        self.settings = worker.setup["settings"] or None  # hooks are given what was loaded, if anything was
        self.loaded = False  # the global controls are
        self.started = False  # configuration and secrets are known
        self.configuration, self.secrets = {}, {}
        self.everywhere = []  # global controls; chaoslib's own list where somebody has imported that
        self.registry = Registry()
        self.referable = {}
        self.playing = {}  # the lists as they stood when their playing began: method, rollbacks, probes
        self.tasks = {}  # by number: an activity and what its record will show of it
        self.runs, self.states = {}, {}
        self.completed = set()  # the numbers of runs that handlers were told of
        self.journal = {"status": None, "deviated": False, "run": [], "rollbacks": [],
                        "steady_states": {"before": None, "after": None, "during": []}}
        self.dry = self.shown = self.frequency = self.compat = None
        self.told, self.lock = {}, threading.Lock()

    @property
    def experiment(self):
        return worker.setup["experiment"]

    def share(self, controls):
        """Makes the global controls those that extensions get from chaoslib."""
        controls[:] = self.everywhere
        self.everywhere = controls

    # -- which controls --

    def all_controls(self):
        hypothesis = self.experiment.get("steady-state-hypothesis", {})
        owners = [self.experiment, hypothesis, *hypothesis.get("probes", []), *self.experiment.get("method", []),
                  *self.experiment.get("rollbacks", [])]
        return [control for owner in owners for control in owner.get("controls", [])]

    def chosen(self, level, context):
        """The controls at a level, as the reference picks them: an experiment's own are repeated before each
        control of the context that names another, and left out where the context has only references."""
        if level == "loader":
            return self.everywhere[:]
        top = self.experiment.get("controls", [])
        own = self.everywhere + list(context.get("controls", []))
        automatic = [copy.deepcopy(control) for control in top if control.get("automatic", True)]
        if not top:
            return own
        if not own or level in ("method", "rollback"):
            return automatic
        result = list(own)
        for control in own:
            if "ref" in control:
                result.extend(copy.deepcopy(found) for found in
                              [other for other in top if other["name"] == control["ref"]][:1])
            elif level != "experiment":
                for other in reversed(top):
                    if other.get("name") != control.get("name") and other.get("automatic", True):
                        result.insert(0, copy.deepcopy(other))
        return result

    # -- calling them --

    def arguments_of(self, func, given, **offered):
        parameters = inspect.signature(func).parameters
        return {**given, **{name: value for name, value in offered.items() if name in parameters}}

    def apply(self, level, scope, context, state=None):
        for control in self.chosen(level, context):
            if control.get("scope") and control["scope"] != scope:
                continue
            provider = control.get("provider", {})
            if provider.get("type") != "python":
                continue
            worker.logger.debug("Applying {}-control '{}' on '{}'".format(scope, control.get("name"), level))
            try:
                self.call(control, level, scope, context, state)
            except Exception as x:
                name = control.get("name")
                if is_interruption(x):
                    worker.logger.debug("{}-control '{}' interrupted the execution".format(scope.title(), name))
                    raise Interrupted(str(x))
                worker.logger.debug("{}-control '{}' failed".format(scope.title(), name), exc_info=True)

    def call(self, control, level, scope, context, state):
        func = function_of(control, HOOKS[level][scope == "after"])
        if not func:
            return
        arguments = copy.deepcopy(control["provider"].get("arguments", {}))
        if arguments and (self.configuration or self.secrets):
            arguments = substitute(arguments, names_of(self.configuration, self.secrets))
        experiment = None if level == "loader" else self.experiment
        secrets, configuration = (None, None) if level == "loader" else (self.secrets, self.configuration)
        offered = {"secrets": secrets, "configuration": configuration, "state": state,
                   "experiment": experiment, "settings": self.settings or None}
        if "extensions" in inspect.signature(func).parameters:
            offered["extensions"] = experiment.get("extensions")
        func(context=context, **self.arguments_of(func, arguments, **offered))

    def configure(self, control, **more):
        func = function_of(control, "configure_control")
        if func:
            func(**self.arguments_of(func, copy.deepcopy(control["provider"].get("arguments", {})),
                                     experiment=self.experiment, configuration=self.configuration,
                                     secrets=self.secrets, event_registry=self.registry, **more))

    # -- what the engine has to know --

    def document(self):
        """The experiment with the lists that are being played, for those are what is iterated over."""
        document = dict(self.experiment)
        document.update({key: items for key, items in self.playing.items() if key != "probes"})
        hypothesis = document.get("steady-state-hypothesis")
        if "probes" in self.playing and isinstance(hypothesis, dict):
            document["steady-state-hypothesis"] = {**hypothesis, "probes": self.playing["probes"]}
        return document

    def changes(self):
        reply = {}
        for name, value, shown in (("experiment", self.document(), image),
                                   ("configuration", self.configuration, variables),
                                   ("secrets", self.secrets, lambda secrets: variables(secrets, 2))):
            text = fingerprint(value)
            if self.told.get(name) != text:
                if name in self.told:
                    reply[name] = shown(value)
                self.told[name] = text
        if not (is_plain(self.configuration) and is_plain(self.secrets)):
            reply["objects"] = True
        return reply

    def answer(self, request, send):
        """Calls the method that `hook` names and sends its reply, with what else changed meanwhile."""
        running = request["hook"] not in ("before_loading", "after_loading", "after_experiment", "cleanup")
        given = {name: request[name] for name in ("status", "deviated")} if running else {}
        self.journal.update(given)
        reply = getattr(self, request["hook"])(request)
        with self.lock:  # what is sent later is newer, in whatever thread
            if running:
                reply.update(self.changes())
                state = {name: self.journal.get(name) for name in given}
                if state != given:
                    reply["state"] = image(state)
                if self.registry.handlers:
                    reply["handlers"] = True
            if "at" in reply:
                reply["at"] = self.place_of(*reply["at"])
            send(reply)

    def hook(self, level, scope, context, state=None):
        """Applies the controls; what of it the engine has to know."""
        interrupted = {}
        try:
            self.apply(level, scope, context, state)
        except Interrupted as x:
            interrupted["interrupted"] = str(x)
        return interrupted

    # -- levels --

    def start(self, request):
        self.configuration, self.secrets = worker.scope_of(request)
        self.started = True
        if request["compat"]:
            self.show_secrets()
        self.experiment["title"] = request["title"]
        self.experiment["dry"] = self.dry = request["dry"]
        if request["dry"] is not None:
            try:
                from chaoslib.types import Dry
                self.experiment["dry"] = Dry(request["dry"])
            except (ImportError, ValueError):
                pass
        self.journal.update({**request["journal"], "status": None, "experiment": self.experiment.copy()})
        self.changes()  # what the engine knows already
        hypothesis = self.experiment.get("steady-state-hypothesis", {})
        for activity in [*self.experiment.get("method", []), *hypothesis.get("probes", [])]:
            if activity.get("name"):
                self.referable[activity["name"]] = activity
        settings = self.settings or {}
        self.load(request["everywhere"])
        self.add_strategies(settings, request["strategies"])
        self.everywhere[:] = [control for control in self.everywhere if self.configured(control, settings=settings)]
        for control in named_once(self.all_controls()):
            self.configured(control, settings=None)
        self.compat = request["compat"]
        self.frequency, *limits = request["schedule"]
        self.registry.running(self.experiment, self.journal, self.configuration, self.secrets,
                              schedule_of(self.frequency, *limits), settings)
        return {}

    def show_secrets(self):
        """The reference stores them in the probes of the configuration."""
        for value in self.experiment.get("configuration", {}).values():
            if isinstance(value, dict) and value.get("type") == "probe":
                value["provider"]["secrets"] = copy.deepcopy(self.secrets)

    def add_strategies(self, settings, given):
        """The reference writes the strategies into the settings."""
        runtime = settings.setdefault("runtime", {})
        own = self.experiment.get("runtime")
        for block in ("rollbacks", "hypothesis"):
            part = runtime.setdefault(block, {})
            part.setdefault("strategy", "default")
            if own:
                part["strategy"] = own.get(block, {}).get("strategy", "default")
            if given[block]:
                part["strategy"] = given[block]

    def load(self, everywhere):
        """Global controls, once; one whose module is missing is none. The settings get the names of theirs."""
        if self.loaded:
            return
        for name, control in ((self.settings or {}).get("controls") or {}).items():
            control["name"] = name
        self.everywhere[:] = [control for control in everywhere if not is_python(control) or module_of(control)]
        self.loaded = True

    # -- loading the experiment --

    def before_loading(self, request):
        self.load(request["everywhere"])
        return self.load_hook("before", request["source"], None)

    def after_loading(self, request):
        """The state is what was read, or None; what hooks make of it is the experiment."""
        worker.setup["experiment"] = request["read"]
        before = image(request["read"])
        reply = self.load_hook("after", request["source"], request["read"])
        after = image(request["read"])
        return reply if after == before else {**reply, "read": after}

    def load_hook(self, scope, source, state):
        try:
            return self.hook("loader", scope, source, state)
        except SystemExit as x:
            return {"left": exit_code(x)}

    def configured(self, control, settings):
        if is_python(control):
            try:
                self.configure(control, settings=settings)
            except Exception:
                worker.logger.debug("Control initialization '{}' failed. It will not be registered.".format(
                    control["name"]), exc_info=True)
                return False
        return True

    def before_activity(self, request):
        activity = written = self.playing[request["role"]][request["index"]]
        if activity.get("ref"):
            activity = self.referable.get(activity["ref"], activity)
        self.tasks[request["task"]] = (request["role"], written, activity, activity)  # should a hook be ended
        reply = self.hook("activity", "before", activity)
        self.tasks[request["task"]] = (request["role"], written, activity, activity.copy())
        reply["at"] = (request["role"], written)
        if is_dry_mode(activity.get("dry")):
            reply["dry"] = activity["dry"].value
        return reply

    def start_activity(self, request):
        role, written, activity, shown = self.tasks[request["task"]]
        run = self.runs[request["number"]] = {"activity": shown, "output": None, "start": request["record"]["start"]}
        if role in RUNS:
            self.journal[RUNS[role]].append(run)
        self.registry.start_activity(activity)
        return {"at": (role, written)}

    def activity_completed(self, request):
        role, written, activity, _ = self.tasks[request["task"]]
        run = self.run_of(request)
        self.completed.add(request["number"])
        before = image(run)
        self.registry.activity_completed(activity, run)
        return {**self.changed_run(run, before), "at": (role, written)}

    def after_activity(self, request):
        role, written, activity, _ = self.tasks[request["task"]]
        run = self.run_of(request) if "record" in request else None
        before = image(run)
        reply = self.hook("activity", "after", activity, run if request["ended"] else None)
        del self.tasks[request["task"]]
        return {**reply, **self.changed_run(run, before), "at": (role, written)}

    def run_of(self, request):
        """The record of an activity: its members are those of the engine's record until handlers were told."""
        number = request["number"]
        if number not in self.completed:
            shown = self.tasks[request["task"]][3]
            self.runs.setdefault(number, {"activity": shown}).update(worker.objects.resolve(request["record"]))
        return self.runs[number]

    def changed_run(self, run, before):
        if run is None or image(run) == before:
            return {}
        output = worker.reply_value(run.get("output"))
        return {"status": image(run.get("status")), "output": output.pop("value"), **output}

    def before_hypothesis(self, request):
        moment = request["moment"]
        if moment != "during":
            getattr(self.registry, f"start_hypothesis_{moment}")(self.experiment)
        elif request["iteration"] == 1:
            self.registry.start_continuous_hypothesis(self.frequency)
        hypothesis = self.experiment.get("steady-state-hypothesis")
        reply = self.hook("hypothesis", "before", hypothesis)
        self.playing["probes"] = hypothesis.get("probes", [])
        return reply

    def after_hypothesis(self, request):
        state = None
        if request["begun"]:
            state = self.states[request["check"]] = {"steady_state_met": request["met"], "probes": []}
        for number, met in request["probes"]:
            run = self.runs[number]
            if met is not None:
                run["tolerance_met"] = met
            if self.compat:
                keep_judged(run)
            state["probes"].append(run)
        self.playing.pop("probes", None)
        reply = self.hook("hypothesis", "after", self.experiment.get("steady-state-hypothesis"), state)
        if request["met"] is not None and not reply:
            self.tell_check(request, state)
        if state is not None:
            reply["met"] = state["steady_state_met"]
        return reply

    def tell_check(self, request, state):
        """A check has come to its end, met or not."""
        moment, states = request["moment"], self.journal["steady_states"]
        if moment == "during":
            states["during"].append(state)
            self.registry.continuous_hypothesis_iteration(request["iteration"], state)
        else:
            states[moment] = state
            getattr(self.registry, f"hypothesis_{moment}_completed")(self.experiment, state, self.journal)

    def continuous_completed(self, request):
        error = exception_of(request["raised"], request["message"]) if request["raised"] else None
        self.registry.continuous_hypothesis_completed(self.experiment, self.journal, error)
        return {}

    def before_block(self, request):
        """The method, or the rollbacks."""
        level, key = request["level"], ROLES[request["level"]]
        self.journal[RUNS[key]] = []
        getattr(self.registry, "start_method" if level == "method" else "start_rollbacks")(self.experiment)
        reply = self.hook(level, "before", self.experiment)
        self.playing[key] = self.experiment.get(key, [])
        return reply

    def after_block(self, request):
        level, key = request["level"], ROLES[request["level"]]
        runs = self.journal[RUNS[key]]
        runs[:] = [self.runs[number] for number in request["records"] if number in self.runs]
        self.playing.pop(key, None)
        reply = self.hook(level, "after", self.experiment, runs if request["begun"] else None)
        if level == "rollback":
            if reply:
                self.journal["status"] = "interrupted"
            self.registry.rollbacks_completed(self.experiment, self.journal)
        elif request["end"] != "left":
            whole = request["end"] == "whole" and not reply
            self.registry.method_completed(self.experiment, runs if whole else None)
        return reply

    def before_experiment(self, _):
        return self.hook("experiment", "before", self.experiment)

    def left(self, request):
        """Something has interrupted the experiment before its rollbacks: `how` is the event."""
        self.registry.tell(request["how"], *([] if request["how"] == "signal_exit" else [self.experiment, self.journal]))
        return {}

    def after_experiment(self, request):
        state = self.states.get
        self.journal.update(request["journal"])
        self.journal["steady_states"].update({
            "before": state(request["before"]), "after": state(request["after"]),
            "during": [self.states[n] for n in request["during"] if n in self.states]})
        reply = {}
        try:
            self.hook("experiment", "after", self.experiment, self.journal)  # interrupted or not, the journal is written
        except SystemExit as x:
            reply["left"] = exit_code(x)
        self.shown = reply["value"] = self.journal_image()
        return reply

    def journal_image(self):
        """With the dry mode as the reference's command line leaves it."""
        journal = dict(self.journal)
        if isinstance(journal.get("experiment"), dict) and "dry" in journal["experiment"]:
            journal["experiment"] = {**journal["experiment"], "dry": self.dry}
        return image(journal)

    def cleanup(self, _):
        reply = {}
        try:
            self.clean_up()
        except SystemExit as x:
            reply["left"] = exit_code(x)
        finally:
            self.registry.finish(self.journal)
        value = self.journal_image()
        return reply if value == self.shown else {**reply, "value": value}

    def clean_up(self):
        for control in named_once(self.all_controls()):
            func = function_of(control, "cleanup_control") if is_python(control) else None
            if func:
                func()
        everywhere = self.everywhere[:]
        self.everywhere.clear()
        for control in everywhere:
            try:
                func = function_of(control, "cleanup_control") if is_python(control) else None
                if func:
                    func()
            except Exception:
                worker.logger.debug("Control cleanup '{}' failed".format(control["name"]), exc_info=True)

    def place_of(self, role, activity):
        return next((i for i, item in enumerate(self.playing.get(role, [])) if item is activity), -1)

    # -- before the run --

    def refusal(self, drivers):
        """What chaoslib's validation says of the first control that is wrong, or None. A driver serves no controls:
        one whose module Python has not would never be called."""
        controls = self.all_controls()
        names = [control["name"] for control in controls if "ref" not in control and "name" in control]
        for control in controls:
            if "ref" in control and control["ref"] not in names:
                return "Control reference '{}' declaration cannot be found"
            if "name" not in control:
                return "A control must have a `name` property"
            if "provider" not in control:
                return "Control '{}' must have a `provider` property".format(control["name"])
            if control.get("scope") and control["scope"] not in ("before", "after"):
                return "Control '{}' scope property must be 'before' or 'after' only".format(control["name"])
            if control["provider"].get("type") == "python":
                problem = self.python_refusal(control, drivers)
                if problem:
                    return problem
        return None

    def python_refusal(self, control, drivers):
        module = control["provider"].get("module")
        if not module:
            return "Control '{}' must have a module path".format(control["name"])
        try:
            importlib.import_module(module)
        except ImportError:
            if module in drivers:
                return "control '{}' cannot be called: driver `{}` serves no controls, and Python has no module '{}'".format(
                    control["name"], module.partition(".")[0], module)
            worker.logger.warning("Could not find Python module '{}' in control '{}'. Did you install the Python "
                                  "module? The experiment will carry on running nonetheless.".format(
                                      module, control["name"]))
            return None
        func = function_of(control, "validate_control")
        if func:
            try:
                func(control)
            except Exception as x:
                return str(x) or "Control '{}' is not valid".format(control["name"])
        return None
