"""Inputs beyond what strategies draw."""

from __future__ import annotations

from hypothesis import find, given
from hypothesis import strategies as st

from harness.asking.beyond import MOST_OF_A_COUNT, beyond


@given(beyond(st.integers(1, 3)))
def test_a_number_that_may_be_a_count_becomes_no_huge_one(value: object) -> None:
    """An entry that does something so often would never end."""
    assert type(value) is not int or value <= MOST_OF_A_COUNT


def test_other_numbers_become_huge_ones() -> None:
    """Nothing is done 0.5 times, nor two thousand million times."""
    for strategy in (st.just(0.5), st.just(2**31)):
        assert find(beyond(strategy), lambda value: type(value) is int and value > 2**60)
