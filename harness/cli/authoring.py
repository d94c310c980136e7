"""Commands for those who write entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import load, specs_argument


@click.command()
@specs_argument
def check(specs: Sequence[Path]) -> None:
    """Check entries without running them: SPEC is a file or a folder (default: specs).

    Takes about a second; neither MLflow nor Azure is imported.
    """
    entries = load(specs)
    click.echo(f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'} checked, no problem found")
