"""The command that holds the guide's table of contents against the entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.asking import report_option
from harness.cli.common import EXIT_CODES, guide_option, load_with_index, specs_argument
from harness.errors import EXIT_UNEXPLAINED, BadInput

if TYPE_CHECKING:
    from harness.asking.reported import LastReport
    from harness.guide import LoadedIndex
    from harness.report.facts import MappingInfo
    from harness.report.guide import Overview
    from harness.report.model import Result, Verdict
    from harness.spec import LoadedEntry


@click.command(epilog=EXIT_CODES)
@specs_argument
@report_option
@guide_option
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Words for people, JSON for programs, or the errata as Markdown for those who write the guide.",
)
def guide(specs: Sequence[Path], report: Path | None, guide: Path | None, form: str) -> None:
    """Show the guide section by section, and its errata.

    SPEC is a file or a folder (default: specs), with the index of the guide among the files. What was checked is taken
    from the last report; without one nothing counts as checked.
    """
    entries, index = load_with_index(specs, guide)
    if index is None:
        raise BadInput("there is no index of a guide among these files: one begins with `harness-index: 1`")
    from harness.asking.reported import last_report, with_changes

    last = with_changes(last_report(report), entries)
    for note in last.notes:
        click.echo(note, err=True)
    overview, stale = _overview(index, entries, last)
    if stale:
        note = f"changed since the report, so not checked: {', '.join(stale)}"
        click.echo(note, err=True)
        last = replace(last, notes=(*last.notes, note))
    _show(overview, last, form)
    if any(claim.state == "failed" for claim in overview.claims):
        sys.exit(EXIT_UNEXPLAINED)


@dataclass(frozen=True)
class Stale:
    """What is not as the report has it, so that nothing of what was found there counts.

    Attributes:
        entries: Whole entries.
        claims: Claims of other entries, each with its entry.
        divergences: Divergences of other entries, each with its entry.
    """

    entries: frozenset[str]
    claims: frozenset[tuple[str, str]]
    divergences: frozenset[tuple[str, str]]

    def names(self) -> list[str]:
        """`ENTRY`, `ENTRY/CLAIM`, `ENTRY/DIVERGENCE`, in order."""
        return sorted({*self.entries, *map("/".join, self.claims | self.divergences)})

    def counts(self, result: Result) -> bool:
        """Whether a result speaks of what is there now."""
        if result.mapping in self.entries:
            return False
        stale = {"claim": self.claims, "witness": self.divergences}.get(result.kind, ())
        return (result.mapping, result.id) not in stale

    def verdict(self, verdict: Verdict) -> Verdict | None:
        """A verdict without what does not count: not verified where one of its divergences is another now."""
        if verdict.mapping in self.entries:
            return None
        kept = [each for each in verdict.divergences if (verdict.mapping, each.id) not in self.divergences]
        if len(kept) == len(verdict.divergences):
            return verdict
        reasons = ("a divergence has changed since",)
        changes = {"verdict": "not-verified", "divergences": tuple(kept), "reasons": reasons}
        return verdict.model_copy(update=changes)


def _overview(
    index: LoadedIndex, entries: Sequence[LoadedEntry], last: LastReport
) -> tuple[Overview, list[str]]:
    """The guide against the report, and what is not as the report has it, whose results do not count.

    Of an entry that has changed no result and no verdict counts, so that nothing of its code is shown; of another entry
    those claims and divergences do not count that have changed.
    """
    from harness.asking.reported import changed_divergences, changes_since
    from harness.guide.facts import declared, guide_info
    from harness.report.guide import overview

    report = last.report
    known = {info.id: info for info in report.mappings} if report else {}
    mappings, changed = [], set[str]()
    claims, divergences = set[tuple[str, str]](), set[tuple[str, str]]()
    for entry in entries:
        info = known.get(entry.id)
        if info is None or changes_since(info, entry, None):
            mappings.append(declared(entry))
            changed |= {entry.id} & known.keys()
            continue
        now, old_claims = _claims_as_now(info, entry)
        mappings.append(_in_words_of_now(now, entry))
        claims |= {(entry.id, name) for name in old_claims}
        divergences |= {(entry.id, name) for name in changed_divergences(info, entry)}
    stale = Stale(frozenset(changed), frozenset(claims), frozenset(divergences))
    results = [result for result in (report.results if report else ()) if stale.counts(result)]
    verdicts = [found for each in (report.verdicts if report else ()) if (found := stale.verdict(each))]
    return overview(guide_info(index), mappings, results, verdicts), stale.names()


def _claims_as_now(info: MappingInfo, entry: LoadedEntry) -> tuple[MappingInfo, list[str]]:
    """What a report has of an entry with the claims that it has now, and those that are not as the report has them."""
    from harness.guide.facts import claim_info, is_same_claim

    old = {claim.id: claim for claim in info.claims}
    claims, stale = [], []
    for claim in entry.entry.claims:
        before = old.get(claim.id)
        now = claim_info(entry, claim, before.script if before else None)
        if before is not None and not is_same_claim(before, now):
            stale.append(claim.id)
            now = claim_info(entry, claim)  # the script is that of the claim as it was
        claims.append(now)
    return info.model_copy(update={"claims": tuple(claims)}), stale


def _in_words_of_now(info: MappingInfo, entry: LoadedEntry) -> MappingInfo:
    """What a report has of an entry, in the words of the entry as it is; the divergences are those of the report."""
    now = {each.id: each for each in entry.entry.divergences}
    words = ("because", "instead", "disclosed_by")
    divergences = tuple(
        each.model_copy(update={name: getattr(now[each.id], name) for name in words})
        for each in info.divergences
    )
    return info.model_copy(
        update={"title": entry.entry.title, "guide": entry.entry.guide, "divergences": divergences}
    )


def _show(overview: Overview, last: LastReport, form: str) -> None:
    from harness.asking import guide_view

    has_report = last.report is not None
    notes = [*last.notes, *([] if has_report else [guide_view.NOT_CHECKED])]
    if form == "json":
        click.echo(json.dumps(guide_view.as_json(overview, notes), indent=1))
    elif form == "markdown":
        from harness.report.guide_markdown import render_errata
        from harness.report.summary import setting

        found_with = setting(last.report) if last.report else ""
        click.echo(render_errata(overview, found_with, last.notes), nl=False)
        if not has_report:
            click.echo(guide_view.NOT_CHECKED, err=True)
    else:
        from harness.asking.layout import terminal

        guide_view.show(overview, terminal(sys.stdout), has_report=has_report)
