"""Searches beyond what an entry says: several findings in one go, grouped by cause, each shrunk and made a guess of.

What was found counts as explained from then on, by the guess that was made of it, so that the search goes on to the
next. Every input that is run is kept as evidence, those of shrinking too: they lie where a cause begins and ends.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from hypothesis.strategies import SearchStrategy

from harness.asking.beyond import beyond
from harness.asking.evidence import Cause, Seen, cause_of
from harness.asking.guessing import Guess, compiled, guess
from harness.asking.trying import subjects_of
from harness.clock import CLOCKS
from harness.profiles import seed_for
from harness.testbed import TestBed
from harness.values import to_expression
from harness.verify.changes import changes_of
from harness.verify.pipeline import EntryError, Finding, Subject, judge, observe_v1, walk, with_mlflow
from harness.verify.ready import Case, Divergence, Expected, ReadyEntry
from harness.verify.search import NotOfInterest, search

ROUND = 40
"""Inputs of one round; after each the guesses are made anew."""

SHRINKS = 150
"""Inputs with which one round may go on after its first finding."""

NEIGHBOURS = 24
"""Inputs next to a finding that are tried, each with one small change, to see where its cause ends."""


class _Enough(BaseException):
    """Ends a round of Hypothesis, which takes every `Exception` for a failure."""


@dataclass(frozen=True)
class Found:
    """A finding with its smallest input, and a guess of what it is.

    Attributes:
        cause: What makes it one finding and not another.
        smallest: The input that shows it, with what both clients gave.
        guess: What a divergence may say; None where none behind the declared ones can explain it.
        sentence: What is different, in one sentence.
        before: The declared divergence before which the guess belongs; None: behind them all.
    """

    cause: Cause
    smallest: Seen
    guess: Guess | None
    sentence: str
    before: str | None = None


@dataclass
class Hunt:
    """The search with one recipe on one store."""

    subject: Subject
    seen: dict[str, Seen] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)
    broken: dict[Cause, tuple[Case, str]] = field(default_factory=dict)
    refused_by_v1: int = 0
    passed_over: int = 0

    @property
    def tried(self) -> int:
        """Inputs that were run through both clients."""
        return len(self.seen)


@dataclass(frozen=True)
class Explored:
    """How a search went.

    Attributes:
        hunts: By recipe and store.
        was_stopped: Whether it was stopped from the keyboard.
    """

    hunts: Sequence[Hunt]
    was_stopped: bool = False


def explore(
    bed: TestBed,
    entry: ReadyEntry,
    recipes: Sequence[str],
    stores: Sequence[str],
    *,
    seconds: float,
    seed: int,
    rounds: int | None = None,
    tell: Callable[[Explored], None] = lambda explored: None,
) -> Explored:
    """Searches with each recipe on each store in turns, the entry's own inputs and others.

    Args:
        bed: Where to run it.
        entry: An entry made ready.
        recipes: The recipes to search with.
        stores: The stores to search on.
        seconds: When to end; what is being run is finished first.
        seed: Same seed, same inputs in the same order; only how many depends on the time.
        rounds: At most so many rounds with each recipe on each store.
        tell: Is told after each round how far it is.
    """
    hunts = [Hunt(subject) for subject in subjects_of(bed, entry, recipes, stores)]
    explored = Explored(hunts)
    deadline = time.monotonic() + seconds
    try:
        for number in count() if rounds is None else range(rounds):
            for hunt in hunts:
                _round(hunt, number, seed, deadline)
                tell(explored)
            if time.monotonic() >= deadline:
                break
    except KeyboardInterrupt:
        return replace(explored, was_stopped=True)
    return explored


def _round(hunt: Hunt, number: int, seed: int, deadline: float) -> None:
    """Draws inputs until one is found that nothing explains, shrinks it, and makes a guess of it."""
    if time.monotonic() >= deadline:
        return
    entry = hunt.subject.entry
    is_beyond = number % 2 == 1
    strategies: Mapping[str, SearchStrategy[Any]] = entry.strategies
    if is_beyond:
        strategies = {name: beyond(strategy) for name, strategy in strategies.items()}
    extended = with_guesses(hunt.subject, hunt.found)
    known = {found.cause for found in hunt.found if found.guess is None or found.guess.is_literal}
    new: dict[Cause, Seen] = {}
    after_first = 0

    def try_case(case: Case, counts: bool) -> Cause | None:
        nonlocal after_first
        if time.monotonic() >= deadline or after_first > SHRINKS:
            raise _Enough
        one = run_case(hunt, case, is_beyond, is_drawn=True)
        cause = open_cause(extended, one)
        if cause is not None and cause not in known:
            after_first += 1
            if cause not in new or one.size < new[cause].size:
                new[cause] = one
            return cause
        after_first += bool(new)
        return None

    item = (entry.id, hunt.subject.recipe, hunt.subject.store, "explore", str(number))
    try:
        search(strategies, try_case, examples=ROUND, seed=seed_for(seed, *item))
    except _Enough:
        pass
    finally:
        # Also when it is stopped: what was found until then is told.
        for cause, one in new.items():
            _take(hunt, cause, one, deadline)


def run_case(hunt: Hunt, case: Case, is_beyond: bool, *, is_drawn: bool = False) -> Seen:
    """Runs one input and keeps what it gave.

    Raises:
        NotOfInterest: It is none that this entry can be asked about.
    """
    key = f"{[*map(to_expression, case.inputs.values())]} {case.clock}"
    if key in hunt.seen:
        return hunt.seen[key]
    subject = hunt.subject
    try:
        trial = observe_v1(subject, case)
        if trial.refused_by:
            hunt.refused_by_v1 += 1
            raise NotOfInterest
        model = walk(subject, trial)
        trial = with_mlflow(subject, trial)
        finding = judge(subject, trial, model)
    except EntryError as error:
        # Beyond its inputs an entry need not know what v1 does, and its expressions need not fit.
        hunt.passed_over += is_beyond
        if is_drawn and not is_beyond:
            hunt.broken.setdefault(("entry", str(error)[:50]), (case, str(error)))
        raise NotOfInterest from error
    hunt.seen[key] = Seen(subject, trial, model, finding, is_beyond)
    return hunt.seen[key]


def open_cause(extended: Subject, one: Seen) -> Cause | None:
    """The cause of what neither the entry nor a guess explains."""
    finding: Finding | None
    try:
        finding = judge(extended, one.trial, walk(extended, one.trial))
    except EntryError:
        finding = one.finding
    return None if finding is None else cause_of(finding, one.given)


def _take(hunt: Hunt, cause: Cause, one: Seen, deadline: float) -> None:
    """Takes a finding: makes it plainer, looks around it, and makes all guesses anew with what is known now."""
    extended = with_guesses(hunt.subject, hunt.found)
    for case in _plainer(hunt.subject.entry, one):
        other = None if time.monotonic() >= deadline else _tried(hunt, case, one.is_beyond)
        if other is not None and open_cause(extended, other) == cause:
            one = _plainest(one, other)
    for case in _neighbours(one.trial.case):
        if time.monotonic() < deadline:
            _tried(hunt, case, one.is_beyond)
    smallest = [found.smallest for found in hunt.found]
    hunt.found = []
    for each in sorted([*smallest, one], key=lambda each: (not each.is_open, each.is_beyond, each.size)):
        extended = with_guesses(hunt.subject, hunt.found)
        its_cause = open_cause(extended, each)
        if its_cause is None or (not each.is_open and _moved(hunt, each)):
            continue

        def cause_now(other: Seen, extended: Subject = extended) -> Cause | None:
            return open_cause(extended, other)

        made = guess(each, list(hunt.seen.values()), cause_now) if each.is_open else None
        finding = each.finding
        hunt.found.append(
            Found(its_cause, each, made, finding.sentence if finding else "it is not explained")
        )


def _moved(hunt: Hunt, one: Seen) -> bool:
    """Whether a guess that is there already explains it too, if it stands before the divergence that ends its walk."""
    ended_by = one.model.raised_by
    if ended_by is None:
        return False
    before = with_guesses(hunt.subject, hunt.found)
    for index, found in enumerate(hunt.found):
        moved = [*hunt.found]
        moved[index] = replace(found, before=ended_by.id)
        after = with_guesses(hunt.subject, moved)
        if open_cause(after, one) is None and not any(
            open_cause(after, other) and not open_cause(before, other) for other in hunt.seen.values()
        ):
            hunt.found = moved
            return True
    return False


def _tried(hunt: Hunt, case: Case, is_beyond: bool) -> Seen | None:
    try:
        return run_case(hunt, case, is_beyond)
    except NotOfInterest:
        return None


def _plainer(entry: ReadyEntry, one: Seen) -> Iterator[Case]:
    """The finding with one or all but one of its inputs as in the entry's first example, or a plain huge number."""
    case = one.trial.case
    example = next(iter(entry.examples.values())).inputs
    for name, value in case.inputs.items():
        yield replace(case, inputs={**example, name: value}, is_guide=False)
        yield replace(case, inputs={**case.inputs, name: example[name]})
        if type(value) is int and value.bit_length() > 60:
            for number in (2**53 + 1, 2**64, 2**70, 2**1024):
                yield replace(case, inputs={**example, name: number})


def _plainest(one: Seen, other: Seen) -> Seen:
    """The one of two with the shorter inputs; a name as in the entry's example is no longer than any."""
    return other if other.size <= max(one.size, 30) and other.size != one.size else one


def _neighbours(case: Case) -> Iterator[Case]:
    """The input under the other clock, and with one small change each."""
    for clock in CLOCKS:
        if clock != case.clock:
            yield replace(case, clock=clock)
    changed = [
        Case({**case.inputs, name: change.value}, case.clock)
        for name, value in case.inputs.items()
        for change in changes_of(value)
    ]
    yield from changed[:NEIGHBOURS]


def with_guesses(subject: Subject, found: Sequence[Found]) -> Subject:
    """The subject with a divergence for each guess, where it belongs among those that are declared."""
    divergences = list(subject.divergences)
    for index, each in enumerate(found):
        if each.guess is not None:
            place = _place(subject, divergences, each.before)
            guessed = as_divergence(f"guess-{index}", each.guess, each.smallest.trial.case)
            divergences.insert(place, guessed)
    return replace(subject, divergences=divergences)


def _place(subject: Subject, divergences: Sequence[Divergence], before: str | None) -> int:
    """Where one belongs that comes before another in the entry, which may not be in force for this recipe or store."""
    if before is None:
        return len(divergences)
    order = [each.id for each in subject.entry.loaded.entry.divergences]
    behind = set(order[order.index(before) :])
    places = (index for index, each in enumerate(divergences) if each.id in behind)
    return next(places, len(divergences))


def as_divergence(id_: str, made: Guess, witness: Case) -> Divergence:
    """A guess as a divergence in force."""
    raises = None
    if made.raises is not None:
        phase, kind, pattern = made.raises
        raises = Expected("read" if phase == "read" else "log", kind.__name__, kind, re.compile(pattern))
    return Divergence(
        id=id_,
        when=compiled(made.when),
        becomes=None if made.becomes is None else compiled(made.becomes),
        raises=raises,
        leaves=None if made.leaves is None else compiled(made.leaves),
        witness=witness,
        region={},
    )
