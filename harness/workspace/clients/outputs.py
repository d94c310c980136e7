"""The folder `./outputs`, which the SDK makes in the working directory for each run and leaves there.

No argument that a user's code does not pass itself prevents that, so what the SDK made is removed afterwards:
only a folder that was not there when the run was created, was there when the run started a moment later, and
is still empty.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from pathlib import Path

from harness.workspace.forking import kept_from_forks

_RUN = re.compile(r"/runs/([^/?]+)(/events)?(?:\?|$)")


class OutputsFolders:
    """Sees the requests of the runs of this process, and keeps which folders the SDK made between them."""

    def __init__(self) -> None:
        self._lock = kept_from_forks(threading.Lock())
        self._absent: dict[str, Path] = {}
        self._made: set[Path] = set()

    def see(self, method: str, url: str) -> None:
        """Called before each request is answered, in the thread that sends it."""
        found = _RUN.search(url)
        if found is None:
            return
        run, event = found.groups()
        with self._lock, suppress(OSError):
            if method == "PATCH" and event is None:
                self._absent.pop(run, None)
                folder = Path("outputs").absolute()
                if not folder.exists():
                    self._absent[run] = folder
            elif method == "POST" and event is not None:
                made = self._absent.pop(run, None)
                if made is not None and made.is_dir():
                    self._made.add(made)

    def remove_empty(self) -> None:
        """Removes the folders that are still empty. Those with anything in them are the user's, for good."""
        with self._lock:
            made, self._made = self._made, set()
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
