"""The words for what becomes of a call, from bad to good."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

Outcome = Literal["unexplained", "lost", "refused", "not-verified", "no-mapping", "v1-refuses", "kept"]

WORST_FIRST: Sequence[Outcome] = (
    "unexplained",
    "lost",
    "refused",
    "not-verified",
    "no-mapping",
    "v1-refuses",
    "kept",
)

MEANINGS: Mapping[Outcome, str] = {
    "unexplained": "MLflow gives back something else, and the mapping does not say so: a finding",
    "lost": "MLflow gives back something else, or nothing, without an error",
    "refused": "MLflow raises an error",
    "not-verified": "there is a mapping, but the values could not be run through it",
    "no-mapping": "no entry says what to write instead",
    "v1-refuses": "SDK v1 itself does not take it, so that nothing was logged",
    "kept": "MLflow gives back what SDK v1 gives back",
}

UNSAFE: Sequence[Outcome] = ("unexplained", "lost", "refused")
"""Those for which a move would change what is logged."""


def worst(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of several outcomes, of which there is one at least."""
    return min(outcomes, key=WORST_FIRST.index)
