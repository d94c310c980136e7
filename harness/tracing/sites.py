"""A trace by the places of the script: what each view shows, decided once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.tracing.model import Call, Case, Given, Trace
from harness.tracing.outcomes import UNSAFE, WORST_FIRST, Outcome, worst


@dataclass(frozen=True)
class Like:
    """Cases at one place of which the same is to be said; the first stands for all."""

    case: Case
    count: int
    decisive: Given | None
    """What the outcome comes from."""
    at: tuple[str, ...]
    """Other places, whose calls are part of the case too."""


@dataclass(frozen=True)
class Place:
    """One line of the script that calls SDK v1."""

    file: str
    line: int
    name: str
    calls: Sequence[Call]
    outcome: Outcome
    cases: Sequence[Like]
    reasons: Sequence[str]
    """What is to be said of calls that are no case: each once."""

    @property
    def where(self) -> str:
        """`train.py:12`."""
        return f"{self.file}:{self.line}"


def places_of(trace: Trace) -> list[Place]:
    """The places in the order of files and lines."""
    groups: dict[tuple[str, int, str], list[Call]] = {}
    for call in trace.calls:
        groups.setdefault((call.file, call.line, call.call), []).append(call)
    return [
        Place(
            file=file,
            line=line,
            name=name,
            calls=calls,
            outcome=worst(call.outcome for call in calls),
            cases=_alike(trace, calls),
            reasons=tuple(dict.fromkeys(call.reason for call in calls if call.reason)),
        )
        # What stands in one line is in the order in which it was called.
        for (file, line, name), calls in sorted(groups.items(), key=lambda item: item[0][:2])
    ]


def worst_first(places: Sequence[Place]) -> list[tuple[Outcome, list[Place]]]:
    """The places of each outcome, from bad to good."""
    return [
        (outcome, [place for place in places if place.outcome == outcome])
        for outcome in WORST_FIRST
        if any(place.outcome == outcome for place in places)
    ]


def needed(trace: Trace) -> tuple[list[str], dict[str, str]]:
    """The imports that what is to be written needs, and what stands for code of one's own in it."""
    writes = [case.write for case in trace.cases if case.write is not None]
    lines = dict.fromkeys(line for write in writes for line in write.imports)
    helpers = {name: says for write in writes for name, says in write.helpers.items()}
    imports = sorted(line for line in lines if line.startswith(("import ", "from ")))
    return [*imports, *(line for line in lines if line not in imports)], helpers


def _alike(trace: Trace, calls: Sequence[Call]) -> list[Like]:
    indexes = dict.fromkeys(case for call in calls for case in call.cases)
    groups: dict[tuple[object, ...], list[Case]] = {}
    for index in indexes:
        case = trace.cases[index]
        decisive = _decisive(case)
        steps = () if decisive is None else tuple(step.divergence for step in decisive.steps)
        key = (case.mapping, case.outcome, case.reason, steps, case.write and case.write.recipe)
        groups.setdefault(key, []).append(case)
    here = (calls[0].file, calls[0].line)
    return [
        Like(cases[0], len(cases), _decisive(cases[0]), _elsewhere(trace, cases[0], here))
        for cases in sorted(groups.values(), key=lambda cases: WORST_FIRST.index(cases[0].outcome))
    ]


def _decisive(case: Case) -> Given | None:
    """The answer that shows the outcome: of the guide's recipe, if there is one."""
    fitting = [given for given in case.given if given.outcome == case.outcome]
    of_guide = [given for given in fitting if given.recipe.startswith("guide")]
    return next(iter(of_guide or fitting), None)


def _elsewhere(trace: Trace, case: Case, here: tuple[str, int]) -> tuple[str, ...]:
    found = [(trace.calls[index].file, trace.calls[index].line) for index in case.calls]
    return tuple(dict.fromkeys(f"{file}:{line}" for file, line in found if (file, line) != here))


def is_unsafe(outcome: Outcome) -> bool:
    """Whether a move would change what is logged."""
    return outcome in UNSAFE


def warnings_of(trace: Trace) -> list[str]:
    """What is to be known before anything else."""
    found = []
    if trace.missing:
        found.append(f"{trace.missing} calls could not be written down.")
    if trace.exit_code > 0:
        found.append(f"The script itself ended with exit code {trace.exit_code}; {_REST}")
    if trace.exit_code < 0:
        found.append(f"The script itself ended by signal {-trace.exit_code}; {_REST}")
    if trace.unserved:
        found.append(f"{len(trace.unserved)} requests of the script were not served.")
    if not trace.calls:
        found.append("The script called nothing of SDK v1.")
    return found


_REST = "what it would have called after that is not here."
