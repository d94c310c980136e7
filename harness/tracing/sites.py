"""A trace by the places of the script: what each view shows, decided once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from harness.tracing.model import Call, Case, Given, Trace
from harness.tracing.outcomes import UNSAFE, WORST_FIRST, Outcome, worst

_NAME = re.compile(r"""(?:name|key)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")""")


@dataclass(frozen=True)
class Like:
    """Cases at one place of which the same is to be said; the first stands for all."""

    case: Case
    count: int
    decisive: Given | None
    """What the outcome comes from."""
    is_brief: bool
    """Whether what is to be written has been told: all calls together are kept by what keeps each."""
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

    notes: Sequence[str]
    """What is to be known of what is to be written there."""

    others: int
    """On how many runs that are not the script's own."""

    @property
    def named(self) -> str:
        """The name under which is logged, and how many others there are."""
        found = dict.fromkeys(match[1] for call in self.calls if (match := _NAME.match(call.arguments)))
        return (
            next(iter(found))
            if len(found) == 1
            else f"{next(iter(found))} and {len(found) - 1} more"
            if found
            else ""
        )

    @property
    def title(self) -> str:
        """`Run.log 'loss'`."""
        return f"{self.name} {self.named}".strip()

    @property
    def source(self) -> str:
        """The line itself."""
        return self.calls[0].source

    @property
    def where(self) -> str:
        """`train.py:12`."""
        return f"{self.file}:{self.line}"


def places_of(trace: Trace) -> list[Place]:
    """The places in the order of files and lines."""
    groups: dict[tuple[str, int, str], list[Call]] = {}
    for call in trace.calls:
        groups.setdefault((call.file, call.line, call.call), []).append(call)
    places = []
    # What stands in one line is in the order in which it was called.
    for (file, line, name), calls in sorted(groups.items(), key=lambda item: item[0][:2]):
        likes = _alike(trace, calls)
        places.append(
            Place(
                file=file,
                line=line,
                name=name,
                calls=calls,
                outcome=worst(call.outcome for call in calls),
                cases=likes,
                others=len({call.run for call in calls} - {None, trace.run}),
                notes=tuple(_notes(likes, calls)),
                reasons=tuple(dict.fromkeys(call.reason for call in calls if call.reason)),
            )
        )
    return places


def other_runs(trace: Trace, places: Sequence[Place]) -> str:
    """What is to be known of calls on runs that are not the script's own; empty where there are none."""
    found = [place.where for place in places if place.others and any(like.case.write for like in place.cases)]
    if not found:
        return ""
    return (
        f"{', '.join(dict.fromkeys(found))}: there the script calls other runs than its own. What is to be "
        "written goes to MLflow's active run, so that one has to be started for each (`nested=True` makes it a child), "
        "and ended."
    )


def inputs_of(case: Case) -> Mapping[str, str]:
    """The inputs that the script gave; the others are the entry's, or have defaults."""
    return {name: text for name, text in case.short.items() if name in case.own}


def advice_of(case: Case) -> str:
    """What is to be said above what is to be written."""
    if case.write is None:
        return ""
    if case.write.keeps:
        return f"write ({case.write.recipe}, keeps it):"
    if case.write.outcome == "refused":
        return f"no recipe keeps it; this is refused too ({case.write.recipe}):"
    return f"write ({case.write.recipe}; no recipe keeps it, this is the best there is):"


def _notes(likes: Sequence[Like], calls: Sequence[Call]) -> Iterator[str]:
    at_once = [like.case for like in likes if len(like.case.calls) > 1 and not like.is_brief]
    if len(calls) > 1 and any(case.write and "for " in case.write.short for case in at_once):
        yield (
            "what is to be written goes through the values of all calls at once; in a loop of the script it "
            "is the inside of that `for`, with a count of its own"
        )


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
    words = {word for write in writes for word in re.findall(r"\w+", write.short)}
    lines = dict.fromkeys(line for line in lines if _name_of(line) in words | {"mlflow"})
    helpers = {name: says for name, says in helpers.items() if name in words}
    imports = sorted(line for line in lines if line.startswith(("import ", "from ")))
    return [*imports, *(line for line in lines if line not in imports)], helpers


def _name_of(line: str) -> str:
    """What an import or an assignment gives."""
    return line.partition(" = ")[0] if " = " in line else line.rpartition(" ")[2]


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
    recipes = {
        some[0].write.recipe
        for some in groups.values()
        if len(some[0].calls) == 1 and _is_kept(some[0])
        if some[0].write
    }
    return [
        Like(
            case=cases[0],
            count=len(cases),
            decisive=_decisive(cases[0]),
            is_brief=len(cases[0].calls) > 1
            and _is_kept(cases[0])
            and cases[0].write is not None
            and cases[0].write.recipe in recipes,
            at=_elsewhere(trace, cases[0], here),
        )
        for cases in sorted(
            groups.values(), key=lambda cases: (WORST_FIRST.index(cases[0].outcome), len(cases[0].calls) > 1)
        )
    ]


def _is_kept(case: Case) -> bool:
    return case.outcome == "kept"


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
