"""The places of docs/signals.md: for each an experiment that says with the file `here` that it is there, and stays
for a number of seconds; and what is to be seen of it afterwards.

Marks are empty files, for they can be made on a full disk too: `acted` by the action, `undone` by the rollback.
"""

import signal

PLACES = ["load", "import", "gate", "process", "http", "python", "deaf", "pause", "background", "continuous", "after",
          "control", "rollback", "journal"]
STRATEGIES = ["default", "always", "never", "deviated"]
SIGNALS = {"INT": [signal.SIGINT], "TERM": [signal.SIGTERM], "HUP": [signal.SIGHUP], "USR1": [signal.SIGUSR1],
           "USR2": [signal.SIGUSR2], "twice": [signal.SIGTERM, signal.SIGINT]}
COLUMNS = [*SIGNALS, "pipe", "full"]
EVER = 987  # seconds nobody waits for


def process(command, **more):
    return {"type": "process", "path": "sh", "arguments": ["-c", command], **more}


def stay(seconds, mark="here", before=""):
    """A process that says it is there and stays, with a child of its own in its group."""
    return process(f"{before}sleep {seconds} & touch {mark}; sleep {seconds}")


def python(function, seconds):
    return {"type": "python", "module": "waiting_functions", "func": function,
            "arguments": {"mark": "here", "seconds": seconds}}


def experiment(place, base, folder, seconds):
    """Stays for so many seconds at its place."""
    act = {"type": "action", "name": "act", "provider": process("touch acted")}
    steady = {"type": "probe", "name": "steady", "tolerance": 0, "provider": process("true")}
    doc = {"title": place, "description": place, "method": [act],
           "steady-state-hypothesis": {"title": "h", "probes": [steady]},
           "rollbacks": [{"type": "action", "name": "undo", "provider": process("touch undone")}]}
    later = {**steady, "provider": stay(seconds, before="test -e acted || exit 0; ")}
    if place == "load":
        doc["configuration"] = {"vault_addr": f"{base}/{seconds}{folder}/here?", "vault_token": "t"}
        doc["secrets"] = {"g": {"s": {"type": "vault", "path": "p", "key": "k"}}}
    elif place == "import":
        doc["method"].append({"type": "probe", "name": "p", "provider": {
            "type": "python", "module": "waiting_import", "func": "nothing"}})
    elif place == "gate":
        doc["steady-state-hypothesis"]["probes"] = [{**steady, "provider": stay(seconds)}]
    elif place == "process":
        doc["method"].append({**act, "name": "stay", "provider": stay(seconds)})
    elif place == "http":
        doc["method"].append({"type": "probe", "name": "slow", "provider": {
            "type": "http", "url": f"{base}/{seconds}{folder}/here"}})
    elif place in ("python", "deaf"):
        function = "hang" if place == "python" else "hang_deaf"
        doc["method"].append({**act, "name": "call", "provider": python(function, seconds)})
    elif place == "pause":
        doc["method"].append({**act, "name": "mark", "provider": process("touch here"), "pauses": {"after": seconds}})
    elif place == "background":
        doc["method"].append({**act, "name": "stay", "background": True, "provider": stay(seconds)})
    elif place == "continuous":
        doc["steady-state-hypothesis"]["probes"] = [later]
        doc["method"].append({**act, "name": "stay", "provider": stay(seconds, "other")})
    elif place == "after":
        doc["steady-state-hypothesis"]["probes"] = [later]
    elif place == "control":
        act["controls"] = [{"name": "c", "provider": {"type": "python", "module": "waiting_functions",
                                                      "arguments": {"mark": "here", "seconds": seconds}}}]
    elif place == "journal":
        doc["description"] = "more than a pipe holds" * 10000
    elif place == "rollback":
        doc["rollbacks"].insert(0, {**act, "name": "stay", "provider": stay(seconds)})
    return doc


def seconds_of(place, column):
    """What ends by itself stays for a moment, all else for ever."""
    if column in ("pipe", "full"):
        return 0.3
    if place == "rollback" and column != "twice":
        return 0.4
    return EVER


def is_reached(place, strategy):
    return place != "rollback" or strategy in ("default", "always")


class Expected:
    """What docs/signals.md says of a cell."""

    def __init__(self, place, column, strategy):
        declared = 2 if place == "rollback" else 1
        plays = strategy in ("default", "always")
        ignored = column in ("pipe", "full") or not is_reached(place, strategy)
        self.code, self.status, self.acted, self.journal, self.record = 0, "completed", True, True, False
        self.played = declared if plays else 0
        if place in ("load", "import") and not ignored:
            self.code, self.status, self.acted, self.journal = -SIGNALS[column][0], None, False, False
            self.played = 0
        elif place in ("rollback", "journal") and not (place == "rollback" and column == "twice"):
            pass  # they go on
        elif place == "rollback" and not ignored:
            self.code, self.status, self.played = 1, "interrupted", 1
        elif not ignored:
            self.code, self.status, self.acted = 1, "interrupted", place != "gate"
            self.played = declared if strategy == "always" and column != "USR2" else 0
        if column == "full" and is_reached(place, strategy):
            self.code, self.journal = 1, False
        if column == "pipe" and place == "journal":
            self.code, self.journal = 1, False
        undone = self.acted and self.played < declared
        self.undone = self.played == declared
        self.record = (self.acted and not self.journal) or undone


# ---- the table of docs/signals.md ----

# while: (what that is, what a signal ends)
WORDS = {
    "load": ("experiment, configuration and secrets are loaded", "the process, as by default"),
    "import": ("Python activities are looked at before the run", "the process and its helper"),
    "gate": ("the gate is checked", "the probe"),
    "process": ("a process runs", "its process group"),
    "http": ("an HTTP call waits", "the transfer"),
    "python": ("a Python function runs", "the call: an exception in it"),
    "deaf": ("a Python function runs that ignores that", "the helper, after 2 s"),
    "pause": ("an activity pauses", "the pause"),
    "background": ("only background activities run", "all of them"),
    "continuous": ("the steady state is checked during the method", "the probe, and the method"),
    "after": ("the steady state is checked after the method", "the probe"),
    "control": ("a control's hook runs", "the hook"),
    "rollback": ("rollbacks are played", "nothing"),
    "journal": ("the journal is written", "nothing"),
}
ROWS = [("`INT`, `TERM`, `HUP`, `USR1`", "TERM"), ("`USR2`", "USR2"), ("a second one", "twice"), ("`PIPE`", "pipe"),
        ("disk full", "full")]


def rollbacks_in_words(place, column, strategy):
    wanted = Expected(place, column, strategy)
    if not is_reached(place, strategy):
        return "-"
    if place == "rollback" and column == "twice":
        return "the others are skipped"
    if wanted.played:
        return "all"
    return "if it deviated" if strategy == "deviated" and wanted.status == "completed" else "none"


def ends_in_words(place, column):
    if column in ("pipe", "full"):
        return "nothing"
    if column == "twice" and place == "rollback":
        return "the rollback under way"
    if column == "twice":
        return "nothing" if place == "journal" else "nothing more"
    return WORDS[place][1]


def journal_in_words(place, column):
    wanted = Expected(place, column, "always")
    if not wanted.journal:
        return "none" if column in SIGNALS else "none; the events file stays"
    return f"`{wanted.status}`"


def table():
    """The lines of the table in docs/signals.md."""
    yield "| while | comes | what ends | journal | `default` | `always` | `never` | `deviated` |"
    yield "|---|---|---|---|---|---|---|---|"
    for place in PLACES:
        for number, (name, column) in enumerate(ROWS):
            cells = [WORDS[place][0] if number == 0 else "", name, ends_in_words(place, column),
                     journal_in_words(place, column),
                     *(rollbacks_in_words(place, column, strategy) for strategy in STRATEGIES)]
            yield "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    print("\n".join(table()))
