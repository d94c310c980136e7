"""The command that runs entries. It is pytest with the plugin: one engine, one seed rule."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import (
    EXIT_CODES,
    all_known,
    format_option,
    load_with_index,
    needed_packages,
    recipe_option,
    seed_option,
    specs_argument,
    standard_output,
)
from harness.cli.engine import Ended, run_pytest
from harness.errors import BadInput, EnvironmentProblem
from harness.profiles import DEFAULT_PROFILE, PROFILES, Profile
from harness.report.files import FILES_IN_WORDS
from harness.report.printing import printable
from harness.stores.catalogue import (
    STORES,
    store_matches,
    stores_asked_for,
    unknown_stores,
)

if TYPE_CHECKING:
    from harness.progress import Display
    from harness.spec import LoadedEntry


@click.command(epilog=EXIT_CODES)
@specs_argument
@click.option("--mapping", "mappings", multiple=True, metavar="ID", help="Only this entry (may be repeated).")
@click.option(
    "--store",
    "stores",
    multiple=True,
    metavar="NAME",
    help=f"Only this MLflow store: {', '.join(STORES)} (may be repeated; default: all of them, and one "
    "that cannot be had is not verified).",
)
@click.option(
    "--store-uri",
    "store_uris",
    multiple=True,
    metavar="NAME=URI",
    help="Where a store is (may be repeated). A name that is none of those makes a store of yours, any that MLflow "
    "understands: ask for it by name. What is written there has an experiment of its own, deleted at the end.",
)
@click.option("--keep", is_flag=True, help="Leave what was written in a store of yours.")
@recipe_option
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default=DEFAULT_PROFILE,
    show_default=True,
    help="; ".join(f"{profile.name}: {profile.says}" for profile in PROFILES.values()) + ".",
)
@seed_option
@click.option(
    "-n",
    "workers",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="WORKERS",
    help="Processes that work side by side; 0: this one alone.",
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"Write {FILES_IN_WORDS} into this folder.",
)
@format_option
@click.option(
    "-q",
    "--quiet",
    count=True,
    help="No progress, only failures and the last line; twice: not even those. JSON that is asked for is written.",
)
def run(
    specs: Sequence[Path],
    mappings: Sequence[str],
    stores: Sequence[str],
    store_uris: Sequence[str],
    keep: bool,
    recipes: Sequence[str],
    profile: str,
    seed: int,
    workers: int,
    report: Path | None,
    form: str,
    quiet: int,
) -> None:
    """Verify entries with both clients.

    SPEC is a file or a folder (default: specs).
    """
    entries, index = load_with_index(specs)
    all_known("mapping", mappings, [entry.id for entry in entries])
    chosen = [entry for entry in entries if not mappings or entry.id in mappings]
    if wrong := unknown_stores(stores, store_uris):
        raise BadInput("\n".join(wrong))
    all_known("recipe", recipes, sorted({recipe for entry in chosen for recipe in entry.entry.recipes}))
    _go_together(chosen, recipes, stores, store_uris)
    needed_packages()
    paths = [_argument(path) for path in (*([index.path] if index else []), *(each.path for each in chosen))]
    if report:
        _writable(report)
    ended = run_pytest(
        [
            *(f"--harness-mapping={mapping}" for mapping in mappings),
            *(f"--harness-store={store}" for store in stores),
            *(f"--harness-store-uri={uri}" for uri in store_uris),
            *(["--harness-keep"] if keep else []),
            *(f"--harness-recipe={recipe}" for recipe in recipes),
            f"--harness-profile={profile}",
            f"--harness-seed={seed}",
            *([f"--harness-report={report}"] if report else []),
            *([f"--numprocesses={workers}", "--dist=worksteal"] if workers else []),
            *paths,
        ],
        _display(PROFILES[profile], quiet),
    )
    _show(ended, as_json=form == "json", quiet=quiet)
    sys.exit(ended.exit_code)


def _go_together(
    entries: Sequence[LoadedEntry], recipes: Sequence[str], stores: Sequence[str], store_uris: Sequence[str]
) -> None:
    """Some recipe makes sense on some store, of those that were asked for; else nothing would be compared."""
    asked_for = stores_asked_for(stores, store_uris)
    asked = {
        (entry.id, recipe): entry.entry.stores_of(recipe)
        for entry in entries
        for recipe in entry.entry.recipes
        if not recipes or recipe in recipes
    }
    if any(store_matches(names, store) for names in asked.values() for store in asked_for):
        return
    raise BadInput(
        "\n".join(
            f"the recipe {recipe} of {entry} makes sense on {', '.join(names or ())} only, which was not asked for"
            for (entry, recipe), names in asked.items()
        )
    )


def _argument(path: Path) -> str:
    """A path as pytest takes it, which reads some beginnings as options or lists of options, and some marks as its own.

    Raises:
        BadInput: It has marks with which no path can be given to pytest.
    """
    if "::" in str(path) or "[" in str(path):
        raise BadInput(
            f"{printable(str(path))}: an entry cannot be run from a path with `[` or `::` in it, which pytest reads as "
            "the name of a test; give the file or folder another name"
        )
    return os.path.join(os.curdir, path)


def _display(profile: Profile, quiet: int) -> Display:
    from harness.progress import Display, Progress, choose_display

    return Display() if quiet else choose_display(Progress(profile))


def _show(ended: Ended, *, as_json: bool, quiet: int) -> None:
    """The result on the standard output; what is to be told beside it goes to the error stream.

    Raises:
        EnvironmentProblem: The standard output cannot be written.
    """
    from rich.console import Console

    from harness.report.terminal import render_ending, render_failures, render_terminal
    from harness.report.writing import report_json

    console, report = Console(), ended.report
    with standard_output():
        if report is not None and as_json:
            sys.stdout.write(report_json(report))
        elif report is not None and quiet == 0:
            render_terminal(report, console)
        elif report is not None and quiet == 1:
            render_failures(report, console)
    for file in ended.written if quiet == 0 else ():
        click.echo(f"wrote {printable(str(file))}", err=True)
    for problem in ended.problems:
        click.echo(printable(problem), err=True)
    with standard_output():
        if report is not None and not as_json and quiet < 2:
            render_ending(report, console, ended.exit_code)


def _writable(folder: Path) -> None:
    """Makes the folder of the report: better to say before the run than after it that this cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = "it is a file" if isinstance(error, FileExistsError) else error.strerror
        raise EnvironmentProblem(
            f"cannot write a report into the folder {printable(str(folder))}: {why}"
        ) from error
