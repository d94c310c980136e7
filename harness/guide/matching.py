"""Whether a guide is the one that an index speaks of: every hash, and the kind of every line that has none."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from harness.guide.loading import Item, LoadedIndex, items, told, verb
from harness.spec.problems import Problem

_QUOTE = re.compile(r"\s*>?\s?")
_HEADING = re.compile(r"#+ +(?P<title>.*)")
_TAB = re.compile(r"\[(?P<title>[^\]]*)\]\(#tab/.*\)")
_LABEL = re.compile(r"__[^_]+__$|\*\*[^*]+\*\*$|\[![A-Z]+\]$|---$")
_LINK = re.compile(r"\* \[.*\]\(.*\)\.?$|For more information, see .*\[.*\]\(.*\)")


def lines_of(text: str) -> list[str]:
    """The lines of a guide without their ends; what is behind the last line feed is a line if it is not empty."""
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def hash_of(lines: Sequence[str]) -> str:
    """SHA-256 of lines in UTF-8, each with a line feed behind it: `sed -n 17,33p GUIDE | sha256sum` gives the same."""
    return hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()


def matches_guide(loaded: LoadedIndex, text: str) -> Iterator[Problem]:
    """One problem for each range of lines that is not as the index has it, and for lines that it does not have."""
    index, lines = loaded.index, lines_of(text)
    if len(lines) != index.lines:
        message = f"the guide has {len(lines)} lines, and the index {index.lines}"
        hint = None
        if len(lines) > index.lines:
            more = (index.lines + 1, len(lines))
            hint = f"nothing says what {told(more)} of the guide {verb(more, 'is', 'are')}"
        yield loaded.problem("changed-guide", message, ("lines",), hint)
    changes = list(_changes(loaded, lines))
    yield from changes
    if not changes and len(lines) == index.lines and hash_of(lines) != index.sha256:
        message = "the guide as a whole has another hash, though no line of ours has changed"
        yield loaded.problem("changed-guide", message, ("sha256",), f"its hash is {hash_of(lines)}")


def _changes(loaded: LoadedIndex, lines: Sequence[str]) -> Iterator[Problem]:
    fenced = _fenced(lines)
    for item in items(loaded.index):
        first, last = item.lines
        if first < 1 or last > loaded.index.lines or first > last:
            continue  # said with the coverage
        if last > len(lines):
            yield loaded.problem(
                "changed-guide",
                f"{told(item.lines)} of the guide {verb(item.lines, 'is', 'are')} not there",
                item.path,
            )
        elif item.sha256 is not None and hash_of(lines[first - 1 : last]) != item.sha256:
            message = f"{told(item.lines)} of the guide {verb(item.lines, 'has', 'have')} changed"
            yield loaded.problem("changed-guide", message, item.path, _moved(item, lines))
        elif len(lines) == loaded.index.lines:  # otherwise most lines are others, which is said already
            yield from _kind(loaded, item, lines[first - 1 : last], fenced)


def _moved(item: Item, lines: Sequence[str]) -> str:
    """Where the same lines stand now, if they do."""
    length = item.lines[1] - item.lines[0] + 1
    for start in range(len(lines) - length + 1):
        if hash_of(lines[start : start + length]) == item.sha256:
            return f"they stand in the guide at {told((start + 1, start + length))} now"
    return "read it again: its hash, what it says and its claims may be others now"


def _kind(loaded: LoadedIndex, item: Item, own: Sequence[str], fenced: set[int]) -> Iterator[Problem]:
    """What a line is can be seen: code is in a fence, and what states nothing has its own look."""
    if item.what == "front matter":
        if (item.lines[0], own[0], own[-1]) != (1, "---", "---"):
            message = "front matter begins and ends with `---`, at the top of the guide"
            yield loaded.problem("wrong-kind", message, item.path)
        return
    for number, line in enumerate(own, item.lines[0]):
        bare = _QUOTE.sub("", line, count=1).strip()
        is_code = number in fenced
        if is_code != (item.what == "code") or not _LOOKS[item.what](bare):
            message = f"line {number} of the guide is no {_WORDS.get(item.what, item.what)}"
            yield loaded.problem("wrong-kind", message, item.path, "say what it is instead")
        elif item.title is not None and _title(bare) != item.title:
            message = f"the heading in line {number} of the guide says something else"
            yield loaded.problem("changed-guide", message, (*item.path[:-1], "title"))


def _title(bare: str) -> str:
    """What a heading says; of one that opens a tab, the tab's name."""
    found = _HEADING.match(bare)
    title = found["title"] if found else ""
    tab = _TAB.fullmatch(title)
    return tab["title"] if tab else title


_LOOKS: Mapping[str, Callable[[str], object]] = {
    "blank": lambda bare: not bare,
    "heading": _HEADING.match,
    "label": _LABEL.match,
    "links": _LINK.match,
    "text": lambda bare: bare and not _HEADING.match(bare),
    "code": lambda bare: True,
}
_WORDS = {"blank": "blank line", "links": "list of links"}


def _fenced(lines: Sequence[str]) -> set[int]:
    """The numbers of the lines of all blocks of code, with their fences."""
    # Imported here: whoever does not hold a guide against its index needs no parser.
    from markdown_it import MarkdownIt

    # To the parser a carriage return ends a line, which would shift the numbers.
    text = "\n".join(line.replace("\r", " ") for line in lines)
    return {
        line + 1
        for token in MarkdownIt("commonmark").parse(text)
        if token.type == "fence" and token.map is not None
        for line in range(*token.map)
    }
