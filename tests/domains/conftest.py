from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import Phase, find, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

TURNS = 5


def draw(strategy: SearchStrategy[T], count: int = 500, run_seed: int = 1) -> list[T]:
    """What the strategy generates for one seed, as one of several inputs.

    Hypothesis does not draw the same example twice, so alone an arm of one value would come once. Beside
    another input, as in an entry, it comes as often as the arms give it. It also draws much that is like what it has
    drawn before; so this is done in several turns, which share nothing.
    """
    drawn: list[T] = []

    @settings(
        database=None, max_examples=count // TURNS, deadline=None, phases=[Phase.generate], derandomize=False
    )
    @given(st.integers(0, 2**64), strategy)
    def collect(_other: int, value: T) -> None:
        drawn.append(value)

    for turn in range(TURNS):
        seed(run_seed * TURNS + turn)(collect)()
    return drawn


def occurrences(
    strategy: SearchStrategy[Any], edges: Mapping[str, Callable[[Any], bool]], **options: int
) -> dict[str, int]:
    """How often each of the named edges occurs."""
    drawn = draw(strategy, **options)
    return {name: sum(map(edge, drawn)) for name, edge in edges.items()}


@pytest.fixture(name="draw")
def draw_fixture() -> Callable[..., list[Any]]:
    return draw


@pytest.fixture
def at_least() -> Callable[..., None]:
    """Checks that each edge occurs at least so often.

    What Hypothesis draws for a seed differs with its version and with the modules that are loaded, so what is
    asked for is well below the usual count.
    """

    def check(
        strategy: SearchStrategy[Any],
        edges: Mapping[str, Callable[[Any], bool]],
        least: int,
        count: int = 1000,
    ) -> None:
        found = occurrences(strategy, edges, count=count)
        assert {name: count for name, count in found.items() if count < least} == {}, found

    return check


@pytest.fixture
def simplest() -> Callable[..., Any]:
    """What the strategy shrinks to under a condition, by default none."""

    def look(strategy: SearchStrategy[Any], condition: Callable[[Any], bool] = lambda value: True) -> Any:
        options = settings(database=None, max_examples=5000, deadline=None)
        return find(strategy, condition, settings=options, random=Random(1))

    return look
