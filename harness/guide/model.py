"""The index of a guide: what each of its lines is, as a closed model; shapes and types only."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from harness.spec.model import Part, Slug, Text

INDEX_VERSION = 1
"""The version of the index's format that this package reads."""

Nothing = Literal["front matter", "label", "links", "blank"]
"""What a line can be that states nothing and heads no section."""


def _line_range(value: Any) -> Any:
    """`17` is `[17, 17]`; whether the lines exist is checked with the coverage."""
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


_LINE = {"type": "integer", "minimum": 1}
_RANGE = {"type": "array", "items": _LINE, "minItems": 2, "maxItems": 2}
Lines = Annotated[tuple[int, int], BeforeValidator(_line_range), WithJsonSchema({"anyOf": [_LINE, _RANGE]})]
Sha256 = Annotated[
    str, BeforeValidator(_sha256), WithJsonSchema({"type": "string", "pattern": "^[0-9a-f]{64}$"})
]

_LINES = "The number of a line, or the first and the last line: `[17, 33]`."
_HASH = "SHA-256 of the lines in UTF-8, each with one line feed behind it."


class Section(Part):
    """A heading; its section reaches to the next one."""

    line: int = Field(strict=True, description="The number of its line.")
    title: Text = Field(description="What it says: the name by which entries and claims cite the section.")


class Statement(Part):
    """One thing that the guide states."""

    says: Text = Field(description="What it states, in our own words.")
    claims: tuple[Text, ...] = Field(
        min_length=1,
        description="The claims that stand for it: `CLAIM` of the part's entry, or `ENTRY/CLAIM`.",
    )


class TextLines(Part):
    """Lines that state something."""

    lines: Lines = Field(description=_LINES)
    sha256: Sha256 = Field(description=_HASH)
    states: tuple[Statement, ...] = Field(min_length=1, description="Everything that they state.")


class CodeLines(Part):
    """A block of code, with its fences."""

    lines: Lines = Field(description=_LINES)
    sha256: Sha256 = Field(description=_HASH)
    claims: tuple[Text, ...] = Field((), description="The claims about this code, if there are any.")


class IndexPart(Part):
    """What one entry is to check of the guide."""

    entry: Slug = Field(description="The entry's id.")
    section: Text = Field(description="The guide's section: what the entry has under `guide`.")
    text: tuple[TextLines, ...] = Field((), description="What the guide states there.")
    code: tuple[CodeLines, ...] = Field((), description="The code that it shows there.")


class OtherLines(Part):
    """Lines that state nothing."""

    what: Nothing = Field(description="`front matter`, `label`, `links` or `blank`.")
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
    sections: tuple[Section, ...] = Field(min_length=1, description="Its headings.")
    parts: tuple[IndexPart, ...] = Field(
        min_length=1, description="One for each entry, in the guide's order."
    )
    other: tuple[OtherLines, ...] = Field((), description="Lines that state nothing and are no heading.")

    def section_at(self, line: int) -> str | None:
        """The title of the section in which a line stands; None before the first heading."""
        before = [section for section in self.sections if section.line <= line]
        return max(before, key=lambda section: section.line).title if before else None


_STRUCTURE: dict[tuple[str, ...], type[Part]] = {
    (): GuideIndex,
    ("sections", "*"): Section,
    ("parts", "*"): IndexPart,
    ("parts", "*", "text", "*"): TextLines,
    ("parts", "*", "text", "*", "states", "*"): Statement,
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
