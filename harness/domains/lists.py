"""Lists of metric values: how many, in which order, and how often the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from harness.domains.numeric import numbers, usual_numbers
from harness.values import is_number

_ORDINARY = 20
_LIMITS = (250, 251, 1000, 1001)


def metric_lists(
    elements: SearchStrategy[Any] | None = None, *, min_size: int = 1, max_size: int = 50
) -> SearchStrategy[list[Any]]:
    """Lists of `elements` (default: `numbers()`), as `log_list` takes them.

    By default half of the ordinary ones hold usual numbers only: else hardly a list would be usual as a
    whole. Arms of their own:

    * one item, which v1 reads back as no list;
    * values that repeat, next to each other and apart, and all the same: a store keyed by value merges them;
    * rising, falling and shuffled values, of which a store that sorts leaves some as they are;
    * long ones up to `max_size`. A `max_size` beyond 1000 brings in lists about 250 items, a limit of the
      service, and 1000, the limit of one batch of MLflow.

    Raises:
        ValueError: `max_size` is less than `min_size`.
    """
    if max_size < min_size or min_size < 0:
        raise ValueError(f"no list has at least {min_size} and at most {max_size} items")
    usual = usual_numbers() if elements is None else elements
    elements = numbers() if elements is None else elements
    most = max(min_size, min(max_size, _ORDINARY))
    ordinary = st.lists(elements, min_size=min_size, max_size=most)
    several = st.integers(max(min_size, min(2, max_size)), max(min_size, min(max_size, 8)))
    many = st.sampled_from(
        sorted({size for size in (*_LIMITS, max_size, max_size - 1) if min_size <= size <= max_size})
    )
    pool = st.lists(elements, min_size=1, max_size=3)
    arms = [
        st.lists(usual, min_size=min_size, max_size=most),
        ordinary,
        st.builds(_repeat, pool, several),
        st.builds(lambda item, size: [item] * size, elements, several),
        ordinary.map(lambda items: sorted(items, key=_rank)),
        ordinary.map(lambda items: sorted(items, key=_rank, reverse=True)),
        several.flatmap(lambda size: st.permutations(range(size))),
        st.builds(_repeat, pool, many),
    ]
    if min_size <= 1 <= max_size:
        arms.insert(1, st.tuples(elements).map(list))
    if min_size == 0:
        arms.append(st.just([]))
    return st.one_of(arms)


def _repeat(pool: Sequence[Any], size: int) -> list[Any]:
    return [pool[index % len(pool)] for index in range(size)]


def _rank(item: object) -> tuple[int, Any]:
    """Orders numbers by value, NaN after them, then everything else by its spelling."""
    if not is_number(item):
        return (2, repr(item))
    return (0, item) if item == item else (1, 0)
