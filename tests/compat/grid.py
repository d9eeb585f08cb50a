"""The side-by-side cases made of a table: {provider} x {tolerance kind} x {outcome} x {strategy}.

A probe answers well or badly, by whether a file is there that the method makes. The hypothesis' strategies are
the fourth axis; the rollbacks' go round with them, so that each stands beside each provider, kind and outcome,
and beside each provider, outcome and strategy of the hypothesis.
"""

import json

from cases import Case, action, experiment, probe, process, undo

PROVIDERS = ("process", "http", "python")
OUTCOMES = ("met", "not met", "deviates", "fails", "times out")
STRATEGIES = ("default", "before-method-only", "after-method-only", "during-method-only", "continuously")
ROLLBACKS = ("default", "always", "never", "deviated")

# What is tolerated of each provider's output, and an answer that is and one that is not: for processes and HTTP
# a status and a text, for Python the value. None: an output of a status never equals a boolean or a text.
JSON = json.dumps
KINDS = {
    "integer": {"process": (0, (0, "5"), (3, "5")), "http": (200, (200, "5"), (503, "5")), "python": (5, 5, 6)},
    "boolean": {"process": (True, None, (0, "5")), "http": (True, None, (200, "5")), "python": (True, True, False)},
    "text": {"process": ("0", None, (0, "5")), "http": ("200", None, (200, "5")), "python": ("a", "a", "b")},
    "pair": {"process": ([0, 1], (1, "5"), (3, "5")), "http": ([200, 204], (204, ""), (203, "5")),
             "python": ([4, 5.5], 5, 6)},
    "list": {"process": ([0, 7, 9], (7, "5"), (8, "5")), "http": ([200, 201, 404], (404, "5"), (503, "5")),
             "python": ([1, 5, "x"], "x", 6)},
}


def judged(kind, good, bad, status=True, **more):
    """A tolerance that looks at the text, or at Python's value."""
    def tolerance(target):
        return {"type": kind, **({"target": target} if target else {}), **more}

    def answer(text, code):
        return (code, text if isinstance(text, str) else JSON(text))

    KINDS[kind if status is True else status] = {
        "process": (tolerance("stdout"), answer(good, 0), answer(bad, 0)),
        "http": (tolerance("body"), answer(good, 200), answer(bad, 200)), "python": (tolerance(None), good, bad)}


judged("regex", "5 of 5", "six", pattern=r"^\d of \d$")
judged("jsonpath", {"a": 5}, {"b": 5}, path="$.a")
judged("jsonpath", {"l": [1, 2, 3]}, {"l": [1]}, "count", path="$.l[*]", count=3)
judged("jsonpath", {"a": 5}, {"a": 6}, "expect", path="$.a", expect=5)
judged("range", "5", "6", range=[1, 5.5])
JUDGES = tuple(f"probe by {provider}" for provider in PROVIDERS)
FILE = "{here}/touched"  # is there once the method was played


def answering(provider, good, bad, outcome, switch=FILE):
    """The provider that gives these answers; what the outcome is decides which."""
    if outcome == "fails":
        return {"process": process("chaosc-no-such-program"), "http": {"type": "http", "url": "http://127.0.0.1:1/"},
                "python": {"type": "python", "module": "helper_functions", "func": "fail",
                           "arguments": {"message": "no luck"}}}[provider]
    late = outcome == "times out"
    good, bad = (bad, bad) if outcome == "not met" else (good, bad if outcome == "deviates" else good)
    if provider == "python":
        return {"type": "python", "module": "helper_functions", "func": "look",
                "arguments": {"file": switch, "there": bad, "missing": good, "seconds": 0.4 if late else 0}}
    if provider == "http":
        there, missing = (f"{status}:{text}" for status, text in (bad, good))
        return {"type": "http", "url": "{base}/look", "timeout": 0.2 if late else 20, "arguments": {
            "file": switch, "there": there, "missing": missing, "seconds": "0.6" if late else "0"}}
    script = f"sleep {3 if late else 0}; test -e {switch} && {{ printf %s '{bad[1]}'; exit {bad[0]}; }}; " \
             f"printf %s '{good[1]}'; exit {good[0]}"
    return process("sh", "-c", script, timeout=0.2 if late else 20)


SEEN = {"process": "'stdout': '5'", "http": "'body': '5'", "python": "5"}  # in the text of a good output


def judge(provider, outcome, text):
    """A tolerance that is a probe: it holds where the probe returns something true, and not where it fails."""
    outcome = {"met": "met", "not met": "times out"}.get(outcome, outcome)
    if provider == "python":
        call = {"type": "python", "module": "helper_functions", "func": "holds",
                "arguments": {"value": "", "text": text}}
    elif provider == "http":
        call = answering("http", (200, ""), (200, ""), outcome)
    else:
        call = {"type": "process", "path": "sh", "timeout": 0.5, "arguments": {
            "-c": f'case $1 in *"{text}"*) ;; *) sleep 3;; esac'}}  # `value` and the output follow, as $0 and $1
    return {"type": "probe", "name": "judge", "provider": call}


def cell(provider, kind, outcome, strategy, rollbacks):
    rows = set()
    if kind in JUDGES:
        answers = {"process": ((0, "5"), (0, "6")), "http": ((200, "5"), (200, "6")), "python": (5, 6)}[provider]
        tolerance = judge(kind.rpartition(" ")[2], outcome, SEEN[provider])
        if outcome == "deviates" and "http" in kind:  # it sees none of the output: it is late once the file is there
            tolerance["provider"] = answering("http", (200, "0"), (200, "0"), "met")
            tolerance["provider"]["arguments"]["late"] = FILE
            tolerance["provider"]["timeout"] = 0.3
        if outcome in ("met", "not met", "deviates"):
            rows.add("R05")
    else:
        tolerance, good, bad = KINDS[kind][provider]
        answers = (bad if good is None else good, bad)
    asked = probe("asked", answering(provider, *answers, outcome), tolerance=tolerance)
    if outcome == "times out" and provider == "python":
        asked["timeout"] = 0.15
        rows.add("R07")
    if outcome == "fails" and provider == "process":
        rows.add("R13" if strategy == "during-method-only" else "R01")
    nap = action("nap", process("sleep", "0.35" if outcome == "deviates" else "0.1"))
    method = [nap, action("touch", process("touch", FILE)), *([{**nap, "name": "again"}] if outcome == "deviates" else [])]
    args = ["--hypothesis-strategy", strategy, "--hypothesis-frequency", "0.1", "--rollback-strategy", rollbacks]
    if outcome == "fails" and provider == "process":
        args.append("--no-validation")
    return Case(f"{provider}, {kind}, {outcome}, {strategy}, rollbacks {rollbacks}",
                experiment(method, [asked], [undo]), args, frozenset(rows))


def all_cells(every=True):
    """All cells as (place in the table, case); else one strategy for each provider, kind and outcome, in turn."""
    kinds = (*KINDS, *JUDGES)
    for p, provider in enumerate(PROVIDERS):
        for k, kind in enumerate(kinds):
            for o, outcome in enumerate(OUTCOMES):
                for s, strategy in enumerate(STRATEGIES):
                    if every or s == (p + k + o) % len(STRATEGIES):
                        rollbacks = ROLLBACKS[(k + s) % len(ROLLBACKS)]
                        yield (provider, kind, outcome, strategy), cell(provider, kind, outcome, strategy, rollbacks)


def show(verdicts):
    """The table: a line for each provider and kind, a column for each outcome, a letter for each strategy."""
    letters = dict(zip(STRATEGIES, "dbauc"))
    yield "letters: the strategy " + ", ".join(f"{letter} {name}" for name, letter in letters.items())
    yield "small: equal to the reference; capital: differs by its row; ?: not as expected; .: not run"
    yield f"{'provider, tolerance':30}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES)
    for provider in PROVIDERS:
        for kind in (*KINDS, *JUDGES):
            marks = ""
            for outcome in OUTCOMES:
                word = ""
                for strategy in STRATEGIES:
                    verdict = verdicts.get((provider, kind, outcome, strategy))
                    letter = letters[strategy]
                    word += ("." if verdict is None else letter if verdict == "same" else
                             letter.upper() if verdict.startswith("R") else "?")
                marks += f"{word:>11}"
            yield f"{provider + ', ' + kind:30}{marks}"
