"""Modules that are not installed, found missing at once; nothing here knows who asks for them."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec


@contextmanager
def missing_at_once(names: Sequence[str]) -> Iterator[None]:
    """While this is open, importing a module of these fails without a search, if it is not installed.

    Python remembers what it has imported and not what it has looked for in vain, so each try to import a missing module
    goes through all folders again. None in `sys.modules` is how Python is told that there is no such module (language
    reference, the import system, "The module cache"). What is installed is left alone.
    """
    absent = [name for name in names if name not in sys.modules and find_spec(name) is None]
    for name in absent:
        sys.modules[name] = None  # type: ignore[assignment]  # the mark is documented, but not in the types
    try:
        yield
    finally:
        for name in absent:
            if name in sys.modules and sys.modules[name] is None:
                del sys.modules[name]
