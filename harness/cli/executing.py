"""The command that runs an unmodified script against an embedded workspace."""

from __future__ import annotations

import re
import signal
import sqlite3
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.errors import EXIT_INTERRUPTED, EXIT_UNSERVED, BadInput, EnvironmentProblem

if TYPE_CHECKING:
    from harness.workspace.serving.launching import Launched

_NAME = re.compile(r"[A-Za-z0-9][\w-]{0,254}")
"""What the client of SDK v1 takes for the name of an experiment."""

_ENDS = """\b
Exit codes: the script's own (128 + N if signal N ended it), and
  2    an argument is wrong, or there is no such script
  3    the workspace cannot be opened, or the script not be started
  4    the script ended with 0, but asked for something that was not served
  130  stopped from the keyboard (143: terminated)
"""


def _folder(_: click.Context, __: click.Parameter, value: str) -> Path:
    """The path. An empty one would be the working directory, which nobody means who leaves a variable unset."""
    if not value:
        raise BadInput("`--workspace` is empty; name a folder (`.` is the one that you are in)")
    return Path(value)


@click.command("exec", context_settings={"allow_interspersed_args": False}, epilog=_ENDS)
@click.option(
    "--workspace",
    "folder",
    type=click.Path(),
    callback=_folder,
    required=True,
    metavar="DIR",
    help="The folder of the embedded workspace, made if it is not there.",
)
@click.option("--experiment", metavar="NAME", help="The run's experiment (default: named after the script).")
@click.argument("script", type=click.Path(path_type=Path))
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[ARG]...")
def exec_(folder: Path, experiment: str | None, script: Path, arguments: tuple[str, ...]) -> None:
    """Run an unmodified script as a job of an embedded workspace.

    The script gets a run of its own: `Run.get_context()` of SDK v1 finds it, and so do MLflow's functions, also in
    processes that the script starts. The run is Completed if the script ends with 0, otherwise Failed; it is Canceled
    if this command is told to stop. No host but the workspace and this machine can be reached; what is asked of others
    is refused, and listed at the end. What the script leaves running behind it is served no more once it has ended.

    Standard input, output and error are the script's. This command adds to the error stream only; its first line there
    is `run ID: ...`.
    """
    from harness.workspace.serving.launching import Launch, launch

    name = check_experiment(default_name(script) if experiment is None else experiment)
    check_script(script)
    if folder.exists() and not folder.is_dir():
        raise BadInput(f"{folder} is not a folder")
    what = Launch(folder, name, script.name, [sys.executable, str(script), *arguments])
    try:
        done = launch(what, lambda run_id: click.echo(f"run ID: {run_id}", err=True))
    except ValueError as error:
        raise BadInput(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise EnvironmentProblem(f"{folder}: {error}") from error
    show_unserved(done)
    if done.stopped_by is not None:
        click.echo(f"stopped by {done.stopped_by.name}; the run is {done.status}", err=True)
        code = EXIT_INTERRUPTED if done.stopped_by == signal.SIGINT else 128 + done.stopped_by
    elif done.code == 0 and done.unserved:
        click.echo(f"the script ended with 0; `harness exec` ends with {EXIT_UNSERVED} for that", err=True)
        code = EXIT_UNSERVED
    else:
        code = done.code if done.code >= 0 else 128 - done.code
    click.get_current_context().exit(code)


def default_name(script: Path) -> str:
    """The experiment of a script, where none is named."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", script.stem).lstrip("-_")[:255] or "script"


def check_experiment(name: str) -> str:
    """The name of an experiment.

    Raises:
        BadInput: It is none.
    """
    if _NAME.fullmatch(name):
        return name
    raise BadInput(
        f"{name!r} is no name of an experiment: a letter or digit, then letters, digits, hyphens and underscores, "
        "255 at most"
    )


def check_script(script: Path) -> None:
    """The script must be there.

    Raises:
        BadInput: It is not, or is a folder.
    """
    if not script.is_file():
        raise BadInput(f"there is no script {script}" + (": it is a folder" if script.is_dir() else ""))


def show_unserved(done: Launched) -> None:
    """Lists on the error stream what the script asked for and did not get."""
    if done.unserved:
        click.echo(f"{len(done.unserved)} request(s) of the script were not served:", err=True)
        for line, times in Counter(done.unserved).items():
            click.echo(f"  {line}" + (f" ({times} times)" if times > 1 else ""), err=True)
