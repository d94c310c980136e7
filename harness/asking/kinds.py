"""What sort of values a strategy draws, as far as a hundred draws show it: Hypothesis cannot be asked for one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis.strategies import SearchStrategy

from harness.verify.ready import Case
from harness.verify.search import search

DRAWS = 150


def stranger(strategy: SearchStrategy[Any], value: object) -> str | None:
    """What about a value no draw of the strategy has, in words: `is a tuple`, `holds a bool`; None if nothing is.

    Only types and lengths are looked at, so None does not say that the strategy could draw it.
    """
    drawn: list[object] = []

    def keep(case: Case, counts: bool) -> None:
        drawn.append(case.inputs["value"])

    search({"value": strategy}, keep, examples=DRAWS, seed=0)
    known = {kind for one in drawn for kind in _kinds(one)}
    for kind in _kinds(value):
        if kind not in known:
            return kind
    size = _size(value)
    longest = max((_size(one) for one in drawn), default=0)
    # A hundred draws do not reach the longest that can be drawn.
    return f"has {size:,} items" if size > 2 * longest and not isinstance(value, str) else None


def _kinds(value: object) -> Iterator[str]:
    yield f"is {_named(value)}"
    for item in _items(value):
        yield f"holds {_named(item)}"
        for inner in _items(item):
            yield f"holds {_named(inner)} inside {_named(item)}"


def _items(value: object) -> list[object]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    return list(value) if isinstance(value, list | tuple | set | frozenset) else []


def _named(value: object) -> str:
    kind = type(value)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    name = {"NoneType": "None", "int": "int", "str": "text", "bool": "bool"}.get(name, name)
    if name == "None":
        return name
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _size(value: object) -> int:
    return len(_items(value))
