"""What the last report knows of the entries, and whether it still speaks of them as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import HarnessError

if TYPE_CHECKING:
    from harness.report.facts import MappingInfo
    from harness.report.model import Observation, Report, Result, Verdict
    from harness.spec import Divergence, LoadedEntry

DEFAULT = Path("conformance")
"""The folder into which the main job writes its report."""


@dataclass(frozen=True)
class LastReport:
    """A report, or why there is none.

    Attributes:
        report: The report; None where there is none, or none that can be read.
        notes: What is to be known of it, a sentence each: that it cannot be read, that the run was cut short.
    """

    report: Report | None = None
    notes: tuple[str, ...] = ()

    def verdicts(self, mapping: str) -> list[Verdict]:
        """The verdicts on an entry."""
        return [] if self.report is None else [one for one in self.report.verdicts if one.mapping == mapping]


def last_report(folder: Path | None) -> LastReport:
    """Reads the report of a folder; a file that is broken costs its verdicts and nothing else.

    Args:
        folder: Where it is; None is `DEFAULT`, where there need not be one.
    """
    path = folder or DEFAULT
    from harness.report.writing import REPORT_FILE, read_report

    if folder is None and not (path / REPORT_FILE).exists():
        return LastReport()

    try:
        report = read_report(path)
    except HarnessError as error:
        return LastReport(notes=(f"no verdicts: {error}",))
    if report.footer is None:
        return LastReport(report, (f"{path}: the run was cut short, and the report is only a part",))
    if not report.footer.complete:
        return LastReport(report, (f"{path}: the run was stopped before its end",))
    return LastReport(report)


@dataclass(frozen=True)
class Witnessed:
    """What the witnesses of an entry gave.

    Attributes:
        observed: By divergence, recipe and store.
        claims: By claim and store.
        source: Where it is from, in words; empty where there is nothing.
    """

    observed: Mapping[tuple[str, str, str], Observation] = field(default_factory=dict)
    claims: Mapping[tuple[str, str], Result] = field(default_factory=dict)
    source: str = ""


def witnessed(report: Report, mapping: str) -> Witnessed:
    """What a report has of the witnesses and claims of an entry."""
    results = [result for result in report.results if result.mapping == mapping]
    return Witnessed(
        {
            (result.id, result.recipe or "", result.store): result.observed
            for result in results
            if result.kind == "witness" and result.observed is not None
        },
        {(result.id, result.store): result for result in results if result.kind == "claim"},
        f"the report of {report.header.started[:10]}",
    )


def with_changes(last: LastReport, entries: Iterable[LoadedEntry]) -> LastReport:
    """The report with a note for each entry that is not as the report has it; witnesses are not looked at."""
    infos = {info.id: info for info in last.report.mappings} if last.report else {}
    notes = [
        f"{entry.id} has changed since the report: {', '.join(changed)}"
        for entry in entries
        if entry.id in infos and (changed := changes_since(infos[entry.id], entry, None))
    ]
    return replace(last, notes=(*last.notes, *notes))


def changes_since(
    info: MappingInfo, loaded: LoadedEntry, witnesses: Mapping[str, Mapping[str, str]] | None
) -> list[str]:
    """The parts of an entry that are not as the report has them; of what a report has not nothing is known.

    Args:
        info: What the report says of the entry.
        loaded: The entry as it is now.
        witnesses: Divergence to the expressions of its witness, as it is now; None: they are not looked at.
    """
    return [name for name, is_same in _compared(info, loaded, witnesses) if not is_same]


def changed_divergences(info: MappingInfo, loaded: LoadedEntry) -> set[str]:
    """The divergences of which nothing that the report has can be told: the witness is another, or what discloses them.

    Whether they happen when and as they did is looked at by `changes_since`.
    """
    old = {each.id: each for each in info.divergences}
    return {
        each.id
        for each in loaded.entry.divergences
        if each.id in old
        and (old[each.id].disclosed_by != each.disclosed_by or old[each.id].witness != _witness(each))
    }


def _witness(divergence: Divergence) -> dict[str, str] | None:
    from harness.asking.entry_view import witness_of

    try:
        return witness_of(divergence)
    except Exception:  # the author's code may raise anything; what was run did not
        return None


def _compared(
    info: MappingInfo, loaded: LoadedEntry, witnesses: Mapping[str, Mapping[str, str]] | None
) -> Iterator[tuple[str, bool]]:
    from harness.spec.written import hashes_of

    entry = loaded.entry
    yield "inputs", dict(info.inputs) == dict(entry.inputs)
    yield "usual", info.usual.strip() == entry.usual.strip()
    yield "v1", info.v1 is not None and _code(info.v1) == _code(entry.v1)
    for name, recipe in info.mlflow.items():
        yield _place(name), name in entry.recipes and _code(recipe) == _code(entry.recipes[name])
    if info.all_recipes:
        yield from ((_place(name), False) for name in entry.recipes if name not in info.all_recipes)
    yield "compare", info.compare == entry.compare
    yield "unobserved", info.unobserved == dict(entry.unobserved)
    hashes = hashes_of(entry)
    yield from ((name, hashes.get(name) == kept) for name, kept in info.hashes.items())
    old = {each.id: each for each in info.divergences}
    new = {each.id: each for each in entry.divergences}
    for id_ in {**old, **new}:
        one, other = old.get(id_), new.get(id_)
        yield (
            f"divergence {id_}",
            one is not None
            and other is not None
            and (one.when.strip(), (one.becomes or "").strip())
            == (other.when.strip(), (other.becomes or "").strip())
            and one.raises == _raises(other)
            and (witnesses is None or one.witness == dict(witnesses[id_]))
            and one.versions == dict(other.versions or {})
            and one.stores == (other.where or ())
            and one.recipes == tuple(filter(other.concerns, entry.recipes)),
        )


def _place(recipe: str) -> str:
    """Where an entry has a recipe."""
    from harness.spec import READS_ACROSS

    return "reads_across.read" if recipe == READS_ACROSS else f"mlflow.{recipe}"


def _raises(divergence: Divergence) -> str | None:
    """As the report writes it."""
    raises = divergence.raises
    return None if raises is None else f"{raises.type} in {raises.phase}: {raises.match}"


def _code(side: object) -> tuple[str, str]:
    return (str(getattr(side, "log", "")).strip(), str(getattr(side, "read", "")).strip())


def run_witnesses(loaded: LoadedEntry, stores: tuple[str, ...]) -> Witnessed:
    """Runs the witnesses and claims of an entry with both clients.

    Raises:
        EnvironmentProblem: A package is missing, or a store cannot be had.
    """
    from harness.asking.opened import opened, prepared

    with prepared():
        from harness.profiles import DEFAULT_SEED, PROFILES
        from harness.verify import make_ready, plan

        with opened(stores) as bed:
            checks = plan(make_ready(loaded), stores, None, PROFILES["dev"], DEFAULT_SEED, bed.versions)
            results = [check.run(bed) for check in checks if check.item.kind in ("witness", "claim")]
    return Witnessed(
        {
            (result.id, result.recipe or "", result.store): result.observed
            for result in results
            if result.kind == "witness" and result.observed is not None
        },
        {(result.id, result.store): result for result in results if result.kind == "claim"},
        "a run of just now",
    )
