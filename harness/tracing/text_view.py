"""A trace as text: place by place, and the worst first in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.asking.layout import code, labelled, sentence, shortened, title
from harness.tracing.instead import abbreviated
from harness.tracing.model import Trace
from harness.tracing.outcomes import MEANINGS, Outcome
from harness.tracing.sites import (
    Like,
    Place,
    advice_of,
    inputs_of,
    is_unsafe,
    needed,
    other_runs,
    places_of,
    warnings_of,
    worst_first,
)

if TYPE_CHECKING:
    from rich.console import Console

STYLES: dict[Outcome, str] = {
    "unexplained": "bold red",
    "lost": "bold yellow",
    "refused": "yellow",
    "not-verified": "magenta",
    "no-mapping": "magenta",
    "v1-refuses": "cyan",
    "kept": "green",
}

_CLOCKS = {"ticking": "", "stopped": ", all within one millisecond"}


def show(trace: Trace, console: Console) -> None:
    """Everything, long values abbreviated."""
    places = places_of(trace)
    command = " ".join([trace.script, *trace.arguments])
    title(console, command, f"to MLflow on {trace.store}: {_count(len(trace.calls), 'call')} of SDK v1")
    first: dict[tuple[int, ...], str] = {}
    for place in places:
        console.print()
        _place(place, console, first)
    _what_is_needed(trace, places, console)
    _summary(trace, places, console)


def _place(place: Place, console: Console, first: dict[tuple[int, ...], str]) -> None:
    """One place. `first` has where each case was shown, which is shown once."""
    from rich.text import Text

    several = f", {len(place.calls)} calls" if len(place.calls) > 1 else ""
    if place.others:
        several += f" on {_count(place.others, 'other run')}"
    console.print(
        Text.assemble(
            (place.where, "bold"), f" {place.name}{several}: ", (place.outcome, STYLES[place.outcome])
        )
    )
    if place.source:
        code(console, shortened(place.source, 300), indent=2)
    for reason in place.reasons:
        sentence(console, f"{shortened(reason)}.".replace("..", "."), indent=2)
    if place.reasons and place.calls[0].arguments:
        labelled(console, [("called with", shortened(place.calls[0].arguments, 300))])
    for like in place.cases:
        if (shown_at := first.setdefault((*like.case.calls,), place.where)) != place.where:
            sentence(console, f"part of what is told of {shown_at} ({like.case.mapping})", indent=2)
            continue
        _like(like, console, is_alone=len(place.cases) == 1)
    for note in place.notes:
        sentence(console, f"note: {note}.", indent=2)


def _like(like: Like, console: Console, *, is_alone: bool) -> None:
    from rich.text import Text

    case, decisive = like.case, like.decisive
    more = f", and {like.count - 1} more like it" if like.count > 1 else ""
    head = "" if is_alone else f"{case.outcome}, "
    told = ": the same code keeps it" if like.is_brief else ""
    with_others = f" together with {', '.join(like.at)}" if like.at else ""
    sentence(console, f"{head}as {case.mapping} ({case.title}){with_others}{more}{told}", indent=2)
    if like.is_brief:
        return
    rows: list[tuple[str, str | Text]] = [
        (name, shortened(value, 300)) for name, value in inputs_of(case).items()
    ]
    if case.reason is not None:
        rows.append(("not verified", case.reason))
    if decisive is not None and is_unsafe(case.outcome):
        rows.append(("SDK v1 gives", shortened(abbreviated(decisive.v1), 600)))
        how = f"{decisive.recipe}{_CLOCKS[decisive.clock]}"
        rows.append(("MLflow gives", f"{shortened(abbreviated(decisive.mlflow or 'nothing'), 600)}  ({how})"))
        rows += [("because", Text(step.because, style="italic")) for step in decisive.steps]
        if case.outcome == "unexplained":
            rows.append(("finding", decisive.sentence))
    elif decisive is not None and case.outcome == "v1-refuses":
        rows.append(("SDK v1", shortened(decisive.sentence, 300)))
    labelled(console, rows, indent=4)
    if case.write is not None:
        sentence(console, advice_of(case), indent=4)
        code(console, case.write.short, indent=8)


def _what_is_needed(trace: Trace, places: list[Place], console: Console) -> None:
    imports, helpers = needed(trace)
    if imports:
        console.print()
        title(console, "What is to be written needs")
        code(console, "\n".join(imports), indent=4)
    for name, says in helpers.items():
        sentence(console, f"`{name}` stands for your own code: it {says}", indent=2)
    if others := other_runs(trace, places):
        console.print()
        sentence(console, others)


def _summary(trace: Trace, places: list[Place], console: Console) -> None:
    console.print()
    title(console, "Summary")
    for outcome, found in worst_first(places):
        calls = trace.counts.get(outcome, 0)
        sentence(console, f"{outcome}: {_count(calls, 'call')}: {MEANINGS[outcome]}", STYLES[outcome], 2)
        sentence(console, ", ".join(f"{place.where} {place.title}" for place in found), indent=6)
    for warning in warnings_of(trace):
        sentence(console, warning, "bold", 2)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
