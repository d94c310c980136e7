"""How often a strategy is drawn from beside another."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy


def mostly(usual: SearchStrategy[Any], rare: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Values of `usual`, and of `rare` about one time in ten.

    Joined by `|` both would be arms beside all the arms of `usual`, of which there may be dozens, and what is in `rare`
    would hardly be drawn.
    """
    # One time in three comes to one in ten: Hypothesis also tries several variants of each value that has many parts.
    return st.integers(1, 3).flatmap(lambda turn: rare if turn == 3 else usual)
