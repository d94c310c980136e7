"""What tests of traces share: a script is run and verified in this process, as the command does it."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from harness.asking.layout import terminal
from harness.asking.opened import prepared
from harness.spec import LoadedEntry, load_entries
from harness.tracing.assembling import assembled
from harness.tracing.model import Trace
from harness.tracing.running import Traced, trace
from harness.tracing.text_view import show
from harness.workspace.serving.launching import Launch

SPECS = Path(__file__).parents[2] / "specs"
SCRIPTS = Path(__file__).parent / "scripts"


def run_script(folder: Path, script: Path, *arguments: str) -> Traced:
    """Runs a script in a folder, with a workspace beside it."""
    before = Path.cwd()
    working = folder / "working"
    working.mkdir(parents=True, exist_ok=True)
    os.chdir(working)
    try:
        command = [sys.executable, str(script), *arguments]
        with open(os.devnull, "wb") as nowhere:
            what = Launch(folder / "workspace", script.stem, script.name, command, output=nowhere.fileno())
            return trace(what, lambda _: None)
    finally:
        os.chdir(before)


def entries() -> Sequence[LoadedEntry]:
    return load_entries([SPECS]).entries


def verified(
    folder: Path, script: Path, store: str = "sqlite", specs: Sequence[LoadedEntry] | None = None
) -> Trace:
    """The trace of a script."""
    traced = run_script(folder, script)
    with prepared():
        return assembled(traced, script, (), specs or entries(), store, lambda *_: None)


def outcomes(trace: Trace) -> dict[str, set[str]]:
    """What became of the calls, by what is called and the name that it is given."""
    found: dict[str, set[str]] = {}
    for call in trace.calls:
        name = re.match(r"(?:name|key)='([^']*)'", call.arguments)
        found.setdefault(f"{call.call} {name[1]}" if name else call.call, set()).add(call.outcome)
    return found


def text_of(trace: Trace, width: int = 160) -> str:
    """The trace as a terminal shows it."""
    stream = io.StringIO()
    show(trace, terminal(stream, width))  # type: ignore[arg-type]  # what is written to is all that counts
    return stream.getvalue()
