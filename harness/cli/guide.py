"""The command that holds the guide's table of contents against the entries."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.asking import report_option
from harness.cli.common import EXIT_CODES, guide_option, load_with_index, specs_argument
from harness.errors import EXIT_UNEXPLAINED, BadInput

if TYPE_CHECKING:
    from harness.asking.reported import LastReport
    from harness.guide import LoadedIndex
    from harness.report.guide import Overview
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


def _overview(
    index: LoadedIndex, entries: Sequence[LoadedEntry], last: LastReport
) -> tuple[Overview, list[str]]:
    """The guide against the report, and what is not as the report has it, whose results do not count.

    Of an entry that has changed no result and no verdict counts, so that nothing of its code is shown; of another entry
    those claims do not count that have changed.
    """
    from harness.asking.reported import changes_since
    from harness.guide.facts import claim_info, declared, guide_info, is_same_claim
    from harness.report.guide import overview

    report = last.report
    known = {info.id: info for info in report.mappings} if report else {}
    mappings, changed, stale = [], set[str](), set[tuple[str, str]]()
    for entry in entries:
        info = known.get(entry.id)
        if info is None or changes_since(info, entry, None):
            mappings.append(declared(entry))
            changed |= {entry.id} & known.keys()
            continue
        old = {claim.id: claim for claim in info.claims}
        claims = []
        for claim in entry.entry.claims:
            before = old.get(claim.id)
            now = claim_info(entry, claim, before.script if before else None)
            if before is not None and not is_same_claim(before, now):
                stale.add((entry.id, claim.id))
                now = claim_info(entry, claim)  # the script is that of the claim as it was
            claims.append(now)
        mappings.append(info.model_copy(update={"claims": tuple(claims)}))
    results = [
        result
        for result in (report.results if report else ())
        if result.mapping not in changed
        and (result.kind != "claim" or (result.mapping, result.id) not in stale)
    ]
    verdicts = [item for item in (report.verdicts if report else ()) if item.mapping not in changed]
    return (
        overview(guide_info(index), mappings, results, verdicts),
        sorted([*changed, *(f"{entry}/{claim}" for entry, claim in stale)]),
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
