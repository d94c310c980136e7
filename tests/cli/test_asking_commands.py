"""The commands for people with one question: what they take, what they say, and with what they end."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cli_samples import GOOD, harness, write

from harness.cli import main

Call = Callable[..., tuple[int, str]]

LOSSY = (
    GOOD.replace("id: good", "id: lossy").replace(
        'log: mlflow.log_metric("m", value)', 'log: mlflow.log_metric("m", min(value, 50))'
    )
    + """\
divergences:
  - id: capped
    recipes: [guide]
    when: value > 50
    becomes: "50"
    witness: {value: 51}
    because: The recipe ends at 50.
claims:
  - id: seen
    says: It can be seen.
    unverifiable: Nobody can look.
"""
)


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    write(tmp_path / "specs", "good", GOOD)
    write(tmp_path / "specs", "lossy", LOSSY)
    return tmp_path / "specs"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls a command in this process; nothing is run by it."""

    def nothing_is_run(*_: object) -> Any:
        raise AssertionError("a test bed was opened")

    monkeypatch.setattr("harness.asking.opened.prepared", nothing_is_run)

    def called(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, captured.out + captured.err

    return called


def test_all_entries_are_listed(specs: Path, call: Call) -> None:
    code, said = call("list")
    assert code == 0
    for told in ("good", "lossy", "an entry for tests", "recommended", "sqlite", "1 divergence", "1 claim"):
        assert told in said
    assert "verdicts" not in said


def test_the_list_is_json_too(specs: Path, call: Call) -> None:
    code, said = call("list", "--format", "json")
    entries = {entry["id"]: entry for entry in json.loads(said)["entries"]}
    assert code == 0
    assert (entries["lossy"]["divergences"], entries["good"]["divergences"]) == (1, 0)


def test_a_broken_report_costs_its_verdicts_only(specs: Path, call: Call) -> None:
    write(Path("conformance"), "other", "")
    Path("conformance/report.json").write_text("{")
    for arguments in (["list"], ["show", "good"], ["show", "lossy", "--no-run"]):
        code, said = call(*arguments)
        assert code == 0
        assert "no verdicts: conformance/report.json:1:2: the file is cut off here" in said


@pytest.mark.parametrize("width", ["40", "90", "160"])
def test_an_entry_is_explained_in_any_width(
    specs: Path, call: Call, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    code, said = call("show", "lossy", "--no-run")
    assert code == 0
    for told in (
        "capped",
        "The recipe ends at 50.",
        "value > 50",
        "value = 51",
        "It can be seen.",
        "Nobody can look.",
    ):
        assert told in " ".join(said.split())
    head = next(line for line in said.splitlines() if "SDK v1" in line)
    assert ("MLflow, recommended" in head) == (width == "160")


def test_only_the_recipe_that_was_asked_for_is_shown(specs: Path, call: Call) -> None:
    _, said = call("show", "lossy", "--no-run", "--recipe", "recommended", "--format", "json")
    shown = json.loads(said)
    assert (list(shown["mlflow"]), shown["divergences"]) == (["recommended"], [])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "god"], "there is no mapping 'god'. Did you mean good? There are: good, lossy"),
        (["try", "god"], "there is no mapping 'god'. Did you mean good?"),
        (["explore", "god"], "there is no mapping 'god'. Did you mean good?"),
        (["try", "good", "--recipe", "guid"], "there is no recipe 'guid'. Did you mean guide?"),
        (["try", "good", "vale=1"], "there is no input `vale`; did you mean `value`?"),
        (["try", "good", "value=[1, x"], "value=[1, x\n      ^\nnot valid Python"),
        (["explore", "good", "--seconds", "0"], "0.0 is not in the range"),
    ],
)
def test_a_wrong_question_ends_with_2(specs: Path, call: Call, arguments: list[str], told: str) -> None:
    code, said = call(*arguments)
    assert code == 2
    assert told in said


@pytest.mark.once
def test_one_value_through_both_clients(specs: Path) -> None:
    code, said = harness(specs.parent, "try", "lossy", "value=77", "--recipe", "guide", "--store", "sqlite")
    assert code == 0, said
    assert "Altered, as the entry says: capped." in said
    assert "The recipe ends at 50." in said
    assert said.rstrip().endswith("Use `recommended`: it keeps this value.")
    assert "INFO" not in said


@pytest.mark.once
def test_a_search_ends_with_1_if_something_is_found(specs: Path) -> None:
    write(specs, "lossy", LOSSY.partition("divergences:")[0])
    arguments = ("--rounds", "1", "--recipe", "guide", "--store", "sqlite", "--format", "json")
    code, said = harness(specs.parent, "explore", "lossy", *arguments)
    assert code == 1, said
    (finding,) = json.loads(said[said.index("{\n") :])["findings"]
    assert finding["inputs"] == {"value": "51"}
    assert "because: TODO" in finding["paste"]
    assert "recipes: [guide]" in finding["paste"]
    assert "stores: [sqlite]" in finding["paste"]
