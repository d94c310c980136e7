"""All entries at a glance, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from harness.asking.layout import NARROW, labelled, sentence, title
from harness.report.printing import one_line
from harness.stores.catalogue import STORES, store_matches

if TYPE_CHECKING:
    from rich.console import Console

    from harness.asking.reported import LastReport
    from harness.spec import LoadedEntry

STYLES = {
    "unexplained": "bold red",
    "not-verified": "magenta",
    "broken": "red",
    "lossy": "red",
    "refuses": "red",
}


def as_json(entries: Sequence[LoadedEntry], last: LastReport) -> dict[str, Any]:
    """Everything as plain data."""
    return {"entries": [_facts(entry, last) for entry in entries], "notes": list(last.notes)}


def show(entries: Sequence[LoadedEntry], last: LastReport, console: Console) -> None:
    """A table, or one block for each entry where it is narrow."""
    from rich.table import Table
    from rich.text import Text

    rows = [_facts(entry, last) for entry in entries]
    if console.width < NARROW + 20:
        for row in rows:
            title(console, row["id"])
            sentence(console, row["title"], indent=2)
            labelled(console, [(key, ", ".join(value)) for key, value in _words(row).items()], indent=2)
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in (
        "entry",
        "section or source",
        "recipes",
        "stores",
        "says",
        *(["verdicts"] if last.report else []),
    ):
        table.add_column(column, overflow="fold")
    for row in rows:
        words = _words(row)
        cells = [
            Text.assemble((row["id"], "bold"), "\n", one_line(row["title"])),
            *(Text("\n".join(words[key])) for key in ("from", "recipes", "stores", "says")),
        ]
        if last.report:
            cells.append(_verdicts(row["verdicts"]))
        table.add_row(*cells)
    console.print(table)


def _facts(loaded: LoadedEntry, last: LastReport) -> dict[str, Any]:
    entry = loaded.entry
    return {
        "id": entry.id,
        "title": entry.title,
        "guide": entry.guide,
        "sources": list(entry.sources or ()),
        "recipes": list(entry.recipes),
        "stores": [store for store in STORES if store_matches(entry.stores, store)],
        "divergences": len(entry.divergences),
        "claims": len(entry.claims),
        "verdicts": [
            {"recipe": verdict.recipe, "store": verdict.store, "verdict": verdict.verdict}
            for verdict in last.verdicts(entry.id)
        ],
    }


def _words(row: dict[str, Any]) -> dict[str, list[str]]:
    verdicts = [f"{each['recipe']} on {each['store']}: {each['verdict']}" for each in row["verdicts"]]
    return {
        "from": [one_line(row["guide"])] if row["guide"] else list(map(one_line, row["sources"])),
        "recipes": row["recipes"],
        "stores": row["stores"],
        "says": [_count(row["divergences"], "divergence"), _count(row["claims"], "claim")],
        **({"verdicts": verdicts} if verdicts else {}),
    }


def _verdicts(verdicts: Sequence[dict[str, str]]) -> Any:
    """The verdicts, the worst first; stores with the same one on one line."""
    from rich.text import Text

    from harness.report.verdicts import rank

    if not verdicts:
        return Text("not in the report", style="dim")
    stores: dict[tuple[str, Any], list[str]] = {}
    for each in verdicts:
        stores.setdefault((each["recipe"], each["verdict"]), []).append(each["store"])
    lines = [
        Text.assemble(f"{recipe}: ", (verdict, STYLES.get(verdict, "green")), f" ({', '.join(names)})")
        for (recipe, verdict), names in sorted(
            stores.items(), key=lambda item: (item[0][0], rank(item[0][1]))
        )
    ]
    return Text("\n").join(lines)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
