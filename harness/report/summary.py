"""What the views have in common: what to show, in which order and words. No colour and no markup here."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from harness.report.facts import ClaimInfo, DivergenceInfo, Effect, MappingInfo
from harness.report.missing import MissingStore, missing_stores
from harness.report.model import DivergenceVerdict, Report, Result, SkipReason, Verdict, VerdictName
from harness.report.printing import one_line as one_line
from harness.report.printing import printable as printable
from harness.report.verdicts import VERDICTS, rank

ABSENT = "-"
"""Stands in the matrix where a recipe was not to be checked on a store."""

SCRIPT_FOLLOWS = "To see it with both clients, run this script:"
"""The line of a message after which there is nothing but the script, indented."""

_URGENCY: tuple[VerdictName, ...] = ("unexplained", "not-verified", "broken")
SKIPPED: Mapping[SkipReason, str] = MappingProxyType(
    {
        "not-run": "not run",
        "unreachable": "store not reachable",
        "unavailable": "not to be had here",
        "unverifiable": "cannot be checked",
    }
)
"""Why a result was skipped, in words."""
EFFECTS: Mapping[Effect, str] = MappingProxyType(
    {"altered": "silently altered or lost", "refused": "MLflow raises an error"}
)
"""What a divergence does to data, in words."""


@dataclass(frozen=True)
class Row:
    """One line of the matrix: a recipe, and its verdict for each store (None: not to be checked there)."""

    mapping: str
    recipe: str
    cells: tuple[Verdict | None, ...]


@dataclass(frozen=True)
class Difference:
    """A divergence that was applied, and where: the verdicts which have it, with what they say of it."""

    mapping: MappingInfo
    divergence: DivergenceInfo
    places: tuple[tuple[Verdict, DivergenceVerdict], ...]


@dataclass(frozen=True)
class Erratum:
    """A statement of the guide which does not hold, and the stores on which that was shown."""

    mapping: MappingInfo
    claim: ClaimInfo
    stores: tuple[str, ...]


def stores_of(report: Report) -> tuple[str, ...]:
    """The columns: the stores that were asked for, then others that have a verdict."""
    others = sorted({verdict.store for verdict in report.verdicts} - set(report.header.stores))
    return (*dict.fromkeys(report.header.stores), *others)


def matrix(report: Report) -> list[Row]:
    """The rows: mappings with the most urgent verdict first, and so their recipes.

    That a store could not be had says nothing of a mapping, so it puts none first.
    """
    stores = stores_of(report)
    missing = {verdict.key for store in missing_stores(report) for verdict in store.verdicts}

    def row_urgency(row: Row) -> int:
        cells = [cell for cell in row.cells if cell is not None and cell.key not in missing]
        return min((urgency(cell.verdict) for cell in cells), default=len(VERDICTS))

    by_key = {verdict.key: verdict for verdict in report.verdicts}
    names = sorted({(verdict.mapping, verdict.recipe) for verdict in report.verdicts})
    rows = [
        Row(mapping, recipe, tuple(by_key.get((mapping, store, recipe)) for store in stores))
        for mapping, recipe in names
    ]
    of_mapping: dict[str, int] = {}
    for row in rows:
        of_mapping[row.mapping] = min(row_urgency(row), of_mapping.get(row.mapping, len(VERDICTS)))
    return sorted(rows, key=lambda row: (of_mapping[row.mapping], row.mapping, row_urgency(row), row.recipe))


def urgency(verdict: VerdictName) -> int:
    """What is looked at first: unexplained, not-verified, broken, then as the ladder goes on."""
    return _URGENCY.index(verdict) if verdict in _URGENCY else rank(verdict)


def words_used(report: Report) -> list[tuple[VerdictName, str]]:
    """The verdicts that occur, most urgent first, each with its meaning."""
    used = {verdict.verdict for verdict in report.verdicts}
    return [(name, VERDICTS[name]) for name in sorted(used, key=urgency)]


def failures(report: Report) -> list[Result]:
    """The results that failed or could not be run, in the file's order."""
    return [result for result in report.results if result.outcome in ("failed", "error")]


def title_of(result: Result) -> str:
    """`log-list, guide on sqlite: witness equal-points-merge failed`."""
    recipe = f", {result.recipe}" if result.recipe else ""
    item = result.kind if result.kind == result.id else f"{result.kind} {result.id}"
    word = {"failed": "failed", "error": "could not be run (error)"}.get(result.outcome, result.outcome)
    return f"{result.mapping}{recipe} on {result.store}: {item} {word}"


def script_of(result: Result) -> tuple[str, str]:
    """The message of a result, and apart from it the Python script in which it ends ("" where there is none)."""
    before, follows, script = result.message.partition(f"\n{SCRIPT_FOLLOWS}\n")
    return (before.rstrip(), textwrap.dedent(script).strip()) if follows else (result.message, "")


def cut(text: str, limit: int) -> str:
    """The text, or its first `limit` characters and how many more there are."""
    return text if len(text) <= limit else f"{text[:limit]}... ({len(text) - limit:,} more characters)"


def warnings(report: Report) -> list[str]:
    """What a reader must know before trusting the table, one sentence each; failures stand apart."""
    found = run_warnings(report)
    stores = missing_stores(report)
    found += [f"{store_words(store)}: {store.message}" for store in stores]
    missing = {verdict.key for store in stores for verdict in store.verdicts}
    for verdict in sorted(report.verdicts, key=lambda verdict: (urgency(verdict.verdict), verdict.key)):
        if verdict.verdict in ("unexplained", "not-verified") and verdict.key not in missing:
            where = f"{verdict.mapping}, {verdict.recipe} on {verdict.store}"
            found.append(f"{where} is {verdict.verdict}: {'; '.join(verdict.reasons)}.")
    for verdict, divergence in unmet(report):
        where = f"{verdict.mapping}, {verdict.recipe} on {verdict.store}"
        found.append(f"{where}: no generated input met {divergence}.")
    return found


def store_words(missing: MissingStore) -> str:
    """`mysql was not to be had here, so 58 verdicts are not-verified`."""
    number = len(missing.verdicts)
    what = {"unreachable": "could not be reached", "unavailable": "was not to be had here"}
    are = "verdict is" if number == 1 else "verdicts are"
    return f"{missing.store} {what[missing.because]}, so {number:,} {are} not-verified"


def run_warnings(report: Report) -> list[str]:
    """What is wrong with the run as a whole, one sentence each: it was cut short, stopped, or compared nothing."""
    found = []
    if report.footer is None:
        found.append("This report has no footer: the run was cut short, and what follows is only a part.")
    elif not report.footer.complete:
        found.append("The run was stopped before its end.")
    if not report.results:
        found.append("There are no results: nothing was checked.")
    elif not any(result.examples for result in report.results):
        found.append("No example was run whole: nothing was compared.")
    return found


def unmet(report: Report) -> list[tuple[Verdict, str]]:
    """Divergences (by id) which only their own witness met: chance never led generation there."""
    met: set[tuple[str, str, str, str]] = set()
    generated: set[tuple[str, str, str]] = set()
    for result in report.results:
        if result.kind in ("property", "directed") and result.examples:
            key = (result.mapping, result.store, result.recipe or "")
            generated.add(key)
            met |= {(*key, name) for name, count in result.applied.items() if count}
    return [
        (verdict, divergence.id)
        for verdict in report.verdicts
        for divergence in verdict.divergences
        if verdict.key in generated and (*verdict.key, divergence.id) not in met
    ]


def differences(report: Report) -> list[Difference]:
    """Each divergence that was applied, by mapping as in the matrix and then in the entry's order."""
    found = []
    for name in dict.fromkeys(row.mapping for row in matrix(report)):
        mapping = next((info for info in report.mappings if info.id == name), None)
        for divergence in mapping.divergences if mapping else ():
            places = tuple(
                (verdict, item)
                for verdict in report.verdicts
                if verdict.mapping == name
                for item in verdict.divergences
                if item.id == divergence.id
            )
            if mapping and places:
                found.append(Difference(mapping, divergence, places))
    return found


def place_words(verdict: Verdict, item: DivergenceVerdict) -> str:
    """`guide on sqlite: silently altered or lost, also for usual data, 12 inputs`."""
    return f"{verdict.recipe} on {verdict.store}: {effect_words(item)}, {plural(item.count, 'input')}"


def effect_words(item: DivergenceVerdict) -> str:
    """`silently altered or lost, also for usual data`."""
    reach = "also for usual data" if item.usual else "only for unusual data"
    parts = [EFFECTS[item.effect], "even for the guide's own example" if item.guide else reach]
    if item.clocks == ("stopped",):
        parts.append("only within one millisecond")
    if item.disclosed:
        parts.append("disclosed by the guide")
    return ", ".join(parts)


def errata(report: Report) -> list[Erratum]:
    """The guide's statements that were shown not to hold."""
    found = []
    for mapping in report.mappings:
        for claim in mapping.claims:
            stores = tuple(
                result.store
                for result in report.results
                if (result.mapping, result.kind, result.id) == (mapping.id, "claim", claim.id)
                and result.refuted
                and result.outcome == "passed"
            )
            if stores:
                found.append(Erratum(mapping, claim, stores))
    return found


def unverifiable(report: Report) -> list[tuple[MappingInfo, ClaimInfo]]:
    """The statements which cannot be checked, as their entries say."""
    return [(mapping, claim) for mapping in report.mappings for claim in mapping.claims if claim.unverifiable]


def unobserved(report: Report) -> list[tuple[MappingInfo, str, str]]:
    """What nobody can read back with SDK v1, so that no verdict speaks of it: (mapping, part of an input, reason)."""
    return [(info, part, why) for info in report.mappings for part, why in info.unobserved.items()]


def assumptions(report: Report) -> list[str]:
    """Behaviours of the embedded workspace that any verdict rests on and that are assumed."""
    return sorted({item for verdict in report.verdicts for item in verdict.assumptions})


def counts(report: Report) -> str:
    """`412 examples; 40 results: 38 passed, 1 failed, 0 errors, 1 skipped (not run: 1)`."""
    outcomes = Counter(result.outcome for result in report.results)
    why = Counter(result.skipped_because for result in report.results if result.skipped_because)
    reasons = ", ".join(f"{SKIPPED[reason]}: {why[reason]}" for reason in sorted(why))
    parts = [
        f"{outcomes['passed']:,} passed",
        f"{outcomes['failed']:,} failed",
        plural(outcomes["error"], "error"),
        f"{outcomes['skipped']:,} skipped{f' ({reasons})' if reasons else ''}",
    ]
    examples = plural(sum(result.examples for result in report.results), "example")
    return f"{examples}; {plural(len(report.results), 'result')}: {', '.join(parts)}"


def setting(report: Report) -> str:
    """The versions, the profile and the seed in one line: what a finding is valid for."""
    versions: Sequence[str] = [f"{name} {version}" for name, version in report.header.versions.items()]
    return ", ".join([*versions, f"profile {report.header.profile}", f"seed {report.header.seed}"])


def plural(number: int, noun: str) -> str:
    """`1 input`, `1,200 inputs`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
