"""Files of charts that a store spoils, and entries on them that look at too little: a check that is named must notice.

The charts are those of accuracy tables, confusion matrices, predictions and residuals, each by its own entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

from harness.profiles import Profile
from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

FOLDER = Path(__file__).parents[2] / "specs" / "charts"
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.yaml"))}

FIRST = "example.1-ticking[recommended-sqlite]"
SENSITIVITY = "sensitivity[recommended-sqlite]"
PROPERTY = "property[recommended-sqlite]"

ENOUGH = Profile("enough", examples=400, directed=20, all_applied=False, says="until what is odd has come")

Fault = Callable[[Any], Any]


def everywhere(fault: Fault) -> Fault:
    """A fault of every value within a value, inner ones first."""

    def spoiled(value: Any) -> Any:
        if isinstance(value, dict):
            return fault({key: spoiled(item) for key, item in value.items()})
        if isinstance(value, list | tuple):
            return fault([spoiled(item) for item in value])
        return fault(value)

    return spoiled


def of(kind: type | tuple[type, ...], fault: Fault) -> Fault:
    """A fault of every value of a kind; a truth value is no number."""
    return everywhere(
        lambda value: fault(value) if isinstance(value, kind) and not isinstance(value, bool) else value
    )


def within(fault: Fault) -> Fault:
    """A fault of the payload, with which its name stays as it is."""
    return lambda logged: {**logged, "value": fault(logged["value"])}


# What `log_dict` makes of what it is to write.
SEEN_IN_THE_FIRST_EXAMPLE: dict[str, Fault] = {
    "the last item of each list is lost": within(of(list, lambda items: items[:-1])),
    "lists are turned round": within(of(list, lambda items: items[::-1])),
    "lists become objects": within(
        of(list, lambda items: {str(place): item for place, item in enumerate(items)})
    ),
    "the last key is lost": within(lambda payload: dict(list(payload.items())[:-1])),
    "the last list is lost": within(
        lambda payload: {**payload, "data": dict(list(payload["data"].items())[:-1])}
    ),
    "numbers become texts": within(of((int, float), str)),
    "each number is one more": within(of((int, float), lambda number: number + 1)),
    "JSON inside of JSON": within(json.dumps),
    "under another name": lambda logged: {**logged, "name": logged["name"].upper()},
    "nothing is kept": lambda logged: {},
}
SEEN_IN_AN_ODD_EXAMPLE: dict[str, Fault] = {
    "NaN becomes null": of(float, lambda number: None if number != number else number),
    "integers become doubles": of(int, float),
    "negative zero loses its sign": of(float, lambda number: number + 0.0),
    "letters beyond ASCII are replaced": of(str, lambda text: text.encode("ascii", "replace").decode()),
    "truth values become numbers": everywhere(lambda value: int(value) if isinstance(value, bool) else value),
    "null is left out": everywhere(
        lambda value: [item for item in value if item is not None] if isinstance(value, list) else value
    ),
}


def spoil(patch: pytest.MonkeyPatch, fault: Fault) -> None:
    honest = MlflowClient.log_dict

    def log_dict(self: MlflowClient, run_id: str, dictionary: Any, artifact_file: str) -> None:
        honest(self, run_id, fault(dictionary), artifact_file)

    patch.setattr(MlflowClient, "log_dict", log_dict)


@pytest.mark.parametrize("entry", TEXTS)
def test_a_store_that_keeps_charts_passes(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any], entry: str
) -> None:
    assert verify(bed, entry_from(TEXTS[entry]), only=FIRST.__eq__).not_passed == {}


@pytest.mark.parametrize("fault", SEEN_IN_THE_FIRST_EXAMPLE.values(), ids=SEEN_IN_THE_FIRST_EXAMPLE)
@pytest.mark.parametrize("entry", TEXTS)
def test_a_store_that_spoils_charts_is_caught(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    fault: Fault,
) -> None:
    spoil(monkeypatch, fault)
    result = verify(bed, entry_from(TEXTS[entry]), only=FIRST.__eq__).results[FIRST]
    assert result.outcome == "failed"


ODD = {"name": "odd", "payload": {"odd": [float("nan"), 2**53 + 1, -0.0, "é", True, None]}, "as_text": False}


@pytest.mark.parametrize("fault", SEEN_IN_AN_ODD_EXAMPLE.values(), ids=SEEN_IN_AN_ODD_EXAMPLE)
@pytest.mark.parametrize("entry", TEXTS)
def test_a_store_that_spoils_what_is_odd_is_caught(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    entry: str,
    fault: Fault,
) -> None:
    loaded = entry_from(TEXTS[entry], {"examples/+": {"id": "odd", **ODD}})
    odd = "example.odd-ticking[recommended-sqlite]"
    assert verify(bed, loaded, only=odd.__eq__).not_passed == {}
    spoil(monkeypatch, fault)
    assert verify(bed, loaded, only=FIRST.__eq__).not_passed == {}
    assert verify(bed, loaded, only=odd.__eq__).results[odd].outcome == "failed"


def test_a_store_that_spoils_what_is_odd_is_found(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    spoil(monkeypatch, SEEN_IN_AN_ODD_EXAMPLE["NaN becomes null"])
    loaded = entry_from(TEXTS["log-residuals"], {"inputs/name": 'st.just("odd")'})
    result = verify(bed, loaded, only=PROPERTY.__eq__, profile=ENOUGH).results[PROPERTY]
    assert result.outcome == "failed"
    assert result.counterexample is not None
    assert "nan" in result.counterexample["payload"].lower()


V1_CONTENTS = """
run.download_files(output_directory="downloaded")
files = files_below("downloaded")
contents = {key: json.loads(files[path_in_location(location)]) for key, location in run.get_metrics().items()}
"""
MLFLOW_CONTENTS = """
files = files_below(mlflow.artifacts.download_artifacts(run_id=run_id))
contents = {logged["name"]: logged["value"] for logged in map(json.loads, files.values())}
"""


def on_both_sides(reading: str) -> dict[str, str]:
    """Both sides read the contents in this way; names too long to be downloaded are not tried."""
    return {
        "v1/read": f"{V1_CONTENTS}{reading}",
        "mlflow/recommended/read": f"{MLFLOW_CONTENTS}{reading}",
    }


DIVERGENCES = TEXTS["log-confusion-matrix"].partition("\ndivergences:")[2].partition("\nclaims:")[0]

# What a sensitivity check of one recipe does not need, since each example is changed in every way.
SHORTENED: dict[str, Any] = {
    "examples": [
        {"guide": True, "name": "one", "payload": {"kind": "a", "data": [1]}, "as_text": False},
        {"name": "two", "payload": {"kind": "b", "data": [2]}, "as_text": True},
    ],
    "usual": "True",
    "-reads_across": None,
    # Their witnesses have names that cannot be downloaded.
    **{
        f"-divergences/{name}": None
        for name in re.findall(r"(?m)^  - id: (\S+)$", DIVERGENCES)
        if name != "becomes-a-text"
    },
}

READINGS: dict[str, tuple[Mapping[str, str], str]] = {
    "names only": (on_both_sides("list(contents)"), "of input `payload` changes"),
    "without names": (on_both_sides("list(contents.values())"), "the value of input `name`"),
    "names in small letters": (
        on_both_sides("{name.lower(): value for name, value in contents.items()}"),
        "the value of input `name`",
    ),
    "the kind only": (
        on_both_sides('{name: value.get("kind") for name, value in contents.items()}'),
        "of input `payload` changes",
    ),
    "keys only": (
        on_both_sides("{name: sorted(value) for name, value in contents.items()}"),
        "of input `payload` changes",
    ),
    "what was given": (
        {"mlflow/recommended/read": "{name: json.loads(json.dumps(payload))}"},
        "reads the same when nothing is logged",
    ),
}


def test_a_reading_that_sees_everything_passes(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    loaded = entry_from(TEXTS["log-confusion-matrix"], {**SHORTENED, **on_both_sides("contents")})
    assert verify(bed, loaded, only=SENSITIVITY.__eq__).not_passed == {}


@pytest.mark.parametrize(("changes", "says"), READINGS.values(), ids=READINGS)
def test_a_reading_that_sees_too_little_is_caught(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: Mapping[str, str],
    says: str,
) -> None:
    loaded = entry_from(TEXTS["log-confusion-matrix"], {**SHORTENED, **changes})
    result = verify(bed, loaded, only=SENSITIVITY.__eq__).results[SENSITIVITY]
    assert (result.outcome, says in result.message) == ("failed", True), result.message
