"""Functions of snippets about tables, and about what MLflow's stores make of the rows of one as metrics.

They are pure and take any value. Nothing here knows MLflow or Azure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from harness.expressions import is_mlflow_name, is_nan, is_text, number_in_text, utf16_length

__all__ = [
    "by_first_dot",
    "columns_of",
    "metrics_of",
    "refused_metric",
    "refused_on_the_way",
    "repeated_nan",
    "rows_of",
    "unwritable_metric",
]

Row = dict[str, Any]

_LONGEST_KEY = 250
_LONGEST_COLUMN = 255
_LONGEST_FILE_NAME = 255


def rows_of(tables: Iterable[Mapping[Any, Any]]) -> list[Row]:
    """The rows of tables, one table after the other: cells by the text of their column.

    A table is columns by their names; a column that is no list is one cell. Rows end with the shortest column.
    """
    return [
        dict(zip(map(str, table), row, strict=True))
        for table in tables
        for row in zip(
            *(column if isinstance(column, list) else [column] for column in table.values()), strict=False
        )
    ]


def columns_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """The cells of each column in the order of the rows; a row that lacks a column adds none to it."""
    columns: dict[str, list[Any]] = {}
    for row in rows:
        for column, cell in row.items():
            columns.setdefault(column, []).append(cell)
    return columns


def metrics_of(name: str, tables: Iterable[Mapping[Any, Any]]) -> list[Row]:
    """The rows of tables as metrics, each cell under the name of the table, a dot and that of the column."""
    return [{f"{name}.{column}": cell for column, cell in row.items()} for row in rows_of(tables)]


def by_first_dot(metrics: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Metrics by what their keys have before and behind the first dot: `{"a.b": 1}` is `{"a": {"b": 1}}`."""
    tables: dict[str, dict[str, Any]] = {}
    for key, value in metrics.items():
        name, _, column = key.partition(".")
        tables.setdefault(name, {})[column] = value
    return tables


def refused_metric(batches: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """The first batch with a metric that MLflow's own stores refuse, and why: `name`, `none`, `text` or `length`.

    They look at one metric after the other, at its name first and at the length of that last, and take a batch whole
    or not at all. Where they refuse none it is the number of batches, and no reason. Source: `mlflow.utils.validation`.
    """
    for index, batch in enumerate(batches):
        for key, value in batch.items():
            if not is_mlflow_name(key):
                return index, "name"
            if value is None:
                return index, "none"
            if is_text(value) and number_in_text(value) is None:
                return index, "text"
            if len(key) > _LONGEST_KEY:
                return index, "length"
    return len(batches), ""


def refused_on_the_way(batches: Sequence[Mapping[str, Any]]) -> tuple[int, str]:
    """The first batch with a metric that does not get to the service, and why: `none`, `text` or `length`.

    The client makes a message of a whole batch, one value after the other, each of which is to be a number; then the
    service refuses a name that is too long. Where all get there it is the number of batches, and no reason.
    """
    for index, batch in enumerate(batches):
        for cell in batch.values():
            if cell is None:
                return index, "none"
            if is_text(cell) and number_in_text(cell) is None:
                return index, "text"
        if any(utf16_length(key) > _LONGEST_COLUMN for key in batch):
            return index, "length"
    return len(batches), ""


def unwritable_metric(batches: Sequence[Mapping[str, Any]]) -> tuple[int, int, str]:
    """The first metric that has no place in a folder of files: its batch, how many of the batch stand before it, why.

    Each metric is a file of its name, with a folder for what stands before a slash. So there is no place if a part of
    the name is too long (`length`), or if one is a folder for the one and a file for the other (`folder`). Where each
    has its place it is the number of batches, 0 and no reason.
    """
    files: set[str] = set()
    folders: set[str] = set()
    for index, batch in enumerate(batches):
        for place, key in enumerate(batch):
            parts = key.split("/")
            above = {"/".join(parts[:end]) for end in range(1, len(parts))}
            if key in folders or above & files:
                return index, place, "folder"
            if max(len(part.encode("utf-8", "surrogatepass")) for part in parts) > _LONGEST_FILE_NAME:
                return index, place, "length"
            files.add(key)
            folders |= above
    return len(batches), 0, ""


def repeated_nan(batches: Sequence[Mapping[str, Any]]) -> int:
    """The first batch with a NaN for a metric that has had one before; the number of batches if there is none."""
    seen: set[str] = set()
    for index, batch in enumerate(batches):
        now = {
            key for key, value in batch.items() if is_nan(number_in_text(value) if is_text(value) else value)
        }
        if now & seen:
            return index
        seen |= now
    return len(batches)
