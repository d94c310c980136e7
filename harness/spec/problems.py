"""What is wrong with an entry, where, and what would be right; reads no files, knows no format."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path


@dataclass(frozen=True, order=True)
class Location:
    """A place in a file, as editors count: the first character of a file is at line 1, column 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Problem:
    """One thing that an author must mend.

    Attributes:
        code: A stable name of the kind of problem, such as `unknown-key`.
        message: What is wrong, in one line, without the place.
        location: Where.
        hint: What is allowed or what to do; may have several lines.
    """

    code: str
    message: str
    location: Location
    hint: str | None = None

    def __str__(self) -> str:
        return render_problem(self)


def render_problem(problem: Problem) -> str:
    """The problem as `file:line:column: message [code]`, with its hint indented below."""
    lines = [f"{problem.location}: {problem.message} [{problem.code}]"]
    lines += [f"    {line}" for line in (problem.hint or "").splitlines()]
    return "\n".join(lines)


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems by file, line and column, each once."""
    unique = dict.fromkeys(problems)
    return tuple(sorted(unique, key=lambda problem: (problem.location, problem.code, problem.message)))


def did_you_mean(word: object, known: Iterable[str]) -> str | None:
    """`did you mean ...?` for the known word nearest to this one, or None if none is near."""
    near = get_close_matches(str(word)[:100], list(known), n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else None


def hints(*parts: str | None) -> str | None:
    """The parts that are there, a line each."""
    return "\n".join(part for part in parts if part) or None


def listing(words: Iterable[str]) -> str:
    """The words for a message: `one`, `two`."""
    return ", ".join(f"`{word}`" for word in words)


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
        return f"the number {shown(value)}"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    return "a `!py` expression"
