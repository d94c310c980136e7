"""The command that says what the embedded workspace rests on."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from harness.cli.common import all_known, format_option

if TYPE_CHECKING:
    from rich.console import Console

PROVENANCES = ("client", "documented", "recorded", "assumed")


@click.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option(
    "--provenance",
    "provenances",
    multiple=True,
    type=click.Choice(PROVENANCES),
    help="Only behaviours that are known so (may be repeated).",
)
@click.option(
    "--methods", is_flag=True, help="Which public methods of SDK v1's Run and Experiment are served, instead."
)
@format_option
def evidence(topics: Sequence[str], provenances: Sequence[str], methods: bool, form: str) -> None:
    """Show how each behaviour of the embedded workspace is known.

    The embedded workspace stands in for the services of Azure ML. For each thing that it does: what, how that is
    known of the real service, from where, and the test that shows our side. TOPIC is one of its files of
    behaviours: metrics, runs, ...
    """
    from harness.cli import evidence_view
    from harness.errors import BadInput

    if methods:
        if topics or provenances:
            raise BadInput("`--methods` takes no topic and no provenance: methods have none")
        table = evidence_view.all_methods()
        if form == "json":
            click.echo(json.dumps(evidence_view.methods_as_json(table), indent=1))
            return
        evidence_view.show_methods(table, _console())
        return
    rows = evidence_view.all_behaviours()
    all_known("topic", topics, list(dict.fromkeys(row.topic for row in rows)))
    found = [
        row
        for row in rows
        if (not topics or row.topic in topics) and (not provenances or row.provenance in provenances)
    ]
    if form == "json":
        click.echo(json.dumps(evidence_view.as_json(found), indent=1))
        return
    evidence_view.show(found, _console())


def _console() -> Console:
    from harness.asking.layout import terminal

    return terminal(sys.stdout)
