"""What a person is shown when an entry does not explain a difference, and when an entry cannot be read."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
from plugin_runs import BROKEN, BROKEN_AT, Ended, folder_with, run, run_pytest, verify

# Each Python runs the entries themselves (see tox.ini), so these processes are needed on one of them only.
pytestmark = pytest.mark.once


def shown(failing: Ended) -> str:
    """The message of the failed property, as pytest prints it."""
    found = re.search(r"_+ failing::property\[guide-sqlite\] _+\n(.*?)\n=====", failing.out, re.DOTALL)
    assert found, failing.out
    return found[1]


def test_a_failure_tells_all_that_is_known(failing: Ended) -> None:
    rows = dict(re.findall(r"^  (\S+(?: \S+)?) {2,}(.+)$", shown(failing), re.MULTILINE))
    assert rows == {
        "mapping": "failing",
        "recipe": "guide",
        "store": "sqlite",
        "input": "value = 41",
        "clock": "ticking",
        "v1 gave": "41",
        "applied": "doubled",
        "expected": "82",
        "MLflow gave": "83.0",
    }
    assert "Traceback" not in failing.out
    assert "plugin.py" not in failing.out


def test_the_report_has_the_counterexample_and_the_same_words(failing: Ended) -> None:
    (failed,) = [result for result in failing.report.results if result.outcome == "failed"]
    assert failed.counterexample == {"value": "41", "clock": "ticking"}
    assert failed.message.strip() == shown(failing).strip()


def test_the_script_of_a_failure_shows_it_with_both_clients(failing: Ended, tmp_path: Path) -> None:
    _, script = shown(failing).split("run this script:\n")
    ended = run(folder_with(tmp_path / "elsewhere", script__py=textwrap.dedent(script)), "script.py")
    assert ended.code == 0, ended.out
    said = [line.split() for line in ended.out.splitlines() if "gave:" in line]
    assert said == [["v1", "gave:", "41"], ["MLflow", "gave:", "83.0"]], ended.out


@pytest.mark.parametrize("workers", [0, 2])
def test_a_broken_entry_is_one_collection_error_with_all_its_problems(tmp_path: Path, workers: int) -> None:
    ended = verify(folder_with(tmp_path / "specs", broken__yaml=BROKEN), f"-n{workers}")
    assert ended.code == 2, ended.out
    assert "1 error" in ended.out.splitlines()[-1]
    assert "Traceback" not in ended.out
    for place, code in BROKEN_AT.items():
        assert re.search(rf"{place}: error\[{code}\]: ", ended.out, re.MULTILINE), ended.out
    assert "did you mean `value`?" in ended.out
    assert not (ended.folder / "report").exists()


def test_a_file_that_is_named_is_taken_for_an_entry(tmp_path: Path) -> None:
    ended = run_pytest(folder_with(tmp_path / "specs", notes__yaml="colour: red\n"), "notes.yaml")
    assert ended.code == 2, ended.out
    assert "notes.yaml:1:1: error[unknown-key]: an entry has no key `colour`" in ended.out
