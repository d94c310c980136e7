"""One entry explained, from its file and from what its witnesses gave, as text and as JSON."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.asking.layout import code, labelled, listed, sentence, shortened, title
from harness.asking.listing import STYLES
from harness.asking.reported import LastReport, Witnessed
from harness.report.printing import printable
from harness.spec import READS_ACROSS, Divergence, LoadedEntry, all_names
from harness.stores.catalogue import STORES, store_matches
from harness.values import to_expression

if TYPE_CHECKING:
    from rich.console import Console

BY_V1 = "# SDK v1 has logged it, as above."
"""What stands in place of the code that logs, where MLflow only reads."""

BESIDE = 44
"""Columns that the code of one side needs to stand beside that of another."""


@dataclass(frozen=True)
class Page:
    """What is shown of an entry.

    Attributes:
        loaded: The entry.
        recipes: The recipes to show.
        witnesses: Divergence to the expressions of its witness.
        last: The last report.
        seen: What the witnesses and claims gave.
    """

    loaded: LoadedEntry
    recipes: Sequence[str]
    witnesses: Mapping[str, Mapping[str, str]]
    last: LastReport
    seen: Witnessed

    @property
    def stores(self) -> list[str]:
        """The stores on which the entry makes sense."""
        return [store for store in STORES if store_matches(self.loaded.entry.stores, store)]

    @property
    def divergences(self) -> list[Divergence]:
        """The divergences that concern the recipes to show."""
        return [each for each in self.loaded.entry.divergences if any(map(each.concerns, self.recipes))]


def witnesses_of(loaded: LoadedEntry) -> dict[str, dict[str, str]]:
    """The witness of each divergence (`witness_of`)."""
    return {each.id: witness_of(each) for each in loaded.entry.divergences}


def witness_of(divergence: Divergence) -> dict[str, str]:
    """The witness of a divergence, as expressions; `clock` is among them where it needs a certain one."""
    from harness.spec import build_value, resolve

    names, witness = resolve("value"), divergence.witness
    clock = {} if witness.clock is None else {"clock": witness.clock}
    values = {name: build_value(value, names) for name, value in witness.inputs.items()}
    return {**clock, **{name: to_expression(value) for name, value in values.items()}}


def as_json(page: Page) -> dict[str, Any]:
    """Everything as plain data; the entry as it stands in its file."""
    entry = page.loaded.entry
    return {
        "id": entry.id,
        "title": entry.title,
        "guide": entry.guide,
        "sources": list(entry.sources or ()),
        "file": str(page.loaded.path),
        "stores": page.stores,
        "inputs": dict(entry.inputs),
        "usual": entry.usual,
        "compare": entry.compare,
        "unobserved": dict(entry.unobserved),
        "v1": {"log": entry.v1.log, "read": entry.v1.read},
        "mlflow": {
            name: {"log": entry.recipes[name].log, "read": entry.recipes[name].read} for name in page.recipes
        },
        "compare_across": entry.relation_of(READS_ACROSS) if READS_ACROSS in page.recipes else None,
        "refuses": [
            {"id": each.id, "when": each.when, "raises": each.raises.type, "because": each.because}
            for each in entry.v1.refuses
        ],
        "divergences": [
            {
                **each.model_dump(
                    mode="json", include={"id", "when", "becomes", "raises", "leaves", "because"}
                ),
                "recipes": _recipes(page, each),
                "stores": [store for store in page.stores if store_matches(each.where, store)],
                "versions": dict(each.versions or {}),
                "witness": dict(page.witnesses[each.id]),
                "observed": [
                    {"recipe": recipe, "store": store, **observed.model_dump(mode="json")}
                    for (id_, recipe, store), observed in page.seen.observed.items()
                    if id_ == each.id and recipe in page.recipes
                ],
            }
            for each in page.divergences
        ],
        "claims": [
            {"id": each.id, "says": each.says, "cites": each.cites, "state": _states(page, each.id)}
            for each in entry.claims
        ],
        "verdicts": [verdict.model_dump(mode="json") for verdict in page.last.verdicts(entry.id)],
        "observed_in": page.seen.source,
        "notes": list(page.last.notes),
    }


def show(page: Page, console: Console) -> None:
    """The entry as text."""
    entry = page.loaded.entry
    title(console, entry.id, entry.title)
    origin = (
        [("guide", entry.guide)] if entry.guide else [("source", source) for source in entry.sources or ()]
    )
    labelled(console, [*origin, ("file", str(page.loaded.path)), ("stores", ", ".join(page.stores))])
    _code(page, console)
    _inputs(page, console)
    _heading(console, "What SDK v1 itself refuses", bool(entry.v1.refuses))
    for refusal in entry.v1.refuses:
        sentence(console, refusal.because, indent=2)
        raises = f"{refusal.raises.type}: {refusal.raises.match}"
        labelled(
            console, [("when", refusal.when.strip()), ("raises", raises), ("called", refusal.id)], indent=4
        )
    _divergences(page, console)
    _claims(page, console)
    _heading(console, "What SDK v1 does not read back", bool(entry.unobserved))
    labelled(console, list(entry.unobserved.items()))
    _verdicts(page, console)


def _heading(console: Console, text: str, is_there: bool = True) -> None:
    if is_there:
        from rich.text import Text

        console.print()
        console.print(Text(text, style="bold underline" if console.color_system else "bold"))


def _code(page: Page, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    entry = page.loaded.entry
    sides = [("SDK v1", entry.v1.log, entry.v1.read)]
    sides += [
        (f"MLflow, {name}", BY_V1 if name == READS_ACROSS else recipe.log, recipe.read)
        for name, recipe in entry.recipes.items()
        if name in page.recipes
    ]
    _heading(console, "The code")
    if console.width >= BESIDE * len(sides):
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for name, _, _ in sides:
            table.add_column(name, ratio=1, overflow="fold")
        table.add_row(*(Text(printable(log.rstrip())) for _, log, _ in sides))
        table.add_row(*(Text("read back by:", style="dim") for _ in sides))
        table.add_row(*(Text(printable(read.rstrip())) for _, _, read in sides))
        console.print(table)
    else:
        for name, log, read in sides:
            title(console, name)
            code(console, log.rstrip())
            sentence(console, "read back by:", "dim", indent=4)
            code(console, read.rstrip())
    for name in page.recipes:
        note = entry.recipes[name].note
        if note:
            sentence(console, f"{name}: {note}", indent=2)


def _inputs(page: Page, console: Console) -> None:
    entry = page.loaded.entry
    _heading(console, "The inputs")
    rows = [(name, expression.strip()) for name, expression in entry.inputs.items()]
    labelled(console, [*rows, ("usual", entry.usual.strip())])
    says = {name.name: name.says for name in all_names() if name.source and ":" in name.source}
    used = {
        node.id: says[node.id]
        for expression in (*entry.inputs.values(), entry.usual)
        for node in ast.walk(ast.parse(expression.strip()))
        if isinstance(node, ast.Name) and node.id in says
    }
    if used:
        sentence(console, "where", "dim", indent=2)
        labelled(console, list(used.items()), indent=4)


def _divergences(page: Page, console: Console) -> None:
    _heading(console, "What differs" if page.divergences else "Nothing differs, as far as the entry says")
    if page.divergences and page.seen.source:
        sentence(console, f"What was given is from {page.seen.source}.", "dim")
    for each in page.divergences:
        console.print()
        title(console, each.id)
        sentence(console, each.because, indent=2)
        effect = ("becomes", (each.becomes or "").strip())
        if each.raises:
            effect = ("raises", f"{each.raises.type} in `{each.raises.phase}`: {each.raises.match}")
        rows = [("when", each.when.strip()), effect]
        if each.leaves:
            rows.append(("leaves", each.leaves.strip()))
        rows.append(("where", _where(page, each)))
        if each.disclosed_by:
            rows.append(("told by", f"the guide, see claim {each.disclosed_by}"))
        witness = page.witnesses[each.id]
        rows.append(
            ("witness", ", ".join(f"{name} = {shortened(value, 120)}" for name, value in witness.items()))
        )
        rows += _observed(page, each)
        labelled(console, rows)


def _where(page: Page, each: Divergence) -> str:
    recipes = _recipes(page, each)
    stores = [store for store in page.stores if store_matches(each.where, store)]
    where = (
        "all recipes" if len(recipes) == len(page.loaded.entry.recipes) > 1 else f"recipe {listed(recipes)}"
    )
    told = f"{where}, on {listed(stores) if stores else 'no store'}"
    if each.versions:
        told += f", with {listed(f'{package} {specifier}' for package, specifier in each.versions.items())}"
    clocks = {
        clock
        for verdict in page.last.verdicts(page.loaded.id)
        for one in verdict.divergences
        if one.id == each.id
        for clock in one.clocks
    }
    if clocks == {"stopped"}:
        told += "; only for calls within one millisecond"
    return told


def _recipes(page: Page, each: Divergence) -> list[str]:
    return list(filter(each.concerns, page.loaded.entry.recipes))


def _observed(page: Page, each: Divergence) -> list[tuple[str, str]]:
    """What both sides gave for the witness; places with the same are told once."""
    same: dict[tuple[str, str], list[str]] = {}
    for (id_, recipe, store), observed in page.seen.observed.items():
        if id_ == each.id and recipe in page.recipes:
            same.setdefault((observed.v1, observed.mlflow), []).append(f"{recipe} on {store}")
    rows = []
    for v1 in dict.fromkeys(v1 for v1, _ in same):
        rows.append(("v1 gave", shortened(v1, 200)))
        for (other, mlflow), places in same.items():
            if other == v1:
                where = "" if len(same) == 1 else f"  ({listed(places)})"
                rows.append(("MLflow gave", f"{shortened(mlflow, 300)}{where}"))
    return rows


def _claims(page: Page, console: Console) -> None:
    claims = page.loaded.entry.claims
    _heading(console, "What is claimed", bool(claims))
    for claim in claims:
        sentence(console, claim.says, indent=2)
        labelled(
            console,
            [("called", claim.id), *(("state", state) for state in _states(page, claim.id))],
            indent=4,
        )


def _states(page: Page, id_: str) -> list[str]:
    """Whether a claim holds, on which stores."""
    claim = next(each for each in page.loaded.entry.claims if each.id == id_)
    if claim.unverifiable:
        return [f"cannot be checked: {claim.unverifiable}"]
    stores: dict[str, list[str]] = {}
    for (other, store), result in page.seen.claims.items():
        if other == id_ and result.outcome != "skipped":
            state = "holds" if result.outcome == "passed" else "failed when it was checked"
            if result.refuted:
                state = f"does not hold, as the entry says: {claim.refuted}"
            stores.setdefault(state, []).append(store)
    if not stores:
        return [
            f"not checked; the entry says it does not hold: {claim.refuted}"
            if claim.refuted
            else "not checked"
        ]
    return [f"{state} (on {listed(names)})" for state, names in stores.items()]


def _verdicts(page: Page, console: Console) -> None:
    from rich.text import Text

    verdicts = [each for each in page.last.verdicts(page.loaded.id) if each.recipe in page.recipes]
    if not verdicts:
        return
    _heading(console, "Verdicts of the last report")
    labelled(
        console,
        [
            (f"{each.recipe} on {each.store}", Text(each.verdict, style=STYLES.get(each.verdict, "green")))
            for each in verdicts
        ],
    )
