"""Walks two values side by side: whether one allows the other, and where they part first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from harness.compare.difference import VALUE_LIMIT, Difference, Kind, show
from harness.compare.expected import ABSENT, AnyOrder, OneOf, is_nothing, is_open, items_of, nothing
from harness.compare.matching import matching
from harness.values import key_of


class _Open(Exception):
    """A value leaves something open, so it has no key."""


class Structure:
    """Compares lists, tuples and dicts item by item, and what is in them by the key of a leaf."""

    def __init__(self, leaf: Callable[[object], tuple[Hashable, ...]]) -> None:
        self._leaf = leaf

    def __call__(self, expected: object, actual: object) -> Difference | None:
        """The first difference, or None."""
        return None if self.allows(expected, actual) else self._explain(expected, actual)

    def allows(self, expected: Any, actual: Any) -> bool:
        """Whether everything that `actual` allows, `expected` allows.

        Plain values have keys to compare; the slower walk is for values that leave something open.
        """
        try:
            return self._key(expected) == self._key(actual)
        except _Open:
            return self._allows_open(expected, actual)

    def _key(self, value: object) -> Hashable:
        return key_of(value, self._leaf_key)

    def _leaf_key(self, value: object) -> Hashable:
        if is_open(value):
            raise _Open
        return self._leaf(value)

    def _allows_open(self, expected: Any, actual: Any) -> bool:
        if isinstance(actual, OneOf):
            return all(self.allows(expected, alternative) for alternative in actual.alternatives)
        if isinstance(expected, OneOf):
            return any(self.allows(alternative, actual) for alternative in expected.alternatives)
        if expected is nothing:
            return is_nothing(actual)
        items, others = items_of(expected), items_of(actual)
        if items is not None and others is not None:
            if len(items) != len(others):
                return False
            if isinstance(expected, AnyOrder):
                return None not in self._partners(items, others)
            if isinstance(actual, AnyOrder):  # any item may come to stand in any place
                return all(self.allows(item, other) for item in items for other in others)
            return all(map(self.allows, items, others))
        if isinstance(expected, dict) and isinstance(actual, dict):
            return all(self.allows(item, other) for _, item, other in self._by_key(expected, actual))
        return expected is ABSENT and actual is ABSENT

    def _by_key(self, expected: dict[Any, Any], actual: dict[Any, Any]) -> Iterator[tuple[object, Any, Any]]:
        """Yields key, expected and actual item: the expected keys in their order, then any others there."""
        there: defaultdict[Hashable, list[tuple[object, Any]]] = defaultdict(list)
        for key, item in actual.items():
            there[self._key(key)].append((key, item))
        for key, item in expected.items():
            found = there[self._key(key)]
            yield key, item, found.pop(0)[1] if found else ABSENT
        for left in there.values():
            for key, item in left:
                yield key, ABSENT, item

    def _partners(
        self, items: Sequence[Any], others: Sequence[Any], *, turned: bool = False
    ) -> list[int | None]:
        """Gives each item the index of a partner of its own among the others, or None.

        As many as possible get one, early items first. The items are what is expected and the others what is
        there, unless `turned`.
        """
        try:
            places: defaultdict[Hashable, list[int]] = defaultdict(list)
            for index in reversed(range(len(others))):
                places[self._key(others[index])].append(index)
            return [places[key].pop() if places[key] else None for key in map(self._key, items)]
        except _Open:
            return matching(
                [
                    [
                        index
                        for index, other in enumerate(others)
                        if (self.allows(other, item) if turned else self.allows(item, other))
                    ]
                    for item in items
                ]
            )

    def _explain(self, expected: Any, actual: Any) -> Difference:
        """The first difference of two values that do not agree."""
        if isinstance(actual, OneOf):
            actual = next(value for value in actual.alternatives if not self.allows(expected, value))
            return self._explain(expected, actual)
        if isinstance(expected, OneOf) and len(expected.alternatives) == 1:
            return self._explain(expected.alternatives[0], actual)
        items, others = items_of(expected), items_of(actual)
        if items is not None and others is not None:
            return self._explain_items(expected, actual, items, others)
        if isinstance(expected, dict) and isinstance(actual, dict):
            for key, item, other in self._by_key(expected, actual):
                if not self.allows(item, other):
                    return _inside(key, self._explain(item, other))
        return self._explain_whole(expected, actual)

    def _explain_items(
        self, expected: Any, actual: Any, items: Sequence[Any], others: Sequence[Any]
    ) -> Difference:
        if len(others) < len(items):
            index = self._partners(items, others).index(None)
            where = "" if isinstance(expected, AnyOrder) else f"[{index}]"
            return Difference(
                "missing", where, show(items[index]), f"{len(others)} of {len(items)} items are there"
            )
        if len(others) > len(items):
            index = self._partners(others, items, turned=True).index(None)
            return Difference("extra", f"[{index}]", _only(len(items)), show(others[index]))
        partners = self._partners(items, others)
        if isinstance(expected, AnyOrder):
            index = next(i for i in range(len(others)) if i not in partners)
            return Difference("value", f"[{index}]", show(items[partners.index(None)]), show(others[index]))
        index = next(
            (i for i, pair in enumerate(zip(items, others, strict=True)) if not self.allows(*pair)), 0
        )
        if None in partners:
            return _inside(index, self._explain(items[index], others[index]))
        if isinstance(actual, AnyOrder):
            return Difference("order", "", show(expected), show(actual))
        return Difference("order", f"[{index}]", show(items[index]), show(others[index]))

    def _explain_whole(self, expected: Any, actual: Any) -> Difference:
        kind: Kind = "value"
        if actual is ABSENT or actual is nothing:
            kind = "missing"
        elif expected is ABSENT or expected is nothing:
            kind = "extra"
        elif isinstance(expected, OneOf):
            kind = "value"
        elif _shape(expected) != _shape(actual):
            kind = "shape"
        elif isinstance(expected, str | bytes) and type(expected) is type(actual):
            return _text_difference(expected, actual)
        elif _shape(expected) == "leaf" and self._leaf(expected)[0] != self._leaf(actual)[0]:
            kind = "type"
        return Difference(kind, "", show(expected), show(actual))


class Opaque(Structure):
    """Compares plain values by a relation's own function, which need not know what leaves something open."""

    def __init__(self, difference: Callable[[object, object], Difference | None]) -> None:
        super().__init__(lambda value: ())
        self._difference = difference

    def _key(self, value: object) -> Hashable:
        raise _Open

    def _allows_open(self, expected: Any, actual: Any) -> bool:
        if is_open(expected) or is_open(actual):
            return super()._allows_open(expected, actual)
        return self._difference(expected, actual) is None

    def _explain(self, expected: Any, actual: Any) -> Difference:
        if not (is_open(expected) or is_open(actual)):
            difference = self._difference(expected, actual)
            if difference is not None:
                return difference
        return super()._explain(expected, actual)


def _shape(value: object) -> str:
    if items_of(value) is not None:
        return "list"
    return "dict" if isinstance(value, dict) else "leaf"


def _inside(step: object, difference: Difference) -> Difference:
    return replace(difference, where=f"[{show(step, 60)}]{difference.where}")


def _text_difference(expected: str | bytes, actual: str | bytes) -> Difference:
    """Shows two long texts from shortly before the place where they part."""
    shorter = min(len(expected), len(actual))
    start = next((i for i in range(shorter) if expected[i] != actual[i]), shorter) - 20
    if start <= 20:
        return Difference("value", "", show(expected), show(actual))
    left = VALUE_LIMIT - 10
    return Difference("value", f"[{start}:]", show(expected[start:], left), show(actual[start:], left))


def _only(count: int) -> str:
    return f"{count} item only" if count == 1 else f"{count} items only"
