"""Entries for the command line, and how to call it in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

GOOD = """\
harness: 1
id: good
title: A number
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
    log: mlflow.log_metric("m", value)
    read: client.get_run(run_id).data.metrics["m"]
  recommended:
    log: mlflow.log_metric("m", value, step=0)
    read: client.get_run(run_id).data.metrics["m"]
compare: numbers
"""

BROKEN = (
    GOOD.replace("id: good", "id: broken")
    .replace("title:", "titel:")
    .replace('run.log("m", value)', 'run.log("m", valeu)')
    .replace("compare: numbers", "compare: nubers")
)

BROKEN_AT = {"3:1": "unknown-key", "12:21": "unknown-name", "21:10": "unknown-relation"}

# A parent that ignores SIGINT (a job in the background of a script) would hand that on.
COMMAND = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from harness.cli import main
main()
"""


def write(folder: Path, name: str, text: str) -> Path:
    """Writes an entry as `NAME.yaml`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def start(folder: Path, *arguments: str, before: str = "") -> subprocess.Popen[str]:
    """Starts `harness ARGUMENTS` in a folder; `before` is Python that runs first in its process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{COMMAND}", *arguments],
        cwd=folder,
        env={**kept, "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def harness(folder: Path, *arguments: str, before: str = "") -> tuple[int, str]:
    """The exit code and the output of `harness ARGUMENTS`, called in a folder."""
    process = start(folder, *arguments, before=before)
    said, _ = process.communicate(timeout=300)
    return process.returncode, said
