"""How problems are shown: the place, what is wrong, the line with what is meant underlined, and what to do.

One text for the terminal, for pytest and for files. Colour is the caller's: each piece of text is handed with its role
to a function that may paint it.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from harness.spec.problems import Problem

Role = Literal["place", "error", "message", "gutter", "caret", "hint"]
Paint = Callable[[Role, str], str]
"""Makes coloured text of plain text; what it adds has no width."""

WIDTH = 100
"""Columns, where nobody says how wide the screen is."""

_LEAST = 20
_TAB = "    "
_CUT = "…"


def plain(role: Role, text: str) -> str:
    """The text as it is."""
    return text


def render_problems(problems: Sequence[Problem], *, width: int = WIDTH, paint: Paint = plain) -> str:
    """All problems, one below the other, and a last line that counts them."""
    files = {problem.location.file for problem in problems}
    count = f"{_counted(len(problems), 'problem')} in {_counted(len(files), 'file')}"
    shown = [render_problem(problem, width=width, paint=paint) for problem in problems]
    return "\n\n".join([*shown, paint("message", count)])


def render_problem(problem: Problem, *, width: int = WIDTH, paint: Paint = plain) -> str:
    """One problem, in several lines.

    Args:
        problem: The problem; its line is shown if it has one.
        width: Columns that the line and the hint may take; the first line is never broken, so that it can be clicked.
        paint: What makes colours, see `Paint`.
    """
    number = str(problem.location.line) if problem.source_line is not None else ""
    margin = " " * max(2, len(number))
    head = paint("error", f"error[{problem.code}]")
    lines = [
        f"{paint('place', escaped(str(problem.location)))}: {head}: {paint('message', escaped(problem.message))}"
    ]
    if problem.source_line is not None:
        text, before, covered = _window(
            problem.source_line, problem.location.column, problem.location.length, width - len(margin) - 3
        )
        lines.append(f"{paint('gutter', f'{number:>{len(margin)}} |')} {text}".rstrip())
        lines.append(f"{paint('gutter', f'{margin} |')} {' ' * before}{paint('caret', '^' * covered)}")
    for hint in (problem.hint or "").split("\n"):
        wrapped = textwrap.wrap(
            escaped(hint),
            max(_LEAST, width - len(margin) - 3),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for index, part in enumerate(wrapped):
            lines.append(f"{paint('gutter', f'{margin} ' + ' ='[index == 0])} {paint('hint', part)}")
    return "\n".join(lines)


def escaped(text: str) -> str:
    """The text in one line, with what a screen obeys instead of showing as its Python escape."""
    return "".join(map(_visible, text))


def _visible(character: str) -> str:
    """A character as it is shown: control and format characters as escapes, a tab as blanks."""
    if character == "\t":
        return _TAB
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def _window(line: str, column: int, length: int, width: int) -> tuple[str, int, int]:
    """The part of a line that fits, with the columns before what is meant and the columns that it takes.

    Widths are those of the screen, where some characters take two columns and some none.
    """
    from rich.cells import cell_len

    width = max(_LEAST, width)
    start = min(column - 1, len(line))
    stop = min(start + length, len(line))
    # Nobody reads what is far from there, and a line may have a hundred thousand characters.
    first, last = max(0, start - width), min(len(line), stop + width, start + 2 * width)
    stop = min(stop, last)
    pieces = [_visible(character) for character in line[first:last]]
    widths = [cell_len(piece) for piece in pieces]
    here, there = start - first, stop - first
    left, right = 0, len(pieces)
    if first or last < len(line) or sum(widths) > width:
        room = width - 2 * len(_CUT)
        # What is meant begins a third of the way at the latest, unless the line ends soon after.
        if first or sum(widths[:there]) + 1 > room:
            left, taken = here, 0
            behind = min(sum(widths[here:]), room * 2 // 3)
            while left and taken + widths[left - 1] <= room - behind:
                left -= 1
                taken += widths[left]
        right, taken = left, 0
        while right < len(pieces) and taken + widths[right] <= room:
            taken += widths[right]
            right += 1
    cut_left, cut_right = first + left > 0, first + right < len(line)
    text = f"{_CUT if cut_left else ''}{''.join(pieces[left:right])}{_CUT if cut_right else ''}"
    before = sum(widths[left:here]) + (len(_CUT) if cut_left else 0)
    return text, before, max(1, sum(widths[here : min(there, right)]))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def github_annotations(problems: Iterable[Problem], workspace: str | None) -> list[str]:
    """The problems as workflow commands of GitHub Actions, which shows them beside the lines of a change.

    Args:
        problems: The problems.
        workspace: The folder of the checkout; paths below it are given relative to it.
    """
    return [_annotation(problem, workspace) for problem in problems]


def _annotation(problem: Problem, workspace: str | None) -> str:
    file = problem.location.file.absolute()
    if workspace and file.is_relative_to(workspace):
        file = file.relative_to(workspace)
    properties = {"file": escaped(file.as_posix())}
    if problem.location.line:
        properties |= {"line": str(problem.location.line), "col": str(problem.location.column)}
    properties["title"] = problem.code
    named = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
    told = [problem.message, *(problem.hint.split("\n") if problem.hint else ())]
    return f"::error {named}::{_data(chr(10).join(map(escaped, told)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
