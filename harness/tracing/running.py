"""Runs a script as `harness exec` does, with its calls of SDK v1 written down."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from harness.tracing import recorder
from harness.tracing.records import Recorded, read_records
from harness.workspace.serving.launching import Launch, Launched, launch


@dataclass(frozen=True)
class Traced:
    """How the script ended, and the calls that it made."""

    launched: Launched
    recorded: Recorded


def trace(what: Launch, started: Callable[[str], None]) -> Traced:
    """Runs the command to its end, as `launch` does, and reads what was written down.

    Raises:
        OSError: The folder cannot be written or the command not be started.
        sqlite3.Error: The folder's database is not that of a workspace.
        ValueError: Likewise, or the workspace refuses the experiment.
    """
    with tempfile.TemporaryDirectory(prefix="harness-trace-") as folder:
        source = Path(recorder.__file__).read_text(encoding="utf-8")
        launched = launch(replace(what, at_start=f"{source}\n\nstart({folder!r})\n"), started)
        return Traced(launched, read_records(Path(folder)))
