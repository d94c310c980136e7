"""What commands share: how entries are named on the command line and loaded, and the words for exit codes."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.errors import BadInput, EnvironmentProblem, unknown_names
from harness.profiles import DEFAULT_SEED
from harness.stores.catalogue import STORES

if TYPE_CHECKING:
    from harness.guide import LoadedIndex
    from harness.spec import Loaded, LoadedEntry, Problem
    from harness.spec.rendering import Role

EXIT_CODES = """\b
Exit codes:
  0    everything is explained
  1    something is unexplained
  2    an entry or option is wrong
  3    the environment: a store that was asked for, a package, a folder
  130  stopped from the keyboard (143: terminated); what was done is reported
"""

DEFAULT_SPECS = Path("specs")
"""The folder that has the entries, where none is named."""

_CANNOT_WRITE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

specs_argument = click.argument("specs", nargs=-1, type=click.Path(path_type=Path), metavar="[SPEC]...")
guide_option = click.option(
    "--guide",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A copy of the guide: compare its lines with the index too.",
)
recipe_option = click.option(
    "--recipe", "recipes", multiple=True, metavar="NAME", help="Only this recipe (may be repeated)."
)
store_option = click.option(
    "--store",
    "stores",
    multiple=True,
    type=click.Choice(list(STORES)),
    help="Only this MLflow store (may be repeated; default: those that need no other process).",
)
seed_option = click.option(
    "--seed", type=int, default=DEFAULT_SEED, show_default=True, metavar="N", help="Same seed, same inputs."
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["pretty", "json"]),
    default="pretty",
    show_default=True,
    help="What the standard output gets: words for people, or JSON for programs (progress goes to the error stream).",
)


def load(specs: Sequence[Path]) -> Sequence[LoadedEntry]:
    """The entries of files and folders; an index of a guide among them is passed over.

    Raises:
        BadInput: With every problem of every file.
    """
    return _good(_loaded(specs), specs)


def load_with_index(
    specs: Sequence[Path], guide: Path | None = None
) -> tuple[Sequence[LoadedEntry], LoadedIndex | None]:
    """The entries of files and folders, and the index of the guide among them (None where there is none).

    Args:
        specs: Files and folders.
        guide: A copy of the guide, to be held against the index too.

    Raises:
        BadInput: With every problem of every file: of the entries, of the index, and of what they say of each other.
        EnvironmentProblem: The copy of the guide cannot be read.
    """
    loaded = _loaded(specs)
    if guide is None and not loaded.indexes:
        return _good(loaded, specs), None
    from harness.guide import checked_index
    from harness.spec.problems import in_file_order

    index, problems = checked_index(loaded, None if guide is None else _text_of(guide))
    entries = _good(replace(loaded, problems=in_file_order([*loaded.problems, *problems])), specs)
    if guide is not None and index is None:
        raise BadInput(f"{_named(specs)}: there is no index of a guide, so there is nothing to compare")
    return entries, index


def _loaded(specs: Sequence[Path]) -> Loaded:
    from harness.spec import load_entries

    if not specs and not DEFAULT_SPECS.exists():
        raise BadInput(
            "there is no folder `specs` here; name the file or folder that has the entries "
            f"(`{click.get_current_context().command_path} --help` shows how)"
        )
    return load_entries(list(specs) or [DEFAULT_SPECS])


def _good(loaded: Loaded, specs: Sequence[Path]) -> Sequence[LoadedEntry]:
    if loaded.problems:
        raise BadInput(show_problems(loaded.problems))
    if not loaded.entries:
        raise BadInput(f"no entries in {_named(specs)}: an entry is a .yaml file")
    return loaded.entries


def _named(specs: Sequence[Path]) -> str:
    return ", ".join(map(str, specs or [DEFAULT_SPECS]))


def _text_of(guide: Path) -> str:
    try:
        return guide.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise BadInput(f"{guide}: not a text file in UTF-8") from None
    except OSError as error:
        raise EnvironmentProblem(f"cannot read the guide {guide}: {error.strerror}") from error


def show_problems(problems: Sequence[Problem]) -> str:
    """The problems for the terminal; in GitHub Actions also as annotations, which go to the standard output."""
    from harness.spec import github_annotations, render_problems

    if os.environ.get("GITHUB_ACTIONS") == "true":
        for line in github_annotations(problems, os.environ.get("GITHUB_WORKSPACE")):
            click.echo(line)
    in_colour = sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    width = shutil.get_terminal_size((100, 24)).columns
    if in_colour:
        return render_problems(problems, width=width, paint=_paint)
    return render_problems(problems, width=width)


def _paint(role: Role, text: str) -> str:
    return click.style(text, fg=_COLOURS.get(role), bold=None if role == "hint" else True)


_COLOURS = {"error": "red", "caret": "red", "gutter": "blue"}


def all_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    """Each name that was given must be one that there is.

    Raises:
        BadInput: With every name that is not, and the nearest that is.
    """
    if problems := unknown_names(what, given, known):
        raise BadInput("\n".join(problems))


def needed_packages() -> None:
    """Both clients must be installed; better said before a run than in the middle of it.

    Raises:
        EnvironmentProblem: One is not.
    """
    from harness.session import CLIENTS

    missing = [package for package, module in CLIENTS.items() if not _is_there(module)]
    if missing:
        raise EnvironmentProblem(
            f"not installed: {', '.join(missing)}. Install with: pip install {' '.join(missing)}"
        )


@contextmanager
def standard_output() -> Iterator[None]:
    """Says in one message that the standard output cannot be written, and not once more when the process ends.

    Raises:
        EnvironmentProblem: It cannot be written.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        # Where nobody reads on click ends quietly. A file has a name; what has none is a stream.
        if error.errno not in _CANNOT_WRITE or error.filename is not None:
            raise
        with suppress(OSError, ValueError), open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        raise EnvironmentProblem(f"cannot write to the standard output: {error.strerror}") from error


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ImportError:  # not even the package that it would be in
        return False
