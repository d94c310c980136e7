"""The language of filters and orders that the client of SDK v1 sends. Which fields there are is said elsewhere.

It looks like OData and is not quite that. The client puts names and values into a text without quoting or escaping
them: names of tags as they are, most values bare, values of tags in double quotes. So a name ends at the first
operator behind it, a bare value at the first `and`, `or` or closing parenthesis, and a quoted one at the first quote
behind which the filter may go on or end. A text that contains such a thing itself cannot be told from a filter.

    filter     = all {" or " all}
    all        = part {" and " part}
    part       = "(" filter ")" | comparison
    comparison = field ["/" key] " " operator " " value
    operator   = "eq" | "ne" | "gt" | "ge" | "lt" | "le"
    value      = "null" | '"' text '"' | text
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MISSING = object()
"""What a field gives for something that has no such tag or property: no comparison with it holds."""

_DEEPEST = 64
_FIELD = re.compile(
    r"([A-Za-z]\w*)(?: +(?=(?:eq|ne|gt|ge|lt|le) )|/(.*?) (?=(?:eq|ne|gt|ge|lt|le) ))", re.DOTALL
)
_OPERATOR = re.compile(r"(eq|ne|gt|ge|lt|le) ")
_NULL = re.compile(r"null(?=\)| and | or |$)")
_QUOTED = re.compile(r'"(.*?)"(?=\)| and | or |$)', re.DOTALL)
_BARE_STOPS = re.compile(r"\(|\)| and | or ")
_BEYOND = re.compile(r"not\b|[A-Za-z]\w*\(")
_ORDER = re.compile(r" *([A-Za-z]\w*)(?: +(asc|desc))? *", re.IGNORECASE)
_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


class Malformed(ValueError):
    """A filter or an order that is none."""


class Beyond(Exception):
    """A filter of which we only know that no client sends it: functions, `not`."""


@dataclass(frozen=True)
class Comparison:
    """`field/key operator value`. A `value` of None is `null`; `key` is None where the field stands alone."""

    field: str
    key: str | None
    operator: str
    value: str | None


@dataclass(frozen=True)
class AllOf:
    """Holds where all parts hold."""

    parts: tuple[Filter, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds where one part holds at least."""

    parts: tuple[Filter, ...]


Filter = Comparison | AllOf | AnyOf


@dataclass(frozen=True)
class Field(Generic[T]):
    """How a field is read: of what, under which key, and what the text of a value means for it.

    `convert` raises `ValueError` for a text that is no value of the field.
    """

    read: Callable[[T, str], Any]
    convert: Callable[[str], Any] = str
    keyed: bool = False


def parse_filter(text: str) -> Filter:
    """What a filter says. Raises `Malformed`, or `Beyond`."""
    parser = _Parser(text)
    found = parser.alternatives(0)
    if parser.rest().strip(" "):
        raise Malformed(f"unexpected {parser.rest()[:40]!r}")
    return found


def parse_order(text: str) -> tuple[str, bool]:
    """The field to order by, and whether descending. Raises `Malformed`, or `Beyond` for more than one field."""
    if "," in text:
        raise Beyond("an order by more than one field")
    found = _ORDER.fullmatch(text)
    if found is None:
        raise Malformed(f"not an order: {text[:40]!r}")
    return found[1], (found[2] or "").lower() == "desc"


def all_of(filter: Filter) -> tuple[Filter, ...]:
    """The parts that must all hold."""
    return filter.parts if isinstance(filter, AllOf) else (filter,)


def comparisons_of(filter: Filter) -> Iterator[Comparison]:
    """All comparisons in a filter."""
    if isinstance(filter, Comparison):
        yield filter
    else:
        for part in filter.parts:
            yield from comparisons_of(part)


def compile_filter(filter: Filter, fields: Mapping[str, Field[T]]) -> Callable[[T], bool]:
    """The test that a filter describes. `fields` has its names in lower case.

    Raises `Malformed` for a field or value that does not exist.
    """
    if isinstance(filter, Comparison):
        return _compile_comparison(filter, fields)
    if isinstance(filter, AnyOf) and (among := _compile_among(filter, fields)) is not None:
        return among
    tests = [compile_filter(part, fields) for part in filter.parts]
    whole = all if isinstance(filter, AllOf) else any
    return lambda subject: whole(test(subject) for test in tests)


def _compile_among(filter: AnyOf, fields: Mapping[str, Field[T]]) -> Callable[[T], bool] | None:
    """A client may ask for hundreds of runs by their ids: then one look into a set takes the place of them all."""
    parts = [part for part in filter.parts if isinstance(part, Comparison)]
    first = parts[0] if parts else None
    if first is None or len(parts) < len(filter.parts) or first.key is not None:
        return None
    if any((part.field, part.key, part.operator) != (first.field, None, "eq") for part in parts):
        return None
    field = _field(first, fields)
    values = {None if part.value is None else _converted(field, part) for part in parts}
    return lambda subject: field.read(subject, "") in values


def _compile_comparison(comparison: Comparison, fields: Mapping[str, Field[T]]) -> Callable[[T], bool]:
    field, key = _field(comparison, fields), comparison.key or ""
    if comparison.operator in ("eq", "ne"):
        wanted = None if comparison.value is None else _converted(field, comparison)
        equal = comparison.operator == "eq"
        return lambda subject: (
            (found := field.read(subject, key)) is not MISSING and (found == wanted) is equal
        )
    if comparison.value is None:
        return lambda _: False
    limit, compare = _converted(field, comparison), _OPERATORS[comparison.operator]
    return lambda subject: (
        (found := field.read(subject, key)) is not MISSING and found is not None and compare(found, limit)
    )


def _field(comparison: Comparison, fields: Mapping[str, Field[T]]) -> Field[T]:
    field = fields.get(comparison.field.lower())
    if field is None or field.keyed is (comparison.key is None):
        raise Malformed(f"there is no field {comparison.field[:40]} to compare in this way")
    return field


def _converted(field: Field[T], comparison: Comparison) -> Any:
    try:
        return field.convert(comparison.value or "")
    except (ValueError, OverflowError) as error:
        raise Malformed(f"not a value of {comparison.field}: {error}") from error


class _Parser:
    """A recursive descent over the text, one position forward."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0

    def rest(self) -> str:
        return self._text[self._position :]

    def alternatives(self, depth: int) -> Filter:
        parts = [self._conjunction(depth)]
        while self._take(" or "):
            parts.append(self._conjunction(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _conjunction(self, depth: int) -> Filter:
        parts = [*all_of(self._part(depth))]
        while self._take(" and "):
            parts.extend(all_of(self._part(depth)))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def _part(self, depth: int) -> Filter:
        self._skip_spaces()
        if not self._take("("):
            return self._comparison()
        if depth == _DEEPEST:
            raise Malformed(f"nested more than {_DEEPEST} deep")
        found = self.alternatives(depth + 1)
        if not self._take(")"):
            raise Malformed(f"a parenthesis is not closed before {self.rest()[:40]!r}")
        return found

    def _comparison(self) -> Comparison:
        if _BEYOND.match(self._text, self._position):
            raise Beyond(f"a filter with {self.rest()[:40]!r}")
        field = self._match(_FIELD, "a field and an operator")
        compared = self._match(_OPERATOR, "an operator")
        return Comparison(field[1], field[2], compared[1], self._value())

    def _value(self) -> str | None:
        if null := _NULL.match(self._text, self._position):
            self._position = null.end()
            return None
        if self._text.startswith('"', self._position):
            return self._match(_QUOTED, "a closing quote")[1]
        start, open_parentheses = self._position, 0
        end = len(self._text)
        for stop in _BARE_STOPS.finditer(self._text, start):
            if stop[0] == "(":
                open_parentheses += 1
            elif open_parentheses == 0:
                end = stop.start()
                break
            elif stop[0] == ")":
                open_parentheses -= 1
        self._position = end
        return self._text[start:end]

    def _match(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        found = pattern.match(self._text, self._position)
        if found is None:
            raise Malformed(f"expected {what} at {self.rest()[:40]!r}")
        self._position = found.end()
        return found

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._position):
            return False
        self._position += len(text)
        return True

    def _skip_spaces(self) -> None:
        while self._text.startswith(" ", self._position):
            self._position += 1
