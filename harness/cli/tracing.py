"""The command that tells what a script of SDK v1 would lose when it moves to MLflow."""

from __future__ import annotations

import signal
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import format_option, load, needed_packages
from harness.cli.executing import check_experiment, check_script, default_name, show_unserved
from harness.cli.trying import specs_option
from harness.errors import (
    EXIT_EXPLAINED,
    EXIT_INTERRUPTED,
    EXIT_UNEXPLAINED,
    EXIT_UNSERVED,
    BadInput,
    EnvironmentProblem,
)
from harness.stores.catalogue import STORES

if TYPE_CHECKING:
    from harness.tracing.model import Trace
    from harness.tracing.running import Traced

_ENDS = """\b
Exit codes:
  0    nothing would be lost, as far as there are mappings
  1    something would be lost or refused, or is not explained; or else the script itself failed
  2    an argument is wrong, or there is no such script
  3    the environment: the store, a package, a folder
  4    nothing would be lost, but the script asked for something that was not served
  130  stopped from the keyboard (143: terminated)
"""


@click.command("trace", context_settings={"allow_interspersed_args": False}, epilog=_ENDS)
@click.option(
    "--store",
    type=click.Choice(list(STORES)),
    default="sqlite",
    show_default=True,
    help="The MLflow store to move to.",
)
@specs_option
@click.option(
    "--workspace",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of the embedded workspace (default: one that is deleted afterwards).",
)
@click.option("--experiment", metavar="NAME", help="The run's experiment (default: named after the script).")
@format_option
@click.option(
    "--html", "page", type=click.Path(path_type=Path), metavar="FILE", help="Also write a page of HTML."
)
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARG]...")
def trace(
    store: str,
    specs: Sequence[Path],
    folder: Path | None,
    experiment: str | None,
    form: str,
    page: Path | None,
    script: Path,
    arguments: tuple[str, ...],
) -> None:
    """Tell what a script of SDK v1 would lose with MLflow.

    The script runs unmodified, as with `harness exec`, and each call of SDK v1 that it makes is written down with its
    values. Then each is run through its mapping with both clients on the store: is it kept, lost or refused, and what
    is to be written instead? A call without a mapping is listed too.

    Input, output and errors are the script's. What was found comes after them on the standard output; with `--format
    json` that has nothing else, and the script's output goes to the error stream.
    """
    name = check_experiment(default_name(script) if experiment is None else experiment)
    check_script(script)
    if folder is not None and folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is not a folder")
    if page is not None and (page.is_dir() or not page.absolute().parent.is_dir()):
        raise BadInput(f"{page}: " + ("this is a folder" if page.is_dir() else "there is no such folder"))
    entries = load(specs)
    needed_packages()
    with _workspace(folder) as place:
        traced = _run(place, name, script, arguments, form)
    show_unserved(traced.launched)
    stopped = traced.launched.stopped_by
    if stopped is not None:
        click.echo(f"stopped by {stopped.name}; the run is {traced.launched.status}", err=True)
        sys.exit(EXIT_INTERRUPTED if stopped == signal.SIGINT else 128 + stopped)
    number = len(traced.recorded.calls)
    click.echo(
        f"{script.name} ended with exit code {traced.launched.code}. Running its {number:,} call"
        f"{'' if number == 1 else 's'} of SDK v1 through both clients on {store} ...",
        err=True,
    )
    from harness.asking.opened import prepared
    from harness.progress.cases import cases_told

    with prepared(), cases_told(f"verified on {store}") as tell:
        from harness.tracing.assembling import assembled

        found = assembled(traced, script, arguments, entries, store, tell)
    _show(found, form, page)
    sys.exit(_code(found))


def _run(folder: Path, name: str, script: Path, arguments: tuple[str, ...], form: str) -> Traced:
    from harness.tracing.running import trace as run
    from harness.workspace.serving.launching import Launch

    sys.stdout.flush()
    output = sys.stderr.fileno() if form == "json" else None
    command = [sys.executable, str(script), *arguments]
    what = Launch(folder, name, script.name, command, output=output)
    try:
        return run(what, lambda run_id: click.echo(f"Running {script.name}; run ID: {run_id}", err=True))
    except ValueError as error:
        raise BadInput(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentProblem(f"{folder}: {error}") from error


@contextmanager
def _workspace(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="harness-trace-") as temporary:
        yield Path(temporary) / "workspace"


def _show(found: Trace, form: str, page: Path | None) -> None:
    if page is not None:
        from harness.report.writing import write_atomically
        from harness.tracing.page import render

        write_atomically(page, render(found))
        click.echo(f"wrote {page}", err=True)
    if form == "json":
        click.echo(found.model_dump_json(indent=1))
        return
    from harness.asking.layout import terminal
    from harness.tracing.text_view import show

    show(found, terminal(sys.stdout))


def _code(found: Trace) -> int:
    if not found.is_safe or found.exit_code:
        return EXIT_UNEXPLAINED
    return EXIT_UNSERVED if found.unserved else EXIT_EXPLAINED
