from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from spec_samples import GOOD, GOOD_PATH, SHORT, SHORT_PATH, spoiled

from harness.spec import (
    Entry,
    LoadedEntry,
    Location,
    PyExpression,
    build_value,
    load_entries,
    load_text,
)


@pytest.fixture(scope="module")
def good() -> LoadedEntry:
    entry = load_text(GOOD, GOOD_PATH)
    assert isinstance(entry, LoadedEntry), entry
    return entry


def test_everything_of_a_good_entry_is_in_its_model(good: LoadedEntry) -> None:
    entry = good.entry
    assert good.id == entry.id == "log-list"
    assert entry.guide == "Log a list of metrics"
    assert list(entry.inputs) == ["name", "values"]
    assert entry.unobserved == {"name.order": "A name has no order that can be read."}
    assert [example.guide for example in entry.examples] == [True, False, False]
    assert [example.clock for example in entry.examples] == [None, None, "stopped"]
    assert entry.examples[1].id == "odd-numbers"
    assert entry.examples[0].inputs == {"name": "sample_list", "values": [1, 2, 3, 2, 1, 2, 3, 2, 1]}
    assert entry.v1.refuses[0].phase == "log"
    assert list(entry.mlflow) == ["guide", "recommended"]
    merge, large = entry.divergences
    assert (merge.recipes, merge.stores, merge.versions) == (("guide",), ("sql",), {"mlflow": ">=2.22"})
    assert merge.witness.inputs == {"name": "loss", "values": [0, 0]}
    assert large.raises is not None
    assert (large.raises.phase, large.raises.type, large.raises.match) == (
        "log",
        "MlflowException",
        r"too large\b",
    )
    assert large.because == "A double does not hold it."


def test_a_claim_cites_the_section_of_the_entry_unless_it_says_otherwise(good: LoadedEntry) -> None:
    cites = {claim.id: claim.cites for claim in good.entry.claims}
    assert cites["no-text"] == "Log a list of metrics"
    assert cites["our-own"] is None


def test_values_are_exact() -> None:
    written = {
        "12345678901234567890123": 12345678901234567890123,
        "1e5": 100000.0,
        "0x1F": 31,
        "0o17": 15,
        "017": 17,
        "-0.0": -0.0,
        ".inf": math.inf,
        "-.Inf": -math.inf,
        "0.1": 0.1,
        "true": True,
        "on": "on",
        "no": "no",
        "~": None,
        "1_000": "1_000",
        "2026-01-02": "2026-01-02",
        '"1"': "1",
        "1:30": "1:30",
        "[1, [2.0, {a: null, 3: x}]]": [1, [2.0, {"a": None, 3: "x"}]],
    }
    for text, value in written.items():
        entry = load_text(spoiled(("value: 2.5", f"value: {text}")), SHORT_PATH)
        assert isinstance(entry, LoadedEntry), text
        assert repr(entry.entry.examples[1].inputs["value"]) == repr(value)
    entry = load_text(spoiled(("value: 2.5", "value: .nan")), SHORT_PATH)
    assert isinstance(entry, LoadedEntry)
    assert math.isnan(entry.entry.examples[1].inputs["value"])


def test_expressions_stand_for_values_also_inside_others(good: LoadedEntry) -> None:
    values = good.entry.examples[2].inputs["values"]
    assert values[-1] == PyExpression("2 ** 70", Location(GOOD_PATH, 18, 35))
    assert build_value(values, {}) == [100000.0, math.inf, 0.0, 2**70]
    shared = build_value({"a": [PyExpression("numbers", values[-1].location)]}, {"numbers": [1]})
    assert shared == {"a": [[1]]}


def test_a_built_value_is_a_fresh_one() -> None:
    value: Any = {"a": [1, {"b": []}]}
    built = build_value(value, {})
    assert built == value
    assert built is not value
    assert built["a"] is not value["a"]
    assert built["a"][1]["b"] is not value["a"][1]["b"]


def place(entry: LoadedEntry, *path: str | int) -> str:
    """The rest of the line at the location."""
    location = entry.location(*path)
    return GOOD.splitlines()[location.line - 1][location.column - 1 :]


def test_every_part_knows_its_place(good: LoadedEntry) -> None:
    assert place(good, "usual").startswith("usual: all(")
    assert place(good, "mlflow", "guide") == "guide:"
    assert place(good, "divergences", 1) == "id: too-large"
    assert place(good, "divergences", 1, "raises", "type") == "type: MlflowException"
    assert place(good, "examples", 0) == GOOD.splitlines()[13][4:]
    assert place(good, "divergences", 1, "no-such-key") == "id: too-large"
    assert good.location("no", "such", 3) == good.location() == Location(GOOD_PATH, 1, 1)


def test_there_is_no_snippet_where_there_is_no_text(good: LoadedEntry) -> None:
    assert good.snippet("v1", "log").text == "run.log_list(name, values)"
    with pytest.raises(KeyError):
        good.snippet("v1")


def test_a_loaded_entry_cannot_be_changed(good: LoadedEntry) -> None:
    with pytest.raises(ValueError, match="frozen"):
        good.entry.title = "x"
    with pytest.raises(AttributeError):
        good.path = Path("x")  # type: ignore[misc]


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_folder_holds_its_entries_and_those_of_its_folders(tmp_path: Path) -> None:
    write(tmp_path, "b/log-list.yaml", GOOD)
    write(tmp_path, "a/log-number.yml", SHORT)
    write(tmp_path, "a/README.md", "# Entries")
    write(tmp_path, "a/index.yaml", "harness-index: 1\n")
    write(tmp_path, ".cache/log-other.yaml", "no entry")
    loaded = load_entries([tmp_path, tmp_path / "b" / "log-list.yaml"])
    assert loaded.problems == ()
    assert [entry.id for entry in loaded.entries] == ["log-number", "log-list"]


def test_problems_of_all_files_come_in_one_pass_and_in_order(tmp_path: Path) -> None:
    second = write(
        tmp_path, "b/log-number.yaml", SHORT.replace("numbers\n", "number\n").replace("title", "tilte")
    )
    first = write(tmp_path, "a/broken.yaml", "harness: [")
    good = write(tmp_path, "c/log-list.yaml", GOOD)
    loaded = load_entries([good, second, first])
    assert [entry.path for entry in loaded.entries] == [good]
    assert [(problem.location.file, problem.code) for problem in loaded.problems] == [
        (first, "yaml-syntax"),
        (second, "missing-key"),
        (second, "unknown-key"),
        (second, "unknown-relation"),
    ]


def test_two_files_cannot_have_one_id(tmp_path: Path) -> None:
    first = write(tmp_path, "a/log-list.yaml", GOOD)
    second = write(tmp_path, "b/log-list.yaml", GOOD)
    (problem,) = load_entries([tmp_path]).problems
    assert problem.code == "duplicate-id"
    assert problem.location == Location(second, 2, 5)
    assert str(first) in (problem.hint or "")


def test_paths_that_hold_no_entry(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    loaded = load_entries([tmp_path / "missing.yaml", tmp_path / "empty"])
    assert sorted(problem.code for problem in loaded.problems) == ["missing-path", "no-entries"]


def test_a_file_that_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "log-list.yaml", GOOD)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    (problem,) = load_entries([path]).problems
    assert (problem.code, problem.message) == ("unreadable", "this cannot be read: Permission denied")


def test_the_model_is_closed() -> None:
    def parts(model: type) -> None:
        assert model.model_config["extra"] == "forbid"  # type: ignore[attr-defined]
        assert model.model_config["frozen"]  # type: ignore[attr-defined]

    from harness.spec.model import STRUCTURE

    parts(Entry)
    for part in STRUCTURE.values():
        parts(part)
