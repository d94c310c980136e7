"""What becomes of each case that a script is made of: with every recipe of its mapping, through both clients."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.asking.trying import Answer, ask, subjects_of
from harness.clock import CLOCKS, ClockName
from harness.spec import LoadedEntry
from harness.testbed import TestBed
from harness.tracing.matching import Found
from harness.tracing.outcomes import WORST_FIRST, Outcome, worst
from harness.tracing.records import RecordedCall
from harness.values import to_expression
from harness.verify.pipeline import Subject
from harness.verify.ready import make_ready

OUTCOMES: Mapping[str, Outcome] = {
    "kept": "kept",
    "altered": "lost",
    "refused": "refused",
    "refused-by-v1": "v1-refuses",
    "not-explained": "unexplained",
}
"""The same of what `harness try` says."""

APART_SECONDS = 0.005
"""Calls that were this far apart in the script are not logged within one millisecond by MLflow either."""


@dataclass(frozen=True)
class Verified:
    """A case, and what became of it.

    Attributes:
        found: The case; others of the script that have the same inputs are not run again.
        outcome: What the best of the guide's ways makes of it (of all, where the guide gives none).
        answers: What was given with each recipe under each clock; empty where it was not verified.
        advised: The recipe to write: the guide's if that keeps the values, else the first that does. Where none does
            it is the one that makes the best of it, and None where nothing was verified, or v1 refuses.
        becomes: What that recipe makes of it.
    """

    found: Found
    outcome: Outcome
    answers: Sequence[Answer] = ()
    advised: str | None = None
    becomes: Outcome | None = None

    @property
    def keeps(self) -> bool:
        """Whether that recipe keeps the values."""
        return self.becomes == "kept"


def verify(
    bed: TestBed,
    store: str,
    found: Sequence[Found],
    calls: Sequence[RecordedCall],
    progress: Callable[[int, int], None] = lambda done, all_: None,
) -> list[Verified]:
    """Runs each distinct case with each recipe of its entry.

    Args:
        bed: An open test bed with the store.
        store: The MLflow store to move to.
        found: The cases.
        calls: The calls that they are made of.
        progress: Is told how many of how many cases are done.
    """
    subjects: dict[str, list[Subject]] = {}
    known: dict[tuple[str, str, tuple[ClockName, ...]], Sequence[Answer]] = {}
    verified = []
    for done, case in enumerate(found):
        progress(done, len(found))
        if case.doubt is not None:
            verified.append(Verified(case, "not-verified"))
            continue
        clocks = clocks_of(case, calls)
        key = (case.entry.id, to_expression(dict(case.inputs)), clocks)
        if key not in known:
            if case.entry.id not in subjects:
                recipes = list(case.entry.entry.mlflow)
                subjects[case.entry.id] = subjects_of(bed, make_ready(case.entry), recipes, [store])
            known[key] = ask(subjects[case.entry.id], case.inputs, clocks)
        verified.append(judged(case, known[key]))
    progress(len(found), len(found))
    return verified


def judged(case: Found, answers: Sequence[Answer]) -> Verified:
    """What the answers come to."""
    recipes = list(dict.fromkeys(answer.recipe for answer in answers))
    of_recipe = {
        recipe: worst(OUTCOMES[answer.ending] for answer in answers if answer.recipe == recipe)
        for recipe in recipes
    }
    guides = [recipe for recipe in recipes if is_of_the_guide(recipe)] or recipes
    outcome = max((of_recipe[recipe] for recipe in guides), key=WORST_FIRST.index)
    if outcome == "v1-refuses":
        return Verified(case, outcome, answers)
    # The first of the best, where a recipe that is not the guide's goes before one that is no better.
    order = guides if outcome == "kept" else [recipe for recipe in recipes if recipe not in guides] + guides
    advised = max(order, key=lambda recipe: WORST_FIRST.index(of_recipe[recipe]))
    return Verified(case, outcome, answers, advised, of_recipe[advised])


def is_of_the_guide(recipe: str) -> bool:
    """Whether the guide gives this recipe."""
    return recipe == "guide" or recipe.startswith("guide-")


def clocks_of(case: Found, calls: Sequence[RecordedCall]) -> tuple[ClockName, ...]:
    """The clocks under which a case is run: both, unless they make no difference or the script shows which it is.

    What a call logs in one go may always be within a millisecond. Several calls were as far apart as they were.
    """
    times = [calls[index].time for index in case.calls]
    is_apart = len(times) > 1 and all(later - earlier >= APART_SECONDS for earlier, later in pairwise(times))
    return ("ticking",) if is_apart or not _tells_clocks_apart(case.entry) else CLOCKS


def _tells_clocks_apart(loaded: LoadedEntry) -> bool:
    """Whether anything in the entry depends on the clock; its witnesses are run under both wherever it is verified."""
    return any(
        divergence.witness.clock is not None
        or any(
            isinstance(node, ast.Name) and node.id == "clock"
            for text in (divergence.when, divergence.becomes, divergence.leaves)
            for node in ast.walk(ast.parse((text or "None").strip()))
        )
        for divergence in loaded.entry.divergences
    )
