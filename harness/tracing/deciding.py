"""A recipe without what its inputs never come to: conditions whose outcome the values tell are decided.

Nothing of a client is called: an expression is evaluated only if it is made of known values, operators and a few
functions that have no effect. What cannot be told stays as it is.
"""

from __future__ import annotations

import ast
import builtins
import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from harness.spec.free_names import bound_names, free_names
from harness.values import fresh

Scopes = Sequence[Mapping[str, object]]
"""The inputs of each case for which the code is to hold."""

_FUNCTIONS = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "dict",
        "float",
        "int",
        "isinstance",
        "len",
        "list",
        "max",
        "min",
        "repr",
        "round",
    }
    | {"sorted", "str", "sum", "tuple", "type"}
)
_MODULES: Mapping[str, Any] = {"np": np, "math": math, "json": json}
_METHODS = frozenset(
    {
        "endswith",
        "get",
        "isdecimal",
        "isdigit",
        "isfinite",
        "isinf",
        "isnan",
        "item",
        "items",
        "keys",
    }
    | {"lower", "lstrip", "rstrip", "startswith", "strip", "upper", "values"}
)
"""Of values, and of these modules. None of them takes long, as a regular expression may."""
_SCOPES = (ast.FunctionDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_EFFECTS = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda, ast.JoinedStr)
_WITHOUT_BOUND = (ast.Pow, ast.LShift, ast.Mult)
"""Operators that make something of any size of what is small."""


def decided(text: str, scopes: Scopes) -> str:
    """The code with each condition decided of which the values of all cases tell the outcome."""
    rules: Sequence[Callable[[str, Scopes], str]] = (_conditional, _expression, _alias)
    for _ in range(100):  # each round takes something away
        before = text
        for rule in rules:
            text = rule(text, scopes)
            if text != before:
                break
        else:
            return text
    return text


def outcome_of(node: ast.expr, free: set[tuple[int, int]], names: set[str], scopes: Scopes) -> bool | None:
    """Whether a condition holds: None if that is not known, or not the same for all cases."""
    made = _evaluated(node, free, names, scopes)
    try:
        found = set(map(bool, made or ()))
    except Exception:  # an array is neither true nor false
        return None
    return found.pop() if len(found) == 1 else None


def _evaluated(
    node: ast.expr, free: set[tuple[int, int]], names: set[str], scopes: Scopes
) -> list[object] | None:
    """What an expression comes to in each case; None if that is not known."""
    if not scopes or not _is_harmless(node, free, names):
        return None
    made = []
    for scope in scopes:
        try:
            code = compile(ast.fix_missing_locations(ast.Expression(node)), "<expression>", "eval")
            known = fresh({name: value for name, value in scope.items() if name in names})
            made.append(eval(code, {**_MODULES, **known}))
        except Exception:  # whatever the values raise here is told by the case itself
            return None
    return made


def _is_harmless(node: ast.expr, free: set[tuple[int, int]], names: set[str]) -> bool:
    own = {
        target.id
        for each in ast.walk(node)
        if isinstance(each, ast.comprehension)
        for target in ast.walk(each.target)
        if isinstance(target, ast.Name)
    }
    functions = {id(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}
    for each in ast.walk(node):
        if isinstance(each, _EFFECTS):
            return False
        if isinstance(each, ast.BinOp) and isinstance(each.op, _WITHOUT_BOUND) and not _is_written(each):
            return False
        if isinstance(each, ast.Name) and each.id not in own:
            is_input = each.id in names and (each.lineno, each.col_offset) in free
            is_function = each.id in _FUNCTIONS and hasattr(builtins, each.id)
            if not is_input and not is_function and each.id not in _MODULES:
                return False
        if isinstance(each, ast.Call) and not (
            (isinstance(each.func, ast.Name) and each.func.id in _FUNCTIONS)
            or (isinstance(each.func, ast.Attribute) and each.func.attr in _METHODS)
        ):
            return False
        if isinstance(each, ast.Attribute) and id(each) not in functions and not _is_of_a_module(each):
            return False
    return True


def _is_written(node: ast.BinOp) -> bool:
    """Whether both sides are numbers that stand in the code, as in `2**53`."""
    return isinstance(node.left, ast.Constant) and isinstance(node.right, ast.Constant)


def _is_of_a_module(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Name) and node.value.id in _MODULES


def _known(text: str, scopes: Scopes) -> tuple[ast.Module, set[tuple[int, int]], set[str], Scopes]:
    """The tree, where known names are read, these names, and what they are.

    Known are the inputs, and what the code makes of known names alone, once and without effect.
    """
    tree = ast.parse(text)
    bound = bound_names(tree)
    if bound & {*_FUNCTIONS, *_MODULES}:  # they are not what they are called
        return tree, set(), set(), ()
    free = {(node.lineno, node.col_offset) for node in free_names(tree)}
    changed = _changed_in_place(tree)
    inputs = set.intersection(*(set(scope) for scope in scopes)) - changed if scopes else set()
    for name in inputs & bound:
        free |= _read_before(tree, name)
    bindings = _bindings(tree)
    for node in tree.body:
        if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
            continue
        name = node.targets[0].id
        if len(node.targets) > 1 or name in inputs | changed or bindings.count(name) != 1:
            continue
        made = _evaluated(node.value, free, inputs, scopes)
        if made is not None:
            inputs = inputs | {name}
            scopes = [{**scope, name: value} for scope, value in zip(scopes, made, strict=True)]
            free |= {
                (each.lineno, each.col_offset)
                for each in ast.walk(tree)
                if isinstance(each, ast.Name) and each.id == name and each.lineno > node.lineno
            }
    return tree, free, inputs, scopes


def _changed_in_place(tree: ast.Module) -> set[str]:
    """The names of what may be another value than was assigned: what has an item set, or a method called."""
    found: set[str] = set()
    for node in ast.walk(tree):
        inside: ast.expr | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            inside = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            inside = None if node.func.attr in _METHODS else node.func.value
        elif isinstance(node, ast.AugAssign | ast.Delete):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            found |= {each.id for each in targets if isinstance(each, ast.Name)}
        while isinstance(inside, ast.Subscript | ast.Attribute):
            inside = inside.value
        if isinstance(inside, ast.Name):
            found.add(inside.id)
    return found


def _read_before(tree: ast.Module, name: str) -> set[tuple[int, int]]:
    """Where a name is read that the code itself binds, but not before that."""
    found: set[tuple[int, int]] = set()
    for node in tree.body:
        inside = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == name]
        is_scope = any(isinstance(each, _SCOPES) for each in ast.walk(node))
        reads = {(each.lineno, each.col_offset) for each in inside if isinstance(each.ctx, ast.Load)}
        if len(reads) < len(inside):  # here it is bound: of an assignment the value comes first
            return found | reads if isinstance(node, ast.Assign) and not is_scope else found
        if is_scope:
            return found
        found |= reads
    return found


def _conditional(text: str, scopes: Scopes) -> str:
    """Without the first `if` that is decided."""
    tree, free, names, scopes = _known(text, scopes)
    lines = text.split("\n")
    for node in ast.walk(tree):
        if not isinstance(node, ast.If) or lines[node.lineno - 1].lstrip().startswith("elif"):
            continue
        is_so = outcome_of(node.test, free, names, scopes)
        if is_so is None or has_long_texts(node) or node.body[0].lineno == node.lineno:
            continue
        branch = _branch(lines, node, is_so=is_so)
        if not branch:
            return without(text, tree, node)
        return "\n".join([*lines[: node.lineno - 1], *branch, *lines[node.end_lineno :]])
    return text


def _branch(lines: list[str], node: ast.If, *, is_so: bool) -> list[str]:
    """The lines that are left of an `if`, indented as it was."""
    test_ends = node.test.end_lineno or node.lineno
    body_ends = node.body[-1].end_lineno or node.lineno
    if is_so:
        body = node.body
        inside = lines[test_ends:body_ends]
    elif not node.orelse:
        return []
    elif isinstance(node.orelse[0], ast.If) and lines[node.orelse[0].lineno - 1].lstrip().startswith("elif"):
        rest = lines[body_ends : node.end_lineno]
        place = node.orelse[0].lineno - 1 - body_ends
        return [*rest[:place], rest[place].replace("elif", "if", 1), *rest[place + 1 :]]
    else:
        body = node.orelse
        other = next(
            place for place in range(body_ends, len(lines)) if lines[place].strip().startswith("else:")
        )
        inside = lines[other + 1 : node.end_lineno]
    if all(isinstance(each, ast.Pass) for each in body):
        return []
    return indented_anew(inside, body[0].col_offset, node.col_offset)


def has_long_texts(node: ast.AST) -> bool:
    """Whether a text in it goes over lines, which must not be indented anew."""
    return any(
        isinstance(each, ast.Constant | ast.JoinedStr) and each.lineno != each.end_lineno
        for each in ast.walk(node)
    )


def indented_anew(lines: Sequence[str], before: int, after: int) -> list[str]:
    """Lines of a block with another indentation."""
    return [f"{' ' * after}{line[before:]}" if line[:before].isspace() else line.strip() for line in lines]


def without(text: str, tree: ast.Module, node: ast.stmt, *, is_kept: bool = False) -> str:
    """The code without a statement and the comments above it, which may be kept."""
    lines = text.split("\n")
    first, indent = node.lineno - 1, " " * node.col_offset
    while first > 0 and lines[first - 1].startswith(f"{indent}#") and not is_kept:
        first -= 1
    instead = [f"{indent}..."] if _is_alone(tree, node) and tree.body != [node] else []
    return "\n".join([*lines[:first], *instead, *lines[node.end_lineno :]])


def _is_alone(tree: ast.Module, node: ast.stmt) -> bool:
    """Whether it is the only statement of the block that it is in."""
    return any(
        getattr(parent, field, None) == [node]
        for parent in ast.walk(tree)
        for field in ("body", "orelse", "finalbody")
    )


def _expression(text: str, scopes: Scopes) -> str:
    """With the first `A if ... else B` or `A or B` that is decided replaced by what it comes to."""
    tree, free, names, scopes = _known(text, scopes)
    inside = {
        id(each) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for each in ast.walk(node)
    }
    # A condition is decided as a whole, or stays as a whole.
    tests = {
        id(each)
        for node in ast.walk(tree)
        if isinstance(node, ast.If | ast.IfExp)
        for each in ast.walk(node.test)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.BoolOp) and id(node) not in inside and id(node) not in tests:
            first, *others = node.values
            is_so = outcome_of(first, free, names, scopes)
            if is_so is not None:
                is_decisive = is_so == isinstance(node.op, ast.Or)
                left = [first] if is_decisive else others
                parts = [ast.get_source_segment(text, each) or "" for each in left]
                return replaced(text, node, (" or " if isinstance(node.op, ast.Or) else " and ").join(parts))
        if isinstance(node, ast.IfExp) and id(node) not in inside:
            is_so = outcome_of(node.test, free, names, scopes)
            if is_so is not None:
                chosen = ast.get_source_segment(text, node.body if is_so else node.orelse)
                return replaced(text, node, chosen or "")
    return text


def _alias(text: str, scopes: Scopes) -> str:
    """Without the first name that is nothing but another name for an input."""
    tree, free, names, scopes = _known(text, scopes)
    lines = text.split("\n")
    for node in tree.body:
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        (target,) = node.targets
        value = node.value
        if (
            not isinstance(target, ast.Name)
            or not isinstance(value, ast.Name)
            or node.lineno != node.end_lineno
        ):
            continue
        if value.id not in names or (value.lineno, value.col_offset) not in free:
            continue
        if value.id == target.id:  # it has come to that
            return "\n".join([*lines[: node.lineno - 1], *lines[node.lineno :]])
        if value.id in _bindings(tree):
            continue
        if sum(name == target.id for name in _bindings(tree)) != 1:
            continue
        reads = [
            each
            for each in ast.walk(tree)
            if isinstance(each, ast.Name) and each.id == target.id and isinstance(each.ctx, ast.Load)
        ]
        if any(_is_in_a_text(tree, each) or each.lineno <= node.lineno for each in reads):
            continue
        for each in sorted(reads, key=lambda one: (one.lineno, one.col_offset), reverse=True):
            lines[each.lineno - 1] = _changed(lines[each.lineno - 1], each, value.id)
        return "\n".join([*lines[: node.lineno - 1], *lines[node.lineno :]])
    return text


def _bindings(tree: ast.Module) -> list[str]:
    """Every name that is bound anywhere, as often as it is."""
    found = [
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)
    ]
    return found + [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)]


def _is_in_a_text(tree: ast.Module, name: ast.Name) -> bool:
    return any(
        isinstance(node, ast.JoinedStr) and any(each is name for each in ast.walk(node))
        for node in ast.walk(tree)
    )


def _changed(line: str, node: ast.expr, new: str) -> str:
    encoded = line.encode()
    return (encoded[: node.col_offset] + new.encode() + encoded[node.end_col_offset :]).decode()


def replaced(text: str, node: ast.expr, new: str) -> str:
    """The code with one expression replaced."""
    lines = text.encode().split(b"\n")
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset or 0 :]
    return b"\n".join([*lines[:first], head + new.encode() + tail, *lines[last + 1 :]]).decode()
