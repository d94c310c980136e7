"""Python inside an entry: its text, where each character stands in the file, and how it is compiled and run.

Code objects carry the entry's file name and lines, so a traceback shows the line of the YAML. Which names a
snippet may use is not known here.
"""

from __future__ import annotations

import ast
import warnings
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from types import CodeType
from typing import Any

from harness.errors import BadInput
from harness.spec.problems import Location, Problem
from harness.spec.rendering import render_problem

OLDEST_PYTHON = (3, 10)
"""Entries are run by every Python from this one on, so none may use the grammar of a later one."""


@dataclass(frozen=True)
class Snippet:
    """A piece of Python as text.

    Attributes:
        text: The Python, YAML's quoting and indentation undone.
        location: Where its first character stands.
        places: Line and column in the file of each character and of the end; empty where the text stands in
            the file as it is, every line indented to the column of `location`.
    """

    text: str
    location: Location
    places: tuple[tuple[int, int], ...] = field(default=(), repr=False, compare=False)

    def at(self, line: int, column: int) -> Location:
        """The place in the file of a place in the snippet.

        Args:
            line: Line of the snippet, from 1. What lies outside the text is taken for its nearest character.
            column: Column in characters, from 0.
        """
        line = max(1, min(line, len(self.lines)))
        column = max(0, min(column, len(self.lines[line - 1])))
        if not self.places:
            return Location(self.location.file, self.location.line + line - 1, self.location.column + column)
        return Location(self.location.file, *self.places[self._starts[line - 1] + column])

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text."""
        return self.text.split("\n")

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *accumulate(len(line) + 1 for line in self.lines)]


@dataclass(frozen=True)
class PyExpression(Snippet):
    """A value that is written as a Python expression: `!py "float('nan')"`."""


class BadSnippet(BadInput):
    """A snippet is not the Python that its place needs; `problem` says what and where."""

    def __init__(self, problem: Problem) -> None:
        """Keeps the problem; the message is the problem as text."""
        super().__init__(render_problem(problem))
        self.problem = problem


@dataclass(frozen=True)
class Block:
    """Compiled Python: statements, then perhaps an expression whose value is the value of the block."""

    snippet: Snippet
    statements: CodeType | None
    value: CodeType | None

    def run(self, namespace: dict[str, Any]) -> Any:
        """Run in the given namespace, which gets the names that the statements bind.

        Returns:
            The value of the last expression, or None where no value was asked for.
        """
        if self.statements is not None:
            exec(self.statements, namespace)
        return None if self.value is None else eval(self.value, namespace)


def compile_block(snippet: Snippet, *, value: bool) -> Block:
    """Compile statements; with `value` the last of them is an expression and gives the block's value.

    Raises:
        BadSnippet: The text is not Python, or its last statement gives no value where one is needed.
    """
    return _compile(snippet, parse_block(snippet, value=value), value=value)


def compile_expression(snippet: Snippet) -> Block:
    """Compile one expression.

    Raises:
        BadSnippet: The text is not Python, or not one expression.
    """
    return _compile(snippet, parse_expression(snippet), value=True)


def build_value(value: Any, namespace: Mapping[str, Any]) -> Any:
    """A fresh copy of a value of an entry, with every `!py` expression in it replaced by its value.

    Args:
        value: What an example, a witness or `given` holds for an input.
        namespace: The names that the expressions see.
    """
    if isinstance(value, PyExpression):
        return compile_expression(value).run(dict(namespace))
    if isinstance(value, Mapping):
        return {key: build_value(item, namespace) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [build_value(item, namespace) for item in value]
    return value


def parse_block(snippet: Snippet, *, value: bool) -> ast.Module:
    """The syntax tree of statements, checked like `compile_block` (positions are those of the snippet).

    Raises:
        BadSnippet: As `compile_block`.
    """
    tree = _parse(snippet)
    if value and not (tree.body and isinstance(tree.body[-1], ast.Expr)):
        last = tree.body[-1] if tree.body else None
        place = node_location(snippet, last) if last else snippet.location
        message = "the last statement must be an expression: it is the value of the block"
        hint = None
        if isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
            hint = f"add a last line `{last.targets[0].id}`"
        elif isinstance(last, ast.Return):
            hint = "leave out the word `return`"
        raise BadSnippet(Problem("no-value", message, place, hint))
    _refuse_function_words(snippet, tree)
    return tree


def parse_expression(snippet: Snippet) -> ast.Module:
    """The syntax tree of one expression, as the only statement of a module.

    Raises:
        BadSnippet: As `compile_expression`.
    """
    tree = _parse(snippet)
    if len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        _refuse_function_words(snippet, tree)
        return tree
    wrong = next((node for node in tree.body if not isinstance(node, ast.Expr)), None)
    place = node_location(snippet, wrong or tree.body[1]) if tree.body else snippet.location
    hint = None
    if isinstance(wrong, ast.Assign):
        hint = "write the value alone; what is compared is compared with `==`"
    elif wrong is not None:
        hint = "`log` and `read` take statements; other places one expression"
    elif len(tree.body) > 1:
        hint = "an expression over several lines needs brackets around it, or a block that begins with `>`"
    raise BadSnippet(Problem("not-an-expression", "this must be one Python expression", place, hint))


def node_location(snippet: Snippet, node: ast.AST) -> Location:
    """Where a node of a snippet's tree stands in the file; of one of several lines, where it begins."""
    line = getattr(node, "lineno", 1)
    start = snippet.at(line, _characters(snippet, line, getattr(node, "col_offset", 0)))
    end_line = getattr(node, "end_lineno", None) or line
    end = _characters(snippet, end_line, getattr(node, "end_col_offset", None) or 0)
    last = snippet.at(end_line, max(0, end - 1))
    length = last.column - start.column + 1 if last.line == start.line else 1
    return replace(start, length=max(1, length))


def _parse(snippet: Snippet) -> ast.Module:
    if "\0" in snippet.text:
        line = snippet.text[: snippet.text.index("\0")].count("\n") + 1
        place = snippet.at(line, snippet.lines[line - 1].index("\0"))
        raise BadSnippet(Problem("python-syntax", "not valid Python: it has a null character", place))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(snippet.text, feature_version=OLDEST_PYTHON)
    except SyntaxError as error:
        line, column = error.lineno or 1, (error.offset or 1) - 1
        if isinstance(error, IndentationError) and line <= len(snippet.lines):
            column = len(snippet.lines[line - 1]) - len(snippet.lines[line - 1].lstrip())
        place = snippet.at(line, column)
        raise BadSnippet(Problem("python-syntax", f"not valid Python: {error.msg}", place)) from None
    except (RecursionError, MemoryError):
        raise BadSnippet(
            Problem("python-syntax", "this Python is nested too deep", snippet.location)
        ) from None
    except (ValueError, OverflowError) as error:
        raise BadSnippet(Problem("python-syntax", f"not valid Python: {error}", snippet.location)) from None


def _refuse_function_words(snippet: Snippet, tree: ast.Module) -> None:
    """`return`, `yield` and `await` parse anywhere and fail to compile; found here, they get our words."""
    pending: deque[ast.AST] = deque(tree.body)
    while pending:
        node = pending.popleft()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        word = {
            ast.Return: "return",
            ast.Yield: "yield",
            ast.YieldFrom: "yield from",
            ast.Await: "await",
        }.get(type(node))
        if word:
            message = f"not valid Python: `{word}` outside a function"
            hint = "the last expression of a block is its value" if word == "return" else None
            raise BadSnippet(Problem("python-syntax", message, node_location(snippet, node), hint))
        pending.extend(ast.iter_child_nodes(node))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(_module(tree.body), str(snippet.location.file), "exec", dont_inherit=True)
    except SyntaxError as error:
        line = error.lineno or 1
        place = snippet.at(line, _characters(snippet, line, (error.offset or 1) - 1))
        raise BadSnippet(Problem("python-syntax", f"not valid Python: {error.msg}", place)) from None
    except (RecursionError, MemoryError):
        raise BadSnippet(
            Problem("python-syntax", "this Python is nested too deep", snippet.location)
        ) from None
    except (ValueError, OverflowError) as error:
        message = f"Python cannot compile this: {error}"
        raise BadSnippet(Problem("python-syntax", message, snippet.location)) from None


def _module(body: list[ast.stmt]) -> ast.Module:
    """The statements as a module without a docstring, in which Python 3.13 takes no half of a surrogate pair."""
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        body = [ast.copy_location(ast.Pass(), first), *body]
    return ast.Module(body, type_ignores=[])


def _characters(snippet: Snippet, line: int, offset: int) -> int:
    """A column in characters, from a column in UTF-8 bytes as syntax trees have it."""
    text = snippet.lines[line - 1] if 0 < line <= len(snippet.lines) else ""
    if text.isascii():
        return offset
    return len(text.encode()[: max(0, offset)].decode(errors="ignore"))


def _compile(snippet: Snippet, tree: ast.Module, *, value: bool) -> Block:
    _relocate(snippet, tree)
    name = str(snippet.location.file)
    body = list(tree.body)
    last = body.pop() if value else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = None
        if isinstance(last, ast.Expr):
            result = compile(ast.Expression(last.value), name, "eval", dont_inherit=True)
        statements = compile(_module(body), name, "exec", dont_inherit=True) if body else None
    return Block(snippet, statements, result)


def _relocate(snippet: Snippet, tree: ast.Module) -> None:
    """Give every node its line and column in the file."""
    for node in ast.walk(tree):
        if not hasattr(node, "lineno"):
            continue
        line, end_line = node.lineno, getattr(node, "end_lineno", None) or node.lineno
        start = snippet.at(line, _characters(snippet, line, node.col_offset))  # type: ignore[attr-defined]
        end_offset = getattr(node, "end_col_offset", None) or 0
        # The end lies after the last character, and what is there may be on another line.
        end = snippet.at(end_line, max(0, _characters(snippet, end_line, end_offset) - 1))
        node.lineno, node.col_offset = start.line, start.column - 1  # type: ignore[attr-defined]
        if end.line < start.line or (end.line == start.line and end.column < start.column):
            end = start
        node.end_lineno, node.end_col_offset = end.line, end.column  # type: ignore[attr-defined]
