"""From a document to an index: everything that is wrong with its shape in one pass, or the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.guide.model import INDEX_VERSION, GuideIndex, part_at
from harness.spec.complaints import Format, schema_problems
from harness.spec.load import INDEX_KEY, with_lines
from harness.spec.problems import Location, Problem, in_file_order
from harness.spec.reading import Document, Unreadable, read_document

FORM = Format("an index", INDEX_KEY, INDEX_VERSION, part_at)

ValuePath = tuple[Any, ...]
Lines = tuple[int, int]


@dataclass(frozen=True, eq=False)
class LoadedIndex:
    """An index whose shape is right, and where everything in it stands."""

    index: GuideIndex
    document: Document = field(repr=False)

    @property
    def path(self) -> Path:
        """The file."""
        return self.document.path

    def location(self, *path: str | int) -> Location:
        """Where the value at this path begins."""
        return self.document.value_place(path)

    def problem(self, code: str, message: str, path: ValuePath, hint: str | None = None) -> Problem:
        """A problem with the value at this path, with the line of the file that it is about."""
        problem = Problem(code, message, self.location(*path), hint)
        return with_lines([problem], self.document.source)[0]


@dataclass(frozen=True)
class Item:
    """A range of lines of the guide as the index has it.

    Attributes:
        what: `heading`, `text`, `code`, or what else it is.
        lines: The first and the last line.
        path: Where it stands in the index: the value of its lines.
        sha256: Its hash, if it has one.
        title: What a heading says.
    """

    what: str
    lines: Lines
    path: ValuePath
    sha256: str | None = None
    title: str | None = None


def load_index(text: str, path: Path) -> LoadedIndex | tuple[Problem, ...]:
    """Reads an index from its text.

    Args:
        text: YAML.
        path: The file that it is taken to be; it need not exist.

    Returns:
        The index, or at least one problem.
    """
    try:
        document = read_document(text, path)
    except Unreadable as error:
        return in_file_order(error.problems)
    if not isinstance(document.data, dict):
        message = f"an index is a mapping of keys to values that begins with `{INDEX_KEY}: 1`"
        return (Problem("not-a-mapping", message, document.value_place(())),)
    return from_document(document)


def from_document(document: Document) -> LoadedIndex | tuple[Problem, ...]:
    """Reads an index from a document that is a mapping; what is wrong with it has its line of the file."""
    problems = list(document.problems)
    index: GuideIndex | None = None
    try:
        index = GuideIndex.model_validate(document.data)
    except ValidationError as error:
        problems += schema_problems(error.errors(include_url=False), document, FORM)
    if index is None or problems:
        return in_file_order(with_lines(problems, document.source))
    return LoadedIndex(index, document)


def only_index(documents: Sequence[Document]) -> LoadedIndex | tuple[Problem, ...] | None:
    """The one index among these documents; None where there is none."""
    if not documents:
        return None
    first, *others = documents
    problems = [
        Problem(
            "second-index",
            "there is one index of the guide already",
            document.key_place((INDEX_KEY,)),
            f"the other is {first.path}",
        )
        for document in others
    ]
    if problems:
        told = [*zip(problems, others, strict=True)]
        return in_file_order(each for problem, other in told for each in with_lines([problem], other.source))
    return from_document(first)


def items(index: GuideIndex) -> Iterator[Item]:
    """All ranges of lines, in the order of the file."""
    for number, section in enumerate(index.sections):
        yield Item("heading", (section.line, section.line), ("sections", number, "line"), title=section.title)
    for number, part in enumerate(index.parts):
        for place, text in enumerate(part.text):
            yield Item("text", text.lines, ("parts", number, "text", place, "lines"), text.sha256)
        for place, code in enumerate(part.code):
            yield Item("code", code.lines, ("parts", number, "code", place, "lines"), code.sha256)
    for number, other in enumerate(index.other):
        for place, lines in enumerate(other.lines):
            yield Item(other.what, lines, ("other", number, "lines", place))


def told(lines: Lines) -> str:
    """`line 121`, `lines 112 to 118`."""
    first, last = lines
    return f"line {first}" if first == last else f"lines {first} to {last}"


def verb(lines: Lines, one: str, more: str) -> str:
    """The verb that goes with `told`."""
    return one if lines[0] == lines[1] else more
