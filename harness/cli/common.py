"""What commands share: how entries are named on the command line and loaded, and the words for exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.errors import BadInput

if TYPE_CHECKING:
    from harness.spec import LoadedEntry

EXIT_CODES = """\b
Exit codes:
  0    everything is explained
  1    something is unexplained
  2    an entry or option is wrong
  3    the environment: a store that was asked for, a package, a folder
  130  stopped from the keyboard
"""

specs_argument = click.argument("specs", nargs=-1, type=click.Path(path_type=Path), metavar="[SPEC]...")


def load(specs: Sequence[Path]) -> Sequence[LoadedEntry]:
    """The entries of files and folders.

    Raises:
        BadInput: With every problem of every file.
    """
    from harness.spec import load_entries

    if not specs and not Path("specs").exists():
        raise BadInput(
            "there is no folder `specs` here: say where the entries are, as in `harness run my-specs`"
        )
    paths = list(specs) or [Path("specs")]
    loaded = load_entries(paths)
    if loaded.problems:
        count = len(loaded.problems)
        listed = "\n".join(str(problem) for problem in loaded.problems)
        raise BadInput(f"{listed}\n{count} {'problem' if count == 1 else 'problems'} found")
    if not loaded.entries:
        raise BadInput(f"no entries in {', '.join(map(str, paths))}: an entry is a .yaml file")
    return loaded.entries


def all_known(what: str, given: Sequence[str], known: Sequence[str]) -> None:
    """Each name that was given must be one that there is.

    Raises:
        BadInput: With every name that is not, and the nearest that is.
    """
    from difflib import get_close_matches

    problems = []
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            problems.append(f"there is no {what} {name!r}.{meant} There are: {', '.join(known)}")
    if problems:
        raise BadInput("\n".join(problems))
