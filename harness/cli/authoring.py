"""Commands for those who write entries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from harness.cli.common import format_option, guide_option, load_with_index, show_problems, specs_argument
from harness.errors import BadInput


@click.command()
@specs_argument
@guide_option
def check(specs: Sequence[Path], guide: Path | None) -> None:
    """Check entries without running them.

    SPEC is a file or a folder (default: specs). Takes about a second; neither MLflow nor Azure is imported. An index of
    the guide that is among the files must account for every line of the guide and for every claim that cites it.
    """
    entries, index = load_with_index(specs, guide)
    what = f"{len(entries)} {'entry' if len(entries) == 1 else 'entries'}"
    told = f" and the index of the guide, all {index.index.lines:,} lines," if index else ""
    click.echo(f"{what}{told} checked, no problem found")


@click.command()
@click.argument("name", metavar="ID")
@click.option("--title", metavar="TEXT", help="What is logged, in a few words.")
@click.option("--guide", metavar="SECTION", help="The section of the guide that the entry checks.")
@click.option("--source", metavar="TEXT", help="Where a mapping beyond the guide comes from.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("specs"),
    show_default=True,
    metavar="DIR",
    help="Where to write it.",
)
def new(name: str, title: str | None, guide: str | None, source: str | None, folder: Path) -> None:
    """Write the skeleton of a new entry.

    It is an entry that runs, with every key of the format explained. Nothing is written over.
    """
    from harness.report.writing import write_atomically
    from harness.spec import load_text
    from harness.spec.schema import schema_text
    from harness.spec.skeleton import bad_id, schema_beside, skeleton

    if why := bad_id(name):
        raise BadInput(why)
    if guide and source:
        raise BadInput("give one of `--guide` and `--source`: an entry checks the guide or goes beyond it")
    path = folder / f"{name}.yaml"
    if path.exists() or path.is_symlink():
        raise BadInput(f"{path} is there already; nothing was written")
    schema, missing = schema_beside(folder)
    text = skeleton(name, title=title, guide=guide, source=source, schema=schema)
    outcome = load_text(text, path)
    left = outcome if isinstance(outcome, tuple) else ()
    if mistakes := [problem for problem in left if problem.code != "to-do"]:
        raise BadInput(show_problems(mistakes))
    write_atomically(path, text)
    if missing:
        write_atomically(missing, schema_text())
        click.echo(f"wrote {folder / missing.name}, by which editors know the keys")
    click.echo(f"wrote {path}")
    for problem in left:
        click.echo(f"  line {problem.location.line}: {problem.message}")
    click.echo(f"next: edit it, then `harness check {path}`")


@click.command()
@click.argument("asked", nargs=-1, metavar="[SCOPE|NAME]...")
@format_option
def names(asked: Sequence[str], form: str) -> None:
    """List the names that an entry's Python sees.

    Also lists the relations. Of a NAME it shows how it is called. A SCOPE is where they are seen: strategy,
    value, usual, refusal, divergence, v1, mlflow, claim; or relation.
    """
    import json
    import shutil

    from harness.cli.names_view import as_data, as_text, find

    found = find(asked)
    if form == "json":
        click.echo(json.dumps(as_data(found), indent=2))
    else:
        click.echo(as_text(found, shutil.get_terminal_size((100, 24)).columns))
