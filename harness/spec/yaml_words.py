"""The errors of the YAML parser in our words, at the place where an author has to look."""

from __future__ import annotations

import re

from ruamel.yaml.error import MarkedYAMLError, YAMLError

from harness.spec.problems import Problem, hints
from harness.spec.source import SourceText

CODE = "yaml-syntax"

_KEY = re.compile(r"\s*(- )*[\w.-]+\s*")
_QUOTE_IT = "quote text or Python that has `: ` in it, or put it in a block that begins with `|`"
_COLUMN = "the keys of one mapping begin in one column, and so do the `-` of one list"
_PLAIN_WORDS = (
    (
        "expected alphabetic or numeric",
        "`&` and `*` need a name after them",
        "quote text or Python that begins with one of them",
    ),
    (
        "sequence entries are not allowed",
        "a list cannot begin on the line of its key",
        "begin it on the next line, or write it in brackets: `[a, b]`",
    ),
    (
        "chomping or indentation",
        "text cannot begin on the line of its `|` or `>`",
        "begin it on the next line, indented by two more spaces",
    ),
    (
        "unknown escape character",
        "a text in double quotes has no such escape",
        "write a backslash as `\\\\`, or use single quotes, where a backslash is itself",
    ),
    (
        "hexdecimal",
        "an escape has too few hexadecimal digits",
        "`\\x41`, `\\u0041` and `\\U00000041` are one letter",
    ),
    ("tag handle", "there is no such tag", "the only tag is `!py`, for a Python expression"),
)
"""What the parser says in part, what we say, and what to do."""


def syntax_problem(source: SourceText, error: YAMLError, unclosed: int | None = None) -> Problem:
    """What is wrong with a text that the parser does not take.

    Args:
        source: The text.
        error: What the parser says.
        unclosed: Where the innermost bracket was opened that is still open there, if any.
    """
    if not isinstance(error, MarkedYAMLError):
        position = getattr(error, "position", 0) or 0
        character = getattr(error, "character", None)
        name = f"U+{character:04X}" if isinstance(character, int) else repr(character)
        hint = "in double quotes it is written as an escape: `\\x07`, `\\u2028`"
        return Problem(
            CODE, f"YAML does not allow the character {name} here", source.location(position), hint
        )
    said = str(error.problem or error.context or "it cannot be read")
    mark = error.problem_mark or error.context_mark
    index = mark.index if mark else 0
    opened = error.context_mark.index if error.context_mark else None
    if "stream" in said and opened is not None:
        if "quoted" in str(error.context):
            return Problem(CODE, "this quote is never closed", source.location(opened))
        # Where a value is missing at the end, the parser has the end for the place where the bracket was opened.
        place = opened if source.text[opened : opened + 1] in ("[", "{") or unclosed is None else unclosed
        return Problem(CODE, "this bracket is never closed", source.location(place))
    message, what_to_do = _words(source, said, index)
    if "expected ',' or" in said and opened is not None:
        line, column = source.place(opened)
        what_to_do = hints(
            f"the bracket was opened at line {line}, column {column}",
            "in brackets, quote Python and text that has `: `, `, ` or a bracket of its own",
        )
    return Problem(CODE, f"not valid YAML: {message}", source.location(index), what_to_do)


def _words(source: SourceText, said: str, index: int) -> tuple[str, str | None]:
    """Message and hint for what the parser says of the character at `index`."""
    character = source.text[index : index + 1]
    line, column = source.place(index)
    before = source.line(line)[: column - 1]
    if (character == "%" and column == 1) or "document start" in said or source.line(line).startswith("%"):
        return "directives are not used in entries", "leave out lines that begin with `%`"
    if "mapping values are not allowed" in said:
        if _KEY.fullmatch(before):
            return "this key does not fit what is above it", f"does the line above lack its `: `? {_COLUMN}"
        return "a `: ` is not expected here", _QUOTE_IT
    if "cannot start any token" in said:
        if character == "\t":
            return "a tab is not expected here", "write spaces, or `\\t` in double quotes"
        return f"a value cannot begin with {character!r}", "quote it"
    if "<block end>" in said:
        if before.endswith(("'", '"')):
            return "the text goes on after its closing quote", "inside single quotes, `''` is one quote"
        return "this does not fit what is above it", f"look at the indentation: {_COLUMN}"
    if "expected ',' or" in said:
        return "a comma or a closing bracket is missing before this", None
    if "node content" in said:
        return (
            f"a value is expected here, not `{character}`" if character.strip() else "a value is missing",
            None,
        )
    for part, message, hint in _PLAIN_WORDS:
        if part in said:
            return message, hint
    return said.replace("\n", "\\n").replace("\x00", "the end of the file"), None
