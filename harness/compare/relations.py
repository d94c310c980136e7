"""The relations that an entry may name, and what may be asked of any relation."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from harness.compare.difference import Difference
from harness.compare.pixels import Pixels
from harness.compare.structure import Opaque, Structure
from harness.values import leaf_key


@dataclass(frozen=True)
class Relation:
    """A named way to compare two values.

    Attributes:
        name: The word for it in an entry's `compare`.
        says: What it takes as equal, in one sentence.
        difference: The first difference between an expected and an actual value, or None if they agree.
    """

    name: str
    says: str
    difference: Callable[[object, object], Difference | None]


def agree(relation: Relation, expected: object, actual: object) -> bool:
    """Whether `expected` allows everything that `actual` allows; see the module for what that means."""
    return _comparison(relation).allows(expected, actual)


def same(relation: Relation, one: object, other: object) -> bool:
    """Whether two expectations allow the same: each agrees with the other."""
    return agree(relation, one, other) and agree(relation, other, one)


def find_difference(relation: Relation, expected: object, actual: object) -> Difference | None:
    """The first difference, None if, and only if, the two agree.

    Raises:
        TypeError: A value inside is of a type that the relation does not know.
    """
    return _comparison(relation)(expected, actual)


def _comparison(relation: Relation) -> Structure:
    return relation.difference if isinstance(relation.difference, Structure) else Opaque(relation.difference)


def _text_leaf(value: object) -> tuple[Hashable, ...]:
    return ("text", str(value)) if isinstance(value, str) else (type(value).__qualname__, leaf_key(value))


def _bytes_leaf(value: object) -> tuple[Hashable, ...]:
    key = leaf_key(value)
    return key if key[0] == "bytes" else (type(value).__qualname__, key)


def _json_leaf(value: object) -> tuple[Hashable, ...]:
    key = leaf_key(value)
    if key[0] == "bytes":
        raise TypeError("bytes are no JSON value; parse them first")
    return key


RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {
        relation.name: relation
        for relation in (
            Relation(
                "numbers",
                "Numbers are equal by exact value whatever their types, NaN equals NaN, 0.0 is not -0.0; "
                "booleans, texts and None equal only their like; lists and tuples go by items in order, "
                "dicts by key.",
                Structure(leaf_key),
            ),
            Relation(
                "json",
                "JSON values: numbers by exact value (1 and 1.0 are equal), booleans, texts and null only "
                "with their like, arrays in order, objects whatever the order of their keys.",
                Structure(_json_leaf),
            ),
            Relation(
                "text",
                "Texts, character for character; nothing is normalised or converted.",
                Structure(_text_leaf),
            ),
            Relation("bytes", "Bytes, one for one; nothing is decoded.", Structure(_bytes_leaf)),
            Relation(
                "pixels",
                "Files of images, as bytes, by what they show: frames, width, height and each pixel; in which file "
                "format, and how a pixel is stored, does not matter. Anything else as under `bytes`.",
                Pixels(),
            ),
        )
    }
)
"""The relations that an entry's `compare` may name."""
