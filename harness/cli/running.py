"""The command that runs entries. It is pytest with the plugin: one engine, one seed rule."""

from __future__ import annotations

import errno
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import EXIT_CODES, all_known, load, needed_packages, specs_argument
from harness.cli.engine import Ended, run_pytest
from harness.errors import EnvironmentProblem
from harness.profiles import DEFAULT_PROFILE, DEFAULT_SEED, PROFILES, Profile
from harness.stores.catalogue import STORES

if TYPE_CHECKING:
    from harness.progress import Display


@click.command(epilog=EXIT_CODES)
@specs_argument
@click.option("--mapping", "mappings", multiple=True, metavar="ID", help="Only this entry (may be repeated).")
@click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Choice(list(STORES)),
    help="Only this MLflow store (may be repeated; default: all).",
)
@click.option(
    "--recipe", "recipes", multiple=True, metavar="NAME", help="Only this recipe (may be repeated)."
)
@click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default=DEFAULT_PROFILE,
    show_default=True,
    help="; ".join(f"{profile.name}: {profile.says}" for profile in PROFILES.values()) + ".",
)
@click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, metavar="N", help="Same seed, same inputs."
)
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
    help="Write report.json, index.html, summary.md and junit.xml into this folder.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["pretty", "json"]),
    default="pretty",
    show_default=True,
    help="What is written to the standard output: tables and words, or the whole report as in report.json. "
    "Progress goes to the error stream.",
)
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
    recipes: Sequence[str],
    profile: str,
    seed: int,
    workers: int,
    report: Path | None,
    form: str,
    quiet: int,
) -> None:
    """Verify entries with both clients: SPEC is a file or a folder (default: specs)."""
    entries = load(specs)
    all_known("mapping", mappings, [entry.id for entry in entries])
    chosen = [entry for entry in entries if not mappings or entry.id in mappings]
    all_known("recipe", recipes, sorted({recipe for entry in chosen for recipe in entry.entry.mlflow}))
    needed_packages()
    if report:
        _writable(report)
    ended = run_pytest(
        [
            *(f"--harness-mapping={mapping}" for mapping in mappings),
            *(f"--harness-store={store}" for store in stores),
            *(f"--harness-recipe={recipe}" for recipe in recipes),
            f"--harness-profile={profile}",
            f"--harness-seed={seed}",
            *([f"--harness-report={report}"] if report else []),
            *([f"--numprocesses={workers}", "--dist=worksteal"] if workers else []),
            *(str(entry.path) for entry in chosen),
        ],
        _display(PROFILES[profile], quiet),
    )
    _show(ended, as_json=form == "json", quiet=quiet)
    sys.exit(ended.exit_code)


def _display(profile: Profile, quiet: int) -> Display:
    from harness.progress import Display, Progress, choose_display

    return Display() if quiet else choose_display(Progress(profile))


def _show(ended: Ended, *, as_json: bool, quiet: int) -> None:
    """The result on the standard output; what is to be told beside it goes to the error stream.

    Raises:
        EnvironmentProblem: The standard output cannot be written.
    """
    from rich.console import Console

    from harness.report.summary import printable
    from harness.report.terminal import render_ending, render_failures, render_terminal
    from harness.report.writing import report_json

    console, report = Console(), ended.report
    with _standard_output():
        if report is not None and as_json:
            sys.stdout.write(report_json(report))
        elif report is not None and quiet == 0:
            render_terminal(report, console)
        elif report is not None and quiet == 1:
            render_failures(report, console)
    for file in ended.written if quiet == 0 else ():
        click.echo(f"wrote {file}", err=True)
    for problem in ended.problems:
        click.echo(printable(problem), err=True)
    with _standard_output():
        if report is not None and not as_json and quiet < 2:
            render_ending(report, console, ended.exit_code)


@contextmanager
def _standard_output() -> Iterator[None]:
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        if error.errno == errno.EPIPE:  # click ends quietly where nobody reads on
            raise
        raise EnvironmentProblem(f"cannot write to the standard output: {error.strerror}") from error


def _writable(folder: Path) -> None:
    """Makes the folder of the report: better to say before the run than after it that this cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise EnvironmentProblem(
            f"cannot write a report into the folder {folder}: {error.strerror}"
        ) from error
