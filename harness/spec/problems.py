"""What is wrong with an entry, where, and what would be right; reads no files, knows no format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file, as editors count: the first character of a file is at line 1, column 1.

    Attributes:
        file: The file, as it was named.
        line: Its line; 0 where the file as a whole is meant.
        column: The column in that line, in characters.
        length: How many characters of the line stand there, for those who underline them.
    """

    file: Path
    line: int
    column: int
    length: int = field(default=1, compare=False)

    @classmethod
    def whole(cls, file: Path) -> Location:
        """The file, or folder, as a whole."""
        return cls(file, 0, 0)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else str(self.file)


@dataclass(frozen=True)
class Problem:
    """One thing that an author must mend; `harness.spec.rendering` shows it whole.

    Attributes:
        code: A stable name of the kind of problem, such as `unknown-key`.
        message: What is wrong, in one line, without the place.
        location: Where.
        hint: What is allowed or what to do; may have several lines.
        source_line: The line of the file at which it is, to be shown with it; None where there is none.
    """

    code: str
    message: str
    location: Location
    hint: str | None = None
    source_line: str | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.location}: error[{self.code}]: {self.message}"


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by file, line and column, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.location, problem.code, problem.message)))


def did_you_mean(word: object, known: Iterable[str], nearness: float = 0.6) -> str | None:
    """`did you mean ...?` for the known word nearest to this one, or None if none is as near as that (1 is equal)."""
    near = get_close_matches(str(word)[:100], list(known), n=1, cutoff=nearness)
    return f"did you mean `{near[0]}`?" if near else None


def hints(*parts: str | None) -> str | None:
    """The parts that are there, a line each."""
    return "\n".join(part for part in parts if part) or None


def listing(words: Iterable[str], limit: int = 40) -> str:
    """The words for a message: `one`, `two`; of very many the first, and how many more there are."""
    known = list(words)
    listed = ", ".join(f"`{word[:60]}`" for word in known[:limit])
    return listed if len(known) <= limit else f"{listed} and {len(known) - limit:,} more"


def shown(value: object, limit: int = 60) -> str:
    """A value of a file as part of a message: short, on one line."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "empty"
    if isinstance(value, str):
        text = value if len(value) <= limit else value[: limit - 1] + "…"
        return f"`{text}`" if text.isprintable() and text.strip() else repr(text)
    if isinstance(value, int) and value.bit_length() > 200:
        return "a very large number"
    return str(value)[:limit]


def kind_of(value: object) -> str:
    """What a value of a file is, in the words of the format."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"the truth value {shown(value)}"
    if isinstance(value, (int, float)):
        number = shown(value)
        return number if number.startswith("a ") else f"the number {number}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping of keys to values"
    return "a `!py` expression"
