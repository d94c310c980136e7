"""Errors that end a command, each with the exit code that it ends with.

Only what a person can mend is an error of this kind: it is shown as one message, without a traceback. A defect of
the harness itself keeps its traceback and is none of these.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

EXIT_EXPLAINED = 0
"""Everything that was run is explained by its entry."""
EXIT_UNEXPLAINED = 1
"""At least one difference has no model, or a model is wrong."""
EXIT_BAD_INPUT = 2
"""An entry, an option or a file is not what it must be."""
EXIT_ENVIRONMENT = 3
"""Something outside is missing: a store that was asked for, a package, a folder that can be written."""
EXIT_UNSERVED = 4
"""A script ended well, but asked the embedded workspace for something that it does not serve."""
EXIT_INTERRUPTED = 130
"""Stopped from the keyboard (128 + SIGINT, as shells count)."""


def unknown_names(what: str, given: Iterable[str], known: Sequence[str]) -> list[str]:
    """For each name that is not known, a sentence that says so, with the nearest one and all that there are."""
    problems = []
    for name in given:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            problems.append(f"there is no {what} {name!r}.{meant} There are: {', '.join(known)}")
    return problems


class HarnessError(Exception):
    """An error with a message for people; `exit_code` is what the command ends with."""

    exit_code = EXIT_UNEXPLAINED


class BadInput(HarnessError):
    """An entry, option or file is wrong; the message says what, where and what would be right."""

    exit_code = EXIT_BAD_INPUT


class EnvironmentProblem(HarnessError):
    """A store, package or folder that is needed is not there; the message says which and what to do."""

    exit_code = EXIT_ENVIRONMENT
