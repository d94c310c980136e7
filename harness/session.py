"""One run of the harness in one process: which entries, which checks, the test bed, the results, the report.

Knows nothing of pytest: the plugin calls it. With xdist each worker has one that carries checks out, and the
controller has one that gathers.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import tempfile
import traceback
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from harness.errors import BadInput, EnvironmentProblem
from harness.profiles import DEFAULT_PROFILE, DEFAULT_SEED, PROFILES
from harness.report.assembly import build_report
from harness.report.facts import GuideInfo, MappingInfo
from harness.report.model import Header, Report, Result, SkipReason
from harness.sharing import StoresOfRun
from harness.stores.catalogue import StoreInfo, stores_asked_for
from harness.versions import installed_versions

if TYPE_CHECKING:
    from harness.spec import Loaded
    from harness.testbed import TestBed
    from harness.verify import Check, ItemId


CLIENTS = {"azureml-core": "azureml.core", "mlflow": "mlflow"}
"""Both clients, by distribution, with the module that shows whether it can be used."""
DIED = "the worker process died in this check"
ROOM_NEEDED = 1 << 20
"""Bytes that can be written to disk when a check that did not pass says something of the clients."""
FULL = ("database or disk is full", os.strerror(errno.ENOSPC), os.strerror(errno.EDQUOT))
"""What SQLite and the system call a full disk."""
NOT_RUN = "planned, but not run (deselected, or the run was stopped)"


@dataclass(frozen=True)
class Options:
    """What a run was asked to do. Empty tuples mean: all; a store of other people is under test only if it is named.

    `store_uris` say where stores are (`NAME=URI`), `keep` that what is written into other people's stays there.
    """

    stores: tuple[str, ...] = ()
    store_uris: tuple[str, ...] = ()
    keep: bool = False
    mappings: tuple[str, ...] = ()
    recipes: tuple[str, ...] = ()
    profile: str = DEFAULT_PROFILE
    seed: int = DEFAULT_SEED

    @property
    def infos(self) -> tuple[StoreInfo, ...]:
        """The stores to check on, in the order of the catalogue.

        Raises:
            BadInput: What was said of where a store is makes no sense.
        """
        return stores_asked_for(self.stores, self.store_uris)

    @property
    def stores_under_test(self) -> tuple[str, ...]:
        """The names of the stores to check on."""
        return tuple(info.name for info in self.infos)


def now() -> str:
    """This moment, ISO 8601 in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


@dataclass
class Session:
    """The state of a run in this process; `close` ends it.

    Attributes:
        options: What was asked for.
        template: The folder that all workers of the run share (default: one of this session's own).
        results: What was carried out, here or in workers.
    """

    options: Options
    template: Path | None = None
    results: list[Result] = field(default_factory=list)
    _started: str = field(default_factory=now)
    _planned: dict[tuple[str, str, str, str, str], Result] = field(default_factory=dict)
    _mappings: dict[str, MappingInfo] = field(default_factory=dict)
    _guide: GuideInfo | None = None
    _paths: dict[str, Path] = field(default_factory=dict)
    _index_path: Path | None = None
    _prepared: bool = False
    _unreachable: str | None = None
    _starting_runs: set[str] = field(default_factory=set)
    _bed: TestBed | None = None
    _open: ExitStack = field(default_factory=ExitStack)

    def close(self) -> None:
        """Closes the test bed, and deletes what the session kept on disk."""
        self._bed = None
        self._open.close()

    def checks_of(self, path: Path) -> list[Check]:
        """The checks to make of a spec file, part of the plan from now on. An index of the guide has none.

        Raises:
            BadInput: The entry has problems; all of them are listed.
            EnvironmentProblem: A package is missing.
        """
        from harness.spec import load_entries, render_problems

        loaded = load_entries([path])
        if loaded.problems:
            raise BadInput(render_problems(loaded.problems))
        if loaded.indexes:
            return self._take_index(loaded)
        (entry,) = loaded.entries
        other = self._paths.setdefault(entry.id, path)
        if other != path:
            raise BadInput(
                f"{path}: {other} is an entry with the id `{entry.id}` too; one of them needs another"
            )
        options = self.options
        if options.mappings and entry.id not in options.mappings:
            return []
        self._prepare_environment()
        from harness.verify import make_ready, mapping_info, plan

        checks = plan(
            make_ready(entry),
            options.infos,
            options.recipes or None,
            PROFILES[options.profile],
            options.seed,
            installed_versions(),
        )
        for check in checks:
            row = _skipped(check.item, "not-run", NOT_RUN)
            self._planned[row.key] = row
        if entry.entry.starts_runs:
            self._starting_runs.add(entry.id)
        self._mappings[entry.id] = mapping_info(
            entry, options.infos, options.recipes or None, planned=len(checks)
        )
        return checks

    def _take_index(self, loaded: Loaded) -> list[Check]:
        """Takes an index of the guide into the report; it has no checks of its own.

        Whether the entries account for it is looked at by who has all of them.
        """
        from harness.guide import LoadedIndex, lines_covered, only_index
        from harness.guide.facts import guide_info
        from harness.spec import render_problems

        index = only_index(loaded.indexes)
        problems = tuple(lines_covered(index)) if isinstance(index, LoadedIndex) else index or ()
        if problems or not isinstance(index, LoadedIndex):
            raise BadInput(render_problems(problems))
        if self._index_path not in (None, index.path):
            raise BadInput(
                f"{index.path}: {self._index_path} is an index of the guide too, and there can be one only"
            )
        self._index_path = index.path
        self._guide = guide_info(index)
        return []

    def carry_out(self, check: Check) -> Result:
        """Runs one check on the test bed of this process, which is opened by the first.

        Where it cannot be opened, or the disk is full, nothing can be verified; this and each later check then says
        why instead of trying again.
        """
        bed, item = self._test_bed(), check.item
        left_out = self._left_out(item)
        result = None if bed is None or left_out else self._run(check, bed)
        # It may have been lost just now.
        reason, why = left_out or self._left_out(item) or ("unreachable", self._unreachable or "")
        return result or _skipped(item, reason, why)

    def _left_out(self, item: ItemId) -> tuple[SkipReason, str] | None:
        return self.stores.left_out(item.store, starts_runs=item.mapping in self._starting_runs)

    def _test_bed(self) -> TestBed | None:
        if self._bed is None and self._unreachable is None:
            from harness.testbed import open_testbed

            folder, template = self.own_folder(), self.shared_template()
            self.stores.folders.append(folder)
            services = self.stores.take(template)
            try:
                self._bed = self._open.enter_context(
                    open_testbed(
                        folder,
                        self.stores.to_open(),
                        template=template,
                        services=services,
                        lacking=self.stores.lacking.__setitem__,
                        keep=self.options.keep,
                    )
                )
            except Exception as problem:
                full = no_room(Path(tempfile.gettempdir()), str(problem))
                if full is None and not isinstance(problem, (EnvironmentProblem, OSError)):
                    raise
                self._unreachable = full or str(problem)
        return self._bed if self._unreachable is None else None

    def _run(self, check: Check, bed: TestBed) -> Result | None:
        """None where the disk is full, or the store was lost: what clients raise then says nothing of either."""
        from harness.stores import StoreLost

        try:
            result = check.run(bed)
        except (KeyboardInterrupt, SystemExit):
            raise
        except StoreLost as lost:
            self.stores.lose(lost)
            return None
        except BaseException as error:  # the embedded workspace raises what no recipe catches
            self._unreachable = no_room(bed.scratch, "".join(traceback.format_exception(error)))
            if self._unreachable is None:
                raise
            return None
        if result.outcome in ("failed", "error"):
            self._unreachable = no_room(bed.scratch, result.message)
        return result if self._unreachable is None else None

    @cached_property
    def stores(self) -> StoresOfRun:
        """The stores of the run, as far as this process knows."""
        return StoresOfRun(self.options.infos, self.options.stores)

    def share(self, stores: Iterable[str]) -> None:
        """Starts what the workers of the run share, for stores of these names; it ends with this session."""
        self.stores.share(stores, self.own_folder(), self.shared_template(), self._open)

    def own_folder(self) -> Path:
        """A new folder that is deleted when the session is closed."""
        return Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="harness-")))

    def shared_template(self) -> Path:
        """The folder for what workers make once and copy."""
        if self.template is None:
            self.template = self.own_folder()
        return self.template

    @property
    def has_plan(self) -> bool:
        """Whether anything was planned, here or in a worker."""
        return bool(self._mappings)

    def plan_json(self) -> str:
        """The plan, for the process that gathers."""
        return json.dumps(
            {
                "mappings": [info.model_dump(mode="json") for info in self._mappings.values()],
                "planned": [row.model_dump(mode="json") for row in self._planned.values()],
                "guide": None if self._guide is None else self._guide.model_dump(mode="json"),
            }
        )

    def planned_items(self) -> dict[tuple[str, str], Result]:
        """The plan, by mapping and name of the item (`ItemId.name`); each row as it is when the item is not run."""
        from harness.verify import ItemId

        return {
            (row.mapping, ItemId(row.mapping, row.recipe, row.store, row.kind, row.id).name): row
            for row in self._planned.values()
        }

    def take_result(self, text: str) -> Result:
        """Takes a result, as the JSON that travels between processes."""
        result = Result.model_validate_json(text)
        self.results.append(result)
        return result

    def take_plan(self, text: str) -> None:
        """Takes the plan of a worker; all workers of a run have the same."""
        plan = json.loads(text)
        for info in map(MappingInfo.model_validate, plan["mappings"]):
            self._mappings[info.id] = info
        for row in map(Result.model_validate, plan["planned"]):
            self._planned[row.key] = row
        if plan["guide"] is not None:
            self._guide = GuideInfo.model_validate(plan["guide"])

    def take_crash(self, mapping: str, name: str) -> Result | None:
        """Takes note that a worker died in the item called `name` (`ItemId.name`) of an entry.

        Returns:
            The result of the item, which is an error; None if no such item was planned.
        """
        from harness.verify import ItemId

        row = self.planned_items().get((mapping, name))
        if row is None:
            return None
        item = ItemId(row.mapping, row.recipe, row.store, row.kind, row.id)
        self.results.append(broken(item, DIED, seconds=0.0))
        return self.results[-1]

    def report(self, *, complete: bool) -> Report:
        """The report of all that was planned: what has no result stands there as not run.

        Args:
            complete: False when the run was stopped before its end.
        """
        results = dict(self._planned)
        results.update((result.key, result) for result in self.results)
        header = Header(
            versions=installed_versions(),
            stores=self.options.stores_under_test,
            profile=self.options.profile,
            seed=self.options.seed,
            started=self._started,
            platform=platform.platform(),
        )
        return build_report(
            header=header,
            mappings=list(self._mappings.values()),
            results=list(results.values()),
            finished=now(),
            complete=complete,
            guide=self._guide,
        )

    def _prepare_environment(self) -> None:
        """MLflow reads some of its settings when it is imported, so they stand from the first entry on.

        Raises:
            EnvironmentProblem: A client cannot be imported.
        """
        if not self._prepared:
            from harness.stores.base import settings
            from harness.testbed import MLFLOW_SETTINGS

            self._open.enter_context(settings(MLFLOW_SETTINGS))
            self._prepared = True
        for package, module in CLIENTS.items():
            try:
                import_module(module)
            except Exception as error:  # an installation that is not whole may raise anything
                raise EnvironmentProblem(
                    f"{package} cannot be imported: {type(error).__name__}: {error}"
                ) from error


def no_room(folder: Path, said: str = "") -> str | None:
    """What is the matter when the disk is full, or cannot be written at all; None when it can.

    Args:
        folder: Into it `ROOM_NEEDED` is written, and deleted again.
        said: What went wrong just now; a store that names a full disk is believed, as what it gave up is free again.
    """
    why = next((words for words in FULL if words in said), None)
    if why is None:
        try:
            with tempfile.TemporaryFile(dir=folder) as file:
                file.write(bytes(ROOM_NEEDED))
        except OSError as error:
            why = error.strerror
    if why is None:
        return None
    return (
        f"cannot write temporary files to {tempfile.gettempdir()}, where a run keeps its stores: {why}. "
        "Make room there, or name another folder in the variable TMPDIR."
    )


def _skipped(item: ItemId, reason: SkipReason, message: str) -> Result:
    return Result(**asdict(item), outcome="skipped", skipped_because=reason, message=message)


def broken(item: ItemId, message: str, seconds: float) -> Result:
    """The result of a check that a defect kept from giving one."""
    return Result(**asdict(item), outcome="error", message=message, seconds=seconds)
