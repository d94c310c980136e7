"""The verdicts as a table for a terminal of any width: a column for each store where they fit, else lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from types import MappingProxyType

from rich import box
from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from harness.report import summary
from harness.report.model import Report, VerdictName
from harness.report.summary import Row, one_line
from harness.report.wrapping import hanging

EVERY_STORE = "every store"
STYLES = MappingProxyType[VerdictName, str](
    {
        "unexplained": "bold red",
        "not-verified": "bold magenta",
        "broken": "red",
        "lossy": "yellow",
        "refuses": "yellow",
        "lossy-at-edges": "cyan",
        "refuses-at-edges": "cyan",
        "equivalent-as-disclosed": "green",
        "equivalent": "green",
    }
)
_ANY_WIDTH = 10_000


def verdict_table(report: Report, console: Console) -> list[RenderableType]:
    """The first layout that fits the width of the console.

    1. a line for each recipe, a column for each store;
    2. a line for each recipe and verdict, with the stores that have it;
    3. the same, below a line for each mapping.

    Returns:
        What to print, one below the other; nothing where there are no verdicts.
    """
    stores, rows = summary.stores_of(report), summary.matrix(report)
    if not rows:
        return []
    by_store = _by_store(rows, stores)
    if _measured(by_store, console).maximum <= console.width:
        return [by_store]
    by_verdict = _by_verdict(rows, stores)
    if _measured(by_verdict, console).minimum <= console.width:
        return [by_verdict]
    return _by_mapping(rows, stores, console)


def _measured(table: Table, console: Console) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table)


def _by_store(rows: Sequence[Row], stores: Sequence[str]) -> Table:
    table = _table("mapping", "recipe", *stores)
    for row in rows:
        cells = (verdict_text(cell.verdict) if cell else Text(summary.ABSENT) for cell in row.cells)
        table.add_row(Text(one_line(row.mapping)), Text(one_line(row.recipe)), *cells)
    return table


def _by_verdict(rows: Sequence[Row], stores: Sequence[str]) -> Table:
    table = _table("mapping", "recipe", "verdict", "stores")
    for row in rows:
        for verdict, having in _verdicts_of(row, stores):
            table.add_row(
                Text(one_line(row.mapping)), Text(one_line(row.recipe)), verdict_text(verdict), having
            )
    return table


def _by_mapping(rows: Sequence[Row], stores: Sequence[str], console: Console) -> list[RenderableType]:
    found: list[RenderableType] = []
    for mapping, own in groupby(rows, lambda row: row.mapping):
        found += hanging(console, Text(), Text(one_line(mapping), style="bold"), console.width)
        for row in own:
            for verdict, having in _verdicts_of(row, stores):
                first = Text(f"  {one_line(row.recipe)}: ")
                line = Text.assemble(verdict_text(verdict), " on ", having)
                # A long name leaves little beside it.
                beside = first if first.cell_len <= console.width // 2 else Text("  ")
                found += [first] if beside is not first else []
                found += hanging(console, beside, line, console.width)
    return found


def _verdicts_of(row: Row, stores: Sequence[str]) -> list[tuple[VerdictName, Text]]:
    """The verdicts of a recipe, most urgent first, each with the stores that have it."""
    having: dict[VerdictName, list[str]] = {}
    for store, cell in zip(stores, row.cells, strict=True):
        if cell is not None:
            having.setdefault(cell.verdict, []).append(one_line(store))
    return [
        (verdict, Text(EVERY_STORE if len(names) == len(stores) > 1 else ", ".join(names)))
        for verdict, names in sorted(having.items(), key=lambda item: summary.urgency(item[0]))
    ]


def verdict_text(verdict: VerdictName) -> Text:
    """The word, which means the same without its colour."""
    return Text(verdict, style=STYLES[verdict], no_wrap=True)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(Text(one_line(column)), overflow="fold")
    return table
