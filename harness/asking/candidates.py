"""What a divergence may be guessed to be: conditions and transformations, as the Python that an author would write.

Pure text made from the shape of the values; whether a candidate is right is decided in `guessing`, by evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

ITEMS: Mapping[str, str] = {
    "a NaN": "is_nan(value)",
    "an infinity": "is_infinite(value)",
    "a negative zero": "is_negative_zero(value)",
    "a text that is no number": "is_text(value) and number_in_text(value) is None",
    "a text": "is_text(value)",
    "None": "value is None",
    "a truth value": "isinstance(value, (bool, np.bool_))",
    "an inexact number": "is_number(value) and not is_exact_double(value)",
    "a huge integer": "isinstance(value, int) and not fits_double(value)",
    "a negative number": "is_number(value) and value < 0",
    "a list": "isinstance(value, (list, tuple))",
    "a mapping": "isinstance(value, dict)",
    "a float": "isinstance(value, float)",
    "a NumPy number": "isinstance(value, (np.integer, np.floating))",
    "an unusual number": "not is_usual_number(value)",
}
"""What an item may be, in words and as a condition on `value`."""

LEAVES = (
    "as_double(value)",
    "clamp_infinities(value)",
    "value + 0.0",
    "sql_value(value)",
    "number_in_text(value)",
    "clamp_infinities(as_double(value))",
    "float(np.float32(value))",
    "-value",
    "abs(value)",
    "str(value)",
    "int(value)",
    "round(value)",
)
"""What may become of one item."""

GUARDS = ("", "is_number(value)", "is_text(value)", "isinstance(value, (bool, np.bool_))")


@dataclass(frozen=True)
class Place:
    """Something that conditions can ask about.

    Attributes:
        get: The expression that gives it.
        put: The expression of the whole, with `@` where it stands; None for an input, which nothing becomes.
        guard: What must hold for it to be there; empty if it always is.
        kind: Whether it is a list of items, one item, or a text that is no value (a name).
        key: Its key, where it is one of the parts of a mapping with fixed keys.
        around: The expression of the whole, with `@` where that mapping stands.
    """

    get: str
    put: str | None
    guard: str
    kind: Literal["list", "item", "text"]
    key: str | None = None
    around: str = ""


def with_guard(guard: str, condition: str) -> str:
    """A condition that is asked only where the guard holds."""
    return f"{guard} and {condition}" if guard else condition


def conditions(place: Place, numbers: Sequence[float], lengths: Sequence[int]) -> Iterator[str]:
    """Conditions on a place, simple ones first.

    Args:
        place: What to ask about.
        numbers: Bounds that the evidence suggests for its numbers.
        lengths: Bounds that it suggests for its length.
    """
    get = place.get
    found: list[str] = []
    if place.kind == "list":
        found += [f"has_equal({get})", f"not {get}"]
        for item in ITEMS.values():
            found.append(f"any({item} for value in {get})")
        for item in ITEMS.values():
            found.append(f"sum({item} for value in {get}) > 1")
        found += [f"any(is_number(value) and value > {bound!r} for value in {get})" for bound in numbers]
        found += [f"any(is_number(value) and value < {bound!r} for value in {get})" for bound in numbers]
    elif place.kind == "item":
        found += [_on(item, get) for item in ITEMS.values()]
        found += [f"{get} is not None", f"{get} == 0"]
        found += [f"is_number({get}) and {get} > {bound!r}" for bound in numbers]
        found += [f"is_number({get}) and {get} < {bound!r}" for bound in numbers]
    else:
        found += [
            f"not is_mlflow_name({get})",
            f"not {get}",
            f"not {get}.isascii()",
            f"not is_plain_name({get})",
        ]
        found += [f"'/' in {get}", f"{get} != {get}.strip()"]
    if place.kind != "item":
        found += [f"len({get}) > {bound}" for bound in lengths]
    yield from (with_guard(place.guard, condition) for condition in found)


def transformations(place: Place, lengths: Sequence[int]) -> Iterator[str]:
    """What may become of a place, as expressions that can stand for it; simple ones first.

    Args:
        place: What something may become of.
        lengths: Lengths that MLflow gave back.
    """
    get = place.get
    if place.kind == "item":
        for leaf in LEAVES:
            yield _on(leaf, get)
        return
    yield from (
        f"by_value({get})",
        f"distinct({get})",
        f"{get}[:-1]",
        f"{get}[1:]",
        f"{get}[::-1]",
        f"{get}[-1:]",
        f"{get}[:1]",
        f"by_value(distinct({get}))",
        f"sorted({get}, reverse=True)",
        f"[*{get}[1::-1], *{get}[2:]]",
        f"[*{get}, *{get}[-1:]]",
        f"{get}[:1] * len({get})",
        "[]",
    )
    for length in lengths:
        yield from (f"{get}[:{length}]", f"{get}[-{length}:]")
    for item in ITEMS.values():
        yield f"[value for value in {get} if not ({item})]"
    for guard in GUARDS:
        for leaf in LEAVES:
            mapped = (
                f"[{leaf} for value in {get}]"
                if not guard
                else (f"[{leaf} if {guard} else value for value in {get}]")
            )
            yield from (mapped, f"by_value({mapped})", f"distinct({mapped})")


def each_leaf(places: Sequence[Place]) -> Iterator[str]:
    """What may be given instead if the same happens to every number in a mapping with fixed keys."""
    parts = [place for place in places if place.key is not None]
    if len(parts) < 2:
        return
    for leaf in LEAVES:
        inside = ", ".join(
            f'"{part.key}": {_on(leaf, part.get) if part.kind == "item" else f"[{leaf} for value in {part.get}]"}'
            for part in parts
        )
        yield parts[0].around.replace("@", f"{{{inside}}}")


def _on(expression: str, get: str) -> str:
    """An expression over `value` as one over something else."""
    return re.sub(r"\bvalue\b", lambda _: get, expression)
