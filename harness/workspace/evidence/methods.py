"""Which public methods of the SDK's `Run` and `Experiment` work with an embedded workspace: `methods.yaml`.

The file has a row for each method, property, static and class method that the installed package has; a test compares
the two. Nothing is served or refused here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast, get_args

Answered = Literal["served", "local", "not-served"]


@dataclass(frozen=True)
class Method:
    """A public name of a class of the SDK.

    `answered` is `served` (it works, through requests that the embedded workspace answers), `local` (it sends no
    request) or `not-served` (it sends one that raises `UnservedRequest`; `why` has the reason). `test` names
    the test that calls it, below `tests/workspace`.
    """

    owner: str
    name: str
    answered: Answered
    test: str
    why: str | None = None


@cache
def load_methods() -> Sequence[Method]:
    """All rows, class by class. Raises `ValueError` where one is malformed."""
    return tuple(_read())


def _read() -> Iterator[Method]:
    from ruamel.yaml import YAML

    text = files("harness.workspace.evidence").joinpath("methods.yaml").read_text(encoding="utf-8")
    for owner, rows in cast("dict[str, dict[str, Any]]", YAML(typ="safe", pure=True).load(text)).items():
        for name, row in rows.items():
            yield _method(owner, name, row)


def _method(owner: str, name: str, row: Any) -> Method:
    where = f"methods.yaml: {owner}.{name}"
    if not isinstance(row, dict) or not all(isinstance(text, str) and text.strip() for text in row.values()):
        raise ValueError(f"{where}: expected texts by name")
    kinds = [kind for kind in get_args(Answered) if kind in row]
    if len(kinds) != 1:
        raise ValueError(
            f"{where}: expected one of {', '.join(get_args(Answered))}, with the test that calls it"
        )
    (kind,) = kinds
    why = row.get("why")
    if set(row) - {kind, "why"} or (kind == "not-served") != (why is not None):
        raise ValueError(f"{where}: expected {kind}, and why where it is not served")
    return Method(owner, name, kind, row[kind].strip(), " ".join(why.split()) if why else None)
