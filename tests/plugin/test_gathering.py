"""Where the report of a run is kept when its folder cannot be written."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from harness.gathering import kept_elsewhere
from harness.report.assembly import build_report
from harness.report.model import Header
from harness.report.writing import read_report

REPORT = build_report(
    Header(
        versions={"python": "3.11.7"},
        stores=("sqlite",),
        profile="dev",
        seed=0,
        started="2026-01-01T10:00:00Z",
        platform="Linux",
    ),
    [],
    [],
    finished="2026-01-01T10:00:09Z",
)


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_it_is_kept_in_a_folder_that_is_told(temporary: Path) -> None:
    told = kept_elsewhere(REPORT)
    (kept,) = temporary.iterdir()
    assert told == f"The report of this run is in {kept} instead; move it to where it is to stay."
    assert read_report(kept) == REPORT


@pytest.mark.parametrize("step", ["mkdir", "fsync", "replace"])
def test_where_that_cannot_be_either_it_is_said_and_nothing_is_left(
    temporary: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, step, full)
        told = kept_elsewhere(REPORT)
    assert told.startswith("It cannot be kept elsewhere either: ")
    assert "No space left on device" in told
    assert list(temporary.iterdir()) == []
