"""The traces of the scripts, each made once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from traced import SCRIPTS, verified

from harness.tracing.model import Trace


@pytest.fixture(scope="session")
def trace_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Trace]:
    """The trace of a script of `scripts`, made once."""
    known: dict[str, Trace] = {}

    def of(name: str) -> Trace:
        if name not in known:
            known[name] = verified(tmp_path_factory.mktemp(name), SCRIPTS / f"{name}.py")
        return known[name]

    return of
