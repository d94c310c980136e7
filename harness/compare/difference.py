"""How a difference is put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.values import to_expression

Kind: TypeAlias = Literal["missing", "extra", "order", "value", "type", "shape"]

VALUE_LIMIT = 200  # characters of a value that a difference keeps
_SENTENCE_LIMIT = 200


@dataclass(frozen=True)
class Difference:
    """The first difference between two values.

    Attributes:
        kind: `missing`: something expected is not there; `extra`: something is there that is not expected;
            `order`: the same items in another order; `value`: another value; `type`: a number, text or
            boolean in place of another of these; `shape`: a list, dict or single value in place of another.
        where: The way to it as Python subscripts, `['loss'][0]`; empty for the whole value.
        expected: What was expected there, as an expression, cut to 200 characters.
        actual: What is there, in the same way.
    """

    kind: Kind
    where: str
    expected: str
    actual: str

    def sentence(self) -> str:
        """The difference in one line of at most 200 characters."""
        where = f"at {_cut(self.where, 40)}, " if self.where else ""
        template = _TEMPLATES[self.kind]
        room = (_SENTENCE_LIMIT - len(where) - len(template.format(expected="", actual=""))) // 2
        return where + template.format(expected=_cut(self.expected, room), actual=_cut(self.actual, room))


_TEMPLATES: Mapping[Kind, str] = {
    "missing": "expected {expected}, which is missing ({actual})",
    "extra": "expected {expected}, got {actual}, which is extra",
    "order": "expected {expected}, got {actual}: same items, other order",
    "value": "expected {expected}, got {actual}",
    "type": "expected {expected}, got {actual}, which is of another type",
    "shape": "expected {expected}, got {actual}, which is of another shape",
}


def show(value: object, limit: int = VALUE_LIMIT) -> str:
    """A value in one line, as an expression where it has one, cut to `limit` characters."""
    try:
        text = to_expression(value)
    except TypeError:
        try:
            text = " ".join(repr(value).split())
        except Exception:  # whatever a foreign __repr__ does, a difference must still be told
            text = f"<{type(value).__qualname__}>"
    return _cut(text, limit)


def _cut(text: str, limit: int) -> str:
    """The text, or its beginning and end: two long numbers may differ in the last digit only."""
    if len(text) <= limit:
        return text
    end = max(limit - 1, 0) // 3
    return text[: max(limit - 1 - end, 0)] + "…" + text[len(text) - end :]
