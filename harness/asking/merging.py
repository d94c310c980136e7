"""Makes one finding of what several recipes and stores have in common, each tried where it is said to hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.asking.evidence import Seen
from harness.asking.exploring import Found, Hunt, open_cause, run_case, with_guesses
from harness.clock import ClockName
from harness.verify.search import NotOfInterest


@dataclass(frozen=True)
class Finding:
    """A finding, and everywhere where it was shown to be the same.

    Attributes:
        found: The finding as it was made first.
        recipes: The recipes with which it is there.
        stores: The stores on which it is there, with each of these recipes.
        clock: The clock that its witness needs; None where each does.
    """

    found: Found
    recipes: tuple[str, ...]
    stores: tuple[str, ...]
    clock: ClockName | None


def merge(hunts: Sequence[Hunt]) -> list[Finding]:
    """The findings of all hunts, those of the entry's own inputs first; the test bed must still be open."""
    left = {id(hunt): list(hunt.found) for hunt in hunts}
    merged: list[Finding] = []
    for hunt in hunts:
        for found in list(left[id(hunt)]):
            if found not in left[id(hunt)]:
                continue
            where = [hunt]
            for other in hunts:
                if other is not hunt:
                    same = _same(found, other, left[id(other)])
                    if same is not None:
                        where.append(other)
                        left[id(other)].remove(same)
            merged += _of(found, where)
    return sorted(merged, key=lambda each: (each.found.smallest.is_beyond, not each.found.guess))


def _same(found: Found, other: Hunt, left: Sequence[Found]) -> Found | None:
    """The finding of another recipe or store that the same guess explains as well, with the same witness."""
    if found.guess is None or found.guess.is_literal:
        return None
    for candidate in left:
        if candidate.cause != found.cause:
            continue
        exchanged = [found if each is candidate else each for each in other.found]
        before, after = with_guesses(other.subject, other.found), with_guesses(other.subject, exchanged)
        witness = _run(other, found.smallest)
        if witness is None or witness.finding is None or open_cause(after, witness) is not None:
            continue
        if not any(open_cause(after, one) and not open_cause(before, one) for one in other.seen.values()):
            other.found = exchanged
            return candidate
    return None


def _of(found: Found, where: Sequence[Hunt]) -> list[Finding]:
    """A divergence holds for all its recipes on all its stores, so recipes with other stores are another one."""
    stores: dict[str, list[str]] = {}
    for hunt in where:
        stores.setdefault(hunt.subject.recipe, []).append(hunt.subject.store)
    alike: dict[tuple[str, ...], list[str]] = {}
    for recipe, names in stores.items():
        alike.setdefault(tuple(sorted(names)), []).append(recipe)
    clock = None if all(_needs_no_clock(found, hunt) for hunt in where) else found.smallest.trial.case.clock
    return [Finding(found, tuple(recipes), names, clock) for names, recipes in alike.items()]


def _needs_no_clock(found: Found, hunt: Hunt) -> bool:
    """Whether the witness shows it under the clock that a witness has when it names none."""
    case = found.smallest.trial.case
    one = _run(
        hunt,
        replace(found.smallest, trial=replace(found.smallest.trial, case=replace(case, clock="ticking"))),
    )
    if one is None or one.finding is None:
        return False
    return open_cause(with_guesses(hunt.subject, hunt.found), one) is None


def _run(hunt: Hunt, one: Seen) -> Seen | None:
    try:
        return run_case(hunt, one.trial.case, one.is_beyond)
    except NotOfInterest:
        return None
