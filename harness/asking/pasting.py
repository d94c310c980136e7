"""Writes a guess as a divergence that can be pasted into an entry."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence

from harness.asking.guessing import Guess
from harness.clock import ClockName
from harness.spec.names import exception_names, is_builtin_exception, resolve_exception
from harness.values import to_expression


def divergence_yaml(
    id_: str,
    guess: Guess,
    witness: Mapping[str, object],
    clock: ClockName | None,
    recipes: Sequence[str] | None,
    stores: Sequence[str] | None,
    indent: int = 2,
) -> str:
    """The divergence as an item of `divergences`.

    Args:
        id_: Its id.
        guess: What it says.
        witness: An input that needs it.
        clock: The clock that the witness needs; None where each does.
        recipes: The recipes it was seen with; None for all of the entry.
        stores: The stores it was seen on; None for all on which the entry makes sense.
        indent: Columns before the `-`, as the entry has them.
    """
    lines = [f"- id: {id_}"]
    if recipes is not None:
        lines.append(f"  recipes: [{', '.join(recipes)}]")
    if stores is not None:
        lines.append(f"  stores: [{', '.join(stores)}]")
    lines += _expression("when", guess.when)
    if guess.becomes is not None:
        lines += _expression("becomes", guess.becomes)
    if guess.raises is not None:
        phase, kind, match = guess.raises
        name = exception_name(kind)
        lines.append(f"  raises: {{phase: {phase}, type: {name}, match: {_quoted(match)}}}")
        if guess.leaves is not None:
            lines += _expression("leaves", guess.leaves)
    under = [] if clock is None else [f"clock: {clock}"]
    given = [f"{name}: {value_yaml(value)}" for name, value in witness.items()]
    lines.append(f"  witness: {{{', '.join([*under, *given])}}}")
    # Why it is so is the author's to say; until then `harness check` points at it.
    lines.append("  because: TODO")
    return "\n".join(f"{' ' * indent}{line}" for line in lines)


def exception_name(kind: type[BaseException]) -> str:
    """The name by which an entry names an exception: a short one where there is one."""
    for name in exception_names():
        if name == kind.__name__ and resolve_exception(name) is kind:
            return name
    if is_builtin_exception(kind.__name__) and kind.__module__ == "builtins":
        return kind.__name__
    return f"{kind.__module__}.{kind.__qualname__}"


def value_yaml(value: object) -> str:
    """A value as YAML: plain where YAML says the same, else as a `!py` expression."""
    if value is None:
        return "null"
    if isinstance(value, bool) and type(value) is bool:
        return "true" if value else "false"
    if type(value) is int and abs(value) < 10**15:
        return str(value)
    if type(value) is float and re.fullmatch(r"-?\d+\.\d+", repr(value)):
        return repr(value)
    if type(value) is str and value.isascii() and value.isprintable():
        return json.dumps(value)
    if type(value) is list:
        return f"[{', '.join(map(value_yaml, value))}]" if len(value) < 50 else _py(value)
    return _py(value)


def free_id(wanted: str, taken: Iterable[str]) -> str:
    """A name that is not taken yet: the wanted one, or that with a number."""
    taken = set(taken)
    slug = re.sub(r"[^a-z0-9]+", "-", wanted.lower()).strip("-") or "difference"
    number, found = 1, slug
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def _py(value: object) -> str:
    expression = power_of_two(value) if type(value) is int else None
    return f"!py {json.dumps(expression or to_expression(value))}"


def power_of_two(value: int) -> str | None:
    """An integer next to a power of two as people write it, `2**53 + 1`; None for any other."""
    for exponent in (abs(value).bit_length() - 1, abs(value).bit_length()):
        offset = abs(value) - 2**exponent
        if exponent > 40 and abs(offset) < 1000:
            sign = "-" if value < 0 else ""
            text = f"2**{exponent}" + (f" {'+' if offset > 0 else '-'} {abs(offset)}" if offset else "")
            return f"-({text})" if sign and offset else f"{sign}{text}"
    return None


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _expression(key: str, text: str) -> list[str]:
    return [f"  {key}: >-", f"    {text}"]
