"""YAML 1.2 text to plain Python values, with the place of every key and value. Knows nothing of entries.

The events of ruamel's parser are put together here rather than by its constructors: their marks are exact for
every key and scalar, an alias is counted before it is followed, and nothing recurses deeper than `MAX_DEPTH`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from harness.spec.problems import Location, Problem, listing
from harness.spec.snippets import PyExpression, Snippet
from harness.spec.source import SourceText
from harness.spec.yaml_words import syntax_problem

MAX_BYTES = 128 * 1024
"""Larger files are refused unread: an entry is a page or two, and reading YAML takes time with its length."""
MAX_DEPTH = 40
MAX_VALUES = 20_000
"""Values of one file with every alias written out, so that a few lines of aliases cannot fill the memory."""

PYTHON_TAG = "!py"

EMPTY = "`harness new ID` writes a skeleton"
TOO_LARGE = "an entry is a page or two; make large values in a `!py` expression"

ValuePath = tuple[Any, ...]
"""Keys and indexes that lead from the top of a file to a value."""

_NULL = {"", "~", "null", "Null", "NULL"}
_TRUE = {"true", "True", "TRUE"}
_FALSE = {"false", "False", "FALSE"}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"([-+]?)\.(inf|Inf|INF)")
_NAN = {".nan", ".NaN", ".NAN"}
_MAX_DIGITS = 4000


class Unreadable(Exception):
    """The text is not YAML that we read; `problems` says why."""

    def __init__(self, *problems: Problem) -> None:
        """Keeps the problems."""
        super().__init__(*(str(problem) for problem in problems))
        self.problems = problems


@dataclass
class Node:
    """A value as it stands in the text, before it is made a Python value.

    Attributes:
        kind: `scalar`, `list` or `mapping`.
        start: Where it begins (its tag, if it has one), as an index into the text.
        text: The text of a scalar, escapes and folding undone.
        style: How a scalar is quoted: one of `'`, `"`, `|`, `>`, or empty for a plain one.
        tag: Its tag as written, or None.
        children: The items, or key and value in turn.
    """

    kind: str
    start: int
    text: str = ""
    style: str = ""
    tag: str | None = None
    children: list[tuple[Node, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """A file that was read: its data in plain values, and where each of them stands.

    Attributes:
        source: The text.
        data: What it says, in plain values.
        ends: For the start of each text, alias and bracketed value where it ends, both as indexes into the text.
        keys: Where the key of each value begins.
        values: Where each value begins.
        nodes: The scalars, as they stand.
        problems: What is wrong with some values, which have others in their place.
    """

    source: SourceText
    data: Any
    ends: dict[int, int]
    keys: dict[ValuePath, int]
    values: dict[ValuePath, int]
    nodes: dict[ValuePath, Node]
    problems: tuple[Problem, ...]

    @cached_property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    def value_place(self, path: ValuePath) -> Location:
        """Where the value begins; for one that is not there, the nearest value around it."""
        while path not in self.values:
            path = path[:-1]
        return self._place(self.values[path])

    def key_place(self, path: ValuePath) -> Location:
        """Where the key of the value begins; for an item of a list, the item."""
        index = self.keys.get(path)
        return self.value_place(path) if index is None else self._place(index)

    def _place(self, index: int) -> Location:
        return self.source.location(index, self.ends.get(index))

    def snippet(self, path: ValuePath) -> Snippet:
        """The text of a scalar with the place of each of its characters.

        Raises:
            KeyError: There is no text at this path.
        """
        node = self.nodes[path]
        return Snippet(node.text, *self.source.places(node.start, node.text, node.style))


def read_document(text: str, path: Path) -> Document:
    """Read one YAML document.

    Raises:
        Unreadable: The text is not YAML, or not of a kind that entries may use.
    """
    source = SourceText(text, path)
    if len(text) > MAX_BYTES:
        raise Unreadable(
            Problem(
                "too-large",
                f"the file is larger than {MAX_BYTES // 1024} KiB",
                Location.whole(path),
                TOO_LARGE,
            )
        )
    if not text.strip():
        raise Unreadable(
            Problem("empty-file", "the file is empty; an entry was expected", Location.whole(path), EMPTY)
        )
    ends: dict[int, int] = {}
    return _Build(source, ends).document(_compose(source, ends))


def _compose(source: SourceText, ends: dict[int, int]) -> Node:
    """The tree of nodes, in which aliases share their node; notes the ends of what it comes upon."""
    top: list[tuple[Node, int]] = []
    open_nodes: list[Node] = []
    open_anchors: list[str | None] = []
    anchors: dict[str, Node] = {}
    documents = 0

    def fail(code: str, message: str, index: int, hint: str | None = None) -> Unreadable:
        return Unreadable(Problem(code, message, source.location(index, ends.get(index)), hint))

    try:
        for event in YAML(typ="safe", pure=True).parse(source.text):
            kind = type(event).__name__
            index = event.start_mark.index
            if kind in ("DocumentStartEvent", "AliasEvent", "ScalarEvent"):
                ends[index] = event.end_mark.index
            siblings = open_nodes[-1].children if open_nodes else top
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    raise fail(
                        "several-documents", "a second document begins here", index, "one entry a file"
                    )
            elif kind == "AliasEvent":
                if event.anchor in open_anchors:
                    raise fail(
                        "recursive-alias", f"`*{event.anchor}` stands inside what it stands for", index
                    )
                if event.anchor not in anchors:
                    raise fail(
                        "unknown-alias", f"no anchor `&{event.anchor}` stands before this alias", index
                    )
                siblings.append((anchors[event.anchor], index))
            elif kind == "ScalarEvent":
                node = Node("scalar", index, event.value, event.style or "", event.tag)
                siblings.append((node, index))
                if event.anchor:
                    anchors[event.anchor] = node
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                node = Node("mapping" if kind == "MappingStartEvent" else "list", index, tag=event.tag)
                siblings.append((node, index))
                open_nodes.append(node)
                open_anchors.append(event.anchor)
                if len(open_nodes) > MAX_DEPTH:
                    raise fail("too-deep", f"values are nested more than {MAX_DEPTH} deep", index)
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                anchor = open_anchors.pop()
                node = open_nodes.pop()
                # A block has no end of its own, and begins where its first key does.
                ends.setdefault(node.start, event.end_mark.index)
                if anchor:
                    anchors[anchor] = node
    except YAMLError as error:
        unclosed = next(
            (node.start for node in reversed(open_nodes) if source.text[node.start] in "[{"), None
        )
        raise Unreadable(syntax_problem(source, error, unclosed)) from None
    except RecursionError:
        raise fail("too-deep", f"values are nested more than {MAX_DEPTH} deep", 0) from None
    if not top:
        place = Location.whole(source.path)
        raise Unreadable(
            Problem("empty-file", "the file holds no value; an entry was expected", place, EMPTY)
        )
    return top[0][0]


class _Build:
    """Makes plain values of nodes; what is wrong with one is collected, so that the rest is still checked."""

    def __init__(self, source: SourceText, ends: dict[int, int]) -> None:
        self.source = source
        self.ends = ends
        self.keys: dict[ValuePath, int] = {}
        self.values: dict[ValuePath, int] = {}
        self.nodes: dict[ValuePath, Node] = {}
        self.problems: list[Problem] = []
        self.count = 0

    def document(self, top: Node) -> Document:
        data = self.value(top, top.start, ())
        return Document(
            self.source, data, self.ends, self.keys, self.values, self.nodes, tuple(self.problems)
        )

    def report(self, code: str, message: str, index: int, hint: str | None = None) -> None:
        place = self.source.location(index, self.ends.get(index))
        self.problems.append(Problem(code, message, place, hint))

    def value(self, node: Node, index: int, path: ValuePath) -> Any:
        self.count += 1
        if self.count > MAX_VALUES or len(path) > MAX_DEPTH:
            message = f"with its aliases written out the file has more than {MAX_VALUES} values"
            raise Unreadable(Problem("too-many-values", message, self.source.location(index)))
        self.values[path] = index
        if node.tag is not None and (node.tag != PYTHON_TAG or node.kind != "scalar"):
            self.unknown_tag(node, index)
        if node.kind == "list":
            return [self.value(child, at, (*path, i)) for i, (child, at) in enumerate(node.children)]
        if node.kind == "mapping":
            return self.mapping(node, path)
        self.nodes[path] = node
        if node.tag == PYTHON_TAG:
            return PyExpression(node.text, *self.source.places(node.start, node.text, node.style))
        return self.scalar(node, index)

    def unknown_tag(self, node: Node, index: int) -> None:
        tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
        if tag == PYTHON_TAG:
            self.report("unknown-tag", "`!py` stands before one text, not before a list or mapping", index)
            return
        hint = f"the only tag is {listing([PYTHON_TAG])}, for a Python expression; quote what must stay text"
        self.report("unknown-tag", f"the tag `{tag}` is not known here", index, hint)

    def mapping(self, node: Node, path: ValuePath) -> dict[Any, Any]:
        result: dict[Any, Any] = {}
        pairs = iter(node.children)
        for (key_node, key_index), (value_node, value_index) in zip(pairs, pairs, strict=True):
            if key_node.kind != "scalar" or key_node.tag is not None:
                self.report("bad-key", "a key must be plain text", key_index, "quote it if it is a text")
                continue
            key: Hashable = self.scalar(key_node, key_index)
            key_path = (*path, key)
            if key in result:
                first = self.source.location(self.keys.get(key_path, key_index))
                message = f"`{key_node.text}` is given twice in this mapping"
                self.report(
                    "duplicate-key", message, key_index, f"first at line {first.line}, column {first.column}"
                )
                continue
            self.keys[key_path] = key_index
            if value_node.kind == "scalar" and not (value_node.text or value_node.style or value_node.tag):
                value_index = key_index  # nothing stands there: what can be pointed at is the key
            result[key] = self.value(value_node, value_index, key_path)
        return result

    def scalar(self, node: Node, index: int) -> str | int | float | bool | None:
        text = node.text
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.report(
                "bad-character",
                "half a surrogate pair is no character",
                index,
                "write it in a `!py` expression",
            )
            return "?"
        if node.style or (node.tag is not None and text):
            return text
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if _INTEGER.fullmatch(text):
            # Python's own limit can be set lower than ours.
            limit = min(_MAX_DIGITS, getattr(sys, "get_int_max_str_digits", int)() or _MAX_DIGITS)
            if len(text) > limit:
                self.report(
                    "wrong-value",
                    f"an integer has at most {limit} digits here",
                    index,
                    "write it as Python: `!py 10**5000`",
                )
                return 0
            return int(text)
        if _BASED.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text):
            return float(text)
        infinity = _INFINITY.fullmatch(text)
        if infinity:
            return float(f"{infinity.group(1)}inf")
        return float("nan") if text in _NAN else text
