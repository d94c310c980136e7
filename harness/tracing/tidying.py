"""A recipe as one would write it for one case: without loops over one item, and without the run's beginning and end.

Everything here goes by the code alone. What it does stays the same, but for the statements that are not the business
of the call in whose place the code is to stand.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Sequence
from itertools import pairwise

from harness.spec.free_names import bound_names, free_names
from harness.spec.names import resolve_source
from harness.tracing.deciding import has_long_texts, indented_anew, replaced, without
from harness.tracing.substituting import substituted

STARTS = frozenset(
    {
        "Experiment.start_logging",
        "Experiment.submit",
        "Run.get_context",
        "Run.child_run",
        "Run.create_children",
    }
)
ENDS = frozenset({"Run.complete", "Run.fail", "Run.cancel"})

_CONTEXTS = frozenset({"on_compute", "remotely"})
"""What puts a recipe into the place where the script is already."""
_BEGINNING = frozenset({"mlflow.set_tracking_uri", "mlflow.set_experiment", "mlflow.start_run"})
_END = frozenset({"mlflow.end_run"})
_INVENTED = frozenset({"mlflow.log_metric"})

SHORT = 72
"""Characters of a constant that is written wherever it is used."""

_ATOMS = ast.Constant | ast.Name
_REPEATING = (
    ast.For
    | ast.While
    | ast.FunctionDef
    | ast.Lambda
    | ast.ListComp
    | ast.SetComp
    | ast.DictComp
    | ast.GeneratorExp
)


def of_the_call(text: str, call: str) -> str:
    """The code without what belongs to another time in the run's life than this call does.

    The code of an entry has all of a run, from its beginning to its end. Where a script sets a tag its run goes on, and
    where it ends a run that has begun before.

    Args:
        text: The code of a recipe.
        call: The call of SDK v1 in whose place it is to stand.
    """
    gone = _INVENTED if call in STARTS else _BEGINNING if call in ENDS else _BEGINNING | _END
    while True:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            is_context = isinstance(node, ast.With) and _named(node.items[0].context_expr) in _CONTEXTS
            if isinstance(node, ast.With) and is_context and not has_long_texts(node):
                text = _unwrapped(text, node)
                break
            value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
            if isinstance(node, ast.stmt) and value is not None and _named(value) in gone:
                text = without(text, tree, node)
                break
        else:
            return text


def _named(node: ast.expr) -> str:
    """What is called: `mlflow.end_run`."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def _unwrapped(text: str, node: ast.With) -> str:
    lines = text.split("\n")
    header = node.items[-1].context_expr.end_lineno or node.lineno
    inside = indented_anew(lines[header : node.end_lineno], node.body[0].col_offset, node.col_offset)
    return "\n".join([*lines[: node.lineno - 1], *inside, *lines[node.end_lineno :]])


def tidied(text: str) -> str:
    """The code without loops over nothing or one item, lookups in what is written beside them, and idle arguments."""
    rules: Sequence[Callable[[str], str]] = (
        _loop,
        _lookup,
        _idle_argument,
        _idle_value,
        _merged,
        _plain_value,
    )
    for _ in range(100):  # each round takes something away
        before = text
        for rule in rules:
            text = rule(text)
            if text != before:
                break
        else:
            return text
    return text


def with_own_files(text: str) -> str:
    """The code with a file or figure that the script has in the place of the harness's description of it."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or len(node.args) != 1:
            continue
        (given,) = node.args
        if _named(node) == "write_image" and (path := _item(given, "path")) is not None:
            return with_own_files(replaced(text, node, ast.unparse(path)))
        if _named(node) == "draw_figures" and isinstance(given, ast.List):
            drawn = [_item(each, "picture") for each in given.elts]
            if all(each is not None and not isinstance(each, ast.Constant) for each in drawn):
                figures = ", ".join(ast.unparse(each) for each in drawn if each is not None)
                return with_own_files(replaced(text, node, f"[{figures}]"))
    return text


def _item(node: ast.expr, key: str) -> ast.expr | None:
    if not isinstance(node, ast.Dict):
        return None
    for name, value in zip(node.keys, node.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            return value
    return None


def _loop(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, ast.For) or node.orelse or has_long_texts(node):
            continue
        if node.iter.end_lineno != node.lineno:
            continue
        items = _items(node.iter)
        if items == []:
            return without(text, tree, node)
        if items is None or len(items) != 1 or _leaves_early(node):
            continue
        pairs = _pairs(node.target, items[0])
        if pairs is not None and node.body[0].lineno > (node.iter.end_lineno or node.lineno):
            return _once(text, node, pairs)
    return text


def _items(node: ast.expr) -> list[ast.expr] | None:
    """What a loop over this goes through, if that is written there."""
    if isinstance(node, ast.List | ast.Tuple):
        return None if any(isinstance(each, ast.Starred) for each in node.elts) else node.elts
    if not isinstance(node, ast.Call) or node.keywords:
        return None
    if ast.unparse(node) == "range(1)":
        return [ast.Constant(0)]
    if isinstance(node.func, ast.Name) and node.func.id == "enumerate" and len(node.args) == 1:
        items = _items(node.args[0])
        return items and [
            ast.Tuple([ast.Constant(place), each], ast.Load()) for place, each in enumerate(items)
        ]
    if (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "items"
        and isinstance(node.func.value, ast.Dict)
    ):
        keys, values = node.func.value.keys, node.func.value.values
        if None in keys:
            return None
        return [
            ast.Tuple([key, value], ast.Load())
            for key, value in zip(keys, values, strict=True)
            if key is not None
        ]
    return None


def _leaves_early(node: ast.For) -> bool:
    return any(isinstance(each, ast.Break | ast.Continue) for each in ast.walk(node))


def _pairs(target: ast.expr, item: ast.expr) -> list[tuple[str, ast.expr]] | None:
    if isinstance(target, ast.Name):
        return [(target.id, item)]
    if (
        not isinstance(target, ast.Tuple)
        or not isinstance(item, ast.Tuple)
        or len(target.elts) != len(item.elts)
    ):
        return None
    found: list[tuple[str, ast.expr]] = []
    for one, other in zip(target.elts, item.elts, strict=True):
        pairs = _pairs(one, other)
        if pairs is None:
            return None
        found += pairs
    return found


def _once(text: str, node: ast.For, pairs: Sequence[tuple[str, ast.expr]]) -> str:
    """The body of a loop with its only item in it."""
    lines = text.split("\n")
    header = node.iter.end_lineno or node.lineno
    body = "\n".join(indented_anew(lines[header : node.end_lineno], node.body[0].col_offset, 0))
    tree = ast.parse(body)
    bound, free = bound_names(tree), [each.id for each in free_names(tree)]
    repeats = any(isinstance(each, _REPEATING) for each in ast.walk(tree))
    inside, above = {}, []
    for name, item in pairs:
        own = {each.id for each in ast.walk(item) if isinstance(each, ast.Name)}
        # What is in a file is read first: the code may be about to write a file of that name.
        is_first = not _reads_files(item) or f"write_image({name})" in body
        is_plain = free.count(name) == 1 and not repeats and is_first
        may_stand = isinstance(item, _ATOMS) or is_plain
        if may_stand and name not in bound and not own & bound:
            inside[name] = ast.unparse(item)
        elif name in free or name in bound:
            above.append(f"{name} = {ast.unparse(item)}")
    indent = " " * node.col_offset
    once = "\n".join([*above, substituted(body, inside)])
    written = [f"{indent}{line}" if line else line for line in once.split("\n")]
    return "\n".join([*lines[: node.lineno - 1], *written, *lines[node.end_lineno :]])


def _reads_files(node: ast.expr) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == "read" for each in ast.walk(node))


def _lookup(text: str) -> str:
    """With the first lookup by a constant in a literal replaced by what it gives."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Subscript):
            continue
        try:
            key = ast.literal_eval(node.slice)
        except ValueError:
            continue
        if isinstance(node.value, ast.Dict) and isinstance(key, str):
            found = _item(node.value, key)
            if found is not None and all(isinstance(each, ast.Constant) for each in node.value.values):
                return replaced(text, node, ast.get_source_segment(text, found) or "")
        if isinstance(node.value, ast.Name) and key in (0, -1):
            only = _only_item(tree, node.value.id)
            if only is not None:
                return without(replaced(text, node, ast.unparse(only[1])), tree, only[0], is_kept=True)
    return text


def _only_item(tree: ast.Module, name: str) -> tuple[ast.Assign, ast.expr] | None:
    """The statement that makes a list of one item under this name, which is read once only, and the item."""
    names = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == name]
    if len(names) != 2:
        return None
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and node.targets == [names[0]]
            and isinstance(node.value, ast.List)
            and len(node.value.elts) == 1
            and not isinstance(node.value.elts[0], ast.Starred)
        ):
            return node, node.value.elts[0]
    return None


def _idle_argument(text: str) -> str:
    """Without the first `argument=None` that is the default of a function of MLflow's."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call) or not _named(node).startswith("mlflow."):
            continue
        if any(each.arg is None for each in node.keywords):
            continue
        for each in node.keywords:
            is_none = isinstance(each.value, ast.Constant) and each.value.value is None
            if is_none and each.arg is not None and _has_none_for_default(_named(node), each.arg):
                left = ast.Call(node.func, node.args, [other for other in node.keywords if other is not each])
                parts = [ast.get_source_segment(text, arg) or "" for arg in node.args]
                parts += [
                    f"{other.arg}={ast.get_source_segment(text, other.value)}" for other in left.keywords
                ]
                return replaced(text, node, f"{_named(node)}({', '.join(parts)})")
    return text


def _has_none_for_default(function: str, argument: str) -> bool:
    module, _, name = function.partition(".")
    try:
        found = inspect.signature(getattr(resolve_source(module), name)).parameters.get(argument)
    except (AttributeError, TypeError, ValueError):
        return False
    return found is not None and found.default is None


def _idle_value(text: str) -> str:
    """Without the first assignment whose value nothing reads before the next one."""
    tree = ast.parse(text)
    for place, node in enumerate(tree.body):
        name = _assigned(node)
        if name is None or not isinstance(getattr(node, "value", None), ast.Constant | ast.List | ast.Dict):
            continue
        for later in tree.body[place + 1 :]:
            reads = any(
                isinstance(each, ast.Name)
                and each.id == name
                and (isinstance(each.ctx, ast.Load) or isinstance(later, ast.AugAssign))
                for each in ast.walk(later)
            )
            if reads:
                break
            if _assigned(later) == name:
                return without(text, tree, node)
    return text


def _merged(text: str) -> str:
    """With the first `x = a` and `x = f(x)` right below it made one."""
    tree = ast.parse(text)
    for first, second in pairwise(tree.body):
        name = _assigned(first)
        if name is None or _assigned(second) != name:
            continue
        reads = [each for each in ast.walk(second) if isinstance(each, ast.Name) and each.id == name][1:]
        if len(reads) == 1 and not any(isinstance(each, _REPEATING) for each in ast.walk(second)):
            lines = text.split("\n")
            value = ast.get_source_segment(text, first.value) or ""  # type: ignore[attr-defined]  # it assigns
            one = "\n".join(lines[second.lineno - 1 : second.end_lineno])
            target, equals, rest = one.partition("=")
            return "\n".join(
                [
                    *lines[: first.lineno - 1],
                    *lines[first.end_lineno : second.lineno - 1],
                    *f"{target}{equals}{substituted(rest.strip(), {name: value})}".replace(
                        "=", "= ", 1
                    ).split("\n"),
                    *lines[second.end_lineno :],
                ]
            )
    return text


def _plain_value(text: str) -> str:
    """With the first name for nothing but a constant or another name replaced by that."""
    tree = ast.parse(text)
    stores = [
        each.id
        for each in ast.walk(tree)
        if isinstance(each, ast.Name) and not isinstance(each.ctx, ast.Load)
    ]
    for node in tree.body:
        name = _assigned(node)
        if name is None or stores.count(name) != 1:
            continue
        value = node.value  # type: ignore[attr-defined]  # it assigns
        is_plain = isinstance(value, ast.Name) and value.id not in stores
        if not is_plain and not (isinstance(value, ast.Constant) and value.value is not ...):
            continue
        written = ast.get_source_segment(text, value) or ""
        reads = [each for each in ast.walk(tree) if isinstance(each, ast.Name) and each.id == name]
        if len(written) <= SHORT and all(each.lineno >= node.lineno for each in reads):
            return substituted(without(text, tree, node, is_kept=True), {name: written})
    return text


def _assigned(node: ast.stmt) -> str | None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return None
