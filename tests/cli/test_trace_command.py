"""`harness trace` as a command: options, streams, exit codes. What it finds is tested in `tests/tracing`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_samples import COMMAND, GOOD

ENTRY = GOOD.replace("id: good", "id: log-it") + (
    "calls:\n  - {call: Run.log, when: is_number(value), inputs: {value: value}}\n"
)
SCRIPT = """
import sys
from azureml.core import Run
run = Run.get_context()
run.log("m", 3)
print("from the script", sys.argv[1:])
sys.exit(int(sys.argv[1]))
"""


def harness(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", COMMAND, "trace", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONWARNINGS": "ignore", "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "log-it.yaml").write_text(ENTRY, encoding="utf-8")
    (tmp_path / "train.py").write_text(SCRIPT, encoding="utf-8")
    return tmp_path


def test_what_is_kept_ends_with_0_and_leaves_nothing_behind(folder: Path) -> None:
    done = harness(folder, "--html", "trace.html", "train.py", "0", "--epochs")
    assert done.returncode == 0, done.stderr
    before, _, told = done.stdout.partition("\n")
    assert before == "from the script ['0', '--epochs']"
    assert "train.py:5 Run.log: kept" in told
    assert 'mlflow.log_metric("m", 3)' in told
    assert "train.py:4 Run.get_context: no-mapping" in told
    assert "run ID: " in done.stderr
    assert "train.py:5" in (folder / "trace.html").read_text(encoding="utf-8")
    # `outputs` is made by the SDK.
    assert {path.name for path in folder.iterdir()} - {"outputs"} == {"specs", "train.py", "trace.html"}


def test_json_has_the_standard_output_for_itself_and_a_script_that_fails_is_told(folder: Path) -> None:
    done = harness(folder, "--format", "json", "train.py", "7")
    assert done.returncode == 1
    trace = json.loads(done.stdout)
    assert (trace["exit_code"], trace["run_status"], trace["counts"]) == (
        7,
        "Failed",
        {"no-mapping": 1, "kept": 1},
    )
    assert "from the script" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.py"], "there is no script missing.py"),
        (["specs"], "there is no script specs: it is a folder"),
        (["--store", "sqlit", "train.py"], "'sqlit' is not one of"),
        (["--html", "no/such/page.html", "train.py"], "no/such/page.html: there is no such folder"),
        (["--experiment", "a b", "train.py"], "'a b' is no name of an experiment"),
        (["--specs", "train", "train.py"], "there is no such file or folder"),
    ],
)
def test_what_is_wrong_is_told_before_the_script_runs(folder: Path, arguments: list[str], said: str) -> None:
    done = harness(folder, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
