"""Real pytest runs in processes and folders of their own, and the spec files that they run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.report.model import Report
from harness.report.writing import REPORT_FILE, read_report

TINY = """\
harness: 1
id: tiny
title: A number
guide: Numbers
inputs:
  value: st.integers(0, 10**9)
usual: "True"
examples:
  - {guide: true, value: 1}
  - {value: 2}
v1:
  log: |
    import os
    with open(os.environ["INPUTS_SEEN"], "a") as seen:
        print(value, file=seen)
    run.log("m", value)
  read: run.get_metrics()["m"]
mlflow:
  guide:
    log: mlflow.log_metric("m", value)
    read: client.get_run(run_id).data.metrics["m"]
compare: numbers
"""

INDEX = f"""\
harness-index: 1
title: A guide of one number
published: nowhere
date: "2026"
lines: 3
sha256: {64 * "a"}
sections:
  - {{line: 1, title: Numbers}}
parts:
  - entry: tiny
    section: Numbers
    code:
      - {{lines: [2, 3], sha256: {64 * "a"}}}
"""
"""The index of a guide that `TINY` checks."""

TINY_ITEMS = [
    "example.1-stopped[guide-sqlite]",
    "example.1-ticking[guide-sqlite]",
    "example.2-stopped[guide-sqlite]",
    "example.2-ticking[guide-sqlite]",
    "property[guide-sqlite]",
    "sensitivity[guide-sqlite]",
]

FAILING = """\
harness: 1
id: failing
title: A number that is doubled, and from 41 on is one more than that
sources: [an entry for tests]
inputs:
  value: st.integers(0, 100)
usual: "True"
examples:
  - {value: 1}
  - {value: 2}
v1:
  log: run.log("m", value)
  read: run.get_metrics()["m"]
mlflow:
  guide:
    log: mlflow.log_metric("m", 2 * value + (value > 40))
    read: client.get_run(run_id).data.metrics["m"]
compare: numbers
divergences:
  - id: doubled
    when: "True"
    becomes: 2 * expected
    witness: {value: 3}
    because: The recipe doubles it.
"""

CRASHING = TINY.replace("id: tiny", "id: crashing").replace(
    'mlflow.log_metric("m", value)', "__import__('os')._exit(7)"
)

BROKEN = """\
harness: 1
id: broken
title: Four mistakes
sources: [an entry for tests]
inputs:
  value: st.integers(0, 9)
usual: "True"
examples:
  - {value: 1, other: 2}
  - {value: 2}
v1:
  log: run.log("m", valeu)
  read: run.get_metrics()["m"
mlflow:
  guide:
    log: mlflow.log_metric("m", value)
    read: client.get_run(run_id).data.metrics["m"]
compare: nubers
"""

BROKEN_AT = {
    "broken.yaml:9:16": "unknown-input",
    "broken.yaml:12:21": "unknown-name",
    "broken.yaml:13:26": "python-syntax",
    "broken.yaml:18:10": "unknown-relation",
}


@dataclass(frozen=True)
class Ended:
    """A process that ended.

    Attributes:
        code: Its exit code.
        out: What it printed.
        folder: Where it ran.
        seen: The inputs that the v1 side of `TINY` was given, in order.
    """

    code: int
    out: str
    folder: Path
    seen: tuple[int, ...]

    @property
    def report(self) -> Report:
        """The report that it wrote, read back with all checks of its consistency."""
        return read_report(self.folder / "report" / REPORT_FILE)


def environment(**changes: str) -> dict[str, str]:
    """The environment for a process, without what the session that runs this test has put there for itself."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return {**kept, "COLUMNS": "120", **changes}


def run(folder: Path, *command: str, variables: Mapping[str, str] | None = None) -> Ended:
    """Runs `python COMMAND` in a folder."""
    seen = folder / "inputs-seen"
    seen.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment(INPUTS_SEEN=str(seen), **(variables or {})),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    values = seen.read_text().split() if seen.exists() else ()
    return Ended(done.returncode, done.stdout, folder, tuple(map(int, values)))


def run_pytest(folder: Path, *arguments: str) -> Ended:
    """Runs pytest in a folder as its user would; the plugin comes with the installed harness."""
    return run(folder, "-m", "pytest", *arguments)


def verify(folder: Path, *arguments: str) -> Ended:
    """Runs pytest on the spec files of a folder, with a report."""
    return run_pytest(
        folder, "--harness-profile=dev", "--harness-store=sqlite", "--harness-report=report", *arguments
    )


def folder_with(folder: Path, **files: str) -> Path:
    """Writes the files (`name__suffix=text`) into a folder, which is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return folder
