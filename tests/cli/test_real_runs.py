"""Real runs by the command: one that finds something, one that cannot begin, one that is stopped."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
from cli_samples import GOOD, harness, start, write

from harness.report.writing import read_report

WRONG = GOOD.replace("id: good", "id: wrong").replace(
    'log_metric("m", value)', 'log_metric("m", value + (value > 40))'
)

SLOW = GOOD.replace("id: good", "id: slow").replace(
    'log: mlflow.log_metric("m", value)',
    """log: |
      if value == 2:
          import pathlib, threading
          pathlib.Path(MARK).touch()
          threading.Event().wait(120)
      mlflow.log_metric("m", value)""",
)

UNMADE = GOOD.replace("id: good", "id: unmade").replace("st.integers(0, 100)", "st.integers(100, 0)")


def test_what_is_unexplained_is_shown_once_and_ends_with_1(tmp_path: Path) -> None:
    write(tmp_path, "wrong", WRONG)
    arguments = ("--mapping=wrong", "--recipe=guide", "--profile=dev", "--report=made/here")
    code, said = harness(tmp_path, "run", "wrong.yaml", *arguments)
    assert code == 1, said
    assert "Traceback" not in said
    assert said.count("To see it with both clients, run this script:") == 1
    assert "input        value = 41" in said
    report = read_report(tmp_path / "made" / "here")
    assert [(verdict.recipe, verdict.verdict) for verdict in report.verdicts] == [("guide", "unexplained")]
    assert (tmp_path / "made" / "here" / "summary.md").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["made", "wrong.yaml"]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_entry_whose_inputs_cannot_be_made_ends_with_2(tmp_path: Path, workers: str) -> None:
    write(tmp_path, "unmade", UNMADE)
    code, said = harness(tmp_path, "run", "unmade.yaml", "-n", workers)
    assert code == 2, said
    assert said.count("unmade.yaml:6:3: this raised InvalidArgument") == 1
    assert "Traceback" not in said
    assert [path.name for path in tmp_path.iterdir()] == ["unmade.yaml"]


def test_a_client_that_cannot_be_imported_ends_with_3(tmp_path: Path) -> None:
    write(tmp_path, "good", GOOD)
    (tmp_path / "parts" / "mlflow").mkdir(parents=True)
    (tmp_path / "parts" / "mlflow" / "__init__.py").write_text("raise AttributeError('half installed')\n")
    before = "import sys; sys.path.insert(0, 'parts')"
    code, said = harness(tmp_path, "run", "good.yaml", before=before)
    assert code == 3, said
    assert "mlflow cannot be imported: AttributeError: half installed" in said
    assert "Traceback" not in said


def test_a_run_stopped_from_the_keyboard_leaves_a_whole_report(tmp_path: Path) -> None:
    mark = tmp_path / "in-the-middle"
    write(tmp_path, "slow", SLOW.replace("MARK", repr(str(mark))))
    process = start(tmp_path, "run", "slow.yaml", "--recipe=guide", "--profile=dev", "--report=report")
    while not mark.exists() and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    report = read_report(tmp_path / "report")
    assert report.footer is not None
    assert not report.footer.complete
    outcomes = {f"{result.kind} {result.id}": result.outcome for result in report.results}
    assert outcomes == {
        "example 1-ticking": "passed",
        "example 1-stopped": "passed",
        "example 2-ticking": "skipped",
        "example 2-stopped": "skipped",
        "property property": "skipped",
        "sensitivity sensitivity": "skipped",
    }
    assert [verdict.verdict for verdict in report.verdicts] == ["not-verified"]
    assert "The run was stopped before its end." in said
