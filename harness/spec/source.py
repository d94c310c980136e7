"""Where the characters of a file stand: from an index to line and column, from a scalar to its source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from harness.spec.problems import Location

Place = tuple[int, int]
"""Line and column, both counted from 1."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_PROPERTIES = re.compile(r"(?:[!&]\S*(?:\s+(?:#[^\n]*\n\s*)*|$))*")
_ESCAPED = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
}
_ESCAPED |= {"N": "\x85", "_": "\xa0", "L": "\u2028", "P": "\u2029"}
_HEX_LENGTH = {"x": 2, "u": 4, "U": 8}


class SourceText:
    """The text of one file."""

    def __init__(self, text: str, path: Path) -> None:
        """Keeps the text; lines are found when they are asked for."""
        self.text = text
        self.path = path

    @cached_property
    def line_starts(self) -> list[int]:
        """The index at which each line begins."""
        return [0, *(match.end() for match in _LINE_END.finditer(self.text))]

    def place(self, index: int) -> Place:
        """Line and column of the character at `index`."""
        index = max(0, min(index, len(self.text)))
        line = bisect_right(self.line_starts, index)
        return line, index - self.line_starts[line - 1] + 1

    def location(self, index: int, end: int | None = None) -> Location:
        """What stands from `index` to before `end`, or to the end of the line; without an end the character."""
        line, column = self.place(index)
        to_end = len(self.line(line)) - column + 1
        length = 1 if end is None else max(1, min(end - index, to_end))
        return Location(self.path, line, column, length)

    def line(self, number: int) -> str:
        """The text of a line, counted from 1, without its end; empty after the last."""
        if not 1 <= number <= len(self.line_starts):
            return ""
        start = self.line_starts[number - 1]
        end = self.line_starts[number] if number < len(self.line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def places(self, start: int, value: str, style: str) -> tuple[Location, tuple[Place, ...]]:
        """Where a scalar's text begins, and where each of its characters (and its end) stands.

        Args:
            start: The index where the scalar begins, tag and anchor included.
            value: Its text as YAML reads it.
            style: Its quoting: one of `'`, `"`, `|`, `>` or empty.
        """
        match = _PROPERTIES.match(self.text, start)
        start = match.end() if match else start
        places = self._block(start, value) if style == "|" else self._aligned(start, value, style)
        return Location(self.path, *places[0]), tuple(places)

    def _block(self, start: int, value: str) -> list[Place]:
        """A literal block: its lines are those after the header, all indented by the same width."""
        first = self.place(start)[0] + 1
        lines = value.split("\n")
        indent = 0
        for offset, text in enumerate(lines):
            if text.strip():
                indent = max(0, len(self.line(first + offset)) - len(text))
                break
        places: list[Place] = []
        for offset, text in enumerate(lines):
            line = min(first + offset, len(self.line_starts))
            places += [(line, indent + column + 1) for column in range(len(text) + 1)]
        return places

    def _aligned(self, start: int, value: str, style: str) -> list[Place]:
        """Any other scalar: each of its visible characters stands in the source, in the same order."""
        if style == ">":
            start = self._after_line(start)
        elif style:
            start += 1
        tokens = self._double_quoted(start) if style == '"' else self._visible(start, doubled=style == "'")
        index = start
        pending = next(tokens, None)
        places: list[Place] = []
        for character in value:
            while not character.isspace() and pending is not None and pending[1] != character:
                pending = next(tokens, None)
            if pending is not None and pending[1] == character:
                index = pending[0]
                after = pending[2]
                pending = next(tokens, None)
            else:
                after = index + 1
            places.append(self.place(index))
            index = after
        places.append(self.place(index))
        return places

    def _after_line(self, index: int) -> int:
        line = self.place(index)[0]
        return self.line_starts[line] if line < len(self.line_starts) else len(self.text)

    def _visible(self, index: int, *, doubled: bool) -> Iterator[tuple[int, str, int]]:
        """(index, character, index after it) of what is not white space; `''` is one where `doubled`."""
        text = self.text
        while index < len(text):
            character = text[index]
            after = index + (2 if doubled and character == "'" else 1)
            if not character.isspace():
                yield index, character, after
            index = after

    def _double_quoted(self, index: int) -> Iterator[tuple[int, str, int]]:
        """The same for a double-quoted scalar, whose escapes are one character each, white space included."""
        text = self.text
        while index < len(text):
            character = text[index]
            after = index + 1
            if character == "\\":
                escape = text[after : after + 1]
                after += 1 + _HEX_LENGTH.get(escape, 0)
                is_hex = escape in _HEX_LENGTH
                character = _character(text[index + 2 : after]) if is_hex else _ESCAPED.get(escape, escape)
                if escape not in ("\n", "\r", ""):
                    yield index, character, after
            elif not character.isspace():
                yield index, character, after
            index = after


def _character(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except (ValueError, OverflowError):
        return "?"
