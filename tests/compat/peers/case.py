"""A case against a real peer: one of the side-by-side cases, and what is peculiar to peers."""

from dataclasses import dataclass, field

from cases import Case


@dataclass
class PeerCase(Case):
    short: bool = False  # belongs to the shorter form, which scripts/test runs
    volatile: tuple = ()  # names of members whose values no two runs share
    both: frozenset = frozenset()  # rows of docs/compatibility.md that --compat does not turn off
    state: object = None  # a function that tells what the run left at its peer
    ends: str = ""  # how the reference must end, so that no case passes for the wrong reason: a status


def python(func, /, *, secrets=None, **arguments):
    """A provider; `func` is `module.func`."""
    module, _, name = func.rpartition(".")
    provider = {"type": "python", "module": module, "func": name}
    if arguments:
        provider["arguments"] = arguments
    if secrets:
        provider["secrets"] = secrets
    return provider


def control(module, /, **arguments):
    provider = {"type": "python", "module": module}
    if arguments:
        provider["arguments"] = arguments
    return {"name": module.rpartition(".")[2], "provider": provider}
