"""The stores of a run: which of them can be had, and what is started once for all its workers.

With workers the process that gathers starts it, before any worker begins, and writes down where it is; else whoever
opens the test bed does.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import EnvironmentProblem
from harness.report.model import Result, SkipReason
from harness.stores.catalogue import WITHOUT_SERVICE, StoreInfo

if TYPE_CHECKING:
    from harness.stores import StoreLost

_TOLD = "services.json"
"""The file in the folder that all workers share which says what was started for them."""
_NOT_OURS = "it would make experiments of other names, in a store that is not the run's own"


@dataclass
class StoresOfRun:
    """What is known of the stores of a run, in one process.

    Attributes:
        infos: The stores under test.
        asked: The names of those that were asked for.
        lacking: Those that cannot be had, or not any more, and why.
        folders: Where something may have been started.
    """

    infos: Sequence[StoreInfo]
    asked: Sequence[str]
    lacking: dict[str, str] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)
    _lost: set[str] = field(default_factory=set)

    def share(self, names: Iterable[str], folder: Path, template: Path, stack: ExitStack) -> None:
        """Starts what workers share, for the stores of these names; it ends with the stack."""
        from harness.testbed import shared_service

        self.folders.append(folder)
        told: dict[str, dict[str, str]] = {}
        for info in self.infos:
            if info.name in names:
                try:
                    told[info.name] = {"uri": stack.enter_context(shared_service(info, folder))}
                except EnvironmentProblem as problem:
                    told[info.name] = {"problem": str(problem)}
        (template / _TOLD).write_text(json.dumps(told), encoding="utf-8")

    def take(self, template: Path) -> Mapping[str, str]:
        """Where the services are that were started for this worker and others; notes which could not be had."""
        file = template / _TOLD
        told = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        self.lacking.update({name: each["problem"] for name, each in told.items() if "problem" in each})
        return {name: each["uri"] for name, each in told.items() if each.get("uri")}

    def to_open(self) -> list[StoreInfo]:
        """The stores of which nothing is known to be wrong."""
        return [info for info in self.infos if info.name not in self.lacking]

    def lose(self, lost: StoreLost) -> None:
        """Takes note that a store was there and is not any more."""
        self.lacking[lost.store] = str(lost)
        self._lost.add(lost.store)

    def left_out(self, store: str, *, starts_runs: bool) -> tuple[SkipReason, str] | None:
        """Why nothing is verified on a store, None where it is.

        A store that was asked for or given, was there before, or needs no other process is to be there.

        Args:
            store: The store's name.
            starts_runs: Whether the entry starts its runs itself, wherever it likes.
        """
        if store in self.lacking:
            given = [info.name for info in self.infos if info.uri]
            expected = store in (*self.asked, *given, *WITHOUT_SERVICE, *self._lost)
            return "unreachable" if expected else "unavailable", self.lacking[store]
        ours = next(info.is_ours for info in self.infos if info.name == store)
        return ("unavailable", _NOT_OURS) if starts_runs and not ours else None

    def logs(self, results: Iterable[Result]) -> dict[str, Path]:
        """What the services of stores on which not all was well have logged, by store."""
        from harness.stores.server_process import LOG

        ill = {
            result.store
            for result in results
            if result.outcome in ("failed", "error") or result.skipped_because == "unreachable"
        }
        found = [path for folder in self.folders for path in folder.glob(f"services/*/{LOG}")]
        return {path.parent.name: path for path in found if path.parent.name in ill}
