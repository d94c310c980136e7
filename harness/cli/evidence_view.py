"""What `harness evidence` shows: behaviours and methods of the embedded workspace, as tables and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, get_args

from harness.asking.layout import NARROW, labelled, sentence, title
from harness.workspace import Behaviour, load_evidence
from harness.workspace.evidence import Provenance
from harness.workspace.evidence.methods import Answered, Method, load_methods

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

PROVENANCES: Sequence[str] = get_args(Provenance)
ANSWERED: Sequence[str] = get_args(Answered)
STYLES = {"assumed": "yellow", "not-served": "yellow"}
_ALL = "all"


def all_behaviours() -> list[Behaviour]:
    """Every behaviour, topic by topic."""
    return list(load_evidence().values())


def all_methods() -> list[Method]:
    """Every public method, class by class."""
    return list(load_methods())


def as_json(rows: Sequence[Behaviour]) -> dict[str, Any]:
    """Everything as plain data."""
    behaviours = [
        {
            "id": row.id,
            "topic": row.topic,
            "says": row.says,
            "provenance": row.provenance,
            "source": row.source,
            "test": row.test,
        }
        for row in rows
    ]
    return {
        "behaviours": behaviours,
        "shares": _shares([(row.topic, row.provenance) for row in rows], PROVENANCES),
    }


def methods_as_json(methods: Sequence[Method]) -> dict[str, Any]:
    """Everything as plain data."""
    listed = [
        {
            "class": method.owner,
            "name": method.name,
            "answered": method.answered,
            "test": method.test,
            "why": method.why,
        }
        for method in methods
    ]
    return {
        "methods": listed,
        "shares": _shares([(method.owner, method.answered) for method in methods], ANSWERED),
    }


def show(rows: Sequence[Behaviour], console: Console) -> None:
    """Each topic, then how much of each is known how."""
    for topic in dict.fromkeys(row.topic for row in rows):
        title(console, topic)
        for row in (row for row in rows if row.topic == topic):
            _show_behaviour(row, console)
        console.print()
    _show_shares("topic", [(row.topic, row.provenance) for row in rows], PROVENANCES, console)


def show_methods(methods: Sequence[Method], console: Console) -> None:
    """Each class, then how many of its methods are served."""
    for owner in dict.fromkeys(method.owner for method in methods):
        title(console, f"azureml.core.{owner}")
        labelled(console, [(method.name, _answer(method)) for method in methods if method.owner == owner])
        console.print()
    _show_shares("class", [(method.owner, method.answered) for method in methods], ANSWERED, console)


def _show_behaviour(row: Behaviour, console: Console) -> None:
    from rich.padding import Padding
    from rich.text import Text

    style = STYLES.get(row.provenance, "green")
    console.print(
        Padding(Text.assemble((row.id, "bold"), "  ", (row.provenance, style)), (0, 0, 0, 2), expand=False)
    )
    sentence(console, row.says, indent=4)
    labelled(console, [("source", row.source), ("test", row.test)], indent=4)


def _answer(method: Method) -> Any:
    from rich.text import Text

    style = STYLES.get(method.answered, "green")
    why = f": {method.why}" if method.why else ""
    return Text.assemble((method.answered, style), why, "\n", (method.test, "dim"))


def _counts(pairs: Sequence[tuple[str, str]], kinds: Sequence[str]) -> dict[str, dict[str, int]]:
    """How many there are of each kind, by group and in all."""
    groups: dict[str, Counter[str]] = {}
    for group, kind in pairs:
        groups.setdefault(group, Counter())[kind] += 1
    groups[_ALL] = Counter(kind for _, kind in pairs)
    return {group: {kind: counter[kind] for kind in kinds} for group, counter in groups.items()}


def _shares(pairs: Sequence[tuple[str, str]], kinds: Sequence[str]) -> dict[str, Any]:
    shares = {
        group: {
            kind: {"count": count, "percent": _percent(count, sum(counts.values()))}
            for kind, count in counts.items()
        }
        for group, counts in _counts(pairs, kinds).items()
    }
    return {"groups": {group: share for group, share in shares.items() if group != _ALL}, _ALL: shares[_ALL]}


def _percent(count: int, of: int) -> int:
    """Rounded down, so that only all of them are 100."""
    return 100 * count // of if of else 0


def _show_shares(what: str, pairs: Sequence[tuple[str, str]], kinds: Sequence[str], console: Console) -> None:
    counts = _counts(pairs, kinds)
    if console.width < NARROW + 20:
        for group, row in counts.items():
            title(console, group, str(sum(row.values())))
            labelled(console, [(kind, _cell(count, sum(row.values()))) for kind, count in row.items()])
        return
    table = _table(what, kinds)
    for group, row in counts.items():
        every = sum(row.values())
        cells = [_cell(row[kind], every) for kind in kinds]
        table.add_row(group, *cells, str(every), style="bold" if group == _ALL else None)
    console.print(table)


def _table(what: str, kinds: Sequence[str]) -> Table:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column(what)
    for kind in (*kinds, "rows"):
        table.add_column(kind, justify="right")
    return table


def _cell(count: int, of: int) -> str:
    return f"{count} ({_percent(count, of)} %)"
