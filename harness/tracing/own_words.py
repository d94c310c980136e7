"""What a script itself has written where it calls SDK v1, so that what is to be written can have the same words."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from harness.spec.sdk_calls import CALLS
from harness.tracing.records import RecordedCall

Chosen = Callable[[ast.expr], bool]
"""Whether a condition of an entry holds for the call."""

_CONTENT = {"Run.log_image": "path", "Run.upload_file": "path_or_stream"}
"""The parameters that name the file of which an entry sees the content."""


class _NotKnown(Exception):
    """The script has no words for this."""


@dataclass(frozen=True)
class Source:
    """The file of a script, parsed."""

    lines: tuple[str, ...]
    tree: ast.Module
    names: frozenset[str]
    arguments: dict[tuple[int, str], Mapping[str, ast.expr]] = field(default_factory=dict)
    """Those of the calls that were asked for, by line and method."""


@lru_cache(maxsize=64)
def _source(file: str, _changed: float) -> Source | None:
    try:
        text = Path(file).read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (OSError, ValueError, SyntaxError, RecursionError):
        return None
    names = frozenset(
        node.id if isinstance(node, ast.Name) else node.arg
        for node in ast.walk(tree)
        if isinstance(node, ast.Name | ast.arg)
    )
    return Source(tuple(text.splitlines()), tree, names)


def source_of(file: str) -> Source | None:
    """The file as it is now; None where there is none, or no Python in it."""
    try:
        return _source(file, os.path.getmtime(file))
    except OSError:
        return None


def line_of(call: RecordedCall) -> str:
    """The statement's line that makes the call, as it stands in the script; empty where it is not known."""
    found = source_of(call.site.file)
    if found is None or not 0 < call.site.line <= len(found.lines):
        return ""
    return found.lines[call.site.line - 1].strip()


def names_around(call: RecordedCall) -> frozenset[str]:
    """Every name that the file has which makes the call."""
    found = source_of(call.site.file)
    return frozenset() if found is None else found.names


def arguments_of(call: RecordedCall) -> Mapping[str, ast.expr]:
    """The expression of each argument that the script gives, by parameter; empty where that cannot be told."""
    found = source_of(call.site.file)
    if found is None or call.call not in CALLS:
        return {}
    known = (call.site.line, call.call)
    if known not in found.arguments:
        found.arguments[known] = _arguments(found.tree, *known)
    arguments = found.arguments[known]
    return arguments if _is_of(arguments, call) else {}


def _is_of(arguments: Mapping[str, ast.expr], call: RecordedCall) -> bool:
    """Whether the arguments can be those of this call: the same were given, and what stands there is what came."""
    came = call.arguments or {}
    return set(arguments) == set(call.given) and all(
        not isinstance(node, ast.Constant) or came.get(name, ...) == node.value
        for name, node in arguments.items()
    )


def _arguments(tree: ast.Module, line: int, call: str) -> Mapping[str, ast.expr]:
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == call.rpartition(".")[2]
        and node.lineno <= line <= (node.end_lineno or node.lineno)
    ]
    # Several calls in one line, or one inside of another: which of them it was is not known.
    return _bound(nodes[0], CALLS[call]) if len(nodes) == 1 else {}


def _bound(node: ast.Call, parameters: tuple[str, ...]) -> dict[str, ast.expr]:
    if any(isinstance(each, ast.Starred) for each in node.args) or len(node.args) > len(parameters):
        return {}
    if any(each.arg is None for each in node.keywords):
        return {}
    bound = dict(zip(parameters, node.args, strict=False))
    others: dict[str, ast.expr] = {}
    for each in node.keywords:
        (bound if each.arg in parameters else others)[str(each.arg)] = each.value
    if others:
        bound["kwargs"] = ast.Dict([ast.Constant(name) for name in others], list(others.values()))
    return bound


def in_own_words(expression: str, call: RecordedCall, is_so: Chosen) -> str | None:
    """An input of an entry as the script would write it; None where the script has no words for it.

    Args:
        expression: What the entry says of the input, over the parameters of the call.
        call: The only call of the case.
        is_so: Whether a condition in that expression holds.
    """
    given = arguments_of(call)
    if not given:
        return None
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
        return ast.unparse(ast.fix_missing_locations(_said(tree, call, given, is_so)))
    except (_NotKnown, SyntaxError):
        return None


def is_the_scripts(expression: str, call: RecordedCall) -> bool:
    """Whether an input comes from what the script gave, and not from a default or from the entry."""
    names = {
        node.id for node in ast.walk(ast.parse(expression.strip(), mode="eval")) if isinstance(node, ast.Name)
    }
    others = {"run"} if call.call.startswith("Experiment.") else {"run", "experiment"}
    defaults = {name for name in CALLS.get(call.call, ()) if name not in call.given}
    return bool(names - others - defaults)


def _said(node: ast.expr, call: RecordedCall, given: Mapping[str, ast.expr], is_so: Chosen) -> ast.expr:
    def said(other: ast.expr) -> ast.expr:
        return _said(other, call, given, is_so)

    if isinstance(node, ast.Constant):
        return node
    if isinstance(node, ast.Name):
        return _parameter(node.id, call, given)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "call":
        return _parameter(node.attr, call, given)
    if isinstance(node, ast.List):
        return ast.List([said(item) for item in node.elts], ast.Load())
    if isinstance(node, ast.IfExp):
        return said(node.body if is_so(node.test) else node.orelse)
    if isinstance(node, ast.Dict):
        return _dict(node, said)
    if isinstance(node, ast.ListComp) and _is_over_calls(node.generators):
        return ast.List([said(node.elt)], ast.Load())
    raise _NotKnown


def _is_over_calls(generators: list[ast.comprehension]) -> bool:
    (first, *others) = generators
    return (
        not others
        and not first.ifs
        and isinstance(first.iter, ast.Name)
        and first.iter.id == "calls"
        and isinstance(first.target, ast.Name)
        and first.target.id == "call"
    )


def _dict(node: ast.Dict, said: Callable[[ast.expr], ast.expr]) -> ast.expr:
    """With what is spread in it written out."""
    keys: list[ast.expr | None] = []
    values: list[ast.expr] = []
    for key, value in zip(node.keys, node.values, strict=True):
        own = said(value)
        if key is None and isinstance(own, ast.Dict):
            keys += own.keys
            values += own.values
        else:
            keys.append(None if key is None else said(key))
            values.append(own)
    return ast.Dict(keys, values)


def _parameter(name: str, call: RecordedCall, given: Mapping[str, ast.expr]) -> ast.expr:
    if name == "file" and (path := given.get(_CONTENT.get(call.call, ""))) is not None:
        is_path = isinstance((call.arguments or {}).get(_CONTENT[call.call]), str)
        return _expression(
            f"open({ast.unparse(path)}, 'rb').read()" if is_path else f"{ast.unparse(path)}.read()"
        )
    if name == "picture" and (plot := given.get("plot")) is not None:
        is_pyplot = (call.arguments or {}).get("plot") == "pyplot"
        return _expression(f"{ast.unparse(plot)}.gcf()") if is_pyplot else plot
    if name in given:
        return given[name]
    arguments = call.arguments or {}
    if name == "kwargs" and name in arguments and name not in call.given:
        return ast.Dict([], [])
    default = arguments.get(name, ...)
    if name not in call.given and isinstance(default, str | int | float | None):
        return ast.Constant(default)
    raise _NotKnown


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body
