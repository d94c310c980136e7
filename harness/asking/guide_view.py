"""The guide's table of contents against the entries and the last report, and its errata, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.asking.layout import NARROW, code, labelled, listed, sentence, shortened, title
from harness.asking.listing import STYLES
from harness.report.guide import STATES, Erratum, Overview, Row
from harness.report.printing import one_line

if TYPE_CHECKING:
    from rich.console import Console

NOT_CHECKED = "not checked: no report; run `harness run --report conformance`"
"""What is said where nothing is known but what the entries say."""


def as_json(overview: Overview, notes: Sequence[str]) -> dict[str, Any]:
    """Everything as plain data."""
    guide = overview.guide
    return {
        "guide": guide.model_dump(mode="json", include={"title", "published", "date", "lines", "covered"}),
        "summary": overview.sentence(),
        "sections": [
            {
                "section": row.part.section,
                "entry": row.part.entry,
                "statements": row.statements,
                "claims": [
                    {"claim": claim.name, "state": claim.state, "stores": list(claim.stores)}
                    for claim in row.claims
                ],
                "verdicts": [
                    {"recipe": each.recipe, "store": each.store, "verdict": each.verdict}
                    for each in row.verdicts
                ],
            }
            for row in overview.rows
        ],
        "errata": [
            {
                "kind": erratum.kind,
                "section": erratum.section,
                "lines": erratum.lines,
                "entry": erratum.mapping.id,
                "id": erratum.id,
                "says": erratum.says,
                "happens": erratum.happens,
                "where": erratum.where,
                "is_shown": erratum.is_shown,
                "witness": dict(erratum.witness),
                "observed": erratum.observed.model_dump(mode="json") if erratum.observed else None,
                "script": erratum.script,
                "instead": erratum.instead,
                "code": erratum.code,
                "caveat": erratum.caveat,
            }
            for erratum in overview.errata
        ],
        "notes": list(notes),
    }


def show(overview: Overview, console: Console, *, has_report: bool) -> None:
    """The table, the line that counts, and the errata."""
    guide = overview.guide
    title(console, guide.title, f"{guide.published}, as of {guide.date}")
    console.print()
    if console.width < NARROW + 40:
        for row in overview.rows:
            title(console, row.part.section, row.part.entry)
            labelled(console, [(label, value) for label, value in _words(row).items() if value])
    else:
        _table(overview, console)
    console.print()
    sentence(console, f"{overview.sentence()}.", "bold")
    if not has_report:
        sentence(console, f"{NOT_CHECKED}.", "bold red")
    for number, erratum in enumerate(overview.errata, 1):
        if number == 1:
            console.print()
            title(console, f"Errata: {overview.errata_counted()}")
        console.print()
        _erratum(number, erratum, console)


def _table(overview: Overview, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("section", overflow="fold", ratio=3)
    table.add_column("statements", justify="right")
    table.add_column("claims", overflow="fold", ratio=2)
    table.add_column("the guide's code", overflow="fold", ratio=3)
    for row in overview.rows:
        words = _words(row)
        table.add_row(
            Text.assemble(one_line(row.part.section), "\n", (one_line(row.part.entry), "dim")),
            str(row.statements),
            words["claims"],
            _verdicts(row),
        )
    console.print(table)


def _words(row: Row) -> dict[str, str]:
    counts = [f"{count} {word}" for state, word in STATES.items() if (count := row.count(state))]
    return {
        "statements": str(row.statements),
        "claims": ", ".join(counts),
        "the guide's code": _verdicts(row).plain.replace("\n", ", "),
    }


def _verdicts(row: Row) -> Any:
    """The verdicts of the guide's recipes; stores with the same one on one line."""
    from rich.text import Text

    stores: dict[tuple[str, Any], list[str]] = {}
    for each in row.verdicts:
        stores.setdefault((each.recipe, each.verdict), []).append(each.store)
    has_several = len({recipe for recipe, _ in stores}) > 1
    lines = [
        Text.assemble(
            f"{recipe}: " if has_several else "",
            (verdict, STYLES.get(verdict, "green")),
            f" ({', '.join(names)})",
        )
        for (recipe, verdict), names in stores.items()
    ]
    return Text("\n").join(lines)


def _erratum(number: int, erratum: Erratum, console: Console) -> None:
    place = f"{erratum.lines}; " if erratum.lines else ""
    title(console, f"{number}. {erratum.section}", f"({place}{erratum.mapping.id}, {erratum.id})")
    rows = [("the guide", erratum.says), ("what happens", erratum.happens)]
    if erratum.where:
        rows.append(("shown" if erratum.kind == "statement" else "seen", erratum.where))
    if not erratum.is_shown:
        rows.append(("checked", "no: this is what the entry says"))
    if erratum.witness:
        told = [f"{name} = {shortened(value, 120)}" for name, value in erratum.witness]
        rows.append(("for instance", listed(told)))
    if erratum.observed is not None:
        rows.append(("v1 gave", shortened(erratum.observed.v1, 200)))
        rows.append(("MLflow gave", shortened(erratum.observed.mlflow, 200)))
    if erratum.instead:
        rows.append(("instead", erratum.instead))
    labelled(console, rows)
    if erratum.code:
        sentence(console, "instead", "dim", indent=2)
        code(console, erratum.code.rstrip())
    if erratum.caveat:
        sentence(console, erratum.caveat, "yellow", indent=2)
