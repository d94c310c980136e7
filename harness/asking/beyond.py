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

SIZES = (251, 1001, 2500)
"""Lengths beyond what strategies draw; 250 is a limit of the service, 1000 that of one batch of MLflow."""

LETTERS = ("é", "\N{GRINNING FACE}", "\u00a0", "%2F", "\t", "'", "\\", ":", "#")


def beyond(strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """What the strategy draws, with one thing changed, or as it is."""
    return st.tuples(strategy, st.integers(0, 7), st.sampled_from(ODD)).map(_changed)


def _changed(drawn: tuple[Any, int, Any]) -> Any:
    value, how, odd = drawn
    if isinstance(value, str):
        # Most names stay: what is wrong with a name hides everything else.
        return f"{value}{LETTERS[how]}" if how == 7 else value
    if not isinstance(value, list):
        return odd if how > 2 else value
    changes: dict[int, Callable[[], Any]] = {
        1: lambda: [*value, odd],
        2: lambda: [odd, *value],
        3: lambda: [odd],
        4: lambda: tuple(value),
        5: lambda: [value],
        6: lambda: list(range(SIZES[len(value) % len(SIZES)])),
        7: lambda: [*value, odd, odd],
    }
    return changes[how]() if how in changes else value
