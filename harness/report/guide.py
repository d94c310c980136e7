"""The guide's table of contents against the results, and what is wrong with the guide, as plain data. Pure functions.

A claim is checked if a result says so, and for no other reason: without results everything that could be checked is
`unchecked`, whatever its entry says of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from harness.report.facts import ClaimInfo, DivergenceInfo, GuideInfo, GuidePart, MappingInfo
from harness.report.guide_lines import in_words, lines_of
from harness.report.model import DivergenceVerdict, Observation, Report, Result, Verdict, VerdictName
from harness.report.summary import effect_words, plural
from harness.report.verdicts import rank

State = Literal["holds", "refuted", "unverifiable", "failed", "partly", "unchecked"]

STATES: Mapping[State, str] = MappingProxyType(
    {
        "holds": "holds",
        "refuted": "refuted",
        "unverifiable": "unverifiable",
        "failed": "not as its entry says",
        "partly": "not checked on every store",
        "unchecked": "not checked",
    }
)
"""Each state of a claim, in words."""

RECOMMENDED = "recommended"
"""The recipe that is offered where the guide's own does not do."""

READS_ACROSS = "reads-across"
"""The recipe of which SDK v1 logs what MLflow reads: nothing that could be written instead."""

NO_BETTER = "It happens with the recipe that we recommend too."
"""What is said where the recipe `recommended` does no better, and no other is at hand."""

NOT_VERIFIED = "It was not verified."
"""What is said of code of ours of which no verdict is at hand."""

_ITSELF: Mapping[VerdictName, str] = MappingProxyType(
    {
        "broken": "it is itself broken",
        "lossy": "it is itself lossy",
        "refuses": "it itself raises an error for usual data",
        "unexplained": "it itself shows a difference that is not explained",
        "not-verified": "it was not verified",
    }
)
"""The verdicts with which code is offered only with a word about them."""


@dataclass(frozen=True)
class GuideClaim:
    """A claim that the index names.

    Attributes:
        name: Its name, `ENTRY/CLAIM`.
        mapping: The entry; None where the report does not have it.
        info: The claim; None where the report does not have it.
        state: What became of it, over all stores.
        stores: The stores on which it was checked.
    """

    name: str
    mapping: MappingInfo | None
    info: ClaimInfo | None
    state: State
    stores: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One line of the table of contents.

    Attributes:
        part: What the index has of it.
        mapping: The entry; None where the report does not have it.
        statements: How many statements the guide makes there.
        claims: The claims that stand for them, or are about the code there; each is in one row only.
        verdicts: Those of the guide's own recipes, the worst first.
    """

    part: GuidePart
    mapping: MappingInfo | None
    statements: int
    claims: tuple[GuideClaim, ...]
    verdicts: tuple[Verdict, ...]

    def count(self, state: State) -> int:
        """How many of its claims are in this state."""
        return sum(claim.state == state for claim in self.claims)


@dataclass(frozen=True)
class Erratum:
    """Something of the guide that is to be mended.

    Attributes:
        kind: `statement` (a claim is refuted) or `code` (what the guide's code logs is not what SDK v1 logs).
        section: The guide's section.
        lines: Where in the guide, in words; empty where that is not known.
        mapping: The entry.
        id: The claim's id, or that of the divergence.
        says: What the guide says, in our words.
        happens: What happens.
        where: On which stores, and for which recipes.
        is_shown: Whether a result shows it; otherwise it is what the entry says, not checked.
        instead: What to write instead, in words; empty where only code says it, or nothing is known.
        code: What to write instead, as code; empty where words say it, or nothing is known.
        caveat: Why the code is no good or not known to be, or why there is none: one sentence; else empty.
        witness: Input to the expression of its value, for which it happens.
        observed: What both sides gave for the witness.
        script: A script that shows it; None where the report has none.
    """

    kind: Literal["statement", "code"]
    section: str
    lines: str
    mapping: MappingInfo
    id: str
    says: str
    happens: str
    where: str
    is_shown: bool
    instead: str = ""
    code: str = ""
    caveat: str = ""
    witness: tuple[tuple[str, str], ...] = ()
    observed: Observation | None = None
    script: str | None = None


@dataclass(frozen=True)
class Overview:
    """The guide, as far as the results go.

    Attributes:
        guide: The guide.
        rows: In the guide's order.
        errata: In the guide's order.
    """

    guide: GuideInfo
    rows: tuple[Row, ...]
    errata: tuple[Erratum, ...]

    @property
    def claims(self) -> tuple[GuideClaim, ...]:
        """All claims, each once."""
        return tuple(claim for row in self.rows for claim in row.claims)

    @property
    def is_checked(self) -> bool:
        """Whether any claim was checked at all."""
        return any(claim.state in ("holds", "refuted", "failed", "partly") for claim in self.claims)

    @property
    def shown(self) -> tuple[Erratum, ...]:
        """The errata that a result shows."""
        return tuple(erratum for erratum in self.errata if erratum.is_shown)

    def errata_counted(self) -> str:
        """`2 shown`, `2 shown, 1 not checked`: how many errata there are, and how many of them are only said."""
        shown, others = len(self.shown), len(self.errata) - len(self.shown)
        return f"{shown:,} shown" + (f", {others:,} not checked" if others else "")

    def sentence(self) -> str:
        """`20 of 20 sections covered, 409 of 409 lines, 50 statements, every one accounted for; 90 claims: ...`."""
        guide, rows = self.guide, self.rows
        covered = sum(row.mapping is not None for row in rows)
        states = [each for row in rows for passage in row.part.passages for each in passage.states]
        known = {claim.name for claim in self.claims if claim.info is not None}
        open_ones = sum(not each.claims or not known.issuperset(each.claims) for each in states)
        told = f"{open_ones} of them not accounted for" if open_ones else "every one accounted for"
        parts = [
            f"{covered} of {plural(len(rows), 'section')} covered",
            f"{guide.covered:,} of {plural(guide.lines, 'line')}",
            plural(len(states), "statement"),
            told,
        ]
        counted = Counter(claim.state for claim in self.claims)
        counts = ", ".join(f"{counted[state]:,} {word}" for state, word in STATES.items() if counted[state])
        return f"{', '.join(parts)}; {plural(len(self.claims), 'claim')}{f': {counts}' if counts else ''}"


def overview_of(report: Report) -> Overview | None:
    """What a report has of the guide; None where it was held against none."""
    if report.guide is None:
        return None
    return overview(report.guide, report.mappings, report.results, report.verdicts)


def overview(
    guide: GuideInfo,
    mappings: Iterable[MappingInfo],
    results: Sequence[Result] = (),
    verdicts: Sequence[Verdict] = (),
) -> Overview:
    """The guide against the results; without results nothing is checked."""
    known = {mapping.id: mapping for mapping in mappings}
    infos = {
        f"{mapping.id}/{info.id}": (mapping, info) for mapping in known.values() for info in mapping.claims
    }
    by_claim: dict[str, list[Result]] = {}
    for result in results:
        if result.kind == "claim":
            by_claim.setdefault(f"{result.mapping}/{result.id}", []).append(result)
    rows, seen = [], set[str]()
    for part in guide.parts:
        names = [name for name in dict.fromkeys(_names(part)) if name not in seen]
        seen.update(names)
        own = [item for item in verdicts if item.mapping == part.entry and is_of_guide(item.recipe)]
        rows.append(
            Row(
                part=part,
                mapping=known.get(part.entry),
                statements=sum(len(passage.states) for passage in part.passages),
                claims=tuple(_claim(name, infos, by_claim.get(name, ())) for name in names),
                verdicts=tuple(sorted(own, key=lambda item: (rank(item.verdict), item.recipe, item.store))),
            )
        )
    errata = [
        erratum
        for row in rows
        for erratum in (*_of_claims(row, guide, verdicts), *_of_code(row, results, verdicts))
    ]
    return Overview(guide, tuple(rows), tuple(errata))


def is_of_guide(recipe: str) -> bool:
    """Whether a recipe is the guide's own."""
    return recipe == "guide" or recipe.startswith("guide-")


def _names(part: GuidePart) -> list[str]:
    return [
        name
        for passage in part.passages
        for names in (passage.claims, *(each.claims for each in passage.states))
        for name in names
    ]


def _claim(
    name: str, infos: Mapping[str, tuple[MappingInfo, ClaimInfo]], results: Sequence[Result]
) -> GuideClaim:
    mapping, info = infos.get(name, (None, None))
    checked = [result for result in results if result.outcome != "skipped"]
    stores = tuple(sorted({result.store for result in checked}))
    has_gap = any(result.skipped_because in ("not-run", "unreachable") for result in results)
    return GuideClaim(name, mapping, info, _state(info, checked, has_gap), stores)


def _state(info: ClaimInfo | None, checked: Sequence[Result], has_gap: bool) -> State:
    """What became of a claim; one store is enough to refute it; that it holds takes all that can be had.

    Args:
        info: The claim.
        checked: The results of the stores on which it was checked.
        has_gap: Whether it was to be checked on another store that can be had, and was not.
    """
    if any(result.outcome in ("failed", "error") for result in checked):
        return "failed"
    if any(result.refuted for result in checked):
        return "refuted"
    if checked:
        return "partly" if has_gap else "holds"
    return "unverifiable" if info is not None and info.unverifiable else "unchecked"


def _of_claims(row: Row, guide: GuideInfo, verdicts: Sequence[Verdict]) -> list[Erratum]:
    found = []
    for claim in row.claims:
        info, mapping = claim.info, claim.mapping
        if info is None or mapping is None or info.refuted is None or claim.state == "failed":
            continue
        offered = RECOMMENDED if RECOMMENDED in mapping.mlflow and not info.instead else None
        found.append(
            Erratum(
                kind="statement",
                section=info.cites or row.part.section,
                lines=lines_of(claim.name, guide),
                mapping=mapping,
                id=info.id,
                says=info.says,
                happens=info.refuted,
                where=", ".join(claim.stores),
                is_shown=claim.state == "refuted",
                instead=info.instead or "",
                code=mapping.mlflow[offered].log if offered else "",
                caveat=_caveat(mapping, offered, verdicts, claim.stores) if offered else "",
                script=info.script,
            )
        )
    return found


def _of_code(row: Row, results: Sequence[Result], verdicts: Sequence[Verdict]) -> list[Erratum]:
    """What is lost of the guide's own example or of usual data, by the guide's code, without a word of the guide."""
    if row.mapping is None:
        return []
    found = []
    for info in row.mapping.divergences:
        places = [
            (verdict, item)
            for verdict in row.verdicts
            for item in verdict.divergences
            if item.id == info.id and not item.disclosed and (item.usual or item.guide)
        ]
        if places:
            found.append(_erratum(row, row.mapping, info, places, results, verdicts))
    return found


def _erratum(
    row: Row,
    mapping: MappingInfo,
    info: DivergenceInfo,
    places: Sequence[tuple[Verdict, DivergenceVerdict]],
    results: Sequence[Result],
    verdicts: Sequence[Verdict],
) -> Erratum:
    recipes = list(dict.fromkeys(verdict.recipe for verdict, _ in places))
    words: dict[str, list[str]] = {}
    for verdict, item in places:
        words.setdefault(effect_words(item), []).append(f"{verdict.recipe} on {verdict.store}")
    first = places[0][0]
    observed = next(
        (
            result.observed
            for result in results
            if (result.mapping, result.kind, result.id, result.recipe, result.store)
            == (mapping.id, "witness", info.id, first.recipe, first.store)
        ),
        None,
    )
    offered = None if info.instead else _not_among(mapping, info.recipes)
    stores = [verdict.store for verdict, _ in places]
    if offered:
        caveat = _caveat(mapping, offered, verdicts, stores)
    else:
        # This is known by the entry, also where this run was not asked for the recipe and the report has no code of it.
        caveat = NO_BETTER if RECOMMENDED in info.recipes and not info.instead else ""
    return Erratum(
        kind="code",
        section=row.part.section,
        lines=in_words([(each.first, each.last) for each in row.part.passages if each.kind == "code"]),
        mapping=mapping,
        id=info.id,
        says=f"The code for MLflow ({', '.join(recipes)}) keeps what the code for SDK v1 logs.",
        happens=info.because,
        where="; ".join(f"{', '.join(names)}: {word}" for word, names in words.items()),
        is_shown=True,
        instead=info.instead or "",
        code=mapping.mlflow[offered].log if offered else "",
        caveat=caveat,
        witness=tuple(info.witness.items()),
        observed=observed,
        script=next((info.scripts[name] for name in recipes if name in info.scripts), None),
    )


def _not_among(mapping: MappingInfo, recipes: Sequence[str]) -> str | None:
    """The recipe to offer instead of these, if the report has code of one: `recommended`, or else another of ours."""
    ours = sorted(mapping.mlflow, key=lambda name: name != RECOMMENDED)
    passed_over = (*recipes, READS_ACROSS)
    return next((name for name in ours if not is_of_guide(name) and name not in passed_over), None)


def _caveat(mapping: MappingInfo, recipe: str, verdicts: Sequence[Verdict], stores: Iterable[str]) -> str:
    """What is to be known of a recipe before it is offered; empty where it does.

    Args:
        mapping: The entry.
        recipe: The recipe.
        verdicts: All verdicts.
        stores: Those on which the erratum was shown; without a verdict there the recipe is not verified.
    """
    own = {
        item.store: item.verdict for item in verdicts if item.mapping == mapping.id and item.recipe == recipe
    }
    told: dict[str, list[str]] = {}
    for store in sorted({*own, *stores}):
        words = _ITSELF.get(own.get(store, "not-verified"))
        if words:
            told.setdefault(words, []).append(store)
    if set(own.values()) <= {"not-verified"}:
        return NOT_VERIFIED
    parts = [f"{', '.join(names)} {words}" for words, names in told.items()]
    return f"On {'; on '.join(parts)}." if parts else ""
