"""How much the long tests do: enough to notice by default, the full size with `HARNESS_TESTS=long` in the environment.

The full sizes are those that the project promises (2,000 names through each client, 20 kills, and so on). They take
minutes, so they are for whoever changes what they test, and for a release.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

LONG = os.environ.get("HARNESS_TESTS") == "long"

T = TypeVar("T")


def size(short: int, full: int) -> int:
    """How often, or how many."""
    return full if LONG else short


def share(items: Sequence[T], turn: int) -> Sequence[T]:
    """All items, or each tenth of them, another tenth for each of ten turns that follow each other."""
    return items if LONG else items[turn % 10 :: 10]
