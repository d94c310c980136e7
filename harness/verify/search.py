"""Drawing inputs with Hypothesis: complete settings, an explicit seed, one finding per cause, each shrunk."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.clock import CLOCKS, ClockName
from harness.verify.ready import Case
from harness.verify.shortening import Pool, length_of, shortened

GIVES_UP_AFTER = 400
"""Hypothesis ends without a word when there is nothing more to draw, and also when too much was passed over.

It gives up after some hundred inputs more than this that were passed over or could not be drawn to their end, so with
fewer there was nothing more to draw.
"""


MORE = 1000
"""Values of each input that are drawn for the shortening of a counterexample alone, without running a client."""


class NotOfInterest(Exception):
    """The drawn input is not one of those that are searched; another is drawn in its place."""


@dataclass
class Searched:
    """How a search went.

    Attributes:
        examples: Inputs that were tried while generating; those tried while shrinking are not counted.
        exhausted: There are no more inputs than were tried.
        smallest: For each cause of a failure, the smallest input that shows it; the shortest of them first.
        problem: Why Hypothesis gave up, in its own words.
    """

    examples: int = 0
    exhausted: bool = False
    smallest: dict[tuple[str, ...], Case] = field(default_factory=dict)
    problem: str | None = None


def search(
    strategies: Mapping[str, SearchStrategy[Any]],
    try_case: Callable[[Case, bool], tuple[str, ...] | None],
    *,
    examples: int,
    seed: int,
    clocks: Sequence[ClockName] = CLOCKS,
    given: Sequence[Case] = (),
) -> Searched:
    """Tries inputs until `examples` were tried without a failure, or until each cause of failure is shrunk.

    Args:
        strategies: One for each input; the clock is drawn besides.
        try_case: Tries one input and gives the cause of its failure, or None. The second argument says whether the
            input counts (it does not while shrinking). It may raise `NotOfInterest`.
        examples: How many inputs to try.
        seed: Same seed, same inputs.
        clocks: The clocks to draw from.
        given: Cases that the entry gives. They are not tried; a counterexample may be shortened by what is in them.
    """
    searched = Searched()
    pool = Pool()
    begun = 0
    sizes: dict[tuple[str, ...], int] = {}
    sizes_of: dict[str, int] = {}

    # Hypothesis tells failures apart by type and line of the exception. All of ours are raised on one line, so each
    # cause gets a type of its own; otherwise shrinking would slide from one cause into another.
    @functools.cache
    def failure_of(cause: tuple[str, ...]) -> type[Exception]:
        return type("Failure", (Exception,), {"cause_of_failure": cause})

    @hypothesis.seed(seed)
    @_settings(examples, Phase.generate, Phase.shrink)
    @hypothesis.given(st.data())
    def attempt(data: st.DataObject) -> None:
        nonlocal begun
        counts = not searched.smallest
        begun += counts
        drawn = {name: data.draw(strategy) for name, strategy in strategies.items()}
        case = Case(drawn, data.draw(st.sampled_from(clocks)))
        for name, value in drawn.items():
            try:
                sizes_of[name] = pool.add(name, value)
            except TypeError as error:
                searched.problem = f"the strategy of `{name}` draws what no input can be: {error}"
                raise failure_of(("unusable", name)) from error
        try:
            cause = try_case(case, counts)
        except NotOfInterest:
            hypothesis.reject()
        searched.examples += counts
        if cause is not None:
            size = sum(sizes_of.values())
            if size <= sizes.get(cause, size):
                searched.smallest[cause], sizes[cause] = case, size
            raise failure_of(cause)

    try:
        attempt()
    except hypothesis.errors.HypothesisException as error:
        # The first paragraph says what is wrong; the others advise on settings which are not the author's here.
        first_paragraph = str(error).split("\n\n")[0]
        searched.problem = f"{type(error).__name__}: {first_paragraph}"
    except Exception as error:
        if not _is_ours(error):
            raise
    if searched.smallest:
        for name, each in itertools.product(strategies, given):
            pool.add(name, each.inputs[name])
        _draw_more(strategies, pool, seed)
    shorter = {
        cause: shortened(case, functools.partial(_fails_by, try_case, cause), pool)
        for cause, case in searched.smallest.items()
    }
    searched.smallest = dict(sorted(shorter.items(), key=lambda found: length_of(found[1])))
    searched.exhausted = (
        searched.examples < examples
        and not searched.smallest
        and not searched.problem
        and begun - searched.examples < GIVES_UP_AFTER
    )
    return searched


def _draw_more(strategies: Mapping[str, SearchStrategy[Any]], pool: Pool, seed: int) -> None:
    """Draws values that nothing is tried with: the first failure ended the search, maybe before any short one came."""

    @hypothesis.seed(seed)
    @_settings(MORE, Phase.generate)
    @hypothesis.given(st.fixed_dictionaries(dict(strategies)))
    def draw(drawn: Mapping[str, object]) -> None:
        for name, value in drawn.items():
            pool.add(name, value)

    # What is wrong with a strategy the search itself has told; here there are fewer values then.
    with suppress(hypothesis.errors.HypothesisException, TypeError):
        draw()


def _settings(examples: int, *phases: Phase) -> hypothesis.settings:
    """All that there is to set, so that no profile of Hypothesis or of the machine changes what a run does."""
    return hypothesis.settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=phases,
        print_blob=False,
        report_multiple_bugs=True,
        stateful_step_count=50,
        suppress_health_check=(),
        verbosity=Verbosity.quiet,
        backend="hypothesis",
    )


def _fails_by(
    try_case: Callable[[Case, bool], tuple[str, ...] | None], cause: tuple[str, ...], case: Case
) -> bool:
    try:
        return try_case(case, False) == cause
    except NotOfInterest:
        return False


def _is_ours(error: BaseException) -> bool:
    """Whether an exception, or each one of a group of several, stands for a cause of failure."""
    inner: Sequence[BaseException] | None = getattr(error, "exceptions", None)
    if inner is not None:
        return all(map(_is_ours, inner))
    return hasattr(error, "cause_of_failure")
