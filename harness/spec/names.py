"""What snippets see, looked up in the table of names; nothing is imported until a scope is resolved."""

from __future__ import annotations

import builtins
from importlib import import_module
from typing import Any

from harness.spec.name_table import SCOPES, TABLE, Name

RELATION_NAMES = ("numbers", "json", "text", "bytes", "pixels")
"""What `compare` accepts; a test holds this equal to the relations of `harness.compare`."""


def names_not_there(starts_runs: bool) -> frozenset[str]:
    """The names of `v1` and of recipes that an entry of this kind does not see, since there is no such run for it."""
    return frozenset({"run", "run_id", "mlflow_run"} if starts_runs else {"started"})


NOT_THERE_ACROSS = frozenset({"mlflow_run"})
"""The names of recipes that `read` of `reads_across` does not see: MLflow has started no run."""


def all_names() -> tuple[Name, ...]:
    """The whole table, in its order."""
    return TABLE


def names_in(scope: str) -> dict[str, Name]:
    """The names that snippets of this scope see, inputs and builtins not among them.

    Raises:
        KeyError: There is no such scope.
    """
    if scope not in SCOPES:
        raise KeyError(scope)
    return {name.name: name for name in TABLE if scope in name.scopes}


def exception_names() -> dict[str, str]:
    """The short names of exceptions that `raises` knows besides Python's own, with where each is found."""
    return {name.name: name.source for name in TABLE if name.source and name.name.endswith("Exception")}


def is_builtin_exception(name: str) -> bool:
    """Whether Python itself has an exception of this name."""
    found = getattr(builtins, name, None)
    return isinstance(found, type) and issubclass(found, BaseException)


def resolve_source(source: str) -> Any:
    """Import what a source names.

    Raises:
        ImportError: The module is not there.
        AttributeError: The module has no such attribute.
    """
    module, _, attribute = source.partition(":")
    found = import_module(module)
    return getattr(found, attribute) if attribute else found


def resolve(scope: str) -> dict[str, Any]:
    """The namespace of a scope: everything in it that can be imported (and is imported now).

    Raises:
        KeyError: There is no such scope.
        ImportError: A package that the scope needs is not installed.
    """
    return {name.name: resolve_source(name.source) for name in names_in(scope).values() if name.source}


def resolve_exception(name: str) -> type[BaseException]:
    """The exception type that `raises: {type: NAME}` means: a builtin, a name of the table, or a dotted path.

    Raises:
        ImportError: The module is not there.
        AttributeError: The module has no such name.
        TypeError: What the name stands for is no exception type.
    """
    if is_builtin_exception(name):
        found = getattr(builtins, name)
    else:
        source = exception_names().get(name) or ":".join(name.rpartition(".")[::2])
        found = resolve_source(source)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise TypeError(f"{name} is no exception type")
    return found


def builtin_exceptions() -> list[str]:
    """The names of Python's own exceptions."""
    return [name for name in dir(builtins) if is_builtin_exception(name)]
