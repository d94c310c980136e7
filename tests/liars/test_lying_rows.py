"""Recipes, readings and stores that lose something of a row: the entry as it is must notice, by a named check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

TEXT = (Path(__file__).parents[2] / "specs" / "tables" / "log-row.yaml").read_text(encoding="utf-8")

GUIDES = 1
THREE_NUMBERS = 3
FLAGS = 4
OTHER_COLUMNS = 5
"""Examples of the entry, counted from 1."""


def example(number: int, recipe: str) -> str:
    return f"example.{number}-ticking[{recipe}-sqlite]"


LAST_ROW = """
mlflow.log_metrics({f"{name}.{column}": cell for column, cell in rows[-1].items()})
"""
FROM_THE_LAST = """
for row in rows[::-1]:
    mlflow.log_metrics({f"{name}.{column}": cell for column, cell in row.items()})
"""
NO_NAME = """
for row in rows:
    mlflow.log_metrics(row)
"""
TO_THE_FIRST_COLUMN = """
for row in rows:
    first = next(iter(row), "")
    mlflow.log_metrics({f"{name}.{column}": row[first] for column in row})
"""
COLUMNS_OF_THE_FIRST = """
for number, row in enumerate(rows):
    logged = {"name": name, "number": number, "row": {column: row.get(column) for column in rows[0]}}
    mlflow.log_text(json.dumps(logged), f"rows/{number}.json")
"""
SAME_FILE = """
for number, row in enumerate(rows):
    mlflow.log_text(json.dumps({"name": name, "number": number, "row": row}), "rows/row.json")
"""
TEXTS_OF_EVERYTHING = """
for number, row in enumerate(rows):
    logged = {"name": name, "number": number, "row": {column: str(cell) for column, cell in row.items()}}
    mlflow.log_text(json.dumps(logged), f"rows/{number}.json")
"""

FEW: Mapping[str, Any] = {
    "-divergences": None,
    "-v1/refuses": None,
    **{f"-examples/{index}": None for index in (4, 3, 1)},
}
"""Two examples of numbers are left, and nothing that they do not need: enough where the reading is at fault."""

READ = "{column: cells if isinstance(cells, list) else [cells] for column, cells in table.items()}"
READ_V1 = f"read = {{key: {READ} for key, table in run.get_metrics().items()}}"


def both(reading: str) -> dict[str, Any]:
    """Each side reads less than it could, of which no difference is left: `read` is what it read."""
    read_mlflow = (
        TEXT.partition("  recommended:\n")[2].partition("    read: |\n")[2].partition("\ncompare:")[0]
    )
    lines = [line.removeprefix("      ") for line in read_mlflow.splitlines()]
    return {
        **FEW,
        "-mlflow/guide": None,
        "v1/read": f"{READ_V1}\n{reading}\n",
        "mlflow/recommended/read": "\n".join([*lines[: lines.index("read")], reading, ""]),
    }


RECIPES: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "the last row alone": ({"mlflow/guide/log": LAST_ROW}, example(THREE_NUMBERS, "guide"), "missing"),
    "rows from the last to the first": (
        {"mlflow/guide/log": FROM_THE_LAST},
        example(THREE_NUMBERS, "guide"),
        "expected",
    ),
    "no name of the row": ({"mlflow/guide/log": NO_NAME}, example(GUIDES, "guide"), "sample_table"),
    "one cell for all columns": ({"mlflow/guide/log": TO_THE_FIRST_COLUMN}, example(GUIDES, "guide"), "got"),
    "columns of the first row": (
        {"mlflow/recommended/log": COLUMNS_OF_THE_FIRST},
        example(OTHER_COLUMNS, "recommended"),
        "loss",
    ),
    "one file for all rows": (
        {"mlflow/recommended/log": SAME_FILE},
        example(THREE_NUMBERS, "recommended"),
        "missing",
    ),
    "texts of everything": (
        {"mlflow/recommended/log": TEXTS_OF_EVERYTHING},
        example(FLAGS, "recommended"),
        "got 'True'",
    ),
    "what was logged is not read": (
        {**FEW, "mlflow/guide/read": "{name: columns_of(rows)}"},
        "sensitivity[guide-sqlite]",
        "nothing is logged",
    ),
    "how many cells there are": (
        both("{key: {column: len(cells) for column, cells in table.items()} for key, table in read.items()}"),
        "sensitivity[recommended-sqlite]",
        "v1 reads the same when the value",
    ),
    "cells in no order": (
        both(
            "{key: {column: sorted(cells) for column, cells in table.items()} for key, table in read.items()}"
        ),
        "sensitivity[recommended-sqlite]",
        "items exchanged",
    ),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str) -> Any:
    return verify(bed, loaded, only=name.__eq__).results[name]


@pytest.mark.parametrize(("changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_a_row_that_is_told_wrong_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    changes: Mapping[str, Any],
    noticed_by: str,
    says: str,
) -> None:
    result = check(verify, bed, entry_from(TEXT, changes), noticed_by)
    assert result.outcome == "failed"
    assert says in result.message


def test_a_description_that_nobody_keeps_is_noticed(
    bed: TestBed, entry_from: Callable[..., LoadedEntry], verify: Callable[..., Any]
) -> None:
    log = TEXT.partition("  guide:\n    log: |\n")[2].partition("    read:")[0]
    lines = [line.removeprefix("      ") for line in log.splitlines()]
    dropped = "\n".join([lines[0], '    row.pop("description", None)', *lines[1:], ""])
    name = "witness.column-called-description-is-kept[guide-sqlite]"
    assert check(verify, bed, entry_from(TEXT), name).outcome == "passed"
    assert check(verify, bed, entry_from(TEXT, {"mlflow/guide/log": dropped}), name).outcome == "failed"


def with_value(metric: Metric, value: float) -> Metric:
    return Metric(metric.key, value, metric.timestamp, metric.step)


STORES: dict[str, tuple[Callable[[list[Metric]], list[Metric]], int]] = {
    "drops the last column": (lambda row: row[:-1], GUIDES),
    "exchanges two columns": (
        lambda row: list(map(with_value, row, [metric.value for metric in row[::-1]])),
        GUIDES,
    ),
    "has no fractions": (
        lambda row: [with_value(metric, float(int(metric.value))) for metric in row],
        THREE_NUMBERS,
    ),
    "cuts names at the dot": (
        lambda row: [Metric(m.key.partition(".")[0], m.value, m.timestamp, m.step) for m in row],
        GUIDES,
    ),
    "gives all rows one time": (
        lambda row: [Metric(metric.key, metric.value, 1, metric.step) for metric in row],
        THREE_NUMBERS,
    ),
}


@pytest.mark.parametrize(("spoiled", "number"), STORES.values(), ids=STORES)
def test_a_store_that_spoils_rows_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    spoiled: Callable[[list[Metric]], list[Metric]],
    number: int,
) -> None:
    loaded, name = entry_from(TEXT), example(number, "guide")
    assert check(verify, bed, loaded, name).outcome == "passed"
    honest = MlflowClient.log_batch

    def faulty(self: MlflowClient, run_id: str, metrics: Any = (), *args: Any, **kwargs: Any) -> Any:
        return honest(self, run_id, spoiled(list(metrics)), *args, **kwargs)

    monkeypatch.setattr(MlflowClient, "log_batch", faulty)
    assert check(verify, bed, loaded, name).outcome == "failed"
