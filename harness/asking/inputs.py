"""The inputs of a question, from `INPUT=EXPRESSION` on the command line: all that is wrong with them in one message."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from harness.errors import BadInput
from harness.report.printing import one_line, printable
from harness.spec import BadSnippet, Block, Location, Problem, Snippet, compile_expression, names_in, resolve
from harness.spec.free_names import BUILTINS, free_names
from harness.spec.problems import did_you_mean, listing
from harness.spec.snippets import node_location, parse_expression
from harness.values import Built, fresh, to_expression

SCOPE = "value"


def given_inputs(arguments: Sequence[str], inputs: Sequence[str]) -> dict[str, object]:
    """The values of `INPUT=EXPRESSION` arguments; what is no plain value is `Built` anew for each path.

    Args:
        arguments: As they stand on the command line.
        inputs: The names of the entry's inputs.

    Raises:
        BadInput: Something is wrong with an argument; all of them are told.
    """
    problems: list[str] = []
    blocks: dict[str, tuple[str, Block]] = {}
    for argument in arguments:
        name, equals, _ = argument.partition("=")
        name = name.strip()
        if not equals or name not in inputs:
            problems.append(_unknown(argument, name if equals else None, inputs))
        elif name in blocks:
            problems.append(f"{_shown(argument)}: the input `{name}` is given twice")
        else:
            found = _compiled(argument)
            if isinstance(found, Block):
                blocks[name] = (argument, found)
            else:
                problems += found
    values: dict[str, object] = {}
    names = resolve(SCOPE) if blocks else {}
    for name, (argument, block) in blocks.items():
        try:
            values[name] = _value(block, names)
        except Exception as error:  # the expression of whoever asks may raise anything
            problems.append(_pointed(argument, 0, f"this raised {type(error).__name__}: {error}"))
    if problems:
        raise BadInput("\n".join(problems))
    return values


def not_plain(value: object) -> str | None:
    """What a value is that inputs of entries cannot be, in words; None for a plain value."""
    if not isinstance(value, Built):
        return None
    try:
        fresh(value.build())
    except TypeError as error:
        return str(error).removeprefix("an input cannot be ").partition(";")[0]
    return None


def _compiled(argument: str) -> Block | list[str]:
    name, _, text = argument.partition("=")
    # Blanks around an expression mean nothing in a shell; in Python they would be an indentation.
    skipped = len(text) - len(text.lstrip())
    start = len(name) + 1 + skipped
    snippet = Snippet(text.strip(), Location(Path("argument"), 1, 1))
    if not snippet.text:
        return [_pointed(argument, start, "the value is missing: write a Python expression behind the `=`")]
    try:
        tree = parse_expression(snippet)
        unknown = [node for node in free_names(tree) if node.id not in {*names_in(SCOPE), *BUILTINS}]
        if not unknown:
            return compile_expression(snippet)
    except BadSnippet as error:
        return [_pointed(argument, _offset(snippet, start, error.problem), error.problem.message)]
    except RecursionError:
        return [_pointed(argument, start, "this Python is nested too deep")]
    problems = []
    for node in unknown:
        problem = Problem("unknown-name", f"there is no name `{node.id}` here", node_location(snippet, node))
        known = {*names_in(SCOPE), *BUILTINS}
        hint = did_you_mean(node.id, known) or ""
        if snippet.text == node.id:
            hint = f"a text needs quotes: \"{name.strip()}='{node.id}'\""
        told = f"{problem.message}; {hint}" if hint else problem.message
        told += f"\n    known are {listing(names_in(SCOPE))} and Python's own names" if not hint else ""
        problems.append(_pointed(argument, _offset(snippet, start, problem), told))
    return problems


def _value(block: Block, names: Mapping[str, Any]) -> object:
    value = block.run(dict(names))
    try:
        plain: object = fresh(value)
        to_expression(plain)
    except TypeError:
        return Built(block.snippet.text, _builder(value, block, names))
    return plain


def _builder(value: object, block: Block, names: Mapping[str, Any]) -> Any:
    """A copy of the value keeps what was drawn by chance; what cannot be copied (a generator) is made again."""
    try:
        copy.deepcopy(value)
    except Exception:  # a foreign type may raise anything
        return lambda: block.run(dict(names))
    return lambda: copy.deepcopy(value)


def _unknown(argument: str, name: str | None, inputs: Sequence[str]) -> str:
    there = f"the inputs of the entry are {listing(inputs)}"
    if name is None:
        bare = argument.strip()
        if bare in inputs:
            return f"{_shown(argument)}: the value is missing; write {bare}=EXPRESSION"
        return f"{_shown(argument)}: this is no INPUT=EXPRESSION; {there}"
    hint = did_you_mean(name, inputs)
    return f"{_shown(argument)}: there is no input `{one_line(name)}`; {f'{hint} ' if hint else ''}{there}"


def _offset(snippet: Snippet, start: int, problem: Problem) -> int:
    """Where in the argument a place of the snippet is."""
    before = sum(len(line) + 1 for line in snippet.lines[: problem.location.line - 1])
    return start + before + problem.location.column - 1


def _pointed(argument: str, offset: int, message: str) -> str:
    """The line of the argument with a caret below the place, and what is wrong there."""
    offset = min(offset, len(argument))
    begin = argument.rfind("\n", 0, offset) + 1
    end = argument.find("\n", offset)
    line = argument[begin : end if end >= 0 else len(argument)]
    before, behind = printable(line[: offset - begin]), printable(line[offset - begin :])
    if len(before) > 60:
        before = f"...{before[-57:]}"
    if len(behind) > 60:
        behind = f"{behind[:57]}..."
    return f"{before}{behind}\n{' ' * len(before)}^\n{printable(message)}"


def _shown(argument: str) -> str:
    text = one_line(argument)
    return f"`{text if len(text) <= 60 else text[:57] + '...'}`"
