"""The report on a terminal: a table of verdicts, then what needs a person. A pure function of the report.

Words carry the meaning, colour only repeats it. Nothing from the report is taken as markup or reaches the
terminal as a control character.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from harness.report import summary
from harness.report.model import Report, Verdict, VerdictName
from harness.report.summary import one_line, printable

_STYLES: dict[VerdictName, str] = {
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


def render_terminal(report: Report, console: Console, *, failures: bool = True) -> None:
    """Print the report; the console decides on width and colour (rich heeds NO_COLOR and COLUMNS).

    Args:
        report: What to show.
        console: Where to.
        failures: Whether to show failed results in full; not where something else has done so.
    """
    _verdict_table(report, console)
    _words(report, console)
    _attention(report, console, failures)
    _differences(report, console)
    _errata(report, console)
    _unobserved(report, console)
    _ending(report, console)


def _verdict_table(report: Report, console: Console) -> None:
    stores, rows = summary.stores_of(report), summary.matrix(report)
    if not rows:
        return
    wide = _table("mapping", "recipe", *stores)
    for row in rows:
        wide.add_row(_cell(row.mapping), _cell(row.recipe), *(_verdict_cell(cell) for cell in row.cells))
    if wide.__rich_measure__(console, console.options.update(max_width=10_000)).maximum <= console.width:
        _print(console, wide)
        return
    # Too many stores for one line each: a line per store, so that every name can still be read whole.
    tall = _table("mapping", "recipe", "store", "verdict")
    tall.columns[-1].no_wrap = True
    for row in rows:
        for store, cell in zip(stores, row.cells, strict=True):
            if cell is not None:
                tall.add_row(_cell(row.mapping), _cell(row.recipe), _cell(store), _verdict_cell(cell))
    _print(console, tall)


def _table(*columns: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(_cell(column), overflow="fold")
    return table


def _cell(text: str) -> Text:
    return Text(one_line(text))


def _verdict_cell(verdict: Verdict | None) -> Text:
    if verdict is None:
        return Text(summary.ABSENT)
    return Text(verdict.verdict, style=_STYLES[verdict.verdict])


def _words(report: Report, console: Console) -> None:
    words = summary.words_used(report)
    if not words:
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column()
    for name, meaning in words:
        grid.add_row(Text(name, style=_STYLES[name]), Text(meaning))
    if any(cell is None for row in summary.matrix(report) for cell in row.cells):
        grid.add_row(Text(summary.ABSENT), Text("was not to be checked on this store"))
    console.print()
    _print(console, grid)


def _attention(report: Report, console: Console, in_full: bool) -> None:
    warnings, failures = summary.warnings(report), summary.failures(report)
    if not warnings and not failures:
        return
    _heading(console, "Needs attention")
    for warning in warnings:
        _item(console, warning)
    for result in failures if in_full else ():
        console.print()
        _print(console, Text(one_line(summary.title_of(result)), style="bold red"))
        if result.counterexample and not result.message:
            for name, expression in result.counterexample.items():
                _verbatim(console, f"{one_line(name)} = {printable(expression)}")
        if result.message:
            _verbatim(console, printable(result.message))


def _differences(report: Report, console: Console) -> None:
    found = summary.differences(report)
    if not found:
        return
    _heading(console, "What differs")
    for difference in found:
        head = Text(one_line(f"{difference.mapping.id}: {difference.divergence.id}"), style="bold")
        _print(console, head)
        _indented(console, difference.divergence.because, 2)
        for verdict, item in difference.places:
            _item(console, summary.place_words(verdict, item), 2)


def _errata(report: Report, console: Console) -> None:
    found = summary.errata(report)
    if not found:
        return
    _heading(console, "Does not hold in the guide")
    for erratum in found:
        section = erratum.claim.cites or erratum.mapping.guide
        place = f" (section {section})" if section else ""
        _item(console, f"{erratum.mapping.id}: {erratum.claim.id}{place} on {', '.join(erratum.stores)}")
        _indented(console, f"It says: {erratum.claim.says}", 2)
        if erratum.claim.refuted:
            _indented(console, f"But: {erratum.claim.refuted}", 2)


def _unobserved(report: Report, console: Console) -> None:
    found = summary.unobserved(report)
    if not found:
        return
    _heading(console, "No verdict speaks of")
    for mapping, part, reason in found:
        _item(console, f"{mapping.id}: {part}. {reason}")


def _ending(report: Report, console: Console) -> None:
    console.print()
    assumed = summary.assumptions(report)
    if assumed:
        count = summary.plural(len(assumed), "assumption")
        _print(console, Text(one_line(f"Rests on {count} about the service: {', '.join(assumed)}")))
    _print(console, Text(one_line(summary.setting(report))))
    _print(console, Text(summary.counts(report), style="bold"))


def _heading(console: Console, title: str) -> None:
    console.print()
    _print(console, Text(title, style="bold underline" if console.color_system else ""))


def _item(console: Console, text: str, indent: int = 0) -> None:
    grid = Table.grid()
    grid.add_column(width=2)
    grid.add_column(overflow="fold")
    grid.add_row(Text("-"), Text(one_line(text)))
    _print(console, Padding(grid, (0, 0, 0, indent)))


def _indented(console: Console, text: str, indent: int) -> None:
    _print(console, Padding(Text(one_line(text), overflow="fold"), (0, 0, 0, indent)))


def _verbatim(console: Console, text: str) -> None:
    """In full and without line breaks of ours: a script that is shown can be copied and run."""
    console.print(Text(text), soft_wrap=True, highlight=False)


def _print(console: Console, item: Text | Table | Padding) -> None:
    console.print(item, highlight=False)
