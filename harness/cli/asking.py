"""Commands that tell what there is: all entries at a glance, and one entry explained."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import all_known, format_option, load, needed_packages, recipe_option, specs_argument

report_option = click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folder of the last report (default: conformance, if it is there).",
)


@click.command("list")
@specs_argument
@report_option
@format_option
def list_(specs: Sequence[Path], report: Path | None, form: str) -> None:
    """List all entries at a glance.

    SPEC is a file or a folder (default: specs).
    """
    entries = load(specs)
    from harness.asking import listing
    from harness.asking.reported import last_report, with_changes

    last = with_changes(last_report(report), entries)
    for note in last.notes:
        click.echo(note, err=True)
    if form == "json":
        click.echo(json.dumps(listing.as_json(entries, last), indent=1))
        return
    from harness.asking.layout import terminal

    listing.show(entries, last, terminal(sys.stdout))


@click.command()
@click.argument("id_", metavar="ID")
@specs_argument
@recipe_option
@report_option
@click.option(
    "--no-run",
    is_flag=True,
    help="Do not run the witnesses, also where no report has what they gave.",
)
@format_option
def show(
    id_: str, specs: Sequence[Path], recipes: Sequence[str], report: Path | None, no_run: bool, form: str
) -> None:
    """Explain an entry.

    Its code, what differs and why, what is claimed, and the verdicts.

    What the witnesses gave is taken from the last report. Where there is none, or the entry has changed since, they
    are run now, which takes some seconds.
    """
    entries = {entry.id: entry for entry in load(specs)}
    all_known("mapping", [id_], list(entries))
    entry = entries[id_]
    all_known("recipe", recipes, list(entry.entry.recipes))
    from harness.asking import entry_view
    from harness.asking.reported import Witnessed, changes_since, last_report, run_witnesses, witnessed

    last = last_report(report)
    for note in last.notes:
        click.echo(note, err=True)
    info = next((each for each in last.report.mappings if each.id == id_), None) if last.report else None
    witnesses = entry_view.witnesses_of(entry)
    changed = [] if info is None else changes_since(info, entry, witnesses)
    if changed:
        click.echo(f"the entry has changed since the report: {', '.join(changed)}", err=True)
    seen = Witnessed() if changed or info is None or last.report is None else witnessed(last.report, id_)
    if not seen.observed and entry.entry.divergences and not no_run:
        needed_packages()
        click.echo("Running the witnesses with both clients; this takes some seconds ...", err=True)
        page = entry_view.Page(entry, (), {}, last, seen)
        seen = run_witnesses(entry, tuple(page.stores))
    page = entry_view.Page(
        loaded=entry,
        recipes=[recipe for recipe in entry.entry.recipes if not recipes or recipe in recipes],
        witnesses=witnesses,
        last=last,
        seen=seen,
    )
    if form == "json":
        click.echo(json.dumps(entry_view.as_json(page), indent=1))
        return
    from harness.asking.layout import terminal

    entry_view.show(page, terminal(sys.stdout))
