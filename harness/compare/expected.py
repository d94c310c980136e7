"""What an expected value can leave open, and the markers for the lack of a value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from harness.compare.difference import show


class Marker(Enum):
    """Stand-ins for the lack of a value; singletons, also after copying and pickling."""

    ABSENT = "ABSENT"
    NOTHING = "nothing"

    def __repr__(self) -> str:
        return self.value


ABSENT: Final = Marker.ABSENT
"""What the runner reads where there is nothing to read: no such metric, run or artifact."""
nothing: Final = Marker.NOTHING
"""Nothing that can be read back: allows `ABSENT`, None, empty lists, tuples and dicts, and in a dict a
missing key. Empty text and empty bytes are something: a name, tag or file that is there.
"""


@dataclass(frozen=True)
class AnyOrder:
    """A list of these values, in an order that the store leaves open."""

    values: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"any_order({list(self.values)!r})"


@dataclass(frozen=True)
class OneOf:
    """One of these values; which, the store leaves open."""

    alternatives: tuple[Any, ...]

    def __repr__(self) -> str:
        return f"one_of({', '.join(map(repr, self.alternatives))})"


def any_order(values: Iterable[Any]) -> AnyOrder:
    """Allows a list of exactly these values in any order, equal ones as often as they are here.

    Raises:
        TypeError: `values` is no list of values: a text, a dict, or something that is left open already.
    """
    if isinstance(values, str | bytes | Mapping | AnyOrder | OneOf | Marker):
        raise TypeError(f"any_order takes a list of values, not {show(values)}")
    return AnyOrder(tuple(values))


@dataclass(frozen=True)
class Unreadable:
    """After an exception in `log` something is there, but reading it raises this."""

    type_name: str
    match: str

    def __repr__(self) -> str:
        return f"unreadable({self.type_name!r}, {self.match!r})"

    def fits(self, error: BaseException) -> bool:
        """Whether reading raised what it is to raise."""
        named = self.type_name in {kind.__name__ for kind in type(error).__mro__}
        return named and re.search(self.match, str(error)) is not None


def unreadable(type_name: str, match: str) -> Unreadable:
    """For `leaves` of a divergence: what was logged before the exception cannot be read back, as this is raised.

    Args:
        type_name: The name of the exception's type, or of one that it inherits from.
        match: A regular expression that is found in its message.
    """
    return Unreadable(type_name, match)


def one_of(*alternatives: Any) -> OneOf:
    """Allows each of these values.

    Raises:
        TypeError: There is no alternative, so that nothing at all would be allowed.
    """
    if not alternatives:
        raise TypeError("one_of needs at least one alternative")
    return OneOf(alternatives)


def is_open(value: object) -> bool:
    """Whether this, itself, is a marker or leaves something open."""
    return isinstance(value, AnyOrder | OneOf | Marker)


def is_nothing(value: object) -> bool:
    """Whether `nothing` allows this."""
    items = items_of(value)
    return (
        value is None
        or isinstance(value, Marker)
        or (items is not None and not items)
        or (isinstance(value, dict) and not value)
    )


def items_of(value: object) -> Sequence[Any] | None:
    """The items of a list, whatever their order; None for anything else."""
    if isinstance(value, AnyOrder):
        return value.values
    return value if isinstance(value, list | tuple) else None
