"""Names of a piece of Python replaced by expressions; its layout and comments stay."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from harness.spec.free_names import free_names

_ATOMS = (
    ast.Name | ast.Attribute | ast.Subscript | ast.Call | ast.List | ast.Dict | ast.Set | ast.Tuple | ast.JoinedStr
    | ast.ListComp | ast.DictComp | ast.SetComp | ast.GeneratorExp
)  # fmt: skip
_BINDING = (
    ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp | ast.IfExp | ast.Starred
    | ast.comprehension | ast.Await
)  # fmt: skip
"""Where an operator may bind otherwise than it did."""


def substituted(text: str, values: Mapping[str, str]) -> str:
    """The code with names replaced where they are free."""
    tree = ast.parse(text)
    free = {(node.lineno, node.col_offset) for node in free_names(tree) if node.id in values}
    edits = _Edits(text)

    def visit(node: ast.AST, parent: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr):
            # Where the parts of such a text stand is not known to every Python, so it is written anew as a whole.
            if any(isinstance(each, ast.Name) and each.id in values for each in ast.walk(node)):
                edits.replace(node, _joined(node, values))
            return
        if isinstance(node, ast.Name) and (node.lineno, node.col_offset) in free:
            value = values[node.id]
            edits.replace(node, f"({value})" if _needs_brackets(value, parent) else value)
        for child in ast.iter_child_nodes(node):
            visit(child, node)

    visit(tree, tree)
    return edits.done()


def renamed(text: str, names: Mapping[str, str]) -> str:
    """The code with names of its own replaced wherever they stand; those of functions and imports stay."""
    edits = _Edits(text)

    def visit(node: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr):
            if any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node)):
                edits.replace(node, ast.unparse(_Filled(names).visit(node)))
            return
        if isinstance(node, ast.Name) and node.id in names:
            edits.replace(node, names[node.id])
        if isinstance(node, ast.arg) and node.arg in names:
            edits.replace(node, names[node.arg])
        for child in ast.iter_child_nodes(node):
            visit(child)

    visit(ast.parse(text))
    return edits.done()


class _Edits:
    """Places of a text with what is to stand there."""

    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self._edits: list[tuple[int, int, str]] = []
        self._starts = [0]
        for line in text.split("\n"):
            self._starts.append(self._starts[-1] + len(line.encode()) + 1)

    def replace(self, node: ast.expr | ast.arg, new: str) -> None:
        """Where this node is, the new text."""
        first = self._starts[node.lineno - 1] + node.col_offset
        last = self._starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        self._edits.append((first, last, new))

    def done(self) -> str:
        """The text with everything replaced."""
        found = self._text
        for start, end, new in sorted(self._edits, reverse=True):
            found = found[:start] + new.encode() + found[end:]
        return found.decode()


def _needs_brackets(expression: str, parent: ast.AST) -> bool:
    """Whether a value means something else, or nothing, where a name was part of this."""
    if not isinstance(parent, _BINDING):
        return False
    value = ast.parse(expression, mode="eval").body
    if isinstance(value, ast.Constant):
        return isinstance(parent, ast.Attribute) and isinstance(value.value, int | float)
    return not isinstance(value, _ATOMS)


def _joined(node: ast.JoinedStr, values: Mapping[str, str]) -> str:
    """An f-string with values in it; a plain text where nothing else is left to be filled in."""
    parts: list[ast.expr] = []
    for part in node.values:
        inside = part.value if isinstance(part, ast.FormattedValue) else None
        if (
            isinstance(part, ast.FormattedValue)
            and isinstance(inside, ast.Name)
            and inside.id in values
            and part.conversion == -1
            and part.format_spec is None
        ):
            filled = _text(values[inside.id])
            if filled is not None:
                parts.append(ast.Constant(filled))
                continue
            own = ast.parse(values[inside.id], mode="eval").body
            if isinstance(own, ast.JoinedStr):
                parts += own.values
                continue
        parts.append(_Filled(values).visit(part))
    if all(isinstance(part, ast.Constant) for part in parts):
        return repr("".join(str(part.value) for part in parts if isinstance(part, ast.Constant)))
    return ast.unparse(ast.JoinedStr(parts))


def _text(expression: str) -> str | None:
    """What a formatted value is as a text, if that can be seen from its expression."""
    if not re.match(r"['\"\d-]", expression):
        return None
    try:
        return str(ast.literal_eval(expression))
    except (ValueError, SyntaxError):
        return None


class _Filled(ast.NodeTransformer):
    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id not in self._values:
            return node
        return ast.parse(self._values[node.id], mode="eval").body
