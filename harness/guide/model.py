"""The index of a guide: what each of its lines is, as a closed model; shapes and types only."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from harness.spec.model import Part, Slug, Text

INDEX_VERSION = 1
"""The version of the index's format that this package reads."""

Nothing = Literal["front matter", "heading", "links", "blank"]
"""What a line can be that states nothing: labels and callouts are headings."""


def _line_range(value: Any) -> Any:
    """`17` is `[17, 17]`; whether the lines exist is checked with the tiling."""
    if type(value) is int:
        return (value, value)
    if isinstance(value, list) and len(value) == 2 and all(type(each) is int for each in value):
        return tuple(value)
    raise PydanticCustomError("line_range", "no range of lines")


def _sha256(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise PydanticCustomError("sha256", "no SHA-256")
    return value


def _version(value: Any) -> Any:
    """`true` and `1.0` equal 1 and are no versions."""
    if type(value) is not int:
        raise PydanticCustomError("literal_error", "not a version")
    return value


Lines = Annotated[tuple[int, int], BeforeValidator(_line_range)]
Sha256 = Annotated[str, BeforeValidator(_sha256)]

_LINES = "The number of a line, or the first and the last line: `[17, 33]`."
_HASH = (
    "SHA-256 of the lines in UTF-8, each with one line feed behind it; nothing else is added or taken away."
)


class Statement(Part):
    """Lines that state something."""

    lines: Lines = Field(description=_LINES)
    sha256: Sha256 = Field(description=_HASH)
    says: Text = Field(description="What they state, in one sentence of our own.")
    claims: tuple[Text, ...] = Field(
        min_length=1,
        description="The claims that stand for it: `CLAIM` of the part's entry, or `ENTRY/CLAIM`.",
    )


class CodeLines(Part):
    """A block of code, with its fences."""

    lines: Lines = Field(description=_LINES)
    sha256: Sha256 = Field(description=_HASH)
    claims: tuple[Text, ...] = Field(
        (), description="The claims about what this code does, if there are any."
    )


class IndexPart(Part):
    """What one entry is to check of the guide."""

    entry: Slug = Field(description="The entry's id.")
    section: Text = Field(description="The guide's section: what the entry has under `guide`.")
    lines: tuple[Lines, ...] = Field(min_length=1, description="The ranges of lines in which it lies.")
    statements: tuple[Statement, ...] = Field((), description="What the guide states there.")
    code: tuple[CodeLines, ...] = Field((), description="The code that it shows there.")


class OtherLines(Part):
    """Lines that state nothing."""

    what: Nothing = Field(description="`front matter`, `heading`, `links` or `blank`.")
    lines: tuple[Lines, ...] = Field(min_length=1, description="Lines and ranges of lines.")


class GuideIndex(Part):
    """Every line of a guide, and what it is."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(
        alias="harness-index", description="Version of the index's format: 1."
    )
    title: Text = Field(description="The guide's title.")
    published: Text = Field(description="Where it was published.")
    date: Text = Field(description="The date that it bears.")
    lines: int = Field(ge=1, strict=True, description="How many lines it has.")
    sha256: Sha256 = Field(description=_HASH)
    parts: tuple[IndexPart, ...] = Field(
        min_length=1, description="One for each entry, in the guide's order."
    )
    other: tuple[OtherLines, ...] = Field((), description="Lines that state nothing.")


_STRUCTURE: dict[tuple[str, ...], type[Part]] = {
    (): GuideIndex,
    ("parts", "*"): IndexPart,
    ("parts", "*", "statements", "*"): Statement,
    ("parts", "*", "code", "*"): CodeLines,
    ("other", "*"): OtherLines,
}


def part_at(path: tuple[Any, ...]) -> type[Part] | None:
    """The model of the mapping at this path, if the format names its keys."""
    for pattern, part in _STRUCTURE.items():
        if len(pattern) == len(path) and all(
            want in ("*", got) for want, got in zip(pattern, path, strict=True)
        ):
            return part
    return None
