"""What a report says of its stores: for whom the choice of one matters, and how long each took."""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.model import Report, VerdictName
from harness.report.printing import one_line


@dataclass(frozen=True)
class Pace:
    """What was run on a store, and how long that took.

    Attributes:
        store: Its name.
        examples: Inputs that were run through both clients there.
        seconds: The time of the workers; two that were busy for a minute make two.
    """

    store: str
    examples: int
    seconds: float


def paces(report: Report) -> tuple[Pace, ...]:
    """The stores on which anything was run, in the order in which they were asked for."""
    examples: dict[str, int] = dict.fromkeys(report.header.stores, 0)
    seconds: dict[str, float] = {}
    for result in report.results:
        examples[result.store] = examples.get(result.store, 0) + result.examples
        seconds[result.store] = seconds.get(result.store, 0.0) + result.seconds
    return tuple(Pace(store, count, seconds[store]) for store, count in examples.items() if count)


def pace_words(pace: Pace) -> str:
    """`sqlite 4,312 in 139 s (31.0 a second)`."""
    rate = f" ({pace.examples / pace.seconds:,.1f} a second)" if pace.seconds else ""
    return one_line(f"{pace.store} {pace.examples:,} in {pace.seconds:,.0f} s{rate}")


def that_depend_on_the_store(report: Report) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Each mapping with those of its recipes whose verdict is not the same on all stores, in the report's order.

    A store on which a recipe was not verified says nothing about it.
    """
    found: dict[tuple[str, str], set[VerdictName]] = {}
    for verdict in report.verdicts:
        if verdict.verdict != "not-verified":
            found.setdefault((verdict.mapping, verdict.recipe), set()).add(verdict.verdict)
    depend: dict[str, list[str]] = {}
    for (mapping, recipe), words in found.items():
        if len(words) > 1:
            depend.setdefault(mapping, []).append(recipe)
    return tuple((mapping, tuple(dict.fromkeys(recipes))) for mapping, recipes in depend.items())


def dependence_words(report: Report) -> str:
    """`The verdicts of 2 mappings depend on the store: log-list (guide), log-row (guide, recommended)`; "" for none."""
    depend = that_depend_on_the_store(report)
    if not depend:
        return ""
    number = "1 mapping" if len(depend) == 1 else f"{len(depend):,} mappings"
    told = ", ".join(f"{mapping} ({', '.join(recipes)})" for mapping, recipes in depend)
    return f"The verdicts of {number} depend on the store: {told}"
