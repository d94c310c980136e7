"""The plugin is a guest in every pytest session of its environment: where there are no spec files it does nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_runs import folder_with, run_pytest

# Each Python runs the entries themselves (see tox.ini), so these processes are needed on one of them only.
pytestmark = pytest.mark.once

HEAVY = ("mlflow", "azureml", "hypothesis", "sqlalchemy", "requests")

PLAIN_TEST = f"""\
import sys


def test_plain(request):
    assert request.config.pluginmanager.hasplugin("harness.plugin")
    assert [name for name in {HEAVY!r} if name in sys.modules] == []
"""


def test_a_session_without_spec_files_imports_no_client_and_says_nothing(tmp_path: Path) -> None:
    folder = folder_with(
        tmp_path / "project",
        test_plain__py=PLAIN_TEST,
        settings__yaml="colour: red\n",
        workflow__yml="on: [push]\n",
    )
    ended = run_pytest(folder, "-q", "--harness-report=report")
    assert ended.code == 0, ended.out
    (dots, last) = [line for line in ended.out.splitlines() if line]
    assert dots.startswith(".")
    assert last.startswith("1 passed in")
    assert not (folder / "report").exists()


def test_a_session_without_a_terminal_reporter_is_no_problem(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "project", test_plain__py="def test_plain():\n    pass\n")
    assert run_pytest(folder, "-p", "no:terminal").code == 0
