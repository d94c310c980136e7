"""Small changes of a value, each in one way: what a reading that is too coarse does not show.

Pure functions of plain values. What a change of an input must do to what is read is said in `sensitivity`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.values import key_of


@dataclass(frozen=True)
class Change:
    """A value that differs from another in one way.

    Attributes:
        aspect: In what it differs, one of `harness.spec.ASPECTS`.
        how: What was done to it, in words; the same words for the same change of another value.
        value: The changed value.
    """

    aspect: str
    how: str
    value: object


def changes_of(value: object) -> Iterator[Change]:
    """The changes of a value that can be made without knowing what it is for; none of None, NaN or an infinity."""
    if isinstance(value, bool):
        yield Change("value", "the other truth value", not value)
    elif isinstance(value, int):
        yield Change("value", "another number", value + 1)
        if value:
            yield Change("value", "the other sign", -value)
    elif isinstance(value, float):
        yield from _of_float(value)
    elif isinstance(value, str):
        yield Change("value", "one more letter", f"{value}x")
        yield Change("value", "one more blank", f"{value} ")
        if value.swapcase() != value:
            yield Change("value", "capitals for small letters", value.swapcase())
    elif isinstance(value, bytes):
        yield Change("value", "one more byte", value + b"x")
        if value:
            yield Change("value", "its last byte left out", value[:-1])
    elif isinstance(value, list) and value:
        yield from _of_list(value)
    elif isinstance(value, Mapping) and value:
        yield from _of_mapping(value)


def _of_float(value: float) -> Iterator[Change]:
    if not math.isfinite(value):
        return
    yield Change("value", "another number", -1.0 if value == 1 else 1.0)
    yield Change("precision", "the next number", math.nextafter(value, 0.0 if value > 1 else 2.0))
    if value:
        yield Change("value", "the other sign", -value)


def _of_list(value: list[object]) -> Iterator[Change]:
    last = len(value) - 1
    yield Change("count", "its last item twice", [*value, value[-1]])
    if last:
        yield Change("count", "its last item left out", value[:-1])
    # A reading may have the first or the last item besides a sorted copy of all, so each of these counts by itself.
    if last == 1:
        yield from _exchanged(value, 0, "its two items exchanged")
    elif last > 1:
        yield from _exchanged(value, 0, "its first two items exchanged")
        yield from _exchanged(value, last - 1, "its last two items exchanged")
    if last > 2:
        yield from _exchanged(value, last // 2, "two items in the middle exchanged")
    places = (
        [(0, "first", "its first item"), (last, "last", "its last item")]
        if last
        else [(0, "value", "its item")]
    )
    if last > 1:
        places.append((last // 2, "value", "an item in the middle"))
    for place, aspect, named in places:
        for change in changes_of(value[place]):
            yield Change(
                "precision" if change.aspect == "precision" else aspect,
                f"{named}: {change.how}",
                [*value[:place], change.value, *value[place + 1 :]],
            )


def _exchanged(value: list[object], place: int, how: str) -> Iterator[Change]:
    one, other = value[place : place + 2]
    if key_of(one) != key_of(other):  # 1 and 1.0 are the same number
        yield Change("order", how, [*value[:place], other, one, *value[place + 2 :]])


def _of_mapping(value: Mapping[object, object]) -> Iterator[Change]:
    *others, last = value
    if isinstance(last, str):
        renamed = {key: value[key] for key in others} | {f"{last}x": value[last]}
        yield Change("value", "its last key renamed", renamed)
    if others:
        yield Change("count", "its last key left out", {key: value[key] for key in others})
    for key, item in value.items():
        for change in changes_of(item):
            yield Change(change.aspect, f"an item: {change.how}", {**value, key: change.value})
