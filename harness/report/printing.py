"""Text made safe to show: what a terminal would obey stands as its escape. Light, so that commands start fast."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with everything that a screen obeys instead of showing as its Python escape.

    These are control characters (terminal escapes), format characters (bidirectional overrides, zero-width
    ones) and line separators. Line feeds stay, tabs become four spaces.
    """
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character == "\n":
        return character
    if character == "\t":
        return "    "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return character.encode("unicode_escape", "backslashreplace").decode("ascii")
    return character


def one_line(text: str) -> str:
    """`printable`, with each run of white space as one space."""
    return " ".join(printable(text).split())
