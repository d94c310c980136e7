"""Recipes, readings and stores that lose something of a table: the entry as it is must notice, by a named check."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Metric
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

from harness.spec import LoadedEntry
from harness.testbed import TestBed

pytestmark = pytest.mark.once

TEXT = (Path(__file__).parents[2] / "specs" / "tables" / "log-table.yaml").read_text(encoding="utf-8")

GUIDES = 1
TEXTS = 2
TWO_TABLES = 5
FLAGS = 6
"""Examples of the entry, counted from 1."""


def example(number: int, recipe: str) -> str:
    return f"example.{number}-ticking[{recipe}-sqlite]"


FIRST_ROW = """
table = values[0]
mlflow.log_metrics({f"{name}.{column}": cells[0] for column, cells in table.items()})
"""
SORTED = """
for table in values:
    for row in sorted(zip(*table.values()), reverse=True):
        mlflow.log_metrics({f"{name}.{column}": cell for column, cell in zip(table, row)})
"""
NO_COLUMNS = """
for table in values:
    for row in zip(*table.values()):
        mlflow.log_metrics({f"{name}.{index}": cell for index, cell in enumerate(row)})
"""
EXCHANGED = """
for table in values:
    for row in zip(*table.values()):
        mlflow.log_metrics({f"{name}.{column}": cell for column, cell in zip(table, row[::-1])})
"""
FILE_OF_A_FIXED_NAME = """
with open("table.json", "w") as f:
    json.dump(values[0], f)
mlflow.log_artifact("table.json")
"""
TABLE_OF_MLFLOW = """
for number, table in enumerate(values):
    logged = {"name": [name], "number": [number], "columns": [table]}
    mlflow.log_table(logged, f"tables/{number}.json")
"""
TEXTS_OF_EVERYTHING = """
for number, table in enumerate(values):
    columns = {column: [str(cell) for cell in cells] for column, cells in table.items()}
    logged = {"name": name, "number": number, "columns": columns}
    mlflow.log_text(json.dumps(logged), f"tables/{number}.json")
"""
LAST_TABLE = """
logged = {"name": name, "number": 0, "columns": values[-1]}
mlflow.log_text(json.dumps(logged), "tables/0.json")
"""
READ_SIZES = "{key: {column: len(cells) for column, cells in table.items()} for key, table in read.items()}"
READ_SORTED = """{
    key: {column: sorted(cells, key=repr) for column, cells in table.items()} for key, table in read.items()
}"""


FEW: Mapping[str, Any] = {
    "-mlflow/guide-metrics": None,
    "-divergences": None,
    "-v1/refuses": None,
    **{f"-examples/{index}": None for index in (5, 4, 3, 2)},
}
"""Two examples are left, and nothing that they do not need: enough where the reading is at fault, and quicker."""


def both(reading: str) -> dict[str, Any]:
    """Each side reads less than it could, of which no difference is left: `read` is what it read."""
    read_v1 = "read = {key: {column: cells if isinstance(cells, list) else [cells] for column, cells in table.items()}"
    read_mlflow = (
        TEXT.partition("  recommended:\n")[2].partition("    read: |\n")[2].partition("\ncompare:")[0]
    )
    lines = [line.removeprefix("      ") for line in read_mlflow.splitlines()]
    return {
        **FEW,
        "-mlflow/guide-artifact": None,
        "v1/read": f"{read_v1} for key, table in run.get_metrics().items()}}\n{reading}\n",
        "mlflow/recommended/read": "\n".join([*lines[: lines.index("read")], reading, ""]),
    }


RECIPES: dict[str, tuple[Mapping[str, Any], str, str]] = {
    "the first row alone": (
        {"mlflow/guide-metrics/log": FIRST_ROW},
        example(GUIDES, "guide-metrics"),
        "missing",
    ),
    "rows from the last to the first": (
        {"mlflow/guide-metrics/log": SORTED},
        example(GUIDES, "guide-metrics"),
        "same items, other order",
    ),
    "no names of columns": (
        {"mlflow/guide-metrics/log": NO_COLUMNS},
        example(GUIDES, "guide-metrics"),
        "col",
    ),
    "columns exchanged": ({"mlflow/guide-metrics/log": EXCHANGED}, example(GUIDES, "guide-metrics"), "got"),
    "a file of a fixed name": (
        {"mlflow/guide-artifact/log": FILE_OF_A_FIXED_NAME},
        example(TEXTS, "guide-artifact"),
        "scores",
    ),
    "texts of everything": (
        {"mlflow/recommended/log": TEXTS_OF_EVERYTHING},
        example(FLAGS, "recommended"),
        "got 'True'",
    ),
    "the last table alone": (
        {"mlflow/recommended/log": LAST_TABLE},
        example(TWO_TABLES, "recommended"),
        "missing",
    ),
    "what was logged is not read": (
        {**FEW, "mlflow/guide-artifact/read": "{name: columns_of(rows_of(values))}"},
        "sensitivity[guide-artifact-sqlite]",
        "nothing is logged",
    ),
    "how many cells there are": (
        both(READ_SIZES),
        "sensitivity[recommended-sqlite]",
        "v1 reads the same when the value",
    ),
    "cells in no order": (both(READ_SORTED), "sensitivity[recommended-sqlite]", "items exchanged"),
}


def check(verify: Callable[..., Any], bed: TestBed, loaded: LoadedEntry, name: str) -> Any:
    return verify(bed, loaded, only=name.__eq__).results[name]


@pytest.mark.parametrize(("changes", "noticed_by", "says"), RECIPES.values(), ids=RECIPES)
def test_a_table_that_is_told_wrong_is_noticed(
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


def batches(spoiled: Callable[[list[Metric]], list[Metric]]) -> Callable[[pytest.MonkeyPatch], None]:
    """The client hands on other metrics than it got."""
    honest = MlflowClient.log_batch

    def faulty(self: MlflowClient, run_id: str, metrics: Any = (), *args: Any, **kwargs: Any) -> Any:
        return honest(self, run_id, spoiled(list(metrics)), *args, **kwargs)

    return lambda patch: patch.setattr(MlflowClient, "log_batch", faulty)


def files(spoiled: Callable[[Any], Any]) -> Callable[[pytest.MonkeyPatch], None]:
    """The store of artifacts keeps another JSON value than it got."""
    honest = LocalArtifactRepository.log_artifact

    def faulty(self: LocalArtifactRepository, local_file: Any, artifact_path: Any = None) -> Any:
        path = Path(local_file)
        path.write_text(json.dumps(spoiled(json.loads(path.read_text()))))
        return honest(self, local_file, artifact_path)

    return lambda patch: patch.setattr(LocalArtifactRepository, "log_artifact", faulty)


def with_value(metric: Metric, value: float) -> Metric:
    return Metric(metric.key, value, metric.timestamp, metric.step)


def in_cells(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same change in every list of a JSON value."""

    def changed(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: changed(item) for key, item in value.items()}
        return change(value) if isinstance(value, list) else value

    return changed


STORES: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str, int]] = {
    "drops the last column of a row": (batches(lambda row: row[:-1]), "guide-metrics", GUIDES),
    "rounds to float32": (
        batches(lambda row: [with_value(metric, float(np.float32(metric.value))) for metric in row]),
        "guide-metrics",
        3,
    ),
    "exchanges two columns": (
        batches(lambda row: list(map(with_value, row, [metric.value for metric in row[::-1]]))),
        "guide-metrics",
        GUIDES,
    ),
    "cuts names at the dot": (
        batches(lambda row: [Metric(m.key.partition(".")[0], m.value, m.timestamp, m.step) for m in row]),
        "guide-metrics",
        GUIDES,
    ),
    "drops the last row of a file": (files(in_cells(lambda cells: cells[:-1])), "guide-artifact", GUIDES),
    "turns the rows of a file": (files(in_cells(lambda cells: cells[::-1])), "guide-artifact", GUIDES),
    "has numbers for truth values": (
        files(in_cells(lambda cells: [int(cell) if isinstance(cell, bool) else cell for cell in cells])),
        "recommended",
        FLAGS,
    ),
    "has a text for null": (
        files(in_cells(lambda cells: ["" if cell is None else cell for cell in cells])),
        "recommended",
        FLAGS,
    ),
}


@pytest.mark.parametrize(("fault", "recipe", "number"), STORES.values(), ids=STORES)
def test_a_store_that_spoils_tables_is_noticed(
    bed: TestBed,
    entry_from: Callable[..., LoadedEntry],
    verify: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
    fault: Callable[[pytest.MonkeyPatch], None],
    recipe: str,
    number: int,
) -> None:
    loaded, name = entry_from(TEXT), example(number, recipe)
    assert check(verify, bed, loaded, name).outcome == "passed"
    fault(monkeypatch)
    assert check(verify, bed, loaded, name).outcome == "failed"
