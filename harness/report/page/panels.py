"""What the page shows of one mapping, as plain data: the template only lays it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.report import summary
from harness.report.facts import ClaimInfo, Code, DivergenceInfo, MappingInfo
from harness.report.guide import READS_ACROSS
from harness.report.model import DivergenceVerdict, Observation, Report, Result, Verdict, VerdictName
from harness.report.page.anchors import anchor

OPEN_FAILURES = 5
"""So many failures of a mapping stand open; the others are folded."""

_CLAIM_WORDS: Mapping[str, str] = MappingProxyType(
    {"passed": "holds", "failed": "fails its check", "error": "could not be run"}
)


@dataclass(frozen=True)
class Failure:
    """A result that failed or could not be run.

    Attributes:
        result: The result.
        anchor: Its id on the page.
        title: Which item it is, and what became of it; its mapping is not repeated.
        message: The message without the script.
        script: The script that shows it, "" where there is none.
        open: Whether it is unfolded at first.
    """

    result: Result
    anchor: str
    title: str
    message: str
    script: str
    open: bool


@dataclass(frozen=True)
class Side:
    """The code of SDK v1 or of one recipe, with the verdicts that the recipe got."""

    name: str
    code: Code | None
    verdicts: tuple[Verdict, ...]

    @property
    def is_logged_by_v1(self) -> bool:
        """Whether it is SDK v1 that logs what this reads."""
        return self.name == READS_ACROSS


@dataclass(frozen=True)
class Place:
    """What a divergence did to one recipe on one store.

    Attributes:
        recipe: The recipe.
        store: The store.
        met: How many inputs it was applied to, and which, in words.
        seen: What its witness gave there; None where it was not run.
    """

    recipe: str
    store: str
    met: tuple[str, ...]
    seen: Observation | None


@dataclass(frozen=True)
class Divergence:
    """A divergence of the entry: where it is said to apply, in words, and where it did."""

    info: DivergenceInfo
    anchor: str
    effect: str
    scope: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Claim:
    """A statement with what became of its check: (word, stores), the same word once."""

    info: ClaimInfo
    anchor: str
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Line:
    """A verdict with how many results of its recipe and store ended how, in words."""

    verdict: Verdict
    results: str


@dataclass(frozen=True)
class Panel:
    """Everything that the page shows of one mapping.

    Attributes:
        info: The entry's facts.
        anchor: Its id on the page.
        open: Whether it is unfolded at first: where something has to be done.
        words: The verdicts that occur, most urgent first.
        lines: Its verdicts.
        failures: What failed or could not be run.
        sides: The code, SDK v1 first.
        divergences: In the entry's order.
        claims: In the entry's order.
        assumptions: Behaviours of the embedded workspace which its verdicts rest on and that are assumed.
        counts: How many examples and results it has, in words.
    """

    info: MappingInfo
    anchor: str
    open: bool
    words: tuple[VerdictName, ...]
    lines: tuple[Line, ...]
    failures: tuple[Failure, ...]
    sides: tuple[Side, ...]
    divergences: tuple[Divergence, ...]
    claims: tuple[Claim, ...]
    assumptions: tuple[str, ...]
    counts: str


def panels_of(report: Report) -> list[Panel]:
    """The panels in the order of the matrix; mappings without a verdict come last."""
    known = {info.id: info for info in report.mappings}
    names = dict.fromkeys([*(row.mapping for row in summary.matrix(report)), *known])
    return [_panel(report, known[name]) for name in names]


def _panel(report: Report, info: MappingInfo) -> Panel:
    results = [result for result in report.results if result.mapping == info.id]
    order = {store: index for index, store in enumerate(summary.stores_of(report))}
    verdicts = sorted(
        (verdict for verdict in report.verdicts if verdict.mapping == info.id),
        key=lambda verdict: (verdict.recipe, order[verdict.store]),
    )
    failures = _failures(results)
    urgent = any(verdict.verdict in ("unexplained", "not-verified") for verdict in verdicts)
    return Panel(
        info=info,
        anchor=anchor(info.id),
        open=bool(failures) or urgent,
        words=tuple(sorted({verdict.verdict for verdict in verdicts}, key=summary.urgency)),
        lines=tuple(Line(verdict, _results_words(verdict, results)) for verdict in verdicts),
        failures=failures,
        sides=_sides(info, verdicts),
        divergences=tuple(_divergence(info, item, verdicts, results) for item in info.divergences),
        claims=tuple(_claim(info, claim, results) for claim in info.claims),
        assumptions=tuple(sorted({item for result in results for item in result.assumptions})),
        counts=summary.counts(report.model_copy(update={"results": tuple(results)})),
    )


def _failures(results: Sequence[Result]) -> tuple[Failure, ...]:
    found = [result for result in results if result.outcome in ("failed", "error")]
    return tuple(
        Failure(
            result=result,
            anchor=anchor(
                result.mapping, "result", result.kind, result.id, result.recipe or "any", result.store
            ),
            title=summary.title_of(result).removeprefix(result.mapping).removeprefix(", "),
            message=summary.script_of(result)[0],
            script=summary.script_of(result)[1],
            open=index < OPEN_FAILURES,
        )
        for index, result in enumerate(found)
    )


def _sides(info: MappingInfo, verdicts: Sequence[Verdict]) -> tuple[Side, ...]:
    recipes = dict.fromkeys([*info.recipes, *info.mlflow])
    sides = [
        Side(name, info.mlflow.get(name), tuple(item for item in verdicts if item.recipe == name))
        for name in recipes
    ]
    return (Side("SDK v1", info.v1, ()), *sides) if info.v1 or info.mlflow else ()


def _results_words(verdict: Verdict, results: Sequence[Result]) -> str:
    """`93 results: 92 passed, 1 failed`; claims belong to each recipe of their store."""
    mine = _of(verdict, results)
    words = {"passed": "passed", "failed": "failed", "error": "could not be run", "skipped": "skipped"}
    counted = [(sum(item.outcome == outcome for item in mine), word) for outcome, word in words.items()]
    parts = ", ".join(f"{count:,} {word}" for count, word in counted if count)
    return f"{summary.plural(len(mine), 'result')}: {parts}" if mine else "no results"


def _of(verdict: Verdict, results: Sequence[Result]) -> list[Result]:
    return [item for item in results if item.store == verdict.store and item.recipe in (None, verdict.recipe)]


def _divergence(
    info: MappingInfo, item: DivergenceInfo, verdicts: Sequence[Verdict], results: Sequence[Result]
) -> Divergence:
    witnesses = {
        (result.recipe, result.store): result.observed
        for result in results
        if (result.kind, result.id) == ("witness", item.id)
    }
    places = []
    for verdict in verdicts:
        applied = next((found for found in verdict.divergences if found.id == item.id), None)
        if applied or (verdict.recipe, verdict.store) in witnesses:
            usual = sum(result.applied_usual.get(item.id, 0) for result in _of(verdict, results))
            seen = witnesses.get((verdict.recipe, verdict.store))
            places.append(Place(verdict.recipe, verdict.store, _met(applied, usual), seen))
    return Divergence(
        info=item,
        anchor=anchor(info.id, item.id),
        effect=summary.EFFECTS[item.effect],
        scope=_scope(item),
        places=tuple(places),
    )


def _met(applied: DivergenceVerdict | None, usual: int) -> tuple[str, ...]:
    """`42 inputs, 12 of them usual`, then what else is known of them."""
    if applied is None:
        return ("no input",)
    parts = [f"{summary.plural(applied.count, 'input')}, {f'{usual:,}' if usual else 'none'} of them usual"]
    if applied.guide:
        parts.append("even the guide's own example")
    if applied.clocks == ("stopped",):
        parts.append("only within one millisecond")
    if applied.disclosed:
        parts.append("the guide tells of it")
    return tuple(parts)


def _scope(item: DivergenceInfo) -> str:
    """For which recipes, stores and versions it is declared, in words."""
    parts = [f"recipe{'' if len(item.recipes) == 1 else 's'} {', '.join(item.recipes)}"]
    parts.append(f"stores: {', '.join(item.stores)}" if item.stores else "all stores")
    parts += [f"{package} {specifier}" for package, specifier in item.versions.items()]
    return "; ".join(parts)


def _claim(info: MappingInfo, claim: ClaimInfo, results: Sequence[Result]) -> Claim:
    stores: dict[str, list[str]] = {}
    for result in results:
        if (result.kind, result.id) == ("claim", claim.id):
            stores.setdefault(_claim_word(result), []).append(result.store)
    if not stores:
        stores = {"cannot be checked" if claim.unverifiable else "not run": []}
    outcomes = tuple((word, tuple(names)) for word, names in stores.items())
    return Claim(claim, anchor(info.id, "claim", claim.id), outcomes)


def _claim_word(result: Result) -> str:
    if result.skipped_because is not None:
        return summary.SKIPPED[result.skipped_because]
    if result.outcome == "passed" and result.refuted:
        return "refuted"
    return _CLAIM_WORDS[result.outcome]
