"""Inputs that an entry's strategies do not draw: theirs, each with one thing changed that people do all the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

ODD: Sequence[Any] = (
    True,
    None,
    "1",
    "text",
    -1,
    2.5,
    math.nan,
    math.inf,
    -0.0,
    2**53 + 1,
    2**70,
    2**1100,
    np.int64(3),
    np.float32(0.1),
    np.float16(0.1),
    np.longdouble("0.1"),
    np.bool_(True),
)
"""Values of other types than are expected somewhere, and of sizes that few expect."""

MOST_OF_A_COUNT = 1000
"""An integer below this may be how often something is done, which with a huge number would never end."""

LONG, LONGER = 251, 1001
"""Lengths beyond what strategies draw; 250 is a limit of the service, 1000 that of one batch of MLflow.

They are rare: a recipe that logs item by item takes seconds for one.
"""

LETTERS = ("é", "\N{GRINNING FACE}", "\u00a0", "%2F", "\t", "'", "\\", ":", "#")


def beyond(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What the strategy draws, with one thing changed, or as it is."""
    return st.tuples(strategy, st.integers(0, 23), st.sampled_from(ODD)).map(_changed)


def _changed(drawn: tuple[Any, int, Any]) -> Any:
    value, how, odd = drawn
    if isinstance(value, str):
        # Most names stay: what is wrong with a name hides everything else.
        return f"{value}{LETTERS[len(value) % len(LETTERS)]}" if how < len(LETTERS) // 3 else value
    if not isinstance(value, list):
        is_endless = type(value) is int and type(odd) is int and odd > MOST_OF_A_COUNT > abs(value)
        return odd if how > 8 and not is_endless else value
    changes: dict[int, Callable[[], Any]] = {
        0: lambda: list(range(LONG)),
        1: lambda: list(range(LONGER)),
        2: lambda: tuple(value),
        3: lambda: [value],
        4: lambda: [odd],
        5: lambda: [odd],
    }
    if how in changes:
        return changes[how]()
    added: dict[int, Callable[[], Any]] = {
        0: lambda: value,
        1: lambda: [*value, odd],
        2: lambda: [odd, *value],
        3: lambda: [*value, odd, odd],
    }
    return added[how % 4]()
