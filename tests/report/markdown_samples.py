"""Texts that want to be more than text in Markdown, and what a Markdown reader makes of a page."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token

HOSTILE_MARKDOWN = (
    "a | b",
    "a | b\n--- | ---\nc | d",
    "``` \n```\nescaped",
    "`code`",
    "one ` alone",
    "`` two ` in ``",
    "say `a`*b* and `[c](d)`",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "[text](https://example.invalid)",
    "[text]: https://example.invalid",
    "![image](https://example.invalid/x.png)",
    "<https://example.invalid>",
    "https://example.invalid www.example.invalid",
    "line\n# heading\n- item",
    "line\n===",
    "\u202egnp.exe\u202c \x1b[2J \x00",
    "*bold* _under_ ~~gone~~ $x$ @somebody &amp;",
    "**",
    "\\",
    "x" * 10_000,
)
"""Each means itself wherever it stands: none is a link, a table, HTML, a mention or a line of its own."""

_WORDS = ("inline", "text", "text_special", "code_inline")


def parsed(text: str) -> list[Token]:
    """Everything that a Markdown reader makes of it, nested ones too."""
    found = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [item for token in found for item in (token, *(token.children or ()))]


def tokens(text: str) -> list[str]:
    """The types of `parsed`."""
    return [token.type for token in parsed(text)]


def shape(text: str) -> list[str]:
    """`tokens` but for words, of which some are code: what is left has to be the same whatever the words are."""
    return [kind for kind in tokens(text) if kind not in _WORDS]


def linked(text: str) -> list[str]:
    """What hosts make links and mentions of by themselves, wherever it stands but in code."""
    found = []
    for each in parsed(text):
        if each.type == "inline":
            bare = re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", each.content)
            found += re.findall(r"(?i)@|://|(?:^|[\s*_~(])www\.\S", bare)
    return found
