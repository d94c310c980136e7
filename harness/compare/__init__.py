"""When what was expected and what was read back agree, under which relation, and how a difference is put.

This room knows plain values only: no clients, stores or entries. An expected value may leave open what a
store leaves open, by `any_order(...)`, `one_of(...)` and `nothing`, at any depth. So it stands for a set of
values that it allows:

* `agree(relation, expected, actual)` means: everything that `actual` allows, `expected` allows. A plain value
  allows itself alone, so for a value that was read this is membership.
* Where both leave something open, `any_order(a)` agrees with `any_order(b)` if they hold the same items, and
  `[1, 2]` does not agree with `any_order([1, 2])`, though `[1, 1]` does with `any_order([1, 1])`. `same` asks
  in both directions, which tells whether one expectation can stand for another.
* Where alternatives nest in alternatives, two may be told apart that allow the same; never the other way
  round.
"""

from __future__ import annotations

from harness.compare.difference import Difference, Kind, show
from harness.compare.expected import (
    ABSENT,
    AnyOrder,
    Marker,
    OneOf,
    Unreadable,
    any_order,
    nothing,
    one_of,
    unreadable,
)
from harness.compare.relations import RELATIONS, Relation, agree, find_difference, same

__all__ = [
    "ABSENT",
    "RELATIONS",
    "AnyOrder",
    "Difference",
    "Kind",
    "Marker",
    "OneOf",
    "Relation",
    "Unreadable",
    "agree",
    "any_order",
    "find_difference",
    "nothing",
    "one_of",
    "same",
    "show",
    "unreadable",
]
