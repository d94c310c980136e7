"""What to write in the place of a call: a recipe with the script's own names and values in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass

from harness.spec import names_in
from harness.spec.free_names import bound_names, free_names
from harness.tracing.records import Other
from harness.values import Built, to_expression
from harness.verify.reproduce import import_lines, plain

INLINE = 48
"""Characters of a value that is written where it is used; a longer one gets a line of its own above."""


GIVEN = {
    "time": "import time",
    "client": "client = mlflow.MlflowClient()",
    "mlflow_run": "mlflow_run = mlflow.active_run()",
    "run_id": "run_id = mlflow.active_run().info.run_id",
    "experiment_id": "experiment_id = mlflow.active_run().info.experiment_id",
    "tracking_uri": "tracking_uri = mlflow.get_tracking_uri()",
}
"""Names that a recipe finds when the harness runs it, and how a script has them."""


@dataclass(frozen=True)
class Instead:
    """Python to write.

    Attributes:
        code: The recipe, with every input replaced by its value.
        short: The same, with long values abbreviated, which is not always Python.
        imports: The lines that it needs before it: imports, and the run.
        helpers: Functions of the harness in it, with what they do: what a user writes there is their own.
    """

    code: str
    short: str
    imports: tuple[str, ...]
    helpers: Mapping[str, str]


def instead(code: str, inputs: Mapping[str, object]) -> Instead:
    """The code of a recipe with the inputs replaced by their values, without loops over those that are empty."""
    text = _without_idle_loops(
        plain(code), {name for name, value in inputs.items() if isinstance(value, list | dict) and not value}
    )
    tree = ast.parse(text)
    free = {node.id for node in free_names(tree)}
    known = names_in("mlflow")
    used = {name: known[name] for name in known if name in free and name not in inputs}
    sources = {name: row.source for name, row in used.items() if row.source}
    lines = import_lines(
        {name: source for name, source in sources.items() if not source.startswith("harness.")}
    )
    values = {
        name: to_expression(value) for name, value in inputs.items() if name in free | bound_names(tree)
    }
    return Instead(
        code=_with_values(text, tree, values),
        short=_with_values(text, tree, {name: short_expression(inputs[name]) for name in values}),
        imports=(*lines.splitlines(), *(line for name, line in GIVEN.items() if name in used)),
        helpers={name: row.says for name, row in used.items() if (row.source or "").startswith("harness.")},
    )


def shown(value: object) -> str:
    """A value as an expression, or the type of one that has none; nothing is left out."""
    try:
        return to_expression(value)
    except TypeError:
        return f"<{value.type_name}>" if isinstance(value, Other) else "<a value with others in it>"


def short_expression(value: object, longest: int = 160) -> str:
    """A value as an expression for people: of what is long the beginning, and how much is left out."""
    text = shown(value)
    if len(text) <= longest or isinstance(value, Built):
        return text if len(text) <= longest else f"{text[: longest - 4]} ..."
    if isinstance(value, dict):
        items = [
            f"{to_expression(key)}: {short_expression(item, longest // 2)}" for key, item in value.items()
        ]
        return f"{{{_some(items, longest)}}}"
    if isinstance(value, list | tuple):
        return f"[{_some([short_expression(item, longest // 2) for item in value], longest)}]"
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    return f"{text[: longest // 2]} ... ({len(text):,} characters)"


def abbreviated(text: str, longest: int = 300) -> str:
    """What a client gave, as text, for people: of a plain value that is long the beginning of each part."""
    if len(text) <= longest:
        return text
    try:
        return short_expression(ast.literal_eval(text), longest)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return text


def _some(items: list[str], longest: int) -> str:
    """As many of the items as there is room for, one at least."""
    shown: list[str] = []
    for item in items:
        if shown and sum(map(len, shown)) + len(item) > longest:
            return f"{', '.join(shown)}, ... {len(items) - len(shown):,} more"
        shown.append(item)
    return ", ".join(shown)


def _without_idle_loops(text: str, empty: set[str]) -> str:
    """The code without the loops over these names, and without the comments that stand above them."""
    lines = text.split("\n")
    gone: set[int] = set()
    for node in ast.parse(text).body:
        if isinstance(node, ast.For) and isinstance(node.iter, ast.Name) and node.iter.id in empty:
            first = node.lineno - 1
            while first > 0 and lines[first - 1].startswith("#"):
                first -= 1
            gone.update(range(first, node.end_lineno or node.lineno))
    return "\n".join(line for number, line in enumerate(lines) if number not in gone)


def _with_values(text: str, tree: ast.Module, values: Mapping[str, str]) -> str:
    """The code with short values where they are used, and long ones in lines above it."""
    rebound = bound_names(tree)
    inline = {name: value for name, value in values.items() if len(value) <= INLINE and name not in rebound}
    above = [f"{name} = {value}" for name, value in values.items() if name not in inline]
    return "\n".join([*above, _replaced(text, tree, inline)])


def _replaced(text: str, tree: ast.Module, values: Mapping[str, str]) -> str:
    """The code with names replaced where they are free; its layout and comments stay."""
    free = {(node.lineno, node.col_offset) for node in free_names(tree) if node.id in values}
    edits: list[tuple[int, int, str]] = []
    lines = [line.encode() for line in text.split("\n")]
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def replace(node: ast.expr, new: str) -> None:
        edits.append(
            (
                starts[node.lineno - 1] + node.col_offset,
                starts[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0),
                new,
            )
        )

    def visit(node: ast.AST, parent: ast.AST) -> None:
        if isinstance(node, ast.JoinedStr):
            # Where the parts of such a text stand is not known to every Python, so it is written anew as a whole.
            if any(isinstance(each, ast.Name) and each.id in values for each in ast.walk(node)):
                replace(node, _joined(node, values))
            return
        if isinstance(node, ast.IfExp) and isinstance(node.test, ast.Name):
            known = values.get(node.test.id)
            if known in ("True", "False"):
                chosen = ast.get_source_segment(text, node.body if known == "True" else node.orelse) or ""
                replace(node, _replaced(chosen, ast.parse(chosen), values))
                return
        if isinstance(node, ast.Name) and (node.lineno, node.col_offset) in free:
            value = values[node.id]
            replace(node, f"({value})" if _needs_brackets(value, parent) else value)
        for child in ast.iter_child_nodes(node):
            visit(child, node)

    visit(tree, tree)
    encoded = text.encode()
    for start, end, new in sorted(edits, reverse=True):
        encoded = encoded[:start] + new.encode() + encoded[end:]
    return encoded.decode()


def _needs_brackets(expression: str, parent: ast.AST) -> bool:
    """Whether a value means something else, or nothing, where a name was part of this."""
    if not isinstance(
        parent, ast.Attribute | ast.Subscript | ast.BinOp | ast.UnaryOp | ast.Compare | ast.BoolOp
    ):
        return False
    try:
        value = ast.parse(expression, mode="eval").body
    except SyntaxError:
        return False  # it is abbreviated, and no Python any more
    if isinstance(value, ast.Constant):
        return isinstance(parent, ast.Attribute) and isinstance(value.value, int | float)
    return isinstance(value, ast.UnaryOp | ast.BinOp)


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
