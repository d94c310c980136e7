"""Checks of the Python in an entry: that it is Python, of the form its place needs, and knows its names.

Nothing is run or imported; what a name stands for is not looked at.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from harness.spec import name_table, names
from harness.spec.free_names import BUILTINS, bound_names, free_names
from harness.spec.problems import Problem, did_you_mean, hints, listing
from harness.spec.reading import PYTHON_TAG, Document, ValuePath
from harness.spec.sdk_calls import CALLS
from harness.spec.snippets import BadSnippet, Snippet, node_location, parse_block, parse_expression

EXPRESSION = "expression"
STATEMENTS = "statements"
VALUE_BLOCK = "value-block"


_OTHER_SPELLINGS = {"true": "True", "false": "False", "null": "None", "nan": "math.nan", "inf": "math.inf"}


@dataclass(frozen=True)
class Place:
    """Where an entry has Python, its form and the names it sees."""

    path: ValuePath
    form: str
    scope: str
    parameters: tuple[str, ...] = ()
    """Names that are seen besides: the parameters of a call."""

    @property
    def is_across(self) -> bool:
        """Whether it reads with MLflow what SDK v1 has logged."""
        return self.path == ("reads_across", "read")

    @property
    def logs(self) -> ValuePath:
        """Where that is written which logs what is read here."""
        return ("v1", "log") if self.is_across else (*self.path[:-1], "log")


def python_places(data: dict[Any, Any]) -> Iterator[Place]:
    """Every place of an entry that holds Python; parts of the wrong shape are passed over."""
    for name in _mapping(data.get("inputs")):
        yield Place(("inputs", name), EXPRESSION, name_table.STRATEGY)
    yield Place(("usual",), EXPRESSION, name_table.USUAL)
    yield from _side(("v1",), name_table.V1)
    for index, refusal in enumerate(_items(_mapping(data.get("v1")).get("refuses"))):
        if "when" in _mapping(refusal):
            yield Place(("v1", "refuses", index, "when"), EXPRESSION, name_table.REFUSAL)
    for recipe in _mapping(data.get("mlflow")):
        yield from _side(("mlflow", recipe), name_table.MLFLOW)
    yield Place(("reads_across", "read"), VALUE_BLOCK, name_table.MLFLOW)
    for index, divergence in enumerate(_items(data.get("divergences"))):
        for key in ("when", "becomes", "leaves"):
            yield Place(("divergences", index, key), EXPRESSION, name_table.DIVERGENCE)
        for name in _mapping(_mapping(divergence).get("region")):
            yield Place(("divergences", index, "region", name), EXPRESSION, name_table.STRATEGY)
    for index, _ in enumerate(_items(data.get("claims"))):
        yield Place(("claims", index, "check"), VALUE_BLOCK, name_table.CLAIM)
    for index, call in enumerate(_items(data.get("calls"))):
        yield from _call(("calls", index), _mapping(call))


def _call(path: ValuePath, call: dict[Any, Any]) -> Iterator[Place]:
    name = call.get("call")
    parameters = CALLS.get(name) if isinstance(name, str) else None
    if parameters is None:
        return  # the model or the checks of names say so, and what is known in there depends on it
    keys: list[ValuePath] = [("when",)]
    keys += [("gather", index) for index, _ in enumerate(_items(call.get("gather")))]
    keys += [("inputs", name) for name in _mapping(call.get("inputs"))]
    for key in keys:
        yield Place((*path, *key), EXPRESSION, name_table.CALL, parameters)


def _side(path: ValuePath, scope: str) -> Iterator[Place]:
    yield Place((*path, "log"), STATEMENTS, scope)
    yield Place((*path, "read"), VALUE_BLOCK, scope)


def _mapping(value: Any) -> dict[Any, Any]:
    return value if isinstance(value, dict) else {}


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def python_problems(document: Document) -> Iterator[Problem]:
    """What is wrong with the Python of an entry, all of it."""
    inputs = document.data.get("inputs")
    not_there = names.names_not_there(document.data.get("starts_runs") is True)
    known_inputs = {str(name) for name in inputs} if isinstance(inputs, dict) else None
    for place in python_places(document.data):
        node = document.nodes.get(place.path)
        if node is None or not isinstance(_value_at(document.data, place.path), str) or not node.text.strip():
            continue  # no text: the model says so
        snippet = document.snippet(place.path)
        try:
            tree = _parse(snippet, place.form)
            yield from _import_problems(snippet, tree, place)
            logged = _bound_in_log(document, place)
            hidden = not_there | names.NOT_THERE_ACROSS if place.is_across else not_there
            yield from _name_problems(
                snippet, tree, place.scope, known_inputs, logged, hidden, place.parameters
            )
        except BadSnippet as error:
            yield error.problem
    for path, node in document.nodes.items():
        if node.tag == PYTHON_TAG:
            snippet = document.snippet(path)
            try:
                tree = _parse(snippet, EXPRESSION)
                yield from _name_problems(snippet, tree, name_table.VALUE, known_inputs)
            except BadSnippet as error:
                yield error.problem


def _value_at(data: Any, path: ValuePath) -> Any:
    for key in path:
        data = data[key]
    return data


def _parse(snippet: Snippet, form: str) -> ast.Module:
    tree = (
        parse_expression(snippet) if form == EXPRESSION else parse_block(snippet, value=form == VALUE_BLOCK)
    )
    try:
        free_names(tree)
    except RecursionError:
        raise BadSnippet(
            Problem("python-syntax", "this Python is nested too deep", snippet.location)
        ) from None
    return tree


def _import_problems(snippet: Snippet, tree: ast.Module, place: Place) -> Iterator[Problem]:
    for node in ast.walk(tree):
        modules: list[str] = []
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [] if node.level else [node.module or ""]
            if any(alias.name == "*" for alias in node.names):
                message = "`import *` hides which names there are"
                yield Problem(
                    "star-import", message, node_location(snippet, node), "import the names one by one"
                )
        for module in modules:
            if (
                module.partition(".")[0] in name_table.CLOCK_MODULES
                and place.scope in name_table.SCOPES_WITH_CLOCK
            ):
                message = f"importing `{module}` goes past the example's clock"
                hint = "`time` is there without an import and follows the clock: `time.time()`"
                yield Problem("clock-bypass", message, node_location(snippet, node), hint)
            if place.is_across and module.startswith(_V1_CLIENT) and not module.startswith(_PLUGIN):
                message = f"importing `{module}` reads with SDK v1 what MLflow is to read"
                hint = "`client`, `mlflow` and `run_id` are there without an import"
                yield Problem("wrong-client", message, node_location(snippet, node), hint)


_V1_CLIENT, _PLUGIN = "azureml", "azureml.mlflow"


def _bound_in_log(document: Document, place: Place) -> frozenset[str]:
    """The names that `log` binds beside this `read`, which does not see them."""
    beside = place.logs
    if place.path[-1] != "read" or beside not in document.nodes:
        return frozenset()
    try:
        return bound_names(parse_block(document.snippet(beside), value=False))
    except (BadSnippet, RecursionError):
        return frozenset()


def _name_problems(
    snippet: Snippet,
    tree: ast.Module,
    scope: str,
    inputs: set[str] | None,
    logged: frozenset[str] = frozenset(),
    not_there: frozenset[str] = frozenset(),
    parameters: tuple[str, ...] = (),
) -> Iterator[Problem]:
    if scope in name_table.SCOPES_WITH_INPUTS and inputs is None:
        return
    if any(isinstance(node, ast.alias) and node.name == "*" for node in ast.walk(tree)):
        return
    hidden = not_there if scope in (name_table.V1, name_table.MLFLOW) else frozenset()
    visible = {*names.names_in(scope), *parameters} - hidden
    if scope in name_table.SCOPES_WITH_INPUTS:
        visible |= inputs or set()
    reported: set[str] = set()
    for node in free_names(tree):
        name = node.id
        if name in visible or name in BUILTINS or name in reported:
            continue
        reported.add(name)
        message = f"the name `{name}` is not known here"
        hint = _name_hint(name, scope, inputs, visible)
        if name in hidden:
            hint = _RUNS_HINT.get(name, _NO_RUN_HINT if "started" in visible else _ACROSS_HINT)
        if parameters and inputs and name in inputs:
            hint = f"inputs are what is made here, of the call's parameters: {listing(parameters)}"
        if name in logged:
            hint = "`read` sees nothing of `log`: it reads back as another program would"
        yield Problem("unknown-name", message, node_location(snippet, node), hint)


_RUNS_HINT = {"started": "only an entry that says `starts_runs: true` has it"}
_NO_RUN_HINT = "this entry starts its runs itself (`starts_runs`): `read` finds their ids in `started`"
_ACROSS_HINT = "SDK v1 has started the run, and MLflow none; `run_id` is its id"


def _name_hint(name: str, scope: str, inputs: set[str] | None, visible: set[str]) -> str | None:
    if name in _OTHER_SPELLINGS:
        return f"Python writes `{_OTHER_SPELLINGS[name]}`"
    if inputs and name in inputs:
        return "inputs have no value yet where strategies and examples are made"
    scopes = [other for other in name_table.SCOPES if name in names.names_in(other)]
    if scopes:
        return (
            f"it is known only in {', '.join(name_table.SCOPES[other].partition(':')[0] for other in scopes)}"
        )
    near = did_you_mean(name, visible) or did_you_mean(name, BUILTINS, 0.8)
    given = (
        f"inputs: {listing(sorted(inputs))}" if inputs and scope in name_table.SCOPES_WITH_INPUTS else None
    )
    return hints(near, given, f"`harness names {scope}` lists what is known here")
